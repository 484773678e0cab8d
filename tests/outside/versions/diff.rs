//! `carat NOUN diff`: what differs between two versions, or between a version and what the project has now.

use serde_json::Value;

use super::log::three_versions;
use super::{TRIAGE, desk, said, sort, told, well};
use crate::outside::project::Project;

/// The smallest pictures that are two.
const DOT: &[u8] = b"\x89PNG\r\n\x1a\nA";
const OTHER_DOT: &[u8] = b"\x89PNG\r\n\x1a\nB";

/// A prompt that was saved, and then changed in every way.
fn much_changed() -> Project {
    let project = desk();
    project.write("prompts/support/dot.png", DOT);
    let text = TRIAGE.replace("{{ body }}", "{{ body }}\n![image](dot.png)");
    project.write("prompts/support/triage.prompty", &text);
    well(&project, &["prompt", "save", "support/triage"]);
    project.write("prompts/support/dot.png", OTHER_DOT);
    project.write(
        "prompts/support/_queues.jinja",
        "The queues are billing, technical, account and other.\nThere are no others.\n",
    );
    let text = text
        .replace("Names the queue", "Finds the queue")
        .replace("temperature: 0", "temperature: 0.2, maxOutputTokens: 8")
        .replace("body: { kind: string }", "body: { kind: string, description: What the customer wrote }")
        .replace("Answer with one word.\n", "Answer with exactly one word.\nBe kind.\n");
    project.write("prompts/support/triage.prompty", text);
    project
}

