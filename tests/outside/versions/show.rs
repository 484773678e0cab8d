//! `carat prompt show support/triage@production --at …`: which version it was, who put it there, and what used it.

use serde_json::Value;

use super::log::three_versions;
use super::{desk, said, sort, timeless, told, well};
use crate::outside::project::Project;

/// The moments of the moves of `sort`, oldest first.
fn moments(project: &Project) -> Vec<String> {
    let log: Value =
        serde_json::from_str(&well(project, &["prompt", "log", "sort", "--labels", "--json"]).data).unwrap();
    log["moves"].as_array().unwrap().iter().rev().map(|moved| moved["at"].as_str().unwrap().to_owned()).collect()
}

/// The first lines of it.
fn head(text: &str, lines: usize) -> String {
    text.lines().take(lines).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_version_is_shown_with_where_it_came_from() {
    insta::assert_snapshot!(said(&three_versions(), &["prompt", "show", "sort@2"]), @"
    sort@2  sha256:014686e1fbe8dfe47faad143cac6f936d2bc08a7711c5ff0dd38dcd53a6f0a0f
    saved  YYYY-MM-DD HH:MM  Grace Hopper (flag)  after 1
           One word
           as the scorer wants it

    Sort fruit
      input thing: string

    ── sort.prompty
    system:
    Is it a fruit? Answer yes or no.
    user:
    {{ thing }}
    ");
}

#[test]
fn a_file_is_shown_with_the_version_that_it_is() {
    let project = desk();
    insta::assert_snapshot!(head(&said(&project, &["prompt", "show", "sort"]), 2), @"
    sort  sha256:807368b5976fbf5aa0cb8b352197402f9690d3acbf305602ca523f451cd2197c
    saved  not yet
    ");
    well(&project, &["prompt", "save", "sort"]);
    insta::assert_snapshot!(head(&said(&project, &["prompt", "show", "sort"]), 2), @"
    sort  sha256:807368b5976fbf5aa0cb8b352197402f9690d3acbf305602ca523f451cd2197c
    saved  as version 1  YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
    ");
    project.write("prompts/sort.prompty", sort("Is it a fruit?"));
    insta::assert_snapshot!(head(&said(&project, &["prompt", "show", "sort"]), 2), @"
    sort  sha256:379705cf55e2cc809a95bf95be6681cb2a0e26282bf2b53447bab9a473ab34e7
    saved  not as it is now; sort@1 is the newest version
    ");
}

#[test]
fn a_label_is_answered_for_any_moment() {
    let project = three_versions();
    well(&project, &["prompt", "label", "sort@2", "stable", "--why", "it holds", "--actor", "Grace Hopper"]);
    well(&project, &["prompt", "label", "sort", "stable", "--remove"]);
    let moments = moments(&project);
    let at = |at: &str| timeless(&head(&told(&project, &["prompt", "show", "sort@stable", "--at", at]), 6));
    // stable → 1, candidate → 3, stable → 2, stable taken away.
    insta::assert_snapshot!(at(&moments[0]), @"
    exit 0
    sort@1  sha256:379705cf55e2cc809a95bf95be6681cb2a0e26282bf2b53447bab9a473ab34e7
    saved   YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
            A first try
    stable  at WHEN: here since YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
    ");
    insta::assert_snapshot!(at(&moments[1]), @"
    exit 0
    sort@1  sha256:379705cf55e2cc809a95bf95be6681cb2a0e26282bf2b53447bab9a473ab34e7
    saved   YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
            A first try
    stable  at WHEN: here since YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
    ");
    insta::assert_snapshot!(at(&moments[2]), @"
    exit 0
    sort@2  sha256:014686e1fbe8dfe47faad143cac6f936d2bc08a7711c5ff0dd38dcd53a6f0a0f
    saved   YYYY-MM-DD HH:MM  Grace Hopper (flag)  after 1
            One word
            as the scorer wants it
    stable  at WHEN: here from 1 since YYYY-MM-DD HH:MM  Grace Hopper (flag)  it holds
    ");
    insta::assert_snapshot!(at(&moments[3]), @"
    exit 2
    error: the prompt `sort` had no label `stable` at WHEN; it had been taken away at WHEN
    ");
    insta::assert_snapshot!(at("2020-01-01T00:00Z"), @"
    exit 2
    error: the prompt `sort` had no label `stable` at WHEN; it was put there first at WHEN
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "show", "sort@stable"]), @"
    exit 2
    error: the prompt `sort` has no label `stable`; there are versions 1 to 3 (candidate is 3)
    ");
}

#[test]
fn a_moment_without_an_offset_is_utc_and_said_to_be() {
    let project = three_versions();
    insta::assert_snapshot!(told(&project, &["prompt", "show", "sort@stable", "--at", "2020-10-03"]), @"
    exit 2
    2020-10-03 is taken for WHEN: without an offset, moments are UTC
    error: the prompt `sort` had no label `stable` at WHEN; it was put there first at WHEN
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "show", "sort@latest", "--at", "2020-10-03 12:00"]), @"
    exit 2
    YYYY-MM-DD HH:MM is taken for WHEN: without an offset, moments are UTC
    error: the prompt `sort` had no version at WHEN; the first was saved at WHEN
    ");
    let now: Value = serde_json::from_str(&well(&project, &["prompt", "show", "sort@latest", "--json"]).data).unwrap();
    let saved = now["version"]["at"].as_str().unwrap().to_owned();
    let then: Value =
        serde_json::from_str(&well(&project, &["prompt", "show", "sort@latest", "--at", &saved, "--json"]).data)
            .unwrap();
    assert_eq!((&then["version"]["number"], &then["at"]), (&3.into(), &saved.into()));
}

#[test]
fn what_has_no_moment_or_none_yet_is_refused() {
    let project = three_versions();
    insta::assert_snapshot!(told(&project, &["prompt", "show", "sort@2", "--at", "2026-10-03"]), @"
    exit 2
    error: --at asks what a label, or `latest`, meant at a moment: `sort@latest`; `sort@2` means the same at all of them
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "show", "sort", "--at", "2026-10-03"]), @"
    exit 2
    error: --at asks what was saved or labelled at a moment, and `sort` is what the project has now; the newest version of then is `sort@latest`
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "show", "sort@stable", "--at", "2999-10-03"]), @"
    exit 2
    error: --at WHEN lies ahead, and labels may move until then
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "show", "sort@stable", "--at", "yesterday"]), @"
    exit 2
    error: invalid value 'yesterday' for '--at <INSTANT>': expected a moment such as 2026-10-03T12:00Z, 2026-10-03T14:00+02:00 or 2026-10-03; without an offset it is UTC

    For more information, try '--help'.
    ");
}

#[test]
fn what_used_a_version_is_told() {
    let project = desk();
    well(&project, &["eval", "fruit", "-q"]);
    well(&project, &["prompt", "label", "sort@1", "stable"]);
    let first = |noun: &str, reference: &str| {
        let shown = said(&project, &[noun, "show", reference, "--used-by"]);
        shown.split("\n\n").next().unwrap().to_owned()
    };
    insta::assert_snapshot!(first("prompt", "sort@stable"), @"
    sort@1  sha256:807368b5976fbf5aa0cb8b352197402f9690d3acbf305602ca523f451cd2197c
    saved    YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
    labels   stable
    stable   here since YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
    used by  label stable since YYYY-MM-DD HH:MM
             run ID  fruit  YYYY-MM-DD HH:MM  sort@1×nearest, sort@1×echo
    ");
    insta::assert_snapshot!(first("prompt", "sort"), @"
    sort  sha256:807368b5976fbf5aa0cb8b352197402f9690d3acbf305602ca523f451cd2197c
    saved    as version 1  YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
    labels   stable
    used by  label stable since YYYY-MM-DD HH:MM
             run ID  fruit  YYYY-MM-DD HH:MM  sort@1×nearest, sort@1×echo
    ");
    insta::assert_snapshot!(first("dataset", "fruit@1"), @"
    fruit@1  4 rows  sha256:bec777435a2375d925c4d605c746f70e698c006b3306f8c238af8f1318425447
    saved    YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
    used by  run ID  fruit  YYYY-MM-DD HH:MM  sort@1×nearest, sort@1×echo
    ");
    insta::assert_snapshot!(first("model", "echo@1"), @"
    echo@1  sha256:ba26a3b95b133c2b49d48a6c8bdecd4d029307ac379cf270498629422e811a92
    saved    YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
    used by  run ID  fruit  YYYY-MM-DD HH:MM  sort@1×echo
    ");
    project.write("prompts/sort.prompty", sort("Is it a fruit?"));
    insta::assert_snapshot!(first("prompt", "sort"), @"
    sort  sha256:379705cf55e2cc809a95bf95be6681cb2a0e26282bf2b53447bab9a473ab34e7
    saved    not as it is now; sort@1 is the newest version
    used by  nothing yet
    ");
}

#[test]
fn the_rows_of_a_version_are_those_that_were_saved() {
    let project = desk();
    well(&project, &["eval", "fruit", "-q"]);
    project
        .write("datasets/fruit.jsonl", "{\"id\": \"f-1\", \"input\": {\"thing\": \"pears\"}, \"expected\": \"yes\"}\n");
    well(&project, &["dataset", "save", "fruit", "-m", "only pears"]);
    insta::assert_snapshot!(said(&project, &["dataset", "show", "fruit@1"]), @"
    fruit@1  4 rows  sha256:bec777435a2375d925c4d605c746f70e698c006b3306f8c238af8f1318425447
    saved  YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)

    row  split  expected  tags  input
    f-1  test   yes       easy  thing: apples
    f-2  test   no              thing: hammers
    f-3  test   yes             thing: pineapple
    f-4  dev    no              thing: sledgehammer
    ");
    insta::assert_snapshot!(said(&project, &["dataset", "show", "fruit@2"]), @"
    fruit@2  1 row  sha256:80d19fe98c8e96b48b7ae41d7de03abcd6cf0de2bd323920c87749a81c5cb5e6
    saved  YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  after 1
           only pears

    row  split  expected  tags  input
    f-1  –      yes             thing: pears
    ");
    insta::assert_snapshot!(said(&project, &["dataset", "show", "fruit@1", "--row", "f-1", "--used-by"]), @r#"
    {
      "id": "f-1",
      "input": {
        "thing": "apples"
      },
      "expected": "yes",
      "tags": [
        "easy"
      ],
      "split": "test"
    }
    used by  run ID  fruit  YYYY-MM-DD HH:MM
    "#);
    insta::assert_snapshot!(said(&project, &["dataset", "show", "fruit", "--row", "f-1", "--used-by"]), @r#"
    {
      "id": "f-1",
      "input": {
        "thing": "pears"
      },
      "expected": "yes"
    }
    used by  nothing yet
    "#);
    insta::assert_snapshot!(said(&project, &["dataset", "list"]), @"
    dataset  version  file      labels  rows  splits  digest
    fruit          2  as saved  –          1          80d19fe98c8e
    ");
}

#[test]
fn a_version_is_rendered_as_it_was_whatever_the_files_say_now() {
    let project = desk();
    well(&project, &["prompt", "save", "support/triage"]);
    project.write("prompts/support/_queues.jinja", "There is one queue.\n");
    let rendered = said(&project, &["prompt", "render", "support/triage@1", "--input", "body=It crashes"]);
    insta::assert_snapshot!(rendered, @"
    system:
    You sort the incoming tickets.
    Answer with one word.

    The queues are billing, technical and other.

    user:
    It crashes
    ");
    let now = said(&project, &["prompt", "render", "support/triage", "--input", "body=It crashes"]);
    assert!(now.contains("There is one queue."), "{now}");
    insta::assert_snapshot!(said(&project, &["prompt", "check", "support/triage@1"]), @"support/triage@1  about 36 tokens of template");
}

#[test]
fn specs_and_models_are_shown_as_they_were() {
    let project = desk();
    well(&project, &["spec", "save", "fruit"]);
    well(&project, &["model", "save", "echo"]);
    project.write(
        "evals/fruit.yaml",
        "prompts: [sort]\nmodels: [echo]\ndataset: fruit\nscorers:\n  - { name: a, exact: {} }\n",
    );
    insta::assert_snapshot!(said(&project, &["spec", "show", "fruit@1"]), @r#"
    fruit@1  sha256:636cd578592c6de813588c31ad96dc84529c5bc0344565c885f6a2f768865c19
    saved  YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)

    prompts: [sort]
    models: [nearest, echo]
    dataset: fruit
    scorers:
      - { name: answer, choice: { options: ["yes", "no"] } }
    "#);
    insta::assert_snapshot!(said(&project, &["spec", "list"]), @"
    spec   version  file     labels  dataset  digest
    fruit        1  changed  –       fruit    2076c3405913
    ");
    insta::assert_snapshot!(said(&project, &["model", "show", "echo@1"]), @"
    echo@1  sha256:ba26a3b95b133c2b49d48a6c8bdecd4d029307ac379cf270498629422e811a92
    saved  YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)

    models:
      echo: { provider: baseline, model: echo }
    ");
}

#[test]
fn a_promotion_is_told_of_its_subject_and_of_all_that_its_evidence_was_measured_with() {
    let project = desk();
    let (models, spec) = (read(&project, "carat.yaml"), read(&project, "evals/fruit.yaml"));
    let policy = "policy:\n  production: { needs: [{ eval: fruit, models: [nearest] }] }\n";
    project.write("carat.yaml", format!("{models}{policy}"));
    project.write("evals/fruit.yaml", format!("{spec}gates:\n  - {{ metric: errors.share, at_most: 0.5 }}\n"));
    well(&project, &["eval", "fruit", "-q"]);
    well(&project, &["prompt", "promote", "sort", "--to", "production"]);
    let role = |args: &[&str]| -> Value {
        let shown: Value =
            serde_json::from_str(&well(&project, &[args, &["--used-by", "--json"]].concat()).data).unwrap();
        let promotions = &shown["used_by"]["promotions"];
        assert!(promotions.as_array().unwrap().len() < 2, "{promotions}");
        assert!(promotions[0].is_null() || promotions[0]["subject"]["name"] == "sort", "{promotions}");
        promotions[0]["as"].clone()
    };
    assert_eq!(role(&["prompt", "show", "sort@production"]), "subject");
    assert_eq!(role(&["dataset", "show", "fruit@1"]), "evidence");
    assert_eq!(role(&["dataset", "show", "fruit@1", "--row", "f-1"]), "evidence");
    assert_eq!(role(&["spec", "show", "fruit@1"]), "evidence");
    assert_eq!(role(&["model", "show", "nearest@1"]), "evidence");
    assert_eq!(role(&["model", "show", "echo@1"]), Value::Null, "the policy does not look at it");
    let told = said(&project, &["model", "show", "nearest@1", "--used-by"]);
    insta::assert_snapshot!(told.split("\n\n").next().unwrap(), @"
    nearest@1  sha256:c295ae43a4ea3764ef5a68405c0c39590d6651a5f254ff2b7649660756b5dbbb
    saved    YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)
    used by  run ID  fruit  YYYY-MM-DD HH:MM  sort@1×nearest
             promotion ID  sort@1 to production, applied YYYY-MM-DD HH:MM, as evidence
    ");
}

fn read(project: &Project, name: &str) -> String {
    std::fs::read_to_string(project.file(name)).unwrap()
}
