//! How two prompts differ.

use std::collections::{BTreeMap, BTreeSet};

use carat_core::diff::{JsonDiff, Line, lines};
use carat_core::{Digest, Prompt};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::structure::{structures, without_nothing};
use crate::FoundPrompt;

/// How two prompts differ. What is empty or not there is the same in both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptDiff {
    /// Whether the same reaches the model, so that both are one version: they differ in comments, in who wrote them and the
    /// like, or not at all.
    pub same_version: bool,
    /// All lines of the two templates, comments included, with the numbers that they have in the prompts' files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub template: Vec<Line>,
    /// The files that they include and that are not the same, in the order of their paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<IncludeDiff>,
    /// `inputs`, `tools`, `parameters` and `response_format`, as one document: `$.tools[0].description`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub structure: Option<JsonDiff>,
    /// The pictures that they name and that are not the same, in the order of their paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<PictureDiff>,
    /// What reaches no model: `title`, `description`, `authors`, `tags`, `intended_model` and `sample`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<JsonDiff>,
}

/// A file that is included by one of two prompts, or by both with another text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncludeDiff {
    /// Its path relative to the prompt's folder.
    pub path: String,
    /// Whether the left prompt includes it.
    pub left: bool,
    /// Whether the right prompt does.
    pub right: bool,
    /// All of its lines; where only one prompt includes it, those are removed or added.
    pub lines: Vec<Line>,
}

/// A picture that one of two prompts shows, or that both show with other bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureDiff {
    /// Its path relative to the prompt's folder.
    pub path: String,
    /// The digest of its bytes in the left prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Digest>,
    /// The digest of its bytes in the right prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Digest>,
}

impl PromptDiff {
    /// Whether nothing differs at all, in the files either.
    pub const fn is_empty(&self) -> bool {
        self.template.is_empty()
            && self.includes.is_empty()
            && self.structure.is_none()
            && self.pictures.is_empty()
            && self.about.is_none()
    }
}

/// How two prompts differ.
pub fn prompts(left: &FoundPrompt, right: &FoundPrompt) -> PromptDiff {
    let (l, r) = (Sources::of(left), Sources::of(right));
    let template = if l.template == r.template { Vec::new() } else { template(&l, &r) };
    PromptDiff {
        same_version: left.prompt.digest() == right.prompt.digest(),
        template,
        includes: includes(&l.includes, &r.includes),
        structure: structures(&structure(&left.prompt), &structure(&right.prompt)),
        pictures: pictures(&left.prompt, &right.prompt),
        about: structures(&about(&left.prompt), &about(&right.prompt)),
    }
}

/// The texts of a prompt.
struct Sources<'p> {
    template: &'p str,
    /// How many lines stand before the template in its file.
    lines_before: usize,
    includes: BTreeMap<&'p str, &'p str>,
}

impl<'p> Sources<'p> {
    fn of(found: &'p FoundPrompt) -> Self {
        let mut sources = found.prompt.sources();
        let template = sources.next().map_or("", |(_, source)| source);
        let ends = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
        let lines_before = ends(&found.package.text).saturating_sub(ends(template));
        Self { template, lines_before, includes: sources.collect() }
    }
}

fn template(left: &Sources<'_>, right: &Sources<'_>) -> Vec<Line> {
    let (left_before, right_before) = (left.lines_before, right.lines_before);
    let mut lines = lines(left.template, right.template);
    for line in &mut lines {
        let (on_left, on_right) = match line {
            Line::Same { left, right, .. } | Line::Changed { left, right, .. } => (Some(left), Some(right)),
            Line::Removed { left, .. } => (Some(left), None),
            Line::Added { right, .. } => (None, Some(right)),
        };
        on_left.into_iter().for_each(|number| *number += left_before);
        on_right.into_iter().for_each(|number| *number += right_before);
    }
    lines
}

fn includes(left: &BTreeMap<&str, &str>, right: &BTreeMap<&str, &str>) -> Vec<IncludeDiff> {
    let paths: BTreeSet<&str> = left.keys().chain(right.keys()).copied().collect();
    let differ = paths.into_iter().filter(|path| left.get(path) != right.get(path));
    let differ = differ.map(|path| {
        let (on_left, on_right) = (left.get(path), right.get(path));
        IncludeDiff {
            path: path.to_owned(),
            left: on_left.is_some(),
            right: on_right.is_some(),
            lines: lines(on_left.copied().unwrap_or_default(), on_right.copied().unwrap_or_default()),
        }
    });
    differ.collect()
}

fn pictures(left: &Prompt, right: &Prompt) -> Vec<PictureDiff> {
    let (left, right) = (shown(left), shown(right));
    let paths: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let differ = paths.into_iter().filter(|path| left.get(*path) != right.get(*path));
    let side = |side: &BTreeMap<String, Digest>, path: &String| side.get(path).copied();
    differ.map(|path| PictureDiff { path: path.clone(), left: side(&left, path), right: side(&right, path) }).collect()
}

/// The pictures of a prompt by their digests, as its content has them.
fn shown(prompt: &Prompt) -> BTreeMap<String, Digest> {
    let content = prompt.content();
    let pictures = content.get("pictures").and_then(Value::as_object).into_iter().flatten();
    pictures.filter_map(|(path, digest)| Some((path.clone(), digest.as_str()?.parse().ok()?))).collect()
}

fn structure(prompt: &Prompt) -> Value {
    let mut inputs = json!(prompt.inputs);
    inputs.as_object_mut().into_iter().flat_map(|inputs| inputs.values_mut()).for_each(without_nothing);
    document([
        ("inputs", inputs),
        ("tools", json!(prompt.tools)),
        ("parameters", json!(prompt.parameters)),
        ("response_format", json!(prompt.response_format)),
    ])
}

fn about(prompt: &Prompt) -> Value {
    document([
        ("title", json!(prompt.title)),
        ("description", json!(prompt.description)),
        ("authors", json!(prompt.authors)),
        ("tags", json!(prompt.tags)),
        ("intended_model", json!(prompt.intended_model)),
        ("sample", json!(prompt.sample)),
    ])
}

fn document<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let mut document = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    without_nothing(&mut document);
    document
}
