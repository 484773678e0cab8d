//! Models behind other doors than OpenAI's: Azure's deployments, Anthropic's messages, the Open Inference Protocol, and routes
//! behind a prefix.

use carat_sim::{FaultKind, FaultRule, ModelSettings, Running, Settings, Simulation};

use super::project::{Ended, Project};

const KEY: &str = "sk-very-secret-0123456789";

/// The doors, by the names that the project has for the models behind them.
const DOORS: [&str; 6] = ["claude", "deployed", "inferred", "kserve", "route-v1", "triton"];

/// A server that wants a key, knows one model and answers `yes`.
fn serve(settings: Settings) -> Running {
    serve_all(Settings { key: Some(KEY.into()), ..settings })
}

/// The same without asking for a key.
fn serve_all(settings: Settings) -> Running {
    let yes = ModelSettings { reply: Some("yes".to_owned()), ..ModelSettings::default() };
    let models = [("m-1".to_owned(), yes)].into();
    let settings = Settings { models, strict_models: true, ..settings };
    Simulation::new(settings).start_on_thread("127.0.0.1:0").unwrap()
}

/// A project with a model behind each door, and an eval of three rows, one of them about the colour of a lemon.
fn project(server: &Running) -> Project {
    let mut project = Project::empty();
    project.set("MY_KEY", KEY);
    let at = format!("http://{}", server.address());
    let model = |name: &str, settings: &str, path: &str| {
        format!("  {name}: {{ {settings}, base_url: \"{at}{path}\", model: m-1, api_key_env: MY_KEY, retries: 1 }}\n")
    };
    let models = [
        model("claude", "provider: anthropic, stream: true", "/v1"),
        model("deployed", "provider: azure, api_version: 2024-10-21", ""),
        model("inferred", "provider: oip, api: infer, model_version: \"2\"", ""),
        model("kserve", "provider: openai", "/openai/v1"),
        model("route-v1", "provider: azure, stream: true", "/openai/v1"),
        model("triton", "provider: oip, api: generate", "/serving"),
    ];
    project.write("carat.yaml", format!("models:\n{}", models.concat()));
    project.write("prompts/ask.prompty", "---\ninputs:\n  q: { kind: string }\n---\nuser:\n{{ q }}\n");
    project.write(
        "prompts/rules.prompty",
        "---\ninputs:\n  q: { kind: string }\n---\nsystem:\nBe brief.\nuser:\n{{ q }}\n",
    );
    let rows = ["Is an apple round?", "Is a lemon yellow?", "Is a cherry red?"];
    let rows: String = rows.map(|q| format!("{{\"input\": {{\"q\": \"{q}\"}}, \"expected\": \"yes\"}}\n")).concat();
    project.write("datasets/fruit.jsonl", rows);
    spec(&project, "[ask]", &format!("[{}]", DOORS.join(", ")));
    project
}

fn spec(project: &Project, prompts: &str, models: &str) {
    let scorers = "scorers:\n  - { name: right, exact: {} }\n";
    project.write("evals/fruit.yaml", format!("prompts: {prompts}\nmodels: {models}\ndataset: fruit\n{scorers}"));
}

/// Why there are no answers, where this always goes wrong behind this door.
fn always(fault: FaultKind, model: &str) -> String {
    let server = serve(Settings { faults: vec![FaultRule::always(fault)], ..Settings::default() });
    let project = project(&server);
    spec(&project, "[ask]", &format!("[{model}]"));
    let ended: Ended = project.carat(&["eval", "fruit"]);
    assert!(!format!("{ended:?}").contains(KEY), "{ended:?}");
    ended.why(&project)
}

