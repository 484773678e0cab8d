//! What runs show of the version.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::{Facts, Finding, listed};
use crate::promotion::Evidence;
use crate::spec::Need;
use crate::version::Kind;

/// Of so many runs that do not count the reasons are told.
const TOLD: usize = 3;

/// What a need asks of the thing.
enum Asked<'a> {
    /// The project has no such eval.
    Unknown,
    /// Nothing: the eval, or its models, are about other things.
    Nothing,
    /// That the gates hold on these models.
    Models(Vec<&'a str>),
}

/// Why a piece of evidence does not count.
struct Flaw {
    because: String,
    /// Whether the same eval may do better on the same version.
    can_be_mended: bool,
}

/// A finding for each need; and one more where none of them asks anything of the thing.
pub(super) fn findings(facts: &Facts<'_>) -> Vec<Finding> {
    let needs = &facts.policy.needs;
    let mut findings: Vec<Finding> = needs.iter().map(|need| finding(facts, need)).collect();
    if !needs.is_empty() && needs.iter().all(|need| matches!(asked(facts, need), Asked::Nothing)) {
        let evals: Vec<&str> = needs.iter().map(|need| need.eval.as_str()).collect();
        let (name, kind) = (&facts.subject.name, facts.subject.kind);
        let because = format!(
            "of the evals that the policy of `{}` needs ({}) none asks anything of the {kind} {name}; add an eval of it",
            facts.label,
            listed(&evals)
        );
        findings.push(Finding { what: format!("an eval of {name}"), holds: false, because, evidence: Vec::new() });
    }
    findings
}

fn asked<'a>(facts: &Facts<'a>, need: &'a Need) -> Asked<'a> {
    let Some(eval) = facts.evals.iter().find(|eval| eval.eval == need.eval) else { return Asked::Unknown };
    if !eval.concerns {
        return Asked::Nothing;
    }
    let models = if need.models.is_empty() { &eval.models } else { &need.models };
    let models: Vec<&str> = models.iter().map(String::as_str).collect();
    if facts.subject.kind != Kind::Model {
        return Asked::Models(models);
    }
    // Of a model, only what it answers itself says something.
    let own: Vec<&str> = models.into_iter().filter(|model| *model == facts.subject.name).collect();
    if own.is_empty() { Asked::Nothing } else { Asked::Models(own) }
}

fn finding(facts: &Facts<'_>, need: &Need) -> Finding {
    let (name, eval) = (&facts.subject.name, &need.eval);
    let told = |holds, because| Finding { what: format!("eval {eval}"), holds, because, evidence: Vec::new() };
    match asked(facts, need) {
        Asked::Unknown => told(
            false,
            format!("the project has no eval `{eval}`; write evals/{eval}.yaml, or take it out of the policy"),
        ),
        Asked::Nothing => told(true, format!("it asks nothing of {name}")),
        Asked::Models(models) if models.is_empty() => {
            told(false, format!("neither the policy nor evals/{eval}.yaml names a model; name one"))
        }
        Asked::Models(models) => on_models(facts, need, &models),
    }
}

fn on_models(facts: &Facts<'_>, need: &Need, models: &[&str]) -> Finding {
    let (mut said, mut evidence) = (Vec::new(), Vec::new());
    let mut can_be_mended = false;
    for model in models {
        match on_model(facts, need, model) {
            Ok((proof, because)) => {
                evidence.push(proof.id.clone());
                said.push(because);
            }
            Err(flaw) => {
                can_be_mended |= flaw.can_be_mended;
                said.push(flaw.because);
            }
        }
    }
    let holds = evidence.len() == models.len();
    if can_be_mended {
        said.push(format!("run {}", command(facts, need)));
    }
    Finding { what: format!("eval {}", need.eval), holds, because: said.join("; "), evidence }
}

/// The newest evidence that counts, with what it says; else why there is none.
fn on_model<'a>(facts: &Facts<'a>, need: &Need, model: &str) -> Result<(&'a Evidence, String), Flaw> {
    let runs = facts.evidence.iter().filter(|run| run.eval == need.eval && run.model == model);
    let (mut ours, others): (Vec<&Evidence>, Vec<_>) = runs.partition(|run| run.subject == facts.subject.digest);
    ours.sort_by_key(|run| Reverse(run.finished_at.as_deref().map_or(Some(Timestamp::MAX), instant)));
    let mut flaws = Vec::new();
    for run in ours {
        match judge(facts, need, run) {
            None => return Ok((run, proven(facts, run, &flaws))),
            Some(flaw) => flaws.push((run, flaw)),
        }
    }
    Err(missing(facts, model, &flaws, others.len()))
}

