//! JSON: one shape for a version, one for a move, one for a promotion; and texts that stay on their lines.

use serde_json::{Value, json};

use super::desk::{BEN, CEM, Desk};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn by(desk: &Desk, who: &str, args: &[&str]) -> Value {
    let ended = desk.by(who, &[args, &["--json"]].concat());
    serde_json::from_str(&ended.data).map_err(|error| format!("{error}: {ended:?}")).unwrap()
}

/// Whatever moves a label tells of the move as the history of the label does, and of the promotion as the list does.
#[test]
fn moves_and_promotions_have_one_shape_in_every_command() {
    let desk = Desk::with("reviewers: 1\n");
    let promote = ["prompt", "promote", "support/triage", "--to", "production"];
    let open = by(&desk, BEN, &promote);
    assert_eq!(keys(&open), ["format", "applied", "state", "moved", "promotion"]);
    assert_eq!((&open["applied"], &open["state"], &open["moved"]), (&json!(false), &json!("proposed"), &Value::Null));
    let id = desk.last_promotion();
    let approved = by(&desk, CEM, &["promotion", "approve", &id, "--comment", "fine"]);
    assert_eq!((&approved["applied"], &approved["state"]), (&json!(true), &json!("applied")));
    let moves = |desk: &Desk| desk.json(&["prompt", "log", "support/triage", "--labels", "--json"])["moves"].clone();
    assert_eq!(approved["moved"], moves(&desk)[0]);
    assert_eq!(keys(&approved["moved"]), ["label", "from", "to", "at", "by", "why", "promotion"]);
    let listed = desk.promotions()[0].clone();
    assert_eq!(approved["promotion"], listed);
    assert_eq!(listed["in_force"], true);
    let shown = desk.json(&["promotion", "show", &id, "--json"]);
    assert_eq!((&shown["promotion"], &shown["moves"][0]), (&listed, &approved["moved"]));
    let version = keys(&listed["subject"]);
    assert_eq!(version, ["kind", "name", "number", "digest"]);
    assert_eq!(keys(&approved["moved"]["to"]), version);

    desk.policy("{}\n");
    desk.prompt("Two.", true);
    let applied = by(&desk, BEN, &promote);
    assert_eq!((&applied["state"], &applied["moved"]["to"]["number"]), (&json!("applied"), &json!(2)));
    assert_eq!(applied["moved"], moves(&desk)[0]);
    let back = by(&desk, CEM, &["prompt", "rollback", "support/triage", "--label", "production", "--why", "curt"]);
    assert_eq!(keys(&back), ["format", "moved", "promotion"]);
    assert_eq!((&back["moved"], &back["promotion"]), (&moves(&desk)[0], &desk.promotions()[0]));
    assert_eq!((&back["promotion"]["state"], &back["promotion"]["in_force"]), (&json!("rolled_back"), &json!(false)));
    let there = by(&desk, BEN, &["prompt", "promote", "support/triage@1", "--to", "production"]);
    assert_eq!(there, json!({"format": 1, "applied": true, "state": null, "moved": null, "promotion": null}));
}

#[test]
fn a_yes_that_does_not_suffice_is_said_last_of_all() {
    let desk = Desk::with("reviewers: 2\n");
    assert_eq!(desk.promote(&[]).code, Some(1));
    let ended = desk.by(BEN, &["promotion", "approve", &desk.last_promotion()]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let last = super::desk::settled(ended.data.lines().last().unwrap());
    assert_eq!(
        last,
        "production was not moved to support/triage@1: your word is on record, and promotion ID is still open, for want of: \
         2 reviewers\n"
    );
}

#[test]
fn no_text_of_a_person_passes_for_a_line_of_the_record() {
    let forged = "fine\nyes  2026-01-01T00:00:00.000Z  Grace (flag): forged\n✓ 1 reviewer\nproduction points to it";
    let desk = Desk::with("reviewers: 5\n    quiet_hours: [{ why: \"a\\n✓ forged\" }]\n");
    let mut told = vec![desk.promote(&["--why", forged])];
    let id = desk.last_promotion();
    let eve = format!("Eve\n✓ forged {forged}");
    told.push(desk.by(&eve, &["promotion", "approve", &id, "--comment", forged]));
    told.push(desk.by(&eve, &["promotion", "approve", &id]));
    told.push(desk.by(CEM, &["promotion", "reject", &id, "--comment", forged]));
    told.push(desk.ada(&["promotion", "show", &id]));
    told.push(desk.promote(&["--emergency", forged]));
    told.push(desk.promote(&[]));
    for args in [
        &["promotion", "show", &id][..],
        &["promotion", "list"],
        &["prompt", "log", "support/triage", "--labels"],
        &["audit", "log"],
        &["status"],
        &["prompt", "rollback", "support/triage", "--label", "production"],
    ] {
        told.push(desk.ada(args));
    }
    desk.prompt("Two.", true);
    assert_eq!(desk.promote(&[]).code, Some(1));
    let open = desk.last_promotion();
    assert_eq!(desk.ada(&["promotion", "withdraw", &open, "--why", forged]).code, Some(0));
    told.push(desk.ada(&["promotion", "approve", &open]));
    told.push(desk.ada(&["promotion", "show", &open]));
    for ended in told {
        let text = format!("{}{}", ended.data, ended.talk);
        let is_forged = |line: &&str| {
            line.starts_with("yes  2026-01")
                || line.starts_with("✓ ") && line.contains("forged")
                || *line == "✓ 1 reviewer"
        };
        assert_eq!(text.lines().find(is_forged), None, "{text}");
        assert!(!text.lines().any(|line| line.starts_with("production points to it")), "{text}");
    }
}

#[test]
fn no_command_about_what_never_was_makes_a_store() {
    let desk = Desk::with("reviewers: 1\n");
    let told = [
        &["prompt", "rollback", "support/triage", "--label", "production"][..],
        &["promotion", "approve", "0123"],
        &["promotion", "reject", "0123", "--comment", "no"],
        &["promotion", "withdraw", "0123"],
        &["promotion", "show", "0123"],
    ]
    .map(|args| {
        let ended = desk.ada(args);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        desk.told(&ended)
    });
    assert!(desk.ada(&["promotion", "list"]).data.is_empty());
    assert_eq!((desk.ada(&["status"]).code, desk.ada(&["doctor", "--offline"]).code), (Some(0), Some(0)));
    assert!(!desk.project.file(".carat").exists(), "{told:?}");
    insta::assert_snapshot!(told[0], @"
    exit 2
    error: there is no store (.carat/carat.db), so that `production` of the prompt support/triage points nowhere, and there is nothing to go back to; --project and --store say where another one is
    ");
}
