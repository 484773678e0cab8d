//! The example project of this repository does what the README says.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// The program in the example project, with a store of its own.
fn carat(store: &TempDir, args: &[&str]) -> (Option<i32>, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(env!("CARGO_BIN_EXE_carat"))
        .args(args)
        .arg("--project")
        .arg(root)
        .arg("--store")
        .arg(store.path().join("carat.db"))
        .env_clear()
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_readmes_first_command_shows_a_difference_that_is_real() {
    let store = TempDir::new().unwrap();
    let (code, report) = carat(&store, &["eval", "triage", "--json", "-", "-q"]);
    assert_eq!(code, Some(0));
    let report: Value = serde_json::from_str(&report).unwrap();
    let accuracy = |variant: &str| {
        let variants = report["variants"].as_array().unwrap();
        let found = variants.iter().find(|found| found["variant"] == variant).unwrap();
        found["metrics"]["queue.accuracy"].clone()
    };
    let (few, four) = (accuracy("support/triage-few-shot@1×nearest"), accuracy("support/triage@1×nearest"));
    assert!(few["n"].as_u64().unwrap() >= 300);
    assert!(few["low"].as_f64() > four["high"].as_f64(), "{few} {four}");
    assert_eq!(accuracy("support/triage@1×echo")["value"], 0.0);
}

#[test]
fn the_bar_before_production_is_reached_by_both_prompts_and_not_by_the_control() {
    let store = TempDir::new().unwrap();
    assert_eq!(carat(&store, &["eval", "triage-gate", "-q"]).0, Some(0));
    assert_eq!(carat(&store, &["eval", "triage-gate", "--model", "echo", "-q"]).0, Some(1));
}

#[test]
fn every_eval_prompt_and_dataset_of_the_example_is_in_order() {
    let store = TempDir::new().unwrap();
    for eval in ["orders", "help-centre"] {
        assert_eq!(carat(&store, &["eval", eval, "-q"]).0, Some(0), "{eval}");
    }
    let (code, said) = carat(&store, &["prompt", "check"]);
    assert_eq!(code, Some(0), "{said}");
    for dataset in ["tickets", "orders", "help-centre"] {
        let (code, said) = carat(&store, &["dataset", "check", dataset]);
        assert!(code == Some(0) && !said.contains("warning"), "{said}");
    }
}
