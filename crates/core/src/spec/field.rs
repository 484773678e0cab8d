//! A field of a golden row, as specs name it: `metadata.FIELD` or `input.FIELD`, with dots on the way down.

use serde_json::Value;

use crate::Row;

/// Whether `by` names a field.
pub(super) fn is_field(by: &str) -> bool {
    ["metadata.", "input."].iter().any(|prefix| by.strip_prefix(prefix).is_some_and(|path| !path.is_empty()))
}

/// What stands in the field that `by` names; none where the row has no such field.
pub(super) fn of<'a>(row: &'a Row, by: &str) -> Option<&'a Value> {
    let (object, path) = match by.split_once('.')? {
        ("metadata", path) => (&row.metadata, path),
        (_, path) => (&row.input, path),
    };
    let mut steps = path.split('.');
    let mut value = object.get(steps.next()?)?;
    for step in steps {
        value = value.get(step)?;
    }
    Some(value)
}
