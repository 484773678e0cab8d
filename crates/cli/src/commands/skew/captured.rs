//! One captured call, as an application writes it down: a line of JSON.

use carat_core::Parameters;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::named::{METADATA, PromptName, brief};
use super::offered::{Offered, format_sent};

/// A call of production.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) prompt: PromptName,
    /// When it was made, as the store has its moments; read only where the prompt's name means another version at another
    /// moment.
    pub(super) at: Option<String>,
    /// The variables that it was rendered with.
    pub(super) inputs: Map<String, Value>,
    /// What was sent, message by message.
    pub(super) messages: Vec<Sent>,
    /// Temperature and the like, where they were captured.
    pub(super) parameters: Option<Parameters>,
    /// The tools, where they were captured.
    pub(super) tools: Option<Vec<Offered>>,
    /// The output format, where it was captured.
    pub(super) response_format: Option<Value>,
    /// The model that was asked, where it was captured.
    pub(super) model: Option<String>,
}

/// One message that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) role: String,
    pub(super) text: String,
    /// The pictures by their URLs, in order.
    pub(super) images: Vec<String>,
}

/// The line as it may be written. What else it says, such as the answer, is of no matter here.
#[derive(Deserialize)]
struct Written {
    prompt: Option<Value>,
    at: Option<Value>,
    #[serde(alias = "variables")]
    inputs: Option<Value>,
    messages: Option<Value>,
    parameters: Option<Value>,
    tools: Option<Value>,
    response_format: Option<Value>,
    model: Option<Value>,
    /// The body of the call to the provider, which has the last five.
    request: Option<Value>,
}

/// What of a request's body is no parameter, besides what is taken out of it.
const NO_PARAMETERS: [&str; 6] = ["input", "text", "stream", "stream_options", "store", "instructions"];

/// So many parameters a call may have, and so long their names may be to be known by other spellings: no provider has nearly
/// as many.
const MOST: usize = 256;
const LONGEST: usize = 64;

/// What a line has to have.
const SHAPE: &str = "a captured call has `prompt`, `inputs` and `messages` (or `request`)";

impl Call {
    /// Reads a line.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        if !line.starts_with('{') {
            return Err(format!("it is no JSON object; {SHAPE}"));
        }
        // The line of the file is told already.
        let bad = |error: serde_json::Error| error.to_string().replace(" at line 1 column", " at column");
        let written: Written = serde_json::from_str(line).map_err(bad)?;
        let mut body = object("request", written.request)?.unwrap_or_default();
        let prompt = PromptName::read(written.prompt, body.get("metadata"))?;
        let at = if prompt.moves() { written.at.as_ref().map(moment).transpose()? } else { None };
        // With nothing but metadata it is there for the stamp; otherwise what it does not say was not sent.
        let is_body = body.keys().any(|key| key != "metadata");
        let mut either = |key: &str, outside: Option<Value>| {
            let inside = body.remove(key).filter(|value| !value.is_null());
            outside.or(inside)
        };
        let messages = list("messages", either("messages", written.messages)).and_then(|messages| {
            messages.ok_or_else(|| format!("there is neither `messages` nor a `request` with messages; {SHAPE}"))
        })?;
        let tools = list("tools", either("tools", written.tools))?.or_else(|| is_body.then(Vec::new));
        let format = either("response_format", written.response_format);
        let model = either("model", written.model);
        let format = format.or_else(|| body.get("text")?.get("format").cloned());
        let format = format.or_else(|| is_body.then(|| "text".into()));
        let parameters = match object("parameters", written.parameters)? {
            None => is_body.then(|| of_body(body)),
            some => some,
        };
        Ok(Self {
            prompt,
            at,
            inputs: object("inputs", written.inputs)?.ok_or_else(|| format!("there are no `inputs`; {SHAPE}"))?,
            messages: messages.iter().map(sent).collect::<Result<_, _>>()?,
            parameters: parameters.as_ref().map(canonical).transpose()?,
            tools: tools.map(|tools| tools.iter().map(Offered::sent).collect()).transpose()?,
            response_format: format.as_ref().map(format_sent).transpose()?,
            model: model.as_ref().map(name_of_model).transpose()?,
        })
    }
}

fn object(key: &str, value: Option<Value>) -> Result<Option<Map<String, Value>>, String> {
    match value {
        None => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
        Some(other) => Err(format!("`{key}` is {}; it is an object", brief(&other))),
    }
}

fn list(key: &str, value: Option<Value>) -> Result<Option<Vec<Value>>, String> {
    match value {
        None => Ok(None),
        Some(Value::Array(list)) => Ok(Some(list)),
        Some(other) => Err(format!("`{key}` is {}; it is a list", brief(&other))),
    }
}

fn name_of_model(value: &Value) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("`model` is {}; it is a name", brief(value)))
}

/// A moment of any zone, as the store writes it, so that moments compare as texts.
fn moment(value: &Value) -> Result<String, String> {
    let read = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let read = read.ok_or_else(|| format!("`at` is {}; it is a moment such as 2026-10-03T12:00:00Z", brief(value)))?;
    Ok(read.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// The parameters among what a request's body says. The library's stamp in the metadata is none.
fn of_body(mut body: Map<String, Value>) -> Map<String, Value> {
    body.retain(|key, _| !NO_PARAMETERS.contains(&key.as_str()));
    if let Some(Value::Object(metadata)) = body.get_mut("metadata") {
        metadata.retain(|key, _| !METADATA.contains(&key.as_str()));
    }
    body
}

/// By their canonical names. A knob of a server of one's own goes by the name that it is sent by.
fn canonical(written: &Map<String, Value>) -> Result<Parameters, String> {
    if written.len() > MOST {
        return Err(format!("it has {} parameters; no provider has more than {MOST}", written.len()));
    }
    let mut parameters = Parameters::default();
    for (name, value) in written {
        let known = (name.len() <= LONGEST).then(|| Parameters::from_written([(name, value)]));
        match known {
            Some(Ok(known)) => parameters.0.extend(known.0),
            Some(Err(_)) | None => {
                parameters.0.insert(name.clone(), value.clone());
            }
        }
    }
    Ok(parameters)
}

/// A message in the provider's shape or in carat's: content is a text, or a list of texts and pictures.
fn sent(message: &Value) -> Result<Sent, String> {
    let role = message.get("role").and_then(Value::as_str).ok_or("a message has no `role`")?.to_owned();
    let (mut text, mut images) = (String::new(), Vec::new());
    match message.get("content") {
        None | Some(Value::Null) => {}
        Some(Value::String(whole)) => text.clone_from(whole),
        Some(Value::Array(parts)) => {
            for part in parts {
                match part.get("text").or_else(|| part.get("value")) {
                    Some(Value::String(piece)) => text.push_str(piece),
                    _ => images.push(image_of(part)),
                }
            }
        }
        Some(other) => {
            return Err(format!("the content of a message is {}; it is a text or a list of parts", brief(other)));
        }
    }
    Ok(Sent { role, text, images })
}

fn image_of(part: &Value) -> String {
    let places = ["/image_url/url", "/image_url", "/value/url", "/url"];
    let found = places.iter().find_map(|place| part.pointer(place)?.as_str());
    found.unwrap_or("a part that is neither text nor picture").to_owned()
}
