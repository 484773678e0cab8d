//! Models that cannot be reached, may not be asked, or answer nonsense.

use std::time::{Duration, Instant};

use carat_sim::{FaultKind, FaultRule, ModelSettings, Running, Settings, Simulation};

use crate::outside::project::{Ended, Project};

const KEY: &str = "sk-very-secret-0123456789";

fn serve(settings: Settings) -> Running {
    Simulation::new(settings).start_on_thread("127.0.0.1:0").unwrap()
}

/// A run against a server on which this fault strikes; every right answer is `yes`.
fn with_fault(fault: FaultRule, more: &str) -> (Project, Ended) {
    let project = Project::small();
    let yes = ModelSettings { reply: Some("yes".to_owned()), ..ModelSettings::default() };
    let models = [("m".to_owned(), yes)].into();
    let running = serve(Settings { models, faults: vec![fault], ..Settings::default() });
    project.asks(&running.base_url(), more);
    let ended = project.carat(&["eval", "fruit"]);
    (project, ended)
}

/// What the summary says where this fault always strikes.
fn always(kind: FaultKind) -> String {
    let (project, ended) = with_fault(FaultRule::always(kind), "");
    ended.summed_up(&project)
}

/// What the summary says where this program is the model.
fn with_program(command: &str) -> String {
    let project = Project::small();
    project.has_model(&format!("provider: command, command: {command}, retries: 0, timeout: 300ms"));
    let ended = project.carat(&["eval", "fruit", "--limit", "1"]);
    ended.summed_up(&project)
}

#[test]
fn a_key_that_is_not_set_is_told_before_anything_is_sent() {
    let project = Project::small();
    project.asks("http://127.0.0.1:9/v1", ", api_key_env: MY_KEY");
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).told(&project), @"");
    insta::assert_snapshot!(project.carat(&["model", "list"]).data.trim_end().replace(":9/", ":PORT/"), @"");
}

#[test]
fn a_key_in_place_of_its_variable_is_told_and_never_shown() {
    let project = Project::small();
    project.asks("http://127.0.0.1:9/v1", &format!(", api_key_env: {KEY}"));
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).told(&project), @"");
    for args in [&["model", "list"][..], &["model", "list", "--json"], &["eval", "fruit"]] {
        let ended = project.carat(args);
        assert!(!format!("{ended:?}").contains(KEY), "{ended:?}");
    }
}

#[test]
fn a_password_in_an_address_is_told_and_never_shown() {
    let project = Project::small();
    project.asks(&format!("http://me:{KEY}@127.0.0.1:9/v1?key={KEY}"), "");
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).told(&project), @"");
    for args in [&["model", "list"][..], &["model", "list", "--json"]] {
        let ended = project.carat(args);
        assert!(ended.data.contains("127.0.0.1:9/v1") && !ended.data.contains(KEY), "{ended:?}");
    }
}

#[test]
fn a_wrong_key_is_told_and_kept_nowhere() {
    let mut project = Project::small();
    project.set("MY_KEY", KEY);
    let running = serve(Settings { key: Some("another".into()), ..Settings::default() });
    project.asks(&running.base_url(), ", api_key_env: MY_KEY");
    let ended = project.carat(&["eval", "fruit", "--json", "report.json"]);
    insta::assert_snapshot!(ended.summed_up(&project), @"");
    assert_eq!(running.totals().unauthorized, 1, "one refusal is enough");
    let shown = project.carat(&["run", "show", "@last", "--row", "f-1"]);
    assert!(!format!("{ended:?}{shown:?}").contains(KEY), "{ended:?}{shown:?}");
    let mut files = vec![project.file("report.json")];
    files.extend(std::fs::read_dir(project.file(".carat")).unwrap().map(|entry| entry.unwrap().path()));
    for file in files.iter().filter(|file| file.is_file()) {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes()), "{} holds the key", file.display());
    }
}

