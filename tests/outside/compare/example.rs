//! The example's ticket triage in a project of its own.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::outside::project::Project;

/// Prompts and tickets of the example, and its eval.
pub(super) fn triage() -> Project {
    let project = Project::empty();
    for file in ["carat.yaml", "evals/triage.yaml", "datasets/tickets.jsonl"] {
        project.write(file, fs::read(example(file)).unwrap());
    }
    for entry in fs::read_dir(example("prompts/support")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        project.write(&format!("prompts/support/{name}"), fs::read(&path).unwrap());
    }
    project
}

/// The queues of the example's tickets.
pub(super) const QUEUES: [&str; 4] = ["billing", "technical", "account", "other"];

/// The tickets that evals are run on: id, and the place of its queue.
pub(super) fn test_tickets() -> Vec<(String, usize)> {
    let text = fs::read_to_string(example("datasets/tickets.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let of_test = rows.filter(|row| row["split"] == "test");
    let ticket = |row: Value| {
        let queue = QUEUES.iter().position(|queue| row["expected"] == *queue).unwrap();
        (row["id"].as_str().unwrap().to_owned(), queue)
    };
    of_test.map(ticket).collect()
}

fn example(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file)
}
