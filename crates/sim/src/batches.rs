//! Everything under `…/batches`. A batch is done as soon as it is made.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::chat::{ChatRequest, ChatWording};
use crate::completion::{Wording, compose};
use crate::files::{StoredFile, paged};
use crate::models::answer;
use crate::refusal::{Failure, Refusal};
use crate::responses::{ResponsesRequest, ResponsesWording};
use crate::visit::{Outcome, Visit, now};

#[derive(Deserialize)]
struct Line<'l> {
    custom_id: String,
    url: String,
    #[serde(borrow)]
    body: &'l RawValue,
}

pub(crate) async fn create(visit: Visit) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let body = visit.body.clone();
    let request: Value = visit.parse(&body)?;
    check_expiry(&visit, &request)?;
    let input = request["input_file_id"].as_str().unwrap_or_default();
    let file = visit.world.files.files().get(input).cloned();
    let file = file.ok_or_else(|| Refusal::not_found(&format!("File object: {input}")))?;
    let output = run(&visit, &file)?;
    let batch = done(&visit, &request, output);
    let id = batch["id"].as_str().unwrap_or_default().to_owned();
    visit.world.files.batches().insert(id, batch.clone());
    Ok(answer(visit, &batch, &fate))
}

/// OpenAI's own description forbids null here, and a validating server refuses it.
fn check_expiry(visit: &Visit, request: &Value) -> Result<(), Refusal> {
    let strict = visit.scene.settings.quirks.refuse_null_expiry;
    if strict && request.get("output_expires_after") == Some(&Value::Null) {
        return Err(Refusal::detail(422, "output_expires_after must be an object"));
    }
    Ok(())
}

/// What was said to each line, and how many lines there were.
struct Output {
    lines: String,
    count: usize,
}

fn run(visit: &Visit, file: &StoredFile) -> Result<Output, Failure> {
    let text = String::from_utf8_lossy(&file.bytes);
    let mut output = Output { lines: String::new(), count: 0 };
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line: Line<'_> = visit.parse(line.as_bytes())?;
        output.lines.push_str(&written(visit, &line)?.to_string());
        output.lines.push('\n');
        output.count += 1;
    }
    Ok(output)
}

fn written(visit: &Visit, line: &Line<'_>) -> Result<Value, Failure> {
    let said = said(visit, line)?;
    let body = if visit.scene.settings.quirks.batch_body_as_text {
        json!(String::from_utf8_lossy(&said))
    } else {
        serde_json::from_slice(&said).unwrap_or_default()
    };
    let number = visit.world.number();
    let request_id = format!("req_{number:024x}");
    let response = json!({"status_code": 200, "request_id": request_id, "body": body});
    Ok(json!({"id": format!("batch_req_{number:024x}"), "custom_id": line.custom_id, "response": response,
        "error": null}))
}

fn said(visit: &Visit, line: &Line<'_>) -> Result<Vec<u8>, Failure> {
    let body = line.body.get().as_bytes();
    if line.url.ends_with("/responses") {
        let request: ResponsesRequest<'_> = visit.parse(body)?;
        return Ok(worded::<ResponsesWording>(visit, &request.ask()?));
    }
    let request: ChatRequest<'_> = visit.parse(body)?;
    Ok(worded::<ChatWording>(visit, &request.ask()?))
}

fn worded<W: Wording>(visit: &Visit, ask: &Ask<'_>) -> Vec<u8> {
    let digest = ask.conversation.digest(visit.scene.settings.seed, &ask.model);
    let named = (visit.world.number(), ask.model.clone().into_owned(), None);
    W::whole(&compose(&visit.scene, ask, digest, named))
}

fn done(visit: &Visit, request: &Value, output: Output) -> Value {
    let number = visit.world.number();
    let file = StoredFile {
        name: format!("batch_{number:024x}_output.jsonl"),
        purpose: "batch_output".to_owned(),
        bytes: Bytes::from(output.lines),
        created: now(),
    };
    let output_file_id = visit.world.files.keep(number, file);
    let counts = json!({"total": output.count, "completed": output.count, "failed": 0});
    json!({"id": format!("batch_{number:024x}"), "object": "batch", "endpoint": request["endpoint"], "errors": null,
        "input_file_id": request["input_file_id"], "completion_window": request["completion_window"],
        "status": "completed", "output_file_id": output_file_id, "error_file_id": null, "created_at": now(),
        "completed_at": now(), "request_counts": counts, "metadata": request["metadata"]})
}

pub(crate) async fn list(visit: Visit) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let all = visit.world.files.batches().values().cloned().collect();
    Ok(answer(visit, &paged(all, None, None), &fate))
}

/// Shows a batch; to cancel one that is done changes nothing.
pub(crate) async fn show(visit: Visit, id: &str) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let batch = visit.world.files.batches().get(id).cloned();
    let batch = batch.ok_or_else(|| Refusal::not_found(&format!("Batch: {id}")))?;
    Ok(answer(visit, &batch, &fate))
}
