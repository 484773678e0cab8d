//! What a promotion was held against stays on record, and what was made easier since is told.

use serde_json::{Value, json};

use super::desk::{BEN, Desk, python};

/// A policy that needs the eval, and so many reviewers.
fn policy(reviewers: u32, age: u32) -> String {
    format!("needs: [{{ eval: triage, max_age: {age}d }}]\n    reviewers: {reviewers}\n")
}

fn gate(least: &str) -> String {
    format!("  - {{ metric: queue.accuracy, at_least: {least} }}\n")
}

/// What Ben sees who approves, of a promotion for which all else is there.
fn approved(desk: &Desk) -> String {
    desk.shown(&desk.by(BEN, &["promotion", "approve", &desk.last_promotion()]))
}

#[test]
fn the_text_of_the_policy_and_the_gates_of_its_evals_are_on_record() {
    let desk = Desk::with(&policy(1, 7));
    desk.put_into_production();
    let promotion = desk.promotions()[0].clone();
    let policy = &promotion["policy"];
    let text = r#"{"needs":[{"eval":"triage","max_age":"7d"}],"reviewers":1}"#;
    assert_eq!(policy["text"], text);
    // The digest is one that anybody can check.
    let script = "import hashlib, sys; print('sha256:' + hashlib.sha256(sys.argv[1].encode()).hexdigest())";
    let digest = String::from_utf8(python(&["-c", script, text]).output().unwrap().stdout).unwrap();
    assert_eq!(policy["digest"], digest.trim());
    let eval = &policy["evals"][0];
    assert_eq!((&eval["eval"], &eval["models"]), (&json!("triage"), &json!(["nearest"])));
    assert_eq!(eval["gates"], json!(["queue.accuracy >= 0.5"]));
    let spec = desk.json(&["spec", "show", "triage", "--json"]);
    assert_eq!(eval["spec"], spec["digest"], "{spec}");
    assert_eq!(policy.get("changed"), None);
}

