//! What is told of a call that is not what its prompt says.

use carat_core::diff::{AnswerDiff, answers as differing};
use carat_core::untrusted::one_line;
use serde::Serialize;
use serde_json::Value;

use crate::commands::diff::answers;
use crate::out::{BAD, FAINT, styled};

/// So many characters of a name, of a list of names, of a reason and of a message are told, and so many bytes of what differs
/// between two texts.
const NAME: usize = 80;
const NAMES: usize = 400;
const REASON: usize = 1000;
const MESSAGE: usize = 160;
const PLACES: usize = 16_000;

/// How a call is not what its prompt says.
///
/// Messages are counted from 1: the prompt's, but for what was added to them, which is counted as it was sent.
#[derive(Debug, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(super) enum Finding {
    /// The line is no captured call.
    Unreadable { why: String },
    /// Nobody knows the version.
    Unknown { why: String },
    /// Its variables do not make a prompt any more.
    Unrenderable { why: String },
    /// A message of the prompt's was not sent.
    Missing { message: usize, role: String, text: String },
    /// A message was sent that is not the prompt's: before or between its own, or behind them, where it is no turn of a
    /// conversation.
    Added { message: usize, role: String, text: String },
    /// Another one speaks.
    Role { message: usize, prompt: String, sent: String },
    /// Other words.
    Text { message: usize, prompt: String, sent: String },
    /// Other pictures.
    Images { message: usize, prompt: Vec<String>, sent: Vec<String> },
    /// The same pictures and the same words, but not between each other as they should be: behind so many bytes of text
    /// each picture stands.
    ImagePlaces { message: usize, prompt: Vec<usize>, sent: Vec<usize> },
    /// Other calls of functions.
    ToolCalls { message: usize, prompt: Vec<Value>, sent: Vec<Value> },
    /// Something else that a message says; null where one side does not.
    Field { message: usize, name: String, prompt: Option<Value>, sent: Option<Value> },
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
    /// There are more differences than are told.
    More { count: usize },
}

impl Finding {
    /// The lines of it, for a terminal.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Unreadable { why } => format!("  {} {}\n", styled(BAD, "cannot be read:"), one_line(why, REASON)),
            Self::Unknown { why } => format!("  {}\n", styled(BAD, one_line(why, REASON))),
            Self::Unrenderable { why } => {
                format!("  {} {}\n", styled(BAD, "cannot be rendered:"), one_line(why, REASON))
            }
            Self::Missing { message, role, text } => {
                whole(&format!("message {message} was not sent"), "prompt  ", role, text)
            }
            Self::Added { message, role, text } => {
                whole(&format!("message {message} of what was sent is not the prompt's"), "sent    ", role, text)
            }
            Self::Role { message, prompt, sent } => {
                let sent = styled(BAD, one_line(sent, NAME));
                format!("  message {message}: the prompt says {prompt}, sent was {sent}\n")
            }
            Self::Text { message, prompt, sent } => {
                format!("  message {message}: prompt (A) and sent (B)\n{}", words(prompt, sent))
            }
            Self::Images { message, prompt, sent } => sides(*message, "pictures ", list(prompt), list(sent)),
            Self::ImagePlaces { message, prompt, sent } => {
                let places = |places: &[usize]| list(&places.iter().map(usize::to_string).collect::<Vec<_>>());
                sides(*message, "pictures behind so many bytes of text: ", places(prompt), places(sent))
            }
            Self::ToolCalls { message, prompt, sent } => {
                let (prompt, sent) = (Value::from(prompt.clone()), Value::from(sent.clone()));
                format!("  message {message}: tool calls, prompt → sent\n{}", places(&prompt, &sent))
            }
            Self::Field { message, name, prompt, sent } => {
                sides(*message, &format!("{}: ", one_line(name, NAME)), value(prompt), value(sent))
            }
            Self::Parameter { name, prompt, sent } => differs(&one_line(name, NAME), value(prompt), value(sent)),
            Self::Tools { prompt, sent } => differs("tools", list(prompt), list(sent)),
            Self::Tool { name, prompt, sent } => {
                format!("  tool {}: prompt → sent\n{}", one_line(name, NAME), places(prompt, sent))
            }
            Self::ResponseFormat { prompt, sent } if prompt["type"] == sent["type"] => {
                format!("  response_format: prompt → sent\n{}", places(prompt, sent))
            }
            Self::ResponseFormat { prompt, sent } => {
                let kind = |format: &Value| one_line(format["type"].as_str().unwrap_or("?"), NAME);
                differs("response_format", kind(prompt), kind(sent))
            }
            Self::Model { prompt, sent } => differs("model", one_line(prompt, NAME), one_line(sent, NAME)),
            Self::More { count: 1 } => "  … and one more difference\n".to_owned(),
            Self::More { count } => format!("  … and {count} more differences\n"),
        }
    }
}

