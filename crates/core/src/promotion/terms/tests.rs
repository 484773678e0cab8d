use proptest::prelude::*;
use serde_json::json;

use super::asked::kind_of_gate;
use super::*;
use crate::promotion::{Promotion, State};
use crate::version::{Actor, Kind, Label, Source};

fn policy(text: &str) -> PolicySpec {
    crate::yaml::read(text, "carat.yaml").unwrap()
}

/// Nothing is known of evals.
fn same() -> Otherwise {
    Otherwise::new()
}

fn terms(text: &str) -> Terms {
    Terms::of(&policy(text), Vec::new())
}

/// The terms of a policy that needs the eval `triage` with these gates on these models.
fn with_gates(gates: &[&str], models: &[&str]) -> Terms {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let spec = Digest::of_bytes(b"");
    let eval = EvalTerms { eval: "triage".to_owned(), spec, models: owned(models), gates: owned(gates) };
    Terms::of(&policy("needs: [{ eval: triage }]"), vec![eval])
}

#[test]
fn the_text_of_a_policy_is_what_its_digest_is_of() {
    let policy =
        policy("reviewers: 2\nneeds: [{ max_age: 7d, eval: triage }]\nquiet_hours: [{ days: [fri], why: \"ä\" }]");
    let terms = Terms::of(&policy, Vec::new());
    assert_eq!(
        terms.text.as_deref(),
        Some(
            r#"{"needs":[{"eval":"triage","max_age":"7d"}],"quiet_hours":[{"days":["fri"],"why":"ä"}],"reviewers":2}"#
        )
    );
    assert_eq!((terms.digest, terms.policy()), (Digest::of_json(&policy), Some(policy)));
}

#[test]
fn a_record_of_an_older_carat_is_read_and_written_as_it_was() {
    let digest = Digest::of_bytes(b"a policy");
    let read: Terms = serde_json::from_value(json!(digest)).unwrap();
    assert_eq!((read.digest, &read.text), (digest, &None));
    assert_eq!(serde_json::to_value(&read).unwrap(), json!(digest));
    assert_eq!((read.policy(), read.in_words(), read.to_string()), (None, None, digest.to_string()));
    let whole = with_gates(&["queue.accuracy >= 0.5"], &["a"]);
    let value = serde_json::to_value(&whole).unwrap();
    assert_eq!(value["evals"][0]["gates"], json!(["queue.accuracy >= 0.5"]));
    assert_eq!(serde_json::from_value::<Terms>(value).unwrap(), whole);
    assert!(serde_json::from_value::<Terms>(json!({"digest": digest, "text": "{}", "other": 1})).is_err());
}

#[test]
fn what_a_policy_asks_for_is_told_in_words() {
    let words =
        terms("needs: [{ eval: triage, models: [a, b], max_age: 7d, imported: refuse }]\nreviewers: 1\nowner: true");
    assert_eq!(
        words.in_words().unwrap(),
        [
            "the eval triage",
            "runs of triage on a and b",
            "runs of triage that are no older than 7d",
            "the newest rows of triage",
            "runs of triage that were made here",
            "1 reviewer",
            "reviewers who are no authors",
            "an owner",
        ]
    );
    assert_eq!(terms("{}").in_words().unwrap(), [""; 0]);
}

