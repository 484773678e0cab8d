//! `carat prompt log`: who saved what, when, from which commit, and who uses it.

use std::process::Command;

use serde_json::Value;

use super::{desk, said, sort, well};
use crate::outside::project::Project;

/// Three versions of a prompt, the first and the last of which are labelled.
pub(super) fn three_versions() -> Project {
    let project = desk();
    for (instruction, more) in [
        ("Is it a fruit?", &["-m", "A first try"][..]),
        ("Is it a fruit? Answer yes or no.", &["-m", "One word\nas the scorer wants it", "--actor", "Grace Hopper"]),
        ("Is it a fruit? Say yes or no.", &[]),
    ] {
        project.write("prompts/sort.prompty", sort(instruction));
        well(&project, &[&["prompt", "save", "sort"], more].concat());
    }
    well(&project, &["prompt", "label", "sort@1", "stable"]);
    well(&project, &["prompt", "label", "sort@3", "candidate", "--why", "shorter"]);
    project
}

#[test]
fn the_log_tells_the_newest_version_first_with_who_why_and_labels() {
    insta::assert_snapshot!(said(&three_versions(), &["prompt", "log", "sort"]), @"
    sort@3  bdb5f32abe2c  candidate
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  after 2  no run
    sort@2  014686e1fbe8
        YYYY-MM-DD HH:MM  Grace Hopper (flag)  after 1  no run
        One word
        as the scorer wants it
    sort@1  379705cf55e2  stable
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  no run
        A first try
    ");
}

#[test]
fn runs_are_counted_by_the_very_version_that_they_used() {
    let project = desk();
    well(&project, &["eval", "fruit", "-q"]);
    well(&project, &["eval", "fruit", "-q"]);
    project.write("prompts/sort.prompty", sort("Is it a fruit?"));
    well(&project, &["eval", "fruit", "--model", "echo", "-q"]);
    let runs = |noun: &str, name: &str| -> Vec<Value> {
        let log: Value = serde_json::from_str(&well(&project, &[noun, "log", name, "--json"]).data).unwrap();
        log["versions"].as_array().unwrap().iter().map(|version| version["runs"].clone()).collect()
    };
    assert_eq!(runs("prompt", "sort"), [1, 2]);
    assert_eq!(runs("dataset", "fruit"), [3]);
    assert_eq!(runs("model", "nearest"), [2]);
    assert_eq!(runs("model", "echo"), [3]);
}

#[test]
fn the_log_as_json_has_all_of_it() {
    let project = three_versions();
    let log: Value = serde_json::from_str(&well(&project, &["prompt", "log", "sort", "--json"]).data).unwrap();
    assert_eq!((&log["format"], &log["kind"], &log["name"]), (&1.into(), &"prompt".into(), &"sort".into()));
    let second = &log["versions"][1];
    assert_eq!((&second["number"], &second["parent"], &second["runs"]), (&2.into(), &1.into(), &0.into()));
    assert_eq!(second["by"], serde_json::json!({"name": "Grace Hopper", "source": "flag"}));
    assert_eq!((&second["message"], &second["commit"]), (&"One word\nas the scorer wants it".into(), &Value::Null));
    assert_eq!(log["versions"][0]["labels"], serde_json::json!(["candidate"]));
    assert_eq!(log["versions"][2]["parent"], Value::Null);
}

#[test]
fn the_commit_is_named_and_whether_files_differ_from_it() {
    let project = desk();
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
        let ended = Command::new("git").args(who).args(args).current_dir(project.path()).output().unwrap();
        assert!(ended.status.success(), "{ended:?}");
        String::from_utf8(ended.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q"]);
    git(&["add", "prompts", "carat.yaml"]);
    git(&["commit", "-q", "-m", "first"]);
    well(&project, &["prompt", "save", "sort"]);
    project.write("prompts/sort.prompty", sort("Is it a fruit?"));
    well(&project, &["prompt", "save", "sort"]);
    let head = git(&["rev-parse", "HEAD"]);
    let log = said(&project, &["prompt", "log", "sort"]);
    let commits: Vec<&str> =
        log.lines().filter_map(|line| line.split_once("commit ")?.1.split_whitespace().next()).collect();
    assert_eq!(commits, [format!("{}+", &head[..10]), head[..10].to_owned()]);
}

#[test]
fn everything_that_has_versions_has_a_log() {
    let project = desk();
    well(&project, &["eval", "fruit", "-q"]);
    insta::assert_snapshot!(said(&project, &["dataset", "log", "fruit"]), @"
    fruit@1  bec777435a23
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  1 run
    ");
    insta::assert_snapshot!(said(&project, &["model", "log", "echo"]), @"
    echo@1  ba26a3b95b13
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  1 run
    ");
    insta::assert_snapshot!(said(&project, &["spec", "log", "fruit"]), @"
    fruit@1  636cd578592c
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  1 run
    ");
    let by_path = said(&project, &["prompt", "log", "prompts/sort.prompty"]);
    assert_eq!(by_path, said(&project, &["prompt", "log", "sort"]), "a path is a name as well");
}

#[test]
fn what_was_saved_and_is_saved_again_keeps_its_number() {
    let project = three_versions();
    insta::assert_snapshot!(said(&project, &["prompt", "save", "sort"]), @"sort@3 sha256:bdb5f32abe2c28829dc0f1f65305ed3c01fe292219a7b05140d77c2003616d61 (unchanged: has been version 3 since YYYY-MM-DD HH:MM)");
    project.write("prompts/sort.prompty", sort("Is it a fruit?"));
    insta::assert_snapshot!(said(&project, &["prompt", "save", "sort", "-m", "back again"]), @"
    sort@1 sha256:379705cf55e2cc809a95bf95be6681cb2a0e26282bf2b53447bab9a473ab34e7 (unchanged: has been version 1 since YYYY-MM-DD HH:MM)
    nothing is new, so the message is not kept: it is said of a version when that is saved first
    ");
    insta::assert_snapshot!(said(&project, &["prompt", "list"]), @"
    prompt          version  file       labels                 digest        title
    sort                  3  is 1       candidate 3, stable 1  379705cf55e2  Sort fruit
    support/triage        –  not saved  –                      74b08fc5fd82  Ticket triage
    ");
    project.write("prompts/sort.prompty", sort("Is it?"));
    std::fs::remove_file(project.file("prompts/support/triage.prompty")).unwrap();
    insta::assert_snapshot!(said(&project, &["prompt", "list"]), @"
    prompt  version  file     labels                 digest        title
    sort          3  changed  candidate 3, stable 1  ef52372bc2dc  Sort fruit
    ");
}

#[test]
fn all_of_a_project_is_saved_at_once_and_what_is_broken_holds_up_nothing() {
    let project = desk();
    project.write("prompts/broken.prompty", "---\nname: [\n---\nuser:\nx\n");
    insta::assert_snapshot!(super::told(&project, &["prompt", "save", "--all"]), @"
    exit 2
    sort@1 sha256:807368b5976fbf5aa0cb8b352197402f9690d3acbf305602ca523f451cd2197c (new)
    support/triage@1 sha256:74b08fc5fd82074c4df639bf63a9e1321d2babdebc2b0b67e0a73cddff034732 (new)
    error: prompts/broken.prompty:2: expected a text
    ");
    insta::assert_snapshot!(super::told(&project, &["model", "save", "--all"]), @"
    exit 0
    echo@1 sha256:ba26a3b95b133c2b49d48a6c8bdecd4d029307ac379cf270498629422e811a92 (new)
    nearest@1 sha256:c295ae43a4ea3764ef5a68405c0c39590d6651a5f254ff2b7649660756b5dbbb (new)
    ");
    insta::assert_snapshot!(super::told(&project, &["dataset", "save", "--all", "--json"]), @r#"
    exit 0
    {
      "format": 1,
      "kind": "dataset",
      "saved": [
        {
          "kind": "dataset",
          "name": "fruit",
          "number": 1,
          "digest": "sha256:bec777435a2375d925c4d605c746f70e698c006b3306f8c238af8f1318425447",
          "new": true,
          "since": "WHEN"
        }
      ]
    }
    "#);
}

#[test]
fn a_move_by_hand_of_what_was_promoted_does_not_pass_for_a_promotion() {
    let project = three_versions();
    project.write("carat.yaml", "policy:\n  production: { reviewers: 0 }\n");
    well(&project, &["prompt", "promote", "sort@2", "--to", "production", "--emergency", "all is down"]);
    project.write("carat.yaml", "");
    well(&project, &["prompt", "label", "sort@3", "production", "--why", "quickly"]);
    let log: Value =
        serde_json::from_str(&well(&project, &["prompt", "log", "sort", "--labels", "--json"]).data).unwrap();
    let past: Vec<_> = log["moves"].as_array().unwrap().iter().map(|moved| &moved["past_promotions"]).collect();
    assert_eq!(past, [&Value::from(true), &Value::Null, &Value::Null, &Value::Null]);
    let moves = said(&project, &["prompt", "log", "sort", "--labels"]);
    assert!(moves.lines().nth(1).unwrap().ends_with("by hand, past its promotions: quickly"), "{moves}");
    assert_eq!(moves.matches("by hand").count(), 1, "{moves}");
}
