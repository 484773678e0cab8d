//! Tools and output formats, in one shape whether the prompt has them or a call.

use carat_core::{ResponseFormat, Tool};
use serde_json::{Map, Value, json};

use super::items::Api;
use super::named::brief;

/// A tool as the model gets to see it: `name`, `description`, `parameters` and `strict`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Offered {
    pub(super) name: String,
    pub(super) value: Value,
}

impl Offered {
    /// One of the prompt.
    pub(super) fn of(tool: &Tool) -> Self {
        let description = tool.description.as_ref().map(|text| json!(text));
        let value = function(&tool.name, description.as_ref(), Some(&tool.parameters), Some(&json!(tool.strict)));
        Self { name: tool.name.clone(), value: Value::Object(value) }
    }

    /// One that was sent, in a provider's shape or carat's. One that is no function, such as a search of the provider's, goes
    /// by its type, and is what no prompt has.
    pub(super) fn sent(tool: &Value, api: Api) -> Result<Self, String> {
        let Value::Object(outer) = tool else { return Err(format!("a tool is {}; it is an object", brief(tool))) };
        if let Some(kind) = outer.get("type").and_then(Value::as_str).filter(|kind| *kind != "function") {
            return Ok(Self { name: kind.to_owned(), value: tool.clone() });
        }
        let fields = match outer.get("function") {
            None => outer,
            Some(Value::Object(function)) => function,
            Some(other) => return Err(format!("the `function` of a tool is {}; it is an object", brief(other))),
        };
        let name = fields.get("name").and_then(Value::as_str).ok_or("a tool has no `name`")?;
        // Where nothing is said, the one API enforces the schema and the other does not.
        let unsaid = Value::Bool(api == Api::Responses);
        let strict = fields.get("strict").filter(|strict| !strict.is_null()).unwrap_or(&unsaid);
        let mut value = function(name, fields.get("description"), fields.get("parameters"), Some(strict));
        value.extend(besides(fields, &["name", "description", "parameters", "strict", "type"]));
        if outer.contains_key("function") {
            value.extend(beside(outer, &["type", "function"]));
        }
        Ok(Self { name: name.to_owned(), value: Value::Object(value) })
    }
}

