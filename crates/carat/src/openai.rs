//! What is rendered, as the request of async-openai.

use async_openai::types::chat::CreateChatCompletionRequest;
use serde::Deserialize as _;
use serde_json::Value;

use crate::{Rendered, RequestError};

impl TryFrom<&Rendered> for CreateChatCompletionRequest {
    type Error = RequestError;

    /// The request that says what [`Rendered::body`] says. What the client's type has no place for, such as a knob of a
    /// server of one's own, is an error: nothing is left out in silence.
    fn try_from(rendered: &Rendered) -> Result<Self, RequestError> {
        let no_place = |what: String| RequestError::NoPlace { prompt: rendered.stamp().to_string(), what };
        let body = rendered.body()?;
        let request = Self::deserialize(&body).map_err(|error| no_place(error.to_string()))?;
        // Through text, for that is how it will be sent: a number of 32 bits has fewer digits there than as a value.
        let sent = serde_json::to_string(&request).and_then(|text| serde_json::from_str(&text));
        let sent: Value = sent.map_err(|error| no_place(error.to_string()))?;
        match lost(&body, &sent) {
            None => Ok(request),
            Some(path) => Err(no_place(path)),
        }
    }
}

impl TryFrom<Rendered> for CreateChatCompletionRequest {
    type Error = RequestError;

    fn try_from(rendered: Rendered) -> Result<Self, RequestError> {
        (&rendered).try_into()
    }
}

/// Where `sent` does not say what `body` says: the path of the first such place. A null may be left out.
fn lost(body: &Value, sent: &Value) -> Option<String> {
    match (body, sent) {
        (Value::Object(body), Value::Object(sent)) => body.iter().find_map(|(key, value)| match sent.get(key) {
            None if value.is_null() => None,
            None => Some(key.clone()),
            Some(sent) => lost(value, sent).map(|rest| joined(key, &rest)),
        }),
        (Value::Array(body), Value::Array(sent)) if body.len() == sent.len() => {
            let mut lost =
                body.iter().zip(sent).enumerate().filter_map(|(at, (body, sent))| Some((at, lost(body, sent)?)));
            lost.next().map(|(at, rest)| joined(&format!("[{at}]"), &rest))
        }
        (Value::Number(body), Value::Number(sent)) => {
            let is_rounded = body.is_f64() || sent.is_f64();
            let is_same = body == sent || is_rounded && body.as_f64().map(single) == sent.as_f64().map(single);
            (!is_same).then(String::new)
        }
        (body, sent) => (body != sent).then(String::new),
    }
}

/// The client's numbers have 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "that is the point")]
const fn single(number: f64) -> f32 {
    number as f32
}

fn joined(key: &str, rest: &str) -> String {
    match rest {
        "" => key.to_owned(),
        rest if rest.starts_with('[') => format!("{key}{rest}"),
        rest => format!("{key}.{rest}"),
    }
}
