//! Lengths of time as people write them.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length of time, written `60s`, `1m 30s` or `250ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}ms", self.0.as_millis()))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let refuse =
            || serde::de::Error::custom(format!("`{text}` is not a length of time such as `60s`, `1m 30s` or `250ms`"));
        let span: jiff::SignedDuration = text.parse().map_err(|_| refuse())?;
        Duration::try_from(span).map(Self).map_err(|_| refuse())
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "description": "A length of time: 60s, 1m 30s, 250ms.", "examples": ["60s", "250ms"]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        let read = |text: &str| serde_json::from_value::<Span>(text.into()).map(|span| span.0);
        assert_eq!(read("60s").unwrap(), Duration::from_secs(60));
        assert_eq!(read("1m 30s").unwrap(), Duration::from_secs(90));
        assert_eq!(read("250ms").unwrap(), Duration::from_millis(250));
        assert!(read("60").is_err());
        assert!(read("-1s").is_err());
    }
}
