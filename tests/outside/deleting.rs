//! `carat run delete`: what is meant goes with its room, and what others need stays.

use carat_sim::{Settings, Simulation};
use serde_json::Value;

use super::project::{Ended, Project};

/// A small project with so many runs.
fn with_runs(count: usize) -> Project {
    let project = Project::small();
    (0..count).for_each(|_| ends(&project, 0, &["eval", "fruit", "-q"]));
    project
}

fn ends(project: &Project, code: i32, args: &[&str]) {
    ended(project, code, args);
}

fn ended(project: &Project, code: i32, args: &[&str]) -> Ended {
    let ended = project.carat(args);
    assert_eq!(ended.code, Some(code), "{args:?}: {ended:?}");
    ended
}

fn json(project: &Project, args: &[&str]) -> Value {
    serde_json::from_str(&ended(project, 0, args).data).unwrap()
}

/// The ids of all runs, newest first.
fn ids(project: &Project) -> Vec<String> {
    let runs = json(project, &["run", "list", "--json"])["runs"].clone();
    runs.as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap().to_owned()).collect()
}

/// What is said, with instants left out.
fn said(project: &Project, ended: &Ended) -> String {
    let lines = ended.shown(project);
    let is_instant =
        |word: &&str| word.len() == 10 && word.matches('-').count() == 2 || word.len() == 5 && word.contains(':');
    let timeless = lines
        .lines()
        .map(|line| line.split_whitespace().filter(|word| !is_instant(word)).collect::<Vec<_>>().join(" "));
    timeless.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_run_that_is_named_goes_and_the_log_keeps_that_there_was_one() {
    let project = with_runs(2);
    let before = ids(&project);
    let dry = ended(&project, 0, &["run", "delete", "@last", "--dry-run"]);
    insta::assert_snapshot!(said(&project, &dry).replace(|c: char| c.is_ascii_digit(), "9"), @"
    exit 9
    run eval name started status samples
    RUN fruit – finished 9
    would delete 9 run with 9 samples, about 9 kB
    ");
    assert_eq!(ids(&project), before, "it was only told");
    let done = json(&project, &["run", "delete", "@last", "--why", "a customer's data", "--json"]);
    assert_eq!(
        (&done["format"], &done["dry_run"], &done["deleted"][0]["id"]),
        (&1.into(), &false.into(), &before[0].clone().into())
    );
    assert!(done["store"]["bytes"].as_u64() <= done["store"]["bytes_before"].as_u64(), "{done}");
    assert_eq!(ids(&project), before[1..]);
    let log = json(&project, &["audit", "log", "--subject", &before[0], "--json"]);
    assert_eq!(
        (&log["entries"][0]["action"], &log["entries"][0]["details"]["why"]),
        (&"run_deleted".into(), &"a customer's data".into())
    );
    ends(&project, 0, &["audit", "verify"]);
    ends(&project, 2, &["run", "delete", &before[0]]);
}

#[test]
fn runs_go_by_age_number_eval_and_status() {
    let project = with_runs(3);
    project.write("evals/other.yaml", std::fs::read_to_string(project.file("evals/fruit.yaml")).unwrap());
    ends(&project, 0, &["eval", "other", "-q"]);
    let all = ids(&project);
    let going = |flags: &[&str]| -> Vec<String> {
        let told = json(&project, &[&["run", "delete", "--dry-run", "--json"], flags].concat());
        told["deleted"].as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(going(&["--keep-last", "1"]), all[2..]);
    assert_eq!(going(&["--keep-last", "2", "--eval", "fruit"]), all[3..]);
    assert_eq!(going(&["--eval", "other"]), all[..1]);
    assert_eq!(going(&["--older-than", "1h"]), [""; 0]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(going(&["--older-than", "1s"]), all);
    assert_eq!(going(&["--status", "finished", "--keep-last", "3"]), [""; 0]);
    assert_eq!(going(&["--status", "killed", "--status", "over-budget"]), [""; 0]);
    ends(&project, 0, &["run", "delete", "--keep-last", "1"]);
    assert_eq!(ids(&project), all[..2]);
}

#[test]
fn what_is_not_meant_clearly_deletes_nothing() {
    let project = with_runs(1);
    for args in
        [&[][..], &["@last", "--older-than", "1s"], &["--older-than", "soon"], &["--eval", "friut"], &["nobody"]]
    {
        let refused = ended(&project, 2, &[&["run", "delete"], args].concat());
        assert!(!refused.talk.is_empty());
    }
    insta::assert_snapshot!(project.carat(&["run", "delete", "--eval", "friut"]).told(&project), @"
    exit 2
    error: no run is of an eval `friut`; did you mean `fruit`?
    ");
    assert_eq!(ids(&project).len(), 1);
    let empty = Project::small();
    insta::assert_snapshot!(empty.carat(&["run", "delete", "--older-than", "30d"]).told(&empty), @"
    exit 0
    no run was deleted
    ");
    assert!(!empty.file(".carat").exists(), "no store is made to find that out");
}

#[test]
fn a_baseline_stays_unless_it_is_asked_for() {
    let project = with_runs(1);
    ends(&project, 0, &["eval", "fruit", "-q", "--baseline", "@last"]);
    let runs = ids(&project);
    insta::assert_snapshot!(project.carat(&["run", "delete", &runs[1]]).told(&project), @"
    exit 2
    error: nothing was deleted: RUN (fruit) is the baseline of run RUN; --force deletes it all the same
    ");
    insta::assert_snapshot!(project.carat(&["run", "delete", "--keep-last", "1"]).told(&project), @"
    exit 0
    kept RUN (fruit) is the baseline of run RUN; --force deletes it
    no run was deleted
    ");
    assert_eq!(ids(&project), runs);
    ends(&project, 0, &["run", "delete", &runs[1], "--force"]);
    assert_eq!(ids(&project), runs[..1]);
    let report = ended(&project, 0, &["run", "show"]);
    assert!(report.data.contains("fruit"), "{report:?}");
}

#[test]
fn evidence_of_a_promotion_stays() {
    let project = Project::small();
    project.write(
        "carat.yaml",
        "models:\n  nearest: { provider: baseline, model: nearest }\n  echo: { provider: baseline, model: echo }\n\
         policy:\n  production:\n    needs: [{ eval: fruit, max_age: 7d }]\n    reviewers: 1\n",
    );
    let spec = std::fs::read_to_string(project.file("evals/fruit.yaml")).unwrap();
    project.write(
        "evals/fruit.yaml",
        format!(
            "{}gates:\n  - {{ metric: answer.accuracy, at_least: 0.1 }}\n",
            spec.replace("nearest, echo", "nearest")
        ),
    );
    ends(&project, 0, &["eval", "fruit", "-q"]);
    let proposed = project.carat(&["prompt", "promote", "sort", "--to", "production"]);
    assert_eq!(proposed.code, Some(1), "{proposed:?}");
    let refused = ended(&project, 2, &["run", "delete", "@last"]);
    assert!(refused.talk.contains("is evidence of the promotion of sort@1"), "{refused:?}");
    let kept = json(&project, &["run", "delete", "--keep-last", "0", "--json"])["kept"].clone();
    assert_eq!(kept[0]["because"].as_array().unwrap().len(), 1, "{kept}");
    let promotions = json(&project, &["promotion", "list", "--json"]);
    ends(&project, 0, &["promotion", "withdraw", promotions["promotions"][0]["id"].as_str().unwrap()]);
    ends(&project, 0, &["run", "delete", "@last"]);
    assert!(ids(&project).is_empty());
}

#[test]
fn a_run_that_is_being_written_is_never_deleted() {
    let server = Simulation::new(Settings::default()).start_on_thread("127.0.0.1:0").unwrap();
    let project = Project::small();
    project.asks(&server.base_url(), "");
    server.hold_after(1);
    let mut run = project.start(&["eval", "fruit"]);
    while ids(&project).is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let refused = ended(&project, 2, &["run", "delete", "@last", "--force"]);
    assert!(refused.talk.contains("is being written"), "{refused:?}");
    let kept = json(&project, &["run", "delete", "--keep-last", "0", "--force", "--json"]);
    assert_eq!((&kept["kept"][0]["running"], kept["deleted"].as_array().unwrap().len()), (&true.into(), 0));
    server.release();
    run.says("run");
    assert_eq!(run.end().code, Some(0));
    ends(&project, 0, &["run", "delete", "@last"]);
}

#[test]
fn the_store_is_as_short_as_before_and_who_took_answers_has_them() {
    let server = Simulation::new(Settings::default()).start_on_thread("127.0.0.1:0").unwrap();
    let project = Project::small();
    project.asks(&server.base_url(), "");
    ends(&project, 0, &["eval", "fruit", "-q"]);
    ends(&project, 0, &["eval", "fruit", "-q"]);
    let report = project.report("@last");
    assert_eq!(report["run"]["cached"], 4);
    let dry = ended(&project, 0, &["run", "delete", "@last~1", "--dry-run"]);
    assert!(dry.talk.contains("were used again by 1 run, which keeps a copy"), "{dry:?}");
    ends(&project, 0, &["run", "delete", "@last~1"]);
    assert_eq!(project.report("@last"), report);
    let length = || std::fs::metadata(project.file(".carat/carat.db")).unwrap().len();
    let small = length();
    let row = |row| {
        format!("{{\"id\": \"r-{row}\", \"input\": {{\"thing\": \"thing number {row}\"}}, \"expected\": \"no\"}}\n")
    };
    project.write("datasets/fruit.jsonl", (0..3000).map(row).collect::<String>());
    project.has_model("provider: baseline, model: echo");
    ends(&project, 0, &["eval", "fruit", "-q"]);
    let full = length();
    let told = ended(&project, 0, &["run", "delete", "@last"]);
    assert!(told.talk.contains("deleted 1 run with 3000 samples; the store has"), "{told:?}");
    // The version of the dataset stays, with its rows.
    assert!(full - length() > (full - small) / 2, "{small} {full} {}", length());
}
