//! `carat run export RUN [FILE]`: a run as one file, or its samples one a line.

use std::fs::{self, File};
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use carat_core::event::RunStatus;
use carat_core::fold::{Progress, Report};
use carat_report::{Alone, Format, Subject};
use carat_store::{ArchiveError, Detail, RunRecord, Store, StoreError};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::recorded::Recorded;
use crate::report_files::{self, Draft};
use crate::session::Session;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// All of the run, to be read by carat.
    Archive,
    /// Its samples, one a line, for anybody.
    Samples,
}

impl Shape {
    /// By how the file is called.
    fn of(file: &Path) -> Result<Self, Fault> {
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("carat") => Ok(Self::Archive),
            Some("jsonl") => Ok(Self::Samples),
            _ => Err(Fault::mendable(format!(
                "{} is neither: an export ends in .carat, for all of the run, or in .jsonl, for its samples one a line; \
                 `carat run show` writes reports",
                file.display()
            ))),
        }
    }
}

pub(super) async fn export(
    session: &Session,
    reference: &str,
    file: Option<&Path>,
    force: bool,
) -> Result<Exit, Fault> {
    let store = Arc::new(session.store().await?);
    let run = store.find_run(reference).await?;
    if store.is_running(&run.id)? {
        return Err(StoreError::Running { run: run.id }.into());
    }
    if file == Some(Path::new("-")) {
        return to_stdout(&store, &run).await;
    }
    let file = file.map_or_else(|| named_after(&run), |file| Ok(file.to_owned()))?;
    let shape = Shape::of(&file)?;
    refuse_to_overwrite(&file, force)?;
    let bytes = to_file(shape, &store, &run, &file, force).await?;
    let (name, size) = (file.display(), size(bytes));
    session.talk(&format!("exported run {} ({} samples) to {name}, {size}", run.id, run.samples));
    if run.status != Some(RunStatus::Finished) {
        session.talk("the run has not come to its end; the file has what it recorded so far");
    }
    Ok(Exit::Fine)
}

/// `25 kB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// `ID.carat` in the current folder.
fn named_after(run: &RunRecord) -> Result<PathBuf, Fault> {
    let id = run.id.as_str();
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Fault::mendable(format!("no file can be called after the run {id}; name one")));
    }
    Ok(format!("{id}.carat").into())
}

fn refuse_to_overwrite(file: &Path, force: bool) -> Result<(), Fault> {
    let name = file.display();
    match fs::symlink_metadata(file) {
        Ok(found) if !found.is_file() => {
            Err(Fault::mendable(format!("{name} is there and is no plain file; name another")))
        }
        Ok(_) if !force => Err(Fault::mendable(format!("{name} is there already; --force overwrites it"))),
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn to_stdout(store: &Store, run: &RunRecord) -> Result<Exit, Fault> {
    let out = io::stdout();
    if out.is_terminal() {
        return Err(Fault::mendable("an exported run is no text for a terminal; redirect it, or name a file"));
    }
    match store.export(run, out).await {
        // A reader that has seen enough is no fault.
        Ok(_) | Err(ArchiveError::Unwritable { kind: io::ErrorKind::BrokenPipe, .. }) => Ok(Exit::Fine),
        Err(error) => Err(fault(error, Path::new("stdout"))),
    }
}

/// The file is there with all of the run, or as it was before. How long it is.
async fn to_file(shape: Shape, store: &Arc<Store>, run: &RunRecord, file: &Path, force: bool) -> Result<u64, Fault> {
    let (draft, out) = Draft::beside(file).map_err(|error| unwritable(file, &error))?;
    match shape {
        Shape::Archive => drop(store.export(run, &out).await.map_err(|error| fault(error, file))?),
        Shape::Samples => samples(store, run, &out, file).await?,
    }
    let length = out.sync_all().and_then(|()| out.metadata()).map_err(|error| unwritable(file, &error))?;
    // Somebody else may have written it meanwhile.
    refuse_to_overwrite(file, force)?;
    draft.keep().map_err(|error| unwritable(file, &error))?;
    Ok(length.len())
}

/// The samples as `--jsonl` has them: one run gives the same bytes by either way.
async fn samples(store: &Arc<Store>, run: &RunRecord, out: &File, file: &Path) -> Result<(), Fault> {
    // Nobody goes on with the run meanwhile; in a store that cannot be written nobody does that anyhow.
    let _held = match store.reopen_run(&run.id).await {
        Err(error @ StoreError::Running { .. }) => return Err(error.into()),
        held => held.ok(),
    };
    let recorded = Recorded::InStore(Arc::clone(store), run.clone());
    let mut progress = Progress::default();
    let count = |event: carat_core::Event| {
        progress.apply(&event);
        Ok(())
    };
    recorded.events(Detail::Verdicts, count).await?;
    // A run that was killed before it began has no samples.
    let (Some(report), Some(plan)) = (Report::of(&progress), progress.plan.as_ref()) else { return Ok(()) };
    let subject = Subject { plan, report: &report };
    let written = report_files::fill(Format::JsonLines, Box::new(out), subject, &recorded, &mut Alone).await;
    written.map_err(|why| unwritable(file, &why))
}

fn fault(error: ArchiveError, file: &Path) -> Fault {
    match error {
        ArchiveError::Store(error) => error.into(),
        ArchiveError::Unwritable { cause, .. } => unwritable(file, &cause),
        other => Fault::bug(other),
    }
}

fn unwritable(file: &Path, cause: &dyn std::fmt::Display) -> Fault {
    Fault::world(format!("cannot write {}: {cause}; the run stays in the store", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(id: &str) -> RunRecord {
        let started_at = "2026-05-01T12:00:00Z".to_owned();
        RunRecord { id: id.into(), eval: "triage".into(), name: None, started_at, status: None, samples: 0 }
    }

    #[test]
    fn the_ending_says_what_is_wanted_and_any_other_is_refused() {
        assert_eq!(Shape::of(Path::new("a/b.carat")).unwrap(), Shape::Archive);
        assert_eq!(Shape::of(Path::new("b.jsonl")).unwrap(), Shape::Samples);
        for file in ["b.csv", "b", "carat", ".carat"] {
            assert_eq!(Shape::of(Path::new(file)).unwrap_err().exit, Exit::Mendable, "{file}");
        }
    }

    #[test]
    fn a_file_is_called_after_its_run_unless_that_would_lead_elsewhere() {
        assert_eq!(named_after(&called("019f-ab")).unwrap(), Path::new("019f-ab.carat"));
        for id in ["", "../up", "a/b", "a\0"] {
            assert!(named_after(&called(id)).is_err(), "{id:?}");
        }
    }

    #[test]
    fn nothing_is_overwritten_unless_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("run.carat");
        assert!(refuse_to_overwrite(&file, false).is_ok());
        fs::write(&file, "").unwrap();
        assert!(refuse_to_overwrite(&file, false).unwrap_err().message.ends_with("--force overwrites it"));
        assert!(refuse_to_overwrite(&file, true).is_ok());
        assert!(refuse_to_overwrite(folder.path(), true).is_err(), "a folder is no file");
    }
}
