//! `carat eval --dry-run`: the plan, its calls and tokens, and nothing else.

use carat_core::Rows as _;
use carat_core::prompt::InputMapping;
use carat_models::tokens;
use carat_registry::load_image;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::session::Session;
use crate::table::Table;

use super::ingredients::Selected;

/// So many rows are rendered for the estimate of tokens.
const RENDERED: usize = 200;

/// Prints the plan. Nothing is called, recorded or numbered.
pub(super) fn show(selected: &Selected, session: &Session) -> Result<Exit, Fault> {
    let spec = &selected.eval.spec;
    let rows = selected.survey.rows;
    let calls = rows * u64::from(spec.trials);
    let mut table = Table::new(["prompt", "model", ">calls", ">input tokens, about"]);
    for prompt in &selected.prompts {
        for model in &spec.models {
            let settings = session.project.model(model)?;
            let provider_name = settings.model.as_deref().unwrap_or(model);
            let mean = mean_tokens(selected, session, prompt, provider_name)?;
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
        selected.dataset,
        selected.prompts.len(),
        spec.models.len(),
        spec.trials,
        calls * (selected.prompts.len() * spec.models.len()) as u64,
        table.fitted(),
    ))?;
    Ok(Exit::Fine)
}

/// The mean number of tokens of a request, over the first rows.
fn mean_tokens(
    selected: &Selected,
    session: &Session,
    on_disk: &carat_registry::PromptOnDisk,
    model: &str,
) -> Result<f64, Fault> {
    let mapping = InputMapping::new(&selected.eval.spec.inputs).map_err(Fault::mendable)?;
    let prompt = &on_disk.prompt;
    let images = |path: &str| load_image(session.project.root(), &on_disk.folder, path);
    let (mut rendered, mut sum) = (0_u64, 0_u64);
    for row in selected.rows.open()?.take(RENDERED) {
        let row = row?;
        let input = mapping.apply(&row).map_err(Fault::mendable)?;
        let messages = prompt.render(&input, &row.messages, &images)?;
        let request = carat_core::Request {
            messages,
            tools: prompt.tools.clone(),
            response_format: prompt.response_format.clone(),
            parameters: prompt.parameters.clone(),
        };
        sum += tokens::count_request(model, &request).tokens;
        rendered += 1;
    }
    Ok(sum as f64 / rendered.max(1) as f64)
}