#[test]
fn an_eval_runs_behind_every_door() {
    let server = serve(Settings::default());
    let project = project(&server);
    let ended = project.carat(&["eval", "fruit"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let report = project.report("@last");
    let variants = report["variants"].as_array().unwrap();
    assert_eq!(variants.len(), DOORS.len());
    for variant in variants {
        assert_eq!(variant["metrics"]["right.accuracy"]["value"], 1.0, "{variant}");
        assert_eq!((&variant["samples"], &variant["errors"]), (&3.into(), &0.into()), "{variant}");
        // A server that tells of no tokens has used an unknown number of them, and not none.
        let is_told = !["inferred", "triton"].contains(&variant["model"]["name"].as_str().unwrap());
        assert_eq!(variant["tokens"]["input"].as_u64().is_some_and(|tokens| tokens > 0), is_told, "{variant}");
    }
    assert_eq!(server.counters().totals.answered.values().sum::<u64>(), 3 * DOORS.len() as u64);
}

#[test]
fn what_goes_wrong_is_told_as_behind_any_other_door() {
    insta::assert_snapshot!(always(FaultKind::PromptFiltered, "deployed"), @"
    exit 3
    the provider's content filter refuses the prompt (400 Bad Request): The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. [http://127.0.0.1:PORT/openai/deployments/m-1/chat/completions]; it found: hate (high)
    ");
    insta::assert_snapshot!(always(FaultKind::Overloaded, "claude"), @"
    exit 3
    the server is overloaded (529): Overloaded [http://127.0.0.1:PORT/v1/messages]
    ");
    insta::assert_snapshot!(always(FaultKind::ServerError, "triton"), @"
    exit 3
    the server failed (500 Internal Server Error): The server had an error while processing your request. [http://127.0.0.1:PORT/serving/v2/models/m-1/generate]
    ");
}

#[test]
fn a_refused_key_is_told_behind_every_door_and_never_shown() {
    let server = serve(Settings::default());
    let mut project = project(&server);
    project.set("MY_KEY", "sk-another-secret-987654321");
    let ended = project.carat(&["eval", "fruit"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let told = format!("{}{}", ended.data, ended.talk);
    assert!(!told.contains("sk-another"), "{told}");
    assert_eq!(told.matches("check the key in $MY_KEY").count(), DOORS.len(), "{told}");
}

#[test]
fn a_conversation_is_not_sent_to_a_server_that_takes_a_text() {
    let server = serve(Settings::default());
    let project = project(&server);
    spec(&project, "[rules]", "[claude, inferred]");
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).why(&project), @"
    exit 3
    not sent: a model of provider `oip` takes one text and nothing else, and this request has 2 messages; write all of the prompt under `user:`, in the form that the model was trained on
    ");
    assert_eq!(project.report("@last")["variants"][0]["errors"], 0);
}

#[test]
fn models_are_listed_with_their_doors() {
    let server = serve(Settings::default());
    let project = project(&server);
    insta::assert_snapshot!(project.carat(&["model", "list"]).shown(&project), @"
    exit 0
    model     version  settings   labels  provider   called there  where                             key            price
    claude          –  not saved  –       anthropic  m-1           http://127.0.0.1:PORT/v1         MY_KEY is set  unknown
    deployed        –  not saved  –       azure      m-1           http://127.0.0.1:PORT            MY_KEY is set  unknown
    inferred        –  not saved  –       oip        m-1           http://127.0.0.1:PORT            MY_KEY is set  unknown
    kserve          –  not saved  –       openai     m-1           http://127.0.0.1:PORT/openai/v1  MY_KEY is set  unknown
    route-v1        –  not saved  –       azure      m-1           http://127.0.0.1:PORT/openai/v1  MY_KEY is set  unknown
    triton          –  not saved  –       oip        m-1           http://127.0.0.1:PORT/serving    MY_KEY is set  unknown
    ");
}

/// What `carat doctor` finds of the models.
fn looked_after(server: &Running) -> String {
    let project = project(server);
    let told = project.carat(&["doctor"]).shown(&project);
    told.lines().filter(|line| line.contains(" model ")).map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn servers_are_asked_what_costs_nothing_each_in_its_own_way() {
    insta::assert_snapshot!(looked_after(&serve_all(Settings::default())), @"
    ✓ model claude    http://127.0.0.1:PORT/v1 answers to the key of MY_KEY and lists `m-1`
    ! model deployed  http://127.0.0.1:PORT answers; it lists models, and no deployments
    ! model inferred  http://127.0.0.1:PORT answers; it is ready; its protocol has no lists of models
    ✓ model kserve    http://127.0.0.1:PORT/openai/v1 answers to the key of MY_KEY and lists `m-1`
    ! model route-v1  http://127.0.0.1:PORT/openai/v1 answers; it lists models, and no deployments
    ! model triton    http://127.0.0.1:PORT/serving answers; it is ready; its protocol has no lists of models
    ");
    insta::assert_snapshot!(looked_after(&serve_all(Settings { key: Some("another".into()), ..Settings::default() })), @"
    ✗ model claude    http://127.0.0.1:PORT/v1 refuses the key in MY_KEY (401) → is it whole, still valid, and of this provider?
    ✗ model deployed  http://127.0.0.1:PORT refuses the key in MY_KEY (401) → is it whole, still valid, and of this provider?
    ✗ model inferred  http://127.0.0.1:PORT refuses the key in MY_KEY (401) → is it whole, still valid, and of this provider?
    ✗ model kserve    http://127.0.0.1:PORT/openai/v1 refuses the key in MY_KEY (401) → is it whole, still valid, and of this provider?
    ✗ model route-v1  http://127.0.0.1:PORT/openai/v1 refuses the key in MY_KEY (401) → is it whole, still valid, and of this provider?
    ✗ model triton    http://127.0.0.1:PORT/serving refuses the key in MY_KEY (401) → is it whole, still valid, and of this provider?
    ");
}

#[test]
fn the_usual_keys_are_told_and_settings_that_do_not_belong_are_refused() {
    let project = Project::empty();
    let list = |models: &str| {
        project.write("carat.yaml", format!("models:\n{models}"));
        project.carat(&["model", "list"]).data
    };
    let usual = list(
        "  a: { provider: anthropic, model: claude-haiku-4-5 }\n  \
         b: { provider: azure, base_url: \"https://eu.openai.azure.com\", api_version: 2024-10-21 }\n",
    );
    assert!(usual.contains("ANTHROPIC_API_KEY, by default"), "{usual}");
    assert!(usual.contains("AZURE_OPENAI_API_KEY, by default"), "{usual}");
    project.write("carat.yaml", "models:\n  a: { provider: anthropic, api_versoin: x }\n");
    insta::assert_snapshot!(project.carat(&["model", "list"]).told(&project), @"
    exit 2
    error: carat.yaml:2:29: unknown field `api_versoin`; did you mean `api_version`?
    ");
    project.write("carat.yaml", "models:\n  a: { provider: anthropic, model: x }\n");
    let found = project.carat(&["doctor", "--offline"]).data;
    assert!(found.contains("it needs a key, and the variable ANTHROPIC_API_KEY is not set"), "{found}");
}
