//! `carat prompt check`

use std::collections::BTreeMap;

use carat_core::Prompt;
use carat_core::prompt::{Finding, Severity};
use carat_core::untrusted::visible;
use carat_core::version::Kind;
use carat_models::tokens;
use carat_registry::CatalogueError;
use carat_registry::ProjectError;
use serde_json::json;

use crate::commands::versions::shelf::Shelf;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, ODD, STRONG, styled};
use crate::session::Session;

/// What is said of a prompt.
struct Checked {
    findings: Vec<Finding>,
    file: String,
    /// Its tokens, and whether they were counted exactly.
    tokens: Option<(u64, bool)>,
}

pub(super) async fn run(prompts: &[String], json: bool, session: &Session) -> Result<Exit, Fault> {
    let names = if prompts.is_empty() { session.project.prompts() } else { prompts.to_vec() };
    if names.is_empty() {
        return Err(Fault::nothing("there are no prompts under prompts/"));
    }
    let mut exit = Exit::Fine;
    let mut reports = BTreeMap::new();
    for name in names {
        let checked = match find(&name, session).await {
            Ok(checked) => checked,
            Err(Missed::Prompt(message)) => broken(message),
            Err(Missed::Other(fault)) if prompts.is_empty() => broken(fault.message),
            Err(Missed::Other(fault)) => return Err(fault),
        };
        if checked.findings.iter().any(|finding| finding.severity == Severity::Error) {
            exit = Exit::Mendable;
        }
        reports.insert(name, checked);
    }
    if json {
        let entry = |(name, Checked { findings, file, tokens }): (&String, &Checked)| {
            let tokens = tokens.map(|(count, exact)| json!({"template": count, "exact": exact}));
            json!({"name": name, "file": file, "findings": findings, "tokens": tokens})
        };
        out::json(&json!({"format": 1, "prompts": reports.iter().map(entry).collect::<Vec<_>>()}))?;
    } else {
        reports.iter().try_for_each(|(name, checked)| tell(name, checked))?;
    }
    Ok(exit)
}

/// Why there is nothing to check.
enum Missed {
    /// The prompt is there, and cannot be read: that is a finding.
    Prompt(String),
    Other(Fault),
}

/// Reads a prompt, or a version of it. A file needs no store.
async fn find(name: &str, session: &Session) -> Result<Checked, Missed> {
    match session.project.prompt(name) {
        Ok(found) => return Ok(checked(&found.prompt, found.prompt.file.clone())),
        Err(ProjectError::Prompt(error)) => return Err(Missed::Prompt(error.to_string())),
        Err(error) if !name.contains('@') => return Err(Missed::Other(error.into())),
        Err(_) => {}
    }
    let shelf = Shelf::to_read(Kind::Prompt, session).await.map_err(Missed::Other)?;
    match shelf.catalogue.prompt(name).await {
        Ok(found) => Ok(checked(&found.prompt, name.to_owned())),
        Err(CatalogueError::Project(ProjectError::Prompt(error))) => Err(Missed::Prompt(error.to_string())),
        Err(error) => Err(Missed::Other(error.into())),
    }
}

fn checked(prompt: &Prompt, file: String) -> Checked {
    let text: String = prompt.sources().map(|(_, source)| source).collect();
    // Without a model in the file the count is that of a common vocabulary, and an estimate.
    let count = tokens::count(prompt.intended_model.as_deref().unwrap_or_default(), &text);
    Checked { findings: prompt.check(), file, tokens: Some((count.tokens, count.exact)) }
}

fn broken(message: String) -> Checked {
    let finding = Finding { severity: Severity::Error, line: None, message };
    Checked { findings: vec![finding], file: String::new(), tokens: None }
}

fn tell(name: &str, Checked { findings, file, tokens }: &Checked) -> Result<(), Fault> {
    let tokens = match tokens {
        Some((count, exact)) => format!("{}{count} tokens of template", if *exact { "" } else { "about " }),
        None => String::new(),
    };
    let mut text = format!("{}  {}\n", styled(STRONG, name), styled(FAINT, tokens));
    for finding in findings {
        let (style, word) = match finding.severity {
            Severity::Error => (BAD, "error"),
            Severity::Warning => (ODD, "warning"),
            Severity::Note => (FAINT, "note"),
        };
        let place = finding.line.map(|line| format!("{file}:{line}: ")).unwrap_or_default();
        text.push_str(&format!("  {}: {place}{}\n", styled(style, word), visible(&finding.message)));
    }
    out::data(&text)
}
