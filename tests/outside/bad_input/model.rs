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
    ended.why(&project)
}

/// What the summary says where this program is the model.
fn with_program(command: &str) -> String {
    let project = Project::small();
    project.has_model(&format!("provider: command, command: {command}, retries: 0, timeout: 300ms"));
    let ended = project.carat(&["eval", "fruit", "--limit", "1"]);
    ended.why(&project)
}

#[test]
fn a_key_that_is_not_set_is_told_before_anything_is_sent() {
    let project = Project::small();
    project.asks("http://127.0.0.1:9/v1", ", api_key_env: MY_KEY");
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).told(&project), @"
    exit 2
    error: carat.yaml: model `m`: it needs a key, and the variable MY_KEY is not set; set it (`export MY_KEY=…`), or name another one with `api_key_env`
    ");
    insta::assert_snapshot!(project.carat(&["model", "list"]).data, @"
    model  version  settings   labels  provider  called there  where                  key                price
    m            –  not saved  –       openai    m             http://127.0.0.1:9/v1  MY_KEY is not set  unknown
    ");
}

#[test]
fn a_key_in_place_of_its_variable_is_told_and_never_shown() {
    let project = Project::small();
    project.asks("http://127.0.0.1:9/v1", &format!(", api_key_env: {KEY}"));
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).told(&project), @"
    exit 2
    error: carat.yaml: model `m`: `api_key_env` is the name of a variable that holds the key, not the key; write for example `api_key_env: OPENAI_API_KEY`
    ");
    for args in [&["model", "list"][..], &["model", "list", "--json"], &["eval", "fruit"]] {
        let ended = project.carat(args);
        assert!(!format!("{ended:?}").contains(KEY), "{ended:?}");
    }
}

#[test]
fn a_password_in_an_address_is_told_and_never_shown() {
    let project = Project::small();
    project.asks(&format!("http://me:{KEY}@127.0.0.1:9/v1?key={KEY}"), "");
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).told(&project), @"
    exit 2
    error: carat.yaml: model `m`: `base_url` holds a credential; take it out, and name the variable that holds the key with `api_key_env`
    ");
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
    insta::assert_snapshot!(ended.why(&project), @"
    exit 3
    the server does not accept the key (401 Unauthorized): Incorrect API key provided. [http://127.0.0.1:PORT/v1/chat/completions]; check the key in $MY_KEY, and what it is allowed to do
    ");
    // The second may be on its way when the first comes back.
    assert!(running.totals().unauthorized <= 2, "a key that was refused is not tried again and again");
    let shown = project.carat(&["run", "show", "@last", "--row", "f-1"]);
    assert!(!format!("{ended:?}{shown:?}").contains(KEY), "{ended:?}{shown:?}");
    is_kept_nowhere(&project);
}

/// Looks for the key in every file that a run left.
fn is_kept_nowhere(project: &Project) {
    let mut files = vec![project.file("report.json")];
    let store = std::fs::read_dir(project.file(".carat")).into_iter().flatten();
    files.extend(store.map(|entry| entry.unwrap().path()));
    for file in files.iter().filter(|file| file.is_file()) {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes()), "{} holds the key", file.display());
    }
}