#[test]
fn a_policy_that_was_changed_is_told_line_by_line() {
    for (then, now, lines) in [
        ("reviewers: 2", "reviewers: 2", &[][..]),
        ("reviewers: 2", "reviewers: 1", &["the policy asked for 2 reviewers, now for 1 reviewer"]),
        (
            "reviewers: 1",
            "{}",
            &[
                "the policy asked for 1 reviewer, and does not any more",
                "the policy asked for reviewers who are no authors, and does not any more",
            ],
        ),
        (
            "reviewers: 1",
            "{ reviewers: 1, author_may_approve: true }",
            &["the policy asked for reviewers who are no authors, and does not any more"],
        ),
        ("{}", "owner: true", &["the policy asks for an owner, which it did not then"]),
        (
            "needs: [{ eval: a }, { eval: b, max_age: 7d }]",
            "needs: [{ eval: b, max_age: 30d }]",
            &[
                "the policy asked for the eval a, and does not any more",
                "the policy asked for the newest rows of a, and does not any more",
                "the policy asked for runs of b that are no older than 7d, now for runs of b that are no older than 30d",
            ],
        ),
        (
            "needs: [{ eval: a }]",
            "needs: [{ eval: a, max_dataset_age: 2d }]",
            &["the policy asked for the newest rows of a, now for rows of a that were outdated no longer than 2d ago"],
        ),
        (
            "needs: [{ eval: a, imported: refuse }]",
            "needs: [{ eval: a }]",
            &["the policy asked for runs of a that were made here, and does not any more"],
        ),
        (
            "quiet_hours: [{ days: [fri], why: one }]",
            "quiet_hours: [{ days: [sat], why: one }]",
            &[
                "the policy asked for quiet hours (fri all day UTC), and does not any more",
                "the policy asks for quiet hours (sat all day UTC), which it did not then",
            ],
        ),
    ] {
        assert_eq!(terms(now).differences(&terms(then), &same()), lines, "{then} → {now}");
    }
}

#[test]
fn a_gate_that_was_lowered_is_told_with_what_it_was() {
    let then = with_gates(&["queue.accuracy >= 0.75", "errors.share <= 0.1"], &["a"]);
    let told = |gates: &[&str]| with_gates(gates, &["a"]).differences(&then, &same());
    assert_eq!(told(&["errors.share <= 0.1", "queue.accuracy >= 0.75"]), [""; 0], "in whatever order");
    assert_eq!(
        told(&["queue.accuracy >= 0.7", "errors.share <= 0.1"]),
        ["the eval triage asked for `queue.accuracy >= 0.75`, now for `queue.accuracy >= 0.7`"]
    );
    assert_eq!(
        told(&["queue.accuracy >= 0.75", "queue.accuracy >= 0.5 on tags=de"]),
        [
            "the eval triage asked for `errors.share <= 0.1`, and does not any more",
            "the eval triage asks for `queue.accuracy >= 0.5 on tags=de`, which it did not then",
        ]
    );
    assert_eq!(
        with_gates(&["queue.accuracy >= 0.75", "errors.share <= 0.1"], &["a", "b"]).differences(&then, &same()),
        ["the eval triage asked for answers of a, now for answers of a and b"]
    );
}

#[test]
fn what_was_not_kept_is_said_to_be_unknown_only_where_something_differs() {
    let now = with_gates(&["queue.accuracy >= 0.5"], &["a"]);
    assert_eq!(now.differences(&now.digest.into(), &same()), [""; 0]);
    let unknown = ["the policy is another one, and what it asked for then is not known"];
    assert_eq!(now.differences(&Digest::of_bytes(b"").into(), &same()), unknown);
    let other = Terms { digest: Digest::of_bytes(b""), text: Some("{\"future\": 1}".to_owned()), ..now.clone() };
    assert_eq!(now.differences(&other, &same()), unknown);
}

fn promotion(name: &str, kind: Kind, state: State, since: &str) -> Promotion {
    Promotion {
        id: format!("{name}-{since}"),
        subject: VersionId { kind, name: name.to_owned(), number: 3, digest: Digest::of_bytes(b"") },
        label: Label::new("production").unwrap(),
        replaces: None,
        by: Actor { name: "Ada".to_owned(), source: Source::Flag },
        at: since.to_owned(),
        why: None,
        policy: Some(terms("reviewers: 2")),
        findings: Vec::new(),
        approvals: Vec::new(),
        state,
        since: since.to_owned(),
        emergency: None,
    }
}

/// A stay by a promotion.
fn stay(promotion: &Promotion) -> Stay<'_> {
    Stay { version: Some(&promotion.subject), promotion: Some(promotion), at: "0" }
}

