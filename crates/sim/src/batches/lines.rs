//! How a line of a batch is answered, and what is written about it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::chat::{ChatRequest, ChatWording};
use crate::completion::{Wording, compose};
use crate::counters::Receipt;
use crate::embeddings::EmbeddingRequest;
use crate::endpoint::Endpoint;
use crate::fault_kind::FaultKind;
use crate::faults::Faultable;
use crate::fingerprint::Fingerprint;
use crate::hash::Digest;
use crate::refusal::Refusal;
use crate::responses::{ResponsesRequest, ResponsesWording};
use crate::visit::Fate;
use crate::world::{Scene, World};

#[derive(Deserialize)]
struct Line<'l> {
    custom_id: Cow<'l, str>,
    #[serde(borrow)]
    url: Cow<'l, str>,
    #[serde(borrow)]
    body: &'l RawValue,
}

/// What was written about lines so far.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) output: Vec<String>,
    pub(super) errors: Vec<String>,
    pub(super) completed: usize,
    pub(super) failed: usize,
}

/// A line that was answered.
struct Said {
    body: Vec<u8>,
    fate: Fate,
    receipt: Receipt,
}

impl Sheet {
    /// Works on a line: answers it, pays for it and writes it down.
    pub(super) fn work_on(&mut self, world: &World, scene: &Scene, text: &str) {
        // What is no line was found out when the batch was validated.
        let Ok(line) = serde_json::from_str::<Line<'_>>(text) else {
            return;
        };
        world.tally.work_on_line();
        match said(world, scene, &line) {
            Ok(said) => self.succeed(world, scene, &line, &said),
            Err(refusal) => self.fail(world, scene, &line, refusal),
        }
    }

    /// Writes that there was no time left for a line.
    pub(super) fn give_up(&mut self, world: &World, text: &str) {
        let Ok(line) = serde_json::from_str::<Line<'_>>(text) else {
            return;
        };
        let error = json!({"code": "batch_expired",
            "message": "This request could not be executed before the completion window expired."});
        self.errors.push(written(world, &line.custom_id, &Value::Null, &error));
    }

    fn succeed(&mut self, world: &World, scene: &Scene, line: &Line<'_>, said: &Said) {
        let kind = said.fate.kind();
        if kind == Some(FaultKind::LineMissing) {
            return;
        }
        if said.fate.leaves_answer_whole() {
            world.tally.answer(Endpoint::BatchLines, said.receipt);
        }
        self.completed += 1;
        let body = match scene.settings.quirks.batch_body_as_text {
            true => json!(String::from_utf8_lossy(&said.body)),
            false => serde_json::from_slice(&said.body).unwrap_or_default(),
        };
        let response = response(world, 200, &body);
        let mut text = written(world, &line.custom_id, &response, &Value::Null);
        match kind {
            Some(FaultKind::MalformedJson) => text.truncate(text.floor_char_boundary(text.len() / 2)),
            Some(FaultKind::LineDoubled) => self.output.push(text.clone()),
            Some(FaultKind::LineForeign) => {
                let foreign = format!("foreign-{}", line.custom_id);
                self.output.push(written(world, &foreign, &response, &Value::Null));
            }
            _ => {}
        }
        self.output.push(text);
    }

    fn fail(&mut self, world: &World, scene: &Scene, line: &Line<'_>, refusal: Refusal) {
        let (status, body) = refusal.into_line();
        let text = written(world, &line.custom_id, &response(world, status, &body), &Value::Null);
        self.failed += 1;
        match scene.settings.quirks.batch_errors_in_output {
            true => self.output.push(text),
            false => self.errors.push(text),
        }
    }

    /// Puts the output into another order, always the same.
    pub(super) fn shuffle(&mut self, seed: u64) {
        self.output.sort_by_cached_key(|line| Digest::new(seed).number(71).bytes(line.as_bytes()).value());
    }
}

fn response(world: &World, status: u16, body: &Value) -> Value {
    let request_id = format!("req_{:024x}", world.number());
    json!({"status_code": status, "request_id": request_id, "body": body})
}

fn written(world: &World, custom_id: &str, response: &Value, error: &Value) -> String {
    let id = format!("batch_req_{:024x}", world.number());
    json!({"id": id, "custom_id": custom_id, "response": response, "error": error}).to_string()
}

/// What the endpoint that the line names says to its body.
fn said(world: &World, scene: &Scene, line: &Line<'_>) -> Result<Said, Refusal> {
    let body = line.body.get().as_bytes();
    let segment = line.url.rsplit('/').next().unwrap_or_default();
    match segment {
        "completions" => {
            let fingerprint = Fingerprint::of_body(Endpoint::Chat, body);
            let ask = scene.parse::<ChatRequest<'_>>(body)?.ask()?;
            completed(world, scene, &ask, &ChatWording, fingerprint)
        }
        "responses" => {
            let fingerprint = Fingerprint::of_body(Endpoint::Responses, body);
            let ask = scene.parse::<ResponsesRequest<'_>>(body)?.ask()?;
            completed(world, scene, &ask, &ResponsesWording, fingerprint)
        }
        _ => embedded(world, scene, body),
    }
}

fn completed<W: Wording>(
    world: &World,
    scene: &Scene,
    ask: &Ask<'_>,
    wording: &W,
    fingerprint: Fingerprint,
) -> Result<Said, Refusal> {
    let fate = fate(world, scene, (&ask.model, ask.conversation.question()), fingerprint)?;
    let digest = ask.conversation.digest(scene.settings.seed, &ask.model);
    let answer = compose(scene, ask, digest, &fate, world.number());
    Ok(Said { body: wording.whole(&answer), fate, receipt: answer.receipt(&fate) })
}

fn embedded(world: &World, scene: &Scene, body: &[u8]) -> Result<Said, Refusal> {
    let fingerprint = Fingerprint::of_body(Endpoint::Embeddings, body);
    let wish = scene.parse::<EmbeddingRequest<'_>>(body)?.wish(scene)?;
    let fate = fate(world, scene, (&wish.model, &wish.question()), fingerprint)?;
    Ok(Said { body: wish.granted(&fate).to_string().into_bytes(), fate, receipt: wish.receipt(&fate) })
}

/// What strikes a line; an error answer is returned as one.
fn fate(
    world: &World,
    scene: &Scene,
    (model, question): (&str, &str),
    fingerprint: Fingerprint,
) -> Result<Fate, Refusal> {
    let request = Faultable { endpoint: Endpoint::BatchLines, stream: false, model, question, fingerprint };
    let fate = scene.fate(&request, &world.tally);
    fate.fault.and_then(Refusal::of_fault).map_or(Ok(fate), Err)
}
