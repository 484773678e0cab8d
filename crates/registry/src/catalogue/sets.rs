//! Datasets, as files and as versions.

use std::sync::Arc;

use carat_core::version::{Kind, VersionId};
use carat_core::{DataError, Digest};
use carat_store::Saved;

use super::meaning::Meaning;
use super::rows::FetchedRows;
use super::{Catalogue, CatalogueError};
use crate::dataset::{LocatedRows, Survey, survey};

/// A dataset, surveyed.
#[derive(Clone)]
pub struct FoundDataset {
    /// Its name in the project.
    pub name: String,
    /// Its rows.
    pub rows: Arc<dyn LocatedRows>,
    /// The name of all of its rows in their order, whatever an eval takes of them.
    pub digest: Digest,
    /// What it amounts to.
    pub survey: Survey,
    /// Which version was asked for; none for the file as it is now.
    pub version: Option<VersionId>,
}

impl std::fmt::Debug for FoundDataset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, rows: _, digest, survey: _, version } = self;
        let mut shown = f.debug_struct("FoundDataset");
        shown.field("name", name).field("digest", digest).field("version", version).finish_non_exhaustive()
    }
}

/// Why the rows of a version may not be there.
const NOT_KEPT: &str = "its rows were not kept, and the file has changed since; they are kept when all of them are \
                        evaluated, and by `carat dataset save`";

impl Catalogue {
    /// The dataset that a reference means: `tickets`, `tickets@3`. All of its rows are read once.
    ///
    /// # Errors
    /// There is no such dataset or version, or it cannot be read; see [`CatalogueError`].
    pub async fn dataset(&self, reference: &str) -> Result<FoundDataset, CatalogueError> {
        match Meaning::of(&self.project, Kind::Dataset, reference)? {
            Meaning::Working(name) => self.working_dataset(name).await,
            Meaning::Version(reference) => {
                let version = self.resolve(Kind::Dataset, &reference, None).await?;
                self.dataset_of(&version.id).await
            }
        }
    }

    /// The dataset of a version. All of its rows are read once, to see that they are those that were saved.
    ///
    /// # Errors
    /// They were not kept, or are others.
    pub async fn dataset_of(&self, id: &VersionId) -> Result<FoundDataset, CatalogueError> {
        if !self.store.has_rows(id).await? {
            let working = self.working_dataset(&id.name).await.ok().filter(|found| found.digest == id.digest);
            let found = working.ok_or_else(|| CatalogueError::not_kept(id, NOT_KEPT))?;
            return Ok(FoundDataset { version: Some(id.clone()), ..found });
        }
        let rows: Arc<dyn LocatedRows> = Arc::new(FetchedRows::of(&self.store, id).await?);
        let survey = surveyed(&rows).await?;
        if survey.digest != id.digest {
            let cause = format!("the {} rows that were kept have the digest {}", survey.rows, survey.digest.short());
            return Err(CatalogueError::unreadable(id, cause));
        }
        Ok(FoundDataset { name: id.name.clone(), rows, digest: id.digest, survey, version: Some(id.clone()) })
    }

    /// Gives a dataset its number, if it has none yet, and keeps its rows where that is wanted and they are not kept yet: both
    /// or neither.
    ///
    /// # Errors
    /// The rows cannot be read or have changed since they were found, or the store cannot be written.
    pub async fn save_dataset(
        &self,
        found: &FoundDataset,
        keep_rows: bool,
        message: Option<&str>,
    ) -> Result<Saved, CatalogueError> {
        if let Some(id) = &found.version {
            if keep_rows && !self.store.has_rows(id).await? {
                self.store.keep_rows(id, found.rows.open()?, &self.by, &self.now).await?;
            }
            return Ok(Saved { id: id.clone(), is_new: false });
        }
        let what = (Kind::Dataset, found.name.as_str(), found.digest);
        if keep_rows {
            return Ok(self.store.save_dataset(&self.new_version(what, None, message), found.rows.open()?).await?);
        }
        self.save(what, None, message).await
    }

    async fn working_dataset(&self, reference: &str) -> Result<FoundDataset, CatalogueError> {
        match self.project.dataset(reference) {
            Ok((name, file)) => {
                let rows: Arc<dyn LocatedRows> = Arc::new(file);
                let survey = surveyed(&rows).await?;
                Ok(FoundDataset { name, rows, digest: survey.digest, survey, version: None })
            }
            Err(error) => Err(self.no_file(Kind::Dataset, reference, error).await),
        }
    }
}

/// A survey takes as long as reading does, which is not for the threads that wait for everything else.
async fn surveyed(rows: &Arc<dyn LocatedRows>) -> Result<Survey, DataError> {
    let shown = rows.shown().to_owned();
    let rows = Arc::clone(rows);
    match tokio::task::spawn_blocking(move || survey(&*rows)).await {
        Ok(survey) => survey,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(stopped) => Err(DataError { file: shown, line: None, message: stopped.to_string() }),
        },
    }
}
