//! What samples share is kept once: the golden row of all variants and runs, and messages that are sent again and again.
//!
//! [`crate::request`] says what is left of a request.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

use carat_core::request::{Parameters, ResponseFormat, Tool};
use carat_core::{Digest, Message, Request, Row, Transcript};
use serde::Serialize;

use crate::StoreError;
use crate::opening::Openings;
use crate::quote::Quoting;
use crate::record::json;

/// A message or request whose JSON is shorter stays where it is: a digest takes 73 bytes, and looking it up takes time.
const LEAST_SHARED: usize = 120;

/// How many things of a kind are remembered at least. Variants of a row come close together; what comes back later than
/// that is offered to the database again, which knows it.
const REMEMBERED: usize = 8192;

/// How many bytes of shared messages are remembered at most.
const REMEMBERED_BYTES: usize = 16 << 20;

/// A golden row or a message on its way into the store.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) digest: Digest,
    /// JSON.
    pub(crate) body: String,
}

/// What one writer knows to be in the store, and what it is about to put there.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    rows: Recent<Digest>,
    /// Hashes of messages that were seen once. A collision makes a message shared too early, and nothing else.
    seen: Recent<u64>,
    openings: Openings,
    hasher: RandomState,
    /// Shared messages, by what is written of them.
    shared: HashMap<Vec<u8>, Digest>,
    shared_bytes: usize,
    /// What the next batch has to bring.
    new: Vec<Content>,
}

impl Sharing {
    /// Contents that have come up since the last call, to be written before what refers to them.
    pub(crate) fn take_new(&mut self) -> Vec<Content> {
        std::mem::take(&mut self.new)
    }

    /// Forgets what is in the store, because a batch may not have got there.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Shares the row, and gives the column `request`: `null`, or what is left of the request.
    pub(crate) fn transcript(&mut self, row_digest: &Digest, transcript: &Transcript) -> Result<String, StoreError> {
        let Transcript { row, request } = transcript;
        self.row(row_digest, row)?;
        request.as_ref().map_or_else(|| Ok("null".to_owned()), |request| self.request(request, row))
    }

    fn row(&mut self, digest: &Digest, row: &Row) -> Result<(), StoreError> {
        if !self.rows.saw(*digest) {
            self.new.push(Content { digest: *digest, body: json(row)? });
        }
        Ok(())
    }

    fn request(&mut self, request: &Arc<Request>, row: &Row) -> Result<String, StoreError> {
        let opening = self.openings.of(request).map(|opening| {
            let new = opening.unwritten.take().map(|body| Content { digest: opening.digest, body });
            self.new.extend(new);
            (opening.digest, opening.messages.len())
        });
        // Where a prompt does little else than quote the row, what is left of its requests is the same for all rows.
        let mut whole = self.written(request, row, opening, &mut |_, message, text| write_plain(message, row, text))?;
        if self.shorten(&mut whole, 0)? {
            return utf8(whole);
        }
        let sharing = &mut |this: &mut Self, message: &Message, text: &mut Vec<u8>| {
            let start = text.len();
            write_plain(message, row, text)?;
            this.shorten(text, start).map(|_| ())
        };
        utf8(self.written(request, row, opening, sharing)?)
    }

    /// The request, with its messages written by `message`.
    fn written(
        &mut self,
        request: &Request,
        row: &Row,
        opening: Option<(Digest, usize)>,
        message: &mut WriteMessage<'_>,
    ) -> Result<Vec<u8>, StoreError> {
        let Request { messages, tools, response_format, parameters } = request;
        let mut text = br#"{"messages":["#.to_vec();
        if let Some((digest, _)) = opening {
            write(&digest, &mut text)?;
        }
        for (position, said) in messages.iter().enumerate().skip(opening.map_or(0, |(_, length)| length)) {
            if position > 0 {
                text.push(b',');
            }
            match row.messages.iter().position(|of_row| of_row == said) {
                Some(number) => write(&number, &mut text)?,
                None => message(self, said, &mut text)?,
            }
        }
        text.push(b']');
        let settings = json(&Settings { tools, response_format, parameters })?;
        if settings != "{}" {
            text.push(b',');
            text.extend_from_slice(&settings.as_bytes()[1..settings.len() - 1]);
        }
        text.push(b'}');
        Ok(text)
    }

    /// Puts a digest in the place of what is written from `start` on, if that was written before. Says whether it did.
    fn shorten(&mut self, text: &mut Vec<u8>, start: usize) -> Result<bool, StoreError> {
        let written = &text[start..];
        if written.len() < LEAST_SHARED {
            return Ok(false);
        }
        let digest = match self.shared.get(written) {
            Some(digest) => *digest,
            None if self.seen.saw(self.hasher.hash_one(written)) => self.share(written.to_vec())?,
            None => return Ok(false),
        };
        text.truncate(start);
        write(&digest, text)?;
        Ok(true)
    }

    /// The digest is that of the bytes as they are kept, which nobody but the store refers to.
    fn share(&mut self, written: Vec<u8>) -> Result<Digest, StoreError> {
        let digest = Digest::of_bytes(&written);
        self.new.push(Content { digest, body: utf8(written.clone())? });
        self.shared_bytes += written.len();
        if self.shared_bytes > REMEMBERED_BYTES {
            self.shared.clear();
            self.shared_bytes = written.len();
        }
        self.shared.insert(written, digest);
        Ok(digest)
    }
}

