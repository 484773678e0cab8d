//! Stores that are something else, may not be written, or have no room.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::outside::project::{Ended, Going, Project};

/// A project that has been run.
fn with_a_run() -> Project {
    let project = Project::small();
    assert_eq!(project.carat(&["eval", "fruit"]).code, Some(0));
    project
}

const STORE: &str = ".carat/carat.db";

#[test]
fn what_is_no_store_is_told_and_left_alone() {
    let project = Project::small();
    let notes = "# notes\n".repeat(100);
    project.write("notes.md", &notes);
    insta::assert_snapshot!(project.carat(&["eval", "fruit", "--store", "notes.md"]).told(&project), @"
    exit 3
    error: notes.md is not a store of carat: it is not a database at all; give another path, or move that file away
    ");
    assert_eq!(std::fs::read_to_string(project.file("notes.md")).unwrap(), notes);
    insta::assert_snapshot!(project.carat(&["run", "list", "--store", "datasets"]).told(&project), @"
    exit 3
    error: cannot open the store datasets: unable to open database file; is it a file in a folder that you may read and write?
    ");
    insta::assert_snapshot!(project.carat(&["run", "list", "--store", "postgres://me:secret@host/db"]).told(&project), @"
    exit 2
    error: postgres:// stores are not supported: carat keeps its store in an SQLite file; give the path of one
    ");
}

#[test]
fn a_store_of_a_newer_carat_is_told() {
    let project = with_a_run();
    // The number of the first migration is 1, which SQLite writes as a type of its own, 9; another number makes it one that
    // this carat does not know. It stands in the table and in its index.
    let mut bytes = std::fs::read(project.file(STORE)).unwrap();
    for (ours, theirs) in [(b"\x07\x09\x3f\x33", b"\x07\x08\x3f\x33"), (b"\x03\x03\x09\x09", b"\x03\x03\x08\x09")] {
        let at = bytes.windows(4).position(|window| window == ours).expect("a migration that is called otherwise");
        bytes[at..at + 4].copy_from_slice(theirs);
    }
    project.write(STORE, bytes);
    insta::assert_snapshot!(project.carat(&["run", "list"]).told(&project), @"
    exit 3
    error: the store PROJECT/.carat/carat.db was written by a newer carat (its shape 0 is not known here); use that version
    ");
}

#[test]
fn a_damaged_store_is_told() {
    let project = with_a_run();
    let mut bytes = std::fs::read(project.file(STORE)).unwrap();
    bytes[8192..].iter_mut().for_each(|byte| *byte ^= 0x5a);
    project.write(STORE, bytes);
    insta::assert_snapshot!(project.carat(&["run", "list"]).told(&project), @"
    exit 3
    error: the store PROJECT/.carat/carat.db is damaged: database disk image is malformed; put a copy in its place, or move it away to begin a new one
    ");
}

/// A folder that nobody may write; anybody may again when this goes.
struct ReadOnly<'a>(&'a Path);

impl<'a> ReadOnly<'a> {
    fn make(folder: &'a Path) -> Self {
        rights(folder, 0o555);
        Self(folder)
    }
}

impl Drop for ReadOnly<'_> {
    fn drop(&mut self) {
        rights(self.0, 0o755);
    }
}

fn rights(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Runs the program as somebody whom rights bind: root is bound by none, and becomes nobody.
fn carat_bound_by_rights(project: &Project, args: &[&str]) -> Ended {
    let who = Command::new("id").arg("-u").output().unwrap();
    if who.stdout != b"0\n" {
        return project.carat(args);
    }
    // Nobody may not be allowed into the folder where the program was built.
    let aside = tempfile::TempDir::new().unwrap();
    rights(aside.path(), 0o755);
    let program = aside.path().join("carat");
    let built = env!("CARGO_BIN_EXE_carat");
    std::fs::hard_link(built, &program).or_else(|_| std::fs::copy(built, &program).map(drop)).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program).args(args);
    command.current_dir(project.path()).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.output().unwrap().into()
}

#[test]
fn a_folder_that_may_not_be_written_is_told() {
    let project = Project::small();
    let read_only = ReadOnly::make(project.path());
    insta::assert_snapshot!(carat_bound_by_rights(&project, &["eval", "fruit"]).told(&project), @"
    exit 3
    error: cannot make the folder PROJECT/.carat: Permission denied (os error 13); make it by hand, or keep the store somewhere else
    ");
    assert_eq!(carat_bound_by_rights(&project, &["dataset", "check", "fruit"]).code, Some(0));
    drop(read_only);
}

#[test]
fn a_store_that_may_not_be_written_can_still_be_read() {
    let project = with_a_run();
    rights(project.path(), 0o755);
    let folder = project.file(".carat");
    rights(&project.file(STORE), 0o444);
    rights(&folder.join("locks"), 0o555);
    let read_only = ReadOnly::make(&folder);
    assert_eq!(carat_bound_by_rights(&project, &["run", "list"]).code, Some(0));
    assert_eq!(carat_bound_by_rights(&project, &["run", "show"]).code, Some(0));
    assert_eq!(carat_bound_by_rights(&project, &["eval", "fruit", "--dry-run"]).code, Some(0));
    insta::assert_snapshot!(carat_bound_by_rights(&project, &["eval", "fruit"]).told(&project), @"
    exit 3
    error: cannot write to the store PROJECT/.carat/locks/RUN.lock: Permission denied (os error 13); allow writing to the file and its folder, or use a store elsewhere
    ");
    drop(read_only);
}

#[test]
fn files_that_may_not_be_read_are_told() {
    let project = Project::small();
    rights(project.path(), 0o755);
    rights(&project.file("datasets/fruit.jsonl"), 0o000);
    insta::assert_snapshot!(carat_bound_by_rights(&project, &["dataset", "show", "fruit"]).told(&project), @"
    exit 2
    error: datasets/fruit.jsonl: may not be read: Permission denied (os error 13); look at its rights with `ls -l datasets/fruit.jsonl`
    ");
    rights(&project.file("carat.yaml"), 0o000);
    insta::assert_snapshot!(carat_bound_by_rights(&project, &["dataset", "show", "fruit"]).told(&project), @"
    exit 2
    error: carat.yaml: Permission denied (os error 13)
    ");
}

/// A project with more to record than a small disk holds.
#[cfg(target_os = "linux")]
fn large() -> Project {
    let project = Project::small();
    let words = "pear ".repeat(800);
    let row = |number| {
        format!("{{\"id\": \"r-{number}\", \"input\": {{\"thing\": \"{number} {words}\"}}, \"expected\": \"yes\"}}\n")
    };
    project.write("datasets/fruit.jsonl", (0..400).map(row).collect::<String>());
    project.has_model("provider: baseline, model: echo");
    project
}

/// Starts a run whose files may not grow beyond a size: every user can have that, unlike a full disk.
#[cfg(target_os = "linux")]
fn start_within_limit(project: &Project) -> Going {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -S -f 4400; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_carat"), "eval", "fruit"]);
    command.current_dir(project.path()).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    Going::of(command)
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_waits_for_room_and_goes_on() {
    let project = large();
    let mut going = start_within_limit(&project);
    going.says("waiting for half a minute");
    let raised = Command::new("prlimit").args(["--fsize=unlimited:unlimited", "--pid", &going.id()]).status().unwrap();
    assert!(raised.success());
    let ended = going.end();
    insta::assert_snapshot!(ended.told(&project), @"
    exit 0
    reading or writing the store PROJECT/.carat/carat.db failed: disk I/O error; check the disk; waiting for half a minute
    ");
    assert_eq!(project.report("@last")["run"]["samples"], 400);
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_without_room_keeps_what_it_has_and_goes_on_later() {
    let project = large();
    let ended = start_within_limit(&project).end();
    insta::assert_snapshot!(ended.told(&project), @"
    exit 3
    reading or writing the store PROJECT/.carat/carat.db failed: disk I/O error; check the disk; waiting for half a minute
    error: reading or writing the store PROJECT/.carat/carat.db failed: disk I/O error; check the disk
    ");
    let ended = project.carat(&["run", "resume"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let report = project.report("@last");
    assert_eq!(report["run"]["samples"], 400);
    assert!(report["run"]["resumed"].as_u64().unwrap() > 0, "{report}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_third_interrupt_does_not_wait_for_room() {
    let project = large();
    let mut going = start_within_limit(&project);
    going.says("waiting for half a minute");
    going.interrupt();
    going.says("once more to stop now");
    going.interrupt();
    going.says("stopping now");
    going.interrupt();
    assert_eq!(going.end().code, Some(130));
    assert_eq!(project.carat(&["run", "resume"]).code, Some(0));
    assert_eq!(project.report("@last")["run"]["samples"], 400);
}

/// What lets a command have a name space of its own for mounts: root needs no more, others become root in theirs where the
/// system allows it.
#[cfg(target_os = "linux")]
fn own_mounts() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let works = |way: &&[&str]| {
        let mount = ["mount", "-t", "tmpfs", "none", "/mnt"];
        Command::new("unshare").args(*way).args(mount).status().is_ok_and(|status| status.success())
    };
    ways.into_iter().find(works)
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_room_lets_the_run_go_on() {
    let Some(own_mounts) = own_mounts() else {
        eprintln!("NOT TESTED: this system allows no mounts; of full disks only limits on files have been tried");
        return;
    };
    let project = large();
    std::fs::create_dir(project.file("disk")).unwrap();
    // One megabyte, of which most is taken; it goes with the process.
    let script = "mount -t tmpfs -o size=1m none disk && head -c 700000 /dev/zero > disk/filler && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(own_mounts).args(["sh", "-c", script, "sh", env!("CARGO_BIN_EXE_carat")]);
    command.args(["eval", "fruit", "--limit", "100", "--store", "disk/carat.db"]);
    command.current_dir(project.path()).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let mut going = Going::of(command);
    going.says("waiting for half a minute");
    let filler = project.file("disk/filler");
    std::fs::remove_file(format!("/proc/{}/root{}", going.id(), filler.display())).unwrap();
    let ended = going.end();
    insta::assert_snapshot!(ended.told(&project), @"
    exit 3
    no room is left for the store disk/carat.db; free some space on that disk; waiting for half a minute
    no room is left for the store disk/carat.db; free some space on that disk; waiting for half a minute
    error: no room is left for the store disk/carat.db; free some space on that disk
    ");
    assert!(ended.data.contains("100 cases"), "{ended:?}");
}
