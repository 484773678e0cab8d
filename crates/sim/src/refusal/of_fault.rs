//! The error answers that faults are.

use std::time::Duration;

use http::header::RETRY_AFTER;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::json;

use super::{RETRY_AFTER_MS, Refusal, seconds};
use crate::azure;
use crate::fault_kind::FaultKind;
use crate::faults::Struck;

const HTML: &str = "text/html; charset=utf-8";

impl Refusal {
    /// The error answer of a fault; `None` for a fault that has another form.
    pub(crate) fn of_fault(fault: Struck) -> Option<Self> {
        let error = match fault.kind {
            FaultKind::RateLimited
            | FaultKind::RateLimitedSeconds
            | FaultKind::RateLimitedMilliseconds
            | FaultKind::RateLimitedDate
            | FaultKind::RateLimitedNonsense => Self::rate_limited(fault),
            FaultKind::QuotaExhausted => Self::quota_exhausted(),
            FaultKind::ServerError => Self::server_error(fault.status.unwrap_or(500)),
            FaultKind::UnavailableHtml => Self::html(503, "Service Temporarily Unavailable"),
            FaultKind::Overloaded => Self::overloaded(),
            FaultKind::TooLarge => Self::too_large(),
            FaultKind::ContextLengthExceeded => Self::context_length_exceeded(),
            FaultKind::PromptFiltered => Self::prompt_filtered(),
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
            | FaultKind::Hang
            | FaultKind::LineMissing
            | FaultKind::LineDoubled
            | FaultKind::LineForeign => return None,
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
            FaultKind::RateLimitedNonsense => error.header(RETRY_AFTER, "soon"),
            _ => error,
        }
    }

    fn exhausted(self, wait: Duration) -> Self {
        Self { exhausted: Some(wait), ..self }
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

    /// As Azure OpenAI refuses a prompt that its filter found.
    fn prompt_filtered() -> Self {
        let message = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. \
            Please modify your prompt and retry.";
        let inner = json!({"code": "ResponsibleAIPolicyViolation", "content_filter_result": azure::filtered("high")});
        Self::json(
            400,
            &json!({"error": {"message": message, "type": null, "param": "prompt", "code": "content_filter",
                "status": 400, "innererror": inner}}),
        )
    }

    fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n\
             <center><h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::with_type(status, HTML, page)
    }
}

fn date_in(wait: Duration) -> String {
    let now = jiff::Timestamp::now();
    let then = now.checked_add(Duration::from_secs(seconds(wait))).unwrap_or(now);
    DateTimePrinter::new().timestamp_to_rfc9110_string(&then).unwrap_or_default()
}
