//! Nobody listens any more, nothing can be written, and answers that mean mischief.

use std::process::Stdio;

use crate::outside::project::Project;

/// An answer that would rename the terminal, wipe it, and write to the clipboard.
const MISCHIEF: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}]52;c;cm0gLXJm\u{7}\u{9b}31m\u{202e}yes\r\n";

#[test]
fn hostile_answers_and_rows_are_shown_and_never_sent() {
    let project = Project::small();
    let row =
        |id: &str| serde_json::json!({"id": id, "input": {"thing": MISCHIEF}, "expected": "no", "tags": [MISCHIEF]});
    project.write("datasets/fruit.jsonl", format!("{}\n{}\n", row(MISCHIEF), row("plain")));
    let shown = [
        &["eval", "fruit"][..],
        &["run", "show"],
        &["run", "show", "@last", "--row", MISCHIEF],
        &["run", "show", "@last", "--row", "mischief"],
        &["dataset", "show", "fruit"],
        &["dataset", "show", "fruit", "--id", MISCHIEF],
        &["dataset", "check", "fruit"],
        &["prompt", "render", "sort", "--row", "fruit:plain"],
    ];
    for args in shown {
        let ended = project.carat(&[&["--color", "always"], args].concat());
        assert!(!ended.acts(), "{args:?} {ended:?}");
    }
    let last = project.carat(&["run", "show", "@last", "--row", "plain"]);
    assert!(last.data.contains("␛]0;owned␇␛[2J"), "{last:?}");
}

#[test]
fn a_failing_program_cannot_act_on_the_terminal_either() {
    let project = Project::small();
    project.has_model("provider: command, command: [sh, -c, \"printf '\\\\033]0;owned\\\\007' >&2; exit 1\"]");
    for args in [&["eval", "fruit", "--color", "always"][..], &["run", "show", "--color", "always"]] {
        let ended = project.carat(args);
        assert!(ended.data.contains("owned") && !ended.acts(), "{ended:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    let project = Project::small();
    assert_eq!(project.carat(&["eval", "fruit"]).code, Some(0));
    for args in [&["eval", "fruit"][..], &["run", "show"], &["dataset", "show", "fruit", "--json"], &["schema", "eval"]]
    {
        let mut child = project.command(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_told() {
    let project = Project::small();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let ended = project.command(&["prompt", "list"]).stdout(full).output().unwrap().into();
    insta::assert_snapshot!(crate::outside::project::Ended::told(&ended, &project), @"
    exit 3
    error: cannot write the output: No space left on device (os error 28)
    ");
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_the_run() {
    let project = Project::small();
    let told = ["nowhere/report.json", "datasets"]
        .map(|file| project.carat(&["eval", "fruit", "--json", file]).told(&project));
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: cannot write the report nowhere/report.json: No such file or directory (os error 2); name a file in a folder that is there and may be written; nothing has been run
    exit 2
    error: cannot write the report datasets: is a directory; name a file in a folder that is there and may be written; nothing has been run
    ");
    assert!(!project.file(".carat").exists(), "nothing has been run");
    assert!(!project.file("datasets.json.part").exists(), "nothing is left behind");
}

#[test]
fn colours_come_only_where_they_are_wanted() {
    let mut project = Project::small();
    let coloured = |project: &Project, args: &[&str]| project.carat(args).data.contains('\u{1b}');
    assert!(!coloured(&project, &["dataset", "check", "fruit"]), "no terminal, no colours");
    assert!(coloured(&project, &["dataset", "check", "fruit", "--color", "always"]));
    assert!(!coloured(&project, &["dataset", "check", "fruit", "--color", "never"]));
    project.set("NO_COLOR", "1");
    assert!(!coloured(&project, &["dataset", "check", "fruit"]));
    project.set("CLICOLOR_FORCE", "1");
    assert!(!coloured(&project, &["dataset", "check", "fruit"]), "NO_COLOR wins");
    assert!(coloured(&project, &["dataset", "check", "fruit", "--color", "always"]), "the flag wins");
}
