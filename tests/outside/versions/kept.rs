//! What was kept of versions is held to the audit log.

use std::process::Command;

use carat_core::Digest;
use carat_core::version::{Actor, Kind, Source};
use carat_store::{NewVersion, Store};
use serde_json::Value;

use super::{desk, said, told, well};
use crate::outside::project::Project;

/// Writes into the store as somebody with a database tool would.
fn tamper(project: &Project, statements: &str) {
    let script =
        "import sqlite3, sys\nstore = sqlite3.connect(sys.argv[1])\nstore.executescript(sys.argv[2])\nstore.commit()\n";
    let mut python = Command::new("python3");
    python.args(["-c", script]).arg(project.file(".carat/carat.db")).arg(statements);
    assert!(python.status().unwrap().success());
}

#[test]
fn what_was_kept_and_is_gone_is_found() {
    let project = desk();
    well(&project, &["dataset", "save", "fruit"]);
    well(&project, &["prompt", "save", "sort"]);
    well(&project, &["audit", "verify"]);
    tamper(&project, "UPDATE versions SET rows_kept = NULL; UPDATE versions SET body = NULL");
    insta::assert_snapshot!(told(&project, &["audit", "verify", "-q"]), @"
    exit 1
    ✗ prompt sort@1 cannot be read back: it was saved, and is gone
    ✗ dataset fruit@1 cannot be read back: its rows were kept, and are gone
    ");
}

#[test]
fn rows_that_are_kept_later_are_an_entry_of_their_own() {
    let project = desk();
    well(&project, &["eval", "fruit", "--model", "echo", "--limit", "1", "-q"]);
    assert!(well(&project, &["audit", "verify"]).talk.contains("too little of them was kept: dataset fruit@1"));
    well(&project, &["dataset", "save", "fruit"]);
    let last = said(&project, &["audit", "log", "--limit", "1"]);
    assert!(last.contains("content kept  dataset fruit  @1  4 rows\n"), "{last}");
    let ended = well(&project, &["audit", "verify"]);
    assert!(!ended.talk.contains("too little of them was kept"), "{ended:?}");
    tamper(&project, "UPDATE versions SET rows_kept = NULL WHERE kind = 'dataset'");
    insta::assert_snapshot!(told(&project, &["audit", "verify", "-q"]), @"
    exit 1
    ✗ dataset fruit@1 cannot be read back: its rows were kept, and are gone
    ");
    well(&project, &["audit", "export", "--out", "audit.jsonl"]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/independent/audit.py");
    let mut python = Command::new("python3");
    assert!(python.arg(script).arg(project.file("audit.jsonl")).status().unwrap().success(), "the log itself is whole");
}

#[tokio::test]
async fn a_clock_that_ran_ahead_is_told_and_breaks_nothing() {
    let project = desk();
    let by = Actor { name: "Ada".to_owned(), source: Source::Flag };
    std::fs::create_dir_all(project.file(".carat")).unwrap();
    let store = Store::open(project.file(".carat/carat.db").to_str().unwrap()).await.unwrap();
    for (at, content) in
        [("2026-05-01T12:00:00.000Z", "a"), ("2999-01-01T00:00:00.000Z", "b"), ("2026-05-01T12:00:30.000Z", "c")]
    {
        let digest = Digest::of_bytes(content.as_bytes());
        let (kind, name, body, message, commit) = (Kind::Dataset, "fruit", None, None, None);
        store.save_version(&NewVersion { kind, name, digest, body, by: &by, at, message, commit }).await.unwrap();
    }
    store.close().await;
    let ended = well(&project, &["audit", "verify"]);
    let warnings: Vec<&str> = ended.talk.lines().filter(|line| line.starts_with("warning")).collect();
    insta::assert_snapshot!(warnings.join("\n"), @"
    warning: entry 2 is of 2999-01-01T00:00:00Z, which lies ahead of this machine's clock
    warning: entry 3 is of 2026-05-01T12:00:30Z, which is earlier than 2999-01-01T00:00:00Z of entry 2 before it
    ");
    let told: Value = serde_json::from_str(&well(&project, &["audit", "verify", "--json"]).data).unwrap();
    assert_eq!((&told["whole"], told["warnings"].as_array().unwrap().len()), (&true.into(), 2));
}