#[test]
fn whatever_was_made_easier_since_the_last_promotion_is_told_line_by_line() {
    let desk = Desk::with(&policy(2, 7));
    desk.eval(&["--prompt", "support/triage"]);
    assert_eq!(desk.promote(&[]).code, Some(1));
    let id = desk.last_promotion();
    for who in [BEN, super::desk::CEM] {
        assert_eq!(desk.by(who, &["promotion", "approve", &id]).code, Some(0));
    }
    assert_eq!(desk.in_production(), Some(1));
    desk.policy(&policy(1, 30));
    desk.gates(&gate("0.25"));
    desk.prompt("Name the queue.", true);
    desk.eval(&["--prompt", "support/triage"]);
    insta::assert_snapshot!(desk.shown(&desk.promote(&[])), @"
    exit 1
    support/triage@2 → production  (now support/triage@1)
      1 line changed
      - Name the queue of the ticket.
      + Name the queue.
      carat prompt diff support/triage@1 support/triage@2

    ! what is asked for is not what it was when support/triage@1 was promoted to `production` at WHEN (promotion ID):
        the policy asked for runs of triage that are no older than 7d, now for runs of triage that are no older than 30d
        the policy asked for 2 reviewers, now for 1 reviewer
        the eval triage asked for `queue.accuracy >= 0.5`, now for `queue.accuracy >= 0.25`
    ✓ eval triage
        on nearest: 1 gate held in run ID on tickets@1, which ended at WHEN
    ✗ 1 reviewer
        somebody has to approve
    production was not moved to support/triage@2; still open: 1 reviewer  promotion ID
    ");
    let shown = desk.shown(&desk.ada(&["promotion", "show", &desk.last_promotion()]));
    assert!(shown.contains("asked for 2 reviewers, now for 1 reviewer"), "{shown}");
    assert!(shown.contains("gates      of triage: queue.accuracy >= 0.25"), "{shown}");
    let approved = approved(&desk);
    assert!(approved.contains("asked for `queue.accuracy >= 0.5`, now for `queue.accuracy >= 0.25`"), "{approved}");
    assert_eq!(desk.in_production(), Some(2));
    let what = desk.promotions()[0]["policy"]["changed"]["what"].as_array().unwrap().len();
    assert_eq!((what, desk.ada(&["audit", "verify"]).code), (3, Some(0)), "it is kept, and vouched for");
    // The next one is held to the same.
    desk.prompt("Name it.", true);
    desk.eval(&["--prompt", "support/triage"]);
    assert!(!desk.promote(&[]).data.contains("what is asked for"));
}

#[test]
fn the_first_promotion_of_a_thing_is_compared_with_another_of_the_same_label() {
    let desk = Desk::with("reviewers: 0\n    owner: true\n");
    let owners = |policy: &str| {
        desk.policy(policy);
        let project = std::fs::read_to_string(desk.project.file("carat.yaml")).unwrap();
        desk.project.write("carat.yaml", format!("{project}owners: {{ prompts: \"@a\", datasets: \"@a\" }}\n"));
    };
    owners("owner: true\n");
    assert_eq!(desk.promote(&[]).code, Some(0));
    owners("{}\n");
    let ended = desk.ada(&["dataset", "promote", "tickets", "--to", "production"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.data.contains("when support/triage@1 was promoted"), "{ended:?}");
    assert!(ended.data.contains("    the policy asked for an owner, and does not any more\n"), "{ended:?}");
}

#[test]
fn a_promotion_of_which_an_older_carat_kept_the_digest_alone_can_still_be_read_and_compared_with() {
    let desk = Desk::with("reviewers: 2\n    author_may_approve: true\n");
    assert_eq!(desk.promote(&["--emergency", "now"]).code, Some(0));
    let whole = desk.promotions()[0]["policy"]["digest"].as_str().unwrap().to_owned();
    desk.tamper(&format!("UPDATE promotions SET body = json_set(body, '$.policy', '{whole}')"));
    let listed: Value = desk.promotions()[0]["policy"].clone();
    assert_eq!(listed, json!(whole));
    let shown = desk.shown(&desk.ada(&["promotion", "show", &desk.last_promotion()]));
    assert!(shown.contains("policy     DIGEST  (what it asked for is not known)\n"), "{shown}");
    desk.prompt("Two.", true);
    let same = desk.promote(&[]);
    assert!(!same.data.contains("what is asked for"), "it is the same policy: {same:?}");
    desk.policy("{}\n");
    let other = desk.promote(&[]);
    assert!(
        other.data.contains("    the policy is another one, and what it asked for then is not known\n"),
        "{other:?}"
    );
}

#[test]
fn what_was_made_easier_is_told_as_well_where_a_rollback_brought_back_what_is_in_force() {
    let desk = Desk::with("reviewers: 1\n");
    desk.put_into_production();
    desk.prompt("Two.", true);
    desk.put_into_production();
    for to in ["1", "2"] {
        let back = ["prompt", "rollback", "support/triage", "--label", "production", "--to", to];
        assert_eq!(desk.ada(&back).code, Some(0));
    }
    let states: Vec<Value> = desk.promotions().iter().map(|promotion| promotion["state"].clone()).collect();
    assert_eq!(states, ["rolled_back", "rolled_back"], "and the newer one is in force");
    desk.policy("{}\n");
    desk.prompt("Three.", true);
    let ended = desk.promote(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.data.contains("when support/triage@2 was promoted to `production`"), "{ended:?}");
    assert!(ended.data.contains("    the policy asked for 1 reviewer, and does not any more\n"), "{ended:?}");
}

#[test]
fn an_eval_that_measures_less_than_it_did_is_told_though_its_gates_are_the_same() {
    let desk = Desk::with("needs: [{ eval: triage }]\n");
    let gates = "gates:\n  - { metric: queue.accuracy, at_least: 0.5 }\n";
    desk.spec(&format!("trials: 2\n{gates}"));
    desk.put_into_production();
    // What changes no answer is not told.
    desk.spec(&format!("trials: 2\ndescription: the same\n{gates}"));
    desk.prompt("Two.", true);
    desk.eval(&["--prompt", "support/triage"]);
    let same = desk.promote(&[]);
    assert!(same.code == Some(0) && !same.data.contains("what is asked for"), "{same:?}");
    desk.spec(gates);
    desk.prompt("Three.", true);
    desk.eval(&["--prompt", "support/triage"]);
    let less = desk.promote(&[]);
    let told = "    the eval triage is measured otherwise than then (trials): carat spec diff triage@2 triage@3\n";
    assert!(less.data.contains(told), "{less:?}");
    assert_eq!(desk.ada(&["spec", "diff", "triage@2", "triage@3"]).code, Some(0), "which can be looked at");
}
