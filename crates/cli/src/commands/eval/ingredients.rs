//! What an eval is made of, read and checked before anything is paid for.

use std::sync::Arc;

use carat_core::event::{DatasetId, Variant};
use carat_core::prompt::InputMapping;
use carat_core::spec::Overrides;
use carat_core::{Digest, Rows as _};
use carat_eval::plan::{Ingredients, PlannedModel, PlannedPrompt};
use carat_eval::{Plan, gates};
use carat_registry::dataset::{Dataset, LocatedRows, Selected as SelectedRows, Selection, Survey, survey};
use carat_registry::{EvalOnDisk, ProjectError, PromptOnDisk, load_image};
use carat_store::{Kind, Store};

use crate::fault::Fault;
use crate::session::{Session, now};

use super::Args;
use super::graders;
use super::jury::Assembled;

/// So many rows are put into each prompt before the run begins.
const PROBED: usize = 5;

/// A spec with all that it names, found and read.
pub(super) struct Selected {
    pub(super) eval: EvalOnDisk,
    pub(super) overrides: Overrides,
    pub(super) prompts: Vec<PromptOnDisk>,
    pub(super) dataset: String,
    /// The digest of the whole dataset, which its version is known by.
    whole: Digest,
    /// What the eval takes of it.
    pub(super) survey: Survey,
    pub(super) rows: Arc<SelectedRows>,
    /// What answers are measured with.
    pub(super) jury: Assembled,
    /// What the run is compared with, as a person named it.
    baseline: Option<String>,
}

impl Selected {
    /// Reads everything but the models, which may need keys and the store.
    pub(super) async fn select(
        session: &Session,
        reference: &str,
        overrides: Overrides,
        baseline: Option<String>,
    ) -> Result<Self, Fault> {
        let project = &session.project;
        let mut eval = project.eval(reference)?;
        graders::read(&mut eval, session)?;
        eval.spec = eval.spec.with(&overrides);
        let unknown = |error, flags: &[String]| if flags.is_empty() { named_by(&eval, error) } else { error.into() };
        for model in &eval.spec.models {
            project.model(model).map_err(|error| unknown(error, &overrides.models))?;
        }
        let prompts = eval.spec.prompts.iter().map(|prompt| project.prompt(prompt));
        let prompts: Vec<_> = prompts.collect::<Result<_, _>>().map_err(|error| unknown(error, &overrides.prompts))?;
        for prompt in &prompts {
            for finding in &prompt.prompt.warnings {
                let warning = crate::out::styled(crate::out::ODD, "warning:");
                session.talk(&format!("{warning} {}: {}", prompt.prompt.file, finding.message));
            }
        }
        let jury = Assembled::of(&eval.spec.scorers, &eval.file, baseline.as_deref(), session).await?;
        let (dataset, file) = project.dataset(&eval.spec.dataset).map_err(|error| named_by(&eval, error))?;
        let (whole, survey, rows) = select_rows(&eval, &overrides, file)?;
        let mapping = InputMapping::new(&eval.spec.inputs);
        let mapping = mapping.map_err(|why| Fault::mendable(format!("{}: {why}", eval.file)))?;
        for prompt in &prompts {
            refuse_unrenderable(session, prompt, (&mapping, &eval.file), &rows)?;
        }
        Ok(Self { eval, overrides, prompts, dataset, whole, survey, rows, jury, baseline })
    }

    /// Whether the command line asks for a part of the rows that the spec takes.
    pub(super) fn is_part(&self) -> bool {
        self.overrides.limit.is_some() || !self.overrides.only.is_empty() || !self.overrides.tags.is_empty()
    }

    /// Puts the plan together. With `numbering`, what has no version yet gets its number; a dry run leaves no trace.
    pub(super) async fn plan(
        self,
        args: &Args,
        session: &Session,
        numbering: Option<&Store>,
        models: Vec<PlannedModel>,
        judges: Vec<PlannedModel>,
        known: &[Variant],
    ) -> Result<Plan, Fault> {
        let at = now();
        let mut prompts = Vec::with_capacity(self.prompts.len());
        for on_disk in self.prompts {
            let prompt = &on_disk.prompt;
            let body = prompt.content().to_string();
            let version = match numbering {
                Some(store) => {
                    Some(store.version_of(Kind::Prompt, &prompt.name, prompt.digest(), Some(&body), &at).await?)
                }
                None => None,
            };
            prompts.push(Arc::new(planned(session, on_disk, version)));
        }
        let version = match numbering {
            Some(store) => Some(store.version_of(Kind::Dataset, &self.dataset, self.whole, None, &at).await?),
            None => None,
        };
        let dataset = DatasetId { name: self.dataset, version, digest: self.survey.digest, rows: self.survey.rows };
        let ingredients = Ingredients {
            eval: self.eval.name,
            spec_file: self.eval.file.clone(),
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

/// A name that leads nowhere, with the file that it stands in.
fn named_by(eval: &EvalOnDisk, error: ProjectError) -> Fault {
    match error {
        ProjectError::Unknown { .. } => Fault::mendable(format!("{}: {error}", eval.file)),
        ProjectError::Data(error) if error.line.is_none() && error.file == eval.spec.dataset => {
            Fault::mendable(format!("{}: dataset {error}", eval.file))
        }
        other => other.into(),
    }
}

/// A prompt that none of the first rows can be put into is a mistake, and told before anything is paid for. A row that
/// cannot be put into it while others can is a result of the run.
fn refuse_unrenderable(
    session: &Session,
    on_disk: &PromptOnDisk,
    (mapping, spec_file): (&InputMapping, &str),
    rows: &SelectedRows,
) -> Result<(), Fault> {
    let images = |path: &str| load_image(session.project.root(), &on_disk.folder, path);
    let unmapped = |why| Fault::mendable(format!("{spec_file}: {why}"));
    let mut first = None;
    for row in rows.open()?.take(PROBED) {
        let row = row?;
        let rendered = mapping.apply(&row).map_err(unmapped).and_then(|input| {
            on_disk.prompt.render(&input, &row.messages, &images)?;
            Ok(())
        });
        match rendered {
            Ok(()) => return Ok(()),
            Err(fault) => drop(first.get_or_insert(fault)),
        }
    }
    first.map_or(Ok(()), Err)
}

fn planned(session: &Session, on_disk: PromptOnDisk, version: Option<u32>) -> PlannedPrompt {
    let PromptOnDisk { prompt, folder } = on_disk;
    let root = session.project.root().to_owned();
    PlannedPrompt { prompt, version, images: Box::new(move |path| load_image(&root, &folder, path)) }
}

/// The digest of all rows, and the rows that the eval takes.
fn select_rows(
    eval: &EvalOnDisk,
    overrides: &Overrides,
    dataset: Dataset,
) -> Result<(Digest, Survey, Arc<SelectedRows>), Fault> {
    let selection = Selection {
        split: eval.spec.split.clone(),
        tags: eval.spec.tags.clone(),
        only: overrides.only.clone(),
        limit: overrides.limit,
    };
    let dataset: Arc<dyn LocatedRows> = Arc::new(dataset);
    let whole = survey(&*dataset)?;
    let everything = selection == Selection::default();
    let rows = selection.clone().of(Arc::clone(&dataset)).map_err(Fault::mendable)?;
    let selected = if everything { whole.clone() } else { survey(&rows)? };
    if selected.rows == 0 {
        return Err(nothing(&selection, &whole, dataset.shown()));
    }
    Ok((whole.digest, selected, Arc::new(rows)))
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