fn differs(what: &str, prompt: String, sent: String) -> String {
    format!("  {what}: {prompt} in the prompt, {} sent\n", styled(BAD, sent))
}

fn sides(message: usize, what: &str, prompt: String, sent: String) -> String {
    format!("  message {message}: {what}{prompt} in the prompt, {} sent\n", styled(BAD, sent))
}

/// A message that only one side has.
fn whole(head: &str, side: &str, role: &str, text: &str) -> String {
    let (role, text) = (one_line(role, NAME), one_line(text, MESSAGE));
    format!("  {}\n  {} {role}: {text}\n", styled(BAD, head), styled(FAINT, side))
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { one_line(&names.join(", "), NAMES) }
}

fn value(value: &Option<Value>) -> String {
    value.as_ref().map_or_else(|| "nothing".to_owned(), |value| one_line(&value.to_string(), NAME))
}

/// Where two documents differ, place by place.
fn places(prompt: &Value, sent: &Value) -> String {
    words(&prompt.to_string(), &sent.to_string())
}

/// Where two texts differ, or two documents.
fn words(prompt: &str, sent: &str) -> String {
    let is_document =
        |text: &str| text.trim_start().starts_with(['{', '[']) || text.contains("```") || text.contains("~~~");
    // Layout makes no difference between answers, but in a prompt it is what the model reads.
    if is_document(prompt) && is_document(sent) && differing(prompt, sent) == AnswerDiff::Same {
        return "  the same JSON in another layout\n".to_owned();
    }
    bounded(answers::told(Ok(prompt), Ok(sent)))
}

/// Two long texts may differ in thousands of places.
fn bounded(told: String) -> String {
    if told.len() <= PLACES {
        return told;
    }
    let head = &told[..told.floor_char_boundary(PLACES)];
    // A colour that was begun is not cut in two, and ends.
    let head = match head.rfind('\u{1b}') {
        Some(at) if !head[at..].contains('m') => &head[..at],
        _ => head,
    };
    let more = told.len() - head.len();
    format!("{head}\u{1b}[0m…\n  {}\n", styled(FAINT, format!("and {more} more bytes of differences")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_hostile_texts_is_bounded_and_acts_on_nothing() {
        let texts = ["a", "b"].map(|own| format!("{own}\u{1b}[2J same words here ").repeat(20_000));
        let [prompt, sent] = texts.clone();
        let text = Finding::Text { message: 1, prompt, sent }.text();
        assert!(text.len() < PLACES + 200 && text.contains("␛[2J") && !text.contains("\u{1b}[2J"), "{}", text.len());
        let [role, text] = texts;
        let told = Finding::Added { message: 1, role, text }.text();
        assert!(told.len() < 2000 && !told.contains("\u{1b}[2J"));
        let name = Some(Value::from("\u{202e}".repeat(1000)));
        let told = Finding::Field { message: 1, name: "\u{1b}]0;x\u{7}".to_owned(), prompt: None, sent: name }.text();
        assert!(told.len() < 2000 && !told.contains(['\u{202e}', '\u{7}']));
    }

    #[test]
    fn a_difference_in_layout_alone_is_told_as_one() {
        let finding = Finding::Text { message: 1, prompt: "{\"a\": 1}".to_owned(), sent: "{\"a\":1}".to_owned() };
        assert_eq!(finding.text(), "  message 1: prompt (A) and sent (B)\n  the same JSON in another layout\n");
    }
}
