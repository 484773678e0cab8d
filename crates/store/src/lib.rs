//! The one door to what is kept: the journal of every run, its samples, and the catalogue of what was used.
//!
//! A store is an SQLite file (or memory, for tests). [`Store`] opens it, knows runs and versions, and replays what a run
//! recorded; a [`Journal`] is a run's way in, as a [`carat_core::Sink`]. There is no wall clock and there are no random
//! ids in here: a caller gives both.
//!
//! The journal of a run is the merge, by `seq`, of the tables `samples` (what finished, one row a case), `judgements` (what
//! judges answered) and `events` (everything else). Nothing is kept twice: a golden row is kept once for all variants and
//! runs, and so is a message that is sent again and again; and a request does not repeat what it quotes from its row.
//!
//! The catalogue is what has versions, where labels point, what is to be promoted, and the audit log of who changed any of
//! it. Every change of it, and the deletion of a run, is one transaction with its entry in that log.
//!
//! A run leaves the store, and comes into another one, as an [`archive`].

pub mod archive;

mod answers;
mod catalogue;
mod claim;
mod error;
#[cfg(test)]
mod explained;
mod journal;
mod open;
mod opening;
mod paid;
mod pool;
mod quote;
mod record;
mod reference;
mod replay;
mod request;
mod runs;
mod sqlite;
mod text;
mod verdicts;

pub use answers::{Answers, Scope};
pub use archive::{Archive, ArchiveError};
pub use carat_core::version::Kind;
pub use catalogue::{Arrival, Kept, LabelMove, NewVersion, RowsError, Saved, Step, TakenIn, Version};
pub use error::StoreError;
pub use journal::Journal;
pub use open::Store;
pub use reference::ReferenceError;
pub use replay::{Detail, Recorded, Replay};
pub use runs::{GivenBack, Room, RunRecord};
