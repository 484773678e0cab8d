//! Error answers, in all the shapes that servers give them.

use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use hyper::Response;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::json;

use crate::body::{Broken, ScriptedBody};
use crate::faults::{FaultKind, Struck};

const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");
const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";

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
    status: StatusCode,
    /// Boxed, as headers are large and refusals are rare.
    headers: Box<HeaderMap>,
    body: String,
}

impl Refusal {
    /// An error as OpenAI words it.
    pub(crate) fn openai(status: u16, kind: &str, code: Option<&str>, message: &str) -> Self {
        let error = json!({"message": message, "type": kind, "param": null, "code": code});
        Self::json(status, &json!({"error": error}))
    }

    /// A request that makes no sense.
    pub(crate) fn invalid(message: &str) -> Self {
        Self::openai(400, "invalid_request_error", None, message)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        let message = format!("No such {what}");
        Self::openai(404, "invalid_request_error", None, &message)
    }

    pub(crate) fn unknown_model(model: &str) -> Self {
        let message = format!("The model `{model}` does not exist or you do not have access to it.");
        let code = Some("model_not_found");
        Self::openai(404, "invalid_request_error", code, &message)
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

    fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::with_type(status, JSON, body.to_string())
    }

    fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n\
             <center><h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::with_type(status, HTML, page)
    }

    fn with_type(status: u16, kind: &'static str, body: String) -> Self {
        let mut headers = Box::new(HeaderMap::new());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Self { status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), headers, body }
    }

    fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The error answer of a fault; `None` for a fault that has another form.
    pub(crate) fn of_fault(fault: Struck) -> Option<Self> {
        let error = match fault.kind {
            FaultKind::RateLimited
            | FaultKind::RateLimitedSeconds
            | FaultKind::RateLimitedMilliseconds
            | FaultKind::RateLimitedDate => Self::rate_limited(fault),
            FaultKind::QuotaExhausted => Self::quota_exhausted(),
            FaultKind::ServerError => Self::server_error(fault.status.unwrap_or(500)),
            FaultKind::UnavailableHtml => Self::html(503, "Service Temporarily Unavailable"),
            FaultKind::Overloaded => Self::overloaded(),
            FaultKind::TooLarge => Self::too_large(),
            FaultKind::ContextLengthExceeded => Self::context_length_exceeded(),
            FaultKind::ErrorNumberCode => Self::number_code(fault.status.unwrap_or(401), "Invalid API Key"),
            FaultKind::ErrorDetail => Self::detail(fault.status.unwrap_or(404), "Not Found"),
            FaultKind::ErrorHtml => Self::html(fault.status.unwrap_or(502), "Bad Gateway"),
            FaultKind::DroppedConnection
            | FaultKind::ClosedAfterAnswer
            | FaultKind::ClosedOnReuse
            | FaultKind::TruncatedStream
            | FaultKind::StreamWithoutEnd
            | FaultKind::StreamErrorEvent
            | FaultKind::TruncatedBody
            | FaultKind::MalformedJson
            | FaultKind::MissingUsage
            | FaultKind::UsageWithChoices
            | FaultKind::MissingFields
            | FaultKind::OtherModel
            | FaultKind::EmptyContent
            | FaultKind::NullContent
            | FaultKind::FinishLength
            | FaultKind::ContentFilter
            | FaultKind::Hang => return None,
        };
        Some(error)
    }

    fn rate_limited(fault: Struck) -> Self {
        let wait = Duration::from_millis(fault.wait_ms);
        let code = Some("rate_limit_exceeded");
        let error = Self::openai(429, "requests", code, "Rate limit reached.");
        match fault.kind {
            FaultKind::RateLimitedSeconds => error.header(RETRY_AFTER, &seconds(wait).to_string()).exhausted(wait),
            FaultKind::RateLimitedMilliseconds => {
                error.header(RETRY_AFTER_MS, &fault.wait_ms.to_string()).exhausted(wait)
            }
            FaultKind::RateLimitedDate => error.header(RETRY_AFTER, &date_in(wait)),
            _ => error,
        }
    }

    fn exhausted(mut self, wait: Duration) -> Self {
        limit_headers(&mut self.headers, 0, wait);
        self
    }

    fn quota_exhausted() -> Self {
        let message = "You exceeded your current quota, please check your plan and billing details.";
        let code = "insufficient_quota";
        Self::openai(429, code, Some(code), message)
    }

    fn server_error(status: u16) -> Self {
        let message = "The server had an error while processing your request.";
        Self::openai(status, "server_error", None, message)
    }

    fn overloaded() -> Self {
        let error = json!({"type": "overloaded_error", "message": "Overloaded"});
        Self::json(529, &json!({"type": "error", "error": error}))
    }

    fn context_length_exceeded() -> Self {
        let message = "This model's maximum context length is 8192 tokens.";
        let code = Some("context_length_exceeded");
        Self::openai(400, "invalid_request_error", code, message)
    }

    pub(crate) fn into_reply(self) -> Response<ScriptedBody> {
        let mut reply = Response::new(ScriptedBody::whole(self.body));
        *reply.status_mut() = self.status;
        *reply.headers_mut() = *self.headers;
        reply
    }
}

/// Adds the `x-ratelimit-*` headers.
pub(crate) fn limit_headers(headers: &mut HeaderMap, remaining: u32, reset: Duration) {
    let reset = format!("{}ms", reset.as_millis());
    let remaining_tokens = remaining * 1_000;
    let pairs = [
        ("x-ratelimit-limit-requests", "1000".to_owned()),
        ("x-ratelimit-limit-tokens", "1000000".to_owned()),
        ("x-ratelimit-remaining-requests", remaining.to_string()),
        ("x-ratelimit-remaining-tokens", remaining_tokens.to_string()),
        ("x-ratelimit-reset-requests", reset.clone()),
        ("x-ratelimit-reset-tokens", reset),
    ];
    for (name, value) in pairs {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// Rounded up: a client that comes back too early is turned away again.
fn seconds(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1_000) as u64
}

fn date_in(wait: Duration) -> String {
    let now = jiff::Timestamp::now();
    let then = now.checked_add(Duration::from_secs(seconds(wait))).unwrap_or(now);
    DateTimePrinter::new().timestamp_to_rfc9110_string(&then).unwrap_or_default()
}
