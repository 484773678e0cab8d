//! What all servers have in common, whatever is spoken to them: where they are, the key, one attempt over HTTP, and what it
//! means when there is no answer.

mod account;
mod address;
#[cfg(test)]
pub(crate) mod asked;
mod dialect;
mod door;
mod error;
mod events;
mod failure;
mod filter;
mod headers;
mod http;
mod limit_headers;
mod line;
mod refusal;
mod retry_after;
pub(crate) mod sendable;
mod server;
mod way;

pub(crate) use address::Address;
pub(crate) use dialect::{Dialect, USUAL_KEYS};
pub(crate) use door::Door;
pub(crate) use events::{Events, timed};
pub(crate) use failure::{Failure, Refusal, Told, read_json, unreadable};
pub(crate) use http::{LONGEST_ANSWER, Transport, too_long, whole};
pub(crate) use line::{Answered, Line};
pub use server::{Reply, Server};
pub(crate) use way::Way;
pub use way::key_variable;
