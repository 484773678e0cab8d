//! What requests open with: rules and examples that are the same for every row, as one content.
//!
//! A request of forty examples would name eighty shared messages otherwise, which is more to write than the question.

use std::collections::VecDeque;
use std::sync::Arc;

use carat_core::{Digest, Message, Request};

/// Messages of an opening, at least: a single one is shared as a message.
const LEAST_MESSAGES: usize = 2;

/// So many requests are remembered to find openings in: as many as variants of a run may take turns.
const REMEMBERED: usize = 8;

/// So many openings are known at most; the oldest is forgotten, and offered to the database again if it comes back.
const KNOWN: usize = 16;

/// The openings that a writer knows.
#[derive(Debug, Default)]
pub(crate) struct Openings {
    recent: VecDeque<Arc<Request>>,
    known: VecDeque<Opening>,
}

/// Messages that several requests began with.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) digest: Digest,
    pub(crate) messages: Vec<Message>,
    /// Its JSON, until it has been taken to be written.
    pub(crate) unwritten: Option<String>,
}

impl Openings {
    /// The longest opening that this request has in common with one before.
    pub(crate) fn of(&mut self, request: &Arc<Request>) -> Option<&mut Opening> {
        let messages = &request.messages;
        let known = self.known.iter().enumerate().filter(|(_, opening)| messages.starts_with(&opening.messages));
        let known = known.max_by_key(|(_, opening)| opening.messages.len());
        let (known, length) = known.map_or((None, 0), |(at, opening)| (Some(at), opening.messages.len()));
        // Once the opening of a prompt is known, looking on would only find what two questions begin with by chance.
        let longest = if length + 1 >= messages.len() { 0 } else { self.longest_common(messages) };
        self.remember(request);
        if longest > length && longest >= LEAST_MESSAGES {
            return self.learn(&messages[..longest]);
        }
        known.and_then(|at| self.known.get_mut(at))
    }

    fn longest_common(&self, messages: &[Message]) -> usize {
        let common = |before: &Arc<Request>| before.messages.iter().zip(messages).take_while(|(a, b)| a == b).count();
        self.recent.iter().map(common).max().unwrap_or(0)
    }

    fn remember(&mut self, request: &Arc<Request>) {
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(Arc::clone(request));
    }

    fn learn(&mut self, messages: &[Message]) -> Option<&mut Opening> {
        let json = serde_json::to_string(messages).ok()?;
        if self.known.len() == KNOWN {
            self.known.pop_front();
        }
        let messages = messages.to_vec();
        self.known.push_back(Opening { digest: Digest::of_json(&messages), messages, unwritten: Some(json) });
        self.known.back_mut()
    }
}
