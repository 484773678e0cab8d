//! Prompts out of a bundle.

use std::path::PathBuf;

use super::OpenError;
use super::look::Look;
use crate::bundle::{BundleError, Frame, Head, ready, refuse_twins};
use crate::shelf::Shelf;

/// A bundle on disk.
pub(crate) struct BundleFile {
    path: PathBuf,
    /// What was seen before it was read last.
    seen: Option<Look>,
}

impl BundleFile {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path, seen: None }
    }

    pub(super) fn may_have_changed(&self) -> bool {
        self.seen.as_ref().is_none_or(|seen| self.look().may_differ(seen))
    }

    /// Reads the bundle; none where it is the one that is being served.
    pub(super) fn load(&mut self, current: Option<&Shelf>) -> Result<Option<Shelf>, OpenError> {
        // Looked at before it is read: what is written meanwhile is seen the next time.
        self.seen = Some(self.look());
        let file = self.path.display().to_string();
        let bytes = std::fs::read(&self.path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => OpenError::NotThere { place: file.clone() },
            _ => OpenError::unreadable(&self.path, error),
        })?;
        let frame = Frame::open(&bytes, &file)?;
        match current {
            Some(current) if current.digest == frame.digest => Ok(None),
            _ => Ok(Some(shelf(&frame)?)),
        }
    }

    fn look(&self) -> Look {
        Look::at(std::iter::once(self.path.clone()))
    }
}

fn shelf(frame: &Frame<'_>) -> Result<Shelf, BundleError> {
    let ready = ready(frame)?;
    refuse_twins(ready.iter().map(Head::of_ready)).map_err(|twin| twin.in_bundle(frame.file))?;
    Ok(Shelf::of_versions(frame.file.to_owned(), frame.digest, ready, Vec::new()))
}
