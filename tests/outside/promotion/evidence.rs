//! Which runs count as evidence, and why the others do not.

use super::desk::{Desk, POLICY};

/// What is asked for besides evidence would only be in the way.
const EVIDENCE: &str = "needs: [{ eval: triage }]\n";

/// The first line of what is missing.
fn refused(desk: &Desk) -> String {
    let ended = desk.promote(&[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(desk.in_production(), None, "{ended:?}");
    desk.missing().join("\n")
}

fn accepted(desk: &Desk) {
    let ended = desk.promote(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn a_run_of_another_version_is_no_evidence() {
    let desk = Desk::with(EVIDENCE);
    desk.eval(&[]);
    desk.prompt("Name the queue.", true);
    insta::assert_snapshot!(refused(&desk), @"on nearest: there is no run of support/triage@2; 1 run is of another version of it; run carat eval triage --prompt support/triage@2");
    desk.eval(&[]);
    accepted(&desk);
}

#[test]
fn the_same_text_again_is_the_same_version_and_so_is_its_evidence() {
    let desk = Desk::with(EVIDENCE);
    desk.eval(&[]);
    desk.prompt("Name the queue.", true);
    desk.eval(&[]);
    desk.prompt("Name the queue of the ticket.", true);
    accepted(&desk);
    assert_eq!(desk.in_production(), Some(1));
}

#[test]
fn an_old_run_is_no_evidence() {
    let desk = Desk::with("needs: [{ eval: triage, max_age: 1s }]\n");
    desk.eval(&[]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    insta::assert_snapshot!(refused(&desk), @"on nearest: run ID does not count: it ended at WHEN, more than 1s ago; run carat eval triage --prompt support/triage@1");
    desk.policy("needs: [{ eval: triage, max_age: 1h }]\n");
    accepted(&desk);
}

#[test]
fn a_run_on_old_rows_is_no_evidence_unless_the_policy_gives_it_time() {
    let desk = Desk::with(EVIDENCE);
    desk.rows(11);
    desk.eval(&[]);
    desk.rows(12);
    assert_eq!(desk.ada(&["dataset", "save", "tickets"]).code, Some(0));
    insta::assert_snapshot!(refused(&desk), @"on nearest: run ID does not count: it ran on tickets@1, and there is a newer version since WHEN; run carat eval triage --prompt support/triage@1");
    desk.policy("needs: [{ eval: triage, max_dataset_age: 1h }]\n");
    accepted(&desk);
}

#[test]
fn a_run_on_other_rows_than_the_file_has_now_is_no_evidence_even_if_nobody_saved_them() {
    let desk = Desk::with(EVIDENCE);
    desk.rows(11);
    desk.eval(&[]);
    desk.rows(12);
    insta::assert_snapshot!(refused(&desk), @"on nearest: run ID does not count: it ran on tickets@1, and the file of tickets has other rows now, which nobody saved; run carat eval triage --prompt support/triage@1");
    // Rows that are as new as can be have time yet.
    desk.policy("needs: [{ eval: triage, max_dataset_age: 1h }]\n");
    accepted(&desk);
}

#[test]
fn an_eval_that_names_a_version_of_its_dataset_takes_no_other_rows() {
    let desk = Desk::with(EVIDENCE);
    assert_eq!(desk.ada(&["dataset", "save", "tickets"]).code, Some(0));
    let eval = std::fs::read_to_string(desk.project.file("evals/triage.yaml")).unwrap();
    desk.project.write("evals/triage.yaml", eval.replace("dataset: tickets", "dataset: tickets@1"));
    desk.rows(11);
    desk.eval(&[]);
    accepted(&desk);
}

#[test]
fn the_newest_run_decides_whatever_an_older_one_showed() {
    let desk = Desk::with(EVIDENCE);
    desk.project.write(
        "carat.yaml",
        "models:\n  nearest: { provider: command, command: [python3, moody.py] }\n\
         policy: { production: { needs: [{ eval: triage }] } }\n",
    );
    desk.project.write("moody.py", MOODY);
    desk.eval(&[]);
    desk.project.write("in-a-bad-mood", "");
    desk.eval(&[]);
    insta::assert_snapshot!(refused(&desk), @"on nearest: run ID is the newest that counts, and its gates do not hold: queue.accuracy: at least 0.5: the lower end is 0.0000; measured 0.0000 (0.0000 to 0.2425) on 12");
    // And it is not asked until it is in a better one.
    let again = desk.promote(&["--run"]);
    assert!(again.code == Some(1) && !again.talk.contains("--run"), "{again:?}");
    assert!(!again.talk.contains("running what is missing"), "{again:?}");
    std::fs::remove_file(desk.project.file("in-a-bad-mood")).unwrap();
    desk.eval(&[]);
    accepted(&desk);
}

/// Knows the right answers, and gives them if it feels like it.
const MOODY: &str = r#"
import json, os, sys
question = json.load(sys.stdin)["messages"][-1]["content"].lower()
answer = "delivery" if "parcel" in question else "account" if "password" in question else "billing"
print(json.dumps({"output": "no" if os.path.exists("in-a-bad-mood") else answer}))
"#;

#[test]
fn rows_that_were_brought_back_are_not_old() {
    let desk = Desk::with(EVIDENCE);
    desk.eval(&[]);
    desk.rows(11);
    assert_eq!(desk.ada(&["dataset", "save", "tickets"]).code, Some(0));
    desk.rows(12);
    accepted(&desk);
}

#[test]
fn a_run_over_a_part_of_the_rows_is_no_evidence() {
    for (flags, said) in [(&["--limit", "11"][..], "--limit 11"), (&["--only", "t-0*"], "--only t-0*")] {
        let desk = Desk::with(EVIDENCE);
        desk.eval(flags);
        let missing = refused(&desk);
        assert!(missing.contains(&format!("it took a part of the rows ({said})")), "{missing}");
    }
}

#[test]
fn a_run_with_other_parameters_is_no_evidence() {
    let desk = Desk::with(EVIDENCE);
    desk.eval(&["--set", "temperature=0.7"]);
    insta::assert_snapshot!(refused(&desk), @"on nearest: run ID does not count: it was run with other parameters (--set temperature); run carat eval triage --prompt support/triage@1");
}

#[test]
fn gates_are_held_anew_whatever_they_were_in_the_run() {
    let desk = Desk::with(EVIDENCE);
    desk.gates("  - { metric: queue.accuracy, at_least: 0.1 }\n");
    desk.eval(&[]);
    // Stricter ones than it was made with.
    desk.gates("  - { metric: queue.accuracy, at_least: 0.1 }\n  - { metric: queue.accuracy, at_least: 0.99 }\n");
    insta::assert_snapshot!(refused(&desk), @"on nearest: run ID is the newest that counts, and its gates do not hold: queue.accuracy: at least 0.99: the lower end is 0.7575; measured 1.0000 (0.7575 to 1.0000) on 12");
    // One more, which holds.
    desk.gates("  - { metric: queue.accuracy, at_least: 0.1 }\n  - { metric: queue.accuracy, at_least: 0.5 }\n");
    accepted(&desk);
}

#[test]
fn a_gate_that_only_warned_in_the_run_is_held_all_the_same() {
    let desk = Desk::with(EVIDENCE);
    desk.prompt("Name the queue of the ticket.", false);
    desk.eval(&["--gate", "warn"]);
    insta::assert_snapshot!(refused(&desk), @"on nearest: run ID is the newest that counts, and its gates do not hold: queue.accuracy: at least 0.5: the lower end is 0.0000; measured 0.0000 (0.0000 to 0.2425) on 12");
}

#[test]
fn a_run_with_other_scorers_questions_or_rows_is_no_evidence() {
    let gates = "gates: [{ metric: queue.accuracy, at_least: 0.5 }]\n";
    for (before, after, why) in [
        ("", "split: test\n", "the split of evals/triage.yaml changed since"),
        ("", "parameters: { temperature: 1 }\n", "the parameters of evals/triage.yaml changed since"),
        ("", "inputs: { body: input.body }\n", "the inputs of evals/triage.yaml changed since"),
        ("", "slices: [{ by: split }]\n", "its slices or clusters were not those of evals/triage.yaml now"),
        ("", "trials: 2\n", "it asked 1 times where evals/triage.yaml asks 2 times"),
    ] {
        let desk = Desk::with(EVIDENCE);
        desk.spec(&format!("{gates}{before}"));
        desk.eval(&[]);
        desk.spec(&format!("{gates}{after}"));
        let missing = refused(&desk);
        assert!(missing.contains(why), "{after}: {missing}");
    }
}

#[test]
fn a_run_with_another_scorer_is_no_evidence() {
    let desk = Desk::with(EVIDENCE);
    desk.eval(&[]);
    let eval = std::fs::read_to_string(desk.project.file("evals/triage.yaml")).unwrap();
    desk.project.write("evals/triage.yaml", eval.replace("account]", "account, other]"));
    insta::assert_snapshot!(refused(&desk), @"on nearest: run ID does not count: its scorers were not those of evals/triage.yaml now; run carat eval triage --prompt support/triage@1");
}

#[test]
fn what_changes_no_answer_and_no_bar_leaves_evidence_as_good_as_it_was() {
    let desk = Desk::with(EVIDENCE);
    desk.eval(&[]);
    let eval = std::fs::read_to_string(desk.project.file("evals/triage.yaml")).unwrap();
    desk.project.write("evals/triage.yaml", format!("# A comment.\ndescription: Does it reach the queue?\n{eval}"));
    accepted(&desk);
}

#[test]
fn an_eval_without_gates_proves_nothing() {
    for gates in ["", "gates: [{ metric: queue.accuracy, at_least: 0.1, mode: warn }]\n"] {
        let desk = Desk::with(EVIDENCE);
        desk.spec(gates);
        desk.eval(&[]);
        let missing = refused(&desk);
        assert!(missing.contains("it held no gates, which proves nothing"), "{missing}");
    }
}

#[test]
fn missed_gates_are_told_with_their_numbers() {
    let desk = Desk::with(EVIDENCE);
    desk.prompt("Name the queue of the ticket.", false);
    desk.eval(&[]);
    insta::assert_snapshot!(refused(&desk), @"on nearest: run ID is the newest that counts, and its gates do not hold: queue.accuracy: at least 0.5: the lower end is 0.0000; measured 0.0000 (0.0000 to 0.2425) on 12");
}

#[test]
fn every_model_that_the_eval_names_has_to_pass_or_those_that_the_policy_names() {
    let desk = Desk::with(EVIDENCE);
    let eval = std::fs::read_to_string(desk.project.file("evals/triage.yaml")).unwrap();
    desk.project.write("evals/triage.yaml", eval.replace("[nearest]", "[nearest, echo]"));
    desk.eval(&["--model", "nearest"]);
    insta::assert_snapshot!(refused(&desk), @"on nearest: 1 gate held in run ID on tickets@1, which ended at WHEN; on echo: there is no run of support/triage@1; run carat eval triage --prompt support/triage@1 --model echo");
    desk.policy("needs: [{ eval: triage, models: [nearest] }]\n");
    accepted(&desk);
}

#[test]
fn an_interrupted_run_is_no_evidence_until_it_has_gone_on() {
    let desk = Desk::with(EVIDENCE);
    desk.project.write(
        "carat.yaml",
        "models:\n  nearest: { provider: command, command: [python3, slow.py], limits: { concurrency: 1 } }\n\
         policy: { production: { needs: [{ eval: triage }] } }\n",
    );
    // It answers rightly, and only six times until it is let go on.
    desk.project.write("slow.py", SLOW);
    let mut command = desk.project.command(&["eval", "triage"]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut run = command.spawn().unwrap();
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while std::fs::read_to_string(desk.project.file("asked")).unwrap_or_default().lines().count() < 7 {
        assert!(std::time::Instant::now() < patience, "it never got that far");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let running = refused(&desk);
    assert!(running.contains("it is still running"), "{running}");
    run.kill().unwrap();
    run.wait().unwrap();
    let killed = refused(&desk);
    assert!(killed.contains("it was killed"), "{killed}");
    desk.project.write("go-on", "");
    assert_eq!(desk.ada(&["run", "resume", "@last"]).code, Some(0));
    accepted(&desk);
}

/// Knows the right answers, and stops after the sixth one until there is a file `go-on`.
const SLOW: &str = r#"
import json, os, sys, time
question = json.load(sys.stdin)["messages"][-1]["content"].lower()
with open("asked", "a") as asked:
    asked.write("x\n")
while len(open("asked").readlines()) > 6 and not os.path.exists("go-on"):
    time.sleep(0.01)
answer = "delivery" if "parcel" in question else "account" if "password" in question else "billing"
print(json.dumps({"output": answer}))
"#;

#[test]
fn an_eval_that_is_not_there_or_cannot_be_read_keeps_everything_where_it_is() {
    let desk = Desk::with("needs: [{ eval: triag }]\n");
    desk.eval(&[]);
    insta::assert_snapshot!(refused(&desk), @"the project has no eval `triag`; write evals/triag.yaml, or take it out of the policy; there is `triage`");
    let desk = Desk::with(EVIDENCE);
    desk.eval(&[]);
    desk.project.write("evals/triage.yaml", "prompts: [support/triage]\nmodels: nearest\n");
    insta::assert_snapshot!(refused(&desk), @"the eval cannot be read: evals/triage.yaml:2:9: expected a list (`[a, b]`, or lines that begin with `- `)");
}

#[test]
fn a_thing_that_no_needed_eval_is_about_is_not_promoted() {
    let desk = Desk::with(POLICY);
    desk.project.write("prompts/other.prompty", "user:\nHello\n");
    let ended = desk.ada(&["prompt", "promote", "other", "--to", "production"]);
    insta::assert_snapshot!(desk.shown(&ended), @"
    exit 1
    other@1 → production  (points to nothing yet)

    · eval triage
        it asks nothing of other
    ✗ an eval of other
        of the evals that the policy of `production` needs (triage) none asks anything of the prompt other
        add an eval of it
    ✗ 1 reviewer
        somebody has to approve
    production was not moved to other@1; still open: an eval of other, 1 reviewer  promotion ID
    ");
}

#[test]
fn models_and_datasets_are_promoted_by_the_same_runs() {
    let desk = Desk::with(EVIDENCE);
    for (noun, name) in [("model", "nearest"), ("dataset", "tickets")] {
        let before = desk.ada(&[noun, "promote", name, "--to", "production"]);
        assert_eq!(before.code, Some(1), "{before:?}");
    }
    desk.eval(&[]);
    for (noun, name) in [("model", "nearest"), ("dataset", "tickets")] {
        let ended = desk.ada(&[noun, "promote", name, "--to", "production"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.data.contains(&format!("production points to {name}@1")), "{ended:?}");
    }
}

#[test]
fn a_model_is_promoted_with_its_parameters() {
    let desk = Desk::with(EVIDENCE);
    desk.eval(&[]);
    let project = std::fs::read_to_string(desk.project.file("carat.yaml")).unwrap();
    let warmer = project.replace("model: nearest", "model: nearest, parameters: { temperature: 1 }");
    desk.project.write("carat.yaml", warmer);
    let promote = || desk.ada(&["model", "promote", "nearest", "--to", "production"]);
    let before = promote();
    assert_eq!(before.code, Some(1), "{before:?}");
    assert!(before.data.contains("there is no run of nearest@2"), "{before:?}");
    desk.eval(&[]);
    let after = promote();
    assert_eq!(after.code, Some(0), "{after:?}");
}

#[test]
fn a_model_is_judged_by_all_prompts_of_the_eval() {
    let desk = Desk::with(EVIDENCE);
    desk.prompt("Name the queue.", true);
    desk.project
        .write("prompts/other.prompty", std::fs::read(desk.project.file("prompts/support/triage.prompty")).unwrap());
    let eval = std::fs::read_to_string(desk.project.file("evals/triage.yaml")).unwrap();
    desk.project.write("evals/triage.yaml", eval.replace("[support/triage]", "[support/triage, other]"));
    desk.eval(&["--prompt", "support/triage"]);
    let ended = desk.ada(&["model", "promote", "nearest", "--to", "production"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.data.contains("it left out the prompt other"), "{ended:?}");
}

#[test]
fn run_makes_the_evidence_that_is_missing_and_no_more() {
    let desk = Desk::with(EVIDENCE);
    let ended = desk.promote(&["--run"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.talk.contains("running what is missing: carat eval triage --prompt support/triage@1 --model nearest"),
        "{ended:?}"
    );
    // Where the label points already there is nothing to run for.
    desk.policy("needs: [{ eval: triage, max_age: 1s }]\n");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let ended = desk.promote(&["--run"]);
    assert!(ended.code == Some(0) && !ended.talk.contains("running what is missing"), "{ended:?}");
    desk.policy(EVIDENCE);
    // What was measured is not measured again because somebody does not like it.
    desk.prompt("Name the queue of the ticket.", false);
    desk.eval(&[]);
    let ended = desk.promote(&["--run"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(!ended.talk.contains("running what is missing"), "{ended:?}");
    assert!(!ended.talk.contains("--run"), "nor is it offered: {ended:?}");
}

#[test]
fn a_run_that_came_from_elsewhere_counts_if_it_was_on_these_very_rows() {
    let there = Desk::with(EVIDENCE);
    // The numbers of versions are others there.
    there.rows(5);
    there.eval(&["--name", "part"]);
    there.rows(12);
    there.eval(&["--name", "whole"]);
    for (run, counts) in [("part", false), ("whole", true)] {
        assert_eq!(there.ada(&["run", "export", run, &format!("{run}.carat")]).code, Some(0));
        let here = Desk::with(EVIDENCE);
        assert_eq!(here.ada(&["dataset", "save", "tickets"]).code, Some(0));
        let file = there.project.file(&format!("{run}.carat"));
        let imported = here.ada(&["run", "import", file.to_str().unwrap()]);
        assert_eq!(imported.code, Some(0), "{imported:?}");
        let ended = here.promote(&[]);
        assert_eq!(ended.code, Some(if counts { 0 } else { 1 }), "{ended:?}");
        let why = "the version of tickets that it ran on is not in this store";
        assert_eq!(ended.data.contains(why), !counts, "{ended:?}");
    }
}

#[test]
fn what_surrounds_the_version_has_to_be_as_it_was_in_the_run() {
    let desk = Desk::with(EVIDENCE);
    desk.eval(&[]);
    let project = std::fs::read_to_string(desk.project.file("carat.yaml")).unwrap();
    for other in ["model: echo", "model: nearest, parameters: { temperature: 1 }"] {
        desk.project.write("carat.yaml", project.replace("model: nearest", other));
        let missing = refused(&desk);
        assert!(missing.contains("the settings of nearest were others than those in carat.yaml now"), "{missing}");
    }
    desk.project.write("carat.yaml", project);
    desk.prompt("Name the queue.", true);
    for (noun, name) in [("model", "nearest"), ("dataset", "tickets")] {
        let ended = desk.ada(&[noun, "promote", name, "--to", "production"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let why = "it ran with another version of the prompt support/triage than support/triage is now";
        assert!(ended.data.contains(why), "{ended:?}");
    }
}
