//! Two versions side by side.

use carat_core::Digest;
use carat_core::diff::Line;
use carat_registry::catalogue::diff::{evals, models, prompts};
use serde_json::{Value, json};

use super::World;

const OLD: &str = "---\nname: Triage\nauthors: [Ada]\ninputs:\n  body: { kind: string, default: none }\n  lang: string\ntools:\n  - { name: look, kind: function, description: Looks., parameters: { type: object } }\nmodel: { options: { temperature: 0.5, seed: 7 } }\n---\nuser:\nSort the following mail.\n{% include \"rules.txt\" %}\n{% include \"old.txt\" %}\n![](a.png)\n![](gone.png)\n{{ body }}\n";
const NEW: &str = "---\nname: Triage\nauthors: [Grace]\ninputs:\n  body: { kind: string, default: nothing }\ntools:\n  - { name: look, kind: function, description: Looks it up., parameters: { type: object } }\nmodel: { options: { temperature: 0.5, max_tokens: 9, response_format: { type: json_object } } }\n---\nuser:\nSort the following letter.\n{% include \"rules.txt\" %}\n{% include \"new.txt\" %}\n![](a.png)\n{{ body }}\nBe brief.\n";

fn png(mark: u8) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), &[mark]].concat()
}

async fn two_versions() -> World {
    let mut world = World::of(&[
        ("prompts/triage.prompty", OLD),
        ("prompts/rules.txt", "Be kind.\nBe fair.\n"),
        ("prompts/old.txt", "old\n"),
        ("prompts/new.txt", ""),
    ])
    .await;
    world.put("prompts/a.png", png(1));
    world.put("prompts/gone.png", png(2));
    world.save("triage").await;
    world.put("prompts/triage.prompty", NEW);
    world.put("prompts/rules.txt", "Be kind.\nBe very fair.\n");
    world.put("prompts/a.png", png(3));
    world.save("triage").await;
    world
}

#[tokio::test]
async fn every_part_of_a_prompt_is_told_apart() {
    let world = two_versions().await;
    let left = world.catalogue.prompt("triage@1").await.unwrap();
    let right = world.catalogue.prompt("triage@2").await.unwrap();
    let mut found = json!(prompts(&left, &right));
    let template = found["template"].take();
    let digest = |mark: u8| Digest::of_bytes(&png(mark)).to_string();
    let piece = |kind: &str, text: &str| json!({"kind": kind, "text": text});
    assert_eq!(
        found,
        json!({
            "same_version": false,
            "template": null,
            "includes": [
                {"path": "new.txt", "left": false, "right": true, "lines": []},
                {"path": "old.txt", "left": true, "right": false, "lines": [{"kind": "removed", "left": 1, "text": "old\n"}]},
                {"path": "rules.txt", "left": true, "right": true, "lines": [
                    {"kind": "same", "left": 1, "right": 1, "text": "Be kind.\n"},
                    {"kind": "changed", "left": 2, "right": 2, "pieces": [
                        piece("same", "Be "), piece("added", "very "), piece("same", "fair.\n"),
                    ]},
                ]},
            ],
            "structure": {"more": 0, "changes": [
                {"path": "$.inputs.body.default", "left": "none", "right": "nothing"},
                {"path": "$.inputs.lang", "left": {"kind": "string", "required": true}},
                {"path": "$.tools[0].description", "left": "Looks.", "right": "Looks it up."},
                {"path": "$.parameters.max_output_tokens", "right": 9},
                {"path": "$.parameters.seed", "left": 7},
                {"path": "$.response_format", "right": {"type": "json_object"}},
            ]},
            "pictures": [
                {"path": "a.png", "left": digest(1), "right": digest(3)},
                {"path": "gone.png", "left": digest(2)},
            ],
            "about": {"more": 0, "changes": [{"path": "$.authors[0]", "left": "Ada", "right": "Grace"}]},
        })
    );
    assert_eq!(
        template[1],
        json!({"kind": "changed", "left": 12, "right": 11, "pieces": [
            piece("same", "Sort the following "), piece("removed", "mail"), piece("added", "letter"), piece("same", ".\n"),
        ]})
    );
    assert_eq!(
        template.as_array().and_then(|lines| lines.last()),
        Some(&json!({"kind": "added", "right": 16, "text": "Be brief.\n"}))
    );
}

