//! What was sent, held against what the prompt says.

use carat_core::untrusted::one_line;
use carat_core::{Digest, Message, Part, Prompt};
use serde::Serialize;
use serde_json::Value;

use crate::commands::diff::answers;
use crate::out::{BAD, FAINT, styled};

use super::captured::{Call, Sent};
use super::offered::{Offered, format_of};

/// So many characters of a name, of a list of names and of a reason are told.
const NAME: usize = 80;
const NAMES: usize = 400;
const REASON: usize = 1000;

/// How a call is not what its prompt says.
#[derive(Debug, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(super) enum Finding {
    /// The line is no captured call.
    Unreadable { why: String },
    /// Nobody knows the version.
    Unknown { why: String },
    /// Its variables do not make a prompt any more.
    Unrenderable { why: String },
    /// There are fewer messages than the prompt has.
    Missing { message: usize, role: String, text: String },
    /// Another one speaks.
    Role { message: usize, prompt: String, sent: String },
    /// Other words.
    Text { message: usize, prompt: String, sent: String },
    /// Other pictures.
    Images { message: usize, prompt: Vec<String>, sent: Vec<String> },
    /// A parameter has another value; null where one side has none.
    Parameter { name: String, prompt: Option<Value>, sent: Option<Value> },
    /// Tools of other names, or in another order.
    Tools { prompt: Vec<String>, sent: Vec<String> },
    /// A tool that is described otherwise, or takes other arguments.
    Tool { name: String, prompt: Value, sent: Value },
    /// The answer has to look otherwise.
    ResponseFormat { prompt: Value, sent: Value },
    /// Another model was asked than the prompt names.
    Model { prompt: String, sent: String },
}

/// What differs; nothing where the call is what the prompt says. Messages behind the prompt's own are the conversation.
pub(super) fn held_against(prompt: &Prompt, rendered: &[Message], call: &Call) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, message) in rendered.iter().enumerate() {
        let number = index + 1;
        match call.messages.get(index) {
            None => findings.push(Finding::Missing {
                message: number,
                role: message.role.as_str().to_owned(),
                text: message.joined_text().into_owned(),
            }),
            Some(sent) => messages(number, message, sent, &mut findings),
        }
    }
    parameters(prompt, call, &mut findings);
    tools(prompt, call, &mut findings);
    let format = format_of(prompt.response_format.as_ref());
    if let Some(sent) = call.response_format.as_ref().filter(|sent| !is_same(&format, sent)) {
        findings.push(Finding::ResponseFormat { prompt: format, sent: sent.clone() });
    }
    if let (Some(ours), Some(sent)) = (&prompt.intended_model, &call.model)
        && ours != sent
    {
        findings.push(Finding::Model { prompt: ours.clone(), sent: sent.clone() });
    }
    findings
}

fn messages(message: usize, ours: &Message, sent: &Sent, findings: &mut Vec<Finding>) {
    let (role, text) = (ours.role.as_str(), ours.joined_text());
    // The same rules, by the name that a newer model has for them.
    let is_rules = |role: &str| matches!(role, "system" | "developer");
    if role != sent.role && !(is_rules(role) && is_rules(&sent.role)) {
        findings.push(Finding::Role { message, prompt: role.to_owned(), sent: sent.role.clone() });
    }
    if text != sent.text {
        findings.push(Finding::Text { message, prompt: text.into_owned(), sent: sent.text.clone() });
    }
    let images: Vec<String> = ours
        .content
        .iter()
        .filter_map(|part| match part {
            Part::Image(image) => Some(image.url.clone()),
            Part::Text(_) => None,
        })
        .collect();
    // A file goes over the wire as its bytes.
    let is_alike = |ours: &String, theirs: &String| ours == theirs || theirs.starts_with("data:");
    if images.len() != sent.images.len() || images.iter().zip(&sent.images).any(|(a, b)| !is_alike(a, b)) {
        let short = |url: &String| one_line(url, NAME);
        findings.push(Finding::Images { message, prompt: images, sent: sent.images.iter().map(short).collect() });
    }
}

