//! One captured call, as an application writes it down: a line of JSON.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::items::{self, Api};
use super::named::{METADATA, PromptName, brief};
use super::offered::{Offered, format_sent};
use super::parameters::Named;
use super::said::Said;
use super::same::is_same;

/// A call of production.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) prompt: PromptName,
    /// When it was made, as the store has its moments; read only where the prompt's name means another version at another
    /// moment.
    pub(super) at: Option<String>,
    /// The variables that it was rendered with.
    pub(super) inputs: Map<String, Value>,
    /// Where it went.
    pub(super) api: Api,
    /// What was sent, message by message.
    pub(super) messages: Vec<Said>,
    /// Temperature and the like, where they were captured.
    pub(super) parameters: Option<Named>,
    /// The tools, where they were captured.
    pub(super) tools: Option<Vec<Offered>>,
    /// The output format, where it was captured.
    pub(super) response_format: Option<Value>,
    /// The model that was asked, where it was captured.
    pub(super) model: Option<String>,
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
        body.retain(|_, value| !value.is_null());
        let prompt = PromptName::read(written.prompt, body.get("metadata"))?;
        let at = if prompt.moves() { written.at.as_ref().map(moment).transpose()? } else { None };
        // With nothing but metadata it is there for the stamp; otherwise what it does not say was not sent.
        let is_body = body.keys().any(|key| key != "metadata");
        let api = Api::of(&body);
        let messages = messages(api, written.messages, &mut body)?;
        let tools = list("tools", either("tools", written.tools, &mut body)?)?.or_else(|| is_body.then(Vec::new));
        let format = either("response_format", written.response_format, &mut body)?;
        let format = format.or_else(|| format_within(&mut body)).or_else(|| is_body.then(|| "text".into()));
        let model = either("model", written.model, &mut body)?;
        let beside = object("parameters", written.parameters)?;
        unstamped(&mut body);
        let parameters = (is_body || beside.is_some()).then(|| Named::sent(body, beside));
        Ok(Self {
            prompt,
            at,
            inputs: object("inputs", written.inputs)?.ok_or_else(|| format!("there are no `inputs`; {SHAPE}"))?,
            api,
            messages,
            parameters: parameters.transpose()?,
            tools: tools.map(|tools| tools.iter().map(|tool| Offered::sent(tool, api)).collect()).transpose()?,
            response_format: format.as_ref().map(format_sent).transpose()?,
            model: model.as_ref().map(name_of_model).transpose()?,
        })
    }
}

/// What stands beside the body of a request, or in it, or alike in both.
fn either(key: &str, beside: Option<Value>, body: &mut Map<String, Value>) -> Result<Option<Value>, String> {
    match (beside, body.remove(key)) {
        (Some(beside), Some(inside)) if !is_same(&beside, &inside) => {
            Err(format!("`{key}` and `request.{key}` are not the same; one of them was sent"))
        }
        (beside, inside) => Ok(beside.or(inside)),
    }
}

fn messages(api: Api, beside: Option<Value>, body: &mut Map<String, Value>) -> Result<Vec<Said>, String> {
    match api {
        Api::Responses if beside.is_some() => {
            Err("there are `messages`, and a `request` with `input` or `instructions`; one of them was sent".to_owned())
        }
        Api::Responses => items::sent(body.remove("instructions"), body.remove("input")),
        Api::Chat => {
            let messages = list("messages", either("messages", beside, body)?)?;
            let none = || format!("there is neither `messages` nor a `request` with messages; {SHAPE}");
            messages.ok_or_else(none)?.into_iter().map(Said::sent).collect()
        }
    }
}

/// Where the Responses API has the output format.
fn format_within(body: &mut Map<String, Value>) -> Option<Value> {
    body.get_mut("text")?.as_object_mut()?.remove("format").filter(|format| !format.is_null())
}

/// Takes the library's stamp out of the metadata.
fn unstamped(body: &mut Map<String, Value>) {
    if let Some(Value::Object(metadata)) = body.get_mut("metadata") {
        metadata.retain(|key, _| !METADATA.contains(&key.as_str()));
        if metadata.is_empty() {
            body.remove("metadata");
        }
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
