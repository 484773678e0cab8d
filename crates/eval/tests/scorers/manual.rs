//! The page `docs/scorers.md`, held against the scorers, so that it cannot say what is not so.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use carat_core::spec::{ScorerKind, ScorerSpec};
use carat_core::{Digest, ModelId, Row, yaml};
use carat_eval::assessors::{self, Rivals, Surroundings};
use carat_eval::scorers;
use serde_json::{Map, Value, json};

const PAGE: &str = include_str!("../../../../docs/scorers.md");

/// A name that no setting and no value has.
const UNKNOWN: &str = "?";

/// The sections by their titles, without the mark in front.
fn sections() -> Vec<(&'static str, &'static str)> {
    PAGE.split("\n## ").skip(1).map(|section| section.split_once('\n').unwrap()).collect()
}

/// The section about a kind; its title names it.
fn section(kind: &str) -> &'static str {
    let named = format!("`{kind}`");
    let found = sections().into_iter().find(|(title, _)| title.split(" and ").any(|name| name == named));
    found.unwrap_or_else(|| panic!("there is no section about `{kind}`")).1
}

/// The scorers in the examples of a text, as they stand there.
fn examples(text: &str) -> Vec<ScorerSpec> {
    let blocks = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let read = |block: &str| -> Vec<ScorerSpec> {
        let read: Value = yaml::read(block, "docs/scorers.md").unwrap_or_else(|error| panic!("{error}"));
        let listed = read.get("scorers").unwrap_or(&read).as_array().unwrap().clone();
        listed.into_iter().map(|spec| serde_json::from_value(spec).unwrap()).collect()
    };
    blocks.flat_map(read).collect()
}

/// A baseline that has answered everything.
struct Answered;

impl Rivals for Answered {
    fn answer(&self, _: &Row, _: u32) -> Option<String> {
        Some("an answer".to_owned())
    }
}

/// A project's folder with the files that programs on the page name.
fn project(specs: &[ScorerSpec]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for program in specs.iter().filter_map(|spec| spec.program.as_ref()) {
        for name in program.command.iter().chain(&program.files).filter(|name| name.contains('/')) {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "#!/bin/sh\n").unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    folder
}

/// Makes the scorer, whatever it is.
fn make(spec: &ScorerSpec, folder: &Path) -> Result<(), String> {
    let judge = |name: &str| Ok(ModelId { name: name.into(), digest: Digest::of_bytes(name.as_bytes()) });
    let around = Surroundings { folder, rivals: Some(Arc::new(Answered)), judge: &judge };
    let computed = scorers::build(spec, &|_| Ok("{}".to_owned())).map_err(|error| error.to_string())?;
    let asking = assessors::build(spec, &around).map_err(|error| error.to_string())?;
    assert!(computed.is_some() != asking.is_some(), "`{}` is made once", spec.name);
    Ok(())
}

#[test]
fn every_example_can_be_used() {
    let specs = examples(PAGE);
    let folder = project(&specs);
    for spec in &specs {
        make(spec, folder.path()).unwrap_or_else(|error| panic!("{error}"));
    }
    assert!(specs.len() > 45, "only {} examples were found", specs.len());
}

#[test]
fn every_kind_has_a_section_with_an_example_of_it_and_a_line_in_the_table() {
    let table = PAGE.split("\n## ").next().unwrap();
    for kind in ScorerKind::NAMES {
        let of_this_kind = examples(section(kind)).iter().any(|spec| spec.kind().unwrap().as_str() == *kind);
        assert!(of_this_kind, "the section about `{kind}` has no example of it");
        assert!(table.contains(&format!("[`{kind}`](#")), "`{kind}` is not in the table");
    }
    let known = |title: &str| title.split(" and ").all(|name| ScorerKind::NAMES.contains(&name.trim_matches('`')));
    let unknown: Vec<_> = sections()
        .into_iter()
        .map(|(title, _)| title)
        .filter(|title| title.starts_with('`') && !known(title))
        .collect();
    assert_eq!(unknown, ["`on`: a part of the answer"], "sections about scorers that are not there");
}

#[test]
fn every_link_within_the_page_leads_to_a_section() {
    let anchor = |title: &str| {
        let kept = title
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .collect::<String>();
        format!("#{}", kept.replace(' ', "-"))
    };
    let anchors: Vec<String> = sections().into_iter().map(|(title, _)| anchor(title)).collect();
    let links: Vec<&str> = PAGE.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    for link in links.iter().filter(|link| link.starts_with('#')) {
        assert!(anchors.iter().any(|anchor| anchor == link), "{link} leads nowhere: {anchors:?}");
    }
    assert!(links.len() > ScorerKind::NAMES.len());
}

/// The smallest settings of a kind: what it needs, and nothing else.
fn smallest(kind: &str) -> Value {
    match kind {
        "regex" => json!({"pattern": "a"}),
        "choice" => json!({"options": ["a", "b"]}),
        "finish_reason" => json!({"one_of": ["stop"]}),
        "latency" => json!({"at_most": "1s"}),
        "cost" => json!({"at_most": 1.0}),
        "embedding" => json!({"model": "m"}),
        "program" => json!({"command": ["p"]}),
        _ => json!({}),
    }
}

fn read(kind: &str, settings: Value) -> Result<ScorerSpec, String> {
    serde_json::from_value(json!({"name": "s", kind: settings})).map_err(|error| error.to_string())
}

/// What an error says is there instead of what is not: the names in quotes behind `expected`.
fn offered(error: &str) -> Vec<String> {
    let behind = error.split_once("expected").map_or("", |(_, names)| names);
    behind.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The settings of a kind, by the error about one that is not there.
fn settings(kind: &str) -> Vec<String> {
    let error = read(kind, json!({UNKNOWN: 1})).unwrap_err();
    assert!(error.contains("unknown field"), "{kind}: {error}");
    offered(&error)
}

/// The words that a setting takes; none where it takes something else.
fn words(kind: &str, setting: &str) -> Vec<String> {
    let mut with = smallest(kind);
    with[setting] = json!(UNKNOWN);
    let error = read(kind, with).err().unwrap_or_default();
    if error.contains("unknown variant") { offered(&error) } else { Vec::new() }
}

/// The second cell of the line about a setting in a table of a section; none where no table has it.
fn left_out<'s>(section: &'s str, setting: &str) -> Option<&'s str> {
    let line = section.lines().find(|line| line.starts_with(&format!("| `{setting}` |")))?;
    line.split('|').nth(2).map(str::trim)
}

