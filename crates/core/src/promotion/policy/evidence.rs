//! What runs show of the version.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};

use super::{Facts, Finding, listed};
use crate::promotion::{Evidence, Newer};
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

/// Why a model has no evidence.
struct Lack {
    because: Vec<String>,
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
        let none = format!(
            "of the evals that the policy of `{}` needs ({}) none asks anything of the {kind} {name}",
            facts.label,
            listed(&evals)
        );
        findings.push(Finding::told(format!("an eval of {name}"), false, vec![none, "add an eval of it".to_owned()]));
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
    let told = |holds, because| Finding::told(format!("eval {eval}"), holds, because);
    match asked(facts, need) {
        Asked::Unknown => {
            let advice = format!("write evals/{eval}.yaml, or take it out of the policy");
            told(false, vec![format!("the project has no eval `{eval}`"), advice])
        }
        Asked::Nothing => Finding { asks_nothing: true, ..told(true, vec![format!("it asks nothing of {name}")]) },
        Asked::Models(models) if models.is_empty() => {
            let nobody = format!("neither the policy nor evals/{eval}.yaml names a model");
            told(false, vec![nobody, "name one".to_owned()])
        }
        Asked::Models(models) => on_models(facts, need, &models),
    }
}

fn on_models(facts: &Facts<'_>, need: &Need, models: &[&str]) -> Finding {
    let (mut because, mut evidence, mut lacking) = (Vec::new(), Vec::new(), Vec::new());
    for model in models {
        match on_model(facts, need, model) {
            Ok((proof, said)) => {
                evidence.push(proof.id.clone());
                because.push(said);
            }
            Err(lack) => {
                lacking.extend(lack.can_be_mended.then_some(*model));
                because.extend(lack.because);
            }
        }
    }
    let holds = evidence.len() == models.len();
    let commands = if lacking.is_empty() { Vec::new() } else { vec![command(facts, need, &lacking)] };
    Finding { evidence, commands, ..Finding::told(format!("eval {}", need.eval), holds, because) }
}

/// What the newest run says that counts; else why there is none. An older one that says the opposite is over.
fn on_model<'a>(facts: &Facts<'a>, need: &Need, model: &str) -> Result<(&'a Evidence, String), Lack> {
    let runs = facts.evidence.iter().filter(|run| run.eval == need.eval && run.model == model);
    let (mut ours, others): (Vec<&Evidence>, Vec<_>) = runs.partition(|run| run.subject == facts.subject.digest);
    let ended = |run: &Evidence| run.finished_at.as_deref().map_or(Some(Timestamp::MAX), instant);
    // Of runs that ended at the same instant, one that failed comes first.
    ours.sort_by_key(|run| (Reverse(ended(run)), has_passed(run)));
    let mut flawed = Vec::new();
    for run in ours {
        match flaw(facts, need, run) {
            None if has_passed(run) => return Ok((run, proven(facts, run))),
            None => return Err(failed(facts, need, run, &flawed)),
            Some(flaw) => flawed.push((run, flaw)),
        }
    }
    Err(missing(facts, model, &flawed, others.len()))
}

/// Why a run of this very version does not count, whatever its gates say; none where it does.
fn flaw(facts: &Facts<'_>, need: &Need, run: &Evidence) -> Option<String> {
    let flaw = run.flaw.clone().or_else(|| elsewhere(facts, run));
    flaw.or_else(|| untimely(facts, need, run)).or_else(|| outdated(facts, need, run))
}

const fn has_passed(run: &Evidence) -> bool {
    run.gates > 0 && run.failed_gates.is_empty()
}

/// Why the place where it was measured will not do.
fn elsewhere(facts: &Facts<'_>, run: &Evidence) -> Option<String> {
    let taken_in = run.taken_in.as_ref().filter(|_| facts.policy.refuses_imported(&run.eval, &run.model))?;
    let label = facts.label;
    Some(format!(
        "it was measured elsewhere ({taken_in}), and the policy of `{label}` takes no imported run of this eval"
    ))
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
    let is_too_old = |age: SignedDuration| need.max_age.filter(|allowed| age.unsigned_abs() > allowed.duration());
    if let Some(allowed) = is_too_old(age) {
        return Some(format!("it ended at {written}, more than {allowed} ago"));
    }
    let oldest = run.oldest_answer.as_deref()?;
    let allowed = is_too_old(now.duration_since(instant(oldest)?))?;
    Some(format!("some of its answers were taken from a run that began at {oldest}, more than {allowed} ago"))
}

