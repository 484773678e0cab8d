//! Two people at once: one moves the label, the other hears of it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Stdio};

use super::desk::{ADA, BEN, Desk, python};
use crate::outside::project::Ended;

/// Somebody who writes to the store and takes their time.
struct Busy {
    writer: Child,
}

impl Busy {
    fn with(desk: &Desk) -> Self {
        let script = "import sqlite3, sys\n\
                      store = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
                      store.execute('BEGIN IMMEDIATE')\n\
                      print('busy', flush=True)\n\
                      sys.stdin.read()\n\
                      store.execute('ROLLBACK')\n";
        let path = desk.project.file(".carat/carat.db");
        let mut command = python(&["-c", script, path.to_str().unwrap()]);
        let mut writer = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(writer.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "busy\n");
        Self { writer }
    }

    fn ends(mut self) {
        drop(self.writer.stdin.take());
        assert!(self.writer.wait().unwrap().success());
    }
}

/// A promotion that has looked at everything, and is about to move the label.
struct Looked {
    child: Child,
    stdout: BufReader<ChildStdout>,
    data: String,
}

impl Looked {
    fn at(desk: &Desk, who: &str, reference: &str) -> Self {
        let args = ["prompt", "promote", reference, "--to", "production", "--actor", who];
        let mut child = desk.project.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut looked = Self { stdout: BufReader::new(child.stdout.take().unwrap()), child, data: String::new() };
        // What it has found stands there before the step that moves the label.
        while !looked.data.contains("asks for nothing") {
            let read = looked.stdout.read_line(&mut looked.data).unwrap();
            assert!(read > 0, "it ended: {}", looked.data);
        }
        looked
    }

    fn ends(mut self) -> Ended {
        std::io::Read::read_to_string(&mut self.stdout, &mut self.data).unwrap();
        let output = self.child.wait_with_output().unwrap();
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        Ended { code: output.status.code(), data: self.data, talk }
    }
}

fn desk() -> Desk {
    let desk = Desk::with("{}\n");
    for instruction in ["One.", "Two.", "Three."] {
        desk.prompt(instruction, true);
        assert_eq!(desk.ada(&["prompt", "save", "support/triage"]).code, Some(0));
    }
    assert_eq!(desk.ada(&["prompt", "promote", "support/triage@1", "--to", "production"]).code, Some(0));
    desk
}

#[test]
fn of_two_promotions_at_once_one_is_applied_and_the_other_is_told_by_whom_it_was_outrun() {
    let desk = desk();
    let busy = Busy::with(&desk);
    let (two, three) = (Looked::at(&desk, ADA, "support/triage@2"), Looked::at(&desk, BEN, "support/triage@3"));
    busy.ends();
    let (two, three) = (two.ends(), three.ends());
    let (first, (second, by)) = if two.code == Some(0) { (2, (three, "Ada")) } else { (3, (two, "Ben")) };
    assert_eq!(desk.in_production(), Some(first));
    assert_eq!(second.code, Some(1), "{second:?}");
    let other = 5 - first;
    let told = desk.told(&second);
    assert!(told.contains(&format!("error: {by} <")), "{told}");
    assert!(
        told.contains(&format!("was faster: `production` points to support/triage@{first} since WHEN (promotion ID)")),
        "{told}"
    );
    let advice = format!("(carat prompt diff support/triage@{first} support/triage@{other}), and promote again");
    assert!(told.contains(&advice), "{told}");
    assert_eq!(desk.promotions().len(), 2, "what was outrun has left no trace");
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
}

#[test]
fn two_who_promote_the_same_version_have_both_what_they_wanted() {
    let desk = desk();
    let busy = Busy::with(&desk);
    let both = [ADA, BEN].map(|who| Looked::at(&desk, who, "support/triage@2"));
    busy.ends();
    let both = both.map(Looked::ends);
    assert_eq!(desk.in_production(), Some(2));
    assert_eq!(desk.promotions().len(), 2);
    let told = both.map(|ended| desk.told(&ended)).join("");
    assert_eq!(told.matches("production points to support/triage@2").count(), 1, "{told}");
    assert!(told.contains("was faster: `production` points to support/triage@2 since WHEN"), "{told}");
}

#[test]
fn reviewers_who_approve_at_once_are_all_heard() {
    let desk = Desk::with("reviewers: 4\n");
    assert_eq!(desk.promote(&[]).code, Some(1));
    let id = desk.last_promotion();
    let start = |who: &str| {
        let mut command = desk.project.command(&["promotion", "approve", &id, "--actor", who]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let reviewers = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"].map(start);
    for reviewer in reviewers {
        let ended: Ended = reviewer.wait_with_output().unwrap().into();
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    assert_eq!(desk.in_production(), Some(1));
    assert_eq!(desk.promotions()[0]["approvals"].as_array().unwrap().len(), 4);
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
}
