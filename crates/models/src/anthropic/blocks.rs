//! A conversation as Anthropic has it: the rules, and turns of blocks.

use carat_core::{Message, Part, Role, ToolCall};
use serde::Serialize;
use serde_json::Value;

use super::pictures::Source;
use crate::wire::Failure;

/// A piece of a turn.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block<'a> {
    Text {
        text: &'a str,
    },
    Image {
        source: Source<'a>,
    },
    ToolUse {
        id: &'a str,
        name: &'a str,
        input: &'a Value,
    },
    ToolResult {
        tool_use_id: &'a str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        content: Vec<Block<'a>>,
    },
}

/// What one side says at a time.
#[derive(Debug, Serialize)]
pub(super) struct Turn<'a> {
    role: &'static str,
    content: Vec<Block<'a>>,
}

/// The rules at the beginning, and what was said since.
#[derive(Debug)]
pub(super) struct Conversation<'a> {
    pub(super) system: Vec<Block<'a>>,
    pub(super) turns: Vec<Turn<'a>>,
}

impl<'a> Conversation<'a> {
    /// Takes messages. Those of one side in a row are one turn, as Anthropic makes of them anyway: so what several tools
    /// said stands together, and before what the person adds. Rules that come later stand where they came; not all models
    /// take such.
    pub(super) fn of(messages: &'a [Message]) -> Result<Self, Failure> {
        let rules = messages.iter().take_while(|message| is_rule(message.role)).count();
        let (first, rest) = messages.split_at_checked(rules).unwrap_or((messages, &[]));
        let mut system = Vec::new();
        for message in first {
            system.extend(blocks(message)?);
        }
        let mut turns: Vec<Turn<'_>> = Vec::new();
        for message in rest {
            let (role, content) = (side(message.role), blocks(message)?);
            match turns.last_mut() {
                Some(turn) if turn.role == role => turn.content.extend(content),
                _ => turns.push(Turn { role, content }),
            }
        }
        match turns.is_empty() {
            true => Err(unsendable("Anthropic's API wants a message of the user, and this request has none")),
            false => Ok(Self { system, turns }),
        }
    }
}

const fn is_rule(role: Role) -> bool {
    matches!(role, Role::System | Role::Developer)
}

/// What tools say is said by the user.
const fn side(role: Role) -> &'static str {
    match role {
        Role::System | Role::Developer => "system",
        Role::User | Role::Tool => "user",
        Role::Assistant => "assistant",
    }
}

fn blocks(message: &Message) -> Result<Vec<Block<'_>>, Failure> {
    let mut content = Vec::with_capacity(message.content.len());
    for part in &message.content {
        match part {
            // Anthropic refuses texts without a letter, and they say nothing.
            Part::Text(text) if text.is_empty() => {}
            Part::Text(text) => content.push(Block::Text { text }),
            Part::Image(_) if is_rule(message.role) => {
                return Err(unsendable("Anthropic's API takes no pictures in a message of the role `system`"));
            }
            Part::Image(image) => content.push(Block::Image { source: Source::of(image)? }),
        }
    }
    if message.role == Role::Tool {
        return result(message, content).map(|result| vec![result]);
    }
    if message.name.is_some() {
        return Err(unsendable("Anthropic's API knows no names of speakers; leave `name` out"));
    }
    for call in &message.tool_calls {
        content.push(used(call)?);
    }
    match content.is_empty() {
        true => {
            let role = message.role.as_str();
            Err(Failure::Unsendable(format!(
                "a message of the role `{role}` is empty, which Anthropic's API does not take"
            )))
        }
        false => Ok(content),
    }
}

fn result<'a>(message: &'a Message, content: Vec<Block<'a>>) -> Result<Block<'a>, Failure> {
    let id = message.tool_call_id.as_deref();
    let tool_use_id =
        id.ok_or_else(|| unsendable("a message of the role `tool` does not say which call it answers"))?;
    Ok(Block::ToolResult { tool_use_id, content })
}

fn used(call: &ToolCall) -> Result<Block<'_>, Failure> {
    if !call.arguments.is_object() {
        let problem =
            format!("the arguments of the call of `{}` are no JSON object, as Anthropic's API wants them", call.name);
        return Err(Failure::Unsendable(problem));
    }
    Ok(Block::ToolUse { id: &call.id, name: &call.name, input: &call.arguments })
}

fn unsendable(problem: &str) -> Failure {
    Failure::Unsendable(problem.to_owned())
}
