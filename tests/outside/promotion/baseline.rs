//! Gates against the baseline are held against the version that the label points to.

use super::desk::{Desk, settled};

const EVIDENCE: &str = "needs: [{ eval: triage }]\n";

const RELATIVE: &str = "  - { metric: queue.accuracy, at_least: 0.2 }
  - { metric: queue.accuracy, no_worse_than: baseline, margin: 0.3 }\n";

/// A desk with a version in production that no gate has been held against.
fn desk() -> Desk {
    let desk = Desk::with(EVIDENCE);
    desk.gates("  - { metric: queue.accuracy, at_least: 0.2 }\n");
    desk.put_into_production();
    assert_eq!(desk.in_production(), Some(1));
    desk.gates(RELATIVE);
    desk
}

/// Adds a word to the prompt, and says which version that is.
fn change(desk: &Desk, good: bool) {
    desk.prompt("Name the queue of the ticket, please.", good);
}

#[test]
fn on_the_first_promotion_there_is_nothing_to_be_held_against() {
    let desk = Desk::with(EVIDENCE);
    desk.eval(&["--name", "first"]);
    desk.gates(RELATIVE);
    desk.eval(&["--baseline", "first"]);
    let ended = desk.promote(&[]);
    insta::assert_snapshot!(desk.shown(&ended), @"
    exit 0
    support/triage@1 → production  (points to nothing yet)

    ✓ eval triage
        on nearest: 2 gates held in run ID on tickets@1, which ended at WHEN
        1 gate against the baseline is not applicable: `production` points to nothing yet
    production points to support/triage@1 (it pointed to nothing before)  promotion ID
    ");
    assert_eq!(desk.in_production(), Some(1));
}

#[test]
fn a_first_promotion_runs_what_is_missing_in_an_empty_store() {
    let desk = Desk::with(EVIDENCE);
    desk.gates(RELATIVE);
    let ended = desk.promote(&["--run"]);
    let command = "carat eval triage --prompt support/triage@1 --model nearest --baseline none";
    assert!(ended.talk.contains(&format!("running what is missing: {command}")), "{ended:?}");
    assert_eq!((ended.code, desk.in_production()), (Some(0), Some(1)), "{ended:?}");
    // And so does the second one, which has something to be held against.
    change(&desk, true);
    let ended = desk.promote(&["--run"]);
    assert_eq!((ended.code, desk.in_production()), (Some(0), Some(2)), "{ended:?}");
    assert!(!ended.data.contains("not applicable"), "{ended:?}");
}

#[test]
fn the_command_that_is_told_makes_a_baseline() {
    let desk = Desk::with(EVIDENCE);
    assert_eq!(desk.promote(&["--emergency", "first"]).code, Some(0));
    desk.gates(RELATIVE);
    change(&desk, true);
    desk.eval(&["--baseline", "none"]);
    assert_eq!(desk.promote(&[]).code, Some(1));
    let missing = desk.missing().join("\n");
    let (_, command) = missing.rsplit_once("; run carat ").unwrap_or_else(|| panic!("{missing}"));
    let ended = desk.ada(&command.split_whitespace().collect::<Vec<_>>());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    accepted(&desk);
}

fn accepted(desk: &Desk) {
    let ended = desk.promote(&[]);
    assert_eq!(ended.code, Some(0), "{}", settled(&ended.data));
}

#[test]
fn without_a_run_of_the_version_in_production_a_relative_gate_does_not_hold() {
    let desk = Desk::with(EVIDENCE);
    // Nothing but an emergency put it there, and nothing has been measured of it.
    assert_eq!(desk.promote(&["--emergency", "first"]).code, Some(0));
    change(&desk, true);
    desk.eval(&["--name", "other"]);
    desk.gates(RELATIVE);
    desk.eval(&["--baseline", "other"]);
    assert_eq!(desk.promote(&[]).code, Some(1));
    insta::assert_snapshot!(desk.missing().join("\n"), @"on nearest: run ID is the newest that counts, and its gates do not hold (relative to support/triage@1, where `production` points now): queue.accuracy: there is no run of support/triage@1, where `production` points, with nearest as it is in that run; run carat eval triage --prompt support/triage@1 --model nearest --baseline none");
}

#[test]
fn it_is_held_against_the_version_in_production_whatever_the_run_was_compared_with() {
    let desk = desk();
    desk.eval(&["--baseline", "@last", "--name", "of-one"]);
    change(&desk, false);
    desk.eval(&["--baseline", "of-one", "--name", "bad"]);
    // Compared with itself a bad version is no worse than itself.
    desk.eval(&["--baseline", "bad"]);
    assert_eq!(desk.promote(&[]).code, Some(1));
    let missing = desk.missing().join("\n");
    assert!(missing.contains("(relative to support/triage@1, where `production` points now)"), "{missing}");
    assert!(missing.contains("queue.accuracy"), "{missing}");
    change(&desk, true);
    desk.eval(&["--baseline", "bad"]);
    let ended = desk.promote(&[]);
    assert_eq!(ended.code, Some(0), "{}", settled(&ended.data));
}

#[test]
fn a_run_of_both_versions_serves_for_both() {
    let desk = desk();
    change(&desk, true);
    assert_eq!(desk.ada(&["prompt", "save", "support/triage"]).code, Some(0));
    desk.eval(&["--prompt", "support/triage@1", "--prompt", "support/triage@2", "--baseline", "@last"]);
    let ended = desk.promote(&[]);
    assert_eq!(ended.code, Some(0), "{}", settled(&ended.data));
}

#[test]
fn a_baseline_on_other_rows_does_not_serve_and_run_makes_a_new_one() {
    let desk = desk();
    desk.rows(11);
    change(&desk, true);
    desk.eval(&["--baseline", "@last", "--common-rows"]);
    assert_eq!(desk.promote(&[]).code, Some(1));
    let missing = desk.missing().join("\n");
    let command = "carat eval triage --prompt support/triage@1 --model nearest --baseline none";
    assert!(missing.trim_end().ends_with(&format!("; run {command}")), "{missing}");
    let ended = desk.promote(&["--run"]);
    assert_eq!(ended.code, Some(0), "{}{}", settled(&ended.data), settled(&ended.talk));
    assert!(
        ended.talk.contains("running what is missing: carat eval triage --prompt support/triage@1"),
        "{}",
        ended.talk
    );
}

#[test]
fn run_makes_both_where_nothing_is_there() {
    let desk = desk();
    change(&desk, true);
    let ended = desk.promote(&["--run"]);
    assert_eq!(ended.code, Some(0), "{}{}", settled(&ended.data), settled(&ended.talk));
    assert_eq!(desk.in_production(), Some(2));
}

#[test]
fn a_judge_that_prefers_one_of_two_answers_has_to_have_seen_those_of_the_version_in_production() {
    let desk = Desk::with(EVIDENCE);
    let project = std::fs::read_to_string(desk.project.file("carat.yaml")).unwrap();
    let referee = "models:\n  referee: { provider: command, command: [python3, referee.py] }\n";
    desk.project.write("carat.yaml", project.replace("models:\n", referee));
    desk.project.write(
        "referee.py",
        "import json\nprint(json.dumps({'output': json.dumps({'reason': 'so', 'verdict': 'A'})}))\n",
    );
    desk.rows(6);
    desk.eval(&["--name", "one"]);
    assert_eq!(desk.promote(&["--emergency", "first"]).code, Some(0));
    change(&desk, true);
    desk.eval(&["--name", "two"]);
    let eval = std::fs::read_to_string(desk.project.file("evals/triage.yaml")).unwrap();
    let better =
        "  - { name: better, judge: { model: referee, pairwise: { criterion: Clearer., against: baseline } } }\n";
    let gates = "gates: [{ metric: better.mean, at_least: 0.1 }]\n";
    let (scorers, _) = eval.split_once("gates:").unwrap();
    desk.project.write("evals/triage.yaml", format!("{scorers}{better}{gates}"));
    desk.eval(&["--baseline", "two"]);
    assert_eq!(desk.promote(&[]).code, Some(1));
    insta::assert_snapshot!(desk.missing().join("\n"), @"on nearest: run ID does not count: its judge compared with `ID`, not with support/triage@1, where `production` points; run ID does not count: its judge had nothing to compare with; run carat eval triage --prompt support/triage@2");
    desk.eval(&["--baseline", "one"]);
    let ended = desk.promote(&[]);
    assert_eq!(ended.code, Some(0), "{}", settled(&ended.data));
}
