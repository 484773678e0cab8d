//! Makes a small value that a JSON schema accepts, with the answer in it.

use serde_json::{Map, Value, json};

/// Schemas may refer to themselves; below this depth values are null.
const DEEPEST: usize = 12;

/// A value for `schema` that says `answer` wherever a text goes.
pub(crate) fn fill(schema: &Value, answer: &str) -> Value {
    Filler { root: schema, answer }.value(schema, 0)
}

struct Filler<'s> {
    root: &'s Value,
    answer: &'s str,
}

impl Filler<'_> {
    fn value(&self, schema: &Value, depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::Null;
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(choices) = schema["enum"].as_array() {
            return self.choice(choices);
        }
        if let Some(other) = self.other(schema) {
            return self.value(other, depth + 1);
        }
        match kind(schema) {
            "array" => self.list(schema, depth),
            "string" => json!(self.answer),
            "integer" => json!(self.number(schema).round() as i64),
            "number" => json!(self.number(schema)),
            "boolean" => json!(matches!(self.answer.trim(), "true" | "True" | "yes" | "Yes")),
            "null" => Value::Null,
            _ => self.object(schema, depth),
        }
    }

    /// The schema that this one refers to or has to choose.
    fn other<'v>(&'v self, schema: &'v Value) -> Option<&'v Value> {
        if let Some(reference) = schema["$ref"].as_str() {
            return self.root.pointer(reference.strip_prefix('#')?);
        }
        ["anyOf", "oneOf", "allOf"].iter().find_map(|key| schema[key].as_array()?.first())
    }

    fn choice(&self, choices: &[Value]) -> Value {
        let said = self.answer.trim();
        let as_json: Option<Value> = serde_json::from_str(said).ok();
        let is_said = |choice: &&Value| choice.as_str() == Some(said) || as_json.as_ref() == Some(*choice);
        let chosen = choices.iter().find(is_said);
        chosen.or(choices.first()).cloned().unwrap_or_default()
    }

    fn list(&self, schema: &Value, depth: usize) -> Value {
        let count = schema["minItems"].as_u64().unwrap_or(1).min(64);
        (0..count).map(|_| self.value(&schema["items"], depth + 1)).collect()
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let Some(properties) = schema["properties"].as_object() else {
            return json!({});
        };
        let filled: Map<String, Value> =
            properties.iter().map(|(name, property)| (name.clone(), self.value(property, depth + 1))).collect();
        Value::Object(filled)
    }

    /// The first number in the answer, within the bounds.
    fn number(&self, schema: &Value) -> f64 {
        let said = self
            .answer
            .split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-'))
            .find_map(|word| word.parse::<f64>().ok())
            .unwrap_or(0.0);
        let low = schema["minimum"].as_f64().unwrap_or(f64::MIN);
        let high = schema["maximum"].as_f64().unwrap_or(f64::MAX);
        said.min(high).max(low)
    }
}

/// A type may be a list such as `["string", "null"]`.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null"),
        kind => kind.as_str().unwrap_or("object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_is_filled() {
        let schema = json!({"type": "object", "$defs": {"grade": {"enum": ["A", "B"]}}, "properties": {
            "text": {"type": ["string", "null"]}, "grade": {"$ref": "#/$defs/grade"},
            "score": {"type": "integer", "maximum": 5}, "tags": {"type": "array", "items": {"type": "boolean"}}}});
        let filled = fill(&schema, "B");
        let expected = json!({"text": "B", "grade": "B", "score": 0, "tags": [false]});
        assert_eq!(filled, expected);
    }

    #[test]
    fn a_choice_may_be_among_numbers() {
        let schema = json!({"properties": {"verdict": {"type": "integer", "enum": [1, 2, 3]}}});
        assert_eq!(fill(&schema, " 3"), json!({"verdict": 3}));
        assert_eq!(fill(&schema, "none of them"), json!({"verdict": 1}));
    }

    #[test]
    fn a_schema_that_holds_itself_comes_to_an_end() {
        let schema = json!({"properties": {"next": {"$ref": "#"}}});
        assert!(fill(&schema, "x").is_object());
    }
}
