//! Evals, as files and as versions.

use carat_core::version::{Kind, VersionId};
use carat_store::Saved;

use super::meaning::Meaning;
use super::{Catalogue, CatalogueError};
use crate::eval::{self, EvalOnDisk, EvalPackage};

/// An eval, with all that it consists of.
#[derive(Debug, Clone)]
pub struct FoundEval {
    /// The eval. The file of a version is how people write the version: `triage@3`.
    pub eval: EvalOnDisk,
    /// The text of its file, and of the files that it names.
    pub package: EvalPackage,
    /// Which version was asked for; none for the file as it is now.
    pub version: Option<VersionId>,
}

/// Why a version of an eval may have no body.
const NOT_KEPT: &str = "its spec was not kept, and the file has changed since; name a newer version";

impl Catalogue {
    /// The eval that a reference means: `triage`, `triage@2`.
    ///
    /// # Errors
    /// There is no such eval or version, or it cannot be read; see [`CatalogueError`].
    pub async fn eval(&self, reference: &str) -> Result<FoundEval, CatalogueError> {
        match Meaning::of(&self.project, Kind::Eval, reference)? {
            Meaning::Working(name) => self.working_eval(name).await,
            Meaning::Version(reference) => {
                let version = self.resolve(Kind::Eval, &reference, None).await?;
                self.eval_of(&version.id).await
            }
        }
    }

    /// The eval of a version.
    ///
    /// # Errors
    /// It was not kept, or does not come out as it was saved.
    pub async fn eval_of(&self, id: &VersionId) -> Result<FoundEval, CatalogueError> {
        let Some(body) = self.body(id).await? else {
            let working = self.working_eval(&id.name).await.ok().filter(|found| found.eval.digest() == id.digest);
            let found = working.ok_or_else(|| CatalogueError::not_kept(id, NOT_KEPT))?;
            return Ok(FoundEval { version: Some(id.clone()), ..found });
        };
        let package = EvalPackage::from_body(&body);
        let eval = package.eval(&id.name, &id.to_string());
        let eval = eval.map_err(|error| CatalogueError::unreadable(id, error))?;
        if eval.digest() != id.digest {
            let cause = format!("what was kept has the digest {}", eval.digest().short());
            return Err(CatalogueError::unreadable(id, cause));
        }
        Ok(FoundEval { eval, package, version: Some(id.clone()) })
    }

    /// Gives an eval its number, if it has none yet. What a person said of it is kept with a new one.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn save_eval(&self, found: &FoundEval, message: Option<&str>) -> Result<Saved, CatalogueError> {
        if let Some(id) = &found.version {
            return Ok(Saved { id: id.clone(), is_new: false });
        }
        let what = (Kind::Eval, found.eval.name.as_str(), found.eval.digest());
        self.save(what, Some(&found.package.body()), message).await
    }

    async fn working_eval(&self, reference: &str) -> Result<FoundEval, CatalogueError> {
        match eval::pack(&self.project, reference) {
            Ok((eval, package)) => Ok(FoundEval { eval, package, version: None }),
            Err(error) => Err(self.no_file(Kind::Eval, reference, error).await),
        }
    }
}
