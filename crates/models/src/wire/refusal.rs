//! What a server says when it refuses, in whatever shape.

use serde_json::Value;

use super::filter;

/// The server's words in the body of an error, and what a content filter found where it was one that refused.
pub(crate) fn read(body: &[u8]) -> (String, Option<String>) {
    let filtered = serde_json::from_slice::<Value>(body).ok().and_then(|body| filter::found(&body));
    (words(body), filtered)
}

/// The server's words in the body of an error: of `{"error": {"message": …}}`, `{"error": "…"}`, `{"detail": …}`, of an HTML
/// page, or the body itself. Empty when there are none. They are not fit to be shown yet.
fn words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => message(&value).unwrap_or_else(|| text.trim().to_owned()),
        Err(_) if text.trim_start().starts_with('<') => page_words(&text),
        Err(_) => text.trim().to_owned(),
    }
}

/// The message in the JSON of an error.
pub(crate) fn message(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Array(members) => {
            let messages: Vec<String> = members.iter().filter_map(message).collect();
            (!messages.is_empty()).then(|| messages.join("; "))
        }
        Value::Object(fields) => {
            let names = ["error", "message", "detail", "msg", "errors", "error_description", "title"];
            let found = names.iter().find_map(|name| message(fields.get(*name)?))?;
            Some(match fields.get("loc").and_then(place) {
                Some(place) => format!("{place}: {found}"),
                None => found,
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Where in the request the error is, as pydantic tells it: `["body", "messages", 0]`.
fn place(steps: &Value) -> Option<String> {
    let step = |step: &Value| step.as_str().map_or_else(|| step.to_string(), str::to_owned);
    Some(steps.as_array()?.iter().map(step).collect::<Vec<_>>().join("."))
}

/// The title of a page, or its words without the tags.
fn page_words(page: &str) -> String {
    let title = page.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    title.map_or_else(|| without_tags(page), |(title, _)| title.trim().to_owned())
}

fn without_tags(page: &str) -> String {
    let pieces = page.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, words)| words));
    pieces.map(str::trim).filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_servers_words_are_found_in_every_shape() {
        let cases = [
            (r#"{"error":{"message":"no such key","code":401}}"#, "no such key"),
            (r#"{"error":"model not loaded"}"#, "model not loaded"),
            (r#"{"detail":"Unauthorized"}"#, "Unauthorized"),
            (r#"{"detail":[{"loc":["body","messages",0],"msg":"field required"}]}"#, "body.messages.0: field required"),
            (r#"[{"error":{"code":400,"message":"bad"}}]"#, "bad"),
            (r#"{"object":"error","message":"too long"}"#, "too long"),
            (r#"{"code":7}"#, r#"{"code":7}"#),
            ("<html><head><title>502 Bad Gateway</title></head></html>", "502 Bad Gateway"),
            ("<!doctype html><h1>Service</h1><p>is down</p>", "Service is down"),
            ("Internal Server Error\n", "Internal Server Error"),
            ("", ""),
        ];
        for (body, expected) in cases {
            assert_eq!(words(body.as_bytes()), expected);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(body in prop::collection::vec(any::<u8>(), 0..200), page in "[<>/a-z!]{0,80}") {
            words(&body);
            words(page.as_bytes());
        }
    }
}
