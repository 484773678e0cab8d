//! Tools and output formats of front matter, as what the APIs take.

use serde_json::{Map, Value, json};

use crate::{ResponseFormat, Tool};

/// Named things are written as a mapping, as a list of mappings with `name`, or under `properties`.
pub(super) fn named(written: &Value) -> Result<Vec<(&str, &Value)>, String> {
    match written {
        Value::Null => Ok(Vec::new()),
        Value::Object(object) => match object.get("properties") {
            Some(properties) if properties.is_array() || properties.is_object() => named(properties),
            _ => Ok(object.iter().map(|(name, value)| (name.as_str(), value)).collect()),
        },
        Value::Array(list) => list
            .iter()
            .map(|item| match item.get("name").and_then(Value::as_str) {
                Some(name) => Ok((name, item)),
                None => Err("every member of the list needs a `name`".to_owned()),
            })
            .collect(),
        _ => Err("expected a mapping or a list".to_owned()),
    }
}

/// The tools: as the second generation writes them, or as OpenAI's API does.
pub(super) fn tools(written: &Value) -> Result<Vec<Tool>, String> {
    let list = match written {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list,
        _ => return Err("expected a list of tools".to_owned()),
    };
    list.iter().map(tool).collect()
}

fn tool(written: &Value) -> Result<Tool, String> {
    let function = written.get("function").unwrap_or(written);
    let kind = written.get("kind").or_else(|| written.get("type")).and_then(Value::as_str).unwrap_or("function");
    if kind != "function" {
        return Err(format!("a tool of kind `{kind}` is not known here; only `function` is"));
    }
    let name = function.get("name").and_then(Value::as_str).ok_or("a tool needs a `name`")?;
    let parameters = match function.get("parameters") {
        None | Some(Value::Null) => json!({"type": "object", "properties": {}}),
        Some(schema) if schema.get("type").is_some() => schema.clone(),
        Some(fields) => object_schema(fields)?,
    };
    Ok(Tool {
        name: name.to_owned(),
        description: function.get("description").and_then(Value::as_str).map(str::to_owned),
        parameters,
        strict: function.get("strict").and_then(Value::as_bool),
    })
}

/// `response_format` as OpenAI's API writes it.
pub(super) fn written_format(written: &Value) -> Result<Option<ResponseFormat>, String> {
    let kind = written.get("type").or(Some(written)).and_then(Value::as_str);
    match kind {
        None | Some("text") => Ok(None),
        Some("json_object") => Ok(Some(ResponseFormat::JsonObject)),
        Some("json_schema") => {
            let body = written.get("json_schema").unwrap_or(written);
            let schema = body.get("schema").ok_or("response_format: a json_schema needs its `schema`")?;
            Ok(Some(ResponseFormat::JsonSchema {
                name: body.get("name").and_then(Value::as_str).unwrap_or("answer").to_owned(),
                schema: schema.clone(),
                strict: body.get("strict").and_then(Value::as_bool).unwrap_or(false),
            }))
        }
        Some(other) => Err(format!("response_format: `{other}` is none of text, json_object, json_schema")),
    }
}

/// The output format that declared outputs come to; none where nothing is declared.
pub(super) fn response_format(outputs: &Value, prompt: &str) -> Result<Option<ResponseFormat>, String> {
    if named(outputs)?.is_empty() {
        return Ok(None);
    }
    let schema = if outputs.get("type").is_some_and(|kind| kind == "object") {
        outputs.clone()
    } else {
        object_schema(outputs)?
    };
    let name =
        prompt.rsplit('/').next().unwrap_or(prompt).replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_");
    Ok(Some(ResponseFormat::JsonSchema { name, schema, strict: false }))
}

/// The schema of an object with these fields.
fn object_schema(fields: &Value) -> Result<Value, String> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, field) in named(fields)? {
        if field.get("required").and_then(Value::as_bool).unwrap_or(true) {
            required.push(Value::String(name.to_owned()));
        }
        properties.insert(name.to_owned(), field_schema(field)?);
    }
    Ok(json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false}))
}

/// The schema of one field: `kind` in the second generation, `type` in JSON Schema.
fn field_schema(field: &Value) -> Result<Value, String> {
    if let Some(word) = field.as_str() {
        return Ok(json!({"type": json_type(word)}));
    }
    let mut schema = Map::new();
    for (key, value) in field.as_object().into_iter().flatten() {
        match key.as_str() {
            "kind" | "type" if value.is_string() => {
                schema.insert("type".into(), json_type(value.as_str().unwrap_or_default()).into());
            }
            "name" | "required" if !value.is_array() => {}
            "properties" => {
                let Value::Object(inner) = object_schema(value)? else { continue };
                schema.extend(inner);
            }
            "items" => {
                schema.insert("items".into(), field_schema(value)?);
            }
            "enumValues" => {
                schema.insert("enum".into(), value.clone());
            }
            _ => {
                schema.insert(key.clone(), value.clone());
            }
        }
    }
    Ok(Value::Object(schema))
}

fn json_type(word: &str) -> &str {
    match word {
        "float" => "number",
        other => other,
    }
}
