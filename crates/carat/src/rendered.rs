//! A prompt with its variables filled in: what to send.

use carat_prompt::{Message, Parameters, Request, ResponseFormat, Tool};
use serde_json::Value;

use crate::{Prompt, RequestError, Stamp, chat};

/// What a version of a prompt says for these variables.
#[derive(Debug, Clone)]
pub struct Rendered {
    prompt: Prompt,
    messages: Vec<Message>,
    model: Option<String>,
    pub(crate) is_stamped: bool,
    pub(crate) is_for_openai: bool,
}

impl Rendered {
    pub(crate) fn new(prompt: Prompt, messages: Vec<Message>) -> Self {
        Self { prompt, messages, model: None, is_stamped: false, is_for_openai: true }
    }

    /// The messages, in order.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The functions that the model may ask to be called.
    pub fn tools(&self) -> &[Tool] {
        self.prompt.tools()
    }

    /// What the answer has to look like.
    pub fn response_format(&self) -> Option<&ResponseFormat> {
        self.prompt.response_format()
    }

    /// Temperature and the like, by their canonical names.
    pub fn parameters(&self) -> &Parameters {
        &self.prompt.inner().parameters
    }

    /// Which version it is.
    pub fn stamp(&self) -> &Stamp {
        self.prompt.stamp()
    }

    /// The model to ask: the one that [`Rendered::for_model`] named, else the one that the prompt's author had in mind.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref().or(self.prompt.intended_model())
    }

    /// Names the model to ask.
    #[must_use]
    pub fn for_model(self, model: impl Into<String>) -> Self {
        Self { model: Some(model.into()), ..self }
    }

    /// Says that the server is not OpenAI's own but one that speaks its API: the limit of output tokens goes by the name
    /// `max_tokens`, which all of them know, and not `max_completion_tokens`.
    #[must_use]
    pub fn for_compatible_server(self) -> Self {
        Self { is_for_openai: false, ..self }
    }

    /// Adds what was said after the prompt: the conversation so far, the results of tools.
    #[must_use]
    pub fn followed_by(mut self, messages: impl IntoIterator<Item = Message>) -> Self {
        self.messages.extend(messages);
        self
    }

    /// Sends the stamp along as `metadata`, beside what the prompt itself sets there. OpenAI keeps it with stored answers;
    /// a server that knows no metadata may refuse it.
    #[must_use]
    pub fn stamped(self) -> Self {
        Self { is_stamped: true, ..self }
    }

    /// The question as evals record it: its digest is the one that a run has for the same row.
    pub fn request(&self) -> Request {
        Request {
            messages: self.messages.clone(),
            tools: self.tools().to_vec(),
            response_format: self.response_format().cloned(),
            parameters: self.parameters().clone(),
        }
    }

    /// The body of a call of `/chat/completions`, for any client that takes JSON. It is what an eval sends.
    ///
    /// # Errors
    /// No model is named; a parameter is what the body says already; there is more metadata than OpenAI takes.
    pub fn body(&self) -> Result<Value, RequestError> {
        chat::body(self)
    }
}
