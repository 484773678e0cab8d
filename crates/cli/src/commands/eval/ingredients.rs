//! What an eval is made of, read and checked before anything is paid for.

use std::sync::Arc;

use carat_core::Rows as _;
use carat_core::event::{DatasetId, Made, Numbered, Variant};
use carat_core::prompt::InputMapping;
use carat_core::spec::Overrides;
use carat_core::version::Kind;
use carat_eval::plan::{Ingredients, PlannedModel, PlannedPrompt};
use carat_eval::{Plan, gates};
use carat_registry::dataset::{Selected as SelectedRows, Selection, Survey, survey};
use carat_registry::{Catalogue, CatalogueError, EvalOnDisk, FoundDataset, FoundEval, FoundPrompt, ProjectError};
use carat_store::Store;

use crate::fault::Fault;
use crate::session::Session;

use super::Args;
use super::graders;
use super::jury::Assembled;
use super::models::{Models, build_models};
use super::versions::{Pins, Versions};

/// So many rows are put into each prompt before the run begins.
const PROBED: usize = 5;

/// A spec with all that it names, found and read.
pub(super) struct Selected {
    /// The eval as it is going to be run.
    pub(super) eval: EvalOnDisk,
    /// The eval as it was found.
    found: FoundEval,
    pub(super) overrides: Overrides,
    pub(super) prompts: Vec<Arc<FoundPrompt>>,
    pub(super) models: Models,
    pub(super) dataset: FoundDataset,
    /// What the eval takes of it.
    pub(super) survey: Survey,
    pub(super) rows: Arc<SelectedRows>,
    /// What answers are measured with.
    pub(super) jury: Assembled,
    /// What the run is compared with, as a person named it.
    baseline: Option<String>,
    /// What references that move mean.
    pins: Pins,
}

impl Selected {
    /// Reads everything but the models, which may need keys. References that were `pinned` before mean what they meant then.
    pub(super) async fn select(
        session: &Session,
        catalogue: &Catalogue,
        reference: &str,
        overrides: Overrides,
        baseline: Option<String>,
        pinned: &Pins,
    ) -> Result<Self, Fault> {
        let mut pins = Pins::default();
        let found = catalogue.eval(reference).await?;
        let mut eval = found.eval.clone();
        graders::read(&mut eval)?;
        eval.spec = eval.spec.with(&overrides);
        if overrides.is_first {
            leave_out_gates(&mut eval, session);
        }
        let unknown = |error, flags: &[String]| if flags.is_empty() { named_by(&eval, error) } else { error.into() };
        let mut models = Models::default();
        for model in &eval.spec.models {
            let answering = models.find(model, catalogue, (pinned, &mut pins)).await;
            answering.map_err(|error| unknown(error, &overrides.models))?;
        }
        models.find_judges(&eval.spec.scorers, catalogue, (pinned, &mut pins)).await;
        let mut prompts = Vec::with_capacity(eval.spec.prompts.len());
        for prompt in &eval.spec.prompts {
            let found = catalogue.prompt(pinned.pinned(Kind::Prompt, prompt)).await;
            let found = found.map_err(|error| unknown(error, &overrides.prompts))?;
            pins.pin(Kind::Prompt, prompt, found.version.as_ref());
            prompts.push(Arc::new(found));
        }
        warn_of(&prompts, session);
        let jury = Assembled::of(&eval.spec.scorers, &eval.file, baseline.as_deref(), &models, session).await?;
        let dataset = catalogue.dataset(pinned.pinned(Kind::Dataset, &eval.spec.dataset)).await;
        let dataset = dataset.map_err(|error| named_by(&eval, error))?;
        pins.pin(Kind::Dataset, &eval.spec.dataset, dataset.version.as_ref());
        let (survey, rows) = select_rows(&eval, &overrides, &dataset)?;
        let mapping = InputMapping::new(&eval.spec.inputs);
        let mapping = mapping.map_err(|why| Fault::mendable(format!("{}: {why}", eval.file)))?;
        for prompt in &prompts {
            refuse_unrenderable(prompt, (&mapping, &eval.file), &rows)?;
        }
        Ok(Self { eval, found, overrides, prompts, models, dataset, survey, rows, jury, baseline, pins })
    }

