//! Who answers for what.

use std::collections::BTreeMap;

use super::{Facts, Finding};
use crate::version::Kind;

/// Whether somebody answers for the thing; none where the policy does not ask for it.
pub(super) fn finding(facts: &Facts<'_>) -> Option<Finding> {
    let path = path(facts.subject.kind, &facts.subject.name);
    let owner = facts.owner.filter(|owner| !owner.trim().is_empty());
    let because = match owner {
        Some(owner) => vec![format!("{owner} answers for {path}")],
        None => vec![
            format!("`owners` in carat.yaml names nobody for {path}"),
            "name somebody for it, or for a folder that it lies in".to_owned(),
        ],
    };
    facts.policy.owner.then(|| Finding::told("an owner".to_owned(), owner.is_some(), because))
}

/// Who answers for a thing, by the `owners` of a project: patterns over `prompts/NAME`, `datasets/NAME`, `evals/NAME` and
/// `models/NAME`.
///
/// A pattern without a `*` is the thing itself or a folder that it lies in. In others, which match the whole path, `*` is
/// anything but `/`, and `**` between slashes is any number of steps, none included. Of the patterns that match, the one with
/// the most characters counts, and of equally long ones the last in the order of the alphabet.
pub fn owner_of<'a>(owners: &'a BTreeMap<String, String>, kind: Kind, name: &str) -> Option<&'a str> {
    let path = path(kind, name);
    let fitting = owners.iter().filter(|(pattern, _)| is_of(trimmed(pattern), &path));
    fitting.max_by_key(|(pattern, _)| trimmed(pattern).chars().count()).map(|(_, owner)| owner.as_str())
}

fn path(kind: Kind, name: &str) -> String {
    format!("{}/{name}", kind.plural())
}

/// `prompts/support/` is `prompts/support`.
fn trimmed(pattern: &str) -> &str {
    pattern.trim_end_matches('/')
}

fn is_of(pattern: &str, path: &str) -> bool {
    if pattern.contains('*') {
        let steps = |text: &'_ str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        return matches(&steps(pattern), &steps(path), |step| step == "**", |step, name| is_step(step, name));
    }
    path.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_step(step: &str, name: &str) -> bool {
    let letters = |text: &str| text.chars().collect::<Vec<_>>();
    matches(&letters(step), &letters(name), |letter| *letter == '*', |a, b| a == b)
}

/// Whether a pattern is all of a text, where some of its pieces stand for any number of pieces. Of these only the last one
/// that was met can have to take more, so that the work is at most the product of the lengths.
fn matches<T>(pattern: &[T], text: &[T], is_many: impl Fn(&T) -> bool, is_one: impl Fn(&T, &T) -> bool) -> bool {
    let (mut at, mut next, mut retry) = (0, 0, None);
    while next < text.len() {
        if pattern.get(at).is_some_and(&is_many) {
            retry = Some((at, next));
            at += 1;
        } else if pattern.get(at).is_some_and(|piece| is_one(piece, &text[next])) {
            at += 1;
            next += 1;
        } else if let Some((many, taken)) = retry {
            retry = Some((many, taken + 1));
            at = many + 1;
            next = taken + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(is_many)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn owner(patterns: &[&str], name: &str) -> Option<String> {
        let owners = patterns.iter().map(|pattern| ((*pattern).to_owned(), (*pattern).to_owned())).collect();
        owner_of(&owners, Kind::Prompt, name).map(str::to_owned)
    }

    #[test]
    fn a_folder_answers_for_what_lies_in_it() {
        for folder in ["prompts", "prompts/support", "prompts/support/", "prompts/support/triage"] {
            assert_eq!(owner(&[folder], "support/triage").as_deref(), Some(folder));
        }
        for other in ["prompts/supp", "support", "datasets/support", "prompts/support/triage/de", "", "/"] {
            assert_eq!(owner(&[other], "support/triage"), None, "{other}");
        }
    }

    #[test]
    fn a_star_is_one_step_and_two_are_any_number() {
        let fits = |pattern, name| owner(&[pattern], name).is_some();
        assert!(fits("prompts/*", "triage") && !fits("prompts/*", "support/triage"));
        assert!(fits("prompts/**", "triage") && fits("prompts/**", "support/de/triage"));
        assert!(fits("prompts/**/triage", "triage") && fits("prompts/**/triage", "support/de/triage"));
        assert!(fits("**/triage*", "support/triage-de") && !fits("**/triage*", "support/triage/de"));
        assert!(fits("*/s*t/*-de", "support/triage-de") && !fits("*/s*t/*-de", "support/triage-en"));
        assert!(!fits("prompts/s**", "support/triage"), "inside a step, two stars are one");
    }

    #[test]
    fn of_those_that_match_the_longest_counts() {
        let patterns = ["prompts", "prompts/**", "prompts/support", "prompts/support/*", "datasets/support/triage"];
        assert_eq!(owner(&patterns, "support/triage").as_deref(), Some("prompts/support/*"));
        assert_eq!(owner(&patterns, "support/de/triage").as_deref(), Some("prompts/support"));
        assert_eq!(owner(&patterns, "other").as_deref(), Some("prompts/**"));
        let early = ["prompts/*/triage", "prompts/support"];
        assert_eq!(
            owner(&early, "support/triage").as_deref(),
            Some("prompts/*/triage"),
            "not the last of the alphabet"
        );
        assert_eq!(owner(&[], "other"), None);
    }

    /// The same by trying everything.
    fn by_trying(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|taken| by_trying(rest, &text[taken..])),
            [letter, rest @ ..] => text.first() == Some(letter) && by_trying(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn stars_match_what_trying_everything_finds(step in "[ab*]{0,7}", name in "[ab]{0,8}") {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(is_step(&step, &name), by_trying(&letters(&step), &letters(&name)));
        }

        #[test]
        fn steps_match_what_trying_everything_finds(steps in prop::collection::vec("a|b|\\*\\*", 0..6), names in prop::collection::vec("a|b", 0..7)) {
            let letters = |steps: &[String]| steps.iter().map(|step| step.chars().next().unwrap()).collect::<Vec<_>>();
            let expected = by_trying(&letters(&steps), &letters(&names));
            prop_assert_eq!(matches(&steps, &names, |step| step == "**", |a, b| a == b), expected);
        }

        #[test]
        fn everything_has_itself_and_no_pattern_panics(pattern in "[a/*]{0,12}|.*", name in ".*") {
            prop_assert!(is_of("**", &name));
            prop_assert!(pattern.contains('*') || is_of(&pattern, &pattern));
            let _ = owner(&[&pattern], &name);
        }
    }
}
