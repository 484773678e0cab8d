//! `yes`, `no`, `on`, `off`, `y` and `n` as the words that they are.
//!
//! The files of a project are read as YAML 1.1 reads booleans; the tools whose sources are read here follow YAML 1.2, in which
//! only `true` and `false` are any. An answer that is expected to be `yes` would become `true` otherwise.
//!
//! The reader cannot be told so. But it gives a scalar as it is written where a text is asked for, and so a document is read
//! twice: first as anything, then once more along what was found, asking for a text wherever there was a boolean.

use std::cell::RefCell;
use std::fmt;

use carat_core::yaml::{self, YamlError};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

thread_local! {
    /// What the first reading found: the reader takes a type, and a type has no other way to know it.
    static FOUND: RefCell<Option<Value>> = const { RefCell::new(None) };
}

/// Reads a document of YAML 1.2.
///
/// # Errors
/// It is no YAML: where, and why.
pub(crate) fn read(text: &str, file: &str) -> Result<Value, YamlError> {
    let found: Value = yaml::read(text, file)?;
    if !has_boolean(&found) {
        return Ok(found);
    }
    FOUND.with_borrow_mut(|place| *place = Some(found.clone()));
    let again = yaml::read::<Again>(text, file);
    FOUND.with_borrow_mut(|place| *place = None);
    Ok(again.map_or(found, |again| again.0))
}

fn has_boolean(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::Array(list) => list.iter().any(has_boolean),
        Value::Object(map) => map.values().any(has_boolean),
        _ => false,
    }
}

/// A document that is read for the second time.
struct Again(Value);

impl<'de> Deserialize<'de> for Again {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = FOUND.with_borrow_mut(Option::take).unwrap_or_default();
        Along(found).deserialize(deserializer).map(Self)
    }
}

/// What was found in a place, to be read along.
struct Along(Value);

impl<'de> DeserializeSeed<'de> for Along {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match &self.0 {
            Value::Bool(_) => deserializer.deserialize_str(self),
            Value::Array(_) => deserializer.deserialize_seq(self),
            Value::Object(_) => deserializer.deserialize_map(self),
            _ => IgnoredAny::deserialize(deserializer).map(|_| self.0),
        }
    }
}

impl<'de> Visitor<'de> for Along {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was there before")
    }

    fn visit_str<E>(self, word: &str) -> Result<Value, E> {
        Ok(match word {
            "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => self.0,
            word => Value::from(word),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut found = match self.0 {
            Value::Array(found) => found.into_iter(),
            _ => Vec::new().into_iter(),
        };
        let mut list = Vec::with_capacity(found.len());
        while let Some(member) = members.next_element_seed(Along(found.next().unwrap_or_default()))? {
            list.push(member);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let found = self.0.get_mut(&key).map(Value::take).unwrap_or_default();
            map.insert(key, members.next_value_seed(Along(found))?);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_true_and_false_are_booleans() {
        let text = "a: yes\nb: [no, y, 'on', true, False, 1, x, null, ~]\nc: { off: { d: N } }\ne: &e { f: Yes }\ng: { <<: *e, h: 1.5 }\n";
        assert_eq!(
            read(text, "x.yaml").unwrap(),
            json!({
                "a": "yes",
                "b": ["no", "y", "on", true, false, 1, "x", null, null],
                "c": {"off": {"d": "N"}},
                "e": {"f": "Yes"},
                "g": {"f": "Yes", "h": 1.5},
            })
        );
        assert_eq!(read("no", "x.yaml").unwrap(), json!("no"));
    }
}
