//! Rows that hang together.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field;
use crate::Row;

/// By what rows are clustered: `metadata.FIELD` or `input.FIELD`, with dots on the way down, or `split`. Rows with the same
/// value there share a document, a customer or a conversation, and are not independent of one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ClusterSpec(String);

impl ClusterSpec {
    /// The field, as it was written.
    pub fn by(&self) -> &str {
        &self.0
    }

    /// Whether it is something that rows can be clustered by.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        let by = self.by();
        if by == "split" || field::is_field(by) {
            return Ok(());
        }
        let known = "rows are clustered by `metadata.FIELD`, `input.FIELD` or `split`";
        Err(match by {
            "tags" => format!("a row may have several tags, and is in one cluster; {known}"),
            other => format!("`{other}` is no field of a row; {known}"),
        })
    }

    /// What names the row's cluster; none where the row has nothing there, so that it is a cluster of its own. A list or an
    /// object is taken as a whole; see [`check_row`](Self::check_row).
    pub fn of<'a>(&self, row: &'a Row) -> Option<Cow<'a, str>> {
        if self.by() == "split" {
            return row.split.as_deref().map(Cow::Borrowed);
        }
        match field::of(row, self.by())? {
            Value::Null => None,
            Value::String(text) => Some(Cow::Borrowed(text)),
            value @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Some(Cow::Owned(value.to_string()))
            }
        }
    }

    /// Whether a row says which cluster it is in.
    ///
    /// # Errors
    /// The row says several things there, and would be in several clusters: rows that share one of them hang together, and
    /// would not be taken for that.
    pub fn check_row(&self, row: &Row) -> Result<bool, String> {
        let what = match field::of(row, self.by()) {
            Some(Value::Array(_)) => "a list",
            Some(Value::Object(_)) => "an object",
            _ => return Ok(self.of(row).is_some()),
        };
        Err(format!(
            "row `{}`: `{}` is {what}, and a row is in one cluster; name a field with one value",
            row.id, self.0
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row() -> Row {
        serde_json::from_value(json!({
            "id": "a", "input": {"body": "x", "turn": 3}, "tags": ["de"], "split": "test",
            "metadata": {"document": "d-1", "customer": {"id": 7}, "sources": ["d-1", "d-2"], "none": null, "vip": true},
        }))
        .unwrap()
    }

    fn by(text: &str) -> ClusterSpec {
        serde_json::from_value(json!(text)).unwrap()
    }

    #[test]
    fn a_row_is_in_the_cluster_of_its_value() {
        for (field, cluster) in [
            ("metadata.document", Some("d-1")),
            ("metadata.customer.id", Some("7")),
            ("metadata.vip", Some("true")),
            ("input.turn", Some("3")),
            ("split", Some("test")),
            ("metadata.none", None),
            ("metadata.customer.name", None),
            ("input.document", None),
        ] {
            assert_eq!(by(field).of(&row()).as_deref(), cluster, "{field}");
            assert_eq!(by(field).check_row(&row()), Ok(cluster.is_some()), "{field}");
        }
    }

    #[test]
    fn several_values_are_several_clusters_and_told() {
        let told = ["metadata.sources", "metadata.customer"].map(|field| by(field).check_row(&row()).unwrap_err());
        insta::assert_snapshot!(told.join("\n"), @"
        row `a`: `metadata.sources` is a list, and a row is in one cluster; name a field with one value
        row `a`: `metadata.customer` is an object, and a row is in one cluster; name a field with one value
        ");
    }

    #[test]
    fn what_is_no_field_is_refused() {
        let told = ["document", "tags", "metadata.", "expected.x"].map(|field| by(field).check().unwrap_err());
        insta::assert_snapshot!(told.join("\n"), @"
        `document` is no field of a row; rows are clustered by `metadata.FIELD`, `input.FIELD` or `split`
        a row may have several tags, and is in one cluster; rows are clustered by `metadata.FIELD`, `input.FIELD` or `split`
        `metadata.` is no field of a row; rows are clustered by `metadata.FIELD`, `input.FIELD` or `split`
        `expected.x` is no field of a row; rows are clustered by `metadata.FIELD`, `input.FIELD` or `split`
        ");
        assert!(by("input.conversation.id").check().is_ok() && by("split").check().is_ok());
    }
}
