//! One captured call, as an application writes it down: a line of JSON.

use carat_core::{Digest, Parameters};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A call of production.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) prompt: PromptName,
    /// The variables that it was rendered with.
    pub(super) inputs: Map<String, Value>,
    /// What was sent, message by message.
    pub(super) messages: Vec<Sent>,
    /// Temperature and the like, where they were captured.
    pub(super) parameters: Option<Parameters>,
    /// The names of the tools, where they were captured.
    pub(super) tools: Option<Vec<String>>,
}

/// Which prompt a call says that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PromptName {
    pub(super) name: String,
    /// A number, a label.
    pub(super) version: Option<String>,
    pub(super) digest: Option<Digest>,
}

impl PromptName {
    /// As people type it.
    pub(super) fn reference(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{version}", self.name),
            None => self.name.clone(),
        }
    }
}

impl std::fmt::Display for PromptName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reference())?;
        self.digest.map_or(Ok(()), |digest| write!(f, " ({})", digest.short()))
    }
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
    prompt: WrittenPrompt,
    #[serde(alias = "variables")]
    inputs: Map<String, Value>,
    #[serde(default)]
    messages: Option<Vec<Value>>,
    #[serde(default)]
    parameters: Option<Map<String, Value>>,
    #[serde(default)]
    tools: Option<Vec<Value>>,
    /// The body of the call to the provider, which has the last three.
    #[serde(default)]
    request: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenPrompt {
    Reference(String),
    Stamp {
        name: String,
        #[serde(default)]
        version: Option<Value>,
        #[serde(default)]
        digest: Option<Digest>,
    },
}

/// What of a request's body is no parameter.
const NO_PARAMETERS: [&str; 12] = [
    "model", "messages", "input", "tools", "response_format", "text", "stream", "stream_options", "metadata", "user", "store",
    "instructions",
];

impl Call {
    /// Reads a line.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        let written: Written = serde_json::from_str(line)
            .map_err(|error| format!("{error}; a captured call has `prompt`, `inputs` and `messages` (or `request`)"))?;
        let body = written.request.unwrap_or_default();
        let of_body = |key: &str| body.get(key).and_then(Value::as_array).cloned();
        let messages = written.messages.or_else(|| of_body("messages"));
        let messages = messages.ok_or("there is neither `messages` nor a `request` with messages")?;
        let in_body: Map<String, Value> =
            body.iter().filter(|(key, _)| !NO_PARAMETERS.contains(&key.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
        let parameters = written.parameters.or_else(|| (!body.is_empty()).then_some(in_body));
        let parameters = parameters.map(|written| Parameters::from_written(&written).map_err(|error| error.to_string()));
        let tools = written.tools.or_else(|| of_body("tools"));
        Ok(Self {
            prompt: named(written.prompt)?,
            inputs: written.inputs,
            messages: messages.iter().map(sent).collect::<Result<_, _>>()?,
            parameters: parameters.transpose()?,
            tools: tools.map(|tools| tools.iter().map(tool_name).collect()),
        })
    }
}

fn named(written: WrittenPrompt) -> Result<PromptName, String> {
    match written {
        WrittenPrompt::Reference(reference) => {
            let (name, version) = match reference.rsplit_once('@') {
                Some((name, version)) => (name.to_owned(), Some(version.to_owned())),
                None => (reference, None),
            };
            Ok(PromptName { name, version, digest: None })
        }
        WrittenPrompt::Stamp { name, version, digest } => {
            let version = match version {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) => Some(text),
                Some(Value::Number(number)) => Some(number.to_string()),
                Some(other) => return Err(format!("`prompt.version` is {other}; it is a number or a label")),
            };
            Ok(PromptName { name, version, digest })
        }
    }
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
        Some(other) => return Err(format!("the content of a message is {other}; it is a text or a list of parts")),
    }
    Ok(Sent { role, text, images })
}

fn image_of(part: &Value) -> String {
    let places = ["/image_url/url", "/image_url", "/value/url", "/url"];
    let found = places.iter().find_map(|place| part.pointer(place)?.as_str());
    found.unwrap_or("a part that is neither text nor picture").to_owned()
}

fn tool_name(tool: &Value) -> String {
    let name = tool.pointer("/function/name").or_else(|| tool.get("name"));
    name.and_then(Value::as_str).unwrap_or("?").to_owned()
}