#[test]
fn it_is_compared_with_the_promotion_of_the_same_name_before_any_other() {
    let all = [
        promotion("triage", Kind::Prompt, State::Applied, "2"),
        promotion("summary", Kind::Prompt, State::Applied, "4"),
        // Rolled back, and there again since long.
        promotion("answer", Kind::Prompt, State::RolledBack, "6"),
        promotion("triage", Kind::Dataset, State::Applied, "5"),
    ];
    let found = |name: &str, all: &[Promotion]| {
        let subject = VersionId { name: name.to_owned(), ..promotion("", Kind::Prompt, State::Applied, "").subject };
        compared_with(all.iter().map(stay), &subject).and_then(|stay| stay.promotion).map(|it| it.id.clone())
    };
    assert_eq!(found("triage", &all).as_deref(), Some("triage-2"));
    assert_eq!(found("new", &all).as_deref(), Some("summary-4"), "a prompt is held to what prompts were");
    assert_eq!(found("new", &all[3..]).as_deref(), Some("triage-5"));
    assert_eq!(found("new", &[]), None);
}

#[test]
fn a_change_names_the_promotion_that_it_is_one_to() {
    let before = promotion("triage", Kind::Prompt, State::Applied, "2026-11-26T10:00:00.000Z");
    let since = |now: &str, before: &Promotion| terms(now).since(Some(stay(before)), &same()).changed;
    assert_eq!(since("reviewers: 2", &before), None);
    assert_eq!(terms("reviewers: 1").since(None, &same()).changed, None);
    let changed = since("reviewers: 1", &before).unwrap();
    assert_eq!(
        (changed.promotion, &changed.at, changed.subject),
        (before.id.clone(), &before.since, before.subject.clone())
    );
    assert_eq!(changed.what, ["the policy asked for 2 reviewers, now for 1 reviewer"]);
    let back = Promotion { state: State::RolledBack, ..before };
    assert_eq!(since("reviewers: 1", &back).unwrap().at, "0", "when it was promoted, not when it was rolled back");
}

#[test]
fn an_eval_that_measures_otherwise_is_told_and_one_that_is_not_known_to_measure_the_same_as_well() {
    let then = with_gates(&["queue.accuracy >= 0.5"], &["a"]);
    let mut now = then.clone();
    now.evals[0].spec = Digest::of_bytes(b"another");
    let told = |otherwise: Option<Option<&str>>| {
        let otherwise = otherwise.map(|said| ("triage".to_owned(), said.map(str::to_owned)));
        now.differences(&then, &otherwise.into_iter().collect())
    };
    let unknown = "the eval triage is another one than then, and whether it measures the same is not known";
    assert_eq!(told(None), [unknown]);
    assert_eq!(told(Some(Some("it takes other rows"))), ["it takes other rows"]);
    assert_eq!(told(Some(None)), [""; 0]);
    assert_eq!(then.differences(&then, &same()), [""; 0]);
}

proptest! {
    #[test]
    fn whatever_a_policy_says_its_text_has_its_digest_and_it_differs_from_itself_in_nothing(
        policy in crate::promotion::policy::tests::properties::any_policy(),
        other in crate::promotion::policy::tests::properties::any_policy()
    ) {
        let (one, two) = (Terms::of(&policy, Vec::new()), Terms::of(&other, Vec::new()));
        prop_assert_eq!(one.digest, Digest::of_json(&policy));
        prop_assert_eq!(one.policy(), Some(policy.clone()));
        prop_assert!(one.differences(&one, &same()).is_empty());
        let asked = |policy: &PolicySpec| {
            let mut asked: Vec<String> = of_policy(policy).into_iter().map(|asked| asked.what).collect();
            asked.sort();
            asked
        };
        prop_assert_eq!(one.differences(&two, &same()).is_empty(), asked(&policy) == asked(&other));
    }

    #[test]
    fn no_gate_panics(gate in ".*") {
        let _ = kind_of_gate(&gate);
    }
}
