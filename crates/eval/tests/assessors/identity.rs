//! What decides whether a recorded score still stands.

use std::path::Path;

use carat_core::{Digest, ModelId};
use carat_eval::assessors::{Surroundings, digest};
use tempfile::TempDir;

use crate::asked::{spec, surroundings};

fn of(text: &str) -> Digest {
    digest(&spec(text), &surroundings(Path::new("/project"), None))
}

#[test]
fn settings_count_and_names_and_weights_do_not() {
    let plain = of("judge: { model: a, rubric: R }");
    assert_eq!(plain, of("weight: 2\njudge: { model: a, rubric: R }"));
    for other in [
        "judge: { model: b, rubric: R }",
        "judge: { panel: [a], rubric: R }",
        "judge: { model: a, rubric: S }",
        "judge: { model: a, rubric: R, show_question: false }",
        "judge: { model: a, rubric: R, parameters: { temperature: 0 } }",
        "invert: true\njudge: { model: a, rubric: R }",
        "on: { last_line: true }\njudge: { model: a, rubric: R }",
        "judge: { model: gone, rubric: R }",
        "embedding: { model: a }",
    ] {
        assert_ne!(plain, of(other), "{other}");
    }
}

#[test]
fn another_model_under_the_same_name_is_another_judge() {
    let with = |revision: &[u8], text: &str| {
        let id = Digest::of_bytes(revision);
        let known = |name: &str| Ok(ModelId { name: name.into(), digest: id });
        digest(&spec(text), &Surroundings { folder: Path::new("."), rivals: None, judge: &known })
    };
    for text in ["judge: { panel: [a, b, c], rubric: R }", "embedding: { model: a }"] {
        assert_eq!(with(b"1", text), with(b"1", text));
        assert_ne!(with(b"1", text), with(b"2", text));
    }
}

#[test]
fn the_content_of_a_programs_files_counts_wherever_they_are_named() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let of = |text: &str| digest(&spec(text), &surroundings(folder.path(), None));
    for (text, file, counts) in [
        ("program: { command: [sh, grade.sh] }", "grade.sh", true),
        ("program: { command: [./grade.sh] }", "grade.sh", true),
        ("program: { command: [sh, -c, x], files: [words.txt] }", "words.txt", true),
        ("program: { command: [sh, grade.sh] }", "words.txt", false),
        ("program: { command: [grade.sh] }", "grade.sh", false),
        ("program: { command: [sh, ../outside] }", "../outside-of-it", false),
    ] {
        if file.starts_with("..") {
            assert_eq!(of(text), of(text));
            continue;
        }
        write(file, "one");
        let before = of(text);
        assert_eq!(before, of(text));
        write(file, "two");
        assert_eq!(before != of(text), counts, "{text}");
    }
    let gone = "program: { command: [sh], files: [words.txt] }";
    let there = of(gone);
    std::fs::remove_file(folder.path().join("words.txt")).unwrap();
    assert_ne!(there, of(gone));
}
