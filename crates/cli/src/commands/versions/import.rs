//! `carat NOUN import PATH`: versions that were saved elsewhere, into this store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carat_core::names::unfit;
use carat_core::spec::{ModelSpec, ProjectSpec, Provider};
use carat_core::version::Kind;
use carat_core::yaml;
use carat_registry::dataset::{Dataset, LocatedRows, survey};
use carat_registry::{Catalogue, FoundDataset};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;

use super::save::by_answers;
use super::shelf::{Shelf, digest_of_model};

mod bundle;
mod folder;
mod taking;

use taking::Incoming;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Prompts: a bundle, or a folder with .prompty files. Datasets: their file. Models: a .yaml file with `models`. Specs: their
    /// file
    path: PathBuf,
    /// Of a bundle: let its labels point here to where they point there, but for those that have a policy
    #[arg(long)]
    labels: bool,
    /// Of a folder of prompts: what they take from beside it (`../shared/tone.jinja`) comes along
    #[arg(long)]
    beside: bool,
    /// Of a dataset, a model or a spec: what it is called here [default: the file's name; for a model its name in the file]
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// A name that a file below the folder of its kind may have, and that can be told from a version.
fn name(text: &str) -> Result<String, String> {
    match unfit(text) {
        None => Ok(text.to_owned()),
        Some(why) => Err(format!("{why}; expected a name such as `tickets` or `support/tickets`")),
    }
}

pub(super) async fn run(args: &Args, shelf: &Shelf) -> Result<Exit, Fault> {
    if !args.path.exists() {
        return Err(Fault::mendable(format!("there is no file {}", args.path.display())));
    }
    let is_bundle = shelf.kind == Kind::Prompt && !args.path.is_dir();
    refuse_unfit(args, shelf.kind, is_bundle)?;
    // What comes from elsewhere is not of this project's commit.
    let catalogue = Catalogue { commit: None, ..shelf.catalogue.clone() };
    let mut import = Import { shelf, args, catalogue, file: file_name(&args.path), entries: Vec::new() };
    let (mut exit, mut digest) = (Exit::Fine, None);
    match shelf.kind {
        Kind::Prompt if is_bundle => digest = Some(import.bundle().await?),
        Kind::Prompt => exit = import.folder().await?,
        Kind::Dataset => import.dataset().await?,
        Kind::Model => import.models().await?,
        Kind::Eval => import.spec().await?,
    }
    if args.json {
        out::json(&json!({"format": 1, "kind": shelf.kind, "path": args.path, "digest": digest,
                          "imported": import.entries}))?;
    }
    Ok(exit)
}

/// Refuses what is not for this kind of thing.
fn refuse_unfit(args: &Args, kind: Kind, is_bundle: bool) -> Result<(), Fault> {
    let is_prompt = kind == Kind::Prompt;
    let refused = [
        (args.labels && !is_bundle, "--labels is for bundles: nothing else has labels"),
        (
            args.beside && (is_bundle || !is_prompt),
            "--beside is for folders of prompts: a bundle has all that they take",
        ),
        (
            args.name.is_some() && is_prompt,
            "--name is for a dataset, a model or a spec: prompts keep the names that they have",
        ),
    ];
    let why = refused.into_iter().find_map(|(is_refused, why)| is_refused.then_some(why));
    why.map_or(Ok(()), |why| Err(Fault::mendable(why)))
}

/// What the file is called, for the record: where it lay on one machine says nothing on another.
fn file_name(path: &Path) -> String {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

struct Import<'a> {
    shelf: &'a Shelf,
    args: &'a Args,
    catalogue: Catalogue,
    file: String,
    /// What became of each, for `--json`.
    entries: Vec<Value>,
}

impl Import<'_> {
    fn message(&self) -> String {
        format!("imported from {}", self.file)
    }

    async fn dataset(&mut self) -> Result<(), Fault> {
        let path = self.args.path.as_path();
        let rows: Arc<dyn LocatedRows> = Arc::new(Dataset::open(path, &path.display().to_string())?);
        let survey = tokio::task::block_in_place(|| survey(&*rows))?;
        let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = self.args.name.clone().unwrap_or_else(stem);
        let found = FoundDataset { name, rows, digest: survey.digest, survey, version: None };
        let saved = self.catalogue.save_dataset(&found, true, Some(&self.message())).await?;
        self.tell(&saved.id, saved.is_new).await
    }

    /// All models of a file, or none.
    async fn models(&mut self) -> Result<(), Fault> {
        let shown = self.args.path.display().to_string();
        let text =
            std::fs::read_to_string(&self.args.path).map_err(|error| Fault::mendable(format!("{shown}: {error}")))?;
        let project: ProjectSpec = yaml::read(&text, &shown).map_err(Fault::mendable)?;
        if project.models.is_empty() {
            return Err(Fault::nothing(format!("{shown} has no `models`")));
        }
        if let (Some(name), 2..) = (&self.args.name, project.models.len()) {
            let count = project.models.len();
            return Err(Fault::mendable(format!("{shown} has {count} models, which cannot all be called `{name}`")));
        }
        let mut incoming = Vec::with_capacity(project.models.len());
        for (name, spec) in project.models {
            let (name, spec) = self.called(name, spec);
            let digest = digest_of_model(&name, &spec)?.ok_or_else(|| by_answers(&name))?;
            incoming.push(Incoming::new(name, digest, json!(spec).to_string(), self.message()));
        }
        self.take_in(&incoming).await
    }

    /// A model under the name that it is to have. Its provider goes on calling it what it was called.
    fn called(&self, name: String, mut spec: ModelSpec) -> (String, ModelSpec) {
        let Some(wanted) = &self.args.name else { return (name, spec) };
        if !matches!(spec.provider, Provider::Recorded | Provider::Command) {
            spec.model.get_or_insert(name);
        }
        (wanted.clone(), spec)
    }

    async fn spec(&mut self) -> Result<(), Fault> {
        let path = self.args.path.as_path();
        // With a folder before it, so that it is taken for a path and not for a name.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut found = self.catalogue.eval(&path.display().to_string()).await?;
        found.eval.name = self.args.name.clone().unwrap_or(found.eval.name);
        let saved = self.catalogue.save_eval(&found, Some(&self.message())).await?;
        self.tell(&saved.id, saved.is_new).await
    }
}
