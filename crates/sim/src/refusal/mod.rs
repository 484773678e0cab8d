//! Error answers, in all the shapes that servers give them.

mod of_fault;

use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use hyper::Response;
use serde_json::{Value, json};

use crate::body::{Broken, ScriptedBody};
use crate::dialect::{Complaint, Dialect};
use crate::limits::{Lack, Limit, RetryAfter};
use crate::standing::{Standings, spelled};

const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");
const JSON: &str = "application/json";

/// Why a request gets no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    Refused(Refusal),
    Broken(Broken),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// An error answer.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: u16,
    /// Boxed, as headers are large and refusals are rare.
    headers: Box<HeaderMap>,
    form: Form,
    /// For one that says that a limit is used up: how long.
    exhausted: Option<Duration>,
}

/// What an error answer says.
#[derive(Debug)]
enum Form {
    /// In the words of whatever dialect was spoken to.
    Worded(Complaint),
    /// In these words, such as those of a proxy that stands before the server.
    Fixed(&'static str, String),
}

impl Refusal {
    /// An error as OpenAI words it, unless another dialect is spoken.
    pub(crate) fn openai(
        status: u16,
        kind: &'static str,
        code: Option<&'static str>,
        message: impl Into<String>,
    ) -> Self {
        let message = message.into();
        Self::of(status, Form::Worded(Complaint { kind, code, message }))
    }

    fn of(status: u16, form: Form) -> Self {
        Self { status, headers: Box::default(), form, exhausted: None }
    }

    /// A request that makes no sense.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::openai(400, "invalid_request_error", None, message)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        let message = format!("No such {what}");
        Self::openai(404, "invalid_request_error", None, message)
    }

    pub(crate) fn unknown_model(model: &str) -> Self {
        let message = format!("The model `{model}` does not exist or you do not have access to it.");
        let code = Some("model_not_found");
        Self::openai(404, "invalid_request_error", code, message)
    }

    pub(crate) fn unauthorized() -> Self {
        let message = "Incorrect API key provided.";
        let code = Some("invalid_api_key");
        Self::openai(401, "invalid_request_error", code, message)
    }

    pub(crate) fn over_capacity() -> Self {
        let message = "Too many requests at once.";
        let code = Some("rate_limit_exceeded");
        Self::openai(429, "requests", code, message)
    }

    /// Beyond one of the limits.
    pub(crate) fn beyond(lack: &Lack, model: &str, retry_after: RetryAfter) -> Self {
        let (kind, unit) = match lack.limit {
            Limit::Concurrent => ("requests", "requests at once"),
            Limit::Requests => ("requests", "requests per min (RPM)"),
            Limit::Tokens => ("tokens", "tokens per min (TPM)"),
        };
        let advice = lack.wait.map(|wait| format!("Please try again in {}.", spelled(wait)));
        let advice = advice.unwrap_or_else(|| "The request is larger than the limit.".to_owned());
        let message = format!(
            "Rate limit reached for {model} on {unit}: Limit {}, Requested {}. {advice}",
            lack.most, lack.asked
        );
        let error = Self::openai(429, kind, Some("rate_limit_exceeded"), message);
        match (retry_after, lack.wait) {
            (RetryAfter::None, _) | (_, None) => error,
            (RetryAfter::Seconds, Some(wait)) => error.header(RETRY_AFTER, &seconds(wait).to_string()),
            (RetryAfter::Ms, Some(wait)) => error.header(RETRY_AFTER_MS, &milliseconds(wait).to_string()),
        }
    }

    pub(crate) fn too_large() -> Self {
        Self::with_type(413, "text/plain", "Request Entity Too Large".to_owned())
    }

    /// The shape with a number for `code`, as llama.cpp has it.
    pub(crate) fn number_code(status: u16, message: &str) -> Self {
        let error = json!({"code": status, "message": message, "type": "server_error"});
        Self::json(status, &json!({"error": error}))
    }

    pub(crate) fn detail(status: u16, message: &str) -> Self {
        Self::json(status, &json!({"detail": message}))
    }

    fn json(status: u16, body: &Value) -> Self {
        Self::with_type(status, JSON, body.to_string())
    }

    fn with_type(status: u16, kind: &'static str, body: String) -> Self {
        Self::of(status, Form::Fixed(kind, body))
    }

    fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn into_reply(self, dialect: Dialect) -> Response<ScriptedBody> {
        let mut headers = *self.headers;
        if let Some(wait) = self.exhausted {
            Standings::made_up(0, wait).write(&mut headers, dialect);
        }
        let (status, kind, body) = match self.form {
            Form::Fixed(kind, body) => (self.status, kind, body),
            Form::Worded(complaint) => {
                let (status, body) = dialect.error(self.status, &complaint);
                (status, JSON, body.to_string())
            }
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        let mut reply = Response::new(ScriptedBody::whole(body));
        *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *reply.headers_mut() = headers;
        reply
    }

    /// The status and the body as a line of a batch holds them; a body that is no JSON is a string there.
    pub(crate) fn into_line(self) -> (u16, Value) {
        match self.form {
            Form::Worded(complaint) => Dialect::OpenAi.error(self.status, &complaint),
            Form::Fixed(_, body) => (self.status, serde_json::from_str(&body).unwrap_or(Value::String(body))),
        }
    }
}

/// Rounded up: a client that comes back too early is turned away again.
fn seconds(wait: Duration) -> u64 {
    milliseconds(wait).div_ceil(1_000)
}

fn milliseconds(wait: Duration) -> u64 {
    wait.as_nanos().div_ceil(1_000_000) as u64
}