#[test]
fn a_key_that_a_server_answers_with_is_shown_and_kept_nowhere() {
    for more in ["", ", stream: true", ", api: responses", ", api: responses, stream: true"] {
        let mut project = Project::small();
        project.set("MY_KEY", KEY);
        let says = ModelSettings { reply: Some(format!("your key is {KEY}, isn't it?")), ..ModelSettings::default() };
        let running = serve(Settings { models: [("m".to_owned(), says)].into(), ..Settings::default() });
        project.asks(&running.base_url(), &format!(", api_key_env: MY_KEY{more}"));
        let ended = project.carat(&["eval", "fruit", "--json", "report.json"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let shown = project.carat(&["run", "show", "@last", "--row", "f-1"]);
        assert!(shown.data.contains("your key is ***, isn't it?"), "{more}: {shown:?}");
        assert!(!format!("{ended:?}{shown:?}").contains(KEY), "{more}: {ended:?}{shown:?}");
        is_kept_nowhere(&project);
    }
}

#[test]
fn a_key_in_any_setting_is_told_and_neither_shown_nor_saved() {
    let settings = [
        format!("provider: command, command: [ask, --api-key, {KEY}]"),
        format!("provider: command, command: [sh, -c, \"MY_KEY={KEY} ask\"]"),
        format!("provider: openai, base_url: \"http://127.0.0.1:9/v1\", headers: {{ X-Gate: Bearer {KEY} }}"),
        format!("provider: openai, base_url: \"http://127.0.0.1:9/v1\", parameters: {{ extra: {{ api_key: {KEY} }} }}"),
        format!("provider: openai, base_url: \"http://127.0.0.1:9/v1\", model: {KEY}"),
    ];
    for settings in settings {
        let project = Project::small();
        project.has_model(&settings);
        for args in [&["model", "save", "m"][..], &["model", "show", "m"], &["eval", "fruit"]] {
            let ended = project.carat(args);
            assert_eq!(ended.code, Some(2), "{settings}: {ended:?}");
            assert!(format!("{ended:?}").contains("holds a credential"), "{settings}: {ended:?}");
            assert!(!format!("{ended:?}").contains(KEY), "{ended:?}");
        }
        for args in [&["model", "list"][..], &["model", "list", "--json"], &["doctor", "--offline"]] {
            let ended = project.carat(args);
            assert!(!format!("{ended:?}").contains(KEY), "{args:?}: {ended:?}");
        }
        is_kept_nowhere(&project);
    }
    let project = Project::small();
    project.has_model(&format!("provider: recorded, from: \"run:{KEY}\""));
    let ended = project.carat(&["model", "show", "m"]);
    assert!(ended.talk.contains("`from` holds a credential") && !format!("{ended:?}").contains(KEY), "{ended:?}");
}

#[test]
fn a_model_that_the_server_does_not_know_is_told() {
    let project = Project::small();
    let models = [("another".to_owned(), ModelSettings::default())].into();
    let running = serve(Settings { models, strict_models: true, ..Settings::default() });
    project.asks(&running.base_url(), "");
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).why(&project), @"
    exit 3
    the server knows no such model or address (404 Not Found): The model `m` does not exist or you do not have access to it. [http://127.0.0.1:PORT/v1/chat/completions]; check the model's name `m` and the base_url http://127.0.0.1:PORT/v1
    ");
}

#[test]
fn a_server_that_is_not_there_is_told_soon() {
    let project = Project::small();
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    project.asks(&format!("http://{gone}/v1"), "");
    let began = Instant::now();
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).summed_up(&project), @"
    exit 3
    fruit on fruit@1, 4 rows: 4 cases  run RUN
    ✗ connection: no connection: Connection refused (os error 111) [http://127.0.0.1:PORT/v1/chat/completions]; is the server running at http://127.0.0.1:PORT/v1?
    ");
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
    let malformed = always(FaultKind::MalformedJson);
    assert!(malformed.starts_with("exit 3\nthe answer cannot be read: EOF while parsing"), "{malformed}");
    assert!(malformed.ends_with("does http://127.0.0.1:PORT/v1 speak OpenAI's API?"), "{malformed}");
    insta::assert_snapshot!(always(FaultKind::ErrorHtml), @"
    exit 3
    the server failed (502 Bad Gateway): 502 Bad Gateway [http://127.0.0.1:PORT/v1/chat/completions]
    ");
    insta::assert_snapshot!(always(FaultKind::ContextLengthExceeded), @"
    exit 3
    the server refuses the request (400 Bad Request): This model's maximum context length is 8192 tokens. [http://127.0.0.1:PORT/v1/chat/completions]
    ");
}

#[test]
fn a_connection_that_breaks_is_told() {
    insta::assert_snapshot!(always(FaultKind::DroppedConnection), @"
    exit 3
    the connection broke: connection closed before message completed [http://127.0.0.1:PORT/v1/chat/completions]
    ");
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
    insta::assert_snapshot!(ended.summed_up(&project), @"
    exit 3
    fruit on fruit@1, 4 rows: 4 cases  run RUN
    ✗ timeout: no answer within 300ms [http://127.0.0.1:PORT/v1/chat/completions]; `timeout` sets the limit
    ");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn programs_that_do_not_answer_are_told() {
    insta::assert_snapshot!(with_program("[no-such-program]"), @"
    exit 3
    `no-such-program` is not there; install it, or correct `command` of the model `m`
    ");
    insta::assert_snapshot!(with_program("[sh, -c, \"echo broken >&2; exit 3\"]"), @"
    exit 3
    `sh` ended with exit status: 3; stderr: broken
    ");
    insta::assert_snapshot!(with_program("[sh, -c, \"kill -9 $$\"]"), @"
    exit 3
    `sh` ended with signal: 9 (SIGKILL)
    ");
    insta::assert_snapshot!(with_program("[sh, -c, \"echo garbage\"]"), @r#"
    exit 3
    `sh` ended with exit status: 0, but wrote no answer ({"output": "…"}) on stdout: garbage
    "#);
    insta::assert_snapshot!(with_program("[\"true\"]"), @r#"
    exit 3
    `true` ended with exit status: 0, but wrote nothing on stdout: an answer is {"output": "…"}
    "#);
    insta::assert_snapshot!(with_program("[sleep, \"60\"]"), @"
    exit 3
    `sleep` gave no answer within 300ms and was stopped; `timeout` sets the limit
    ");
}

#[test]
fn a_row_without_a_recorded_answer_is_told() {
    let project = Project::small();
    project.write("datasets/answers.jsonl", "{\"id\": \"f-1\", \"output\": \"yes\"}\n");
    project.has_model("provider: recorded, from: datasets/answers.jsonl");
    insta::assert_snapshot!(project.carat(&["eval", "fruit", "--limit", "2"]).summed_up(&project), @"
    exit 0
    fruit on fruit@1, 2 rows: 2 cases  run RUN
    ✗ not-recorded: `m` has no recorded answer for row `f-2`; record one, or leave the row out
    ");
    let told = [
        "from: datasets/answrs.jsonl",
        "from: datasets/answers.jsonl, column: answer",
        "column: expcted",
        "from: \"run:x\"",
    ]
    .map(|wrong| {
        project.has_model(&format!("provider: recorded, {wrong}"));
        project.carat(&["eval", "fruit"]).told(&project)
    });
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: carat.yaml: models.m: datasets/answrs.jsonl: there is no such dataset in `PROJECT/datasets`; there are answers, fruit
    exit 2
    error: carat.yaml: models.m: datasets/answers.jsonl: no row has an answer in `answer`; name the field with `column`
    exit 2
    error: carat.yaml: models.m: `expcted` is no field of a golden row (`expected`, `input.NAME` or `metadata.NAME`); did you mean `expected`?
    exit 2
    error: carat.yaml: models.m: `x` is too short: at least 4 characters of an id are needed
    ");
}

#[test]
fn a_variant_without_any_answer_is_never_a_green_tick() {
    let project = Project::small();
    project.write("prompts/sort.prompty", "user:\n{{ thing }}\n");
    let ended = project.carat(&["eval", "fruit", "--concurrency", "1"]);
    insta::assert_snapshot!(ended.summed_up(&project), @"
    exit 2
    fruit on fruit@1, 4 rows: 8 cases  run RUN
    ✗ no-examples: the prompt `sort` has no examples: the baseline `nearest` answers as the most similar example was answered, so it needs pairs of a user turn and an assistant turn before the last user turn; add some, or leave this prompt to other models
    ");
}
