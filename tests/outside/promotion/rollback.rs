//! Going back: one command, always allowed, always on record.

use super::desk::{ADA, BEN, Desk};

/// Three versions, each put into production for some reason.
fn desk() -> Desk {
    let desk = Desk::with("{}\n");
    for instruction in ["One.", "Two.", "Three."] {
        desk.prompt(instruction, true);
        assert_eq!(desk.promote(&[]).code, Some(0));
    }
    // Whoever rolls back is asked for nothing, whatever the policy says by then.
    desk.policy("reviewers: 5\n    quiet_hours: [{}]\n");
    desk
}

fn rollback<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["prompt", "rollback", "support/triage", "--label", "production"], more].concat()
}

#[test]
fn it_goes_back_step_by_step_to_where_the_label_was() {
    let desk = desk();
    insta::assert_snapshot!(desk.told(&desk.by(BEN, &rollback(&["--why", "complaints"]))), @"
    exit 0
    production points to support/triage@2 again (was support/triage@3)  DIGEST, saved WHEN by Ada <ada@example.com>
    promotion ID is rolled back
    next: carat prompt export --label production --out prompts.carat    # applications serve the bundle
    ");
    assert_eq!(desk.in_production(), Some(2));
    assert_eq!(desk.by(BEN, &rollback(&[])).code, Some(0));
    assert_eq!(desk.in_production(), Some(1));
    insta::assert_snapshot!(desk.told(&desk.by(BEN, &rollback(&[]))), @"
    exit 2
    error: `production` pointed to nothing before support/triage@1; there is nothing to go back to; `carat prompt log support/triage` lists what there is
    ");
    assert_eq!(desk.in_production(), Some(1));
    let states: Vec<String> = desk.promotions().iter().map(|promotion| promotion["state"].to_string()).collect();
    assert_eq!(states, [r#""rolled_back""#, r#""rolled_back""#, r#""applied""#]);
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
}

#[test]
fn it_goes_to_any_version_that_has_been_there_and_to_no_other() {
    let desk = desk();
    desk.prompt("Four.", true);
    assert_eq!(desk.ada(&["prompt", "save", "support/triage"]).code, Some(0));
    let to = |reference: &str| desk.told(&desk.by(ADA, &rollback(&["--to", reference])));
    insta::assert_snapshot!([to("support/triage@4"), to("other@1"), to("9"), to("support/triage@3"), to("1")].join(""), @"
    exit 2
    error: `production` has never pointed to support/triage@4, and a rollback goes where it has been (versions 1, 2, 3); `carat prompt promote support/triage@4 --to production` goes somewhere new
    exit 2
    error: --to other@1 is a version of other, not of support/triage
    exit 2
    error: there is no support/triage@9; `production` has pointed to the versions 1, 2, 3
    exit 0
    production points to support/triage@3 already
    exit 0
    production points to support/triage@1 again (was support/triage@3)  DIGEST, saved WHEN by Ada <ada@example.com>
    promotion ID is rolled back
    next: carat prompt export --label production --out prompts.carat    # applications serve the bundle
    ");
    assert_eq!(desk.in_production(), Some(1));
}

#[test]
fn a_label_that_points_nowhere_is_told_with_those_that_do() {
    let desk = desk();
    let told = [
        &["prompt", "rollback", "support/triage", "--label", "prodution"][..],
        &["prompt", "rollback", "support/triag", "--label", "production"],
        &["dataset", "rollback", "tickets", "--label", "production"],
    ]
    .map(|args| desk.told(&desk.ada(args)));
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: the prompt `support/triage` has no label `prodution` (it has production); did you mean `production`?
    exit 2
    error: no label points to the prompt `support/triag`; did you mean `support/triage`?
    exit 2
    error: no label points to the dataset `tickets`
    ");
}

#[test]
fn what_is_told_to_do_instead_can_be_done() {
    let desk = Desk::with("{}\n");
    assert_eq!(desk.ada(&["dataset", "save", "tickets"]).code, Some(0));
    let told = |label: &str| desk.told(&desk.ada(&["dataset", "rollback", "tickets", "--label", label]));
    let told = [told("production"), told("candidate")].join("");
    insta::assert_snapshot!(told, @"
    exit 2
    error: no label points to the dataset `tickets`; `carat dataset promote tickets@latest --to production` lets `production` point to the newest version
    exit 2
    error: no label points to the dataset `tickets`; `carat dataset label tickets@latest candidate` lets `candidate` point to the newest version
    ");
    let commands: Vec<&str> = told.split('`').filter(|part| part.starts_with("carat ")).collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let ended = desk.ada(&command.split_whitespace().skip(1).collect::<Vec<_>>());
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
}

#[test]
fn a_label_that_was_moved_by_hand_goes_back_as_well() {
    let desk = Desk::with("");
    for (instruction, number) in [("One.", "1"), ("Two.", "2")] {
        desk.prompt(instruction, true);
        assert_eq!(desk.ada(&["prompt", "save", "support/triage"]).code, Some(0));
        let version = format!("support/triage@{number}");
        assert_eq!(desk.ada(&["prompt", "label", &version, "production"]).code, Some(0));
    }
    assert_eq!(desk.ada(&rollback(&[])).code, Some(0));
    assert_eq!(desk.in_production(), Some(1));
}

#[test]
fn what_was_rolled_back_is_promoted_anew() {
    let desk = desk();
    assert_eq!(desk.ada(&rollback(&[])).code, Some(0));
    desk.policy("{}\n");
    assert_eq!(desk.ada(&["prompt", "promote", "support/triage@3", "--to", "production"]).code, Some(0));
    assert_eq!(desk.in_production(), Some(3));
    assert_eq!(desk.ada(&rollback(&[])).code, Some(0));
    assert_eq!(desk.in_production(), Some(2));
}

#[test]
fn going_back_takes_back_what_was_proposed_instead_of_the_version_that_is_left() {
    let desk = desk();
    desk.policy("reviewers: 1\n");
    desk.prompt("Four.", true);
    assert_eq!(desk.promote(&[]).code, Some(1));
    let id = desk.last_promotion();
    assert_eq!(desk.by(BEN, &rollback(&[])).code, Some(0));
    insta::assert_snapshot!(desk.told(&desk.by(BEN, &["promotion", "approve", &id])), @"
    exit 2
    error: promotion ID was withdrawn at WHEN (`production` went to support/triage@2 meanwhile); `carat prompt promote support/triage@4 --to production` makes a new one
    ");
    assert_eq!(desk.in_production(), Some(2));
}

#[test]
fn two_rollbacks_never_take_each_other_back() {
    let desk = desk();
    // 1, 2, 3; back to 2; 3 again; to 2 by name.
    assert_eq!(desk.ada(&rollback(&[])).code, Some(0));
    desk.policy("{}\n");
    assert_eq!(desk.ada(&["prompt", "promote", "support/triage@3", "--to", "production"]).code, Some(0));
    assert_eq!(desk.ada(&rollback(&["--to", "2"])).code, Some(0));
    assert_eq!(desk.ada(&rollback(&[])).code, Some(0));
    assert_eq!(desk.in_production(), Some(1), "and not 3, which was just left");
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
}

#[test]
fn what_came_by_an_emergency_does_not_come_back_without_a_word() {
    let desk = desk();
    desk.prompt("Four.", true);
    assert_eq!(desk.promote(&["--emergency", "the site is down"]).code, Some(0));
    assert_eq!(desk.by(BEN, &rollback(&[])).code, Some(0));
    insta::assert_snapshot!(desk.told(&desk.by(BEN, &rollback(&["--to", "4"]))), @"
    exit 2
    error: support/triage@4 came to `production` by an emergency, past the policy (the site is down); say why it goes back there with --why
    ");
    assert_eq!(desk.in_production(), Some(3));
    assert_eq!(desk.by(BEN, &rollback(&["--to", "4", "--why", "down once more"])).code, Some(0));
    assert_eq!(desk.in_production(), Some(4));
}

#[test]
fn the_list_tells_what_is_in_force_whatever_was_done_with_it_before() {
    let desk = desk();
    assert_eq!(desk.by(BEN, &rollback(&["--to", "1"])).code, Some(0));
    let list: serde_json::Value = serde_json::from_str(&desk.ada(&["promotion", "list", "--json"]).data).unwrap();
    let told: Vec<String> = list["promotions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|promotion| format!("{} {} {}", promotion["subject"]["number"], promotion["state"], promotion["in_force"]))
        .collect();
    assert_eq!(told, ["3 \"rolled_back\" false", "2 \"applied\" false", "1 \"applied\" true"]);
    let shown = desk.ada(&["promotion", "list"]).data;
    assert!(shown.contains("applied, replaced since"), "{shown}");
    // Up and down again: what was rolled back may be there all the same.
    assert_eq!(desk.by(BEN, &rollback(&["--to", "3"])).code, Some(0));
    assert!(desk.ada(&["promotion", "list"]).data.contains("rolled back, in force again"));
}

#[test]
fn a_version_that_came_back_by_a_promotion_is_a_step_of_its_own_and_rollbacks_end() {
    let desk = Desk::with("{}\n");
    for instruction in ["One.", "Two."] {
        desk.prompt(instruction, true);
        assert_eq!(desk.promote(&[]).code, Some(0));
    }
    assert_eq!(desk.ada(&["prompt", "promote", "support/triage@1", "--to", "production"]).code, Some(0));
    let mut way = Vec::new();
    while desk.ada(&rollback(&[])).code == Some(0) && way.len() < 5 {
        way.push(desk.in_production());
    }
    assert_eq!(way, [Some(2), Some(1)]);
    assert!(desk.ada(&rollback(&[])).talk.contains("pointed to nothing before support/triage@1"));
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
}

#[test]
fn what_no_promotion_ever_put_there_does_not_come_back_without_a_word() {
    let desk = Desk::with("");
    desk.prompt("One.", true);
    assert_eq!(desk.ada(&["prompt", "save", "support/triage"]).code, Some(0));
    assert_eq!(desk.ada(&["prompt", "label", "support/triage@1", "production"]).code, Some(0));
    desk.policy("{}\n");
    desk.prompt("Two.", true);
    assert_eq!(desk.promote(&[]).code, Some(0));
    insta::assert_snapshot!(desk.told(&desk.by(BEN, &rollback(&[]))), @"
    exit 2
    error: support/triage@1 came to `production` by no promotion; say why it goes back there with --why
    ");
    assert_eq!(desk.in_production(), Some(2));
    assert_eq!(desk.by(BEN, &rollback(&["--why", "it worked for years"])).code, Some(0));
    assert_eq!(desk.in_production(), Some(1));
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
}
