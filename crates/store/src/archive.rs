//! A run in one file, to be committed, kept by a build or handed on, and read as it is.
//!
//! ```text
//! carat archive 1⏎                                      a line of its own: what it is, and the number of the format
//! length, length of the plain text, zstd frame          a block of lines; both lengths are 32 bits, least byte first
//! …                                                     as many as it takes
//! 0                                                     no further block: 32 bits
//! ⏎end of carat archive, 00…0042 lines, sha256:…⏎       how many lines, and SHA-256 over all that stands before it
//! ```
//!
//! The lines are JSON: first the run, then its events in the order of their numbers, as they rest in the store's tables
//! (`sample`, `judgement`, `event`). What samples share – golden rows, messages, requests – stands once, as a `content`
//! before its first use, under its digest. What a resume has superseded is left out, and numbers stay what they were, so that
//! they have gaps. The same run gives the same bytes.
//!
//! [`Archive::open`] reads the whole file once to hold it against its checksum, and nothing of a file that does not agree is
//! handed out. A checksum finds damage, not malice: who makes up an archive makes up its checksum as well. So what is read
//! is still taken for what it is: every number, length and name is looked at, and a golden row has to have its digest.

mod blocks;
mod error;
mod events;
mod export;
mod frame;
mod import;
mod index;
mod line;
mod reader;
mod verify;
mod writer;

pub use error::ArchiveError;
pub use events::Events;
pub use export::write;
pub use import::Imported;
pub use reader::Archive;
pub use writer::Writer;
