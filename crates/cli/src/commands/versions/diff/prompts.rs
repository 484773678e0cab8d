//! Two prompts: templates line by line, what they include by file, the rest as structure.

use carat_core::untrusted::one_line;
use carat_registry::catalogue::diff::{IncludeDiff, PictureDiff, PromptDiff};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::out::{BAD, FAINT, GOOD, ODD, STRONG, styled};

use super::{lines, nothing, structure};

pub(super) fn told(diff: &PromptDiff) -> Result<(String, Value), Fault> {
    let json = json!(diff);
    if diff.is_empty() {
        return Ok((nothing(), json));
    }
    let mut text = String::new();
    if diff.same_version {
        text.push_str(&format!("{}\n", styled(ODD, "one version: what differs reaches no model")));
    }
    if !diff.template.is_empty() {
        text.push_str(&section("template", &lines::unified(&diff.template)));
    }
    for include in &diff.includes {
        text.push_str(&section(&head(include), &lines::unified(&include.lines)));
    }
    if let Some(found) = &diff.structure {
        text.push_str(&section("settings", &structure::places(found, "")));
    }
    if !diff.pictures.is_empty() {
        text.push_str(&section("pictures", &diff.pictures.iter().map(picture).collect::<String>()));
    }
    if let Some(found) = &diff.about {
        text.push_str(&section("for people", &structure::places(found, "")));
    }
    Ok((text, json))
}

fn section(head: &str, body: &str) -> String {
    format!("\n{}\n{body}", styled(STRONG, head))
}

fn head(include: &IncludeDiff) -> String {
    let path = one_line(&include.path, 200);
    match (include.left, include.right) {
        (true, false) => format!("{path} (no longer included)"),
        (false, true) => format!("{path} (now included)"),
        _ => path,
    }
}

fn picture(picture: &PictureDiff) -> String {
    let path = one_line(&picture.path, 200);
    match (&picture.left, &picture.right) {
        (Some(left), Some(right)) => {
            format!("{path}: {} → {}\n", styled(BAD, left.short()), styled(GOOD, right.short()))
        }
        (Some(left), None) => format!("{} {path}: {}\n", styled(BAD, "-"), styled(FAINT, left.short())),
        (None, right) => {
            let digest = right.as_ref().map(carat_core::Digest::short).unwrap_or_default();
            format!("{} {path}: {}\n", styled(GOOD, "+"), styled(FAINT, digest))
        }
    }
}
