//! `carat eval --dry-run`: the plan, its calls, tokens and gates, and nothing else.
//!
//! All that a run checks before its first call is checked by the run itself, which ends there. What is only shown is here.

use carat_core::Rows as _;
use carat_core::event::PlanOutline;
use carat_core::prompt::InputMapping;
use carat_core::spec::GateSpec;
use carat_core::untrusted::visible;
use carat_eval::gates;
use carat_models::tokens;
use carat_registry::FoundPrompt;

use crate::fault::Fault;
use crate::out::{self, STRONG, styled};
use crate::table::Table;

use super::ingredients::Selected;

/// So many rows are rendered for the estimate of tokens.
const RENDERED: usize = 200;

/// Prints the plan, which needs neither keys nor the store. Nothing is called, recorded or numbered.
pub(super) fn show(selected: &Selected) -> Result<(), Fault> {
    let spec = &selected.eval.spec;
    let rows = selected.survey.rows;
    let calls = rows * u64::from(spec.trials);
    let mut table = Table::new(["prompt", "model", ">calls", ">input tokens, about"]);
    for prompt in &selected.prompts {
        for model in &spec.models {
            let found = selected.models.answering(model)?;
            let provider_name = found.spec.model.as_deref().unwrap_or(&found.name);
            let mean = mean_tokens(selected, prompt, provider_name)?;
            let tokens = (mean * calls as f64).round();
            table.row(vec![
                prompt.prompt.name.as_str().into(),
                model.as_str().into(),
                calls.to_string().into(),
                format!("{tokens}").into(),
            ]);
        }
    }
    out::data(&format!(
        "{}: {rows} rows of {} × {} prompts × {} models × {} trials = {} calls\n\n{}",
        selected.eval.name,
        selected.dataset.name,
        selected.prompts.len(),
        spec.models.len(),
        spec.trials,
        calls * (selected.prompts.len() * spec.models.len()) as u64,
        table.fitted(),
    ))
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

/// The mean number of tokens of a request, over the first rows. A row that the prompt cannot be rendered for is a failure of
/// the run that costs nothing.
fn mean_tokens(selected: &Selected, found: &FoundPrompt, model: &str) -> Result<f64, Fault> {
    let mapping = InputMapping::new(&selected.eval.spec.inputs).map_err(Fault::mendable)?;
    let prompt = &found.prompt;
    let images = |path: &str| found.image(path);
    let (mut rows, mut sum) = (0_u64, 0_u64);
    for row in selected.rows.open()?.take(RENDERED) {
        let row = row?;
        rows += 1;
        let Ok(input) = mapping.apply(&row) else { continue };
        let Ok(messages) = prompt.render(&input, &row.messages, &images) else { continue };
        let request = carat_core::Request {
            messages,
            tools: prompt.tools.clone(),
            response_format: prompt.response_format.clone(),
            parameters: prompt.parameters.clone(),
        };
        sum += tokens::count_request(model, &request).tokens;
    }
    Ok(sum as f64 / rows.max(1) as f64)
}
