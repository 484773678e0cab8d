//! Labels that somebody moved past their policies, by taking these out of `carat.yaml` first.

use serde_json::{Value, json};

use super::desk::{BEN, Desk};
use crate::outside::project::Ended;

const EVE: &str = "Eve <eve@example.com>";

/// Version 1 in production by the policy, and version 2 by Eve, who has another `carat.yaml`.
fn moved_by_hand(policy: &str) -> Desk {
    let desk = Desk::with(policy);
    desk.put_into_production();
    desk.prompt("Two.", true);
    by_hand(&desk, policy, "support/triage");
    desk
}

fn by_hand(desk: &Desk, policy: &str, name: &str) {
    desk.policy("");
    assert_eq!(desk.by(EVE, &["prompt", "save", name]).code, Some(0));
    let ended = desk.by(EVE, &["prompt", "label", &format!("{name}@latest"), "production"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    desk.policy(policy);
}

fn rollback(desk: &Desk) -> Ended {
    desk.by(BEN, &["prompt", "rollback", "support/triage", "--label", "production"])
}

/// The lines of `doctor` that are about labels.
fn doctor(desk: &Desk) -> String {
    let ended = desk.ada(&["doctor", "--offline"]);
    let lines = ended.data.lines().filter(|line| line.contains(" label ")).map(|line| format!("{line}\n"));
    super::desk::settled(&lines.collect::<String>())
}

/// What `status` says of them.
fn status(desk: &Desk) -> Option<String> {
    let status = desk.json(&["status", "--json"]);
    let is_meant = |check: &&Value| check["what"] == "labels by their policies";
    let check = status["checks"].as_array().unwrap().iter().find(is_meant)?.clone();
    Some(super::desk::settled(&format!("{}\n{}", check["because"].as_str().unwrap(), check["next"].as_str().unwrap())))
}

const ONE: &str = "reviewers: 1\n";

#[test]
fn it_is_held_to_the_policy_as_if_it_were_not_there_yet() {
    let desk = moved_by_hand(ONE);
    insta::assert_snapshot!(desk.told(&desk.promote(&["--why", "it is there anyhow"])), @"
    exit 1
    support/triage@2 → production  (now support/triage@2, by no promotion: Eve <eve@example.com> (flag) moved it there at WHEN without one)
      1 line added, 1 removed
      - Name the queue of the ticket.
      + Two.
      carat prompt diff support/triage@1 support/triage@2

    ✗ 1 reviewer
        somebody has to approve
    production was not moved to support/triage@2; still open: 1 reviewer  promotion ID
    support/triage as it is now is support/triage@2  DIGEST
    next:
      carat promotion approve ID    # somebody else
      carat prompt promote support/triage@2 --to production    # looks again
    ");
    let eve = desk.by(EVE, &["promotion", "approve", &desk.last_promotion()]);
    assert_eq!(eve.code, Some(2), "she saved it: {eve:?}");
    let moves = |desk: &Desk| desk.json(&["prompt", "log", "support/triage", "--labels", "--json"])["moves"].clone();
    let before = moves(&desk);
    insta::assert_snapshot!(desk.told(&desk.by(BEN, &["promotion", "approve", &desk.last_promotion()])), @"
    exit 0
    ✓ 1 reviewer
        Ben <ben@example.com> approves
    production points to support/triage@2 (as before)  promotion ID
    it was put there by no promotion: Eve <eve@example.com> (flag) moved it there at WHEN without one; from now on this one stands for it
    next: carat prompt export --label production --out prompts.carat    # applications serve the bundle
    back: carat prompt rollback support/triage --label production
    ");
    let promotion = &desk.promotions()[0];
    assert_eq!((&promotion["state"], &promotion["in_force"]), (&json!("applied"), &json!(true)));
    assert_eq!(promotion["replaces"]["number"], 1, "what it took the place of, and not itself");
    assert_eq!(moves(&desk), before, "nothing was moved");
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
    assert!(desk.promote(&[]).data.contains("already"));
    assert_eq!((doctor(&desk), status(&desk)), (String::new(), None));
    // And back by one command.
    assert_eq!((rollback(&desk).code, desk.in_production()), (Some(0), Some(1)));
    assert_eq!(desk.promotions()[0]["state"], "rolled_back");
    assert_eq!((doctor(&desk), desk.ada(&["audit", "verify"]).code), (String::new(), Some(0)));
}

#[test]
fn doctor_and_status_tell_who_moved_what_and_how_it_is_mended() {
    let desk = moved_by_hand(ONE);
    insta::assert_snapshot!(doctor(&desk), @"! label production  production points to the prompt support/triage@2 by no promotion: Eve <eve@example.com> (flag) moved it there at WHEN without one → carat prompt promote support/triage@2 --to production holds it to the policy; carat prompt rollback support/triage --label production takes it back");
    assert_eq!(desk.ada(&["doctor", "--offline"]).code, Some(0), "a warning, as others are");
    insta::assert_snapshot!(status(&desk).unwrap(), @"
    production points to the prompt support/triage@2 by no promotion: Eve <eve@example.com> (flag) moved it there at WHEN without one
    carat prompt promote support/triage@2 --to production holds it to the policy; carat prompt rollback support/triage --label production takes it back
    ");
    assert_eq!((rollback(&desk).code, desk.in_production()), (Some(0), Some(1)));
    assert_eq!((doctor(&desk), status(&desk)), (String::new(), None), "where a promotion had put it");
}

#[test]
fn an_emergency_is_a_promotion_and_a_label_without_a_policy_needs_none() {
    let desk = Desk::with(ONE);
    assert_eq!(desk.promote(&["--emergency", "it burns"]).code, Some(0));
    assert_eq!(doctor(&desk), "");
    desk.policy("");
    assert_eq!(desk.ada(&["prompt", "label", "support/triage@1", "candidate"]).code, Some(0));
    desk.prompt("Two.", true);
    by_hand(&desk, "", "support/triage");
    assert_eq!(doctor(&desk), "", "nothing is asked for of it now");
}

#[test]
fn relative_gates_are_held_against_what_stood_there_and_not_against_the_version_itself() {
    let policy = "needs: [{ eval: triage }]\n";
    let desk = Desk::with(policy);
    desk.gates("  - { metric: queue.accuracy, no_worse_than: baseline, margin: 0.3 }\n  - { metric: errors.share, at_most: 0.9 }\n");
    desk.eval(&["--prompt", "support/triage", "--baseline", "none"]);
    assert_eq!(desk.promote(&[]).code, Some(0));
    desk.prompt("Two.", false);
    by_hand(&desk, policy, "support/triage");
    desk.eval(&["--prompt", "support/triage", "--baseline", "none"]);
    let ended = desk.promote(&[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let missing = desk.missing().join("\n");
    let against = "relative to support/triage@1, where `production` stood before it was moved by hand";
    assert!(missing.contains(against) && missing.contains("queue.accuracy"), "{missing}");
}

#[test]
fn what_was_open_for_the_version_goes_on_and_an_emergency_is_recorded_as_one() {
    let desk = Desk::with(ONE);
    desk.put_into_production();
    desk.prompt("Two.", true);
    assert_eq!(desk.promote(&[]).code, Some(1));
    let open = desk.last_promotion();
    by_hand(&desk, ONE, "support/triage");
    let ended = desk.promote(&["--emergency", "it stays"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.data.contains("emergency: it stays") && ended.data.contains("this one stands for it"), "{ended:?}");
    assert_eq!(desk.last_promotion(), open);
    assert_eq!(desk.promotions()[0]["emergency"], "it stays");
    assert_eq!((doctor(&desk), desk.ada(&["audit", "verify"]).code), (String::new(), Some(0)));
}

/// Versions 1 and 2 by promotions, then what Eve does without the policy.
fn past_promotions(deeds: &[&[&str]]) -> Desk {
    let desk = Desk::with("{}\n");
    for instruction in ["One.", "Two."] {
        desk.prompt(instruction, true);
        assert_eq!(desk.promote(&[]).code, Some(0));
    }
    desk.prompt("Three.", true);
    desk.policy("");
    assert_eq!(desk.by(EVE, &["prompt", "save", "support/triage"]).code, Some(0));
    for deed in deeds {
        let ended = desk.by(EVE, &[&["prompt", "label"], *deed].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    desk.policy(ONE);
    desk
}

#[test]
fn a_rollback_goes_to_where_a_promotion_had_put_the_label_and_is_on_record_as_one() {
    let desk = past_promotions(&[&["support/triage@3", "production"], &["support/triage@1", "production"]]);
    assert!(doctor(&desk).contains("carat prompt rollback support/triage --label production takes it back"));
    let in_force = |desk: &Desk| desk.promotions().iter().map(|one| one["in_force"].clone()).collect::<Vec<_>>();
    assert_eq!(in_force(&desk), [false, false], "by no promotion, as the others say");
    insta::assert_snapshot!(desk.told(&rollback(&desk)), @"
    exit 0
    production points to support/triage@2 again (was support/triage@1)  DIGEST, saved WHEN by Ada <ada@example.com>
    where promotion ID had put it
    next: carat prompt export --label production --out prompts.carat    # applications serve the bundle
    ");
    assert_eq!((doctor(&desk), status(&desk)), (String::new(), None));
    let promotions = desk.promotions();
    assert!(promotions.iter().all(|one| one["state"] == "applied"), "none was rolled back: {promotions:?}");
    assert_eq!(in_force(&desk), [true, false]);
    let moves = desk.json(&["prompt", "log", "support/triage", "--labels", "--json"])["moves"].clone();
    assert_eq!((&moves[0]["promotion"], moves[0].get("past_promotions")), (&promotions[0]["id"], None));
    let log = desk.json(&["audit", "log", "--limit", "1", "--json"]);
    assert_eq!(log["entries"][0]["action"], "rolled_back", "{log}");
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
    // And on, step by step.
    assert_eq!((rollback(&desk).code, desk.in_production()), (Some(0), Some(1)));
    assert_eq!(rollback(&desk).code, Some(2));
}

#[test]
fn a_label_that_was_taken_away_is_told_and_comes_back() {
    let desk = past_promotions(&[&["support/triage", "production", "--remove"]]);
    insta::assert_snapshot!(doctor(&desk), @"! label production  production of the prompt support/triage points nowhere: Eve <eve@example.com> (flag) took it away at WHEN without one → carat prompt promote support/triage@2 --to production holds it to the policy; carat prompt rollback support/triage --label production takes it back");
    assert!(status(&desk).unwrap().contains("points nowhere"));
    let proposed = desk.promote(&[]);
    assert!(proposed.data.contains("(points to nothing, by no promotion: Eve"), "{proposed:?}");
    assert!(proposed.data.contains("carat prompt diff support/triage@2 support/triage@3"), "{proposed:?}");
    let desk = past_promotions(&[&["support/triage", "production", "--remove"]]);
    assert_eq!((rollback(&desk).code, desk.in_production()), (Some(0), Some(2)));
    assert_eq!((doctor(&desk), status(&desk)), (String::new(), None));
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
}
