//! `carat NOUN import PATH`: versions that were saved elsewhere, into this store.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use carat::bundle::{Bundle, Entry};
use carat_core::Package;
use carat_core::spec::ProjectSpec;
use carat_core::untrusted::one_line;
use carat_core::version::{Kind, LATEST, Label, Move, Pick};
use carat_core::yaml;
use carat_registry::dataset::{Dataset, LocatedRows, survey};
use carat_registry::{Catalogue, FoundDataset, FoundModel, PROJECT_FILE};
use carat_store::{NewVersion, Saved};
use serde_json::json;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, GOOD, ODD, styled};

use super::export::fault_of_bundle;
use super::instant::shown;
use super::save::by_answers;
use super::shelf::{Shelf, digest_of_model};
use super::told;

mod folder;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Prompts: a bundle, or a folder with .prompty files. Datasets: their file. Models: a .yaml file with `models`. Specs: their
    /// file
    path: PathBuf,
    /// Of a bundle: let its labels point here to where they point there, but for those that have a policy
    #[arg(long)]
    labels: bool,
}

pub(super) async fn run(args: &Args, shelf: &Shelf) -> Result<Exit, Fault> {
    if !args.path.exists() {
        return Err(Fault::mendable(format!("there is no file {}", args.path.display())));
    }
    let is_bundle = shelf.kind == Kind::Prompt && !args.path.is_dir();
    if args.labels && !is_bundle {
        return Err(Fault::mendable("--labels is for bundles: nothing else has labels"));
    }
    // What comes from elsewhere is not of this project's commit.
    let import =
        Import { shelf, catalogue: Catalogue { commit: None, ..shelf.catalogue.clone() }, file: file_name(&args.path) };
    match shelf.kind {
        Kind::Prompt if is_bundle => import.bundle(&args.path, args.labels).await,
        Kind::Prompt => import.folder(&args.path).await,
        Kind::Dataset => import.dataset(&args.path).await,
        Kind::Model => import.models(&args.path).await,
        Kind::Eval => import.spec(&args.path).await,
    }
}