/// Why the version of the dataset will not do.
fn outdated(facts: &Facts<'_>, need: &Need, run: &Evidence) -> Option<String> {
    let dataset = &run.id.dataset;
    let written = match run.dataset_superseded.as_ref()? {
        Newer::Version { saved_at } => saved_at,
        // They are as new as can be: none is too old yet.
        Newer::Unsaved if need.max_dataset_age.is_some() => return None,
        Newer::Unsaved => {
            let name = &dataset.name;
            return Some(format!("it ran on {dataset}, and the file of {name} has other rows now, which nobody saved"));
        }
    };
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

/// What a run shows.
fn proven(facts: &Facts<'_>, run: &Evidence) -> String {
    let gates = if run.gates == 1 { "1 gate".to_owned() } else { format!("{} gates", run.gates) };
    let ended = run.finished_at.as_deref().unwrap_or(facts.now);
    let elsewhere = run.taken_in.as_ref().map(|taken_in| format!("; measured elsewhere; {taken_in}"));
    let elsewhere = elsewhere.unwrap_or_default();
    format!(
        "on {}: {gates} held in run {} on {}, which ended at {ended}{elsewhere}",
        run.model,
        short(run),
        run.id.dataset
    )
}

/// What is wrong with the run that decides, and why newer ones do not. The same once more would be no use.
fn failed(facts: &Facts<'_>, need: &Need, run: &Evidence, newer: &[(&Evidence, String)]) -> Lack {
    let decides = format!("on {}: run {} is the newest that counts, and", run.model, short(run));
    let mut because = if run.gates == 0 {
        let advice = format!("give evals/{}.yaml some", need.eval);
        vec![format!("{decides} it held no gates, which proves nothing"), advice]
    } else {
        let place = if facts.bypassed { "stood before it was moved by hand" } else { "points now" };
        let label = facts.label;
        let against = facts.current.map(|current| format!(" (relative to {current}, where `{label}` {place})"));
        let gates = some_of(&run.failed_gates);
        vec![format!("{decides} its gates do not hold{}: {gates}", against.unwrap_or_default())]
    };
    because.extend(not_counting(newer, "newer"));
    Lack { because, can_be_mended: false }
}

/// Why there is no run that counts.
fn missing(facts: &Facts<'_>, model: &str, flawed: &[(&Evidence, String)], others: usize) -> Lack {
    let mut because = not_counting(flawed, "older");
    if flawed.is_empty() {
        because.push(format!("there is no run of {}", facts.subject));
        match others {
            0 => {}
            1 => because.push("1 run is of another version of it".to_owned()),
            n => because.push(format!("{n} runs are of other versions of it")),
        }
    }
    if let Some(first) = because.first_mut() {
        *first = format!("on {model}: {first}");
    }
    Lack { because, can_be_mended: true }
}

/// The first few runs that do not count, each with the reason.
fn not_counting(flawed: &[(&Evidence, String)], rest: &str) -> Vec<String> {
    let told = flawed.iter().take(TOLD);
    let told = told.map(|(run, flaw)| format!("run {} does not count: {flaw}", short(run)));
    let more = flawed.len().saturating_sub(TOLD);
    told.chain((more > 0).then(|| format!("nor do {more} {rest} ones"))).collect()
}

/// The first few, and how many more.
fn some_of(gates: &[String]) -> String {
    let told = gates.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    if gates.len() > TOLD { format!("{told} and {} more", gates.len() - TOLD) } else { told }
}

/// The command that would make the evidence on these models, which are named where the eval has others.
fn command(facts: &Facts<'_>, need: &Need, models: &[&str]) -> String {
    let (subject, eval) = (facts.subject, &need.eval);
    let known = facts.evals.iter().find(|known| known.eval == *eval);
    let are_all = known.is_some_and(|known| known.models == models);
    let only = if are_all { String::new() } else { format!(" --model {}", models.join(",")) };
    match subject.kind {
        Kind::Prompt => format!("carat eval {eval} --prompt {subject}{only}"),
        Kind::Model => format!("carat eval {eval} --model {subject}"),
        Kind::Dataset | Kind::Eval => format!("carat eval {eval}{only}"),
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// The beginning of a run's id, down to the millisecond.
fn short(run: &Evidence) -> &str {
    run.id.run.get(..13).unwrap_or(&run.id.run)
}
