//! `carat NOUN label REF LABEL`: where a label points that has no policy.

use carat_core::version::{Kind, Label, Move, VersionId};
use carat_registry::PROJECT_FILE;
use serde_json::json;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, GOOD, STRONG, styled};

use super::shelf::Shelf;
use super::{shapes, told};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which version: NAME@3, NAME@latest, NAME@candidate; with --remove the name alone
    #[arg(value_name = "REF")]
    reference: String,
    /// The label: a word such as candidate
    label: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// Take the label away
    #[arg(long)]
    remove: bool,
    /// The move as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args, shelf: &Shelf) -> Result<Exit, Fault> {
    let label = Label::new(&args.label).map_err(Fault::mendable)?;
    let (name, to) = if args.remove {
        (shelf.newest(&args.reference).await?.id.name, None)
    } else {
        let version = version(shelf, &args.reference, &label).await?;
        (version.name.clone(), Some(version))
    };
    refuse_policy(shelf, &label, &name, to.as_ref())?;
    if args.remove {
        refuse_unknown(shelf, &label, &name).await?;
    }
    let (number, why) = (to.map(|to| to.number), args.why.as_deref());
    let (by, at) = (&shelf.catalogue.by, shelf.catalogue.now.as_str());
    let moved = shelf.store().move_label(shelf.kind, &name, &label, number, by, at, why).await?;
    if args.json {
        out::json(&json!({"format": 1, "kind": shelf.kind, "name": name, "label": label, "version": moved.to,
                          "moved": shapes::moved_if(&moved)}))?;
    } else {
        out::data(&line(&moved))?;
    }
    Ok(Exit::Fine)
}

/// The version that a label is to point to. For a name alone it is said which version has what the project has now.
async fn version(shelf: &Shelf, reference: &str, label: &Label) -> Result<VersionId, Fault> {
    let fault = match shelf.version(reference).await {
        Ok(version) => return Ok(version.id),
        Err(fault) => fault,
    };
    match of_now(shelf, reference).await {
        Some(same) => {
            let noun = shelf.noun();
            let advice = format!("what the project has now is {same}: carat {noun} label {same} {label}");
            Err(Fault::mendable(format!("a label points to a version; {advice}")))
        }
        None => Err(fault),
    }
}

/// The version that has the content of the file that a reference names.
async fn of_now(shelf: &Shelf, reference: &str) -> Option<VersionId> {
    let found = shelf.find(reference).await.ok().filter(|found| found.version().is_none())?;
    let digest = found.digest().ok()??;
    let versions = shelf.store().versions(shelf.kind, found.name()).await.ok()?;
    versions.into_iter().map(|version| version.id).find(|id| id.digest == digest)
}

/// A label that has a policy moves with evidence, or not at all.
fn refuse_policy(shelf: &Shelf, label: &Label, name: &str, to: Option<&VersionId>) -> Result<(), Fault> {
    if !shelf.session.project.spec.policy.contains_key(label) {
        return Ok(());
    }
    let noun = shelf.noun();
    let how = match (shelf.kind, to) {
        (Kind::Eval, _) => "eval specs are not promoted, so choose another label".to_owned(),
        (_, Some(version)) => format!("it moves only by promotion: carat {noun} promote {version} --to {label}"),
        (_, None) => format!("it moves only by promotion, and back by `carat {noun} rollback {name} --label {label}`"),
    };
    Err(Fault::mendable(format!("`{label}` has a policy in {PROJECT_FILE}: {how}")))
}

/// Taking away what is not there is a mistake that nobody would notice.
async fn refuse_unknown(shelf: &Shelf, label: &Label, name: &str) -> Result<(), Fault> {
    let labels = shelf.store().labels(shelf.kind, name).await?;
    if labels.iter().any(|(known, _)| known == label) {
        return Ok(());
    }
    shelf.version(&format!("{name}@{label}")).await.map(drop)
}

fn line(moved: &Move) -> String {
    let end = |end: &Option<VersionId>| end.as_ref().map_or_else(|| styled(FAINT, "nothing"), told::name);
    let label = styled(STRONG, &moved.label);
    if moved.from == moved.to {
        return format!("{label}  {} {}\n", end(&moved.to), styled(FAINT, "(points there already)"));
    }
    format!("{label}  {} → {}\n", end(&moved.from), styled(GOOD, end(&moved.to)))
}
