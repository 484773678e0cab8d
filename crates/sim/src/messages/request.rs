//! What stands in the body of a message request.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::ask::{Ask, Format, Tool, ToolChoice};
use crate::conversation::{Content, Conversation, Message};
use crate::refusal::Refusal;

#[derive(Deserialize)]
pub(super) struct MessagesRequest<'a> {
    #[serde(borrow, default)]
    model: Cow<'a, str>,
    #[serde(default)]
    max_tokens: Option<u64>,
    #[serde(borrow, default)]
    system: Blocks<'a>,
    #[serde(borrow, default)]
    messages: Vec<Turn<'a>>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    temperature: Option<f64>,
    #[serde(borrow, default)]
    tools: Option<Vec<Tool<'a>>>,
    #[serde(borrow, default)]
    tool_choice: Option<&'a RawValue>,
    #[serde(borrow, default)]
    output_config: Option<OutputConfig<'a>>,
}

#[derive(Deserialize)]
struct OutputConfig<'a> {
    #[serde(borrow, default)]
    format: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Turn<'a> {
    #[serde(borrow, default)]
    role: Cow<'a, str>,
    #[serde(borrow, default)]
    content: Blocks<'a>,
}

/// A content: a text, or a list of blocks.
#[derive(Default)]
struct Blocks<'a>(Vec<Block<'a>>);

#[derive(Default, Deserialize)]
struct Block<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    text: Cow<'a, str>,
    /// What a tool said.
    #[serde(borrow, default)]
    content: Blocks<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Blocks<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BlocksVisitor)
    }
}

struct BlocksVisitor;

impl<'de> Visitor<'de> for BlocksVisitor {
    type Value = Blocks<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text or a list of content blocks")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Blocks::of_text(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Blocks::of_text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut blocks: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(block) = blocks.next_element()? {
            all.push(block);
        }
        Ok(Blocks(all))
    }
}

impl<'a> Blocks<'a> {
    fn of_text(text: Cow<'a, str>) -> Self {
        Self(vec![Block { kind: "text".into(), text, ..Block::default() }])
    }

    /// The texts and the number of images.
    fn content(self) -> Content<'a> {
        self.0.into_iter().fold(Content::default(), |mut content, block| {
            content.add(&block.kind, block.text);
            content
        })
    }
}

impl Turn<'_> {
    fn check(&self) -> Result<(), Refusal> {
        if !matches!(self.role.as_ref(), "user" | "assistant") {
            let role = self.role.as_ref();
            return Err(Refusal::invalid(format!(
                "messages: Unexpected role \"{role}\". The Messages API accepts a top-level `system` parameter, not \
                 \"system\" as an input message role."
            )));
        }
        if self.content.0.is_empty() {
            return Err(Refusal::invalid("messages: all messages must have non-empty content"));
        }
        if self.content.0.iter().any(|block| block.kind == "text" && block.text.is_empty()) {
            return Err(Refusal::invalid("messages: text content blocks must be non-empty"));
        }
        Ok(())
    }
}

impl<'a> Turn<'a> {
    /// What tools said, each as a message, and then the rest, if there is any.
    fn messages(self) -> Vec<Message<'a>> {
        let role = if self.role == "assistant" { "assistant" } else { "user" };
        let (results, rest): (Vec<_>, Vec<_>) =
            self.content.0.into_iter().partition(|block| block.kind == "tool_result");
        let mut messages: Vec<_> =
            results.into_iter().map(|result| Message::holding("tool", result.content.content())).collect();
        if !rest.is_empty() {
            messages.push(Message::holding(role, Blocks(rest).content()));
        }
        messages
    }
}

impl<'a> MessagesRequest<'a> {
    /// What is asked, in the words of all endpoints that complete.
    pub(super) fn ask(self) -> Result<Ask<'a>, Refusal> {
        self.check()?;
        self.messages.iter().try_for_each(Turn::check)?;
        let mut messages = Vec::with_capacity(self.messages.len() + 1);
        if !self.system.0.is_empty() {
            messages.push(Message::holding("system", self.system.content()));
        }
        messages.extend(self.messages.into_iter().flat_map(Turn::messages));
        Ok(Ask {
            model: self.model,
            conversation: Conversation(messages),
            stream: self.stream.unwrap_or(false),
            include_usage: true,
            choices: 1,
            max_tokens: self.max_tokens,
            tools: self.tools.unwrap_or_default(),
            tool_choice: tool_choice(self.tool_choice),
            format: Format::read(self.output_config.and_then(|config| config.format)),
        })
    }

    fn check(&self) -> Result<(), Refusal> {
        let wrong = if self.model.is_empty() {
            "model: Field required"
        } else if self.max_tokens.is_none() {
            "max_tokens: Field required"
        } else if self.max_tokens == Some(0) {
            "max_tokens: Input should be greater than or equal to 1"
        } else if self.messages.is_empty() {
            "messages: at least one message is required"
        } else if self.temperature.is_some_and(|warmth| !(0.0..=1.0).contains(&warmth)) {
            "temperature: range: 0..1"
        } else {
            return Ok(());
        };
        Err(Refusal::invalid(wrong))
    }
}

fn tool_choice(raw: Option<&RawValue>) -> ToolChoice {
    let choice: Value = raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    match choice["type"].as_str() {
        Some("none") => ToolChoice::None,
        Some("any") => ToolChoice::Any,
        Some("tool") => ToolChoice::Named(choice["name"].as_str().unwrap_or_default().to_owned()),
        _ => ToolChoice::Auto,
    }
}
