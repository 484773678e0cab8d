//! A message that quotes its golden row: most prompts do little else than put the row's texts between words of their own,
//! and the row is kept already.

use std::borrow::Cow;
use std::cmp::Reverse;

use carat_core::message::Part;
use carat_core::{Message, Role, Row};
use serde::{Deserialize, Serialize};

use crate::record::Nonsense;

/// An input that is shorter is no saving worth looking for.
const LEAST_QUOTED: usize = 8;

/// More pieces are not made of a message, so that no text takes long to take apart.
const MOST_PIECES: usize = 64;

/// A message of one text that quotes inputs of its row: `["user", ["Ticket: ", {"input": "body"}]]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Quoting<'a>(pub(crate) Role, pub(crate) Vec<Piece<'a>>);

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Piece<'a> {
    /// Words of the prompt.
    Words(Cow<'a, str>),
    /// The row's input of that name, which is a string.
    Quote { input: Cow<'a, str> },
}

impl<'a> Quoting<'a> {
    /// The message as quotations, if it is one text and quotes anything.
    pub(crate) fn of(message: &'a Message, row: &'a Row) -> Option<Self> {
        // Whole, so that a new field cannot be forgotten here.
        let Message { role, content, tool_calls, tool_call_id: None, name: None } = message else { return None };
        let ([Part::Text(text)], []) = (content.as_slice(), tool_calls.as_slice()) else { return None };
        pieces(text, row).map(|pieces| Self(*role, pieces))
    }

    /// The message that this was made of.
    pub(crate) fn complete(&self, row: &Row) -> Result<Message, Nonsense> {
        let mut text = String::new();
        for piece in &self.1 {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Quote { input } => {
                    let quoted = row.input.get(input.as_ref()).and_then(|value| value.as_str());
                    text.push_str(quoted.ok_or_else(|| Nonsense(format!("row `{}` has no text `{input}`", row.id)))?);
                }
            }
        }
        Ok(Message::text(self.0, text))
    }
}

/// The text in pieces, if one of them is a quotation.
fn pieces<'a>(text: &'a str, row: &'a Row) -> Option<Vec<Piece<'a>>> {
    let inputs = || row.input.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    let inputs: Vec<_> = inputs().filter(|(_, value)| value.len() >= LEAST_QUOTED).collect();
    let (mut pieces, mut rest) = (Vec::new(), text);
    while pieces.len() < MOST_PIECES {
        let found = inputs.iter().filter_map(|(name, value)| rest.find(value).map(|at| (at, name, value)));
        let Some((at, name, value)) = found.min_by_key(|(at, _, value)| (*at, Reverse(value.len()))) else { break };
        if at > 0 {
            pieces.push(Piece::Words(rest[..at].into()));
        }
        pieces.push(Piece::Quote { input: Cow::Borrowed(name) });
        rest = &rest[at + value.len()..];
    }
    if pieces.is_empty() {
        return None;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.into()));
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn row(inputs: serde_json::Value) -> Row {
        serde_json::from_value(json!({ "id": "t-1", "input": inputs })).unwrap()
    }

    fn there_and_back(message: &Message, row: &Row) -> Option<(String, Message)> {
        let json = serde_json::to_string(&Quoting::of(message, row)?).unwrap();
        let read: Quoting<'_> = serde_json::from_str(&json).unwrap();
        Some((json, read.complete(row).unwrap()))
    }

    #[test]
    fn a_long_input_is_quoted_and_words_around_it_stay() {
        let row = row(json!({ "body": "b".repeat(50), "short": "hello", "number": 5 }));
        let message = Message::text(Role::User, format!("Ticket, hello: {}.", "b".repeat(50)));
        let (json, read) = there_and_back(&message, &row).unwrap();
        assert_eq!(json, r#"["user",["Ticket, hello: ",{"input":"body"},"."]]"#);
        assert_eq!(read, message);
    }

    #[test]
    fn a_message_that_is_more_than_its_text_is_left_alone() {
        let row = row(json!({ "body": "b".repeat(50) }));
        let text = Message::text(Role::User, "b".repeat(50));
        assert!(Quoting::of(&text, &row).is_some());
        assert!(Quoting::of(&Message { name: Some("Ann".into()), ..text }, &row).is_none());
    }

    #[test]
    fn a_text_of_nothing_but_quotations_is_taken_apart_in_good_time() {
        let row = row(json!({ "a": "a".repeat(50), "b": "b".repeat(50) }));
        let message = Message::text(Role::User, "a".repeat(50 * 100_000));
        assert_eq!(there_and_back(&message, &row).unwrap().1, message);
    }

    proptest! {
        #[test]
        fn every_text_is_put_together_again(text in "([ab]{40}|[ab\\x00é\"]{0,3}){0,6}", a in "[ab]{40}", b in "[ab]{0,41}") {
            let row = row(json!({ "a": a.clone(), "b": b.clone(), "\0": format!("{a}{b}") }));
            let message = Message::text(Role::System, format!("{text}{a}{text}{b}{a}{b}"));
            prop_assert_eq!(there_and_back(&message, &row).unwrap().1, message);
        }
    }
}
