//! A project that is begun with `carat init`.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::outside::project::{Ended, Project};

/// What it wrote to stdout, what it said, and how it ended.
fn whole(ended: &Ended) -> String {
    format!("{}{}exit {}\n", ended.data, ended.talk, ended.code.unwrap())
}

#[test]
fn a_new_project_runs_offline_and_its_gates_hold() {
    let project = Project::empty();
    let ended = project.carat(&["init"]);
    insta::assert_snapshot!(whole(&ended), @r"
    wrote prompts/support/triage.prompty
    wrote prompts/support/triage-examples.prompty
    wrote datasets/tickets.jsonl
    wrote evals/triage.yaml
    wrote REVIEW.md
    wrote lifecycles.yaml
    wrote .gitignore
    wrote carat.yaml
    next: carat eval triage
    exit 0
    ");
    assert!(!project.file(".carat").exists(), "nothing is left of the writing");

    let command = ended.talk.trim().strip_prefix("next: carat ").unwrap();
    let ended = project.carat(&command.split(' ').collect::<Vec<_>>());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let gates: Vec<&str> = ended.data.lines().filter(|line| line.contains("queue.accuracy  support")).collect();
    assert_eq!(
        gates,
        [
            "✓ holds   queue.accuracy  support/triage@1×nearest",
            "✓ holds   queue.accuracy  support/triage-examples@1×nearest"
        ]
    );
    let report = project.report("@last");
    let values: Vec<&Value> =
        report["variants"].as_array().unwrap().iter().map(|v| &v["metrics"]["queue.accuracy"]).collect();
    assert_eq!((values[0]["n"].as_u64(), values[1]["value"].as_f64()), (Some(12), Some(1.0)));
    assert!(values[0]["value"].as_f64() < Some(1.0), "there is a difference to look at");
}

#[test]
fn a_new_project_has_nothing_to_find_fault_with() {
    let project = Project::empty();
    project.carat(&["init"]);
    for args in [&["prompt", "check"][..], &["dataset", "check", "tickets"], &["doctor"], &["model", "check"]] {
        let ended = project.carat(args);
        assert_eq!(ended.code, Some(0), "{args:?} {ended:?}");
        assert!(!ended.data.contains("warning"), "{ended:?}");
    }
}

#[test]
fn production_asks_for_the_eval_and_for_a_second_person() {
    let project = Project::empty();
    project.carat(&["init", "-q"]);
    let promote = || project.carat(&["prompt", "promote", "support/triage", "--to", "production", "--actor", "ann"]);
    let ended = promote();
    assert!(ended.code == Some(1) && ended.data.contains("✗ eval triage"), "{ended:?}");
    assert_eq!(project.carat(&["eval", "triage", "-q"]).code, Some(0));
    let ended = promote();
    assert!(ended.code == Some(1) && ended.data.contains("✓ eval triage"), "{ended:?}");
    assert!(ended.data.contains("✗ 1 reviewer"), "{ended:?}");
}

#[test]
fn what_the_review_guide_says_works_as_written() {
    let project = Project::empty();
    project.carat(&["init", "-q"]);
    let guide = fs::read_to_string(project.file("REVIEW.md")).unwrap();
    let written: Vec<&str> = guide.lines().filter(|line| line.starts_with("    carat ")).collect();
    let [promote, approve, export, back, again, check] = written[..] else { panic!("{written:?}") };
    let code_of = |line: &str, actor: &str| {
        // In quotes there are several words.
        let (words, quoted) =
            line.split_once('"').map_or((line, None), |(words, rest)| (words, rest.strip_suffix('"')));
        let words = words.split_whitespace().skip(1).chain(quoted).chain(["--actor", actor]);
        project.carat(&words.collect::<Vec<_>>()).code
    };
    let (ann, bob) = ("Ann <ann@example.com>", "Bob <bob@example.com>");
    assert_eq!(code_of("carat eval triage -q", ann), Some(0));
    assert_eq!(code_of(promote, ann), Some(1), "somebody else has to approve");
    let list: Value = serde_json::from_str(&project.carat(&["promotion", "list", "--json"]).data).unwrap();
    let approve = approve.replace("ID", list["promotions"][0]["id"].as_str().unwrap());
    assert_eq!(code_of(&approve, bob), Some(0));
    assert_eq!(code_of(export, bob), Some(0));
    assert_eq!(code_of(back, bob), Some(2), "a first version has none before it");
    assert_eq!((code_of(again, bob), code_of(check, bob)), (Some(0), Some(0)));
}

#[test]
fn another_folder_is_made_and_named_in_the_one_next_step() {
    let project = Project::empty();
    let ended = project.carat(&["init", "the desk"]);
    assert_eq!((ended.code, ended.talk.as_str()), (Some(0), "next: carat eval triage --project 'the desk'\n"));
    let written = fs::read_to_string(project.file("the desk/carat.yaml")).unwrap();
    assert!(written.starts_with("project: \"the desk\"\n"), "{written}");
    assert_eq!(project.carat(&["eval", "triage", "--project", "the desk", "-q"]).code, Some(0));
}

#[test]
fn a_project_is_never_written_over() {
    let project = Project::empty();
    project.write("carat.yaml", "");
    let ended = project.carat(&["init"]);
    insta::assert_snapshot!(whole(&ended), @r"
    error: there is a carat.yaml in . already; `carat init` begins a project and changes none
    exit 2
    ");
    assert_eq!(fs::read_dir(project.path()).unwrap().count(), 1);
}

#[test]
fn what_is_there_is_kept_and_told() {
    let project = Project::empty();
    project.write("REVIEW.md", "ours\n");
    project.write(".gitignore", "target");
    project.write(
        "datasets/tickets.jsonl",
        "{\"id\": \"mine\", \"input\": {\"body\": \"x\"}, \"expected\": \"billing\"}\n",
    );
    project.write("prompts/ours.prompty", "user:\nhi\n");
    insta::assert_snapshot!(whole(&project.carat(&["init"])), @r"
    wrote prompts/support/triage.prompty
    wrote prompts/support/triage-examples.prompty
    kept datasets/tickets.jsonl
    wrote evals/triage.yaml
    kept REVIEW.md
    wrote lifecycles.yaml
    added to .gitignore
    wrote carat.yaml
    what was there is kept as it was; the example may not fit it
    next: carat eval triage
    exit 0
    ");
    let read = |file: &str| fs::read_to_string(project.file(file)).unwrap();
    assert_eq!((read("REVIEW.md").as_str(), read(".gitignore").as_str()), ("ours\n", "target\n.carat/\n"));
    assert!(read("datasets/tickets.jsonl").contains("mine"));
}

#[test]
fn what_was_interrupted_is_done_again() {
    let project = Project::empty();
    project.carat(&["init"]);
    // carat.yaml comes last, so an interrupted one has none.
    for file in ["carat.yaml", "evals/triage.yaml"] {
        fs::remove_file(project.file(file)).unwrap();
    }
    insta::assert_snapshot!(whole(&project.carat(&["init"])), @r"
    as it was prompts/support/triage.prompty
    as it was prompts/support/triage-examples.prompty
    as it was datasets/tickets.jsonl
    wrote evals/triage.yaml
    as it was REVIEW.md
    as it was lifecycles.yaml
    as it was .gitignore
    wrote carat.yaml
    next: carat eval triage
    exit 0
    ");
}

#[test]
fn a_repository_that_is_there_keeps_its_runs_to_itself() {
    let project = Project::empty();
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        let output =
            command.args(args).current_dir(project.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    git(&["init", "-q"]);
    assert_eq!(project.carat(&["init", "-q"]).talk, "");
    assert_eq!(project.carat(&["eval", "triage", "-q"]).code, Some(0));
    let seen = git(&["status", "--porcelain", "--untracked-files=all"]);
    let mut seen: Vec<&str> = seen.lines().map(|line| &line[3..]).collect();
    seen.sort_unstable();
    assert_eq!(
        seen,
        [
            ".gitignore",
            "REVIEW.md",
            "carat.yaml",
            "datasets/tickets.jsonl",
            "evals/triage.yaml",
            "lifecycles.yaml",
            "prompts/support/triage-examples.prompty",
            "prompts/support/triage.prompty"
        ]
    );
}

#[test]
fn a_project_inside_of_another_one_is_told() {
    let project = Project::small();
    let ended = project.carat(&["init", "inner"]);
    insta::assert_snapshot!(ended.told(&project), @r"
    exit 0
    this project lies inside of another one, PROJECT; here, its own carat.yaml counts
    ");
}

#[test]
fn what_was_written_is_told_as_json() {
    let project = Project::empty();
    project.write("REVIEW.md", "ours\n");
    let ended = project.carat(&["init", "--json", "-q"]);
    let account: Value = serde_json::from_str(&ended.data).unwrap();
    insta::assert_json_snapshot!(account, @r#"
    {
      "format": 1,
      "folder": ".",
      "files": [
        {
          "path": "prompts/support/triage.prompty",
          "what": "new"
        },
        {
          "path": "prompts/support/triage-examples.prompty",
          "what": "new"
        },
        {
          "path": "datasets/tickets.jsonl",
          "what": "new"
        },
        {
          "path": "evals/triage.yaml",
          "what": "new"
        },
        {
          "path": "REVIEW.md",
          "what": "kept"
        },
        {
          "path": "lifecycles.yaml",
          "what": "new"
        },
        {
          "path": ".gitignore",
          "what": "new"
        },
        {
          "path": "carat.yaml",
          "what": "new"
        }
      ],
      "next": "carat eval triage"
    }
    "#);
}

#[test]
fn a_place_that_takes_no_project_is_told() {
    let project = Project::empty();
    project.write("file", "");
    insta::assert_snapshot!(whole(&project.carat(&["init", "file"])), @r"
    error: file is a file; name a folder
    exit 2
    ");
    insta::assert_snapshot!(whole(&project.carat(&["init", "file/inner"])), @r"
    error: file/inner/prompts/support/triage.prompty: Not a directory (os error 20)
    exit 2
    ");
}
