//! Deployments of Azure OpenAI: `POST …/openai/deployments/{deployment}/chat/completions?api-version=…`, and embeddings.
//!
//! The deployment is the model, whatever the body says. What the content filter found stands in every answer.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::chat::{ChatRequest, ChatWording};
use crate::completion::{self, Answer, Finish, Wording};
use crate::dispatch::unknown;
use crate::embeddings;
use crate::refusal::Refusal;
use crate::visit::{Outcome, Visit};

pub(crate) async fn chat(visit: Visit, deployment: &str) -> Outcome {
    check_version(&visit)?;
    let body = visit.body.clone();
    let request: ChatRequest<'_> = visit.parse(&body)?;
    let ask = Ask { model: Cow::Borrowed(deployment), ..request.ask()? };
    completion::serve(visit, &ask, &AzureWording).await
}

pub(crate) async fn embeddings(visit: Visit) -> Outcome {
    check_version(&visit)?;
    embeddings::handle(visit).await
}

/// Without a version nothing is found, not even that it is missing.
fn check_version(visit: &Visit) -> Result<(), Refusal> {
    let query = visit.head.uri.query().unwrap_or_default();
    let version = query.split('&').find_map(|pair| pair.strip_prefix("api-version="));
    version.filter(|version| !version.is_empty()).map(|_| ()).ok_or_else(|| unknown(&visit.head))
}

/// What the content filter found: hate of this severity, and nothing else. `safe` is not filtered.
pub(crate) fn filtered(severity: &str) -> Value {
    let safe = json!({"filtered": false, "severity": "safe"});
    json!({"hate": {"filtered": severity != "safe", "severity": severity}, "self_harm": safe, "sexual": safe,
        "violence": safe})
}

/// What was found in the prompt, which got through.
fn prompt_results() -> Value {
    json!([{"prompt_index": 0, "content_filter_results": filtered("safe")}])
}

struct AzureWording;

impl Wording for AzureWording {
    const ERROR_EVENT: &'static str = ChatWording::ERROR_EVENT;

    fn whole(&self, answer: &Answer<'_>) -> Vec<u8> {
        let mut body: Value = serde_json::from_slice(&ChatWording.whole(answer)).unwrap_or_default();
        for (place, said) in answer.choices.iter().enumerate() {
            let severity = if said.finish == Finish::ContentFilter { "medium" } else { "safe" };
            body["choices"][place]["content_filter_results"] = filtered(severity);
        }
        body["prompt_filter_results"] = prompt_results();
        body.to_string().into_bytes()
    }

    /// The first event has no choices, no id and no model: it only tells of the prompt.
    fn events(&self, answer: &Answer<'_>) -> Vec<Bytes> {
        let first = json!({"choices": [], "created": 0, "id": "", "model": "", "object": "",
            "prompt_filter_results": prompt_results()});
        let mut events = vec![Bytes::from(format!("data: {first}\n\n"))];
        events.extend(ChatWording.events(answer));
        events
    }
}