/// What the file is called, for the record: where it lay on one machine says nothing on another.
fn file_name(path: &Path) -> String {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Whether a name can be that of a file below the folder of prompts.
fn is_below(name: &str) -> bool {
    !name.contains('\\') && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

struct Import<'a> {
    shelf: &'a Shelf,
    catalogue: Catalogue,
    file: String,
}

impl Import<'_> {
    fn message(&self) -> String {
        format!("imported from {}", self.file)
    }

    /// The versions of a bundle, in their order, so that what came later there comes later here.
    async fn bundle(&self, path: &Path, takes_labels: bool) -> Result<Exit, Fault> {
        let mut bundle = Bundle::read(path).map_err(fault_of_bundle)?;
        if let Some(entry) = bundle.prompts.iter().find(|entry| !is_below(&entry.name)) {
            let name = one_line(&entry.name, 200);
            return Err(Fault::mendable(format!(
                "{}: `{name}` would lie outside of prompts/, so nothing is taken",
                self.file
            )));
        }
        bundle.prompts.sort_by(|a, b| (&a.name, a.version).cmp(&(&b.name, b.version)));
        let mut untaken = 0;
        for entry in &bundle.prompts {
            let message = format!("{}, where it was version {}", self.message(), entry.version);
            let saved = self.prompt(&entry.name, &entry.package, entry.digest, &message).await?;
            self.tell(&saved, Some(entry.version)).await?;
            let labels = entry.labels.iter().filter(|label| *label != LATEST);
            if takes_labels {
                for label in labels {
                    self.label(entry, label, &saved).await?;
                }
            } else {
                untaken += labels.count();
            }
        }
        if untaken > 0 {
            self.shelf.session.talk(&format!(
                "{} left where they are; --labels takes them over",
                told::counted(untaken, "label", "labels")
            ));
        }
        Ok(Exit::Fine)
    }

    /// A label with a policy moves only by promotion, whoever says so.
    async fn label(&self, entry: &Entry, label: &str, saved: &Saved) -> Result<(), Fault> {
        let label = Label::new(label).map_err(Fault::mendable)?;
        if self.shelf.session.project.spec.policy.contains_key(&label) {
            let why = format!("not moved: it has a policy in {PROJECT_FILE}");
            return out::data(&format!("    {label}  {}\n", styled(ODD, why)));
        }
        let Catalogue { by, now, .. } = &self.catalogue;
        let (number, why) = (Some(saved.id.number), self.message());
        let moved =
            self.shelf.store().move_label(Kind::Prompt, &entry.name, &label, number, by, now, Some(&why)).await?;
        out::data(&format!("    {label}  {}\n", ends(&moved)))
    }

    /// The prompts of a folder, which are working files elsewhere.
    async fn folder(&self, path: &Path) -> Result<Exit, Fault> {
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
                }
            }
        }
        Ok(exit)
    }

    async fn prompt(
        &self,
        name: &str,
        package: &Package,
        digest: carat_core::Digest,
        message: &str,
    ) -> Result<Saved, Fault> {
        let Catalogue { by, now: at, .. } = &self.catalogue;
        let body = json!(package).to_string();
        let (kind, body, message) = (Kind::Prompt, Some(body.as_str()), Some(message));
        let new = NewVersion { kind, name, digest, body, by, at, message, commit: None };
        Ok(self.shelf.store().save_version(&new).await?)
    }

    async fn dataset(&self, path: &Path) -> Result<Exit, Fault> {
        let rows: Arc<dyn LocatedRows> = Arc::new(Dataset::open(path, &path.display().to_string())?);
        let survey = tokio::task::block_in_place(|| survey(&*rows))?;
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let found = FoundDataset { name, rows, digest: survey.digest, survey, version: None };
        let saved = self.catalogue.save_dataset(&found, true, Some(&self.message())).await?;
        self.tell(&saved, None).await?;
        Ok(Exit::Fine)
    }

    async fn models(&self, path: &Path) -> Result<Exit, Fault> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| Fault::mendable(format!("{shown}: {error}")))?;
        let project: ProjectSpec = yaml::read(&text, &shown).map_err(Fault::mendable)?;
        if project.models.is_empty() {
            return Err(Fault::nothing(format!("{shown} has no `models`")));
        }
        for (name, spec) in project.models {
            let digest = digest_of_model(&name, &spec)?.ok_or_else(|| by_answers(&name))?;
            let found = FoundModel { name, spec, version: None };
            let saved = self.catalogue.save_model(&found, digest, Some(&self.message())).await?;
            self.tell(&saved, None).await?;
        }
        Ok(Exit::Fine)
    }

    async fn spec(&self, path: &Path) -> Result<Exit, Fault> {
        // With a folder before it, so that it is taken for a path and not for a name.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let found = self.catalogue.eval(&path.display().to_string()).await?;
        let saved = self.catalogue.save_eval(&found, Some(&self.message())).await?;
        self.tell(&saved, None).await?;
        Ok(Exit::Fine)
    }

    /// Says what became of one.
    async fn tell(&self, saved: &Saved, number_there: Option<u32>) -> Result<(), Fault> {
        let Saved { id, is_new } = saved;
        let there = match number_there {
            Some(there) if there != id.number => format!(", version {there} there"),
            Some(_) | None => String::new(),
        };
        let what = if *is_new {
            styled(GOOD, format!("(new{there})"))
        } else {
            let version = self.shelf.store().version(id.kind, &id.name, &Pick::Number(id.number)).await?;
            let since = version.map(|version| shown(&version.provenance.at)).unwrap_or_default();
            styled(FAINT, format!("(known since {since}{there})"))
        };
        out::data(&format!("{} {} {what}\n", told::name(id), styled(FAINT, id.digest)))
    }
}

fn ends(moved: &Move) -> String {
    if moved.from == moved.to {
        return styled(FAINT, "points there already");
    }
    let end = |end: &Option<_>| end.as_ref().map_or_else(|| "nothing".to_owned(), told::name);
    format!("{} → {}", end(&moved.from), end(&moved.to))
}
