//! Where a job runs: a checkout with a project in it, and programs that stand in for what a test must not reach.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::outside::project::{Ended, Project};

/// So many tickets.
const TICKETS: usize = 120;

/// A checkout, a folder for programs, and one for what a runner keeps elsewhere.
pub(super) struct Place {
    pub(super) checkout: Project,
    outside: Project,
}

impl Place {
    /// A checkout with 120 tickets, of which the model sends 90 to the right queue, and `carat` on the path.
    pub(super) fn new() -> Self {
        let place = Self { checkout: Project::empty(), outside: Project::empty() };
        let project = &place.checkout;
        project.write("carat.yaml", "models:\n  m: { provider: recorded, from: answers.jsonl }\n");
        project.write("prompts/triage.prompty", "user:\n{{ body }}\n");
        let eval = "prompts: [triage]\nmodels: [m]\ndataset: tickets\nscorers:\n  - { name: queue, exact: {} }\n";
        project.write("evals/triage.yaml", eval);
        let ticket = |number| json!({"id": id(number), "input": {"body": "Please help!"}, "expected": "billing"});
        project.write("datasets/tickets.jsonl", lines(ticket));
        place.answers(90);
        let program = Path::new(env!("CARGO_BIN_EXE_carat"));
        place.program("carat", &format!("exec '{}' \"$@\"\n", program.display()));
        place
    }

    /// So many of the answers are right from now on.
    pub(super) fn answers(&self, right: usize) {
        let answer = |number| json!({"id": id(number), "output": if number <= right { "billing" } else { "other" }});
        self.checkout.write("answers.jsonl", lines(answer));
    }

    /// A program on the path: the body of a shell script.
    pub(super) fn program(&self, name: &str, body: &str) {
        let file = format!("bin/{name}");
        self.outside.write(&file, format!("#!/bin/sh\n{body}"));
        fs::set_permissions(self.outside.file(&file), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A program that writes down how it is called, a call a line, and then does what the body says.
    pub(super) fn noted(&self, name: &str, body: &str) {
        let notes = self.elsewhere(&format!("{name}.calls"));
        self.program(name, &format!("echo \"$*\" >> '{}'\n{body}", notes.display()));
    }

    /// How a program that is noted was called.
    pub(super) fn calls(&self, name: &str) -> Vec<String> {
        let notes = fs::read_to_string(self.elsewhere(&format!("{name}.calls"))).unwrap_or_default();
        notes.lines().map(str::to_owned).collect()
    }

    /// A path outside of the checkout.
    pub(super) fn elsewhere(&self, name: &str) -> PathBuf {
        self.outside.file(name)
    }

    /// Runs a script in the checkout, with nothing of the environment but these variables.
    pub(super) fn script(&self, shell: &[&str], script: &str, variables: &[(String, String)]) -> Ended {
        let file = self.elsewhere("script.sh");
        fs::write(&file, script).unwrap();
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).arg(file).current_dir(self.checkout.path()).env_clear();
        command.env("PATH", format!("{}:{path}", self.elsewhere("bin").display()));
        command.env("HOME", self.elsewhere("home"));
        command.envs(variables.iter().cloned());
        command.output().unwrap().into()
    }

    /// Runs the eval, and keeps the run in a file alone.
    pub(super) fn exports(&self, file: &str) {
        let ended = self.checkout.carat(&["eval", "triage", "-q"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        self.checkout.write(file, "");
        let ended = self.checkout.carat(&["run", "export", "@last", file, "--force"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        self.afresh();
    }

    /// `carat` is not on the path any more.
    pub(super) fn forgets_carat(&self) {
        fs::remove_file(self.elsewhere("bin/carat")).unwrap();
    }

    /// `cargo install` puts the program where it is told: at `--root`, or in its own home.
    pub(super) fn builds_carat(&self) {
        let carat = env!("CARGO_BIN_EXE_carat");
        let install = "root=$CARGO_HOME\nwhile [ $# -gt 0 ]; do [ \"$1\" = --root ] && root=$2; shift; done\n";
        self.noted("cargo", &format!("{install}mkdir -p \"$root/bin\"\nln -sf '{carat}' \"$root/bin/carat\"\n"));
    }

    /// Whether the checkout has this file, with something in it.
    pub(super) fn has(&self, file: &str) -> bool {
        fs::metadata(self.checkout.file(file)).is_ok_and(|found| found.len() > 0)
    }

    pub(super) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.checkout.file(file)).unwrap()
    }

    /// Forgets what has been run, as a fresh checkout has.
    pub(super) fn afresh(&self) {
        let _ = fs::remove_dir_all(self.checkout.file(".carat"));
    }
}

fn id(number: usize) -> String {
    format!("t-{number:03}")
}

fn lines(line: impl Fn(usize) -> serde_json::Value) -> String {
    (1..=TICKETS).map(|number| format!("{}\n", line(number))).collect()
}
