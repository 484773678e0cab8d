//! Versions of prompts as one file, which applications link.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use carat::bundle::{self, Bundle, BundleError, Entry};
use carat_core::version::{Kind, LATEST, Label, Pick, VersionId};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, GOOD, styled};

use super::super::shelf::{Found, Shelf};
use super::super::told;
use super::files::What;
use super::{Args, refuse_to_overwrite};

/// What is to be carried: versions, and the labels that point to each.
pub(super) type Chosen = BTreeMap<(String, u32), (VersionId, BTreeSet<String>)>;

pub(super) async fn export(args: &Args, shelf: &Shelf) -> Result<Exit, Fault> {
    let chosen = choose(args, shelf).await?;
    if chosen.is_empty() {
        return Err(Fault::nothing("there are no versions of prompts yet; `carat prompt save --all` makes some"));
    }
    let mut prompts = Vec::with_capacity(chosen.len());
    for (id, labels) in chosen.values() {
        let Found::Prompt(found) = shelf.found(id).await? else { return Err(Fault::bug("no prompt")) };
        let (name, version, digest) = (id.name.clone(), id.number, id.digest);
        prompts.push(Entry { name, version, digest, labels: labels.clone(), package: found.package });
    }
    let bundle = Bundle { prompts };
    let (text, digest) = bundle.to_text().map_err(fault)?;
    let what = put(args, &bundle, &text)?;
    if args.json {
        let prompts: Vec<Value> = bundle.prompts.iter().map(entry).collect();
        out::json(&json!({"format": 1, "kind": shelf.kind, "path": args.out, "written": what, "digest": digest,
                          "prompts": prompts}))?;
        return Ok(Exit::Fine);
    }
    let mut told = String::new();
    for (id, labels) in chosen.values() {
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("  {}", styled(GOOD, labels.join(", "))) };
        told.push_str(&format!("{}  {}{labels}\n", told::name(id), styled(FAINT, id.digest.short())));
    }
    out::data(&told)?;
    let (versions, file) = (told::counted(chosen.len(), "version", "versions"), args.out.display());
    let what = match what {
        What::AsItWas => format!("{file} has them already"),
        What::New | What::Over => format!("wrote {versions} to {file}"),
    };
    shelf.session.talk(&format!("{what}; the bundle is {digest}"));
    Ok(Exit::Fine)
}

/// Writes the bundle, unless it is there already. To put one in the place of another is how applications get new prompts, and
/// loses nothing that the store does not have; anything else that is there stays, unless somebody says otherwise.
fn put(args: &Args, bundle: &Bundle, text: &str) -> Result<What, Fault> {
    let there = fs::read(&args.out).ok();
    if there.as_deref() == Some(text.as_bytes()) {
        return Ok(What::AsItWas);
    }
    let shown = args.out.display().to_string();
    let is_bundle = there.as_deref().is_some_and(|there| Bundle::parse(there, &shown).is_ok());
    refuse_to_overwrite(&args.out, args.force || is_bundle)?;
    bundle::write(&args.out, bundle).map_err(fault)?;
    Ok(if there.is_some() { What::Over } else { What::New })
}

fn entry(entry: &Entry) -> Value {
    json!({"kind": Kind::Prompt, "name": entry.name, "number": entry.version, "digest": entry.digest,
           "labels": entry.labels})
}

/// The versions that are named, and those that are labelled; where nothing is said, all that labels point to and the newest.
pub(super) async fn choose(args: &Args, shelf: &Shelf) -> Result<Chosen, Fault> {
    let labels: Vec<Label> =
        args.label.iter().map(|label| Label::new(label)).collect::<Result<_, _>>().map_err(Fault::mendable)?;
    let mut ids = Vec::new();
    for reference in &args.references {
        ids.push(shelf.version(reference).await?.id);
    }
    for label in &labels {
        let labelled = shelf.store().labelled(shelf.kind, label).await?;
        if labelled.is_empty() {
            return Err(unknown_label(shelf, label).await?);
        }
        ids.extend(labelled);
    }
    if args.references.is_empty() && labels.is_empty() {
        for name in shelf.store().names(shelf.kind).await? {
            ids.extend(shelf.store().version(shelf.kind, &name, &Pick::Latest).await?.map(|version| version.id));
            ids.extend(shelf.store().labels(shelf.kind, &name).await?.into_iter().map(|(_, id)| id));
        }
    }
    let mut chosen = Chosen::new();
    for id in ids {
        let of_version = labels_of(shelf, &id, &labels).await?;
        chosen.insert((id.name.clone(), id.number), (id, of_version));
    }
    Ok(chosen)
}

/// The labels that a version is carried with: all of them, or those that were asked for. What a bundle holds must not depend on
/// labels that nobody asked for.
async fn labels_of(shelf: &Shelf, id: &VersionId, wanted: &[Label]) -> Result<BTreeSet<String>, Fault> {
    let labels = shelf.store().labels(shelf.kind, &id.name).await?.into_iter();
    let labels = labels.filter(|(label, to)| to == id && (wanted.is_empty() || wanted.contains(label)));
    let mut labels: BTreeSet<String> = labels.map(|(label, _)| label.to_string()).collect();
    if wanted.is_empty() {
        let newest = shelf.store().version(shelf.kind, &id.name, &Pick::Latest).await?;
        labels.extend(newest.filter(|newest| newest.id == *id).map(|_| LATEST.to_owned()));
    }
    Ok(labels)
}

async fn unknown_label(shelf: &Shelf, label: &Label) -> Result<Fault, Fault> {
    let mut known = BTreeSet::new();
    for name in shelf.store().names(shelf.kind).await? {
        known.extend(shelf.store().labels(shelf.kind, &name).await?.into_iter().map(|(label, _)| label.to_string()));
    }
    let hint = carat_core::nearest::did_you_mean(label.as_str(), known.iter().map(String::as_str));
    let known: Vec<String> = known.into_iter().collect();
    let there = if known.is_empty() {
        "no prompt has a label yet".to_owned()
    } else {
        format!("labels are {}", known.join(", "))
    };
    Ok(Fault::mendable(format!("no prompt has the label `{label}`; {there}{hint}")))
}

pub(in crate::commands::versions) fn fault(error: BundleError) -> Fault {
    match error {
        BundleError::Unwritable { .. } => Fault::world(error),
        BundleError::NotABundle { .. }
        | BundleError::ARun { .. }
        | BundleError::Newer { .. }
        | BundleError::Header { .. }
        | BundleError::CutShort { .. }
        | BundleError::Changed { .. }
        | BundleError::Line { .. }
        | BundleError::Digest { .. }
        | BundleError::Nonsense { .. }
        | BundleError::Unreadable { .. }
        | BundleError::Unfit { .. } => Fault::mendable(error),
    }
}
