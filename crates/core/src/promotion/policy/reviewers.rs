//! Who has approved.

use super::{Commit, Facts, Finding, listed};
use crate::version::{Actor, Source};

/// What people say, each of them once.
struct Words<'a> {
    /// Those who are against it.
    against: Vec<&'a Actor>,
    /// Those who approve and may.
    counting: Vec<&'a Actor>,
    /// Those who approve and may not, with the reason.
    idle: Vec<(&'a Actor, &'static str)>,
}

/// Whether enough people approve and nobody is against it; none where the policy asks nobody and nobody said no.
///
/// Somebody's word stands until the same person says the opposite.
pub(super) fn finding(facts: &Facts<'_>) -> Option<Finding> {
    let wanted = facts.policy.reviewers as usize;
    let words = words(facts);
    let what = match wanted {
        0 if words.against.is_empty() => return None,
        0 => "nobody against it".to_owned(),
        1 => "1 reviewer".to_owned(),
        n => format!("{n} reviewers"),
    };
    let holds = words.against.is_empty() && words.counting.len() >= wanted;
    let mut because = because(&words, wanted, holds);
    if wanted > 0 && !facts.policy.author_may_approve {
        because.extend(facts.commit.map(wrote));
        because.extend(facts.unwritten.map(|taken_in| format!("who wrote it is not known here: {taken_in}")));
    }
    Some(Finding::told(what, holds, because))
}

fn words<'a>(facts: &Facts<'a>) -> Words<'a> {
    let mut words = Words { against: standing(facts, false), counting: Vec::new(), idle: Vec::new() };
    for by in standing(facts, true) {
        match why_not(facts, by) {
            None => words.counting.push(by),
            Some(why) => words.idle.push((by, why)),
        }
    }
    words.against = each_once(words.against);
    words.counting = each_once(words.counting);
    words
}

/// Who said yes (or no), as far as nobody who may be the same person said the opposite later.
fn standing<'a>(facts: &Facts<'a>, approves: bool) -> Vec<&'a Actor> {
    let approvals = facts.approvals;
    let stands = |index: usize, by: &Actor| {
        !approvals[index + 1..].iter().any(|later| later.approves != approves && later.by.is(by))
    };
    let said =
        approvals.iter().enumerate().filter(|(index, said)| said.approves == approves && stands(*index, &said.by));
    said.map(|(_, said)| &said.by).collect()
}

fn each_once(actors: Vec<&Actor>) -> Vec<&Actor> {
    let mut people: Vec<&Actor> = Vec::new();
    for actor in actors {
        if !people.iter().any(|known| known.is(actor)) {
            people.push(actor);
        }
    }
    people
}

/// Why somebody's yes does not count.
fn why_not(facts: &Facts<'_>, by: &Actor) -> Option<&'static str> {
    if by.source == Source::Unknown {
        return Some("nothing said who it is");
    }
    if facts.policy.author_may_approve {
        return None;
    }
    if facts.authors.iter().any(|author| author.is(by)) {
        return Some("whoever saved the version does not review it");
    }
    if facts.proposer.is(by) {
        return Some("whoever proposed it does not review it");
    }
    let wrote = facts.commit.is_some_and(|commit| commit.by.is(by));
    wrote.then_some("whoever wrote its last commit does not review it")
}

/// Who is an author by what git says, which goes on record.
fn wrote(commit: &Commit) -> String {
    let Commit { by, id, path } = commit;
    let id = id.get(..10).unwrap_or(id);
    format!("git has {by} for the author of the last commit to {path} ({id}), who does not review it")
}

fn because(words: &Words<'_>, wanted: usize, holds: bool) -> Vec<String> {
    let names = |people: &[&Actor]| listed(&people.iter().map(|by| by.name.as_str()).collect::<Vec<_>>());
    let mut said = Vec::new();
    if !words.against.is_empty() {
        let verb = if words.against.len() == 1 { "says" } else { "say" };
        said.push(format!("{} {verb} no, which only a later yes takes back", names(&words.against)));
    }
    if !words.counting.is_empty() {
        let verb = if words.counting.len() == 1 { "approves" } else { "approve" };
        said.push(format!("{} {verb}", names(&words.counting)));
    }
    if !holds {
        said.extend(words.idle.iter().map(|(by, why)| format!("the word of {by} does not count: {why}")));
    }
    let has_some = !words.counting.is_empty() || !words.idle.is_empty();
    match wanted.saturating_sub(words.counting.len()) {
        0 => {}
        1 => said.push(format!("somebody {}has to approve", if has_some { "else " } else { "" })),
        more => said.push(format!("{more} {} have to approve", if has_some { "others" } else { "people" })),
    }
    said
}
