//! Dotted paths to fields.

use serde_json::Value;

/// A path of keys and, in lists, positions: `customer`, `items.0.sku`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldPath {
    name: String,
    steps: Vec<String>,
}

impl FieldPath {
    /// Reads a path as a person wrote it.
    pub(super) fn parse(name: &str) -> Result<Self, String> {
        let steps: Vec<String> = name.split('.').map(str::to_owned).collect();
        if steps.iter().any(String::is_empty) {
            return Err(format!("`{name}` is not a field; write `items.0.sku`"));
        }
        if steps.iter().any(|step| step == "*") {
            return Err(format!("`{name}`: `*` stands alone, for every other top-level field"));
        }
        Ok(Self { name: name.to_owned(), steps })
    }

    /// The path of one top-level key, dots and all.
    pub(super) fn of_key(key: &str) -> Self {
        Self { name: key.to_owned(), steps: vec![key.to_owned()] }
    }

    /// The path as it is written.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the other path is a part of what this one leads to.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.steps.len() < other.steps.len() && other.steps.starts_with(&self.steps)
    }

    /// Whether the path is this top-level key, or leads into it.
    pub(super) fn begins_with(&self, key: &str) -> bool {
        self.steps.first().is_some_and(|first| first == key)
    }

    /// What the path leads to, if it is there.
    pub(super) fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.steps.iter().try_fold(value, |value, step| match value {
            Value::Object(fields) => fields.get(step),
            Value::Array(members) => members.get(step.parse::<usize>().ok()?),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_leads_through_keys_and_positions() {
        let value = json!({"items": [{"sku": "A"}, {"0": "B"}]});
        let find = |path: &str| FieldPath::parse(path).unwrap().find(&value).cloned();
        assert_eq!(find("items.0.sku"), Some(json!("A")));
        assert_eq!(find("items.1.0"), Some(json!("B")));
        for nowhere in ["items.2", "items.sku", "items.0.sku.x", "item"] {
            assert_eq!(find(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for bad in ["", ".", "a..b", ".a", "a.", "items.*.sku"] {
            assert!(FieldPath::parse(bad).is_err(), "{bad}");
        }
    }
}
