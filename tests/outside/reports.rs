//! Reports as files: what they never replace, and what becomes of the others when one fails.

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, symlink};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::project::{Ended, Project};

/// A project with one run of its eval.
fn measured() -> Project {
    let project = Project::small();
    let ended = project.carat(&["eval", "fruit"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    project
}

/// How many runs the store has.
fn runs(project: &Project, store: &str) -> usize {
    let ended = project.carat(&["--store", store, "run", "list", "--json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    serde_json::from_str::<Value>(&ended.data).unwrap()["runs"].as_array().unwrap().len()
}

const STORE: &str = ".carat/carat.db";

/// The names in the project's folder, sorted.
fn names(project: &Project) -> Vec<String> {
    let entries = fs::read_dir(project.path()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn shell(project: &Project, script: &str) -> Ended {
    let mut command = Command::new("bash");
    command.args(["-c", script]).current_dir(project.path()).env("CARAT", env!("CARGO_BIN_EXE_carat"));
    command.output().unwrap().into()
}

#[test]
fn a_report_never_replaces_the_project_its_data_or_its_store() {
    let project = measured();
    symlink("datasets/fruit.jsonl", project.file("link.jsonl")).unwrap();
    for file in [
        "carat.yaml",
        "./carat.yaml",
        STORE,
        ".carat/carat.db-wal",
        "datasets/fruit.jsonl",
        "evals/fruit.yaml",
        "prompts/sort.prompty",
        "link.jsonl",
    ] {
        let before = fs::read(project.file(file)).ok();
        for args in [["run", "show", "@last", "--csv", file], ["eval", "fruit", "--limit=1", "--json", file]] {
            let ended = project.carat(&args);
            assert_eq!(ended.code, Some(2), "{args:?}: {ended:?}");
            assert_eq!(fs::read(project.file(file)).ok(), before, "{args:?}");
        }
    }
    assert_eq!(runs(&project, STORE), 1, "nothing has been run");
    insta::assert_snapshot!(project.carat(&["run", "show", "@last", "--csv", "datasets/fruit.jsonl"]).told(&project), @"
    exit 2
    error: cannot write the report datasets/fruit.jsonl: datasets/ is for the datasets of the project; name a file in a folder that is there and may be written; nothing has been run
    ");
}

#[test]
fn one_report_that_fails_keeps_no_other_from_being_written_and_every_failure_is_told() {
    let project = Project::small();
    // The store is not there before the run, and may not be replaced after it.
    let ended = project.carat(&[
        "--store",
        "new.db",
        "eval",
        "fruit",
        "-q",
        "--jsonl",
        "/dev/full",
        "--csv",
        "new.db",
        "--html",
        "page.html",
    ]);
    insta::assert_snapshot!(ended.told(&project), @"
    exit 3
    error: cannot write the report /dev/full: No space left on device (os error 28); cannot write the report new.db: it belongs to a database, such as the store of the runs; the run is recorded; `carat run show` writes the same report
    ");
    assert!(fs::read_to_string(project.file("page.html")).unwrap().contains("</html>"));
    assert_eq!(runs(&project, "new.db"), 1, "the store is as it was");
    assert!(!names(&project).iter().any(|name| name.ends_with(".part")), "{:?}", names(&project));
}

#[test]
fn a_link_stays_and_its_target_is_written() {
    let project = measured();
    fs::create_dir(project.file("out")).unwrap();
    symlink("out/real.csv", project.file("link.csv")).unwrap();
    for _ in 0..2 {
        let ended = project.carat(&["run", "show", "@last", "--csv", "link.csv"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(fs::symlink_metadata(project.file("link.csv")).unwrap().is_symlink());
        assert!(fs::read_to_string(project.file("out/real.csv")).unwrap().starts_with("row,"));
    }
    assert_eq!(fs::read_dir(project.file("out")).unwrap().count(), 1);
}

#[test]
fn what_is_no_ordinary_file_is_written_to_and_not_replaced() {
    let project = measured();
    let csv = project.carat(&["run", "show", "@last", "--csv", "-"]).data;
    assert!(csv.starts_with("row,"), "{csv}");

    let ended =
        shell(&project, "mkfifo fifo; timeout 20 cat fifo > read & timeout 20 $CARAT run show @last --csv fifo; wait");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(fs::read_to_string(project.file("read")).unwrap(), csv);
    assert!(fs::symlink_metadata(project.file("fifo")).unwrap().file_type().is_fifo());

    // What stands in a file that stdout or another descriptor adds to stays there.
    for script in [
        "echo before > log; $CARAT run show @last --csv /dev/stdout >> log",
        "echo before > log; $CARAT run show @last --csv /dev/fd/7 7>> log",
        "echo before > log; $CARAT run show @last --csv >(cat >> log); sleep 0.5",
    ] {
        let ended = shell(&project, script);
        assert_eq!(ended.code, Some(0), "{script}: {ended:?}");
        assert_eq!(fs::read_to_string(project.file("log")).unwrap(), format!("before\n{csv}"), "{script}");
    }
    let ended = project.carat(&["run", "show", "@last", "--csv", "/dev/null"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn two_reports_in_one_place_are_refused_before_anything_runs() {
    let project = Project::small();
    fs::create_dir(project.file("t")).unwrap();
    symlink("same", project.file("t/link")).unwrap();
    for (one, other) in [("t/same", "t/same"), ("t/same", "./t/same"), ("t/link", "t/../t/same")] {
        let ended = project.carat(&["eval", "fruit", "--csv", one, "--jsonl", other]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.talk.contains("are one file, which takes one report"), "{ended:?}");
    }
    for stdout in ["-", "/dev/stdout"] {
        let ended = project.carat(&["eval", "fruit", "--csv", "-", "--jsonl", stdout]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.talk.contains("only one report can go to stdout"), "{ended:?}");
    }
    for (json, csv, words) in [("t/same", "./t/same", "are one file"), ("-", "-", "only one report can go to stdout")] {
        let ended = project.carat(&["eval", "fruit", "--json", json, "--csv", csv]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.talk.contains(words), "{ended:?}");
    }
    assert!(!project.file(".carat").exists(), "nothing has been run");
    assert!(!project.file("t/same").exists());
    let ended = project.carat(&["run", "show", "--json", "--html", "-"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    let project = Project::small();
    // Far more than a pipe and all buffers hold.
    let row = |n| {
        format!("{{\"id\": \"r-{n}\", \"input\": {{\"thing\": \"{}\"}}, \"expected\": \"yes\"}}\n", "x".repeat(10_000))
    };
    project.write("datasets/fruit.jsonl", (0..40).map(row).collect::<String>());
    assert_eq!(project.carat(&["eval", "fruit"]).code, Some(0));
    for format in ["--jsonl", "--junit", "--markdown", "--html", "--csv", "--parquet"] {
        let mut command = project.command(&["run", "show", "@last", format, "-"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = Ended::from(child.wait_with_output().unwrap());
        assert_eq!((ended.code, ended.talk.as_str()), (Some(0), ""), "{format}");
    }
    let ended = shell(&project, "set -o pipefail; $CARAT run show @last --csv /dev/stdout | head -c 3");
    assert_eq!((ended.code, ended.data.as_str()), (Some(0), "row"), "{ended:?}");
}

#[test]
fn a_file_in_progress_takes_the_name_of_no_other() {
    let project = measured();
    project.write("out.csv.part", "mine");
    let before = names(&project);
    for args in [["run", "show", "@last", "--csv", "out.csv"], ["eval", "fruit", "--limit=1", "--json", "out.csv"]] {
        let ended = project.carat(&args);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(fs::read_to_string(project.file("out.csv.part")).unwrap(), "mine");
        let new: Vec<String> = names(&project).into_iter().filter(|name| !before.contains(name)).collect();
        assert_eq!(new, ["out.csv"]);
    }
}

#[test]
fn an_export_of_samples_has_the_same_bytes_as_the_report() {
    let project = Project::small();
    let rows = "{\"id\": \"f-1\", \"input\": {\"thing\": \"a\u{202e}b\u{7f}é\"}, \"expected\": \"yes\"}\n";
    project.write("datasets/fruit.jsonl", rows);
    assert_eq!(project.carat(&["eval", "fruit"]).code, Some(0));
    assert_eq!(project.carat(&["run", "export", "@last", "export.jsonl"]).code, Some(0));
    assert_eq!(project.carat(&["run", "show", "@last", "--jsonl", "report.jsonl"]).code, Some(0));
    let exported = fs::read_to_string(project.file("export.jsonl")).unwrap();
    assert_eq!(exported, fs::read_to_string(project.file("report.jsonl")).unwrap());
    assert!(exported.contains(r"a\u202eb\u007fé"), "{exported}");
    assert!(!exported.contains(['\u{202e}', '\u{7f}']));
    assert_eq!(exported.lines().count(), 2, "one row on two models");
}
