//! What policies and evals ask for, thing by thing, so that two of them can be set side by side.

use super::EvalTerms;
use crate::promotion::policy::{listed, quiet_hours};
use crate::spec::{Imported, Need, PolicySpec};

/// One thing that is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// What it is, whatever is asked of it: two of the same kind are set side by side.
    kind: String,
    /// In words: `2 reviewers`.
    pub(super) what: String,
}

impl Asked {
    fn of(kind: impl Into<String>, what: impl Into<String>) -> Self {
        Self { kind: kind.into(), what: what.into() }
    }
}

pub(super) fn of_policy(policy: &PolicySpec) -> Vec<Asked> {
    let PolicySpec { needs, reviewers, author_may_approve, owner, quiet_hours: hours } = policy;
    let mut asked: Vec<Asked> = needs.iter().flat_map(of_need).collect();
    match reviewers {
        0 => {}
        1 => asked.push(Asked::of("reviewers", "1 reviewer")),
        n => asked.push(Asked::of("reviewers", format!("{n} reviewers"))),
    }
    if *reviewers > 0 && !author_may_approve {
        asked.push(Asked::of("author", "reviewers who are no authors"));
    }
    asked.extend(owner.then(|| Asked::of("owner", "an owner")));
    asked.extend(hours.iter().map(|hours| {
        let hours = format!("quiet hours ({})", quiet_hours(hours));
        Asked::of(hours.clone(), hours)
    }));
    asked
}

fn of_need(need: &Need) -> Vec<Asked> {
    let Need { eval, models, max_age, max_dataset_age, imported } = need;
    let kind = |key: &str| format!("{eval} {key}");
    let mut asked = vec![Asked::of(kind("eval"), format!("the eval {eval}"))];
    if !models.is_empty() {
        asked.push(Asked::of(kind("models"), format!("runs of {eval} on {}", listed(models))));
    }
    if let Some(age) = max_age {
        asked.push(Asked::of(kind("max_age"), format!("runs of {eval} that are no older than {age}")));
    }
    // No age at all is the strictest one.
    let rows = match max_dataset_age {
        Some(age) => format!("rows of {eval} that were outdated no longer than {age} ago"),
        None => format!("the newest rows of {eval}"),
    };
    asked.push(Asked::of(kind("max_dataset_age"), rows));
    if *imported == Imported::Refuse {
        asked.push(Asked::of(kind("imported"), format!("runs of {eval} that were made here")));
    }
    asked
}

pub(super) fn of_eval(eval: &EvalTerms) -> Vec<Asked> {
    let gates = eval.gates.iter().map(|gate| Asked::of(kind_of_gate(gate), format!("`{gate}`")));
    gates.chain([Asked::of("", format!("answers of {}", listed(&eval.models)))]).collect()
}

/// What a gate is about: its metric, what is held against it, and where; not how high it is.
pub(super) fn kind_of_gate(gate: &str) -> String {
    let mut words = gate.split(' ');
    let (metric, holds) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let place = gate.split_once(" on ").map_or("", |(_, place)| place.split(' ').next().unwrap_or_default());
    format!("{metric} {holds} {place}")
}

/// What one asks for and the other does not, in the order of what was asked for; new things come last.
pub(super) fn compared(who: &str, then: Vec<Asked>, mut now: Vec<Asked>) -> Vec<String> {
    let mut left = Vec::new();
    for asked in then {
        match now.iter().position(|other| *other == asked) {
            Some(at) => drop(now.remove(at)),
            None => left.push(asked),
        }
    }
    let mut found = Vec::new();
    for asked in left {
        let then = asked.what;
        found.push(match now.iter().position(|other| other.kind == asked.kind) {
            Some(at) => format!("{who} asked for {then}, now for {}", now.remove(at).what),
            None => format!("{who} asked for {then}, and does not any more"),
        });
    }
    found.extend(now.into_iter().map(|asked| format!("{who} asks for {}, which it did not then", asked.what)));
    found
}
