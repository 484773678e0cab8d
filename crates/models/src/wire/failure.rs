//! Everything that a call over the wire can end in, other than an answer.

use std::error::Error;
use std::io;

use carat_core::ModelErrorKind;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::refusal;

/// Why a call has no answer, before it is put into words for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub(crate) enum Failure {
    /// The request cannot be sent as it is.
    Unsendable(String),
    /// There is no connection to be had.
    Unreachable(String),
    /// The connection broke.
    Broken(String),
    /// The server answered with a status that is not a success.
    Refused(Refusal),
    /// The server told of an error inside of an answer whose status is a success.
    Told(Told),
    /// The answer cannot be read.
    Unreadable(String),
}

/// An answer with a status that is not a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) retry_after_ms: Option<u64>,
    /// The server's words, as they came.
    pub(crate) words: String,
    /// What a content filter found in the prompt, where it was one that refused; empty where it does not say.
    pub(crate) filtered: Option<String>,
    /// Where the server says that the address has moved.
    pub(crate) moved_to: Option<String>,
}

/// An error inside of an answer whose status is a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) kind: ModelErrorKind,
    pub(crate) words: String,
}

impl Told {
    /// Reads `{"message": …, "type": …, "code": …}`, or a plain text; none when it tells of no error.
    pub(crate) fn read(error: &Value) -> Option<Self> {
        let words = refusal::message(error)?;
        let word = |name: &str| match error.get(name) {
            Some(Value::String(text)) => text.to_lowercase(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let kind = [word("code"), word("status"), word("type")].iter().find_map(|word| kind_by_word(word));
        Some(Self { kind: kind.unwrap_or(ModelErrorKind::Server), words })
    }
}

/// The meaning of an HTTP status that is not a success.
pub(crate) const fn kind_by_status(status: u16) -> ModelErrorKind {
    match status {
        401..=403 => ModelErrorKind::Authentication,
        300..=399 | 404 | 405 | 410 => ModelErrorKind::NotFound,
        408 => ModelErrorKind::Timeout,
        429 => ModelErrorKind::RateLimited,
        409 | 425 | 500..=599 => ModelErrorKind::Server,
        400..=499 => ModelErrorKind::BadRequest,
        _ => ModelErrorKind::Malformed,
    }
}

/// The meaning of an error's code or type; none for a word that nobody knows.
fn kind_by_word(word: &str) -> Option<ModelErrorKind> {
    if let Ok(status @ 400..=599) = word.parse::<u16>() {
        return Some(kind_by_status(status));
    }
    let meanings = [
        ("rate_limit", ModelErrorKind::RateLimited),
        ("quota", ModelErrorKind::RateLimited),
        ("overloaded", ModelErrorKind::Server),
        ("server_error", ModelErrorKind::Server),
        ("api_key", ModelErrorKind::Authentication),
        ("authentication", ModelErrorKind::Authentication),
        ("permission", ModelErrorKind::Authentication),
        ("not_found", ModelErrorKind::NotFound),
        ("timeout", ModelErrorKind::Timeout),
        ("context_length", ModelErrorKind::BadRequest),
        ("too_large", ModelErrorKind::BadRequest),
        ("content_filter", ModelErrorKind::BadRequest),
        ("content_policy", ModelErrorKind::BadRequest),
        ("billing", ModelErrorKind::Authentication),
        ("invalid", ModelErrorKind::BadRequest),
    ];
    meanings.iter().find(|(part, _)| word.contains(part)).map(|(_, kind)| *kind)
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let cause = root(&error).to_string();
        if error.is_connect() {
            Self::Unreachable(if error.is_timeout() { "no connection in time".to_owned() } else { cause })
        } else if error.is_builder() {
            Self::Unsendable(cause)
        } else if is_not_http(&error) {
            Self::Unreadable(format!("not an HTTP answer: {cause}"))
        } else if error.is_body() || error.is_decode() {
            if is_reset(&error) { Self::Broken(cause) } else { Self::Unreadable(format!("it broke off: {cause}")) }
        } else {
            Self::Broken(cause)
        }
    }
}

/// Reads JSON of an answer whose status is a success.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error, &String::from_utf8_lossy(body)))
}

/// JSON of an error under a status of success, or something that is no JSON at all.
pub(crate) fn unreadable(error: &serde_json::Error, content: &str) -> Failure {
    let told = serde_json::from_str::<Value>(content).ok().and_then(|value| Told::read(value.get("error")?));
    told.map_or_else(|| Failure::Unreadable(format!("{error}: {content}")), Failure::Told)
}

/// The errors that led to this one, itself included.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The error that all others come from.
fn root<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    chain(error).last().unwrap_or(error)
}

fn is_reset(error: &(dyn Error + 'static)) -> bool {
    let mut kinds = io_kinds(error);
    kinds.any(|kind| {
        matches!(kind, io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe)
    })
}

fn io_kinds<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = io::ErrorKind> + 'a {
    chain(error).filter_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind)
}

fn is_not_http(error: &(dyn Error + 'static)) -> bool {
    chain(error).filter_map(|error| error.downcast_ref::<hyper::Error>()).any(hyper::Error::is_parse)
}

/// Whether the connection was closed before an answer began. Of an answer whose head broke off half-way the HTTP library
/// says the same.
pub(crate) fn is_closed_unanswered(error: &(dyn Error + 'static)) -> bool {
    let mut http = chain(error).filter_map(|error| error.downcast_ref::<hyper::Error>());
    let cut_in_tls = io_kinds(error).any(|kind| kind == io::ErrorKind::UnexpectedEof);
    is_reset(error)
        || cut_in_tls
        || http.any(|error| error.is_incomplete_message() || error.is_closed() || error.is_canceled())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(error: Value) -> Option<ModelErrorKind> {
        Told::read(&error).map(|told| told.kind)
    }

    #[test]
    fn every_status_has_its_meaning() {
        let kinds = [401, 403, 404, 400, 413, 422, 429, 500, 503, 529, 301, 408]
            .map(kind_by_status)
            .map(ModelErrorKind::as_str);
        let expected = "authentication authentication not-found bad-request bad-request bad-request rate-limited server \
                        server server not-found timeout";
        assert_eq!(kinds.join(" "), expected);
    }

    #[test]
    fn an_error_inside_an_answer_is_known_by_its_code_or_type() {
        assert_eq!(told(json!({"message": "slow down", "code": 429})), Some(ModelErrorKind::RateLimited));
        assert_eq!(told(json!({"message": "x", "code": "rate_limit_exceeded"})), Some(ModelErrorKind::RateLimited));
        assert_eq!(told(json!({"message": "x", "type": "invalid_request_error"})), Some(ModelErrorKind::BadRequest));
        assert_eq!(told(json!({"message": "x", "code": "content_filter"})), Some(ModelErrorKind::BadRequest));
        assert_eq!(told(json!({"message": "x", "type": "mystery"})), Some(ModelErrorKind::Server));
        assert_eq!(told(json!("it broke")), Some(ModelErrorKind::Server));
    }

    #[test]
    fn an_empty_error_is_none() {
        assert_eq!(told(json!("")), None);
        assert_eq!(told(json!({})), None);
    }
}
