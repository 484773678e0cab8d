//! Where a label can go back to, and what is said where it cannot.

use std::path::Path;

use carat_core::nearest::did_you_mean;
use carat_core::untrusted::one_line;
use carat_core::version::{Kind, Label, Move, Reference, VersionId};
use carat_store::Store;

use super::Rollback;
use crate::fault::Fault;
use crate::session::Session;

/// What was never moved cannot be moved back, and no store is made to find that out.
pub(super) fn no_store(args: &Rollback, kind: Kind, session: &Session) -> Fault {
    let place = session.project.shown(Path::new(session.store_location()));
    Fault::mendable(format!(
        "there is no store ({place}), so that `{}` of the {kind} {} points nowhere, and there is nothing to go back to; \
         --project and --store say where another one is",
        args.label,
        one_line(&args.name, 160)
    ))
}

/// A version that somebody named: a reference, or what stands behind the `@` of one.
pub(super) async fn been_there(
    session: &Session,
    store: &Store,
    (kind, name): (Kind, &str),
    written: &str,
    history: &[Move],
    label: &Label,
) -> Result<VersionId, Fault> {
    let whole = if written.contains('@') { written.to_owned() } else { format!("{name}@{written}") };
    let reference = Reference::read(&whole).map_err(Fault::mendable)?;
    if reference.name != name {
        return Err(Fault::mendable(format!("--to {written} is a version of {}, not of {name}", reference.name)));
    }
    let been: Vec<&VersionId> = history.iter().filter_map(|moved| moved.to.as_ref()).collect();
    let mut numbers: Vec<u32> = been.iter().map(|version| version.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let listed = numbers.join(", ");
    match store.version(kind, name, &reference.pick).await?.map(|version| version.id) {
        Some(version) if been.contains(&&version) => Ok(version),
        Some(version) => Err(Fault::mendable(format!(
            "`{label}` has never pointed to {version}, and a rollback goes where it has been (versions {listed}); \
             `{}` goes somewhere new",
            command_to(session, kind, &version.to_string(), label)
        ))),
        None => Err(Fault::mendable(format!("there is no {whole}; `{label}` has pointed to the versions {listed}"))),
    }
}

/// The command that lets a label point to a version where it has not been: by its policy, or by hand.
fn command_to(session: &Session, kind: Kind, version: &str, label: &Label) -> String {
    if session.project.spec.policy.contains_key(label) {
        format!("carat {kind} promote {version} --to {label}")
    } else {
        format!("carat {kind} label {version} {label}")
    }
}

pub(super) async fn points_nowhere(
    session: &Session,
    store: &Store,
    (kind, name): (Kind, &str),
    label: &Label,
) -> Result<Fault, Fault> {
    let labels = store.labels(kind, name).await?;
    let known: Vec<&str> = labels.iter().map(|(label, _)| label.as_str()).collect();
    if known.is_empty() {
        let names = store.names(kind).await?;
        let hint = if names.iter().any(|known| known == name) {
            let command = command_to(session, kind, &format!("{name}@latest"), label);
            format!("; `{command}` lets `{label}` point to the newest version")
        } else {
            did_you_mean(name, names.iter().map(String::as_str))
        };
        return Ok(Fault::mendable(format!("no label points to the {kind} `{name}`{hint}")));
    }
    let hint = did_you_mean(label.as_str(), known.iter().copied());
    let listed = known.join(", ");
    Ok(Fault::mendable(format!("the {kind} `{name}` has no label `{label}` (it has {listed}){hint}")))
}
