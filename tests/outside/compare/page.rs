//! What `docs/comparing.md` shows is what the program takes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::example::triage;

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/comparing.md")).unwrap()
}

/// What stands under a heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let rest = page.split_once(&format!("\n## {heading}\n")).unwrap().1;
    rest.split("\n## ").next().unwrap()
}

fn yaml(section: &str) -> &str {
    section.split_once("```yaml\n").unwrap().1.split_once("```").unwrap().0
}

#[test]
fn the_gates_of_the_page_are_gates_in_a_spec_and_on_the_command_line() {
    let page = page();
    let gates = section(&page, "Gates");
    let project = triage();
    let without = yaml(gates).lines().take_while(|line| !line.starts_with("gates:"));
    project.write("evals/plain.yaml", without.fold(String::new(), |text, line| text + line + "\n"));
    project.write("evals/gated.yaml", yaml(gates));
    assert_eq!(project.carat(&["eval", "plain", "-q", "--name", "before"]).code, Some(0));
    let told = project.carat(&["eval", "gated", "-q", "--baseline", "before"]).shown(&project);
    let kept =
        told.lines().filter(|line| line.starts_with("exit") || line.contains("holds") || line.contains("missed"));
    insta::assert_snapshot!(kept.collect::<Vec<_>>().join("\n"), @"
    exit 0
    ✓ holds   queue.accuracy  support/triage-few-shot@1×nearest
    ✓ holds   errors.share  support/triage-few-shot@1×nearest
    ✓ holds   queue.accuracy  support/triage-few-shot@1×nearest
    ! missed  queue.accuracy  support/triage-few-shot@1×nearest
    ✓ holds   queue.accuracy  support/triage-few-shot@1×nearest
    ✓ holds   queue.accuracy  support/triage-few-shot@1×nearest  tags=de
    ");

    let flags: Vec<&str> = gates.lines().filter_map(|line| line.trim().strip_prefix("--gate ")).collect();
    assert_eq!(flags.len(), 7);
    for flag in flags {
        let gate = flag.split('\'').nth(1).unwrap_or("warn");
        let both = ["--prompt", "support/triage", "--prompt", "support/triage-few-shot"];
        let ended =
            project.carat(&[&["eval", "plain", "-q", "--baseline", "before", "--gate", gate], &both[..]].concat());
        assert!(ended.code.is_some_and(|code| code <= 1), "{ended:?}");
    }
}

#[test]
fn the_slices_of_the_page_are_slices() {
    let page = page();
    let project = triage();
    let eval = fs::read_to_string(project.file("evals/triage.yaml")).unwrap();
    project.write("evals/triage.yaml", format!("{eval}\n{}", yaml(section(&page, "Slices"))));
    let ended = project.carat(&["eval", "triage", "--model", "nearest", "--prompt", "support/triage", "-q"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn the_page_has_every_option_of_diff() {
    let help = triage().carat(&["diff", "--help"]).data;
    let own = help.split_once("\nGlobal:").unwrap().0;
    let flags = own.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_whitespace().next());
    let page = page();
    let listed = section(&page, "`carat diff`");
    for flag in flags.filter(|flag| *flag != "help") {
        assert!(listed.contains(&format!("| `--{flag}")), "--{flag}");
    }
}

#[test]
fn the_page_names_every_field_of_a_compared_metric() {
    let project = triage();
    let shown = project.carat(&["eval", "triage", "--model", "nearest", "-q", "--json", "-"]);
    let report: Value = serde_json::from_str(&shown.data).unwrap();
    let metric = report["comparisons"][0]["metrics"][0].as_object().unwrap();
    let page = page();
    let told = section(&page, "What each number means");
    for field in metric.keys().filter(|field| !["metric", "sentence"].contains(&field.as_str())) {
        assert!(told.contains(&format!("`{field}`")), "{field}");
    }
    assert!(told.contains("`family`"));
}
