//! Which runs are meant.

use std::collections::{BTreeMap, BTreeSet};

use carat_core::event::RunStatus;
use carat_core::nearest::nearest;
use carat_core::{RunId, spec::Age};
use carat_store::{RunRecord, Store};
use jiff::Timestamp;

use crate::fault::Fault;

use super::Args;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Status {
    Finished,
    Interrupted,
    Failed,
    OverBudget,
    /// It was cut off without a word.
    Killed,
}

impl Status {
    /// What the record says. Whether one that says nothing is still running is not known here.
    pub(super) fn of(run: &RunRecord) -> Self {
        match run.status {
            Some(RunStatus::Finished) => Self::Finished,
            Some(RunStatus::Interrupted) => Self::Interrupted,
            Some(RunStatus::Failed) => Self::Failed,
            Some(RunStatus::OverBudget) => Self::OverBudget,
            None => Self::Killed,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::OverBudget => "over budget",
            Self::Killed => "killed",
        }
    }
}

/// The runs that are named, or for which everything holds that is asked for; newest first, as `all` are.
pub(super) async fn chosen(store: &Store, all: &[RunRecord], args: &Args) -> Result<Vec<RunRecord>, Fault> {
    if !args.runs.is_empty() {
        let mut named = BTreeSet::new();
        for reference in &args.runs {
            named.insert(store.find_run(reference).await?.id.to_string());
        }
        return Ok(all.iter().filter(|run| named.contains(run.id.as_str())).cloned().collect());
    }
    refuse_unknown_evals(all, &args.eval)?;
    let before = args.older_than.map(ago).transpose()?;
    let newest = newest(all, args.keep_last.unwrap_or(0));
    let is_meant = |run: &&RunRecord| {
        (args.eval.is_empty() || args.eval.contains(&run.eval))
            && (args.status.is_empty() || args.status.contains(&Status::of(run)))
            && before.is_none_or(|before| began_before(run, before))
            && !newest.contains(&run.id)
    };
    Ok(all.iter().filter(is_meant).cloned().collect())
}

/// A slip in a name must not pass for an eval without runs.
fn refuse_unknown_evals(all: &[RunRecord], evals: &[String]) -> Result<(), Fault> {
    let known: BTreeSet<&str> = all.iter().map(|run| run.eval.as_str()).collect();
    let Some(unknown) = evals.iter().find(|eval| !known.contains(eval.as_str())) else { return Ok(()) };
    let hint = nearest(unknown, known.iter().copied());
    let hint = hint.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(Fault::mendable(format!("no run is of an eval `{unknown}`{hint}")))
}

/// The newest runs of each eval, of which there are so many at most.
fn newest(all: &[RunRecord], count: usize) -> BTreeSet<&RunId> {
    let mut by_eval: BTreeMap<&str, Vec<&RunId>> = BTreeMap::new();
    for run in all {
        by_eval.entry(&run.eval).or_default().push(&run.id);
    }
    by_eval.into_values().flat_map(|runs| runs.into_iter().take(count)).collect()
}

/// The instant so long ago.
fn ago(age: Age) -> Result<Timestamp, Fault> {
    let span = jiff::SignedDuration::try_from(age.duration()).map_err(|error| Fault::mendable(error.to_string()))?;
    Ok(Timestamp::now().checked_sub(span).unwrap_or(Timestamp::MIN))
}

/// A run of which nobody knows when it began is not old.
fn began_before(run: &RunRecord, instant: Timestamp) -> bool {
    run.started_at.parse::<Timestamp>().is_ok_and(|began| began < instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, eval: &str, started_at: &str) -> RunRecord {
        let (eval, started_at) = (eval.to_owned(), started_at.to_owned());
        RunRecord { id: id.into(), eval, name: None, started_at, status: None, samples: 0 }
    }

    #[test]
    fn the_newest_are_counted_by_eval() {
        let all = [("4", "a"), ("3", "b"), ("2", "a"), ("1", "a")].map(|(id, eval)| run(id, eval, ""));
        let ids = |count| newest(&all, count).into_iter().map(RunId::as_str).collect::<Vec<_>>().join(" ");
        assert_eq!((ids(0).as_str(), ids(1).as_str(), ids(2).as_str()), ("", "3 4", "2 3 4"));
    }

    #[test]
    fn a_run_without_a_known_beginning_is_never_old() {
        let now = Timestamp::now();
        assert!(began_before(&run("1", "a", "2026-05-01T12:00:00.000Z"), Timestamp::MAX));
        assert!(began_before(&run("1", "a", "2026-05-01T14:00:00+02:00"), Timestamp::MAX));
        assert!(!began_before(&run("1", "a", "long ago"), Timestamp::MAX));
        assert!(!began_before(&run("1", "a", &now.to_string()), now));
    }
}