/// Where the settings of a kind are told: those that make texts alike have a section of their own.
fn told(kind: &str) -> &'static str {
    if settings(kind) != settings("exact") {
        return section(kind);
    }
    let alike = sections().into_iter().find(|(title, _)| *title == "Making texts alike").unwrap().1;
    assert!(alike.contains(&format!("`{kind}`")), "`{kind}` is not among those whose texts are made alike");
    alike
}

#[test]
fn every_setting_of_every_kind_is_told_with_the_words_that_it_takes() {
    let mut number = 0;
    for kind in ScorerKind::NAMES {
        let told = told(kind);
        for setting in settings(kind) {
            let is_told = [format!("`{setting}`"), format!("`{setting}:")].iter().any(|name| told.contains(name));
            assert!(is_told, "`{setting}` of `{kind}` is not told");
            for word in words(kind, &setting) {
                let usual = setting == "case" || setting == "punctuation" || setting == "articles";
                let is_told = told.contains(&format!("`{word}`")) || told.contains(&format!("`{setting}: {word}`"));
                assert!(is_told || (usual && word == "exact"), "`{setting}: {word}` of `{kind}` is not told");
            }
            number += 1;
        }
    }
    assert!(number > 70, "only {number} settings were found");
}

#[test]
fn what_is_done_where_a_setting_is_left_out_is_told_as_it_is() {
    let mut defaults = 0;
    for kind in ScorerKind::NAMES.iter().filter(|kind| settings(kind) != settings("exact")) {
        let spec = serde_json::to_value(read(kind, smallest(kind)).unwrap()).unwrap();
        let with_defaults: BTreeMap<String, Value> = serde_json::from_value(spec[*kind].clone()).unwrap();
        for (setting, default) in with_defaults {
            let told = left_out(section(kind), &setting);
            let told = told.unwrap_or_else(|| panic!("no table of `{kind}` has `{setting}`"));
            if smallest(kind).get(&setting).is_some() {
                assert_eq!(told, "needed", "`{setting}` of `{kind}`");
            } else if !default.is_object() {
                let default = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
                assert_eq!(told, format!("`{default}`"), "`{setting}` of `{kind}`");
                defaults += 1;
            }
        }
    }
    assert!(defaults > 20, "only {defaults} defaults were compared");
}

#[test]
fn every_setting_of_every_scorer_is_told() {
    let error = serde_json::from_value::<ScorerSpec>(json!({"name": "s", UNKNOWN: 1})).unwrap_err().to_string();
    let common = sections().into_iter().find(|(title, _)| *title == "Settings of every scorer").unwrap().1;
    let kinds: Vec<String> = ScorerKind::NAMES.iter().map(|kind| (*kind).to_owned()).collect();
    let shared: Vec<String> = offered(&error).into_iter().filter(|setting| !kinds.contains(setting)).collect();
    assert_eq!(shared.len(), 7, "{shared:?}");
    for setting in shared {
        assert!(left_out(common, &setting).is_some(), "`{setting}` is not told");
    }
}

#[test]
fn the_questions_of_a_judge_are_told_with_their_settings() {
    let told = section("judge");
    for (question, needed) in [
        ("scale", json!({"worst": 1, "best": 5})),
        ("closed_qa", json!({})),
        ("factuality", json!({})),
        ("classify", json!({"question": "?", "labels": ["a", "b"], "passing": ["a"]})),
        ("pairwise", json!({"criterion": "c"})),
    ] {
        let ask = |settings: Value| read("judge", json!({question: settings}));
        ask(needed).unwrap();
        for setting in offered(&ask(json!({UNKNOWN: 1})).unwrap_err()) {
            assert!(told.contains(&format!("`{setting}`")), "`{setting}` of `{question}` is not told");
        }
    }
    let mut weights = Map::new();
    weights.insert("factuality".to_owned(), json!({}));
    let spec = read("judge", weights.into()).unwrap().judge.unwrap();
    let weights: BTreeMap<String, f64> = serde_json::from_value(json!(spec.factuality)).unwrap();
    let line = told.lines().find(|line| line.starts_with("| `factuality` |")).unwrap();
    for (letter, weight) in weights {
        let told =
            line.split_once(&format!("`{letter}` ")).unwrap().1.split_once('(').unwrap().1.split(')').next().unwrap();
        assert_eq!(told, weight.to_string(), "{letter}");
    }
}

#[test]
fn every_metric_of_a_corpus_is_told() {
    for kind in ScorerKind::NAMES {
        let settings = if *kind == "judge" { json!({"pairwise": {"criterion": "c"}}) } else { smallest(kind) };
        let spec = read(kind, settings).unwrap();
        if let Some((name, _)) = spec.kind().unwrap().corpus() {
            assert!(PAGE.contains(&format!("`NAME.{name}`")), "`NAME.{name}` is not told");
        }
    }
}
