//! What is sent to `/embeddings`: one text.

use std::borrow::Cow;

use carat_core::{Parameters, Request};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use crate::wire::{Failure, sendable};

/// The body of a call.
#[derive(Debug)]
pub(super) struct EmbeddingsBody<'a> {
    model: &'a str,
    text: Cow<'a, str>,
    parameters: &'a Parameters,
}

impl<'a> EmbeddingsBody<'a> {
    /// Takes a request that is one text of the user and nothing else; any other one is not sent.
    pub(super) fn new(model: &'a str, request: &'a Request) -> Result<Self, Failure> {
        let text = sendable::only_text(request).map_err(|more| {
            Failure::Unsendable(format!(
                "a model with `api: embeddings` is asked with one text of the user and nothing else, and this request \
                 has {more}; such models are for scorers of the kind `embedding`"
            ))
        })?;
        Ok(Self { model, text, parameters: &request.parameters })
    }

    /// Whether a parameter of this name would stand in the body twice.
    pub(super) fn has_already(parameter: &str) -> bool {
        matches!(parameter, "model" | "input" | "encoding_format")
    }
}

impl Serialize for EmbeddingsBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry("model", self.model)?;
        body.serialize_entry("input", &self.text)?;
        body.serialize_entry("encoding_format", "float")?;
        for (name, value) in &self.parameters.0 {
            body.serialize_entry(name, value)?;
        }
        body.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::asked::{everything, plain, with_parameters};
    use carat_core::{Image, Part, ResponseFormat, Role, ToolCall};
    use serde_json::{Value, json};

    fn body(request: &Request) -> Value {
        serde_json::to_value(EmbeddingsBody::new("m", request).unwrap()).unwrap()
    }

    fn refused(change: impl FnOnce(&mut Request)) -> String {
        let mut request = plain("hello");
        change(&mut request);
        let Err(Failure::Unsendable(problem)) = EmbeddingsBody::new("m", &request) else { panic!("it was taken") };
        let (_, more) = problem.split_once("this request has ").unwrap();
        more.split_once(';').unwrap().0.to_owned()
    }

    #[test]
    fn a_text_is_sent_as_it_is_and_its_numbers_are_wanted_as_numbers() {
        assert_eq!(body(&plain("hello")), json!({"model": "m", "input": "hello", "encoding_format": "float"}));
    }

    #[test]
    fn the_number_of_dimensions_goes_along() {
        assert_eq!(body(&with_parameters(&json!({"dimensions": 64})))["dimensions"], 64);
    }

    #[test]
    fn texts_of_one_message_are_one_text() {
        let mut request = plain("hello");
        request.messages[0].content.push(Part::Text(" there".to_owned()));
        assert_eq!(body(&request)["input"], "hello there");
    }

    #[test]
    fn what_is_more_than_one_text_is_refused_in_words() {
        let Err(Failure::Unsendable(problem)) = EmbeddingsBody::new("m", &everything()) else { panic!() };
        insta::assert_snapshot!(problem, @"a model with `api: embeddings` is asked with one text of the user and nothing else, and this request has 4 messages; such models are for scorers of the kind `embedding`");
        assert_eq!(refused(|request| request.messages.clear()), "no message");
        assert_eq!(refused(|request| request.messages[0].role = Role::System), "a message of the role `system`");
        let image = Image { url: "https://example.org/a.png".to_owned(), digest: None, media_type: None, bytes: None };
        assert_eq!(refused(|request| request.messages[0].content.push(Part::Image(image))), "a picture");
        let call = ToolCall { id: String::new(), name: "f".to_owned(), arguments: json!({}) };
        assert_eq!(refused(|request| request.messages[0].tool_calls.push(call)), "calls of tools");
        assert_eq!(refused(|request| request.tools = everything().tools), "tools");
        let format = Some(ResponseFormat::JsonObject);
        assert_eq!(refused(|request| request.response_format = format), "an output format");
    }

    #[test]
    fn what_the_body_says_already_cannot_be_a_parameter() {
        assert!(["model", "input", "encoding_format"].into_iter().all(EmbeddingsBody::has_already));
        assert!(!EmbeddingsBody::has_already("dimensions"));
    }
}
