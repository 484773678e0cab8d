//! Eval specs on disk.

use std::collections::BTreeSet;
use std::path::Path;

use carat_core::nearest::did_you_mean;
use carat_core::spec::EvalSpec;
use carat_core::yaml::{self, YamlError};
use serde_json::Value;

use crate::Project;
use crate::error::{ProjectError, read_text};

/// An eval spec, and where it stands.
#[derive(Debug, Clone)]
pub struct EvalOnDisk {
    /// Its name: the file's, without ending.
    pub name: String,
    /// Its file, relative to the project's folder where it is inside.
    pub file: String,
    /// What it says.
    pub spec: EvalSpec,
}

pub(crate) fn open(project: &Project, reference: &str) -> Result<EvalOnDisk, ProjectError> {
    let evals = project.root().join("evals");
    let by_path = project.path_of(reference).filter(|path| path.is_file());
    let by_name = ["yaml", "yml"].map(|ending| evals.join(format!("{reference}.{ending}")));
    let path = by_path.or_else(|| by_name.into_iter().find(|path| path.is_file())).ok_or_else(|| {
        let names = names(&evals);
        let stem = Path::new(reference).file_stem().and_then(|stem| stem.to_str()).unwrap_or(reference);
        let hint = did_you_mean(stem, names.iter().map(String::as_str));
        ProjectError::Unknown {
            what: "eval",
            name: reference.to_owned(),
            hint: format!(" (evals/{reference}.yaml){hint}"),
        }
    })?;
    let shown = project.shown(&path);
    let text = read_text(&path, &shown)?;
    let mut spec: EvalSpec = yaml::read(&text, &shown)?;
    check(&spec).map_err(|(word, message)| at_word(&text, &shown, &word, message))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    for scorer in &mut spec.scorers {
        let name = scorer.name.clone();
        inline_schema(project, folder, scorer).map_err(|message| at_word(&text, &shown, &name, message))?;
    }
    let name = path.file_stem().map_or_else(|| reference.to_owned(), |stem| stem.to_string_lossy().into_owned());
    Ok(EvalOnDisk { name, file: shown, spec })
}

/// The names of the specs in a folder, sorted.
pub(crate) fn names(evals: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(evals) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let specs = paths.filter(|path| path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml"));
    let mut names: Vec<String> = specs.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    names
}

/// What the types cannot say. An error names the word in the file that it is about.
fn check(spec: &EvalSpec) -> Result<(), (String, String)> {
    let not_empty = [
        ("prompts", spec.prompts.is_empty()),
        ("models", spec.models.is_empty()),
        ("scorers", spec.scorers.is_empty() && spec.graders.is_empty()),
    ];
    if let Some((key, _)) = not_empty.iter().find(|(_, empty)| *empty) {
        return Err(((*key).to_owned(), format!("`{key}` needs at least one member")));
    }
    if spec.trials == 0 {
        return Err(("trials".to_owned(), "`trials` must be at least 1".to_owned()));
    }
    let mut names = BTreeSet::new();
    for scorer in &spec.scorers {
        scorer.kind().map_err(|message| (scorer.name.clone(), message))?;
        if !names.insert(&scorer.name) {
            return Err((scorer.name.clone(), format!("two scorers are called `{}`", scorer.name)));
        }
        if scorer.name.is_empty() || scorer.name.contains(|c: char| c.is_whitespace() || c == '.') {
            return Err((scorer.name.clone(), format!("`{}` cannot name a scorer: no spaces, no points", scorer.name)));
        }
    }
    for list in [&spec.prompts, &spec.models] {
        let mut seen = BTreeSet::new();
        if let Some(twice) = list.iter().find(|name| !seen.insert(*name)) {
            return Err((twice.clone(), format!("`{twice}` is named twice")));
        }
    }
    Ok(())
}

/// An error on the last line that holds the word as a whole, for a doubled name is the second one.
fn at_word(text: &str, shown: &str, word: &str, message: String) -> ProjectError {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let whole = |line: &str| {
        let mut found = line.match_indices(word);
        found.find_map(|(at, _)| {
            let before = line[..at].chars().next_back().is_none_or(|c| !is_part(c));
            let after = line[at + word.len()..].chars().next().is_none_or(|c| !is_part(c));
            (before && after).then_some(at)
        })
    };
    let place = text.lines().enumerate().filter_map(|(line, text)| Some((line, whole(text)?))).last();
    let (line, column) = place.map_or((1, 1), |(line, column)| (line as u64 + 1, column as u64 + 1));
    YamlError { file: shown.to_owned(), line, column, message }.into()
}

/// A schema that is named by its file becomes part of the spec, so that the spec's digest covers it.
fn inline_schema(project: &Project, folder: &Path, scorer: &mut carat_core::spec::ScorerSpec) -> Result<(), String> {
    let Some(schema) = scorer.json.as_mut().and_then(|json| json.schema.as_mut()) else { return Ok(()) };
    let Value::String(file) = schema else { return Ok(()) };
    let path = crate::prompt::inside(project.root(), folder, file).map_err(|why| format!("schema `{file}`: {why}"))?;
    let text = read_text(&path, file).map_err(|error| error.to_string())?;
    *schema = serde_json::from_str(&text).map_err(|error| format!("schema `{file}` is not JSON: {error}"))?;
    Ok(())
}
