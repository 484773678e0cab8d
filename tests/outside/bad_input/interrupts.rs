//! Ctrl-C before, during and twice during a run; and two programs at once.
#![cfg(unix)]

use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use carat_sim::{Endpoint, Running, Settings, Simulation, Totals};

use crate::outside::project::{Going, Project};

/// So long may a test wait for something that happens at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// A project with ten rows and a server that answers so many calls and then holds all others.
fn held_after(count: u64) -> (Project, Running) {
    let running = Simulation::new(Settings { hold_after: Some(count), ..Settings::default() });
    let running = running.start_on_thread("127.0.0.1:0").unwrap();
    let project = Project::small();
    let rows = (0..10).fold(String::new(), |mut rows, number| {
        writeln!(
            rows,
            "{{\"id\": \"r-{number}\", \"input\": {{\"thing\": \"pear {number}\"}}, \"expected\": \"yes\"}}"
        )
        .unwrap();
        rows
    });
    project.write("datasets/fruit.jsonl", rows);
    project.asks(&running.base_url(), "");
    (project, running)
}

async fn until(running: &Running, wanted: impl Fn(&Totals) -> bool) {
    tokio::time::timeout(PATIENCE, running.wait_until(wanted)).await.unwrap();
}

#[tokio::test]
async fn an_interrupted_run_keeps_what_was_in_flight_and_goes_on_without_asking_twice() {
    let (project, running) = held_after(3);
    let mut going = project.start(&["eval", "fruit", "--concurrency", "2"]);
    until(&running, |totals| totals.held == 2).await;
    going.interrupt();
    going.says("interrupted: finishing what is in flight; once more to stop now");
    running.release();
    let ended = going.end();
    insta::assert_snapshot!(ended.summed_up(&project), @"
    exit 130
    fruit on fruit@1, 10 rows: 5 of 10 cases, interrupted  run RUN
    ");
    assert!(ended.talk.contains("carat run resume"), "{ended:?}");
    assert_eq!(running.totals().answered(Endpoint::Chat), 5);

    let ended = project.carat(&["run", "resume"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    insta::assert_snapshot!(ended.told(&project), @"
    exit 0
    going on with run RUN: 5 kept, 5 new
    ");
    assert_eq!(project.report("@last")["run"]["samples"], 10);
    assert_eq!(running.totals().answered(Endpoint::Chat), 10);
    assert_eq!(running.counters().repeated(), 0);
}

#[tokio::test]
async fn a_second_interrupt_stops_at_once_and_keeps_what_has_arrived() {
    let (project, running) = held_after(3);
    let mut going = project.start(&["eval", "fruit", "--concurrency", "2"]);
    until(&running, |totals| totals.held == 2).await;
    going.interrupt();
    going.says("once more to stop now");
    let began = Instant::now();
    going.interrupt();
    let ended = going.end();
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    insta::assert_snapshot!(ended.summed_up(&project), @"
    exit 130
    fruit on fruit@1, 10 rows: 3 of 10 cases, interrupted  run RUN
    ");
    insta::assert_snapshot!(ended.told(&project), @"
    exit 130
    interrupted: finishing what is in flight; once more to stop now
    stopping now; what has arrived is recorded
    ");
    running.release();
    assert_eq!(project.carat(&["run", "resume"]).code, Some(0));
    assert_eq!(project.report("@last")["run"]["samples"], 10);
}

#[test]
fn an_interrupt_before_the_run_leaves_nothing_behind() {
    let project = Project::small();
    project.write("prompts/sort.prompty", "user:\n{% include \"slow.txt\" %}\n");
    let pipe = project.file("prompts/slow.txt");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut child = project.command(&["eval", "fruit"]).spawn().unwrap();
    // Opening waits for the program to open the other end, from which it then reads for as long as this one is open.
    let held = std::fs::File::options().write(true).open(&pipe).unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(2), "shells make 130 of it: {status:?}");
    assert!(!project.file(".carat").exists());
    drop(held);
}

#[tokio::test]
async fn two_programs_do_not_write_one_run() {
    let (project, running) = held_after(0);
    let first = project.start(&["eval", "fruit", "--concurrency", "1"]);
    until(&running, |totals| totals.held == 1).await;
    insta::assert_snapshot!(project.carat(&["run", "resume"]).told(&project), @"
    exit 2
    error: run RUN is being written by another carat; wait for it to end, or stop it
    ");
    let list = project.carat(&["run", "list", "--json"]);
    assert!(list.data.contains("\"running\""), "{list:?}");
    running.release();
    assert_eq!(first.end().code, Some(0));
    assert_eq!(running.totals().answered(Endpoint::Chat), 10);
}

#[test]
fn two_programs_share_one_store() {
    let project = Project::small();
    let both = [(); 2].map(|()| project.start(&["eval", "fruit"]));
    for ended in both.map(Going::end) {
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    let list = project.carat(&["run", "list", "--json"]);
    let runs: serde_json::Value = serde_json::from_str(&list.data).unwrap();
    let finished =
        runs["runs"].as_array().unwrap().iter().filter(|run| run["status"] == "finished" && run["samples"] == 8);
    assert_eq!(finished.count(), 2, "{list:?}");
}
