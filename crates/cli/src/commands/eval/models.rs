//! The models of an eval, with their keys and recorded answers.

use std::sync::Arc;

use carat_core::spec::{ModelSpec, Provider};
use carat_core::{EventKind, Outcome, Rows as _};
use carat_eval::plan::PlannedModel;
use carat_models::{AnswerSource, FieldOfRow, Recorded, Surroundings, Table, build};
use carat_registry::PROJECT_FILE;
use carat_store::{Detail, Store};

use crate::fault::Fault;
use crate::session::Session;

/// Builds the models by their names.
pub(super) async fn build_models(
    names: &[String],
    session: &Session,
    store: &Store,
) -> Result<Vec<PlannedModel>, Fault> {
    let mut models = Vec::with_capacity(names.len());
    for name in names {
        let spec = session.project.model(name)?.clone();
        let recorded = match spec.provider {
            Provider::Recorded => Some(answers(name, &spec, session, store).await?),
            Provider::Openai | Provider::Baseline | Provider::Command => None,
        };
        let surroundings =
            Surroundings { env: &|variable| std::env::var(variable).ok(), folder: session.project.root(), recorded };
        models.push(PlannedModel { model: build(name, &spec, &surroundings)?, spec });
    }
    Ok(models)
}

/// Where a recorded model's answers are: a field of the row, an earlier run, or a file.
async fn answers(
    name: &str,
    spec: &ModelSpec,
    session: &Session,
    store: &Store,
) -> Result<Arc<dyn AnswerSource>, Fault> {
    let wrong = |why: String| Fault::mendable(format!("{PROJECT_FILE}: models.{name}: {why}"));
    let column = spec.column.as_deref();
    match spec.from.as_deref() {
        None => {
            let field = column.ok_or_else(|| wrong("a recorded model needs `from`, or `column`".to_owned()))?;
            Ok(Arc::new(FieldOfRow::parse(field).map_err(wrong)?))
        }
        Some(from) => {
            let pairs = match from.strip_prefix("run:") {
                Some(run) => of_run(run, store).await,
                None => of_file(from, column.unwrap_or("output"), session),
            };
            let pairs = pairs.map_err(|fault| Fault { exit: fault.exit, ..wrong(fault.message) })?;
            Ok(Arc::new(Table::new(pairs).map_err(|twice| wrong(format!("{from}: {twice}")))?))
        }
    }
}

type Pairs = Vec<(carat_core::RowId, Recorded)>;

/// The first answers of a run, or of one of its variants: `RUN`, `RUN:VARIANT`.
async fn of_run(reference: &str, store: &Store) -> Result<Pairs, Fault> {
    if reference.starts_with('@') {
        let why = "`from: run:@last` would mean another run each time; name the run by its id or its name";
        return Err(Fault::mendable(why));
    }
    let (run, label) = reference.split_once(':').map_or((reference, None), |(run, label)| (run, Some(label)));
    let record = store.find_run(run).await?;
    let mut replay = store.replay(&record.id, Detail::Verdicts).await?;
    let mut variants = Vec::new();
    let mut pairs = Vec::new();
    while let Some(event) = replay.next().await? {
        match event.kind {
            EventKind::RunStarted { plan, .. } | EventKind::RunResumed { plan, .. } => variants = plan.variants,
            EventKind::CaseFinished { sample } if sample.case.trial == 0 => {
                if let Outcome::Completed { completion, .. } = sample.outcome {
                    pairs.push((sample.case.variant, sample.case.row, Recorded::text(completion.text)));
                }
            }
            _ => {}
        }
    }
    let number = match (label, variants.as_slice()) {
        (None, [only]) => only.number,
        (None, _) => {
            return Err(Fault::mendable(format!("run {run} has several variants; name one: {}", labels(&variants))));
        }
        (Some(label), _) => match variants.iter().find(|variant| variant.label == label) {
            Some(variant) => variant.number,
            None => {
                return Err(Fault::mendable(format!(
                    "run {run} has no variant `{label}`; it has {}",
                    labels(&variants)
                )));
            }
        },
    };
    let wanted = pairs.into_iter().filter(|(variant, ..)| *variant == number);
    Ok(wanted.map(|(_, row, answer)| (row, answer)).collect())
}

fn labels(variants: &[carat_core::event::Variant]) -> String {
    variants.iter().map(|variant| format!("`{}`", variant.label)).collect::<Vec<_>>().join(", ")
}

/// The answers of a file of rows: `{"id": …, "output": …}`, a line each.
fn of_file(file: &str, column: &str, session: &Session) -> Result<Pairs, Fault> {
    let (_, dataset) = session.project.dataset(file)?;
    let mut pairs = Vec::new();
    for row in dataset.open()? {
        let row = row?;
        match row.input.get(column) {
            None | Some(serde_json::Value::Null) => {}
            Some(serde_json::Value::String(text)) => pairs.push((row.id, Recorded::text(text.as_str()))),
            Some(other) => pairs.push((row.id, Recorded::text(other.to_string()))),
        }
    }
    if pairs.is_empty() {
        return Err(Fault::mendable(format!(
            "{file}: no row has an answer in `{column}`; name the field with `column`"
        )));
    }
    Ok(pairs)
}
