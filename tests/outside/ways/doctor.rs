//! What `carat doctor` finds.

use std::io::{Read as _, Write as _};
use std::process::Command;

use carat_sim::{Endpoint, FaultKind, FaultRule, ModelSettings, Running, Settings, Simulation};
use serde_json::Value;

use crate::outside::project::{Ended, Project};

const KEY: &str = "sk-very-secret-0123456789";

fn serve(settings: Settings) -> Running {
    let models = [("m-1".to_owned(), ModelSettings::default()), ("m-2".to_owned(), ModelSettings::default())].into();
    Simulation::new(Settings { models, ..settings }).start_on_thread("127.0.0.1:0").unwrap()
}

/// A list of models that always comes to grief in this way.
fn with_fault(kind: FaultKind) -> Settings {
    let rule = FaultRule { endpoint: Some(Endpoint::Models), ..FaultRule::always(kind) };
    Settings { faults: vec![rule], ..Settings::default() }
}

/// What was found of these things, line by line, and how it ended. Folders, ports and sizes differ each time.
fn found(ended: &Ended, project: &Project, checks: &[&str]) -> String {
    let is_of = |line: &&str| {
        let head = line.split_once(' ').map_or("", |(_, rest)| rest);
        checks.iter().any(|check| head.starts_with(check))
    };
    let lines: Vec<String> = ended.data.lines().filter(is_of).map(lasting).collect();
    let text = format!("{}\n{}", lines.join("\n"), ended.told(project));
    let text = text.replace(&project.path().display().to_string(), "PROJECT");
    let ports = text.split("127.0.0.1:").enumerate().map(|(at, part)| match at {
        0 => part.to_owned(),
        _ => format!("127.0.0.1:PORT{}", part.trim_start_matches(|c: char| c.is_ascii_digit() || "PORT".contains(c))),
    });
    ports.collect()
}

/// A line without the sizes of stores and disks.
fn lasting(line: &str) -> String {
    if !line.contains(" store ") {
        return line.to_owned();
    }
    let units = ["kB", "MB", "GB", "TB"];
    let mut words: Vec<&str> = line.split(' ').collect();
    for at in 1..words.len() {
        if units.iter().any(|unit| words[at].trim_end_matches([';', ',']) == *unit) {
            words[at - 1] = "N";
            words[at] = if words[at].ends_with(';') { "B;" } else { "B" };
        }
    }
    words.join(" ")
}

/// A project with a model on this server, with a key.
fn on(server: &Running, model: &str) -> Project {
    let mut project = Project::empty();
    project.set("MY_KEY", KEY);
    let url = server.base_url();
    let settings = format!("provider: openai, base_url: \"{url}\", model: {model}, api_key_env: MY_KEY");
    project.write("carat.yaml", format!("models:\n  m: {{ {settings} }}\n"));
    project
}

fn models(project: &Project, args: &[&str]) -> String {
    let ended = project.carat(&[&["doctor"], args].concat());
    assert!(!format!("{ended:?}").contains(KEY), "{ended:?}");
    assert!(!ended.acts(), "{ended:?}");
    found(&ended, project, &["model"])
}

