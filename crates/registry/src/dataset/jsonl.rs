//! One JSON object a line.

use std::fmt;

use carat_core::{DataError, Row};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::row::{Draft, kind};
use super::text::Lines;
use super::{Located, Reading, Source};

/// Rows of a JSONL file.
pub(super) struct JsonLines {
    source: Source,
    lines: Lines,
}

impl JsonLines {
    pub(super) fn open(source: &Source) -> Result<Self, DataError> {
        Ok(Self { source: source.clone(), lines: Lines::open(source)? })
    }

    /// The row on the current line; none where it is blank.
    fn reading(&self) -> Option<Reading> {
        let text = self.lines.current().trim_ascii();
        if text.is_empty() {
            return None;
        }
        let line = self.lines.number();
        Some(match row(text) {
            Ok((row, loose)) => Ok(Located { line, row, loose }),
            Err(fault) => Err(self.source.error(line, self.in_words(&fault, text)).into()),
        })
    }

    fn in_words(&self, fault: &NotARow, text: &str) -> String {
        match fault {
            NotARow::Shape(message) => message.clone(),
            NotARow::Json(error) => match serde_json::from_str::<Value>(text) {
                Ok(other) => self.not_an_object(&other),
                Err(_) => self.not_json(error, text),
            },
        }
    }

    fn not_an_object(&self, found: &Value) -> String {
        let advice = match found {
            Value::Array(_) => format!("; `jq -c '.[]' {0} > rows-{0}` writes a list's items so", self.source.name()),
            _ => String::new(),
        };
        format!("a row is an object on one line, and this is {}{advice}", kind(found))
    }

    fn not_json(&self, error: &serde_json::Error, text: &str) -> String {
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        if error.is_eof() && self.lines.is_cut() {
            return "the file ends in the middle of a row; was it cut off? Write it again, or delete this line"
                .to_owned();
        }
        if error.is_eof() {
            let name = self.source.name();
            return format!(
                "the row does not end on its line ({said}); a row stands on one line: `jq -c . {name} > rows-{name}`"
            );
        }
        // The parser counts bytes, people count letters.
        let before = text.as_bytes().get(..error.column().saturating_sub(1)).unwrap_or_default();
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        format!("column {column} is not JSON: {said}{}", advice(text, said))
    }
}

impl Iterator for JsonLines {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        loop {
            match self.lines.advance() {
                Ok(true) => {
                    if let Some(reading) = self.reading() {
                        return Some(reading);
                    }
                }
                Ok(false) => return None,
                Err(fault) => return Some(Err(fault)),
            }
        }
    }
}

/// Why a line is not a row.
enum NotARow {
    Json(serde_json::Error),
    Shape(String),
}

/// The row that a line says, and whether its inputs are loose.
fn row(text: &str) -> Result<(Row, bool), NotARow> {
    let Fields(fields) = serde_json::from_str(text).map_err(NotARow::Json)?;
    let mut draft = Draft::default();
    for (name, value) in fields {
        draft.set_named(name, value).map_err(NotARow::Shape)?;
    }
    draft.finish().map_err(NotARow::Shape)
}

/// What mostly lies behind such a fault.
fn advice(text: &str, said: &str) -> &'static str {
    if said.starts_with("trailing characters") {
        "; a line has one row, so something stands behind it"
    } else if text.starts_with("{'") {
        "; this looks like Python, whose `json.dumps(row)` writes JSON"
    } else if said.starts_with("expected value") && ["NaN", "Infinity", "None"].iter().any(|word| text.contains(word)) {
        "; JSON has no NaN, Infinity or None, so write null"
    } else {
        ""
    }
}

/// The fields of an object in their order, the doubly named ones twice.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::with_capacity(6);
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}