/// Why a run of this very version does not count; none where it does.
fn judge(facts: &Facts<'_>, need: &Need, run: &Evidence) -> Option<Flaw> {
    let mended = |because: String| Some(Flaw { because, can_be_mended: true });
    let hopeless = |because: String| Some(Flaw { because, can_be_mended: false });
    if let Some(flaw) = &run.flaw {
        return mended(flaw.clone());
    }
    if let Some(because) = untimely(facts, need, run).or_else(|| outdated(facts, need, run)) {
        return mended(because);
    }
    if run.gates == 0 {
        return hopeless(format!("it held no gates, which proves nothing; give evals/{}.yaml some", need.eval));
    }
    if run.failed_gates.is_empty() {
        return None;
    }
    let against = facts.current.map(|current| format!(" (relative to {current}, where `{}` points now)", facts.label));
    let against = against.unwrap_or_default();
    hopeless(format!("its gates do not hold{against}: {}", some_of(&run.failed_gates)))
}

/// Why the time at which it ended will not do.
fn untimely(facts: &Facts<'_>, need: &Need, run: &Evidence) -> Option<String> {
    let Some(written) = &run.finished_at else { return Some("it has not ended".to_owned()) };
    let (Some(ended), Some(now)) = (instant(written), instant(facts.now)) else {
        return Some(format!("the instants `{written}` and `{}` cannot be compared", facts.now));
    };
    let age = now.duration_since(ended);
    if age.is_negative() {
        return Some(format!("it ended at {written}, which is yet to come by the clock here ({})", facts.now));
    }
    let allowed = need.max_age.filter(|allowed| age.unsigned_abs() > allowed.duration())?;
    Some(format!("it ended at {written}, more than {allowed} ago"))
}

/// Why the version of the dataset will not do.
fn outdated(facts: &Facts<'_>, need: &Need, run: &Evidence) -> Option<String> {
    let (written, dataset) = (run.dataset_superseded_at.as_ref()?, &run.id.dataset);
    let Some(allowed) = need.max_dataset_age else {
        return Some(format!("it ran on {dataset}, and there is a newer version since {written}"));
    };
    let (Some(newer), Some(now)) = (instant(written), instant(facts.now)) else {
        return Some(format!("the instants `{written}` and `{}` cannot be compared", facts.now));
    };
    let age = now.duration_since(newer);
    let is_late = !age.is_negative() && age.unsigned_abs() > allowed.duration();
    is_late
        .then(|| format!("it ran on {dataset}, and there is a newer version since {written}, for more than {allowed}"))
}

/// What a run shows; and that a newer one showed the opposite, which somebody should know.
fn proven(facts: &Facts<'_>, run: &Evidence, newer: &[(&Evidence, Flaw)]) -> String {
    let gates = if run.gates == 1 { "1 gate".to_owned() } else { format!("{} gates", run.gates) };
    let ended = run.finished_at.as_deref().unwrap_or(facts.now);
    let mut said =
        format!("on {}: {gates} held in run {} on {}, which ended at {ended}", run.model, short(run), run.id.dataset);
    if let Some((run, flaw)) = newer.iter().find(|(run, _)| run.flaw.is_none() && !run.failed_gates.is_empty()) {
        said.push_str(&format!(" (but of the newer run {}: {})", short(run), flaw.because));
    }
    said
}

fn missing(facts: &Facts<'_>, model: &str, flaws: &[(&Evidence, Flaw)], others: usize) -> Flaw {
    let mut said: Vec<String> = flaws
        .iter()
        .take(TOLD)
        .map(|(run, flaw)| format!("run {} does not count: {}", short(run), flaw.because))
        .collect();
    if flaws.len() > TOLD {
        said.push(format!("nor do {} older ones", flaws.len() - TOLD));
    }
    if flaws.is_empty() {
        let of_others = match others {
            0 => String::new(),
            1 => "; 1 run is of another version of it".to_owned(),
            n => format!("; {n} runs are of other versions of it"),
        };
        said.push(format!("there is no run of {}{of_others}", facts.subject));
    }
    let can_be_mended = flaws.first().is_none_or(|(_, flaw)| flaw.can_be_mended);
    Flaw { because: format!("on {model}: {}", said.join(", ")), can_be_mended }
}

/// The first few, and how many more.
fn some_of(gates: &[String]) -> String {
    let told = gates.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    if gates.len() > TOLD { format!("{told} and {} more", gates.len() - TOLD) } else { told }
}

/// The command that would make the evidence.
fn command(facts: &Facts<'_>, need: &Need) -> String {
    let subject = facts.subject;
    match subject.kind {
        Kind::Prompt => format!("carat eval {} --prompt {subject}", need.eval),
        Kind::Model => format!("carat eval {} --model {}", need.eval, subject.name),
        Kind::Dataset | Kind::Eval => format!("carat eval {}", need.eval),
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// The beginning of a run's id, down to the millisecond.
fn short(run: &Evidence) -> &str {
    run.id.run.get(..13).unwrap_or(&run.id.run)
}
