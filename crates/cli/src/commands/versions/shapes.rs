//! Versions and moves of labels as JSON, the same in every command.

use carat_core::version::{Move, VersionId};
use serde_json::{Value, json};

/// A version, `{kind, name, number, digest}`, with what else a command tells of it.
pub(crate) fn version_with(id: &VersionId, more: Value) -> Value {
    let mut version = json!(id);
    if let (Value::Object(fields), Value::Object(more)) = (&mut version, more) {
        fields.extend(more);
    }
    version
}

/// A move of a label: `{label, from, to, at, by, why, promotion}`, with null for what is not there.
pub(crate) fn moved(moved: &Move) -> Value {
    let Move { label, from, to, at, by, why, promotion } = moved;
    json!({"label": label, "from": from, "to": to, "at": at, "by": by, "why": why, "promotion": promotion})
}

/// The same, or null where the label points where it had pointed before.
pub(crate) fn moved_if(made: &Move) -> Value {
    if made.from == made.to { Value::Null } else { moved(made) }
}
