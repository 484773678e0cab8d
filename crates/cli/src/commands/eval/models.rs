//! The models of an eval, with their keys and recorded answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use carat_core::event::Numbered;
use carat_core::spec::{ModelSpec, Provider, ScorerSpec};
use carat_core::untrusted::one_line;
use carat_core::version::Kind;
use carat_core::{EventKind, Outcome, Rows as _};
use carat_eval::plan::PlannedModel;
use carat_models::{AnswerSource, FieldOfRow, Recorded, Surroundings, Table, build};

use carat_registry::{Catalogue, CatalogueError, FoundModel, PROJECT_FILE, Priced, Prices};
use carat_store::{Detail, Store};

use crate::commands::model::price::today;
use crate::fault::Fault;
use crate::out::{ODD, styled};
use crate::session::Session;

use super::one_variant::one_variant;
use super::versions::{Pins, Versions};

/// The models that an eval names, by what it calls them.
#[derive(Debug, Default)]
pub(super) struct Models {
    answering: BTreeMap<String, FoundModel>,
    /// What judges are is asked for scorer by scorer, and a scorer's name stands in what is said of a judge that is not there.
    judging: BTreeMap<String, Result<FoundModel, String>>,
}

impl Models {
    /// Finds a model that answers. A table of prices that is not as it should be is told here, before anything is made.
    pub(super) async fn find(
        &mut self,
        reference: &str,
        catalogue: &Catalogue,
        (pinned, pins): (&Pins, &mut Pins),
    ) -> Result<(), CatalogueError> {
        let found = catalogue.model(pinned.pinned(Kind::Model, reference)).await?;
        Prices::of(&catalogue.project)?;
        pins.pin(Kind::Model, reference, found.version.as_ref());
        self.answering.insert(reference.to_owned(), found);
        Ok(())
    }

    /// Finds the models that scorers ask.
    pub(super) async fn find_judges(
        &mut self,
        scorers: &[ScorerSpec],
        catalogue: &Catalogue,
        (pinned, pins): (&Pins, &mut Pins),
    ) {
        for name in scorers.iter().flat_map(ScorerSpec::asks) {
            let found = catalogue.model(pinned.pinned(Kind::Model, name)).await.map_err(|error| error.to_string());
            if let Ok(found) = &found {
                pins.pin(Kind::Model, name, found.version.as_ref());
            }
            self.judging.insert(name.to_owned(), found);
        }
    }

    /// A model that answers.
    pub(super) fn answering(&self, reference: &str) -> Result<&FoundModel, Fault> {
        self.answering.get(reference).ok_or_else(|| Fault::bug(format!("the model `{reference}` was not looked for")))
    }

    /// A model that a scorer asks, or why it cannot be had.
    pub(super) fn judging(&self, reference: &str) -> Result<&FoundModel, String> {
        match self.judging.get(reference) {
            Some(found) => found.as_ref().map_err(String::clone),
            None => Err(format!("the model `{reference}` was not looked for")),
        }
    }

    /// Gives the models that answer the numbers of their versions. A version's settings must still make the model that it was.
    pub(super) async fn number(
        &self,
        planned: &mut [PlannedModel],
        references: &[String],
        versions: &Versions<'_>,
    ) -> Result<(), Fault> {
        for (planned, reference) in planned.iter_mut().zip(references) {
            let found = self.answering(reference)?;
            let digest = planned.spec.settings_digest(planned.model.id().digest);
            if let Some(version) = found.version.as_ref().filter(|version| version.digest != digest) {
                return Err(Fault::mendable(format!(
                    "the model {version} cannot be had as it was: the recorded answers that its settings name have \
                     changed since; use `{}`, the model as it is now",
                    found.name
                )));
            }
            planned.settings = Some(Numbered { version: versions.of_model(found, digest).await?, digest });
            planned.is_pinned = found.version.is_some();
        }
        Ok(())
    }
}

/// Builds models, with their keys and answers, and what they cost today: as their settings say, else as a table does. Such a
/// price becomes a part of the run's record, and not of the model's version.
pub(super) async fn build_models(
    found: &[&FoundModel],
    session: &Session,
    store: &Store,
) -> Result<Vec<PlannedModel>, Fault> {
    let (prices, today) = (Prices::of(&session.project)?, today());
    let mut models = Vec::with_capacity(found.len());
    for FoundModel { name, spec, .. } in found {
        let recorded = match spec.provider {
            Provider::Recorded => Some(answers(name, spec, session, store).await?),
            Provider::Openai
            | Provider::Azure
            | Provider::Anthropic
            | Provider::Oip
            | Provider::Baseline
            | Provider::Command => None,
        };
        let surroundings =
            Surroundings { env: &|variable| std::env::var(variable).ok(), folder: session.project.root(), recorded };
        let model = build(name, spec, &surroundings)?;
        let priced = prices.of_model(name, spec, today)?;
        if let Priced::Gap(gap) = &priced {
            let what = format!("what {name} costs is not known: {gap}");
            session.talk(&format!("{} {}", styled(ODD, "warning:"), one_line(&what, 300)));
        }
        let spec = ModelSpec { price: priced.price(), ..spec.clone() };
        models.push(PlannedModel { model, spec, settings: None, is_pinned: false });
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
    let number = one_variant(run, label, &variants)?;
    let wanted = pairs.into_iter().filter(|(variant, ..)| *variant == number);
    Ok(wanted.map(|(_, row, answer)| (row, answer)).collect())
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
