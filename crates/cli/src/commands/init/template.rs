//! The project that everybody begins with: small, offline, and with a process to edit.

use carat_registry::PROJECT_FILE;

/// A file of the project.
pub(super) struct Template {
    /// Its path in the project.
    pub(super) path: &'static str,
    pub(super) text: String,
    /// Whether the lines belong into a file that may be there already.
    pub(super) are_lines: bool,
}

macro_rules! template {
    ($path:literal) => {
        ($path, include_str!(concat!("template/", $path)))
    };
}

/// In the order in which they are written. The file that makes a folder a project comes last, so that what was interrupted
/// can be done again.
const FILES: [(&str, &str); 6] = [
    template!("prompts/support/triage.prompty"),
    template!("prompts/support/triage-examples.prompty"),
    template!("datasets/tickets.jsonl"),
    template!("evals/triage.yaml"),
    template!("REVIEW.md"),
    template!("lifecycles.yaml"),
];

/// Runs are a machine's own; what others should see of them is exported.
const IGNORED: &str = ".carat/\n";

/// All files of a project with this name.
pub(super) fn files(name: &str) -> Vec<Template> {
    let plain = FILES.iter().map(|(path, text)| Template { path, text: (*text).to_owned(), are_lines: false });
    let ignored = Template { path: ".gitignore", text: IGNORED.to_owned(), are_lines: true };
    // A text in JSON is one in YAML, whatever is in it.
    let name = serde_json::Value::from(name).to_string();
    let project = include_str!("template/carat.yaml").replacen("PROJECT", &name, 1);
    let project = Template { path: PROJECT_FILE, text: project, are_lines: false };
    plain.chain([ignored, project]).collect()
}

#[cfg(test)]
mod tests {
    use carat_core::spec::ProjectSpec;
    use carat_registry::{Calendar, LIFECYCLES_FILE};

    use super::*;

    fn project(name: &str) -> ProjectSpec {
        let files = files(name);
        let last = files.last().unwrap();
        assert_eq!(last.path, PROJECT_FILE, "it makes the folder a project, and so is written when all else is there");
        carat_core::yaml::read(&last.text, PROJECT_FILE).unwrap()
    }

    #[test]
    fn any_folders_name_is_a_projects_name() {
        for name in ["help-desk", "a: b # c", "say \"hi\"\\", "null", "PROJECT", "Ünïcode 漢字", "tab\there"] {
            assert_eq!(project(name).project.as_deref(), Some(name));
        }
    }

    #[test]
    fn the_examples_entry_of_a_calendar_is_one() {
        let (_, text) = FILES.iter().find(|(path, _)| *path == LIFECYCLES_FILE).unwrap();
        let read = |text: &str| Calendar::read(text, LIFECYCLES_FILE).unwrap().entries().len();
        assert_eq!(read(text), 0, "a new project says nothing of anybody's model");
        let (_, example) = text.split_once("# - ").unwrap();
        let uncommented: Vec<&str> = example.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
        assert_eq!(read(&format!("- {}", uncommented.join("\n"))), 1);
    }

    #[test]
    fn the_policy_of_production_asks_for_evidence_and_for_a_second_person() {
        let spec = serde_json::to_value(project("x").policy).unwrap();
        assert_eq!(spec["production"]["needs"][0]["eval"], "triage");
        assert_eq!(spec["production"]["reviewers"], 1);
        assert_ne!(spec["production"]["author_may_approve"], true);
    }
}