/// How a message is written.
type WriteMessage<'a> = dyn FnMut(&mut Sharing, &Message, &mut Vec<u8>) -> Result<(), StoreError> + 'a;

/// The message, or the words around its quotations of the row.
fn write_plain(message: &Message, row: &Row, text: &mut Vec<u8>) -> Result<(), StoreError> {
    match Quoting::of(message, row) {
        Some(quoting) => write(&quoting, text),
        None => write(message, text),
    }
}

/// A request without its messages.
#[derive(Serialize)]
struct Settings<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tools: &'a [Tool],
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: &'a Option<ResponseFormat>,
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    parameters: &'a Parameters,
}

fn write<T: Serialize>(document: &T, text: &mut Vec<u8>) -> Result<(), StoreError> {
    serde_json::to_writer(text, document).map_err(|error| unrecordable(&error))
}

fn utf8(text: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(text).map_err(|error| unrecordable(&error))
}

fn unrecordable(error: &dyn fmt::Display) -> StoreError {
    StoreError::Unrecordable { what: "a message", cause: error.to_string() }
}

/// A set that forgets what has not been seen for long: its size is bounded by twice [`REMEMBERED`].
#[derive(Debug)]
struct Recent<T> {
    young: HashSet<T>,
    old: HashSet<T>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { young: HashSet::new(), old: HashSet::new() }
    }
}

impl<T: Eq + Hash> Recent<T> {
    /// Whether it was seen before; from now on it was.
    fn saw(&mut self, thing: T) -> bool {
        if self.young.contains(&thing) {
            return true;
        }
        let before = self.old.contains(&thing);
        if self.young.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(thing);
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::Role;

    fn request(text: &str) -> Arc<Request> {
        let parameters = Parameters([("temperature".to_owned(), 0.into())].into());
        let messages = vec![Message::text(Role::System, text)];
        Arc::new(Request { messages, tools: vec![], response_format: None, parameters })
    }

    fn row() -> Row {
        serde_json::from_value(serde_json::json!({ "id": "t-1", "input": {} })).unwrap()
    }

    #[test]
    fn a_message_is_shared_when_it_comes_a_second_time() {
        let (mut sharing, row) = (Sharing::default(), row());
        let request = request(&"x".repeat(LEAST_SHARED));
        assert_eq!(sharing.request(&request, &row).unwrap(), json(&request).unwrap());
        assert!(sharing.take_new().is_empty());

        let other = Arc::new(Request { parameters: Parameters::default(), ..Request::clone(&request) });
        let kept = sharing.request(&other, &row).unwrap();
        let digest = sharing.take_new()[0].digest;
        assert_eq!(kept, format!(r#"{{"messages":["{digest}"]}}"#));
        assert!(sharing.request(&other, &row).unwrap().starts_with("\"sha256:"), "now the whole of it has come twice");
    }

    #[test]
    fn a_request_that_only_quotes_its_row_is_shared_whole() {
        let mut sharing = Sharing::default();
        let asked = |number: u32| {
            let body = format!("the words of row number {number}");
            let row: Row = serde_json::from_value(serde_json::json!({ "id": "r", "input": { "body": body } })).unwrap();
            let rules = Message::text(Role::System, "x".repeat(LEAST_SHARED));
            let messages = vec![rules, Message::text(Role::User, format!("Ticket: {body}"))];
            (
                Arc::new(Request { messages, tools: vec![], response_format: None, parameters: Parameters::default() }),
                row,
            )
        };
        let mut kept = (0..3).map(|number| {
            let (request, row) = asked(number);
            sharing.request(&request, &row).unwrap()
        });
        assert!(kept.next().unwrap().starts_with(r#"{"messages":"#));
        let second = kept.next().unwrap();
        assert!(second.starts_with(r#""sha256:"#), "{second}");
        assert_eq!(kept.next().unwrap(), second);
    }

    #[test]
    fn what_requests_open_with_is_shared_as_one() {
        let (mut sharing, row) = (Sharing::default(), row());
        let asked = |question: &str| {
            let examples = (0..20).map(|n| Message::text(Role::User, format!("example {n}")));
            let messages = examples.chain([Message::text(Role::User, question)]).collect();
            Arc::new(Request { messages, tools: vec![], response_format: None, parameters: Parameters::default() })
        };
        assert_eq!(sharing.request(&asked("first"), &row).unwrap(), json(&asked("first")).unwrap());
        let second = sharing.request(&asked("second"), &row).unwrap();
        let new = sharing.take_new();
        let expected = format!(r#"{{"messages":["{}",{{"role":"user","content":"second"}}]}}"#, new[0].digest);
        assert_eq!((second, new.len()), (expected, 1));
        sharing.request(&asked("third"), &row).unwrap();
        assert!(sharing.take_new().is_empty(), "it is brought once");
    }

    #[test]
    fn a_short_message_is_never_shared() {
        let (mut sharing, row) = (Sharing::default(), row());
        let request = request("hello");
        for _ in 0..3 {
            assert_eq!(sharing.request(&request, &row).unwrap(), json(&request).unwrap());
        }
    }

    #[test]
    fn memory_is_bounded_and_what_is_used_stays() {
        let mut recent = Recent::default();
        for number in 0..10 * REMEMBERED {
            assert_eq!(recent.saw(usize::MAX), number > 0);
            assert!(!recent.saw(number));
        }
        assert!(recent.young.len() + recent.old.len() <= 2 * REMEMBERED);
    }
}
