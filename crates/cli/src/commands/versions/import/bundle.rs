//! Bundles of prompts, with their labels.

use std::path::Path;

use carat::bundle::{Bundle, BundleError, Entry};
use carat_core::Digest;
use carat_core::version::{LATEST, Label};
use serde_json::json;

use crate::fault::Fault;

use super::super::export::fault_of_bundle;
use super::super::told;
use super::{Import, Incoming};

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
    /// The versions of a bundle, all or none, in their order, so that what came later there comes later here.
    pub(super) async fn bundle(&mut self) -> Result<Digest, Fault> {
        let (mut bundle, digest) = read_bundle(&self.args.path)?;
        bundle.prompts.sort_by(|a, b| (&a.name, a.version).cmp(&(&b.name, b.version)));
        let mut untaken = 0;
        let mut incoming = Vec::with_capacity(bundle.prompts.len());
        for entry in &bundle.prompts {
            let labels = labels(entry)?;
            if self.args.labels {
                incoming.push(self.incoming(entry, labels));
            } else {
                untaken += labels.len();
                incoming.push(self.incoming(entry, Vec::new()));
            }
        }
        self.take_in(&incoming).await?;
        if untaken > 0 {
            self.shelf.session.talk(&format!(
                "{} left where they are; --labels takes them over",
                told::counted(untaken, "label", "labels")
            ));
        }
        Ok(digest)
    }

    /// A label with a policy moves only by promotion, whoever says so.
    fn incoming(&self, entry: &Entry, labels: Vec<Label>) -> Incoming {
        let policy = &self.shelf.session.project.spec.policy;
        let (protected, labels) = labels.into_iter().partition(|label| policy.contains_key(label));
        let message = format!("{}, where it was version {}", self.message(), entry.version);
        let mut incoming = Incoming::new(entry.name.clone(), entry.digest, json!(entry.package).to_string(), message);
        incoming.number = Some(entry.version);
        (incoming.labels, incoming.protected) = (labels, protected);
        incoming
    }
}

/// The labels that point to a version; the newest of them is known without one.
fn labels(entry: &Entry) -> Result<Vec<Label>, Fault> {
    let labels = entry.labels.iter().filter(|label| *label != LATEST);
    labels.map(|label| Label::new(label)).collect::<Result<_, _>>().map_err(Fault::mendable)
}
