//! Models that need no network, no key and no money: what a prompt's own examples, or nothing at all, are worth.

mod echo;
mod examples;
mod nearest;

use std::sync::Arc;

use carat_core::{Digest, Message, Model, ModelId, Role};
use serde_json::json;

/// The baselines by name.
pub(crate) const NAMES: [&str; 2] = ["nearest", "echo"];

/// Raised when a baseline answers the same question differently, so that recorded answers are not taken for its own.
const ALGORITHM: u32 = 1;

/// The baseline of this name; none when there is none.
pub(crate) fn build(name: &str, baseline: &str) -> Option<Arc<dyn Model>> {
    let digest = Digest::of_json(&json!({ "provider": "baseline", "model": baseline, "algorithm": ALGORITHM }));
    let id = ModelId { name: name.into(), digest };
    match baseline {
        "nearest" => Some(Arc::new(nearest::Nearest::new(id))),
        "echo" => Some(Arc::new(echo::Echo::new(id))),
        _ => None,
    }
}

/// The last thing that the user said, and what was said before it.
fn last_question(messages: &[Message]) -> Option<(&[Message], &Message)> {
    let place = messages.iter().rposition(|message| message.role == Role::User)?;
    Some((&messages[..place], &messages[place]))
}
