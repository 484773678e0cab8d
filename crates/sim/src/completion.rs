//! What the simulated model says, the same for all endpoints that complete.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::Response;
use serde_json::json;

use crate::ask::{Ask, Format};
use crate::body::ScriptedBody;
use crate::conversation::tokens;
use crate::counters::Receipt;
use crate::deliver;
use crate::fault_kind::FaultKind;
use crate::hash::Digest;
use crate::refusal::Refusal;
use crate::rules::AnswerRule;
use crate::schema;
use crate::visit::{Fate, Outcome, Visit, now};
use crate::world::Scene;

/// A call of a tool.
#[derive(Debug)]
pub(crate) struct ToolCall {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: String,
}

/// Why the model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    Stop,
    Length,
    ContentFilter,
    ToolCalls,
}

/// One choice of an answer.
#[derive(Debug)]
pub(crate) struct Said<'s> {
    pub(crate) text: Option<Cow<'s, str>>,
    pub(crate) call: Option<ToolCall>,
    pub(crate) finish: Finish,
}

/// A whole answer before an endpoint words it.
#[derive(Debug)]
pub(crate) struct Answer<'s> {
    pub(crate) number: u64,
    pub(crate) created: u64,
    pub(crate) model: String,
    pub(crate) choices: Vec<Said<'s>>,
    pub(crate) prompt_tokens: u64,
    /// Those of the prompt tokens that were read from a cache.
    pub(crate) cached_tokens: u64,
    pub(crate) completion_tokens: u64,
    pub(crate) include_usage: bool,
    pub(crate) fault: Option<FaultKind>,
}

impl Answer<'_> {
    pub(crate) fn lacks_fields(&self) -> bool {
        self.fault == Some(FaultKind::MissingFields)
    }

    pub(crate) fn lacks_usage(&self) -> bool {
        self.fault == Some(FaultKind::MissingUsage)
    }

    pub(crate) fn receipt(&self, fate: &Fate) -> Receipt {
        Receipt {
            fingerprint: Some(fate.fingerprint),
            prompt_tokens: self.prompt_tokens,
            completion_tokens: self.completion_tokens,
        }
    }
}

/// How an endpoint words an answer.
pub(crate) trait Wording: Sync {
    /// What a stream says when it fails in the middle.
    const ERROR_EVENT: &'static str;

