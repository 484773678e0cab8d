//! Models that need no network, no key and no money: what a prompt's own examples, or nothing at all, are worth.

mod echo;
mod examples;
mod nearest;

use std::sync::Arc;

use carat_core::{Digest, Message, Model, ModelId, Role};
use serde_json::json;

/// Raised when a baseline answers the same question differently, so that recorded answers are not taken for its own.
const ALGORITHM: u32 = 1;

/// Which baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Baseline {
    /// What the most similar example was answered.
    Nearest,
    /// The question.
    Echo,
}

impl Baseline {
    const ALL: [Self; 2] = [Self::Nearest, Self::Echo];

    /// The baselines by name.
    pub(crate) const NAMES: [&str; 2] = [Self::Nearest.as_str(), Self::Echo.as_str()];

    /// The baseline of this name; none when there is none.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|baseline| baseline.as_str() == name)
    }

    /// The name of what decides its answers.
    pub(crate) fn digest(self) -> Digest {
        Digest::of_json(&json!({ "provider": "baseline", "model": self.as_str(), "algorithm": ALGORITHM }))
    }

    /// The model, under this id.
    pub(crate) fn model(self, id: ModelId) -> Arc<dyn Model> {
        match self {
            Self::Nearest => Arc::new(nearest::Nearest::new(id)),
            Self::Echo => Arc::new(echo::Echo::new(id)),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::Echo => "echo",
        }
    }
}

/// The last thing that the user said, and what was said before it.
fn last_question(messages: &[Message]) -> Option<(&[Message], &Message)> {
    let place = messages.iter().rposition(|message| message.role == Role::User)?;
    Some((&messages[..place], &messages[place]))
}
