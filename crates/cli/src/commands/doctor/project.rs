//! The project's files.

use carat_registry::{PROJECT_FILE, Project};

use super::finding::Finding;
use crate::fault::Fault;

const CHECK: &str = "project";

/// There is no project, or its file cannot be read. The message says what to do.
pub(super) fn missing(fault: &Fault) -> Finding {
    Finding::mend(CHECK, &fault.message)
}

/// The project, and each prompt and eval of it that cannot be read. Rows are not: there may be millions.
pub(super) fn look(project: &Project) -> Vec<Finding> {
    let (prompts, evals, datasets) = (project.prompts(), project.evals(), project.datasets());
    let counts = [
        count(project.spec.models.len(), "model"),
        count(prompts.len(), "prompt"),
        count(datasets.len(), "dataset"),
        count(evals.len(), "eval"),
    ];
    let file = project.root().join(PROJECT_FILE).display().to_string();
    let mut findings = vec![Finding::fine(CHECK, format!("{file}: {}", counts.join(", ")))];
    for name in &prompts {
        let error = project.prompt(name).err();
        findings.extend(error.map(|error| Finding::mend("prompt", error.to_string()).about(name)));
    }
    for name in &evals {
        let error = project.eval(name).err();
        findings.extend(error.map(|error| Finding::mend("eval", error.to_string()).about(name)));
    }
    findings
}

/// A number of things in words.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
