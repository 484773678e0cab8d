//! `carat run show RUN --why-miss ROW`: why a question was asked, and not answered from an earlier run.
//!
//! An answer is found by the digest of the question, the model's settings and the repeat. So the nearest question that was
//! asked before is looked for – the same row, prompt and model, by their names – and what differs is told.

use std::collections::BTreeSet;

use carat_core::diff::{AnswerDiff, JsonChange, answers};
use carat_core::event::{PlanOutline, Variant};
use carat_core::nearest::did_you_mean;
use carat_core::untrusted::one_line;
use carat_core::{Flaw, Outcome, RowId, RunId, Sample};
use carat_store::{Recorded, Store};
use serde_json::Value;

use crate::commands::diff;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::session::Session;

/// So many earlier runs are looked into.
const LOOKED_AT: usize = 50;
/// So much of a value is shown.
const VALUE: usize = 80;

pub(super) async fn show(session: &Session, reference: &str, row: &str) -> Result<Exit, Fault> {
    let store = session.store().await?;
    let run = store.find_run(reference).await?;
    let row = RowId::from(row);
    let plan = last_plan(&store, &run.id).await?;
    let mut found = store.recorded_of_row(&run.id, &row).await?;
    found.retain(|sample| !sample.superseded);
    if found.is_empty() {
        let all = store.recorded(&run.id).await?;
        let known: BTreeSet<&str> = all.iter().map(|sample| sample.row.as_str()).collect();
        return Err(Fault::mendable(format!("run {} has no row `{row}`{}", run.id, did_you_mean(row.as_str(), known))));
    }
    found.sort_by_key(|sample| (sample.variant, sample.trial));
    let mut text = String::new();
    for sample in &found {
        let Some(variant) = plan.variants.iter().find(|variant| variant.number == sample.variant) else { continue };
        let trial = if sample.trial > 0 { format!("  trial {}", sample.trial) } else { String::new() };
        text.push_str(&format!(
            "{}  {}{trial}\n",
            styled(STRONG, one_line(row.as_str(), 200)),
            styled(STRONG, &variant.label)
        ));
        let here = Here { run: &run.id, plan: &plan, variant, sample: store.sample_at(&run.id, sample.seq).await? };
        text.push_str(&here.told(&store).await?);
    }
    out::data(&text)?;
    Ok(Exit::Fine)
}

async fn last_plan(store: &Store, run: &RunId) -> Result<PlanOutline, Fault> {
    let plan = store.plans(run).await?.pop();
    plan.ok_or_else(|| Fault::mendable(format!("run {run} was killed before it began")))
}

/// The sample that was missed, and where it stands.
struct Here<'a> {
    run: &'a RunId,
    plan: &'a PlanOutline,
    variant: &'a Variant,
    sample: Sample,
}

/// What was asked before.
struct Before {
    run: RunId,
    plan: PlanOutline,
    variant: Variant,
    sample: Sample,
}

