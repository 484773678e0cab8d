//! Who answers for what.

use std::collections::{BTreeMap, BTreeSet};

use carat_core::nearest::did_you_mean;
use carat_core::promotion::owner_of;
use carat_core::version::Kind;
use carat_registry::{PROJECT_FILE, Project};

use super::finding::Finding;

const CHECK: &str = "owners";

/// How many are named.
const NAMED: usize = 5;

/// The prompts and datasets that nobody answers for, where there are some, and the patterns that are of nothing.
pub(super) fn look(project: &Project) -> Vec<Finding> {
    let nobodys = nobodys(project);
    let unowned = (!nobodys.is_empty()).then(|| {
        let finding = Finding::note(CHECK, format!("nobody answers for {}", enumerated(&nobodys)));
        finding.but(format!("name somebody under `owners` in {PROJECT_FILE}"))
    });
    let idle = idle(project).into_iter().map(|idle| {
        let finding = Finding::note(CHECK, format!("it is the name of nothing{}", idle.near)).about(&idle.pattern);
        finding.but("write prompts/NAME, datasets/NAME, evals/NAME, models/NAME, or the folder that they lie in")
    });
    unowned.into_iter().chain(idle).collect()
}

fn nobodys(project: &Project) -> Vec<String> {
    let is_nobodys = |(kind, name): &(Kind, String)| {
        owner_of(&project.spec.owners, *kind, name).is_none_or(|owner| owner.trim().is_empty())
    };
    let is_meant = |(kind, _): &(Kind, String)| matches!(kind, Kind::Prompt | Kind::Dataset);
    let mut nobodys: Vec<String> =
        things(project).into_iter().filter(is_meant).filter(is_nobodys).map(|thing| path(&thing)).collect();
    // A dataset may lie there in two formats.
    nobodys.dedup();
    nobodys
}

/// A pattern that is of nothing, and so gives nothing an owner.
#[derive(Debug)]
pub(crate) struct Idle {
    pub(crate) pattern: String,
    /// The tail of a sentence: `; did you mean …?`, or nothing.
    pub(crate) near: String,
}

/// The patterns of `owners` that match nothing that the project has. Those of a whole kind are right before its first thing.
pub(crate) fn idle(project: &Project) -> Vec<Idle> {
    let things = things(project);
    let is_kind = |pattern: &str| Kind::ALL.iter().any(|kind| kind.plural() == pattern.trim_end_matches('/'));
    let is_idle = |pattern: &&String| {
        let alone = BTreeMap::from([((*pattern).clone(), String::new())]);
        !is_kind(pattern) && things.iter().all(|(kind, name)| owner_of(&alone, *kind, name).is_none())
    };
    let patterns = project.spec.owners.keys().filter(is_idle);
    let places = places(&things);
    let near = |pattern: &str| did_you_mean(pattern, places.iter().map(String::as_str));
    patterns.map(|pattern| Idle { pattern: pattern.clone(), near: near(pattern) }).collect()
}

fn things(project: &Project) -> Vec<(Kind, String)> {
    let of_kind = |kind: Kind| {
        let names = match kind {
            Kind::Prompt => project.prompts(),
            Kind::Dataset => project.datasets(),
            Kind::Eval => project.evals(),
            Kind::Model => project.spec.models.keys().cloned().collect(),
        };
        names.into_iter().map(move |name| (kind, name))
    };
    Kind::ALL.into_iter().flat_map(of_kind).collect()
}

fn path((kind, name): &(Kind, String)) -> String {
    format!("{}/{name}", kind.plural())
}

/// All things, and all folders that they lie in.
fn places(things: &[(Kind, String)]) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    for path in things.iter().map(path) {
        places.extend(path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
        places.insert(path);
    }
    places
}

/// The first few, and how many more there are.
fn enumerated(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names[..names.len() - more].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_named_and_the_rest_is_counted() {
        let names: Vec<String> = (1..=7).map(|number| format!("prompts/{number}")).collect();
        assert_eq!(enumerated(&names[..1]), "prompts/1");
        assert_eq!(enumerated(&names[..5]), "prompts/1, prompts/2, prompts/3, prompts/4, prompts/5");
        assert_eq!(enumerated(&names), "prompts/1, prompts/2, prompts/3, prompts/4, prompts/5 and 2 more");
    }
}
