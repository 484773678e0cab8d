//! An eval with the files that it names, as one document: what a store keeps of a version.

use std::collections::BTreeMap;
use std::path::Path;

use carat_core::Digest;
use carat_core::spec::{EvalSpec, ScorerSpec};
use carat_core::yaml;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::EvalOnDisk;
use super::check::{at_word, check};
use crate::ProjectError;

/// The text of a spec as written, with the files of JSON that it names: schemas and graders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvalPackage {
    /// The text of the spec's file.
    pub text: String,
    /// The texts of the files that it names, by path relative to its folder.
    pub beside: BTreeMap<String, String>,
}

impl EvalPackage {
    /// Reads a spec, and packs it with what it names; `fetch` gets the text of a file by its path relative to the spec's
    /// folder.
    ///
    /// # Errors
    /// It is not as it should be, or names a file that cannot be had or is no JSON: with file, line and column.
    pub(super) fn pack(
        name: &str,
        file: &str,
        text: String,
        mut fetch: impl FnMut(&str) -> Result<String, String>,
    ) -> Result<(EvalOnDisk, Self), ProjectError> {
        let mut beside = BTreeMap::new();
        let spec = read(&text, file, &mut |path| {
            let text = fetch(path)?;
            beside.insert(path.to_owned(), text.clone());
            Ok(text)
        })?;
        Ok((EvalOnDisk { name: name.to_owned(), file: file.to_owned(), spec }, Self { text, beside }))
    }

    /// The eval, under this name; errors call its file `file`.
    ///
    /// # Errors
    /// It is not as it should be, or names a file that is not in the package.
    pub fn eval(&self, name: &str, file: &str) -> Result<EvalOnDisk, ProjectError> {
        let missing = || "it is not in the eval's package".to_owned();
        let spec = read(&self.text, file, &mut |path| self.beside.get(path).cloned().ok_or_else(missing))?;
        Ok(EvalOnDisk { name: name.to_owned(), file: file.to_owned(), spec })
    }

    /// What a store keeps: the text as it was written; of a spec that names files, the package as JSON.
    pub fn body(&self) -> String {
        if self.beside.is_empty() { self.text.clone() } else { serde_json::json!(self).to_string() }
    }

    /// From what [`EvalPackage::body`] gave. No spec reads as a package, for it has other keys.
    pub fn from_body(body: &str) -> Self {
        let as_text = || Self { text: body.to_owned(), beside: BTreeMap::new() };
        serde_json::from_str(body).unwrap_or_else(|_| as_text())
    }
}

impl EvalOnDisk {
    /// The name of what it says: the SHA-256 of the spec's canonical JSON, with the files that it names in their places. What
    /// YAML has besides, such as comments and order, makes no difference.
    pub fn digest(&self) -> Digest {
        Digest::of_json(&self.spec)
    }
}

type Fetch<'a> = dyn FnMut(&str) -> Result<String, String> + 'a;

fn read(text: &str, file: &str, fetch: &mut Fetch<'_>) -> Result<EvalSpec, ProjectError> {
    let mut spec: EvalSpec = yaml::read(text, file)?;
    let at = |(word, message): (String, String)| at_word(text, file, &word, message);
    check(&spec).map_err(at)?;
    for scorer in &mut spec.scorers {
        let name = scorer.name.clone();
        inline_schema(scorer, fetch).map_err(|message| at((name, message)))?;
    }
    for grader in &mut spec.graders {
        inline_grader(grader, fetch).map_err(at)?;
    }
    Ok(spec)
}

/// A schema that is named by its file becomes part of the spec, so that the spec's digest covers it.
fn inline_schema(scorer: &mut ScorerSpec, fetch: &mut Fetch<'_>) -> Result<(), String> {
    let Some(schema) = scorer.json.as_mut().and_then(|json| json.schema.as_mut()) else { return Ok(()) };
    let Value::String(file) = schema else { return Ok(()) };
    let text = fetch(file).map_err(|why| format!("schema `{file}`: {why}"))?;
    *schema = serde_json::from_str(&text).map_err(|error| format!("schema `{file}` is not JSON: {error}"))?;
    Ok(())
}

/// And so does a grader. One without a name of its own has that of its file.
fn inline_grader(grader: &mut Value, fetch: &mut Fetch<'_>) -> Result<(), (String, String)> {
    let Value::String(file) = grader else { return Ok(()) };
    let file = std::mem::take(file);
    let refuse = |message: String| (file.clone(), message);
    let text = fetch(&file).map_err(|why| refuse(format!("grader `{file}`: {why}")))?;
    *grader = serde_json::from_str(&text).map_err(|error| refuse(format!("grader `{file}` is not JSON: {error}")))?;
    let Value::Object(object) = grader else { return Err(refuse(format!("grader `{file}` is not a JSON object"))) };
    let stem = Path::new(&file).file_stem().map_or_else(|| file.clone(), |stem| stem.to_string_lossy().into_owned());
    object.entry("name").or_insert(Value::String(stem));
    Ok(())
}
