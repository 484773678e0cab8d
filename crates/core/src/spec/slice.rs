//! Parts of the data that are looked at by themselves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field;
use crate::Row;

/// So few rows say nothing of a slice.
const MINIMUM: u64 = 20;

/// By what rows are put together: `tags`, `split`, `metadata.FIELD` or `input.FIELD`, and from how many rows on a slice is
/// reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written")]
pub struct SliceSpec {
    /// `tags` (each tag is a slice, and a row may be in several), `split`, or a field as `metadata.language`, with dots on
    /// the way down.
    pub by: String,
    /// From how many rows on; 20 where this is left out.
    #[serde(default = "minimum")]
    #[schemars(range(min = 2))]
    pub minimum: u64,
}

const fn minimum() -> u64 {
    MINIMUM
}

/// `metadata.language`, or `{by: metadata.language, minimum: 50}`.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Written {
    Short(String),
    Long(Long),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Long {
    by: String,
    #[serde(default = "minimum")]
    minimum: u64,
}

impl From<Written> for SliceSpec {
    fn from(written: Written) -> Self {
        match written {
            Written::Short(by) => Self { by, minimum: MINIMUM },
            Written::Long(Long { by, minimum }) => Self { by, minimum },
        }
    }
}

impl SliceSpec {
    /// Whether it is something that rows can be put together by.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        if matches!(self.by.as_str(), "tags" | "split") || field::is_field(&self.by) {
            return Ok(());
        }
        Err(format!("`{}` is no slice; slices are by `tags`, `split`, `metadata.FIELD` or `input.FIELD`", self.by))
    }

    /// The slices that a row is in, by their values; none where the row has no such field. A value that is a list is each of
    /// its members; objects are no slices.
    pub fn of(&self, row: &Row) -> Vec<String> {
        match self.by.as_str() {
            "tags" => row.tags.clone(),
            "split" => row.split.iter().cloned().collect(),
            by => match field::of(row, by) {
                Some(Value::Array(members)) => members.iter().filter_map(text).collect(),
                Some(value) => text(value).into_iter().collect(),
                None => Vec::new(),
            },
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row() -> Row {
        serde_json::from_value(json!({
            "id": "a", "input": {"body": "x"}, "tags": ["de", "vip"], "split": "test",
            "metadata": {"language": "de", "customer": {"plan": "pro"}, "topics": ["a", 1], "none": null},
        }))
        .unwrap()
    }

    fn by(text: &str) -> SliceSpec {
        serde_json::from_value(json!(text)).unwrap()
    }

    #[test]
    fn a_row_is_in_the_slices_of_its_tags_and_fields() {
        assert_eq!(by("tags").of(&row()), ["de", "vip"]);
        assert_eq!(by("split").of(&row()), ["test"]);
        assert_eq!(by("metadata.language").of(&row()), ["de"]);
        assert_eq!(by("metadata.customer.plan").of(&row()), ["pro"]);
        assert_eq!(by("metadata.topics").of(&row()), ["a", "1"]);
        assert_eq!(by("input.body").of(&row()), ["x"]);
        assert!(by("metadata.none").of(&row()).is_empty());
        assert!(by("metadata.customer").of(&row()).is_empty());
    }

    #[test]
    fn what_is_no_slice_is_refused() {
        for bad in ["tag", "metadata", "metadata.", "", "expected.x"] {
            assert!(by(bad).check().is_err(), "{bad}");
        }
        assert!(by("metadata.language").check().is_ok());
    }

    #[test]
    fn a_slice_may_say_from_how_many_rows_on() {
        let spec: SliceSpec = serde_json::from_value(json!({"by": "tags", "minimum": 50})).unwrap();
        assert_eq!((spec.by.as_str(), spec.minimum), ("tags", 50));
        assert!(serde_json::from_value::<SliceSpec>(json!({"by": "tags", "min": 50})).is_err());
    }
}