#[test]
fn a_project_that_is_well_is_told_in_a_line_each() {
    let mut project = Project::small();
    project.set("LANG", "C.UTF-8");
    project.set("GIT_CONFIG_GLOBAL", "/dev/null");
    assert_eq!(project.carat(&["eval", "fruit", "-q"]).code, Some(0));
    let mut git = Command::new("git");
    git.args(["init", "-q"]).current_dir(project.path()).status().unwrap();
    let mut git = Command::new("git");
    git.args(["config", "user.name", "Ann"]).current_dir(project.path()).status().unwrap();
    let ended = project.carat(&["doctor"]);
    let text = found(&ended, &project, &["project", "store", "model", "terminal", "letters"]);
    insta::assert_snapshot!(text, @r"
    ✓ project        PROJECT/carat.yaml: 2 models, 1 prompt, 1 dataset, 1 eval
    ✓ store          .carat/carat.db: 1 run, N B; N B free on that disk
    ✓ model echo     answers here, offline
    ✓ model nearest  answers here, offline
    ✓ terminal       stdout is none: plain text, no redrawn lines
    ✓ letters        UTF-8 (C.UTF-8)
    exit 0
    ");
    let (first, last) = (ended.data.lines().next().unwrap(), ended.data.lines().last().unwrap());
    assert!(first.starts_with(&format!("✓ carat          {} on ", env!("CARGO_PKG_VERSION"))), "{first}");
    assert!(last.starts_with("✓ git ") && last.ends_with("; in a repository, as Ann"), "{last}");
}

#[test]
fn outside_of_a_project_the_way_in_is_told() {
    let project = Project::empty();
    let ended = project.carat(&["doctor"]);
    insta::assert_snapshot!(found(&ended, &project, &["project", "store", "model"]), @r"
    ✗ project   there is no carat.yaml in PROJECT or any folder above it; run `carat` inside a project, name one with --project, or begin one with `carat init`
    exit 2
    ");
}

#[test]
fn files_that_cannot_be_read_are_told_with_their_place() {
    let project = Project::small();
    project.write("evals/fruit.yaml", "prompts: [sort]\nmodles: [nearest]\n");
    project.write("prompts/b.prompty", "---\nname: x\n");
    let ended = project.carat(&["doctor"]);
    insta::assert_snapshot!(found(&ended, &project, &["project", "prompt", "eval"]), @r"
    ✓ project        PROJECT/carat.yaml: 2 models, 2 prompts, 1 dataset, 1 eval
    ✗ prompt b       prompts/b.prompty:1: the front matter that `---` opens is never closed by a line `---`
    ✗ eval fruit     evals/fruit.yaml:2:1: unknown field `modles`, expected one of description, prompts, models, dataset, split, tags, trials, inputs, parameters, scorers, graders, slices, cluster, gates; did you mean `models`?
    exit 2
    ");
    project.write("carat.yaml", "modles: {}\n");
    let ended = project.carat(&["doctor"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.data.contains("✗ project   carat.yaml:1:1: unknown field `modles`"), "{ended:?}");
}

#[test]
fn what_nobody_answers_for_is_told_in_one_line() {
    let project = Project::small();
    project.write("prompts/support/triage.prompty", "user:\nhi\n");
    let told = |owners: &str| {
        project.write("carat.yaml", format!("models:\n  nearest: {{ provider: baseline }}\nowners: {{ {owners} }}\n"));
        let ended = project.carat(&["doctor"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        found(&ended, &project, &["owners"])
    };
    insta::assert_snapshot!(told("prompts/support: \"@support\", prompts/sort: \" \""), @r"
    ! owners         nobody answers for prompts/sort, datasets/fruit → name somebody under `owners` in carat.yaml
    exit 0
    ");
    insta::assert_snapshot!(told(""), @r"
    ! owners         nobody answers for prompts/sort, prompts/support/triage, datasets/fruit → name somebody under `owners` in carat.yaml
    exit 0
    ");
    insta::assert_snapshot!(told("prompts: \"@support\", datasets/*: \"@data\""), @r"

    exit 0
    ");
}

#[test]
fn owners_and_policies_that_are_about_nothing_are_told_with_the_nearest_name() {
    let project = Project::small();
    project.write("prompts/support/triage.prompty", "user:\nhi\n");
    let told = |yaml: &str| {
        project.write("carat.yaml", format!("models:\n  nearest: {{ provider: baseline }}\n{yaml}"));
        found(&project.carat(&["doctor"]), &project, &["owners", "policy"])
    };
    let owners = "owners: { prompts: a, datasets/: a, evals: a, prompts/suport: b, dataset: c, \"models/*x\": d, models/nearest: e }\n";
    insta::assert_snapshot!(told(owners), @"
    ! owners dataset         it is the name of nothing; did you mean `datasets`? → write prompts/NAME, datasets/NAME, evals/NAME, models/NAME, or the folder that they lie in
    ! owners models/*x       it is the name of nothing; did you mean `models`? → write prompts/NAME, datasets/NAME, evals/NAME, models/NAME, or the folder that they lie in
    ! owners prompts/suport  it is the name of nothing; did you mean `prompts/support`? → write prompts/NAME, datasets/NAME, evals/NAME, models/NAME, or the folder that they lie in
    exit 0
    ");
    let policy = "owners: { prompts: a, datasets: a }\npolicy:\n  production: { needs: [{ eval: friut, models: [nearset] }, { eval: fruit }], reviewers: 1 }\n  staging: { author_may_approve: true }\n  canary: { needs: [{ eval: fruit, models: [nearest] }] }\n";
    insta::assert_snapshot!(told(policy), @"
    ✗ policy production  it needs the eval `friut`, and there is no evals/friut.yaml; did you mean `fruit`? → correct `needs` in carat.yaml; nothing gets the label before
    ✗ policy production  it needs the eval `friut` on the model `nearset`, which carat.yaml does not name; did you mean `nearest`? → correct `needs` in carat.yaml; nothing gets the label before
    ! policy staging     it asks for nothing: every version may get the label → let `needs` name an eval, or `reviewers` ask for somebody
    exit 2
    ");
}

#[test]
fn an_owner_of_a_whole_kind_is_right_before_there_is_one() {
    let project = Project::empty();
    project.write("carat.yaml", "owners: { prompts: a, datasets/: a, evals: a, models: a }\n");
    insta::assert_snapshot!(found(&project.carat(&["doctor"]), &project, &["owners"]), @r"

    exit 0
    ");
}

#[test]
fn a_store_that_is_not_there_is_not_made() {
    let project = Project::small();
    let ended = project.carat(&["doctor"]);
    insta::assert_snapshot!(found(&ended, &project, &["store"]), @r"
    ✓ store          .carat/carat.db is not there yet; the first run makes it; N B free on that disk
    exit 0
    ");
    assert!(!project.file(".carat").exists());
}

#[test]
fn a_store_that_is_none_is_told() {
    let project = Project::small();
    project.write(".carat/carat.db", "no database, but long enough to be looked at as if it were one".repeat(20));
    let ended = project.carat(&["doctor"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.data.contains("✗ store"), "{ended:?}");
    assert!(ended.data.contains("is not a store of carat"), "{ended:?}");
}

#[test]
fn a_server_that_answers_and_lists_the_model_is_fine() {
    let server = serve(Settings { key: Some(KEY.into()), ..Settings::default() });
    insta::assert_snapshot!(models(&on(&server, "m-1"), &[]), @r"
    ✓ model m   http://127.0.0.1:PORT/v1 answers to the key of MY_KEY and lists `m-1`
    exit 0
    ");
}

#[test]
fn each_server_is_asked_once_and_no_model_is() {
    let server = serve(Settings::default());
    let project = Project::empty();
    let model = |name: &str| format!("  {name}: {{ provider: openai, base_url: \"{}\" }}\n", server.base_url());
    project.write("carat.yaml", format!("models:\n{}{}", model("m-1"), model("m-2")));
    assert_eq!(project.carat(&["doctor"]).code, Some(0));
    assert_eq!(server.counters().totals.requests.values().sum::<u64>(), 1);
}

#[test]
fn the_key_goes_neither_to_where_a_redirect_points_nor_into_the_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let aim = serve(Settings::default());
    let place = aim.base_url();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = vec![0; 1 << 14];
        let count = stream.read(&mut request).unwrap();
        let moved = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {place}/models\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(moved.as_bytes()).unwrap();
        String::from_utf8_lossy(&request[..count]).into_owned()
    });
    let mut project = Project::empty();
    project.set("MY_KEY", KEY);
    project.write(
        "carat.yaml",
        format!("models:\n  m: {{ provider: openai, base_url: \"{url}\", api_key_env: MY_KEY }}\n"),
    );
    insta::assert_snapshot!(models(&project, &[]), @r"
    ! model m   http://127.0.0.1:PORT/v1 answers; its address has moved (307); base_url should say where to
    exit 0
    ");
    let request = asked.join().unwrap();
    assert!(request.starts_with("GET /v1/models HTTP/1.1\r\n"), "{request}");
    assert_eq!(request.matches(KEY).count(), 1, "{request}");
    assert_eq!(aim.counters().totals.requests.values().sum::<u64>(), 0);
}

#[test]
fn a_wrong_key_a_misspelt_model_and_a_server_without_a_list_are_told_apart() {
    let server = serve(Settings { key: Some("another".into()), ..Settings::default() });
    insta::assert_snapshot!(models(&on(&server, "m-1"), &[]), @r"
    ✗ model m   http://127.0.0.1:PORT/v1 refuses the key in MY_KEY (401) → is it whole, still valid, and of this provider?
    exit 2
    ");
    let server = serve(Settings::default());
    insta::assert_snapshot!(models(&on(&server, "m1"), &[]), @r"
    ✗ model m   http://127.0.0.1:PORT/v1 answers, but `m1` is not among the 2 models that it lists; did you mean `m-1`? → correct `model`
    exit 2
    ");
    let server = serve(with_fault(FaultKind::MalformedJson));
    insta::assert_snapshot!(models(&on(&server, "m-1"), &[]), @r"
    ! model m   http://127.0.0.1:PORT/v1 answers; what it answers is no list of models
    exit 0
    ");
}

#[test]
fn a_server_that_fails_is_the_worlds_fault() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let why = std::net::TcpStream::connect(gone).unwrap_err().to_string();
    let project = Project::empty();
    project.write("carat.yaml", format!("models:\n  m: {{ provider: openai, base_url: \"http://{gone}/v1\" }}\n"));
    insta::assert_snapshot!(models(&project, &[]).replace(&why, "REFUSED"), @r"
    ✗ model m   http://127.0.0.1:PORT/v1 cannot be reached: no connection: REFUSED → is the server running, and the address right?
    exit 3
    ");
    insta::assert_snapshot!(models(&project, &["--offline"]), @r"
    ✓ model m   http://127.0.0.1:PORT/v1, with no key; not asked (--offline)
    exit 0
    ");
    let server = serve(with_fault(FaultKind::Hang));
    insta::assert_snapshot!(models(&on(&server, "m-1"), &[]), @r"
    ✗ model m   http://127.0.0.1:PORT/v1 cannot be reached: no answer within 3 s → is the server running, and the address right?
    exit 3
    ");
}

#[test]
fn what_a_server_says_is_neither_trusted_nor_read_without_end() {
    let hostile = [("m-\u{1b}[2J1".to_owned(), ModelSettings::default())].into();
    let server =
        Simulation::new(Settings { models: hostile, ..Settings::default() }).start_on_thread("127.0.0.1:0").unwrap();
    let told = models(&on(&server, "\"m-[2J1\""), &[]);
    assert!(told.contains("did you mean `m-␛[2J1`?"), "{told}");

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1 << 14]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b' '; 1 << 16]).is_ok() {}
    });
    let project = Project::empty();
    project.write("carat.yaml", format!("models:\n  m: {{ provider: openai, base_url: \"{url}\" }}\n"));
    insta::assert_snapshot!(models(&project, &[]), @r"
    ✗ model m   http://127.0.0.1:PORT/v1 cannot be reached: the answer cannot be read: it is longer than 8 MB → is the server running, and the address right?
    exit 3
    ");
}

#[test]
fn settings_that_cannot_work_are_told_before_anybody_is_asked() {
    let project = Project::empty();
    project.write(
        "carat.yaml",
        format!(
            "models:\n  a: {{ provider: openai, base_url: \"http://127.0.0.1:9/v1\", api_key_env: MY_KEY }}\n  \
             b: {{ provider: openai, api_key_env: {KEY} }}\n  \
             c: {{ provider: openai, base_url: \"http://me:{KEY}@127.0.0.1:9/v1\" }}\n  \
             d: {{ provider: command, command: [no-such-program] }}\n  \
             e: {{ provider: command, command: [sh, -c, \"true\"] }}\n  \
             f: {{ provider: recorded, from: datasets/none.jsonl }}\n  \
             g: {{ provider: recorded, column: expected }}\n  \
             h: {{ provider: baseline, model: neerest }}\n"
        ),
    );
    let text = models(&project, &[]).replace("/usr/bin/sh", "/bin/sh");
    insta::assert_snapshot!(text, @r"
    ✗ model a   it needs a key, and the variable MY_KEY is not set; set it (`export MY_KEY=…`), or name another one with `api_key_env`
    ✗ model b   `api_key_env` is the name of a variable that holds the key, not the key; write for example `api_key_env: OPENAI_API_KEY`
    ✗ model c   `base_url` holds a credential; take it out, and name the variable that holds the key with `api_key_env`
    ✗ model d   there is no program `no-such-program` that may be run → install it, make it executable, or correct `command` of the model `d`
    ✓ model e   the program /bin/sh
    ✗ model f   datasets/none.jsonl: there is no such dataset, nor any other, in `PROJECT/datasets`
    ✓ model g   the rows' own `expected`
    ✗ model h   there is no baseline `neerest` (there are nearest and echo); did you mean `nearest`?
    exit 2
    ");
}

#[test]
fn what_was_found_is_told_as_json() {
    let server = serve(Settings { key: Some("another".into()), ..Settings::default() });
    let project = on(&server, "m-1");
    let ended = project.carat(&["doctor", "--json"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let told: Value = serde_json::from_str(&ended.data).unwrap();
    assert_eq!((&told["format"], &told["version"]), (&1.into(), &env!("CARGO_PKG_VERSION").into()));
    let checks: Vec<&Value> = told["checks"].as_array().unwrap().iter().map(|check| &check["check"]).collect();
    assert_eq!(checks, ["carat", "project", "store", "model", "terminal", "letters", "git"]);
    let model = serde_json::json!({
        "check": "model",
        "subject": "m",
        "status": "mend",
        "message": format!("{} refuses the key in MY_KEY (401)", server.base_url()),
        "advice": "is it whole, still valid, and of this provider?"
    });
    assert_eq!(told["checks"][3], model);
}

#[test]
fn where_nothing_is_installed_carat_still_says_what_it_can() {
    let server = serve(Settings::default());
    let mut project = on(&server, "m-1");
    project.set("PATH", &project.path().display().to_string());
    let ended = project.carat(&["doctor"]);
    insta::assert_snapshot!(found(&ended, &project, &["store", "model", "letters", "git"]), @r"
    ✓ store     .carat/carat.db is not there yet; the first run makes it
    ✓ model m   http://127.0.0.1:PORT/v1 answers to the key of MY_KEY and lists `m-1`
    ! letters   no locale is set; signs such as ✓ may not show → export LANG=C.UTF-8
    ! git       not found; versions of files and their authors are then not recorded
    exit 0
    ");
}
