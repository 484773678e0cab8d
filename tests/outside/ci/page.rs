//! The workflows of `docs/ci.md`, carried out.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::github::{Job, action, root, yaml};
use super::place::Place;

/// The page.
pub(super) fn page() -> String {
    fs::read_to_string(root().join("docs/ci.md")).unwrap()
}

/// The YAML files that the page shows under this name, in its order.
pub(super) fn shown(file: &str) -> Vec<Value> {
    let page = page();
    let blocks = page.split("```yaml\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    blocks.filter(|block| block.starts_with(&format!("# {file}\n"))).map(yaml).collect()
}

/// Carries out the only job of a workflow.
fn carried_out<'a>(workflow: &Value, place: &'a Place, event: &str) -> Job<'a> {
    let on = &workflow["on"];
    assert!(on == event || on.get(event).is_some(), "it does not run on {event}: {on}");
    let jobs: Vec<&Value> = workflow["jobs"].as_object().unwrap().values().collect();
    assert_eq!(jobs.len(), 1);
    let mut job = Job::new(place).on(event);
    job.steps(&jobs[0]["steps"], Value::Null);
    job
}

/// A checkout on a machine that builds carat with `cargo`.
fn place() -> Place {
    let place = Place::new();
    place.builds_carat();
    place
}

/// The same with the run of ninety right answers in a file.
fn with_baseline(file: &str) -> Place {
    let place = place();
    place.exports(file);
    place
}

#[test]
fn with_a_committed_baseline_a_regression_is_stopped_and_commented_on() {
    let [committed, ..] = &shown(".github/workflows/evals.yml")[..] else { unreachable!("the page shows none") };
    let place = with_baseline("baselines/triage.carat");
    place.noted("gh", "");
    let same = carried_out(committed, &place, "pull_request");
    assert!(same.failed.is_empty(), "{}", same.log);
    place.answers(60);
    let worse = carried_out(committed, &place, "pull_request");
    assert_eq!(worse.failed, [1], "{}", worse.log);
    assert!(worse.summary.contains("does not hold"), "{}", worse.summary);
    assert_eq!(place.calls("gh").len(), 4, "each time it looks for its comment and writes one");
    fs::remove_file(place.checkout.file("baselines/triage.carat")).unwrap();
    assert_eq!(carried_out(committed, &place, "pull_request").failed, [2], "a baseline that is gone stops the job");
}

#[test]
fn main_keeps_a_baseline_that_pull_requests_fetch() {
    let main = &shown(".github/workflows/baseline.yml")[0];
    let pull_request = &shown(".github/workflows/evals.yml")[1];
    let place = place();
    let job = carried_out(main, &place, "push");
    assert!(job.failed.is_empty(), "{}", job.log);
    let kept = job.told.iter().find_map(|told| told.strip_prefix("kept as carat-triage: ")).unwrap();
    assert!(kept.contains("run.carat"), "{kept}");
    let artifact = place.elsewhere("artifact");
    fs::rename(place.checkout.file("carat-reports"), &artifact).unwrap();
    place.afresh();

    let fetches = format!("case $2 in list) echo 42 ;; download) cp -r '{}' baseline ;; esac\n", artifact.display());
    place.noted("gh", &fetches);
    let same = carried_out(pull_request, &place, "pull_request");
    assert!(same.failed.is_empty(), "{}", same.log);
    assert_eq!(place.calls("gh")[1], "run download 42 --repo team/desk --name carat-triage --dir baseline");
    fs::remove_dir_all(place.checkout.file("baseline")).unwrap();
    place.answers(60);
    assert_eq!(carried_out(pull_request, &place, "pull_request").failed, [1]);

    place.noted("gh", "");
    let without = carried_out(pull_request, &place, "pull_request");
    assert_eq!(without.told, ["uses actions/checkout", "Fetch the baseline: exit 1"]);
    assert!(without.log.contains("::error::main has no baseline yet"), "{}", without.log);
}

#[test]
fn both_states_in_one_job_are_compared() {
    let both = &shown(".github/workflows/evals.yml")[2];
    let place = place();
    place.noted("cargo", "");
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(args);
        let ended = command.current_dir(place.checkout.path()).output().unwrap();
        assert!(ended.status.success(), "{ended:?}");
    };
    for args in [
        &["init", "--quiet"][..],
        &["add", "."],
        &["commit", "--quiet", "--message", "before"],
        &["update-ref", "refs/remotes/origin/main", "HEAD"],
    ] {
        git(args);
    }
    let same = carried_out(both, &place, "pull_request");
    assert!(same.failed.is_empty(), "{}", same.log);
    assert_eq!(place.calls("cargo"), ["install --locked --git https://github.com/carat-eval/carat carat-cli"]);
    git(&["worktree", "remove", "--force", place.elsewhere("temp/before").to_str().unwrap()]);
    place.afresh();
    place.answers(60);
    let worse = carried_out(both, &place, "pull_request");
    assert_eq!(worse.failed, [1], "{}", worse.log);
    assert!(worse.log.contains("worse by more than 0.05"), "{}", worse.log);
}

#[test]
fn the_page_lists_the_inputs_and_outputs_of_the_action() {
    let page = page();
    let action = action();
    let inputs = action["inputs"].as_object().unwrap().keys();
    let table = page.split_once("| input |").unwrap().1.split_once("\n\n").unwrap().0;
    let listed: Vec<&str> = table.lines().skip(2).map(|row| row.split('`').nth(1).unwrap()).collect();
    assert_eq!(listed, inputs.collect::<Vec<_>>());
    let outputs = page.split_once("Outputs: ").unwrap().1.split_once("\n\n").unwrap().0;
    for output in action["outputs"].as_object().unwrap().keys() {
        assert!(outputs.contains(&format!("`{output}`")), "{output}");
    }
}

#[test]
fn the_command_for_any_other_system_works_as_it_stands() {
    let page = page();
    let command = page.split_once("## Anywhere else\n\n").unwrap().1.split_once("\n\n").unwrap().0;
    let place = with_baseline("baselines/triage.carat");
    let ended = place.script(&["sh", "-e"], command, &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    place.answers(60);
    let ended = place.script(&["sh", "-e"], command, &[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for file in ["junit.xml", "report.md", "report.html"] {
        assert!(place.has(file), "{file}");
    }
}
