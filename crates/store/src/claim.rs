//! Who writes a run: at most one process at a time.
//!
//! A claim on a file's store is a lock that the operating system holds on a file of its own, so that it ends with the
//! process however that ends. A store in memory has a set.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use carat_core::{Digest, RunId};

use crate::StoreError;

/// Where claims of a store are kept.
#[derive(Debug, Clone)]
pub(crate) enum Claims {
    /// One file a run, in this folder.
    Folder(Arc<Path>),
    /// In this process.
    Memory(Arc<Mutex<HashSet<RunId>>>),
}

/// The right to write a run, until it is dropped.
#[derive(Debug)]
pub(crate) enum Claim {
    /// A locked file.
    File {
        /// The file; the lock ends when it is closed.
        _file: File,
        path: PathBuf,
    },
    /// A member of the set.
    Memory { runs: Arc<Mutex<HashSet<RunId>>>, run: RunId },
}

impl Claims {
    /// Claims a run.
    ///
    /// # Errors
    /// [`StoreError::Running`] if somebody else has it; else what keeps a lock from being made.
    pub(crate) async fn claim(&self, run: &RunId) -> Result<Claim, StoreError> {
        match self {
            Self::Folder(folder) => claim_file(folder, run).await,
            Self::Memory(runs) => {
                let new = runs.lock().unwrap_or_else(PoisonError::into_inner).insert(run.clone());
                let claim = || Claim::Memory { runs: Arc::clone(runs), run: run.clone() };
                new.then(claim).ok_or_else(|| StoreError::Running { run: run.clone() })
            }
        }
    }

    /// Whether somebody has claimed the run.
    ///
    /// # Errors
    /// What keeps the lock from being looked at.
    pub(crate) fn is_claimed(&self, run: &RunId) -> Result<bool, StoreError> {
        match self {
            Self::Folder(folder) => {
                let path = lock_path(folder, run);
                is_locked(&path).map_err(|error| refused(&path, &error))
            }
            Self::Memory(runs) => Ok(runs.lock().unwrap_or_else(PoisonError::into_inner).contains(run)),
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        match self {
            // The name goes while the lock is held, so that nobody's fresh file is taken away. Elsewhere than on Unix the
            // file stays: there is no telling there whether a path still means the file that was opened.
            Self::File { path, .. } => {
                if cfg!(unix) {
                    // A file that stays does no harm.
                    let _ = std::fs::remove_file(path);
                }
            }
            Self::Memory { runs, run } => {
                runs.lock().unwrap_or_else(PoisonError::into_inner).remove(run);
            }
        }
    }
}

/// How often a claim is tried again when nobody has the run but somebody is just looking, or just gave it up.
const TRIES: u32 = 20;

async fn claim_file(folder: &Path, run: &RunId) -> Result<Claim, StoreError> {
    std::fs::create_dir_all(folder)
        .map_err(|error| StoreError::Folder { folder: folder.display().to_string(), cause: error.to_string() })?;
    let path = lock_path(folder, run);
    for _ in 0..TRIES {
        match try_claim(&path).map_err(|error| refused(&path, &error))? {
            Attempt::Claimed(file) => return Ok(Claim::File { _file: file, path }),
            Attempt::Taken => break,
            Attempt::Again => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
    Err(StoreError::Running { run: run.clone() })
}

enum Attempt {
    Claimed(File),
    Taken,
    Again,
}

fn try_claim(path: &Path) -> io::Result<Attempt> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) if still_has_its_name(&file, path) => Ok(Attempt::Claimed(file)),
        Ok(()) => Ok(Attempt::Again),
        // Those who only look share the lock for a moment; one who writes does not share it.
        Err(TryLockError::WouldBlock) => match file.try_lock_shared() {
            Ok(()) => Ok(Attempt::Again),
            Err(TryLockError::WouldBlock) => Ok(Attempt::Taken),
            Err(TryLockError::Error(error)) => Err(error),
        },
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether the path still means this file: who had the lock before may have taken the name away.
#[cfg(unix)]
fn still_has_its_name(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), path.metadata()) {
        (Ok(opened), Ok(named)) => opened.ino() == named.ino() && opened.dev() == named.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn still_has_its_name(_: &File, _: &Path) -> bool {
    true
}

fn is_locked(path: &Path) -> io::Result<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// A run's id is the file's name where it can be one.
fn lock_path(folder: &Path, run: &RunId) -> PathBuf {
    let id = run.as_str();
    let plain = !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let name = if plain { id.to_owned() } else { Digest::of_bytes(id.as_bytes()).hex() };
    folder.join(format!("{name}.lock"))
}

fn refused(path: &Path, error: &io::Error) -> StoreError {
    let file = path.display().to_string();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { file },
        _ => StoreError::ReadOnly { file, cause: error.to_string() },
    }
}
