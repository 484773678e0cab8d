//! A run that was killed goes on, and pays for nothing twice.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use carat_sim::{Endpoint, Running, Settings, Simulation};
use serde_json::Value;

use super::project::Project;

const ROWS: usize = 200;

/// A project that asks a simulated server, which answers rightly in 7 of 10 cases, always the same ones.
fn project(server: &Running) -> Project {
    let project = Project::empty();
    project.write(
        "carat.yaml",
        format!(
            "models:\n  served: {{ provider: openai, model: m, base_url: \"{}\", limits: {{ concurrency: 8 }}, price: {{ input: 1, output: 2 }} }}\n",
            server.base_url()
        ),
    );
    project.write("prompts/ask.prompty", "system:\nAnswer with one word.\nuser:\n{{ question }}\n");
    project.write("prompts/beg.prompty", "system:\nPlease answer with one word.\nuser:\n{{ question }}\n");
    let rows = (0..ROWS).map(|row| {
        format!("{{\"id\": \"q-{row}\", \"input\": {{\"question\": \"What is number {row}?\"}}, \"expected\": \"answer-{row}\"}}\n")
    });
    project.write("datasets/questions.jsonl", rows.collect::<String>());
    project.write(
        "evals/questions.yaml",
        "prompts: [ask, beg]\nmodels: [served]\ndataset: questions\nscorers:\n  - { name: right, exact: { trim: true } }\n  - { name: close, levenshtein: {} }\n",
    );
    project
}

fn server() -> Running {
    let answers = (0..ROWS).map(|row| (format!("What is number {row}?"), format!("answer-{row}")));
    let settings = Settings { accuracy: 0.7, answers: answers.collect::<BTreeMap<_, _>>(), ..Settings::default() };
    Simulation::new(settings).start_on_thread("127.0.0.1:0").unwrap()
}

/// What a report says of the answers, without what differs between any two runs: ids and times.
fn timeless(mut report: Value) -> Value {
    for key in ["id", "started_at", "finished_at", "resumed"] {
        report["run"].as_object_mut().unwrap().remove(key);
    }
    for variant in report["variants"].as_array_mut().unwrap() {
        variant.as_object_mut().unwrap().remove("latency");
        variant["metrics"].as_object_mut().unwrap().retain(|name, _| !name.starts_with("latency"));
    }
    for comparison in report["comparisons"].as_array_mut().into_iter().flatten() {
        for side in ["left", "right"] {
            comparison[side].as_object_mut().unwrap().remove("run");
        }
    }
    report
}

