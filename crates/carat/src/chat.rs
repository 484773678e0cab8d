//! The body of a call of `/chat/completions`, as evals send it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carat_prompt::{Image, Message, Part, ResponseFormat, Tool, ToolCall};
use serde_json::{Map, Value, json};

use crate::{Rendered, Stamp};

/// So many pairs OpenAI takes as `metadata`.
const MOST_METADATA: usize = 16;

/// What is rendered cannot be made a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Nobody said which model to ask.
    #[error("{prompt}: no model is named; say `.for_model(\"…\")`, or write `model: {{ id: … }}` in the prompt")]
    NoModel {
        /// The prompt.
        prompt: String,
    },
    /// A parameter of the prompt is what the request says by itself.
    #[error("{prompt}: `{parameter}` is no parameter to be set: the request says it already")]
    SaidAlready {
        /// The prompt.
        prompt: String,
        /// The parameter.
        parameter: String,
    },
    /// The `metadata` of the prompt is no mapping, or leaves no room for the stamp.
    #[error("{prompt}: the stamp does not fit into `metadata`: {why}")]
    Metadata {
        /// The prompt.
        prompt: String,
        /// Why not.
        why: String,
    },
    /// The type of a client has no place for something.
    #[error(
        "{prompt}: the client's request has no place for `{what}` as it is; send `Rendered::body` with a client that takes JSON"
    )]
    NoPlace {
        /// The prompt.
        prompt: String,
        /// Where it stands in the body, or what the type says of it.
        what: String,
    },
}

pub(crate) fn body(rendered: &Rendered) -> Result<Value, RequestError> {
    let prompt = || rendered.stamp().to_string();
    let model = rendered.model().ok_or_else(|| RequestError::NoModel { prompt: prompt() })?;
    let mut body = Map::new();
    body.insert("model".to_owned(), model.into());
    body.insert("messages".to_owned(), rendered.messages().iter().map(message).collect());
    if !rendered.tools().is_empty() {
        body.insert("tools".to_owned(), rendered.tools().iter().map(tool).collect());
    }
    if let Some(written) = rendered.response_format() {
        body.insert("response_format".to_owned(), format(written));
    }
    for (parameter, value) in &rendered.parameters().0 {
        let name = match parameter.as_str() {
            "max_output_tokens" if rendered.is_for_openai => "max_completion_tokens",
            "max_output_tokens" => "max_tokens",
            other => other,
        };
        // The client says itself whether it wants a stream.
        if name == "stream" || body.insert(name.to_owned(), value.clone()).is_some() {
            return Err(RequestError::SaidAlready { prompt: prompt(), parameter: parameter.clone() });
        }
    }
    if rendered.is_stamped {
        stamp(&mut body, rendered.stamp()).map_err(|why| RequestError::Metadata { prompt: prompt(), why })?;
    }
    Ok(Value::Object(body))
}

fn stamp(body: &mut Map<String, Value>, stamp: &Stamp) -> Result<(), String> {
    let metadata = body.entry("metadata").or_insert_with(|| json!({}));
    let Value::Object(pairs) = metadata else { return Err("the prompt's own is no mapping".to_owned()) };
    pairs.extend(stamp.metadata().into_iter().map(|(key, value)| (key, Value::String(value))));
    match pairs.len() {
        0..=MOST_METADATA => Ok(()),
        more => Err(format!("with the prompt's own it is {more} pairs, and OpenAI takes {MOST_METADATA}")),
    }
}

fn message(message: &Message) -> Value {
    let mut written = Map::new();
    written.insert("role".to_owned(), message.role.as_str().into());
    written.insert("content".to_owned(), content(message));
    if !message.tool_calls.is_empty() {
        written.insert("tool_calls".to_owned(), message.tool_calls.iter().map(tool_call).collect());
    }
    let named = [("tool_call_id", &message.tool_call_id), ("name", &message.name)];
    let named = named.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?.into())));
    written.extend(named);
    Value::Object(written)
}

fn content(message: &Message) -> Value {
    match message.content.as_slice() {
        [] if message.tool_calls.is_empty() => "".into(),
        [] => Value::Null,
        [Part::Text(text)] => text.as_str().into(),
        parts => parts.iter().map(part).collect(),
    }
}

fn part(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!({"type": "text", "text": text}),
        Part::Image(image) => json!({"type": "image_url", "image_url": {"url": address(image)}}),
    }
}

/// A picture's bytes as a `data:` URL where they are there, else the URL that the prompt names.
fn address(image: &Image) -> String {
    let Some(bytes) = &image.bytes else { return image.url.clone() };
    let media_type = image.media_type.as_deref().unwrap_or("application/octet-stream");
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

fn tool_call(call: &ToolCall) -> Value {
    // A string is what was no JSON when the model wrote it.
    let arguments = call.arguments.as_str().map_or_else(|| call.arguments.to_string(), str::to_owned);
    json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}})
}

fn tool(tool: &Tool) -> Value {
    let mut function = Map::new();
    function.insert("name".to_owned(), tool.name.as_str().into());
    function.extend(tool.description.as_deref().map(|text| ("description".to_owned(), text.into())));
    if !tool.parameters.is_null() {
        function.insert("parameters".to_owned(), tool.parameters.clone());
    }
    function.extend(tool.strict.map(|strict| ("strict".to_owned(), strict.into())));
    json!({"type": "function", "function": function})
}

fn format(format: &ResponseFormat) -> Value {
    match format {
        ResponseFormat::JsonObject => json!({"type": "json_object"}),
        ResponseFormat::JsonSchema { name, schema, strict } => {
            json!({"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": strict}})
        }
    }
}
