//! The thread that looks for changes. A program of its own, for threads are counted.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test breaks loudly, in its helpers too")]

use std::fs;
use std::time::{Duration, Instant};

use carat::{OpenError, Prompts};

fn threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.trim() == "carat-prompts").count()
}

#[test]
fn it_is_there_while_it_is_wanted_and_ends_with_the_last_handle() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.prompty"), "user:\nhi").unwrap();
    let still = Prompts::options().without_watching().open(folder.path()).unwrap();
    assert_eq!(threads(), 0);
    assert!(matches!(Prompts::options().require("b").open(folder.path()), Err(OpenError::Required(_))));
    assert_eq!(threads(), 0);
    let prompts = Prompts::options().interval(Duration::from_secs(3600)).open(folder.path()).unwrap();
    let clone = prompts.clone();
    drop((prompts, still));
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(threads(), 1);
    drop(clone);
    let end = Instant::now() + Duration::from_secs(10);
    while threads() > 0 {
        assert!(Instant::now() < end, "the thread goes on without prompts");
        std::thread::sleep(Duration::from_millis(1));
    }
}
