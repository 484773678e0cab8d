//! What was sent, held against what the prompt says.

use std::collections::{BTreeMap, BTreeSet};

use carat_core::{Message, Prompt};
use serde_json::Value;

use super::aligned::{Step, aligned, is_role};
use super::captured::Call;
use super::finding::Finding;
use super::items::{Api, sent as read_items};
use super::offered::{Offered, format_of, format_sent};
use super::parameters::{self, Named};
use super::pictures::Picture;
use super::said::Said;
use super::same::is_same;

/// So many differences of a call are told one by one.
const MOST: usize = 50;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// What differs; nothing where the call is what the prompt says.
    pub(super) findings: Vec<Finding>,
    /// What the call has besides, and nothing was held against.
    pub(super) apart: BTreeSet<&'static str>,
}

/// Holds a call against its prompt and the messages that this renders to.
pub(super) fn held_against(prompt: &Prompt, rendered: &[Message], call: &Call) -> Held {
    let mut ours = Named::of(&prompt.parameters);
    let mut held = Held::default();
    let mut said = rules(&mut ours, call.api);
    said.extend(call.api.said(rendered));
    // The format may stand where a prompt passes on to the Responses API what it likes.
    let passed = ours.take_within("text.format");
    let format = match (&prompt.response_format, passed) {
        (None, Some(passed)) => format_sent(&passed).unwrap_or(passed),
        (format, _) => format_of(format.as_ref()),
    };
    messages(&said, &call.messages, &mut held);
    if let Some(sent) = &call.parameters {
        parameters::compare(&ours, sent, &mut held.findings, &mut held.apart);
    }
    tools(prompt, call, &mut held.findings);
    if let Some(sent) = call.response_format.as_ref().filter(|sent| !is_same(&format, sent)) {
        held.findings.push(Finding::ResponseFormat { prompt: format, sent: sent.clone() });
    }
    model(prompt, call, &mut held);
    if held.findings.len() > MOST {
        let count = held.findings.len() - MOST;
        held.findings.truncate(MOST);
        held.findings.push(Finding::More { count });
    }
    held
}

/// The instructions that a prompt passes on to the Responses API among its parameters.
fn rules(ours: &mut Named, api: Api) -> Vec<Said> {
    match api {
        Api::Responses => read_items(ours.take_within("instructions"), None).unwrap_or_default(),
        Api::Chat => Vec::new(),
    }
}

fn messages(ours: &[Said], sent: &[Said], held: &mut Held) {
    let (steps, end) = aligned(ours, sent);
    let added =
        |at: usize, sent: &Said| Finding::Added { message: at + 1, role: sent.role.clone(), text: sent.shown() };
    for step in steps {
        match step {
            Step::Pair { ours: at, sent: other } => message(at + 1, &ours[at], &sent[other], &mut held.findings),
            Step::Missing { ours: at } => {
                let Said { role, .. } = &ours[at];
                held.findings.push(Finding::Missing { message: at + 1, role: role.clone(), text: ours[at].shown() });
            }
            Step::Added { sent: at } => held.findings.push(added(at, &sent[at])),
        }
    }
    for (at, sent) in sent.iter().enumerate().skip(end) {
        if is_turn(&sent.role) {
            held.apart.insert("conversation");
        } else {
            held.findings.push(added(at, sent));
        }
    }
}

/// Whether such a message may follow a prompt as a turn of the conversation. Rules may not: they are what a prompt is for.
fn is_turn(role: &str) -> bool {
    matches!(role, "user" | "assistant" | "tool" | "function")
}

/// One message of both.
fn message(message: usize, ours: &Said, sent: &Said, findings: &mut Vec<Finding>) {
    if !is_role(&ours.role, &sent.role) {
        findings.push(Finding::Role { message, prompt: ours.role.clone(), sent: sent.role.clone() });
    }
    if ours.text != sent.text {
        findings.push(Finding::Text { message, prompt: ours.text.clone(), sent: sent.text.clone() });
    }
    pictures(message, ours, sent, findings);
    let is_called =
        ours.calls.len() == sent.calls.len() && ours.calls.iter().zip(&sent.calls).all(|(a, b)| is_same(a, b));
    if !is_called {
        findings.push(Finding::ToolCalls { message, prompt: ours.calls.clone(), sent: sent.calls.clone() });
    }
    others(message, &ours.others, &sent.others, findings);
}

fn pictures(message: usize, ours: &Said, sent: &Said, findings: &mut Vec<Finding>) {
    let (prompt, other) = (&ours.pictures, &sent.pictures);
    let places = |pictures: &[Picture]| pictures.iter().map(|picture| picture.at).collect::<Vec<_>>();
    if prompt.len() != other.len() || prompt.iter().zip(other).any(|(a, b)| !a.is_as(b)) {
        let shown = |pictures: &[Picture]| pictures.iter().map(Picture::shown).collect();
        findings.push(Finding::Images { message, prompt: shown(prompt), sent: shown(other) });
    } else if ours.text == sent.text && places(prompt) != places(other) {
        findings.push(Finding::ImagePlaces { message, prompt: places(prompt), sent: places(other) });
    }
}

type Others = BTreeMap<String, Value>;

fn others(message: usize, ours: &Others, sent: &Others, findings: &mut Vec<Finding>) {
    let names: BTreeSet<&String> = ours.keys().chain(sent.keys()).collect();
    for name in names {
        match (ours.get(name), sent.get(name)) {
            (Some(ours), Some(sent)) if is_same(ours, sent) => {}
            (ours, sent) => findings.push(Finding::Field {
                message,
                name: name.clone(),
                prompt: ours.cloned(),
                sent: sent.cloned(),
            }),
        }
    }
}

fn tools(prompt: &Prompt, call: &Call, findings: &mut Vec<Finding>) {
    let Some(sent) = &call.tools else { return };
    let ours: Vec<Offered> = prompt.tools.iter().map(Offered::of).collect();
    let is_in_order = ours.iter().map(|tool| &tool.name).eq(sent.iter().map(|tool| &tool.name));
    if !is_in_order {
        let names = |tools: &[Offered]| tools.iter().map(|tool| tool.name.clone()).collect();
        findings.push(Finding::Tools { prompt: names(&ours), sent: names(sent) });
    }
    let by_name: BTreeMap<&str, &Offered> = sent.iter().rev().map(|tool| (tool.name.as_str(), tool)).collect();
    for (at, ours) in ours.into_iter().enumerate() {
        let sent = if is_in_order { sent.get(at) } else { by_name.get(ours.name.as_str()).copied() };
        if let Some(sent) = sent.filter(|sent| !is_same(&ours.value, &sent.value)) {
            findings.push(Finding::Tool { name: ours.name, prompt: ours.value, sent: sent.value.clone() });
        }
    }
}

/// A prompt that names no model leaves it to the application.
fn model(prompt: &Prompt, call: &Call, held: &mut Held) {
    match (&prompt.intended_model, &call.model) {
        (Some(ours), Some(sent)) if ours != sent => {
            held.findings.push(Finding::Model { prompt: ours.clone(), sent: sent.clone() });
        }
        (None, Some(_)) => drop(held.apart.insert("model")),
        (Some(_) | None, _) => {}
    }
}

#[cfg(test)]
mod tests;
