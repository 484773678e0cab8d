//! Runs that were measured elsewhere, as evidence.

use super::desk::{BEN, Desk};

/// A desk with a run of the prompt that was made on another, and imported by Ben.
fn with_imported(policy: &str) -> Desk {
    let there = Desk::with(policy);
    there.eval(&["--name", "whole"]);
    assert_eq!(there.ada(&["run", "export", "whole", "whole.carat"]).code, Some(0));
    let here = Desk::with(policy);
    let file = there.project.file("whole.carat");
    let imported = here.by(BEN, &["run", "import", file.to_str().unwrap()]);
    assert_eq!(imported.code, Some(0), "{imported:?}");
    here
}

#[test]
fn evidence_that_was_imported_says_so() {
    let desk = with_imported("needs: [{ eval: triage }]\n");
    let ended = desk.promote(&[]);
    assert!(ended.talk.contains("tickets is saved as tickets@1"), "so that it can be found again: {ended:?}");
    insta::assert_snapshot!(desk.shown(&ended), @"
    exit 0
    support/triage@1 → production  (points to nothing yet)

    ✓ eval triage
        on nearest: 1 gate held in run ID on tickets@1, which ended at WHEN; measured elsewhere; imported by Ben <ben@example.com> at WHEN
    production points to support/triage@1 (it pointed to nothing before)  promotion ID
    ");
}

#[test]
fn a_run_on_other_rows_than_those_that_the_file_has_is_none_though_the_store_knows_neither() {
    let desk = with_imported("needs: [{ eval: triage }]\n");
    desk.rows(6);
    assert_eq!(desk.promote(&[]).code, Some(1));
    let missing = desk.missing().join("\n");
    assert!(missing.contains("the version of tickets that it ran on is not in this store"), "{missing}");
}

#[test]
fn a_policy_that_refuses_it_takes_a_run_that_was_made_here_however_old() {
    let desk = with_imported("needs: [{ eval: triage, imported: refuse }]\n");
    let refused = desk.promote(&[]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    insta::assert_snapshot!(desk.missing().join("\n"), @"on nearest: run ID does not count: it was measured elsewhere (imported by Ben <ben@example.com> at WHEN), and the policy of `production` takes no imported run of this eval; run carat eval triage --prompt support/triage@1");
    let ended = desk.promote(&["--run"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.talk.contains("running what is missing"), "{ended:?}");
    assert!(!ended.data.contains("measured elsewhere"), "{ended:?}");
}

#[test]
fn nor_are_gates_held_against_an_imported_run_then() {
    let gates = "  - { metric: queue.accuracy, no_worse_than: baseline, margin: 0.3 }\n  - { metric: errors.share, at_most: 0.9 }\n";
    let (allow, refuse) = ("needs: [{ eval: triage }]\n", "needs: [{ eval: triage, imported: refuse }]\n");
    let there = Desk::with(allow);
    there.gates(gates);
    there.eval(&["--name", "whole", "--baseline", "none"]);
    assert_eq!(there.ada(&["run", "export", "whole", "whole.carat"]).code, Some(0));
    let desk = Desk::with(allow);
    desk.gates(gates);
    for args in [["dataset", "save", "tickets"], ["spec", "save", "triage"]] {
        assert_eq!(desk.ada(&args).code, Some(0));
    }
    let file = there.project.file("whole.carat");
    assert_eq!(desk.by(BEN, &["run", "import", file.to_str().unwrap()]).code, Some(0));
    assert_eq!(desk.promote(&[]).code, Some(0));
    desk.prompt("Two.", true);
    desk.eval(&["--prompt", "support/triage", "--baseline", "none"]);
    desk.policy(refuse);
    assert_eq!(desk.promote(&[]).code, Some(1));
    let missing = desk.missing().join("\n");
    assert!(missing.contains("there is no run of support/triage@1, where `production` points"), "{missing}");
    desk.policy(allow);
    assert_eq!(desk.promote(&[]).code, Some(0));
}
