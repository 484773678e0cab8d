//! `--row DATASET:ID`: what two prompts come to with one row.

use std::fmt::Write as _;

use carat_core::diff::{Line, lines};
use carat_core::untrusted::one_line;
use carat_core::version::Kind;
use carat_core::{Message, Part};
use carat_registry::FoundPrompt;
use serde_json::json;

use crate::commands::prompt::given::{self, Given};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{BAD, STRONG, styled};

use super::super::shelf::{Found, Shelf};
use super::lines as one_below_the_other;
use super::{Difference, Pair, columns, nothing};

/// The row that both prompts are given.
pub(super) struct Row(Given);

impl Row {
    pub(super) async fn find(reference: &str, shelf: &Shelf) -> Result<Self, Fault> {
        if shelf.kind != Kind::Prompt {
            return Err(Fault::mendable(format!("--row is for prompts; a {} is not rendered", shelf.noun())));
        }
        Ok(Self(given::row_of(&shelf.catalogue, reference).await?))
    }
}

pub(super) fn difference(pair: &Pair, row: &Row) -> Result<Difference, Fault> {
    let (Found::Prompt(left), Found::Prompt(right)) = (&pair.left, &pair.right) else {
        return Err(Fault::bug("--row without prompts"));
    };
    match (rendered(left, row), rendered(right, row)) {
        (Ok(left), Ok(right)) => {
            let (left_text, right_text) = (spoken(&left), spoken(&right));
            let lines = lines(&left_text, &right_text);
            let told = if left_text == right_text { nothing() } else { format!("\n{}", drawn(&lines)) };
            let json = json!({"rendered": {"left": left, "right": right, "lines": lines}});
            Ok(Difference { told, json, exit: Exit::Fine })
        }
        (left, right) => {
            let why = |letter: &str, side: &Result<Vec<Message>, Fault>| match side {
                Ok(_) => String::new(),
                Err(fault) => format!("{} {}\n", styled(BAD, format!("{letter} cannot be rendered:")), fault.message),
            };
            let told = format!("\n{}{}", why("A", &left), why("B", &right));
            let side = |side: Result<Vec<Message>, Fault>| match side {
                Ok(messages) => json!(messages),
                Err(fault) => json!({"error": fault.message}),
            };
            let json = json!({"rendered": {"left": side(left), "right": side(right)}});
            Ok(Difference { told, json, exit: Exit::Mendable })
        }
    }
}

fn rendered(found: &FoundPrompt, Row(given): &Row) -> Result<Vec<Message>, Fault> {
    Ok(found.prompt.render(&given.input, &given.conversation, &|path| found.image(path))?)
}

/// In columns where there is room.
fn drawn(lines: &[Line]) -> String {
    match columns::width() {
        Some(width) if width >= columns::LEAST => {
            let column = width.saturating_sub(7) / 2;
            let head = format!("  {}{}", styled(STRONG, "A"), " ".repeat(column.saturating_sub(1)));
            format!("{head}     {}\n{}", styled(STRONG, "B"), columns::side_by_side(lines, width))
        }
        _ => one_below_the_other::unified(lines),
    }
}

/// A conversation as one text.
fn spoken(messages: &[Message]) -> String {
    let mut text = String::new();
    for message in messages {
        // A text takes whatever is written to it.
        let _ = writeln!(text, "{}:", message.role.as_str());
        for part in &message.content {
            let _ = match part {
                Part::Text(words) => writeln!(text, "{words}"),
                // Another picture under the same path is another message.
                Part::Image(image) => {
                    let digest = image.digest.map(|digest| format!(" {}", digest.short())).unwrap_or_default();
                    writeln!(text, "[image {}{digest}]", one_line(&image.url, 200))
                }
            };
        }
        for call in &message.tool_calls {
            let _ = writeln!(text, "{}({})", call.name, call.arguments);
        }
        text.push('\n');
    }
    text
}