    /// Whether the command line asks for a part of the rows that the spec takes.
    pub(super) fn is_part(&self) -> bool {
        self.overrides.limit.is_some() || !self.overrides.only.is_empty() || !self.overrides.tags.is_empty()
    }

    /// The models that answer and those that judge, with their keys.
    pub(super) async fn build(
        &self,
        session: &Session,
        store: &Store,
    ) -> Result<(Vec<PlannedModel>, Vec<PlannedModel>), Fault> {
        let found =
            self.eval.spec.models.iter().map(|name| self.models.answering(name)).collect::<Result<Vec<_>, _>>()?;
        let answering = build_models(&found, session, store).await?;
        Ok((answering, self.jury.judges(&self.models, session, store).await?))
    }

    /// Puts the plan together and checks its gates. What has no version yet gets its number; a dry run leaves no trace.
    pub(super) async fn plan(
        self,
        args: &Args,
        catalogue: &Catalogue,
        mut models: Vec<PlannedModel>,
        judges: Vec<PlannedModel>,
        known: &[Variant],
    ) -> Result<Plan, Fault> {
        let versions = Versions { catalogue, are_given: !args.dry_run };
        let mut prompts = Vec::with_capacity(self.prompts.len());
        for found in &self.prompts {
            let version = versions.of_prompt(found).await?;
            prompts.push(Arc::new(planned(Arc::clone(found), version)));
        }
        self.models.number(&mut models, &self.eval.spec.models, &versions).await?;
        let version = Some(versions.of_dataset(&self.dataset, self.is_part()).await?);
        let version_of_spec = versions.of_eval(&self.found).await?;
        let spec_version = Some(Numbered { version: version_of_spec, digest: self.found.eval.digest() });
        let (digest, rows) = (self.survey.digest, self.survey.rows);
        let dataset = DatasetId { name: self.dataset.name, version, digest, whole: Some(self.dataset.digest), rows };
        let ingredients = Ingredients {
            eval: self.eval.name,
            spec_file: self.eval.file.clone(),
            spec_version,
            made: Some(made(catalogue)),
            pinned: self.pins.0,
            overrides: self.overrides,
            name: args.name.clone(),
            note: args.note.clone(),
            spec: &self.eval.spec,
            prompts,
            models,
            dataset,
            rows: self.rows,
            jury: self.jury.jury,
            scorer_digest: &|scorer| self.jury.digests.get(&scorer.name).copied(),
            judges,
            baseline: self.baseline,
            concurrency: args.concurrency.map(usize::from),
            known,
        };
        let plan = Plan::new(ingredients).map_err(|why| Fault::mendable(format!("{}: {why}", self.eval.file)))?;
        gates::check(&plan.outline).map_err(|why| Fault::mendable(format!("{}: {why}", self.eval.file)))?;
        Ok(plan)
    }
}

/// Who runs it, from which state of the project.
pub(super) fn made(catalogue: &Catalogue) -> Made {
    let tool = env!("CARGO_PKG_VERSION").to_owned();
    Made { by: catalogue.by.clone(), commit: catalogue.commit.clone(), tool }
}

/// A run that is to become the first baseline is not held against one, and says so.
fn leave_out_gates(eval: &mut EvalOnDisk, session: &Session) {
    let left_out = eval.spec.gates.iter().filter(|gate| gates::is_against_baseline(gate)).count();
    if left_out > 0 {
        eval.spec.gates = gates::without_baseline(&eval.spec.gates);
        let gates = if left_out == 1 { "1 gate".to_owned() } else { format!("{left_out} gates") };
        session.talk(&format!("there is no baseline yet: {gates} against it left out"));
    }
}

fn warn_of(prompts: &[Arc<FoundPrompt>], session: &Session) {
    for prompt in prompts {
        for finding in &prompt.prompt.warnings {
            let warning = crate::out::styled(crate::out::ODD, "warning:");
            session.talk(&format!("{warning} {}: {}", prompt.prompt.file, finding.message));
        }
    }
}

