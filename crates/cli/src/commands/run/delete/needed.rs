//! Which runs others need: promotions that cite them, and runs that are compared with them.

use std::collections::{BTreeMap, BTreeSet};

use carat_core::RunId;
use carat_core::promotion::{Promotion, State};
use carat_store::{RunRecord, Store};

use crate::fault::Fault;

use super::{Decision, Kept};

/// Who needs which run.
#[derive(Debug, Default)]
pub(super) struct Needed {
    /// By the ids of runs: what promotions say of them.
    evidence: BTreeMap<String, Vec<String>>,
    /// By the ids of runs: what they are compared with, as their plans name it.
    baselines: BTreeMap<RunId, String>,
}

impl Needed {
    /// As the store has it now.
    pub(super) async fn of(store: &Store) -> Result<Self, Fault> {
        let promotions = store.promotions(None, None).await?;
        let evidence = evidence(promotions.iter().map(|promotion| &promotion.value));
        Ok(Self { evidence, baselines: store.baselines().await? })
    }

    /// What goes and what stays of the runs that were chosen.
    pub(super) fn decide(
        &self,
        store: &Store,
        all: &[RunRecord],
        chosen: Vec<RunRecord>,
        force: bool,
    ) -> Result<Decision, Fault> {
        let mut running = BTreeSet::new();
        for run in &chosen {
            if store.is_running(&run.id)? {
                running.insert(run.id.clone());
            }
        }
        Ok(self.divided(&running, all, chosen, force))
    }

    fn divided(&self, running: &BTreeSet<RunId>, all: &[RunRecord], chosen: Vec<RunRecord>, force: bool) -> Decision {
        let stays = |run: &RunRecord| running.contains(&run.id) || !force && self.is_evidence(run);
        let may_go: BTreeSet<RunId> = chosen.iter().filter(|run| !stays(run)).map(|run| run.id.clone()).collect();
        // A run that is kept for no more than being compared with needs no baseline of its own: where each run is compared
        // with the one before, nothing would ever go else.
        let staying: Vec<&RunRecord> = all.iter().filter(|run| !may_go.contains(&run.id)).collect();
        let mut decision = Decision::default();
        for run in chosen {
            if running.contains(&run.id) {
                decision.kept.push(Kept::running(run));
                continue;
            }
            let because = if force { Vec::new() } else { self.reasons(&run, &staying) };
            if because.is_empty() {
                decision.going.push(run);
            } else {
                decision.kept.push(Kept { run, because, is_running: false });
            }
        }
        decision
    }

    fn is_evidence(&self, run: &RunRecord) -> bool {
        self.evidence.contains_key(run.id.as_str())
    }

    fn reasons(&self, run: &RunRecord, staying: &[&RunRecord]) -> Vec<String> {
        let mut reasons = self.evidence.get(run.id.as_str()).cloned().unwrap_or_default();
        let compares = |other: &&&RunRecord| {
            other.id != run.id && self.baselines.get(&other.id).is_some_and(|baseline| names(baseline, &run.id))
        };
        let by: Vec<&str> = staying.iter().filter(compares).map(|other| other.id.as_str()).collect();
        match by.as_slice() {
            [] => {}
            [one] => reasons.push(format!("is the baseline of run {one}")),
            [first, others @ ..] => {
                reasons.push(format!("is the baseline of run {first} and {} more", others.len()));
            }
        }
        reasons
    }
}

/// Whether a baseline is that run, or a variant of it.
fn names(baseline: &str, run: &RunId) -> bool {
    baseline.strip_prefix(run.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// What promotions rest on which wait for something, or put a label where it is or was. Those that were withdrawn or rolled
/// back rest on nothing any more.
fn evidence<'a>(promotions: impl Iterator<Item = &'a Promotion>) -> BTreeMap<String, Vec<String>> {
    let mut evidence: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for promotion in promotions.filter(|promotion| promotion.state.is_open() || promotion.state == State::Applied) {
        let Promotion { subject, label, state, .. } = promotion;
        let runs: BTreeSet<&str> =
            promotion.findings.iter().flat_map(|finding| &finding.evidence).map(|id| id.run.as_str()).collect();
        for run in runs {
            let reason = format!("is evidence of the promotion of {subject} to {label} ({})", state.as_str());
            let reasons = evidence.entry(run.to_owned()).or_default();
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    evidence
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(ids: &[&str]) -> Vec<RunRecord> {
        let record = |id: &&str| RunRecord {
            id: (*id).into(),
            eval: "triage".into(),
            name: None,
            started_at: String::new(),
            status: None,
            samples: 0,
        };
        ids.iter().map(record).collect()
    }

    /// What goes of `d c b a`, each compared with the one that stands behind it, `b` being the evidence of something.
    fn going(chosen: &[&str], running: &[&str], force: bool) -> String {
        let needed = Needed {
            evidence: [("b".to_owned(), vec!["is evidence".to_owned()])].into(),
            baselines: [("d", "c"), ("c", "b:ask@1×m"), ("b", "a")]
                .map(|(run, baseline)| (run.into(), baseline.to_owned()))
                .into(),
        };
        let running = running.iter().map(|id| RunId::from(*id)).collect();
        let decision = needed.divided(&running, &runs(&["d", "c", "b", "a"]), runs(chosen), force);
        assert_eq!(decision.going.len() + decision.kept.len(), chosen.len());
        decision.going.iter().map(|run| run.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_a_run_that_stays_is_compared_with_stays() {
        assert_eq!(going(&["c"], &[], false), "");
        assert_eq!(going(&["a"], &[], false), "");
        assert_eq!(going(&["d", "c"], &[], false), "d c", "who asks for it goes, too");
        assert_eq!(going(&["d", "c", "a"], &[], false), "d c", "evidence needs its baseline");
        assert_eq!(going(&["d", "c", "b", "a"], &[], false), "d c");
    }

    #[test]
    fn force_leaves_nothing_but_what_is_being_written() {
        assert_eq!(going(&["d", "c", "b", "a"], &[], true), "d c b a");
        assert_eq!(going(&["d", "c", "b", "a"], &["d"], true), "c b a");
        assert_eq!(going(&["d", "c"], &["d"], false), "", "what is being written is compared in the end");
    }

    #[test]
    fn a_chain_of_baselines_does_not_stay_for_ever() {
        let baselines = [("e", "d"), ("d", "c"), ("c", "b"), ("b", "a")];
        let baselines = baselines.map(|(run, baseline)| (run.into(), baseline.to_owned())).into();
        let needed = Needed { evidence: BTreeMap::new(), baselines };
        let all = runs(&["e", "d", "c", "b", "a"]);
        let decision = needed.divided(&BTreeSet::new(), &all, all[1..].to_vec(), false);
        assert_eq!(decision.going, all[2..]);
        assert_eq!(decision.kept[0].because, ["is the baseline of run e"]);
    }

    #[test]
    fn a_baseline_is_named_by_the_whole_id() {
        assert!(names("0193", &"0193".into()) && names("0193:ask@1×m", &"0193".into()));
        assert!(!names("01934", &"0193".into()) && !names("baselines/0193.carat", &"0193".into()));
    }
}
