//! What was sent, held against what the prompt says.

use std::collections::BTreeSet;

use carat_core::untrusted::{one_line, visible};
use carat_core::{Message, Part, Prompt};
use serde::Serialize;
use serde_json::Value;

use crate::commands::diff::answers;
use crate::out::{BAD, FAINT, styled};

use super::captured::{Call, Sent};

/// How a call is not what its prompt says.
#[derive(Debug, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(super) enum Finding {
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
    /// Other tools.
    Tools { prompt: Vec<String>, sent: Vec<String> },
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
    if let Some(sent) = &call.parameters {
        let names: BTreeSet<&String> = prompt.parameters.0.keys().chain(sent.0.keys()).collect();
        for name in names {
            let (ours, theirs) = (prompt.parameters.0.get(name), sent.0.get(name));
            if ours.is_some_and(|ours| theirs.is_none_or(|theirs| !is_same(ours, theirs))) {
                findings.push(Finding::Parameter { name: name.clone(), prompt: ours.cloned(), sent: theirs.cloned() });
            }
        }
    }
    if let Some(sent) = &call.tools {
        let ours: Vec<String> = prompt.tools.iter().map(|tool| tool.name.clone()).collect();
        if ours != *sent {
            findings.push(Finding::Tools { prompt: ours, sent: sent.clone() });
        }
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
        let short = |url: &String| one_line(url, 80);
        findings.push(Finding::Images { message, prompt: images, sent: sent.images.iter().map(short).collect() });
    }
}

/// 1 and 1.0 are the same parameter.
fn is_same(ours: &Value, theirs: &Value) -> bool {
    match (ours.as_f64(), theirs.as_f64()) {
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => ours == theirs,
    }
}

impl Finding {
    pub(super) fn text(&self) -> String {
        let value = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), |v| one_line(&v.to_string(), 80));
        let list = |names: &[String]| if names.is_empty() { "none".to_owned() } else { visible(&names.join(", ")).into_owned() };
        match self {
            Self::Unknown { why } => format!("  {}\n", styled(BAD, visible(why))),
            Self::Unrenderable { why } => format!("  {} {}\n", styled(BAD, "cannot be rendered:"), visible(why)),
            Self::Missing { message, role, text } => {
                let head = styled(BAD, format!("message {message} was not sent"));
                format!("  {head}\n  {} {role}: {}\n", styled(FAINT, "prompt  "), one_line(text, 160))
            }
            Self::Role { message, prompt, sent } => {
                format!("  message {message}: the prompt says {prompt}, sent was {}\n", styled(BAD, visible(sent)))
            }
            Self::Text { message, prompt, sent } => {
                format!("  message {message}: prompt (A) and sent (B)\n{}", answers::told(Ok(prompt), Ok(sent)))
            }
            Self::Images { message, prompt, sent } => {
                format!("  message {message}: pictures {} in the prompt, {} sent\n", list(prompt), styled(BAD, list(sent)))
            }
            Self::Parameter { name, prompt, sent } => {
                format!("  {}: {} in the prompt, {} sent\n", visible(name), value(prompt), styled(BAD, value(sent)))
            }
            Self::Tools { prompt, sent } => {
                format!("  tools: {} in the prompt, {} sent\n", list(prompt), styled(BAD, list(sent)))
            }
        }
    }
}
