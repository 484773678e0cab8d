//! `carat eval --dry-run`: the plan, its calls, tokens, cost and gates, and nothing else.
//!
//! All that a run checks before its first call is checked by the run itself, which ends there. What is only shown is here.

mod asked;
mod estimate;
mod line;
mod past;
mod told;

use std::collections::BTreeSet;

use carat_core::RunId;
use carat_core::event::PlanOutline;
use carat_core::spec::{GateSpec, ScorerSpec};
use carat_core::untrusted::visible;
use carat_eval::gates;
use carat_models::model_id;
use carat_registry::Prices;
use carat_store::{Answers, Store};

use crate::commands::model::price::today;
use crate::fault::Fault;
use crate::out::{self, STRONG, styled};
use crate::session::Session;

use super::ingredients::Selected;
use super::{Args, cache};
use asked::{Before, RowSample};
use line::{Basis, Line};
use told::Around;

/// Prints the plan and what it is going to take, which needs no keys: answers are taken to be as long as those of earlier
/// runs, where the store has any. Nothing is called, recorded or numbered.
pub(super) async fn show(args: &Args, selected: &Selected, session: &Session, store: &Store) -> Result<(), Fault> {
    let spec = &selected.eval.spec;
    let rows = selected.survey.rows;
    let prices = Prices::of(&session.project)?;
    let sample = RowSample::of(selected)?;
    let sharing = args.sharing(None, &session.project.spec)?;
    // The run that may come of it has no answers yet.
    let scope = cache::scope(&sharing, &RunId::from(""), &session.project.spec);
    let before = scope.only.is_none().then(|| Answers::of(store.clone(), scope));
    let lines = lines(selected, (&prices, &sample), (store, before.as_ref())).await?;
    let judges: BTreeSet<&str> = spec.scorers.iter().flat_map(ScorerSpec::asks).collect();
    let judges = judges.into_iter().map(str::to_owned).collect();
    let around = Around { rendered: sample.len(), rows, judges };
    out::data(&format!(
        "{}: {rows} rows of {} × {} prompts × {} models × {} trials = {} calls\n\n{}{}",
        selected.eval.name,
        selected.dataset.name,
        selected.prompts.len(),
        spec.models.len(),
        spec.trials,
        lines.iter().map(|line| line.calls).sum::<u64>(),
        told::table(&lines).fitted(),
        told::estimate(&lines, &around),
    ))
}

/// A line for each prompt on each model.
async fn lines<'a>(
    selected: &'a Selected,
    (prices, sample): (&'a Prices, &RowSample),
    (store, answers): (&Store, Option<&Answers>),
) -> Result<Vec<Line<'a>>, Fault> {
    let spec = &selected.eval.spec;
    let mut pairs = Vec::new();
    for prompt in &selected.prompts {
        for model in &spec.models {
            pairs.push((prompt, model, selected.models.answering(model)?));
        }
    }
    let names = pairs.iter().map(|(prompt, _, found)| (prompt.prompt.name.clone(), found.name.clone()));
    let mut past = past::answers(store, names).await?;
    let mut lines = Vec::new();
    for (prompt, model, found) in pairs {
        let provider_name = found.spec.model.as_deref().unwrap_or(&found.name);
        // What answers on this machine is asked each time.
        let id = found.spec.provider.is_served().then(|| model_id(&found.name, &found.spec, None).ok()).flatten();
        let before =
            answers.zip(id).map(|(answers, id)| Before { answers, model: id.digest, route: found.spec.route() });
        let parameters = line::parameters(found, prompt, spec);
        let asked = sample.ask(selected, (prompt, provider_name), &parameters, before.as_ref()).await?;
        let answers = past.get_mut(&(prompt.prompt.name.clone(), found.name.clone())).map(std::mem::take);
        let basis = Basis::of(answers.unwrap_or_default(), found, prompt, spec);
        let priced = prices.of_model(&found.name, &found.spec, today())?;
        lines.push(Line::new((&prompt.prompt.name, model), &asked, basis, priced));
    }
    Ok(lines)
}

/// The gates that the run will be held against, a line each: what a missed one does, and the gate as it is written on a
/// command line.
pub(super) fn gates_of(plan: &PlanOutline) -> String {
    if plan.gates.is_empty() {
        return String::new();
    }
    let line = |gate: &GateSpec| format!("{:5}  {}\n", gate.mode.as_str(), visible(&gates::written(gate)));
    format!("\n{}\n{}", styled(STRONG, "gates"), plan.gates.iter().map(line).collect::<String>())
}
