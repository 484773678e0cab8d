//! Failures in words for a person.

use std::time::Duration;

use carat_core::{ModelError, ModelErrorKind};

use super::failure::{Failure, Refusal, Told, kind_by_status};
use crate::secret::Secrets;
use crate::shown::shown;

/// What messages are made of, apart from the failure.
pub(crate) struct Teller {
    /// Where calls go, without the query.
    pub(crate) url: String,
    /// The address of the server.
    pub(crate) base: String,
    /// What the provider calls the model.
    pub(crate) model: String,
    /// The variable that the key came from; none when no key is sent.
    pub(crate) key_variable: Option<String>,
    /// What must not be shown.
    pub(crate) secrets: Secrets,
    /// What is spoken to the server, as a person calls it.
    pub(crate) speaks: &'static str,
}

impl Teller {
    /// The failure as the runner and a person want it.
    pub(crate) fn error(&self, failure: &Failure) -> ModelError {
        match failure {
            Failure::Unsendable(problem) => {
                ModelError::new(ModelErrorKind::BadRequest, format!("not sent: {}", self.shown(problem)))
            }
            Failure::Unreachable(cause) => {
                let advice = format!("is the server running at {}?", self.base);
                self.say(ModelErrorKind::Connection, "no connection", cause, &advice)
            }
            Failure::Broken(cause) => self.say(ModelErrorKind::Connection, "the connection broke", cause, ""),
            Failure::Refused(refusal) => self.refused(refusal),
            Failure::Told(Told { kind, words }) => {
                let error = self.say(*kind, "the server answered with an error", words, &self.advice(*kind));
                ModelError { status: Some(200), ..error }
            }
            Failure::Unreadable(problem) => {
                let advice = format!("does {} speak {}?", self.base, self.speaks);
                self.say(ModelErrorKind::Malformed, "the answer cannot be read", problem, &advice)
            }
        }
    }

    /// There was no whole answer in time.
    pub(crate) fn too_late(&self, limit: Duration) -> ModelError {
        let message = format!("no answer within {limit:?} [{}]; `timeout` sets the limit", self.url);
        ModelError::new(ModelErrorKind::Timeout, message)
    }

    fn refused(&self, refusal: &Refusal) -> ModelError {
        let kind = kind_by_status(refusal.status);
        let reason = http::StatusCode::from_u16(refusal.status).ok().and_then(|status| status.canonical_reason());
        let status = reason.map_or_else(|| refusal.status.to_string(), |reason| format!("{} {reason}", refusal.status));
        let (what, advice) = match &refusal.moved_to {
            Some(place) => ("the address has moved", format!("set base_url to where it is now: {}", self.shown(place))),
            None => match &refusal.filtered {
                Some(found) => ("the provider's content filter refuses the prompt", self.found(found)),
                None => (what(kind, refusal.status), self.advice(kind)),
            },
        };
        let error = self.say(kind, &format!("{what} ({status})"), &refusal.words, &advice);
        ModelError { status: Some(refusal.status), retry_after_ms: refusal.retry_after_ms, ..error }
    }

    fn advice(&self, kind: ModelErrorKind) -> String {
        match kind {
            ModelErrorKind::Authentication => match &self.key_variable {
                Some(variable) => format!("check the key in ${variable}, and what it is allowed to do"),
                None => "no key was sent: name the variable that holds it with `api_key_env`".to_owned(),
            },
            ModelErrorKind::NotFound => {
                format!("check the model's name `{}` and the base_url {}", self.model, self.base)
            }
            _ => String::new(),
        }
    }

    fn found(&self, found: &str) -> String {
        if found.is_empty() { String::new() } else { format!("it found: {}", self.shown(found)) }
    }

    /// `WHAT: WORDS [URL]; ADVICE`
    fn say(&self, kind: ModelErrorKind, what: &str, words: &str, advice: &str) -> ModelError {
        let words = self.shown(words);
        let words = if words.is_empty() { words } else { format!(": {words}") };
        let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
        ModelError::new(kind, format!("{what}{words} [{}]{advice}", self.url))
    }

    fn shown(&self, text: &str) -> String {
        shown(text, self.secrets.all())
    }
}

const fn what(kind: ModelErrorKind, status: u16) -> &'static str {
    match kind {
        ModelErrorKind::Authentication => "the server does not accept the key",
        ModelErrorKind::NotFound => "the server knows no such model or address",
        ModelErrorKind::BadRequest => "the server refuses the request",
        ModelErrorKind::RateLimited => "the server has had too many calls",
        ModelErrorKind::Server if matches!(status, 503 | 529) => "the server is overloaded",
        _ => "the server failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn teller() -> Teller {
        Teller {
            url: "https://api.openai.com/v1/chat/completions".to_owned(),
            base: "https://api.openai.com/v1".to_owned(),
            model: "gpt-5-mini".to_owned(),
            key_variable: Some("OPENAI_API_KEY".to_owned()),
            secrets: Secrets::new([Secret::new("sk-12345")], []),
            speaks: "OpenAI's API",
        }
    }

    fn refused(status: u16, words: &str, moved_to: Option<&str>) -> String {
        let moved_to = moved_to.map(str::to_owned);
        let refusal = Refusal { status, retry_after_ms: None, words: words.to_owned(), filtered: None, moved_to };
        teller().error(&Failure::Refused(refusal)).message
    }

    #[test]
    fn a_filtered_prompt_is_told_as_what_it_is() {
        let told = |found: &str| {
            let (words, filtered) = ("The prompt was filtered.".to_owned(), Some(found.to_owned()));
            let refusal = Refusal { status: 400, retry_after_ms: None, words, filtered, moved_to: None };
            teller().error(&Failure::Refused(refusal))
        };
        assert_eq!(told("").kind, ModelErrorKind::BadRequest);
        insta::assert_snapshot!(told("hate (high)").message, @"the provider's content filter refuses the prompt (400 Bad Request): The prompt was filtered. [https://api.openai.com/v1/chat/completions]; it found: hate (high)");
        insta::assert_snapshot!(told("").message, @"the provider's content filter refuses the prompt (400 Bad Request): The prompt was filtered. [https://api.openai.com/v1/chat/completions]");
    }

    #[test]
    fn a_refused_key_is_told_by_its_variable_and_never_shown() {
        insta::assert_snapshot!(refused(401, "Incorrect API key provided: sk-12345.", None), @"the server does not accept the key (401 Unauthorized): Incorrect API key provided: ***. [https://api.openai.com/v1/chat/completions]; check the key in $OPENAI_API_KEY, and what it is allowed to do");
    }

    #[test]
    fn an_unknown_model_is_told_with_its_name_and_the_address() {
        insta::assert_snapshot!(refused(404, "", None), @"the server knows no such model or address (404 Not Found) [https://api.openai.com/v1/chat/completions]; check the model's name `gpt-5-mini` and the base_url https://api.openai.com/v1");
    }

    #[test]
    fn an_address_that_moved_is_told_with_the_new_one() {
        insta::assert_snapshot!(refused(308, "", Some("https://new.example/v1")), @"the address has moved (308 Permanent Redirect) [https://api.openai.com/v1/chat/completions]; set base_url to where it is now: https://new.example/v1");
    }

    #[test]
    fn an_overloaded_server_is_told_even_by_a_status_of_its_own() {
        insta::assert_snapshot!(refused(529, "Overloaded", None), @"the server is overloaded (529): Overloaded [https://api.openai.com/v1/chat/completions]");
    }
}
