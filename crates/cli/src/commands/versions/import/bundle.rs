//! Bundles of prompts, with their labels.

use std::path::{Component, Path};

use carat::bundle::{Bundle, BundleError, Entry};
use carat_core::Digest;
use carat_core::untrusted::one_line;
use carat_core::version::{Kind, LATEST, Label, Move};
use carat_registry::{Catalogue, PROJECT_FILE};
use carat_store::Saved;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::out::{self, FAINT, ODD, styled};

use super::super::export::fault_of_bundle;
use super::super::told;
use super::Import;

/// Whether a name can be that of a file below the folder of prompts.
fn is_below(name: &str) -> bool {
    !name.contains('\\') && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// A bundle, and its digest: that of all behind its first line.
fn read_bundle(path: &Path) -> Result<(Bundle, Digest), Fault> {
    let file = path.display().to_string();
    let unreadable = |error: std::io::Error| BundleError::Unreadable { file: file.clone(), cause: error.to_string() };
    let bytes = std::fs::read(path).map_err(unreadable).map_err(fault_of_bundle)?;
    let bundle = Bundle::parse(&bytes, &file).map_err(fault_of_bundle)?;
    let behind = bytes.splitn(2, |byte| *byte == b'\n').nth(1).unwrap_or_default();
    Ok((bundle, Digest::of_bytes(behind)))
}

impl Import<'_> {
    /// The versions of a bundle, in their order, so that what came later there comes later here.
    pub(super) async fn bundle(&mut self) -> Result<Digest, Fault> {
        let (mut bundle, digest) = read_bundle(&self.args.path)?;
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
            if self.args.labels {
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
        Ok(digest)
    }

    /// A label with a policy moves only by promotion, whoever says so.
    async fn label(&mut self, entry: &Entry, label: &str, saved: &Saved) -> Result<(), Fault> {
        let label = Label::new(label).map_err(Fault::mendable)?;
        if self.shelf.session.project.spec.policy.contains_key(&label) {
            let why = format!("not moved: it has a policy in {PROJECT_FILE}");
            return self.tell_label(
                &label,
                &styled(ODD, why),
                json!({"label": label, "moved": false, "why": "policy"}),
            );
        }
        let Catalogue { by, now, .. } = &self.catalogue;
        let (number, why) = (Some(saved.id.number), self.message());
        let moved =
            self.shelf.store().move_label(Kind::Prompt, &entry.name, &label, number, by, now, Some(&why)).await?;
        self.tell_label(&label, &ends(&moved), json!({"label": label, "moved": moved.from != moved.to}))
    }

    fn tell_label(&mut self, label: &Label, told: &str, entry: Value) -> Result<(), Fault> {
        if !self.args.json {
            return out::data(&format!("    {label}  {told}\n"));
        }
        if let Some(Value::Array(labels)) = self.entries.last_mut().and_then(|entry| entry.get_mut("labels")) {
            labels.push(entry);
        }
        Ok(())
    }
}

fn ends(moved: &Move) -> String {
    if moved.from == moved.to {
        return styled(FAINT, "points there already");
    }
    let end = |end: &Option<_>| end.as_ref().map_or_else(|| "nothing".to_owned(), told::name);
    format!("{} → {}", end(&moved.from), end(&moved.to))
}
