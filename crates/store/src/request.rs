//! A request as it is kept, put together again.
//!
//! It is an object, or a string with the digest of one that is kept among the contents because it was written before. In
//! the object each of the messages is one of:
//!
//! * an object: the message itself;
//! * a string: the digest of an object or a list as here, kept among the contents because it was written before; or of a
//!   list of messages, which are those that the request opens with, see [`crate::opening`];
//! * a number: that message, from 0, of the golden row's own conversation;
//! * a list: a text that quotes the golden row, see [`crate::quote`].
//!
//! Nothing that anybody writes can be taken for one of the other three, because a message is always an object.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use carat_core::request::{Parameters, ResponseFormat, Tool};
use carat_core::{Digest, Message, Request, Role, Row};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::quote::Quoting;
use crate::record::Nonsense;

/// What is shared and a reader has at hand.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) messages: HashMap<Digest, KeptMessage>,
    pub(crate) requests: HashMap<Digest, Arc<KeptRequest>>,
}

/// The column `request`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum RequestColumn {
    Shared(Digest),
    Here(KeptRequest),
}

impl RequestColumn {
    /// The request as it is kept, wherever.
    pub(crate) fn kept<'a>(&'a self, contents: &'a Contents) -> Result<&'a KeptRequest, Nonsense> {
        match self {
            Self::Here(request) => Ok(request),
            Self::Shared(digest) => contents
                .requests
                .get(digest)
                .map(|request| &**request)
                .ok_or_else(|| missing(&format!("the request {digest}"))),
        }
    }
}

/// A request as it is kept.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptRequest {
    messages: Vec<KeptMessage>,
    #[serde(default)]
    tools: Vec<Tool>,
    #[serde(default)]
    response_format: Option<ResponseFormat>,
    #[serde(default)]
    parameters: Parameters,
}

/// A message, or what stands for one.
#[derive(Debug)]
pub(crate) enum KeptMessage {
    Here(Box<Message>),
    Shared(Digest),
    OfRow(usize),
    Quoting(Quoting<'static>),
    /// Several messages at once; only behind a digest.
    Opening(Vec<Message>),
}

impl KeptRequest {
    pub(crate) fn shared_messages(&self) -> impl Iterator<Item = &Digest> {
        self.messages.iter().filter_map(|message| match message {
            KeptMessage::Shared(digest) => Some(digest),
            KeptMessage::Here(_) | KeptMessage::OfRow(_) | KeptMessage::Quoting(_) | KeptMessage::Opening(_) => None,
        })
    }

    pub(crate) fn complete(&self, row: &Row, contents: &Contents) -> Result<Request, Nonsense> {
        let Self { messages: kept, tools, response_format, parameters } = self;
        let mut messages = Vec::with_capacity(kept.len());
        for kept in kept {
            match kept {
                KeptMessage::Shared(digest) => match contents.messages.get(digest) {
                    Some(KeptMessage::Opening(opening)) => messages.extend_from_slice(opening),
                    Some(shared) => messages.push(shared.complete(row)?),
                    None => return Err(missing(&format!("the message {digest}"))),
                },
                here => messages.push(here.complete(row)?),
            }
        }
        let (tools, response_format, parameters) = (tools.clone(), response_format.clone(), parameters.clone());
        Ok(Request { messages, tools, response_format, parameters })
    }
}

impl KeptMessage {
    fn complete(&self, row: &Row) -> Result<Message, Nonsense> {
        match self {
            Self::Here(message) => Ok(Message::clone(message)),
            Self::Quoting(quoting) => quoting.complete(row),
            Self::OfRow(number) => {
                row.messages.get(*number).cloned().ok_or_else(|| missing("a message of a golden row"))
            }
            Self::Shared(_) | Self::Opening(_) => Err(Nonsense("what stands for a message stands for none".to_owned())),
        }
    }
}

fn missing(what: &str) -> Nonsense {
    Nonsense(format!("{what} is missing"))
}

impl<'de> Deserialize<'de> for KeptMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeptMessageVisitor)
    }
}

struct KeptMessageVisitor;

/// What a list begins with.
#[derive(Deserialize)]
#[serde(untagged)]
enum First {
    Role(Role),
    Message(Box<Message>),
}

impl<'de> Visitor<'de> for KeptMessageVisitor {
    type Value = KeptMessage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message or what stands for one")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<KeptMessage, E> {
        usize::try_from(number).map(KeptMessage::OfRow).map_err(E::custom)
    }

    /// A list that begins with a role quotes; one that begins with a message is an opening.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<KeptMessage, A::Error> {
        match list.next_element()? {
            Some(First::Role(role)) => {
                let pieces = list.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
                Ok(KeptMessage::Quoting(Quoting(role, pieces)))
            }
            Some(First::Message(first)) => {
                let mut messages = vec![*first];
                while let Some(message) = list.next_element()? {
                    messages.push(message);
                }
                Ok(KeptMessage::Opening(messages))
            }
            None => Err(A::Error::invalid_length(0, &self)),
        }
    }

    fn visit_str<E: Error>(self, digest: &str) -> Result<KeptMessage, E> {
        digest.parse().map(KeptMessage::Shared).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, message: A) -> Result<KeptMessage, A::Error> {
        Message::deserialize(MapAccessDeserializer::new(message)).map(|message| KeptMessage::Here(Box::new(message)))
    }
}
