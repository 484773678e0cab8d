//! What holds whatever is asked for and whatever is known.

use proptest::prelude::*;

use super::*;
use crate::spec::{Day, Imported, QuietHours};

fn any_instant() -> impl Strategy<Value = String> {
    prop_oneof![
        (20_u8..30, 0_u8..24).prop_map(|(day, hour)| format!("2026-11-{day}T{hour:02}:00:00.000Z")),
        Just("never".to_owned()),
    ]
}

fn any_need() -> impl Strategy<Value = Need> {
    let age = || prop::option::of(prop_oneof![Just("1d"), Just("36h"), Just("1w")]);
    let imported = prop_oneof![Just(Imported::Allow), Just(Imported::Refuse)];
    (prop_oneof![Just("triage"), Just("summary")], prop::collection::vec("a|b", 0..2), age(), age(), imported).prop_map(
        |(eval, models, age, dataset, imported)| Need {
            imported,
            eval: eval.to_owned(),
            models,
            max_age: age.map(|age| age.parse().unwrap()),
            max_dataset_age: dataset.map(|age| age.parse().unwrap()),
        },
    )
}

pub(in crate::promotion) fn any_policy() -> impl Strategy<Value = PolicySpec> {
    let quiet = prop::sample::select(Day::ALL.to_vec()).prop_map(|day| QuietHours {
        days: vec![day],
        from: None,
        to: None,
        offset: None,
        why: None,
    });
    let lists = (prop::collection::vec(any_need(), 0..3), prop::collection::vec(quiet, 0..2));
    (lists, 0_u32..3, any::<bool>(), prop::bool::weighted(0.2)).prop_map(
        |((needs, quiet_hours), reviewers, author_may_approve, owner)| PolicySpec {
            needs,
            reviewers,
            author_may_approve,
            owner,
            quiet_hours,
        },
    )
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let when = (prop::option::weighted(0.9, any_instant()), prop::option::weighted(0.2, any_instant()));
    let rarely = || prop::bool::weighted(0.1);
    ("triage|summary", "a|b", 6_u32..8, when, (rarely(), rarely(), rarely())).prop_map(
        |(eval, model, number, (finished_at, superseded), (flaw, failed, no_gates))| Evidence {
            eval,
            subject: version(Kind::Prompt, "support/triage", number).digest,
            finished_at,
            dataset_superseded: superseded.map(|saved_at| Newer::Version { saved_at }),
            flaw: flaw.then(|| "it was cut short".to_owned()),
            failed_gates: if failed { vec!["a gate".to_owned()] } else { Vec::new() },
            gates: usize::from(!no_gates),
            ..run(&model)
        },
    )
}

fn any_approval(yes: f64) -> impl Strategy<Value = Approval> {
    let names = prop::sample::select(vec!["Ada", "Bob", "Bob <bob@x>", "Bob <bob@y>", "bob@x", "Carol", ""]);
    (names, prop::bool::weighted(yes)).prop_map(|(name, approves)| says(name, approves))
}

fn any_known() -> impl Strategy<Value = Known> {
    let lists = (prop::collection::vec(any_evidence(), 0..8), prop::collection::vec(any_approval(0.9), 0..4));
    let evals = prop::collection::vec((prop::bool::weighted(0.9), prop::collection::vec("a|b", 0..3)), 2);
    (any_policy(), any_instant(), lists, evals).prop_map(|(policy, now, (evidence, approvals), evals)| {
        let evals = evals.into_iter().zip(["triage", "summary"]);
        let evals = evals.map(|((concerns, models), eval)| EvalFacts { eval: eval.to_owned(), concerns, models });
        Known { policy, now, evidence, approvals, evals: evals.collect(), ..Known::with("{}") }
    })
}

fn held(known: &Known) -> Vec<bool> {
    known.findings().iter().map(|finding| finding.holds).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn more_runs_that_pass_and_more_yeses_take_nothing_away(
        before in any_known(), evidence in prop::collection::vec(any_evidence(), 0..4), approvals in prop::collection::vec(any_approval(1.0), 0..4)
    ) {
        let mut after = before.clone();
        // Those that do not count are among them.
        let passed = evidence.into_iter().map(|run| Evidence { failed_gates: Vec::new(), gates: 1, ..run });
        after.evidence.splice(0..0, passed);
        after.approvals.extend(approvals);
        let (before, after) = (held(&before), held(&after));
        // Only "nobody against it" goes away, when the last no is taken back.
        prop_assert!(before.len() == after.len() || before.len() == after.len() + 1);
        let is_kept = before.len() > after.len() || before.iter().zip(&after).all(|(before, after)| *after || !before);
        prop_assert!(is_kept, "{before:?} became {after:?}");
        prop_assert!(after.iter().all(|holds| *holds) || !before.iter().all(|holds| *holds));
    }

    #[test]
    fn a_newer_run_that_counts_decides_whatever_older_ones_said(
        before in prop::collection::vec(any_evidence(), 0..8), passes in any::<bool>()
    ) {
        let mut known = Known::with("needs: [{eval: triage}]");
        known.evidence = before;
        let mut newest = run("nearest");
        newest.finished_at = Some(known.now.clone());
        newest.failed_gates.extend((!passes).then(|| "a gate".to_owned()));
        known.evidence.iter_mut().for_each(|run| run.model = "nearest".to_owned());
        known.evidence.retain(|run| run.finished_at != newest.finished_at);
        known.evidence.push(newest);
        prop_assert_eq!(known.holds(), passes);
    }

    #[test]
    fn everything_asked_for_is_listed_once_and_with_a_reason(known in any_known()) {
        let (policy, findings) = (&known.policy, known.findings());
        let asked = policy.needs.len() + usize::from(policy.reviewers > 0) + usize::from(policy.owner) + policy.quiet_hours.len();
        // Besides: that no eval asks anything of it, and that somebody is against it.
        let besides = findings.iter().filter(|finding| finding.what.starts_with("an eval of") || finding.what.starts_with("nobody"));
        prop_assert_eq!(findings.len() - besides.count(), asked);
        prop_assert!(findings.iter().all(|finding| !finding.because.is_empty() && !finding.what.is_empty()));
    }

    #[test]
    fn the_order_in_which_runs_are_found_changes_no_verdict(known in any_known()) {
        let mut turned = known.clone();
        turned.evidence.reverse();
        prop_assert_eq!(held(&known), held(&turned));
    }

    #[test]
    fn a_no_at_the_end_always_blocks(known in any_known(), name in "[A-Z][a-z]{0,3}( <[a-z]@x>)?") {
        let mut known = known;
        known.approvals.push(says(&name, false));
        prop_assert!(!known.holds());
    }
}
