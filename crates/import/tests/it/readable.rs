//! What is written can be read: by the very types that the project is read with.

use std::collections::BTreeSet;
use std::path::Path;

use carat_core::prompt::{Beside, ExpectedTemplate};
use carat_core::spec::{EvalSpec, ProjectSpec};
use carat_core::{Image, Prompt, Row, yaml};
use carat_import::{Imported, models_yaml};

struct NothingBeside;

impl Beside for NothingBeside {
    fn text(&mut self, path: &str) -> Result<String, String> {
        Err(path.to_owned())
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        Err(path.to_owned())
    }
}

/// Reads every file of an import, and what the files say of one another.
pub(crate) fn reads_back(imported: &Imported) {
    let text_of = |path: &str| imported.files.iter().find(|(known, _)| known == Path::new(path)).map(|(_, text)| text);
    let yaml = models_yaml(&imported.models);
    let project: ProjectSpec =
        if yaml.is_empty() { ProjectSpec::default() } else { yaml::read(&yaml, "carat.yaml").unwrap() };
    for (path, text) in &imported.files {
        let path = path.to_str().unwrap();
        let (kind, name) = path.split_once('/').unwrap();
        match kind {
            "prompts" => drop(
                Prompt::parse(name, path, text, &mut NothingBeside).unwrap_or_else(|error| panic!("{error}\n{text}")),
            ),
            "datasets" => drop(rows(text)),
            _ => {
                let spec: EvalSpec = yaml::read(text, path).unwrap_or_else(|error| panic!("{error}\n{text}"));
                fits(&spec, &project);
                let rows =
                    text_of(&format!("datasets/{}.jsonl", spec.dataset)).map(|text| rows(text)).unwrap_or_default();
                expects(&spec, &rows);
                if imported.evals.contains(&name.trim_end_matches(".yaml").to_owned()) && !rows.is_empty() {
                    for prompt in &spec.prompts {
                        assert!(text_of(&format!("prompts/{prompt}.prompty")).is_some(), "{prompt}");
                    }
                }
            }
        }
    }
}

fn rows(text: &str) -> Vec<Row> {
    let rows: Vec<Row> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "rows of one name");
    rows
}

/// Names are used once, kinds are clear, and models are there.
fn fits(spec: &EvalSpec, project: &ProjectSpec) {
    assert!(!spec.prompts.is_empty() && !spec.models.is_empty() && !spec.scorers.is_empty());
    let names: BTreeSet<&str> = spec.scorers.iter().map(|scorer| scorer.name.as_str()).collect();
    assert_eq!(names.len(), spec.scorers.len());
    for scorer in &spec.scorers {
        scorer.kind().unwrap();
        assert!(!scorer.name.contains(['.', ' ']), "{}", scorer.name);
        if let Some(judge) = &scorer.judge {
            judge.kind().unwrap();
        }
    }
    let judges = spec.scorers.iter().filter_map(|scorer| scorer.judge.as_ref()).flat_map(|judge| judge.judges());
    let embedders = spec.scorers.iter().filter_map(|scorer| Some(scorer.embedding.as_ref()?.model.as_str()));
    for model in spec.models.iter().map(String::as_str).chain(judges).chain(embedders) {
        assert!(project.models.contains_key(model), "{model} is not among the models");
    }
}

/// Every scorer finds what it expects in every row that it speaks on.
fn expects(spec: &EvalSpec, rows: &[Row]) {
    for scorer in &spec.scorers {
        let Some(expected) = &scorer.expected else { continue };
        let template = ExpectedTemplate::new(expected).unwrap_or_else(|error| panic!("{expected}: {error}"));
        for row in rows.iter().filter(|row| scorer.tags.iter().all(|tag| row.tags.contains(tag))) {
            let value = template.value(row).unwrap();
            assert!(value.is_some(), "{} expects nothing of {}", scorer.name, row.id);
        }
    }
}
