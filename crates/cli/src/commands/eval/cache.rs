//! `--refresh`, `--no-cache`, `--cache-age`: which answers may be taken from the record.

use carat_core::RunId;
use carat_core::event::Sharing;
use carat_core::spec::{Age, Imported, ProjectSpec};
use carat_store::Scope;
use jiff::Timestamp;

use crate::fault::Fault;

use super::Args;

impl Args {
    /// What the flags and the project say of the answers of other runs; a run that goes on holds to what it began with, unless
    /// a flag says otherwise.
    pub(super) fn sharing(&self, before: Option<&Sharing>, project: &ProjectSpec) -> Result<Sharing, Fault> {
        Ok(match (self.no_cache, self.refresh, self.cache_age) {
            (true, ..) => Sharing::Apart,
            (_, true, _) => Sharing::Refresh,
            (_, _, Some(age)) => Sharing::Since(since(age)?),
            (.., None) => match (before, project.cache.max_age) {
                (Some(before), _) => before.clone(),
                (None, Some(age)) => Sharing::Since(since(age)?),
                (None, None) => Sharing::Usual,
            },
        })
    }
}

/// The runs whose answers may be used in a run. A project that takes no imported run as evidence takes no answer from one
/// either: it would stand in a run of its own. What the run itself was answered, before it was interrupted, it is not asked
/// again.
pub(super) fn scope(sharing: &Sharing, run: &RunId, project: &ProjectSpec) -> Scope {
    let made_here = refuses_imported(project);
    match sharing {
        Sharing::Usual => Scope { made_here, ..Scope::default() },
        Sharing::Since(since) => Scope { since: Some(since.clone()), made_here, ..Scope::default() },
        Sharing::Refresh | Sharing::Apart => Scope { only: Some(run.clone()), made_here, ..Scope::default() },
    }
}

fn refuses_imported(project: &ProjectSpec) -> bool {
    let needs = project.policy.values().flat_map(|policy| &policy.needs);
    needs.into_iter().any(|need| need.imported == Imported::Refuse)
}

/// The instant so long ago.
fn since(age: Age) -> Result<String, Fault> {
    let span = jiff::SignedDuration::try_from(age.duration()).map_err(|error| Fault::mendable(error.to_string()))?;
    let then = Timestamp::now().checked_sub(span).unwrap_or(Timestamp::MIN);
    Ok(crate::session::instant(then))
}