/// A name that leads nowhere, with the file that it stands in.
fn named_by(eval: &EvalOnDisk, error: CatalogueError) -> Fault {
    use CatalogueError as E;
    match error {
        E::Project(ProjectError::Data(error)) if error.line.is_none() && error.file == eval.spec.dataset => {
            Fault::mendable(format!("{}: dataset {error}", eval.file))
        }
        E::Project(ProjectError::Unknown { .. })
        | E::Malformed(_)
        | E::Ambiguous(_)
        | E::Working { .. }
        | E::NoSuchVersion { .. }
        | E::NotSaved { .. }
        | E::Unknown { .. }
        | E::NoFile { .. }
        | E::NotKept { .. } => Fault::mendable(format!("{}: {error}", eval.file)),
        other => other.into(),
    }
}

/// A prompt that none of the first rows can be put into is a mistake, and told before anything is paid for. A row that
/// cannot be put into it while others can is a result of the run.
fn refuse_unrenderable(
    found: &FoundPrompt,
    (mapping, spec_file): (&InputMapping, &str),
    rows: &SelectedRows,
) -> Result<(), Fault> {
    let images = |path: &str| found.image(path);
    let unmapped = |why| Fault::mendable(format!("{spec_file}: {why}"));
    let mut first = None;
    for row in rows.open()?.take(PROBED) {
        let row = row?;
        let rendered = mapping.apply(&row).map_err(unmapped).and_then(|input| {
            found.prompt.render(&input, &row.messages, &images)?;
            Ok(())
        });
        match rendered {
            Ok(()) => return Ok(()),
            Err(fault) => drop(first.get_or_insert(fault)),
        }
    }
    first.map_or(Ok(()), Err)
}

fn planned(found: Arc<FoundPrompt>, version: u32) -> PlannedPrompt {
    let prompt = Arc::clone(&found.prompt);
    PlannedPrompt { prompt, version: Some(version), images: Box::new(move |path| found.image(path)) }
}

/// The rows that the eval takes.
fn select_rows(
    eval: &EvalOnDisk,
    overrides: &Overrides,
    dataset: &FoundDataset,
) -> Result<(Survey, Arc<SelectedRows>), Fault> {
    let selection = Selection {
        split: eval.spec.split.clone(),
        tags: eval.spec.tags.clone(),
        only: overrides.only.clone(),
        limit: overrides.limit,
    };
    let everything = selection == Selection::default();
    let rows = selection.clone().of(Arc::clone(&dataset.rows)).map_err(Fault::mendable)?;
    let selected = if everything { dataset.survey.clone() } else { survey(&rows)? };
    if selected.rows == 0 {
        return Err(nothing(&selection, &dataset.survey, dataset.rows.shown()));
    }
    Ok((selected, Arc::new(rows)))
}

/// Why no row is left.
fn nothing(selection: &Selection, whole: &Survey, shown: &str) -> Fault {
    if whole.rows == 0 {
        return Fault::nothing(format!("{shown} has no rows; there is nothing to run"));
    }
    if selection.limit == Some(0) {
        return Fault::nothing("--limit 0 leaves no row; there is nothing to run");
    }
    let mut asked = Vec::new();
    asked.extend(selection.split.as_ref().map(|split| format!("split `{split}`")));
    asked.extend(selection.tags.iter().map(|tag| format!("tag `{tag}`")));
    asked.extend((!selection.only.is_empty()).then(|| format!("id like {}", selection.only.join(" or "))));
    let list = |names: Vec<&String>| match names.as_slice() {
        [] => "none".to_owned(),
        names => names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", "),
    };
    Fault::nothing(format!(
        "none of the {} rows of {shown} has {}; there is nothing to run (splits: {}; tags: {})",
        whole.rows,
        asked.join(" and "),
        list(whole.splits.keys().collect()),
        list(whole.tags.keys().take(20).collect()),
    ))
}
