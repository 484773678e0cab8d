//! Whose interface a request speaks: where its key stands, and how errors are worded.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use serde_json::{Value, json};

const API_KEY: HeaderName = HeaderName::from_static("api-key");
const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The family that a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    OpenAi,
    /// Deployments of Azure OpenAI, which word what their gateway refuses and pass on what OpenAI's models say.
    Azure,
    Anthropic,
    /// The Open Inference Protocol, version 2.
    Inference,
}

/// What is wrong with a request, in OpenAI's terms; a dialect makes its own of them.
#[derive(Debug)]
pub(crate) struct Complaint {
    pub(crate) kind: &'static str,
    pub(crate) code: Option<&'static str>,
    pub(crate) message: String,
}

impl Dialect {
    /// The keys that a request offers, in the places where this dialect looks for them.
    pub(crate) fn keys(self, headers: &HeaderMap) -> impl Iterator<Item = &str> {
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = || text(&AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let offered = match self {
            Self::OpenAi | Self::Inference => [bearer(), text(&API_KEY)],
            Self::Azure => [text(&API_KEY), None],
            Self::Anthropic => [text(&X_API_KEY), None],
        };
        offered.into_iter().flatten()
    }

    /// The status and the body of an error.
    pub(crate) fn error(self, status: u16, complaint: &Complaint) -> (u16, Value) {
        match self {
            Self::OpenAi => (status, complaint.openai()),
            Self::Azure => (status, complaint.azure()),
            Self::Anthropic => complaint.anthropic(status),
            Self::Inference => (status, json!({"error": complaint.message})),
        }
    }
}

impl Complaint {
    fn openai(&self) -> Value {
        json!({"error": {"message": self.message, "type": self.kind, "param": null, "code": self.code}})
    }

    fn azure(&self) -> Value {
        let (code, message) = match self.code {
            Some("invalid_api_key") => (
                "401",
                "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key \
                 for an active subscription and use a correct regional API endpoint for your resource.",
            ),
            Some("model_not_found") => (
                "DeploymentNotFound",
                "The API deployment for this resource does not exist. If you created the deployment within the last 5 \
                 minutes, please wait a moment and try again.",
            ),
            Some("unknown_url") => ("404", "Resource not found"),
            Some("rate_limit_exceeded") => ("429", self.message.as_str()),
            _ => return self.openai(),
        };
        json!({"error": {"code": code, "message": message}})
    }

    /// Anthropic tells errors by their type alone, and calls a lack of money a bad request.
    fn anthropic(&self, status: u16) -> (u16, Value) {
        let (status, message) = match self.code {
            Some("insufficient_quota") => (
                400,
                "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or \
                 purchase credits.",
            ),
            Some("context_length_exceeded") => (status, "prompt is too long: 8193 tokens > 8192 maximum"),
            Some("invalid_api_key") => (status, "invalid x-api-key"),
            _ => (status, self.message.as_str()),
        };
        let kind = match status {
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            529 => "overloaded_error",
            500.. => "api_error",
            _ => "invalid_request_error",
        };
        (status, json!({"type": "error", "error": {"type": kind, "message": message}}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(code: Option<&'static str>) -> Complaint {
        Complaint { kind: "requests", code, message: "Slow down.".to_owned() }
    }

    #[test]
    fn every_dialect_words_a_rate_limit_in_its_own_way() {
        let limited = complaint(Some("rate_limit_exceeded"));
        let said = |dialect: Dialect| dialect.error(429, &limited).1;
        let openai = json!({"message": "Slow down.", "type": "requests", "param": null, "code": "rate_limit_exceeded"});
        assert_eq!(said(Dialect::OpenAi), json!({"error": openai}));
        assert_eq!(said(Dialect::Azure), json!({"error": {"code": "429", "message": "Slow down."}}));
        let anthropic = json!({"type": "rate_limit_error", "message": "Slow down."});
        assert_eq!(said(Dialect::Anthropic), json!({"type": "error", "error": anthropic}));
        assert_eq!(said(Dialect::Inference), json!({"error": "Slow down."}));
    }

    #[test]
    fn azure_passes_on_what_the_model_refuses() {
        let refused = complaint(Some("context_length_exceeded"));
        assert_eq!(Dialect::Azure.error(400, &refused), Dialect::OpenAi.error(400, &refused));
    }

    #[test]
    fn an_empty_purse_is_a_bad_request_to_anthropic() {
        let (status, body) = Dialect::Anthropic.error(429, &complaint(Some("insufficient_quota")));
        assert_eq!((status, &body["error"]["type"]), (400, &json!("invalid_request_error")));
    }
}
