//! The store: whether it opens, takes something, and has room.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use super::finding::Finding;
use super::programs;
use super::project::count;
use crate::session::Session;

const CHECK: &str = "store";

/// Less room than this is soon used up.
const LITTLE: u64 = 500_000_000;

/// Looks at the store. One that is not there is not made; one of an older carat is brought to the present shape, as by any
/// command that opens it.
pub(super) async fn look(session: &Session) -> Finding {
    let location = session.store_location();
    if location.contains("://") {
        return match session.store().await {
            Ok(_) => Finding::fine(CHECK, "it opens"),
            Err(fault) => Finding::mend(CHECK, fault.message),
        };
    }
    let file = PathBuf::from(location);
    let shown = session.project.shown(&file);
    let folder = existing(&file);
    if let Err(error) = takes_files(&folder) {
        let message = format!("nothing can be written into {}: {error}", folder.display());
        return Finding::mend(CHECK, message).but("allow it, or name another place with --store");
    }
    if !file.exists() {
        return with_room(format!("{shown} is not there yet; the first run makes it"), &folder).await;
    }
    match runs(session).await {
        Err(fault) if fault.exit == crate::exit::Exit::Mendable => Finding::mend(CHECK, fault.message),
        Err(fault) => Finding::world(CHECK, fault.message),
        Ok(runs) => match OpenOptions::new().append(true).open(&file) {
            Err(error) => {
                let message = format!("{shown} can be read, but not written: {error}");
                Finding::mend(CHECK, message).but("allow it, or name another place with --store")
            }
            Ok(_) => with_room(format!("{shown}: {}, {}", count(runs, "run"), size(bytes(&file))), &folder).await,
        },
    }
}

async fn runs(session: &Session) -> Result<usize, crate::fault::Fault> {
    let store = session.store().await?;
    let runs = store.runs().await?.len();
    store.close().await;
    Ok(runs)
}

/// The nearest folder upwards of a file that is there.
fn existing(file: &Path) -> PathBuf {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    absolute.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new(".")).to_owned()
}

/// Whether a folder takes a file, which is gone again at once.
fn takes_files(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".carat-doctor-{}", uuid::Uuid::now_v7()));
    OpenOptions::new().write(true).create_new(true).open(&probe)?;
    fs::remove_file(&probe)
}

/// The database and what has not been moved into it yet.
fn bytes(file: &Path) -> u64 {
    let log = format!("{}-wal", file.display());
    let size = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
    size(file) + size(Path::new(&log))
}

async fn with_room(message: String, folder: &Path) -> Finding {
    match programs::free_space(folder).await {
        None => Finding::fine(CHECK, message),
        Some(free) if free < LITTLE => {
            Finding::note(CHECK, format!("{message}; only {} free on that disk", size(free))).but("free some space")
        }
        Some(free) => Finding::fine(CHECK, format!("{message}; {} free on that disk", size(free))),
    }
}

/// A number of bytes in units of a thousand.
fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    #[expect(clippy::cast_precision_loss, reason = "one digit behind the point is shown")]
    let mut number = bytes as f64 / 1000.0;
    let mut unit = 0;
    while number >= 999.95 && unit + 1 < units.len() {
        number /= 1000.0;
        unit += 1;
    }
    format!("{number:.1} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_units_that_people_know() {
        assert_eq!(
            [0, 4096, 999_949, 999_950, 12_345_678_900].map(size),
            ["0.0 kB", "4.1 kB", "999.9 kB", "1.0 MB", "12.3 GB"]
        );
        assert_eq!(size(u64::MAX), "18446744.1 TB");
    }

    #[test]
    fn a_folder_is_probed_without_a_trace() {
        let folder = tempfile::tempdir().unwrap();
        takes_files(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(takes_files(&folder.path().join("none")).is_err());
        assert_eq!(existing(&folder.path().join("a/b/c.db")), folder.path());
    }
}
