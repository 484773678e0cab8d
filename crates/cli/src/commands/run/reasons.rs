//! Why cases have no answer, or no score: one example of each kind of failure.

use std::collections::BTreeMap;

use carat_core::fold::Progress;
use carat_core::untrusted::one_line;
use carat_core::{Event, EventKind, Outcome};

use crate::out::{BAD, styled};

/// How much of a reason is shown.
const SHOWN: usize = 400;

/// The first reason of each kind of failure, by variant: the fold of a run's events. Its size does not grow with the rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reasons(BTreeMap<(&'static str, u32), String>);

impl Reasons {
    /// Takes the next event.
    pub(crate) fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::CaseFinished { sample } => {
                let (kind, why) = match &sample.outcome {
                    Outcome::Completed { unscored, .. } => match unscored.first() {
                        Some((scorer, why)) => ("unscored", format!("{scorer}: {}", why.detail)),
                        None => return,
                    },
                    Outcome::Unrendered { message } => ("unrendered", message.clone()),
                    Outcome::Unanswered { error } => (error.kind.as_str(), error.message.clone()),
                };
                self.0.entry((kind, sample.case.variant)).or_insert(why);
            }
            EventKind::RunResumed { plan, .. } => {
                self.0.retain(|(_, number), _| plan.variants.iter().any(|variant| variant.number == *number));
            }
            EventKind::RunStarted { .. }
            | EventKind::AttemptFailed { .. }
            | EventKind::CaseAnswered { .. }
            | EventKind::JudgeAnswered { .. }
            | EventKind::LimitChanged { .. }
            | EventKind::ModelGivenUp { .. }
            | EventKind::RunFinished { .. } => {}
        }
    }

    /// The reasons, one a line; each once, and none that is told of a model that was given up.
    pub(crate) fn told(&self, progress: &Progress) -> String {
        let mut told: Vec<&str> = progress.given_up.iter().map(|(_, error)| error.message.as_str()).collect();
        let mut text = String::new();
        for ((kind, _), why) in &self.0 {
            if !told.contains(&why.as_str()) {
                told.push(why);
                text.push_str(&format!("\n{} {kind}: {}\n", styled(BAD, "✗"), one_line(why, SHOWN)));
            }
        }
        text
    }
}