#[test]
fn a_model_that_the_server_does_not_know_is_told() {
    let project = Project::small();
    let models = [("another".to_owned(), ModelSettings::default())].into();
    let running = serve(Settings { models, strict_models: true, ..Settings::default() });
    project.asks(&running.base_url(), "");
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).summed_up(&project), @"");
}

#[test]
fn a_server_that_is_not_there_is_told_soon() {
    let project = Project::small();
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    project.asks(&format!("http://{gone}/v1"), "");
    let began = Instant::now();
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).summed_up(&project), @"");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn empty_answers_are_answers_and_counted() {
    for kind in [FaultKind::EmptyContent, FaultKind::NullContent] {
        let (project, ended) = with_fault(FaultRule::always(kind), "");
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let report = project.report("@last");
        assert_eq!(report["variants"][0]["failures"], serde_json::json!({"empty": 4}), "{kind:?}");
        assert_eq!(report["variants"][0]["metrics"]["answer.accuracy"]["value"], 0.0);
    }
}

#[test]
fn answers_that_cannot_be_read_are_told() {
    insta::assert_snapshot!(always(FaultKind::MalformedJson), @"");
    insta::assert_snapshot!(always(FaultKind::ErrorHtml), @"");
    insta::assert_snapshot!(always(FaultKind::ContextLengthExceeded), @"");
}

#[test]
fn a_connection_that_breaks_is_told() {
    insta::assert_snapshot!(always(FaultKind::DroppedConnection), @"");
}

#[test]
fn one_failed_attempt_is_not_the_end() {
    for kind in [FaultKind::RateLimitedSeconds, FaultKind::DroppedConnection, FaultKind::MalformedJson] {
        let rule = FaultRule { wait_ms: Some(1000), ..FaultRule::first(kind, 1) };
        let (project, ended) = with_fault(rule, "");
        assert_eq!(ended.code, Some(0), "{kind:?} {ended:?}");
        let report = project.report("@last");
        assert_eq!(report["variants"][0]["failures"], serde_json::json!({}), "{kind:?}");
        assert_eq!(report["variants"][0]["retries"], 1, "{kind:?}");
    }
}

#[test]
fn a_server_that_never_answers_is_given_up_in_time() {
    let began = Instant::now();
    let (project, ended) = with_fault(FaultRule::always(FaultKind::Hang), ", timeout: 300ms");
    insta::assert_snapshot!(ended.summed_up(&project), @"");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn programs_that_do_not_answer_are_told() {
    insta::assert_snapshot!(with_program("[no-such-program]"), @"");
    insta::assert_snapshot!(with_program("[sh, -c, \"echo broken >&2; exit 3\"]"), @"");
    insta::assert_snapshot!(with_program("[sh, -c, \"kill -9 $$\"]"), @"");
    insta::assert_snapshot!(with_program("[sh, -c, \"echo garbage\"]"), @"");
    insta::assert_snapshot!(with_program("[\"true\"]"), @"");
    insta::assert_snapshot!(with_program("[sleep, \"60\"]"), @"");
}

#[test]
fn a_row_without_a_recorded_answer_is_told() {
    let project = Project::small();
    project.write("datasets/answers.jsonl", "{\"id\": \"f-1\", \"output\": \"yes\"}\n");
    project.has_model("provider: recorded, from: datasets/answers.jsonl");
    insta::assert_snapshot!(project.carat(&["eval", "fruit", "--limit", "2"]).summed_up(&project), @"");
    let told = ["from: datasets/answrs.jsonl", "from: datasets/answers.jsonl, column: answer", "column: expcted", "from: \"run:x\""]
        .map(|wrong| {
            project.has_model(&format!("provider: recorded, {wrong}"));
            project.carat(&["eval", "fruit"]).told(&project)
        });
    insta::assert_snapshot!(told.join(""), @"");
}

#[test]
fn a_variant_without_any_answer_is_never_a_green_tick() {
    let project = Project::small();
    project.write("prompts/sort.prompty", "user:\n{{ thing }}\n");
    let ended = project.carat(&["eval", "fruit", "--concurrency", "1"]);
    insta::assert_snapshot!(ended.summed_up(&project), @"");
}