fn parameters(prompt: &Prompt, call: &Call, findings: &mut Vec<Finding>) {
    let Some(sent) = &call.parameters else { return };
    for (name, ours) in &prompt.parameters.0 {
        let theirs = sent.0.get(name);
        // An application may add metadata of its own.
        let is_kept = |theirs: &Value| match (name.as_str(), ours, theirs) {
            ("metadata", Value::Object(ours), Value::Object(theirs)) => {
                ours.iter().all(|(key, value)| theirs.get(key) == Some(value))
            }
            _ => is_same(ours, theirs),
        };
        if !theirs.is_some_and(is_kept) {
            findings.push(Finding::Parameter { name: name.clone(), prompt: Some(ours.clone()), sent: theirs.cloned() });
        }
    }
}

fn tools(prompt: &Prompt, call: &Call, findings: &mut Vec<Finding>) {
    let Some(sent) = &call.tools else { return };
    let ours: Vec<Offered> = prompt.tools.iter().map(Offered::of).collect();
    if !ours.iter().map(|tool| &tool.name).eq(sent.iter().map(|tool| &tool.name)) {
        let names = |tools: &[Offered]| tools.iter().map(|tool| tool.name.clone()).collect();
        return findings.push(Finding::Tools { prompt: names(&ours), sent: names(sent) });
    }
    for (ours, sent) in ours.into_iter().zip(sent).filter(|(ours, sent)| !is_same(&ours.value, &sent.value)) {
        findings.push(Finding::Tool { name: ours.name, prompt: ours.value, sent: sent.value.clone() });
    }
}

/// Whether two values are the same JSON: 1 and 1.0 are, in any order of keys.
fn is_same(ours: &Value, theirs: &Value) -> bool {
    ours == theirs || Digest::of_json(ours) == Digest::of_json(theirs)
}

impl Finding {
    /// The lines of it, for a terminal.
    pub(super) fn text(&self) -> String {
        let value = |value: &Option<Value>| {
            value.as_ref().map_or_else(|| "nothing".to_owned(), |v| one_line(&v.to_string(), NAME))
        };
        match self {
            Self::Unreadable { why } => format!("  {} {}\n", styled(BAD, "cannot be read:"), one_line(why, REASON)),
            Self::Unknown { why } => format!("  {}\n", styled(BAD, one_line(why, REASON))),
            Self::Unrenderable { why } => {
                format!("  {} {}\n", styled(BAD, "cannot be rendered:"), one_line(why, REASON))
            }
            Self::Missing { message, role, text } => {
                let head = styled(BAD, format!("message {message} was not sent"));
                format!("  {head}\n  {} {role}: {}\n", styled(FAINT, "prompt  "), one_line(text, 160))
            }
            Self::Text { message, prompt, sent } => {
                format!("  message {message}: prompt (A) and sent (B)\n{}", answers::told(Ok(prompt), Ok(sent)))
            }
            Self::Role { message, prompt, sent } => {
                format!(
                    "  message {message}: the prompt says {prompt}, sent was {}\n",
                    styled(BAD, one_line(sent, NAME))
                )
            }
            Self::Images { message, prompt, sent } => {
                format!(
                    "  message {message}: pictures {} in the prompt, {} sent\n",
                    list(prompt),
                    styled(BAD, list(sent))
                )
            }
            Self::Parameter { name, prompt, sent } => {
                format!(
                    "  {}: {} in the prompt, {} sent\n",
                    one_line(name, NAME),
                    value(prompt),
                    styled(BAD, value(sent))
                )
            }
            Self::Tools { prompt, sent } => {
                format!("  tools: {} in the prompt, {} sent\n", list(prompt), styled(BAD, list(sent)))
            }
            Self::Tool { name, prompt, sent } => {
                format!("  tool {}: prompt → sent\n{}", one_line(name, NAME), places(prompt, sent))
            }
            Self::ResponseFormat { prompt, sent } if prompt["type"] == sent["type"] => {
                format!("  response_format: prompt → sent\n{}", places(prompt, sent))
            }
            Self::ResponseFormat { prompt, sent } => {
                let kind = |format: &Value| one_line(format["type"].as_str().unwrap_or("?"), NAME);
                format!("  response_format: {} in the prompt, {} sent\n", kind(prompt), styled(BAD, kind(sent)))
            }
            Self::Model { prompt, sent } => {
                let (prompt, sent) = (one_line(prompt, NAME), one_line(sent, NAME));
                format!("  model: {prompt} in the prompt, {} sent\n", styled(BAD, sent))
            }
        }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { one_line(&names.join(", "), NAMES) }
}

/// Where two documents differ, place by place.
fn places(prompt: &Value, sent: &Value) -> String {
    answers::told(Ok(&prompt.to_string()), Ok(&sent.to_string()))
}
