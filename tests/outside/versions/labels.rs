//! `carat NOUN label`: where labels point, who moved them, and which of them nobody moves by hand.

use serde_json::Value;

use super::log::three_versions;
use super::{desk, said, told, well};

#[test]
fn a_label_is_put_moved_and_taken_away_and_every_move_is_kept() {
    let project = three_versions();
    for args in [
        &["prompt", "label", "sort@2", "candidate", "--why", "too short after all"][..],
        &["prompt", "label", "sort@2", "candidate"],
        &["prompt", "label", "sort@stable", "candidate", "--actor", "Grace Hopper"],
        &["prompt", "label", "sort", "candidate", "--remove", "--why", "nothing to try"],
    ] {
        well(&project, args);
    }
    insta::assert_snapshot!(said(&project, &["prompt", "log", "sort", "--labels"]), @"
    when              label      from  to  who                                    promotion  why
    YYYY-MM-DD HH:MM  candidate     1   –  Ada Lovelace <ada@example.com> (flag)  –          nothing to try
    YYYY-MM-DD HH:MM  candidate     2   1  Grace Hopper (flag)                    –          –
    YYYY-MM-DD HH:MM  candidate     3   2  Ada Lovelace <ada@example.com> (flag)  –          too short after all
    YYYY-MM-DD HH:MM  candidate     –   3  Ada Lovelace <ada@example.com> (flag)  –          shorter
    YYYY-MM-DD HH:MM  stable        –   1  Ada Lovelace <ada@example.com> (flag)  –          –
    ");
    insta::assert_snapshot!(said(&project, &["prompt", "list"]), @"
    prompt          version  file       labels    digest        title
    sort                  3  as saved   stable 1  bdb5f32abe2c  Sort fruit
    support/triage        –  not saved  –         74b08fc5fd82  Ticket triage
    ");
}

#[test]
fn what_a_move_did_is_said() {
    let project = three_versions();
    insta::assert_snapshot!(said(&project, &["prompt", "label", "sort@2", "candidate"]), @"candidate  sort@3 → sort@2");
    insta::assert_snapshot!(said(&project, &["prompt", "label", "sort@2", "candidate"]), @"candidate  sort@2 (points there already)");
    insta::assert_snapshot!(said(&project, &["prompt", "label", "sort@latest", "new"]), @"new  nothing → sort@3");
    insta::assert_snapshot!(said(&project, &["prompt", "label", "sort", "new", "--remove", "--json"]), @r#"
    {
      "format": 1,
      "kind": "prompt",
      "name": "sort",
      "label": "new",
      "version": null,
      "moved": {
        "label": "new",
        "from": {
          "kind": "prompt",
          "name": "sort",
          "number": 3,
          "digest": "sha256:bdb5f32abe2c28829dc0f1f65305ed3c01fe292219a7b05140d77c2003616d61"
        },
        "to": null,
        "at": "WHEN",
        "by": {
          "name": "Ada Lovelace <ada@example.com>",
          "source": "flag"
        },
        "why": null,
        "promotion": null
      }
    }
    "#);
}

#[test]
fn a_label_with_a_policy_moves_only_by_promotion() {
    let project = three_versions();
    let settings =
        "models:\n  nearest: { provider: baseline, model: nearest }\n  echo: { provider: baseline, model: echo }\n";
    project.write("carat.yaml", format!("{settings}policy:\n  production:\n    reviewers: 1\n  stable: {{}}\n"));
    well(&project, &["spec", "save", "fruit"]);
    insta::assert_snapshot!(told(&project, &["prompt", "label", "sort@latest", "production"]), @"
    exit 2
    error: `production` has a policy in carat.yaml: it moves only by promotion: carat prompt promote sort@3 --to production
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "label", "sort", "stable", "--remove"]), @"
    exit 2
    error: `stable` has a policy in carat.yaml: it moves only by promotion, and back by `carat prompt rollback sort --label stable`
    ");
    insta::assert_snapshot!(told(&project, &["spec", "label", "fruit@1", "production"]), @"
    exit 2
    error: `production` has a policy in carat.yaml: eval specs are not promoted, so choose another label
    ");
    well(&project, &["prompt", "label", "sort@latest", "anything-else"]);
    let log: Value = serde_json::from_str(&well(&project, &["prompt", "log", "sort", "--json"]).data).unwrap();
    assert_eq!(log["versions"][2]["labels"], serde_json::json!(["stable"]), "it stayed where it was");
}

#[test]
fn a_project_without_a_policy_moves_every_label_by_hand() {
    let project = desk();
    for (noun, name) in [("prompt", "sort"), ("dataset", "fruit"), ("model", "echo"), ("spec", "fruit")] {
        well(&project, &[noun, "save", name]);
        let version = format!("{name}@1");
        let moved = said(&project, &[noun, "label", &version, "production"]);
        assert_eq!(moved, format!("production  nothing → {name}@1\n"), "{noun}");
    }
}

#[test]
fn names_are_of_one_kind_so_that_labels_of_two_kinds_do_not_meet() {
    let project = desk();
    well(&project, &["dataset", "save", "fruit"]);
    well(&project, &["spec", "save", "fruit"]);
    well(&project, &["dataset", "label", "fruit@1", "golden"]);
    insta::assert_snapshot!(told(&project, &["spec", "show", "fruit@golden"]), @"
    exit 2
    error: the eval `fruit` has no label `golden`; there is version 1
    ");
}

#[test]
fn an_emergency_stays_to_be_seen() {
    let project = three_versions();
    project.write("carat.yaml", "policy:\n  production:\n    reviewers: 1\n");
    well(&project, &["prompt", "promote", "sort@2", "--to", "production", "--emergency", "all is down"]);
    insta::assert_snapshot!(said(&project, &["prompt", "log", "sort"]), @"
    sort@3  bdb5f32abe2c  candidate
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  after 2  no run
    sort@2  014686e1fbe8  production (emergency)
        YYYY-MM-DD HH:MM  Grace Hopper (flag)  after 1  no run
        One word
        as the scorer wants it
    sort@1  379705cf55e2  stable
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  no run
        A first try
    ");
    let moves = said(&project, &["prompt", "log", "sort", "--labels"]);
    insta::assert_snapshot!(moves.lines().take(2).collect::<Vec<_>>().join("\n"), @"
    when              label       from  to  who                                    promotion                             why
    YYYY-MM-DD HH:MM  production     –   2  Ada Lovelace <ada@example.com> (flag)  ID  emergency: all is down (not there: 1 reviewer)
    ");
    let shown = said(&project, &["prompt", "show", "sort@production", "--used-by"]);
    insta::assert_snapshot!(shown.split("\n\n").next().unwrap(), @"
    sort@2  sha256:014686e1fbe8dfe47faad143cac6f936d2bc08a7711c5ff0dd38dcd53a6f0a0f
    saved       YYYY-MM-DD HH:MM  Grace Hopper (flag)  after 1
                One word
                as the scorer wants it
    labels      production
    production  here since YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  promotion ID  emergency: all is down (not there: 1 reviewer)
    used by     label production since YYYY-MM-DD HH:MM
                promotion ID  to production, applied YYYY-MM-DD HH:MM (emergency)
    ");
}