#[test]
fn a_name_alone_is_its_newest_version_against_the_file() {
    insta::assert_snapshot!(said(&much_changed(), &["prompt", "diff", "support/triage"]), @r#"
    A  support/triage@1  saved YYYY-MM-DD HH:MM
    B  support/triage  as it is now

    template
       9  system:
      10  You sort the incoming tickets.
    - 11  Answer with one word.
    + 11  Answer with exactly one word.
    + 12  Be kind.
      13
      14  {% include "_queues.jinja" %}
      15
    …

    _queues.jinja
    - 1  The queues are billing, technical and other.
    + 1  The queues are billing, technical, account and other.
    + 2  There are no others.

    settings
    + inputs.body.description: "What the customer wrote"
    + parameters.max_output_tokens: 8
    parameters.temperature: 0 → 0.2

    pictures
    dot.png: 7133ad082843 → 3996d7fa4185

    for people
    description: "Names the queue that a ticket belongs to." → "Finds the queue that a ticket belongs to."
    "#);
}

#[test]
fn two_versions_are_held_against_each_other() {
    let project = three_versions();
    insta::assert_snapshot!(said(&project, &["prompt", "diff", "sort@stable", "sort@2"]), @"
    A  sort@1  saved YYYY-MM-DD HH:MM
    B  sort@2  saved YYYY-MM-DD HH:MM

    template
      6  system:
    - 7  Is it a fruit?
    + 7  Is it a fruit? Answer yes or no.
      8  user:
      9  {{ thing }}
    ");
    let one_way = said(&project, &["prompt", "diff", "sort@1", "sort@2"]);
    assert!(one_way.contains("- 7  Is it a fruit?\n+ 7  Is it a fruit? Answer yes or no.\n"), "{one_way}");
    let other_way = said(&project, &["prompt", "diff", "sort@2", "sort@1"]);
    assert!(other_way.contains("- 7  Is it a fruit? Answer yes or no.\n+ 7  Is it a fruit?\n"), "{other_way}");
}

#[test]
fn where_nothing_differs_that_is_said() {
    let project = desk();
    let text = sort("Is it a fruit? {# which one #}");
    project.write("prompts/sort.prompty", &text);
    well(&project, &["prompt", "save", "sort"]);
    insta::assert_snapshot!(said(&project, &["prompt", "diff", "sort"]), @"
    A  sort@1  saved YYYY-MM-DD HH:MM
    B  sort  as it is now
    nothing differs
    ");
    project
        .write("prompts/sort.prompty", text.replace("Sort fruit", "Sort all fruit").replace("which one", "whichever"));
    insta::assert_snapshot!(said(&project, &["prompt", "diff", "sort"]), @r#"
    A  sort@1  saved YYYY-MM-DD HH:MM
    B  sort  as it is now
    one version: what differs reaches no model

    template
      6  system:
    - 7  Is it a fruit? {# which one #}
    + 7  Is it a fruit? {# whichever #}
      8  user:
      9  {{ thing }}

    for people
    title: "Sort fruit" → "Sort all fruit"
    "#);
}

#[test]
fn without_a_name_all_that_changed_is_shown() {
    let project = three_versions();
    project.write("prompts/sort.prompty", sort("Is it?"));
    insta::assert_snapshot!(said(&project, &["prompt", "diff"]), @"
    A  sort@3  saved YYYY-MM-DD HH:MM
    B  sort  as it is now

    template
      6  system:
    - 7  Is it a fruit? Say yes or no.
    + 7  Is it?
      8  user:
      9  {{ thing }}
    not saved yet: support/triage
    ");
    project.write("prompts/sort.prompty", sort("Is it a fruit? Say yes or no."));
    well(&project, &["prompt", "save", "--all"]);
    insta::assert_snapshot!(said(&project, &["prompt", "diff"]), @"all that has a version is as its newest one");
}

#[test]
fn colours_are_the_message_and_without_them_signs_are() {
    let project = three_versions();
    let coloured = well(&project, &["prompt", "diff", "sort@1", "sort@2", "--color", "always"]).data;
    assert!(coloured.contains("\u{1b}[32m+\u{1b}[0m"), "{coloured:?}");
    assert!(coloured.contains("\u{1b}[32m Answer yes or no.\u{1b}[0m"), "the words that are new: {coloured:?}");
    assert!(!well(&project, &["prompt", "diff", "sort@1", "sort@2"]).data.contains('\u{1b}'));
}

#[test]
fn a_row_shows_what_a_model_would_read() {
    let project = three_versions();
    insta::assert_snapshot!(said(&project, &["prompt", "diff", "sort@1", "sort@2", "--row", "fruit:f-2"]), @"
    A  sort@1  saved YYYY-MM-DD HH:MM
    B  sort@2  saved YYYY-MM-DD HH:MM

      1  system:
    - 2  Is it a fruit?
    + 2  Is it a fruit? Answer yes or no.
      3
      4  user:
      5  hammers
    …
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "diff", "sort@1", "sort@2", "--row", "fruit:f-9"]), @"
    exit 2
    error: fruit has no row `f-9`
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "diff", "sort@1", "support/triage", "--row", "fruit:f-2"]), @"
    exit 2
    A  sort@1  saved YYYY-MM-DD HH:MM
    B  support/triage  as it is now

    B cannot be rendered: prompts/support/triage.prompty: input `body` is declared, but not given (given: thing)
    ");
    well(&project, &["dataset", "save", "fruit"]);
    insta::assert_snapshot!(told(&project, &["dataset", "diff", "fruit", "--row", "fruit:f-2"]), @"
    exit 2
    error: --row is for prompts; a dataset is not rendered
    ");
}

#[test]
fn the_row_may_be_that_of_an_older_dataset() {
    let project = three_versions();
    well(&project, &["dataset", "save", "fruit"]);
    project.write("datasets/fruit.jsonl", "{\"id\": \"f-2\", \"input\": {\"thing\": \"PEARS\"}}\n");
    let then: Value = serde_json::from_str(
        &well(&project, &["prompt", "diff", "sort@1", "sort@2", "--row", "fruit@1:f-2", "--json"]).data,
    )
    .unwrap();
    assert_eq!(then["diffs"][0]["diff"]["rendered"]["left"][1]["content"], "hammers");
}

#[test]
fn datasets_are_compared_row_by_row_and_field_by_field() {
    let project = desk();
    well(&project, &["dataset", "save", "fruit"]);
    let rows = r#"{"id": "f-1", "input": {"thing": "apples"}, "expected": "yes", "tags": ["easy", "red"], "split": "test"}
{"id": "f-5", "input": {"thing": "pears"}, "expected": "yes", "split": "test"}
{"id": "f-3", "input": {"thing": "pineapples"}, "expected": {"fruit": true}, "split": "test"}
{"id": "f-4", "input": {"thing": "sledgehammer"}, "expected": "no", "split": "dev"}
"#;
    project.write("datasets/fruit.jsonl", rows);
    insta::assert_snapshot!(said(&project, &["dataset", "diff", "fruit"]), @r#"
    A  fruit@1  saved YYYY-MM-DD HH:MM
    B  fruit  as it is now

    1 added, 1 removed, 2 changed, 1 the same
    + f-5 (line 2)
    - f-2 (line 2)
    ~ f-1 (line 1 → 1)
        + tags[1]: "red"
    ~ f-3 (line 3 → 3)
        input.thing: "pineapple" → "pineapples"
        expected: "yes" → {"fruit":true}
    "#);
    let json: Value = serde_json::from_str(&well(&project, &["dataset", "diff", "fruit", "--json"]).data).unwrap();
    let diff = &json["diffs"][0]["diff"];
    assert_eq!((&diff["added"][0]["id"], &diff["removed"][0]["id"]), (&"f-5".into(), &"f-2".into()));
    assert_eq!(diff["changed"][0]["fields"]["changes"][0]["path"], "$.tags[1]");
    assert_eq!((&diff["unchanged"], &json["diffs"][0]["left"]["number"]), (&1.into(), &1.into()));
}

#[test]
fn a_dataset_in_another_order_or_format_says_so() {
    let project = desk();
    well(&project, &["dataset", "save", "fruit"]);
    let rows = std::fs::read_to_string(project.file("datasets/fruit.jsonl")).unwrap();
    let turned: Vec<&str> = rows.lines().rev().collect();
    project.write("datasets/fruit.jsonl", turned.join("\n"));
    insta::assert_snapshot!(said(&project, &["dataset", "diff", "fruit"]), @"
    A  fruit@1  saved YYYY-MM-DD HH:MM
    B  fruit  as it is now

    the same 4 rows in another order
    ");
    project.write("datasets/spaced.jsonl", rows.replace(": ", ":   "));
    insta::assert_snapshot!(said(&project, &["dataset", "diff", "fruit@1", "spaced"]), @"
    A  fruit@1  saved YYYY-MM-DD HH:MM
    B  spaced  as it is now
    nothing differs
    ");
}

#[test]
fn models_and_specs_are_compared_as_structure() {
    let project = desk();
    let model = |settings: &str| {
        format!(
            "models:\n  nearest: {{ provider: baseline, model: nearest }}\n  echo: {{ provider: baseline, model: echo }}\n  gpt: {{ provider: openai, {settings} }}\n"
        )
    };
    project.write("carat.yaml", model("model: gpt-5-mini, timeout: 30s"));
    well(&project, &["model", "save", "gpt"]);
    project.write("carat.yaml", model("model: gpt-5-nano, timeout: 30s, parameters: { temperature: 0 }"));
    insta::assert_snapshot!(said(&project, &["model", "diff", "gpt"]), @r#"
    A  gpt@1  saved YYYY-MM-DD HH:MM
    B  gpt  as it is now

    model: "gpt-5-mini" → "gpt-5-nano"
    + parameters.temperature: 0
    "#);
    project.write("carat.yaml", model("model: gpt-5-mini, timeout: 60s"));
    insta::assert_snapshot!(said(&project, &["model", "diff", "gpt"]), @r#"
    A  gpt@1  saved YYYY-MM-DD HH:MM
    B  gpt  as it is now
    one version: provider, model, address, API and parameters are the same

    timeout: "30000ms" → "60000ms"
    "#);
    well(&project, &["spec", "save", "fruit"]);
    let spec = "# Stricter.\nprompts: [sort]\nmodels: [nearest]\ndataset: fruit\nscorers:\n  - { name: answer, choice: { options: [\"yes\", \"no\"] } }\ngates:\n  - { metric: answer.accuracy, at_least: 0.8 }\n";
    project.write("evals/fruit.yaml", spec);
    insta::assert_snapshot!(said(&project, &["spec", "diff", "fruit"]), @r#"
    A  fruit@1  saved YYYY-MM-DD HH:MM
    B  fruit  as it is now

    - models[1]: "echo"
    + gates: [{"metric":"answer.accuracy","at_least":0.8}]
    "#);
}

#[test]
fn a_diff_as_json_is_data() {
    let json: Value =
        serde_json::from_str(&well(&much_changed(), &["prompt", "diff", "support/triage", "--json"]).data).unwrap();
    let entry = &json["diffs"][0];
    assert_eq!((&entry["left"]["number"], &entry["right"]["number"]), (&1.into(), &Value::Null));
    assert_eq!(entry["diff"]["includes"][0]["path"], "_queues.jinja");
    assert_eq!(entry["diff"]["pictures"][0]["path"], "dot.png");
    let paths: Vec<&str> = entry["diff"]["structure"]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["$.inputs.body.description", "$.parameters.max_output_tokens", "$.parameters.temperature"]);
}
