//! `carat NOUN import PATH`: versions that were saved elsewhere, into this store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carat_core::spec::{ModelSpec, ProjectSpec, Provider};
use carat_core::version::{Kind, Pick};
use carat_core::yaml;
use carat_core::{Digest, Package};
use carat_registry::dataset::{Dataset, LocatedRows, survey};
use carat_registry::{Catalogue, FoundDataset, FoundModel};
use carat_store::{NewVersion, Saved};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, GOOD, styled};

use super::instant::shown;
use super::save::by_answers;
use super::shelf::{Shelf, digest_of_model};
use super::told;

mod bundle;
mod folder;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Prompts: a bundle, or a folder with .prompty files. Datasets: their file. Models: a .yaml file with `models`. Specs: their
    /// file
    path: PathBuf,
    /// Of a bundle: let its labels point here to where they point there, but for those that have a policy
    #[arg(long)]
    labels: bool,
    /// Of a dataset, a model or a spec: what it is called here [default: the file's name; for a model its name in the file]
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// A name that a file below the folder of its kind may have, and that can be told from a version.
fn name(text: &str) -> Result<String, String> {
    let is_part = |part: &str| !matches!(part, "" | "." | "..");
    let is_fit = text.split('/').all(is_part) && !text.contains(['\\', '@']) && !text.contains(char::is_control);
    is_fit.then(|| text.to_owned()).ok_or_else(|| "expected a name such as `tickets` or `support/tickets`".to_owned())
}

pub(super) async fn run(args: &Args, shelf: &Shelf) -> Result<Exit, Fault> {
    if !args.path.exists() {
        return Err(Fault::mendable(format!("there is no file {}", args.path.display())));
    }
    let is_bundle = shelf.kind == Kind::Prompt && !args.path.is_dir();
    if args.labels && !is_bundle {
        return Err(Fault::mendable("--labels is for bundles: nothing else has labels"));
    }
    if args.name.is_some() && shelf.kind == Kind::Prompt {
        return Err(Fault::mendable(
            "--name is for a dataset, a model or a spec: prompts keep the names that they have",
        ));
    }
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

    /// The prompts of a folder, which are working files elsewhere.
    async fn folder(&mut self) -> Result<Exit, Fault> {
        let path = self.args.path.as_path();
        let names = folder::names(path);
        if names.is_empty() {
            return Err(Fault::nothing(format!("there are no .prompty files below {}", path.display())));
        }
        let mut exit = Exit::Fine;
        for name in names {
            match folder::pack(path, &name) {
                Ok((prompt, package)) => {
                    let saved = self.prompt(&name, &package, prompt.digest(), &self.message()).await?;
                    self.tell(&saved, None).await?;
                }
                Err(fault) => {
                    exit = exit.graver(fault.exit);
                    out::fault(&fault);
                    self.entries.push(json!({"name": name, "error": fault.message}));
                }
            }
        }
        Ok(exit)
    }

    async fn prompt(&self, name: &str, package: &Package, digest: Digest, message: &str) -> Result<Saved, Fault> {
        let Catalogue { by, now: at, .. } = &self.catalogue;
        let body = json!(package).to_string();
        let (kind, body, message) = (Kind::Prompt, Some(body.as_str()), Some(message));
        let new = NewVersion { kind, name, digest, body, by, at, message, commit: None };
        Ok(self.shelf.store().save_version(&new).await?)
    }

    async fn dataset(&mut self) -> Result<(), Fault> {
        let path = self.args.path.as_path();
        let rows: Arc<dyn LocatedRows> = Arc::new(Dataset::open(path, &path.display().to_string())?);
        let survey = tokio::task::block_in_place(|| survey(&*rows))?;
        let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = self.args.name.clone().unwrap_or_else(stem);
        let found = FoundDataset { name, rows, digest: survey.digest, survey, version: None };
        let saved = self.catalogue.save_dataset(&found, true, Some(&self.message())).await?;
        self.tell(&saved, None).await
    }

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
        for (name, spec) in project.models {
            let (name, spec) = self.called(name, spec);
            let digest = digest_of_model(&name, &spec)?.ok_or_else(|| by_answers(&name))?;
            let found = FoundModel { name, spec, version: None };
            let saved = self.catalogue.save_model(&found, digest, Some(&self.message())).await?;
            self.tell(&saved, None).await?;
        }
        Ok(())
    }

    /// A model under the name that it is to have. Its provider goes on calling it what it was called.
    fn called(&self, name: String, mut spec: ModelSpec) -> (String, ModelSpec) {
        let Some(wanted) = &self.args.name else { return (name, spec) };
        if matches!(spec.provider, Provider::Openai | Provider::Baseline) {
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
        self.tell(&saved, None).await
    }

    /// Says what became of one.
    async fn tell(&mut self, saved: &Saved, number_there: Option<u32>) -> Result<(), Fault> {
        let Saved { id, is_new } = saved;
        let version = self.shelf.store().version(id.kind, &id.name, &Pick::Number(id.number)).await?;
        let since = version.map(|version| version.provenance.at).unwrap_or_default();
        if self.args.json {
            self.entries.push(json!({"name": id.name, "number": id.number, "digest": id.digest, "new": is_new,
                                     "since": since, "number_there": number_there, "labels": []}));
            return Ok(());
        }
        let there = match number_there {
            Some(there) if there != id.number => format!(", version {there} there"),
            Some(_) | None => String::new(),
        };
        let what = if *is_new {
            styled(GOOD, format!("(new{there})"))
        } else {
            styled(FAINT, format!("(known since {}{there})", shown(&since)))
        };
        out::data(&format!("{} {} {what}\n", told::name(id), styled(FAINT, id.digest)))
    }
}