/// What a mapping says besides.
fn besides(fields: &Map<String, Value>, known: &[&str]) -> Map<String, Value> {
    let others = fields.iter().filter(|(key, value)| !known.contains(&key.as_str()) && !value.is_null());
    others.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What a mapping says besides, where it stands around what is compared: one entry, where there is something.
fn beside(outer: &Map<String, Value>, known: &[&str]) -> Option<(String, Value)> {
    let others = besides(outer, known);
    (!others.is_empty()).then(|| ("beside".to_owned(), Value::Object(others)))
}

/// What says nothing is what providers take it for: no arguments, and no schema that is enforced.
fn function(
    name: &str,
    description: Option<&Value>,
    parameters: Option<&Value>,
    strict: Option<&Value>,
) -> Map<String, Value> {
    let said = |value: Option<&Value>| value.filter(|value| !value.is_null()).cloned();
    let parameters = said(parameters).unwrap_or_else(|| json!({"type": "object", "properties": {}}));
    let strict = said(strict).unwrap_or(Value::Bool(false));
    let mut fields = Map::new();
    fields.insert("name".to_owned(), name.into());
    fields.extend(said(description).map(|text| ("description".to_owned(), text)));
    fields.insert("parameters".to_owned(), parameters);
    fields.insert("strict".to_owned(), strict);
    fields
}

/// The output format of a prompt; none is text.
pub(super) fn format_of(format: Option<&ResponseFormat>) -> Value {
    match format {
        None => json!({"type": "text"}),
        Some(ResponseFormat::JsonObject) => json!({"type": "json_object"}),
        Some(ResponseFormat::JsonSchema { name, schema, strict }) => {
            json!({"type": "json_schema", "name": name, "schema": schema, "strict": strict})
        }
    }
}

/// The output format that was sent: a word, the provider's object, or carat's.
pub(super) fn format_sent(format: &Value) -> Result<Value, String> {
    let word = match format {
        Value::String(word) => Some(word.as_str()),
        other => other.get("type").and_then(Value::as_str),
    };
    let word = word.ok_or_else(|| format!("`response_format` is {} without a `type`", brief(format)))?;
    let nothing = Map::new();
    let outer = format.as_object().unwrap_or(&nothing);
    if word != "json_schema" {
        let mut said = besides(outer, &["type"]);
        said.insert("type".to_owned(), word.into());
        return Ok(Value::Object(said));
    }
    let inner = outer.get("json_schema").and_then(Value::as_object);
    let mut said = besides(inner.unwrap_or(outer), &["type"]);
    said.entry("strict").or_insert(Value::Bool(false));
    said.insert("type".to_owned(), word.into());
    said.extend(inner.and_then(|_| beside(outer, &["type", "json_schema"])));
    Ok(Value::Object(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_the_same_in_every_shape_that_it_is_written_in() {
        let tool = Tool {
            name: "look".into(),
            description: Some("Looks.".into()),
            parameters: json!({"type": "object"}),
            strict: None,
        };
        let ours = Offered::of(&tool);
        for sent in [
            json!({"type": "function", "function": {"name": "look", "description": "Looks.", "parameters": {"type": "object"}}}),
            json!({"type": "function", "name": "look", "description": "Looks.", "parameters": {"type": "object"}, "strict": false}),
            json!(tool),
        ] {
            assert_eq!(Offered::sent(&sent, Api::Chat).unwrap(), ours);
        }
        let bare = Tool {
            name: "look".into(),
            description: None,
            parameters: json!({"type": "object", "properties": {}}),
            strict: None,
        };
        assert_eq!(Offered::sent(&json!({"name": "look", "strict": null}), Api::Chat).unwrap(), Offered::of(&bare));
        assert_eq!(Offered::sent(&json!({"type": "web_search", "name": "x"}), Api::Chat).unwrap().name, "web_search");
        for (sent, why) in [
            (json!("look"), "a tool is \"look\"; it is an object"),
            (json!({"function": []}), "the `function` of a tool is a list; it is an object"),
            (json!({"function": {}}), "a tool has no `name`"),
        ] {
            assert_eq!(Offered::sent(&sent, Api::Chat), Err(why.to_owned()));
        }
    }

    #[test]
    fn the_responses_api_enforces_a_schema_where_nothing_is_said() {
        let strict = |sent: Value, api: Api| Offered::sent(&sent, api).unwrap().value["strict"].clone();
        assert_eq!(strict(json!({"name": "look"}), Api::Chat), json!(false));
        assert_eq!(strict(json!({"name": "look"}), Api::Responses), json!(true));
        assert_eq!(strict(json!({"name": "look", "strict": false}), Api::Responses), json!(false));
    }

    #[test]
    fn nothing_that_is_said_besides_is_lost() {
        let function = json!({"name": "look", "examples": [1], "description": null});
        let tool =
            Offered::sent(&json!({"type": "function", "function": function, "name": "x"}), Api::Chat).unwrap().value;
        assert_eq!((&tool["examples"], &tool["beside"]), (&json!([1]), &json!({"name": "x"})));
        let object = json!({"type": "json_object", "schema": {"type": "object"}});
        assert_eq!(format_sent(&object).unwrap(), object);
        let schema = json!({"type": "json_schema", "json_schema": {"name": "a", "description": "b"}, "grammar": "c"});
        let expected = json!({"type": "json_schema", "name": "a", "description": "b", "strict": false,
            "beside": {"grammar": "c"}});
        assert_eq!(format_sent(&schema).unwrap(), expected);
    }

    #[test]
    fn an_output_format_is_the_same_in_every_shape_that_it_is_written_in() {
        let ours = ResponseFormat::JsonSchema { name: "a".into(), schema: json!({"type": "object"}), strict: false };
        for sent in [
            json!({"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}),
            json!({"type": "json_schema", "name": "a", "schema": {"type": "object"}, "strict": false}),
            json!(ours),
        ] {
            assert_eq!(format_sent(&sent).unwrap(), format_of(Some(&ours)));
        }
        assert_eq!(format_sent(&json!("json_object")).unwrap(), format_of(Some(&ResponseFormat::JsonObject)));
        assert_eq!(format_sent(&json!({"type": "text"})).unwrap(), format_of(None));
        assert_eq!(format_sent(&json!([])), Err("`response_format` is a list without a `type`".to_owned()));
    }
}