impl Here<'_> {
    async fn told(&self, store: &Store) -> Result<String, Fault> {
        if let Outcome::Completed { completion, .. } = &self.sample.outcome
            && let Some(origin) = &completion.origin
        {
            return Ok(format!("  it was no miss: the answer is from run {}, begun {}\n\n", origin.run, origin.since));
        }
        if self.sample.attempts == 0 {
            return Ok("  nobody was asked: nothing could be rendered\n\n".to_owned());
        }
        if self.plan.sharing.is_apart() {
            return Ok("  the run was told to take no answer from others (--no-cache)\n\n".to_owned());
        }
        match self.nearest(store).await? {
            None => {
                let (prompt, model) = (&self.variant.prompt.name, &self.variant.model.name);
                Ok(format!("  no earlier run asked `{model}` about this row with `{prompt}`\n\n"))
            }
            Some(before) => {
                let since = styled(FAINT, format!("({} in run {})", before.variant.label, before.run));
                Ok(format!("  the nearest question that was asked before {since}\n{}\n", self.differences(&before)))
            }
        }
    }

    /// The newest question about this row, with this prompt and this model by their names, that was asked before; the one of
    /// the same repeat first.
    async fn nearest(&self, store: &Store) -> Result<Option<Before>, Fault> {
        let runs = store.runs().await?;
        let earlier = runs.iter().skip_while(|run| run.id != *self.run).skip(1).take(LOOKED_AT);
        for run in earlier {
            let mut recorded = store.recorded_of_row(&run.id, &self.sample.case.row).await?;
            let Some(plan) = store.plans(&run.id).await?.pop() else { continue };
            recorded.sort_by_key(|sample| (sample.trial != self.sample.case.trial, sample.superseded));
            let alike = |sample: &Recorded| {
                let variant = plan.variants.iter().find(|variant| variant.number == sample.variant)?;
                let same =
                    variant.prompt.name == self.variant.prompt.name && variant.model.name == self.variant.model.name;
                same.then(|| (sample.seq, variant.clone()))
            };
            if let Some((seq, variant)) = recorded.iter().find_map(alike) {
                let sample = store.sample_at(&run.id, seq).await?;
                return Ok(Some(Before { run: run.id.clone(), plan, variant, sample }));
            }
        }
        Ok(None)
    }

    fn differences(&self, before: &Before) -> String {
        let mut text = String::new();
        let mut tell = |line: &str| text.push_str(&format!("  {line}\n"));
        if self.variant.model.digest != before.variant.model.digest {
            tell("the model's settings differ: provider, address, API or the provider's name of the model");
        }
        if self.variant.route != before.variant.route {
            tell(
                "headers or the organisation of the model's settings differ, by which a gateway may choose who answers",
            );
        }
        if self.sample.case.trial != before.sample.case.trial {
            tell(&format!("it is repeat {}, and that was repeat {}", self.sample.case.trial, before.sample.case.trial));
        }
        if let Some(why) = unusable(before) {
            tell(&why);
        }
        let questions = (asked(&before.sample), asked(&self.sample));
        if self.sample.request_digest != before.sample.request_digest
            && let (Some(left), Some(right)) = questions
        {
            text.push_str(&changes(&left, &right));
        }
        if text.is_empty() {
            text.push_str("  it is the very same question: the run was told to ask again (--refresh), or that answer was too old (--cache-age)\n");
        }
        text
    }
}

/// Why what was asked before gave no answer that others may use.
fn unusable(before: &Before) -> Option<String> {
    let why = match &before.sample.outcome {
        Outcome::Completed { completion, .. } if completion.flaw() == Some(Flaw::Filtered) => {
            "a filter stopped that answer"
        }
        Outcome::Completed { .. } if before.plan.sharing.is_apart() => {
            "that run kept its answers to itself (--no-cache)"
        }
        Outcome::Completed { .. } => return None,
        Outcome::Unanswered { .. } => "there was no answer then",
        Outcome::Unrendered { .. } => "nothing could be rendered then",
    };
    Some(why.to_owned())
}

/// The question as a JSON text.
fn asked(sample: &Sample) -> Option<String> {
    let request = sample.transcript.as_ref()?.request.as_ref()?;
    serde_json::to_string(&**request).ok()
}

/// Which parts of the question changed: texts word by word, the rest place by place.
fn changes(left: &str, right: &str) -> String {
    let AnswerDiff::Json(difference) = answers(left, right) else { return String::new() };
    let mut text = String::new();
    for change in &difference.changes {
        let path = one_line(change.path.trim_start_matches("$."), VALUE);
        match change {
            JsonChange { left: Some(Value::String(left)), right: Some(Value::String(right)), .. } => {
                text.push_str(&format!("  {path} changed:\n{}", diff::answers::told(Ok(left), Ok(right))));
            }
            JsonChange { left, right, .. } => {
                let value = |value: &Option<Value>| {
                    value.as_ref().map_or_else(|| "nothing".to_owned(), |value| one_line(&value.to_string(), VALUE))
                };
                text.push_str(&format!("  {path}: {} → {}\n", value(left), value(right)));
            }
        }
    }
    if difference.more > 0 {
        text.push_str(&format!("  and {} more places\n", difference.more));
    }
    text
}
