//! JSON Schema, inline or in a file.

use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::scorers::error::BadSetting;
use crate::scorers::excerpt::excerpt;

const KEY: &str = "json.schema";

/// A schema, compiled.
pub(super) struct Schema(Validator);

impl Schema {
    /// An object is the schema itself; a string is the path of its file.
    pub(super) fn new(written: &Value, read_file: &dyn Fn(&str) -> Result<String, String>) -> Result<Self, BadSetting> {
        match written {
            Value::Object(_) => compile(written, ""),
            Value::String(path) => {
                let text = read_file(path).map_err(|why| BadSetting::new(KEY, format!("{path}: {why}")))?;
                let schema = serde_json::from_str(&text)
                    .map_err(|error| BadSetting::new(KEY, format!("{path} is not JSON: {error}")))?;
                compile(&schema, &format!("{path}: "))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                Err(BadSetting::new(KEY, "expected a JSON Schema, or the path of a file that holds one"))
            }
        }
    }

    /// The first thing in which a value is not by the schema.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
        self.0.validate(value).map_err(|error| format!("not by the schema: {}", explain(&error)))
    }
}

fn compile(schema: &Value, file: &str) -> Result<Schema, BadSetting> {
    let compiled = jsonschema::options().offline().build(schema);
    compiled.map(Schema).map_err(|error| BadSetting::new(KEY, format!("{file}{}", explain(&error))))
}

/// Where, and what; without the value, which may be the whole answer.
fn explain(error: &ValidationError<'_>) -> String {
    let (path, what) = (error.instance_path().to_string(), error.masked().to_string());
    excerpt(&if path.is_empty() { what } else { format!("{path}: {what}") })
}