fn recorded(project: &Project) -> u64 {
    let ended = project.carat(&["run", "list", "--json"]);
    let runs: Value = serde_json::from_str(&ended.data).unwrap_or_default();
    runs["runs"][0]["samples"].as_u64().unwrap_or(0)
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < patience, "{what} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn start(project: &Project, args: &[&str]) -> Child {
    project.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// SIGKILL: nothing of the program gets to say a last word.
fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_run_killed_at_forty_per_cent_resumes_to_the_same_report_and_repeats_no_answered_call() {
    let server = server();
    let project = project(&server);
    // It gives its answers to no other run, so that the other one has to ask.
    let whole = project.carat(&["eval", "questions", "--no-cache"]);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let uninterrupted = timeless(project.report("@last"));
    server.reset();

    let share = (2 * ROWS * 2 / 5) as u64;
    server.hold_after(share);
    let run = start(&project, &["eval", "questions"]);
    wait_until("the last answer before the hold", || server.totals().answered(Endpoint::Chat) == share);
    wait_until("the record of it", || recorded(&project) == share);
    kill(run);
    // Calls that hang are not to be answered to nobody.
    wait_until("the end of the calls that hang", || server.totals().in_flight == 0);
    server.release();

    let resumed = project.carat(&["run", "resume", "@last"]);
    assert_eq!(resumed.code, Some(0), "{resumed:?}");
    let said = format!("{share} kept, {} new", 2 * ROWS as u64 - share);
    assert!(resumed.talk.contains(&said), "{}", resumed.talk);
    assert_eq!(timeless(project.report("@last")), uninterrupted);
    let counters = server.counters();
    assert_eq!(counters.repeated(), 0, "an answered call was paid for twice");
    assert_eq!(counters.totals.answered(Endpoint::Chat), 2 * ROWS as u64);
}

#[test]
fn a_run_killed_again_and_again_at_any_moment_comes_to_the_same_report() {
    let server = server();
    let project = project(&server);
    // It gives its answers to no other run, so that the other one has to ask.
    let whole = project.carat(&["eval", "questions", "--no-cache"]);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let uninterrupted = timeless(project.report("@last"));
    server.reset();

    let begun = start(&project, &["eval", "questions"]);
    wait_until("a first answer", || recorded(&project) > 0);
    kill(begun);
    for moment in [15, 25, 40, 60, 85] {
        let run = start(&project, &["run", "resume", "@last"]);
        std::thread::sleep(Duration::from_millis(moment));
        kill(run);
    }
    let resumed = project.carat(&["run", "resume", "@last"]);
    assert_eq!(resumed.code, Some(0), "{resumed:?}");
    assert_eq!(timeless(project.report("@last")), uninterrupted);
    // An answer that is on its way when the program dies can be known to nobody; at most one for each slot and kill.
    assert!(server.counters().repeated() <= 6 * 8, "{} calls were repeated", server.counters().repeated());
}

#[test]
fn what_changed_is_asked_again_and_said_and_the_rest_is_kept() {
    let server = server();
    let project = project(&server);
    assert_eq!(project.carat(&["eval", "questions", "--limit", "50"]).code, Some(0));
    project.write("prompts/beg.prompty", "system:\nI beg you: answer with one word.\nuser:\n{{ question }}\n");
    server.reset();
    let resumed = project.carat(&["run", "resume", "@last"]);
    assert!(resumed.talk.contains("50 kept, 50 asked again (prompt changed)"), "{}", resumed.talk);
    assert_eq!(server.totals().answered(Endpoint::Chat), 50);
    let report = project.report("@last");
    assert_eq!(report["run"]["cases"], 100, "the limit is remembered");
    assert_eq!(report["variants"][1]["variant"], "beg@2×served");
}

#[test]
fn changed_scorers_score_again_without_a_call() {
    let server = server();
    let project = project(&server);
    assert_eq!(project.carat(&["eval", "questions", "--limit", "20", "--prompt", "ask"]).code, Some(0));
    server.reset();
    project.write(
        "evals/questions.yaml",
        "prompts: [ask, beg]\nmodels: [served]\ndataset: questions\nscorers:\n  - { name: word, contains: { any: [answer] } }\n",
    );
    let resumed = project.carat(&["run", "resume", "@last"]);
    assert!(resumed.talk.contains("20 scored again"), "{}", resumed.talk);
    assert_eq!(server.totals().requests(Endpoint::Chat), 0);
    let report = project.report("@last");
    assert_eq!(report["variants"][0]["metrics"]["word.accuracy"]["n"], 20);
    assert!(report["variants"][0]["metrics"]["right.accuracy"].is_null());
}

#[test]
fn answers_that_are_slow_to_score_are_not_lost_when_the_program_is_killed() {
    const ROWS: u64 = 6;
    // 90,000 characters against 90,000 others take seconds to compare.
    let long = |seed: u32| -> String {
        let mut state = seed;
        let letters = (0..90_000).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from(state >> 28).unwrap())
        });
        letters.collect()
    };
    let answers = (0..ROWS).map(|row| (format!("What is number {row}?"), long(1)));
    let settings = Settings { answers: answers.collect::<BTreeMap<_, _>>(), ..Settings::default() };
    let server = Simulation::new(settings).start_on_thread("127.0.0.1:0").unwrap();
    let project = project(&server);
    let rows = (0..ROWS).map(|row| {
        let expected = long(2);
        format!(
            "{{\"id\": \"q-{row}\", \"input\": {{\"question\": \"What is number {row}?\"}}, \"expected\": \"{expected}\"}}\n"
        )
    });
    project.write("datasets/questions.jsonl", rows.collect::<String>());
    let run = start(&project, &["eval", "questions", "--prompt", "ask"]);
    wait_until("the last answer", || server.totals().answered(Endpoint::Chat) == ROWS);
    std::thread::sleep(Duration::from_millis(500));
    let scored = recorded(&project);
    kill(run);
    assert!(scored < ROWS, "the scorer is not slow enough for this test");

    let resumed = project.carat(&["run", "resume", "@last"]);
    assert_eq!(resumed.code, Some(0), "{resumed:?}");
    assert!(resumed.talk.contains("scored again"), "{}", resumed.talk);
    assert_eq!(server.counters().repeated(), 0, "an answered call was paid for twice");
    assert_eq!(recorded(&project), ROWS);
}
