//! The composite action `carat-eval`.

use serde_json::json;

use super::github::{Job, action};
use super::place::Place;

const GATE: &str = "queue.accuracy no-worse-than baseline by 0.05";

/// A checkout with a committed baseline of ninety right answers.
fn place() -> Place {
    let place = Place::new();
    place.exports("triage.carat");
    place
}

#[test]
fn a_change_of_nothing_passes_with_all_reports() {
    let place = place();
    let mut job = Job::new(&place);
    let outputs =
        job.uses_action(&json!({"spec": "triage", "baseline": "triage.carat", "gate": GATE, "binary": "carat"}));
    insta::assert_snapshot!(job.told.join("\n"), @"
    Find carat: exit 0
    Run the eval: exit 0
    kept as carat-triage: junit.xml report.html report.json report.md run.carat
    ");
    assert_eq!(outputs, json!({"exit-code": "0", "artifact": "carat-triage"}));
    for file in ["junit.xml", "report.md", "report.html", "report.json", "run.carat"] {
        assert!(place.has(&format!("carat-reports/{file}")), "{file}");
    }
    assert_eq!(job.summary, place.read("carat-reports/report.md"));
}

#[test]
fn a_regression_fails_the_job_with_the_exit_code_of_the_gate_and_keeps_the_reports() {
    let place = place();
    place.answers(60);
    let mut job = Job::new(&place);
    let outputs =
        job.uses_action(&json!({"spec": "triage", "baseline": "triage.carat", "gate": GATE, "binary": "carat"}));
    insta::assert_snapshot!(job.told.join("\n"), @"
    Find carat: exit 0
    Run the eval: exit 1
    kept as carat-triage: junit.xml report.html report.json report.md run.carat
    ");
    assert_eq!((job.failed.as_slice(), outputs["exit-code"].as_str()), (&[1][..], Some("1")));
    assert!(job.summary.contains("the gate does not hold"), "{}", job.summary);
    assert!(job.log.contains("worse by more than 0.05"), "{}", job.log);
}

#[test]
fn what_could_not_be_run_fails_the_job_and_leaves_no_report_of_another_time() {
    let place = place();
    let mut job = Job::new(&place);
    job.uses_action(&json!({"spec": "triage", "binary": "carat"}));
    let outputs =
        job.uses_action(&json!({"spec": "triage", "baseline": "gone.carat", "gate": GATE, "binary": "carat"}));
    assert_eq!((job.failed.as_slice(), outputs["exit-code"].as_str()), (&[2][..], Some("2")));
    assert!(job.summary.ends_with("carat eval ended with exit code 2 before there was a report; its log says why.\n"));
    assert!(job.log.contains("--baseline gone.carat: cannot read gone.carat"), "{}", job.log);
    assert!(!place.has("carat-reports/report.md") && !place.has("carat-reports/run.carat"));
}

#[test]
fn gates_and_options_are_one_a_line_and_nothing_in_them_is_run() {
    let place = place();
    place.answers(60);
    let with = |gate: &str, options: &str| {
        let mut job = Job::new(&place);
        job.uses_action(&json!({
            "spec": "triage", "baseline": "triage.carat", "binary": "carat", "gate": gate, "options": options,
        }));
        (job.failed, job.log)
    };
    let (failed, log) = with(&format!("\n  {GATE}  \r\n  warn\n\n"), "--name=a pull request\n--limit=99\n");
    assert!(failed.is_empty() && log.contains("! missed  queue.accuracy"), "{log}");
    assert!(log.contains("99 rows"), "{log}");
    assert!(place.checkout.carat(&["run", "list"]).data.contains("a pull request"));
    let (failed, log) = with("$(touch owned); `touch owned`", "");
    assert_eq!(failed, [2], "{log}");
    let (failed, _) = with("", "--name=\"; touch owned; \"$(touch owned)");
    assert!(failed.is_empty());
    assert!(!place.has("owned") && !place.checkout.file("owned").exists());
}

#[test]
fn a_project_in_a_folder_and_an_eval_by_its_path_do_as_well() {
    let place = Place::new();
    let desk = place.checkout.file("desk");
    std::fs::create_dir(&desk).unwrap();
    for entry in ["carat.yaml", "answers.jsonl", "prompts", "evals", "datasets"] {
        std::fs::rename(place.checkout.file(entry), desk.join(entry)).unwrap();
    }
    let mut job = Job::new(&place).on("push");
    let with = json!({"spec": "desk/evals/triage.yaml", "project": "desk", "binary": "carat", "reports": "out/triage"});
    let outputs = job.uses_action(&with);
    assert_eq!(outputs, json!({"exit-code": "0", "artifact": "carat-desk-evals-triage.yaml"}), "{}", job.log);
    assert!(place.has("out/triage/run.carat"));
}

#[test]
fn without_a_program_it_is_built_from_the_revision_of_the_action() {
    let place = place();
    place.builds_carat();
    let mut job = Job::new(&place);
    job.uses_action(&json!({"spec": "triage", "baseline": "triage.carat", "gate": GATE}));
    insta::assert_snapshot!(job.told.join("\n"), @"
    Find carat: exit 0
    uses actions/cache
    Build carat: exit 0
    Run the eval: exit 0
    kept as carat-triage: junit.xml report.html report.json report.md run.carat
    ");
    let called = place.calls("cargo").join("\n");
    let source = called.strip_prefix("install --locked --path ").and_then(|rest| rest.split_once(" --root ")).unwrap();
    assert!(std::path::Path::new(source.0).join("Cargo.toml").is_file(), "{called}");
}

#[test]
fn inputs_reach_scripts_as_variables_and_every_one_is_described() {
    let action = action();
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(input["description"].as_str().is_some_and(|text| !text.is_empty()), "{name}");
        let used = serde_json::to_string(&action["runs"]).unwrap().contains(&format!("inputs.{name}"));
        assert!(used, "nothing looks at `{name}`");
    }
    for step in action["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap_or_default();
        assert!(!script.contains("${{"), "{script}");
        assert_eq!(step["run"].is_string(), step["shell"] == "bash", "{step}");
    }
}
