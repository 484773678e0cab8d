//! What is questionable about a prompt.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Map;

use crate::Image;
use crate::nearest::did_you_mean;

use super::source::{self, Segment};
use super::{Prompt, Template};

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The line of the prompt's own file, where it is known.
    pub line: Option<u64>,
    /// What it is, and what to do.
    pub message: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what was meant.
    Warning,
    /// It cannot work.
    Error,
}

impl Finding {
    pub(super) const fn warning(line: Option<u64>, message: String) -> Self {
        Self { severity: Severity::Warning, line, message }
    }

    const fn error(line: Option<u64>, message: String) -> Self {
        Self { severity: Severity::Error, line, message }
    }
}

/// Names that the template engine itself gives.
const GIVEN: &[&str] = &["range", "dict", "namespace", "debug", "loop", "self", "super", "caller", "cycler", "joiner"];

pub(super) fn check(prompt: &Prompt) -> Vec<Finding> {
    let mut findings = prompt.warnings.clone();
    let used = used(prompt);
    for name in prompt.inputs.keys().filter(|name| !used.contains(name.as_str())) {
        findings.push(Finding::warning(
            line_of(prompt, name),
            format!(
                "input `{name}` is declared, but the template does not use it{}",
                did_you_mean(name, undeclared(prompt, &used))
            ),
        ));
    }
    for name in undeclared(prompt, &used) {
        let hint = did_you_mean(name, prompt.inputs.keys().map(String::as_str));
        let line = line_of(prompt, name);
        let place = if line.is_some() { None } else { place_in_includes(prompt, name) };
        let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
        let message = format!("{place}the template uses `{name}`, which is not declared under `inputs`{hint}");
        findings.push(if prompt.inputs.is_empty() {
            Finding::warning(line, message)
        } else {
            Finding::error(line, message)
        });
    }
    if !prompt.sample.is_empty() {
        let sample: Map<_, _> = prompt.sample.clone();
        // Whether a picture is there is seen when it is sent; here any will do.
        let any_image = |path: &str| Ok(Image { url: path.to_owned(), digest: None, media_type: None, bytes: None });
        if let Err(error) = prompt.render(&sample, &[], &any_image) {
            findings.push(Finding::warning(error.line, format!("the sample does not render: {}", error.message)));
        }
    }
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.line));
    findings
}

/// The variables that the template, or what it includes, takes from outside.
fn used(prompt: &Prompt) -> BTreeSet<String> {
    let assigned: BTreeSet<String> = prompt.templates.iter().flat_map(assigned).collect();
    let mut used = BTreeSet::new();
    for template in &prompt.templates {
        let Ok(parsed) = prompt.environment.get_template(&template.name) else { continue };
        let is_main = std::ptr::eq(template, &raw const prompt.templates[0]);
        // What an included file takes may have been set by the file that includes it.
        used.extend(parsed.undeclared_variables(false).into_iter().filter(|name| is_main || !assigned.contains(name)));
    }
    used.retain(|name| !GIVEN.contains(&name.as_str()));
    used
}

/// The names that a template sets itself.
fn assigned(template: &Template) -> Vec<String> {
    let mut names = Vec::new();
    for segment in source::segments(&template.source) {
        let Segment::Block(block) = segment else { continue };
        let mut words = source::words(block);
        if matches!(words.next(), Some("set" | "for" | "with" | "macro" | "from" | "import")) {
            let names_of = words.flat_map(|word| word.split(|c: char| !c.is_alphanumeric() && c != '_'));
            names.extend(names_of.filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    names
}

fn undeclared<'a>(prompt: &'a Prompt, used: &'a BTreeSet<String>) -> impl Iterator<Item = &'a str> {
    used.iter().filter(|name| !prompt.inputs.contains_key(*name)).map(String::as_str)
}

/// The first line of the prompt's own template on which the word stands in an expression or block.
pub(super) fn line_of(prompt: &Prompt, word: &str) -> Option<u64> {
    line_in(prompt.templates.first()?, word)
}

/// The first place in an included file, as `FILE:LINE`.
fn place_in_includes(prompt: &Prompt, word: &str) -> Option<String> {
    let mut places = prompt.templates.iter().skip(1).filter_map(|template| Some((template, line_in(template, word)?)));
    places.next().map(|(template, line)| format!("{}:{line}", source::shown(&prompt.file, &template.name, false)))
}

fn line_in(template: &Template, word: &str) -> Option<u64> {
    let mut line = template.lines_before + 1;
    for segment in source::segments(&template.source) {
        if let Segment::Expression(code) | Segment::Block(code) = segment {
            let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
            if words.any(|found| found == word) {
                return Some(line);
            }
        }
        line += segment.source().matches('\n').count() as u64;
    }
    None
}
