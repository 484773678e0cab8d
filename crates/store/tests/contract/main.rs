//! What every store promises, through its public face only, so that the same tests can be run on another database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod archive;
mod archive_damage;
mod archive_import;
mod archive_judgements;
mod archive_old_stores;
mod catalogue;
mod crash;
mod deleting;
mod fixtures;
mod journal;
mod open;
mod paid;
mod resume;
mod runs;
mod sharing;