    /// The JSON body.
    fn whole(&self, answer: &Answer<'_>) -> Vec<u8>;

    /// The events of a stream.
    fn events(&self, answer: &Answer<'_>) -> Vec<Bytes>;
}

/// Answers a request: takes from the limits, decides its fate, takes its time, passes the gate and speaks.
pub(crate) async fn serve<W: Wording>(mut visit: Visit, ask: &Ask<'_>, wording: &W) -> Outcome {
    visit.scene.check_model(&ask.model)?;
    check_images(&visit.scene, ask)?;
    visit.admit(&ask.model, ask.weight())?;
    let world = visit.world.clone();
    let fate = visit.fate(&ask.model, ask.conversation.question(), ask.stream);
    if fate.fault.is_some() {
        world.gate.enter(false, &world.tally).await;
        fate.befall().await?;
    }
    let digest = ask.conversation.digest(visit.scene.settings.seed, &ask.model);
    let latency = visit.scene.latency(&ask.model, digest.number(fate.attempt));
    if let Some(latency) = latency {
        tokio::time::sleep(latency).await;
    }
    let answered = fate.leaves_answer_whole();
    let pass = world.gate.enter(answered, &world.tally).await;
    visit.call.hold_pass(pass);
    Ok(speak(visit, ask, wording, digest, &fate))
}

/// Some servers cannot read images and fail on them.
fn check_images(scene: &Scene, ask: &Ask<'_>) -> Result<(), Refusal> {
    if scene.settings.quirks.images_are_500 && ask.conversation.holds_images() {
        return Err(Refusal::number_code(500, "image input is not supported"));
    }
    Ok(())
}

fn speak<W: Wording>(
    mut visit: Visit,
    ask: &Ask<'_>,
    wording: &W,
    digest: Digest,
    fate: &Fate,
) -> Response<ScriptedBody> {
    let scene = visit.scene.clone();
    let answer = compose(&scene, ask, digest, fate, visit.world.number());
    if fate.leaves_answer_whole() {
        visit.call.owe(answer.receipt(fate));
    }
    if ask.stream {
        deliver::events(visit, wording.events(&answer), W::ERROR_EVENT, answer.fault)
    } else {
        deliver::whole(visit, wording.whole(&answer), answer.fault)
    }
}

/// Another digest for the rare repeat that differs.
fn flickering(scene: &Scene, digest: Digest, attempt: u64) -> Digest {
    let repeat = digest.number(attempt);
    if attempt > 0 && repeat.number(21).unit() < scene.settings.flicker {
        return repeat.number(22);
    }
    digest
}

/// Says every choice and counts its tokens. `digest` is the conversation's.
pub(crate) fn compose<'s>(scene: &'s Scene, ask: &Ask<'_>, digest: Digest, fate: &Fate, number: u64) -> Answer<'s> {
    let digest = flickering(scene, digest, fate.attempt);
    let choices: Vec<Said<'s>> = (0..ask.choices as u64)
        .map(|place| {
            let digest = if place == 0 { digest } else { digest.number(place) };
            spoiled(say(scene, ask, digest), fate.kind())
        })
        .collect();
    let prompt_tokens = ask.prompt_tokens();
    Answer {
        number,
        created: now(),
        model: fate.named(&ask.model),
        prompt_tokens,
        cached_tokens: (prompt_tokens as f64 * scene.settings.cached_share) as u64,
        completion_tokens: choices.iter().map(Said::tokens).sum(),
        choices,
        include_usage: ask.include_usage,
        fault: fate.kind(),
    }
}

fn say<'s>(scene: &'s Scene, ask: &Ask<'_>, digest: Digest) -> Said<'s> {
    let rule = AnswerRule::first(&scene.settings.rules, ask);
    let text = rule.map_or_else(|| reply(scene, ask, digest), |rule| Cow::Borrowed(rule.said(digest)));
    if let Some(tool) = ask.wanted_tool(scene.settings.eager_tools) {
        let call = ToolCall {
            id: format!("call_{:016x}", digest.number(31).value()),
            name: tool.name().to_owned(),
            arguments: schema::fill(&tool.parameters(), &text).to_string(),
        };
        return Said { text: None, call: Some(call), finish: Finish::ToolCalls };
    }
    let text = match &ask.format {
        _ if rule.is_some_and(|rule| rule.verbatim) => text,
        Format::Text => text,
        Format::JsonObject => Cow::Owned(json!({"answer": text}).to_string()),
        Format::JsonSchema(schema) => Cow::Owned(schema::fill(schema, &text).to_string()),
    };
    Said::text(text).within(ask.max_tokens)
}

fn reply<'s>(scene: &'s Scene, ask: &Ask<'_>, digest: Digest) -> Cow<'s, str> {
    let fixed = scene.model(&ask.model).and_then(|model| model.reply.as_deref());
    if let Some(reply) = fixed {
        return Cow::Borrowed(reply);
    }
    let drawn = digest.number(41).value() % 1_000_000;
    let right = (drawn as f64) < scene.accuracy(&ask.model) * 1e6;
    let question = ask.conversation.question();
    scene.answers.reply(question, right, digest)
}

fn spoiled<'s>(said: Said<'s>, fault: Option<FaultKind>) -> Said<'s> {
    let (text, finish) = match fault {
        Some(FaultKind::EmptyContent) => (Some(Cow::Borrowed("")), Finish::Stop),
        Some(FaultKind::NullContent) => (None, Finish::Stop),
        Some(FaultKind::ContentFilter) => (Some(Cow::Borrowed("")), Finish::ContentFilter),
        Some(FaultKind::FinishLength) => {
            let text = said.text.unwrap_or_default();
            let length = text.len() / 2;
            (Some(cut(text, length)), Finish::Length)
        }
        _ => return said,
    };
    let call = None;
    Said { text, call, finish }
}

fn cut(text: Cow<'_, str>, length: usize) -> Cow<'_, str> {
    let end = text.floor_char_boundary(length);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}

impl<'s> Said<'s> {
    fn text(text: Cow<'s, str>) -> Self {
        Self { text: Some(text), call: None, finish: Finish::Stop }
    }

    fn within(self, max_tokens: Option<u64>) -> Self {
        match (self.text, max_tokens) {
            (Some(text), Some(most)) if tokens(&text) > most => {
                Self { text: Some(cut(text, most as usize * 4)), finish: Finish::Length, ..self }
            }
            (text, _) => Self { text, ..self },
        }
    }

    fn tokens(&self) -> u64 {
        let called = self.call.as_ref().map_or(0, |call| tokens(&call.name) + tokens(&call.arguments));
        called + self.text.as_deref().map_or(0, tokens)
    }

    /// The text as a model would stream it: word by word, and a single word in two halves.
    pub(crate) fn pieces(&self) -> Vec<&str> {
        let text = self.text.as_deref().unwrap_or_default();
        halves_or_words(text)
    }
}

pub(crate) fn halves_or_words(text: &str) -> Vec<&str> {
    if text.trim_end().contains(' ') {
        return text.split_inclusive(' ').collect();
    }
    let (first, second) = text.split_at(text.floor_char_boundary(text.len() / 2));
    [first, second].into_iter().filter(|piece| !piece.is_empty()).collect()
}