#[tokio::test]
async fn the_numbers_of_lines_are_those_of_the_files() {
    let world = two_versions().await;
    let left = world.catalogue.prompt("triage@1").await.unwrap();
    let right = world.catalogue.prompt("triage").await.unwrap();
    let line = |text: &str, number: usize| text.lines().nth(number - 1).unwrap().to_owned();
    let mut same = 0;
    for told in prompts(&left, &right).template {
        if let Line::Same { left, right, text } = told {
            assert_eq!((line(OLD, left), line(NEW, right)), (text.trim_end().to_owned(), text.trim_end().to_owned()));
            same += 1;
        }
    }
    assert!(same >= 3, "{same}");
}

#[tokio::test]
async fn a_prompt_differs_in_nothing_from_itself_and_in_no_version_from_its_comments() {
    let mut world = two_versions().await;
    let old = world.catalogue.prompt("triage@2").await.unwrap();
    let file = world.catalogue.prompt("triage").await.unwrap();
    assert!(prompts(&old, &file).is_empty() && prompts(&old, &file).same_version);
    assert_eq!(json!(prompts(&old, &file)), json!({"same_version": true}));
    world.put("prompts/triage.prompty", "user:\n{# one #}\nSort.\n");
    let one = world.catalogue.prompt("triage").await.unwrap();
    world.put("prompts/triage.prompty", "user:\n{# two #}\nSort.\n");
    let two = world.catalogue.prompt("triage").await.unwrap();
    let found = prompts(&one, &two);
    assert!(found.same_version && !found.is_empty());
    assert_eq!(found.template.len(), 3);
}

#[test]
fn settings_of_models_are_told_by_place() {
    let spec = |written: Value| serde_json::from_value(written).unwrap();
    let left = spec(
        json!({"provider": "openai", "model": "gpt-5", "parameters": {"temperature": 0}, "headers": {"x-team": "a"}}),
    );
    let right = spec(
        json!({"provider": "openai", "model": "gpt-6", "parameters": {"temperature": 0, "seed": 1}, "limits": {"concurrency": 4}}),
    );
    assert_eq!(models(&left, &left), None);
    assert_eq!(
        json!(models(&left, &right))["changes"],
        json!([
            {"path": "$.model", "left": "gpt-5", "right": "gpt-6"},
            {"path": "$.headers['x-team']", "left": "a"},
            {"path": "$.parameters.seed", "right": 1},
            {"path": "$.limits.concurrency", "right": 4},
        ])
    );
}

#[test]
fn evals_are_told_by_place() {
    let spec = |written: Value| serde_json::from_value(written).unwrap();
    let scorer = json!({"name": "same", "exact": {}});
    let left = spec(json!({"prompts": ["a"], "models": ["m"], "dataset": "d", "scorers": [scorer]}));
    let right = spec(json!({"prompts": ["a", "b"], "models": ["m"], "dataset": "d", "trials": 3, "scorers": [scorer]}));
    assert_eq!(evals(&right, &right), None);
    assert_eq!(
        json!(evals(&left, &right))["changes"],
        json!([{"path": "$.prompts[1]", "right": "b"}, {"path": "$.trials", "left": 1, "right": 3}])
    );
}

#[test]
fn what_is_nested_too_deep_to_be_looked_into_differs_as_a_whole() {
    let deep = |inside: Value| (0..200).fold(inside, |inside, _| json!([inside]));
    let spec = |value: Value| {
        let mut spec: carat_core::spec::ModelSpec = serde_json::from_value(json!({"provider": "openai"})).unwrap();
        spec.parameters.insert("stop".to_owned(), value);
        spec
    };
    let found = models(&spec(deep(json!(1))), &spec(deep(json!(2)))).unwrap();
    assert_eq!((found.changes.len(), found.changes[0].path.as_str()), (1, "$"));
    assert_eq!(models(&spec(deep(json!(1))), &spec(deep(json!(1)))), None);
}
