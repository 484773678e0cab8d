//! A request as it is kept, put together again.
//!
//! In its JSON each of the messages is one of:
//!
//! * an object: the message itself;
//! * a string: the digest of an object or a list as here, kept among the contents because it was written before;
//! * a number: that message, from 0, of the golden row's own conversation;
//! * a list: a text that quotes the golden row, see [`crate::quote`].
//!
//! Nothing that anybody writes can be taken for one of the other three, because a message is always an object.

use std::collections::HashMap;
use std::fmt;

use carat_core::request::{Parameters, ResponseFormat, Tool};
use carat_core::{Digest, Message, Request, Row};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::quote::Quoting;
use crate::record::Nonsense;

/// Shared messages that a reader has at hand.
pub(crate) type Contents = HashMap<Digest, KeptMessage>;

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
}

impl KeptRequest {
    pub(crate) fn shared_messages(&self) -> impl Iterator<Item = &Digest> {
        self.messages.iter().filter_map(|message| match message {
            KeptMessage::Shared(digest) => Some(digest),
            KeptMessage::Here(_) | KeptMessage::OfRow(_) | KeptMessage::Quoting(_) => None,
        })
    }

    pub(crate) fn complete(self, row: &Row, contents: &Contents) -> Result<Request, Nonsense> {
        let Self { messages, tools, response_format, parameters } = self;
        let messages = messages.iter().map(|message| message.complete(row, contents)).collect::<Result<_, _>>()?;
        Ok(Request { messages, tools, response_format, parameters })
    }
}

impl KeptMessage {
    fn complete(&self, row: &Row, contents: &Contents) -> Result<Message, Nonsense> {
        match self {
            Self::Here(message) => Ok(Message::clone(message)),
            Self::Quoting(quoting) => quoting.complete(row),
            Self::OfRow(number) => {
                row.messages.get(*number).cloned().ok_or_else(|| missing("a message of a golden row"))
            }
            Self::Shared(digest) => match contents.get(digest) {
                Some(Self::Here(message)) => Ok(Message::clone(message)),
                Some(Self::Quoting(quoting)) => quoting.complete(row),
                Some(Self::OfRow(_) | Self::Shared(_)) | None => Err(missing(&format!("the message {digest}"))),
            },
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

impl<'de> Visitor<'de> for KeptMessageVisitor {
    type Value = KeptMessage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message or what stands for one")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<KeptMessage, E> {
        usize::try_from(number).map(KeptMessage::OfRow).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, quoting: A) -> Result<KeptMessage, A::Error> {
        Quoting::deserialize(SeqAccessDeserializer::new(quoting)).map(KeptMessage::Quoting)
    }

    fn visit_str<E: Error>(self, digest: &str) -> Result<KeptMessage, E> {
        digest.parse().map(KeptMessage::Shared).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, message: A) -> Result<KeptMessage, A::Error> {
        Message::deserialize(MapAccessDeserializer::new(message)).map(|message| KeptMessage::Here(Box::new(message)))
    }
}
