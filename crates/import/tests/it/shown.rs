//! Sources on disk, and outcomes as text.

#![expect(clippy::disallowed_methods, reason = "the fixtures of these tests are files")]

use std::path::Path;

use carat_import::{Imported, InMemory, models_yaml};

/// The files of a folder of `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> InMemory {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).join(name);
    let mut files = InMemory::default();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                files.0.insert(inside, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// Everything that an import gives, as a person would read it.
pub(crate) fn whole(imported: &Imported) -> String {
    let mut text = String::new();
    for (path, content) in &imported.files {
        text.push_str(&format!("── {}\n{content}", path.display()));
    }
    text.push_str(&format!("── models\n{}── left out\n", models_yaml(&imported.models)));
    for left in &imported.left_out {
        let more = if left.more > 0 { format!(" (+{})", left.more) } else { String::new() };
        let advice = if left.advice.is_empty() { String::new() } else { format!(" → {}", left.advice) };
        text.push_str(&format!(
            "{:<10} {}{more}: {}: {}{advice}\n",
            left.loss.as_str(),
            left.place,
            left.what,
            left.why
        ));
    }
    text
}
