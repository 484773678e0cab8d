//! Where a price is from, and what becomes of it.

use serde_json::{Value, json};

use super::{entry, project, server};
use crate::outside::project::Project;

/// What `model list --json` says of the prices of all models, by name.
fn prices(project: &Project) -> Vec<(String, Value)> {
    let ended = project.carat(&["model", "list", "--json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let listed: Value = serde_json::from_str(&ended.data).unwrap();
    let models = listed["models"].as_array().unwrap().iter();
    models.map(|model| (model["name"].as_str().unwrap().to_owned(), model["price"].clone())).collect()
}

#[test]
fn each_model_tells_what_it_costs_and_who_says_so() {
    let project = Project::small();
    project.write(
        "carat.yaml",
        "models:\n  gpt-5-mini: { provider: openai }\n  gpt-5-nano: { provider: openai }\n  \
         local: { provider: openai, model: gpt-5-mini, base_url: \"http://localhost:9/v1\" }\n  \
         nearest: { provider: baseline }\n  program: { provider: command, command: [cat] }\n  \
         said: { provider: command, command: [cat], price: { input: 1, output: 2 } }\n",
    );
    project.write(
        "prices.yaml",
        "- { provider: openai, model: gpt-5-nano, input: 0.04, output: 0.3, source: our contract, as_of: 2026-11-02 }\n",
    );
    let built_in = json!({
        "usd_per_million": {"input": 0.25, "output": 2.0, "cached_input": 0.025, "batch": 0.5},
        "from": {"table": "built in", "source": "https://developers.openai.com/api/docs/pricing", "as_of": "2026-11-26"},
    });
    let own = json!({
        "usd_per_million": {"input": 0.04, "output": 0.3, "cached_input": null},
        "from": {"table": "prices.yaml", "source": "our contract", "as_of": "2026-11-02"},
    });
    let unknown = json!({"usd_per_million": null, "from": null});
    let free = json!({"usd_per_million": {"input": 0.0, "output": 0.0, "cached_input": null}, "from": null});
    let said = json!({
        "usd_per_million": {"input": 1.0, "output": 2.0, "cached_input": null},
        "from": {"table": "carat.yaml", "source": null, "as_of": null},
    });
    let expected = [
        ("gpt-5-mini", built_in),
        ("gpt-5-nano", own),
        ("local", unknown.clone()),
        ("nearest", free),
        ("program", unknown),
        ("said", said),
    ];
    assert_eq!(prices(&project), expected.map(|(name, price)| (name.to_owned(), price)));
    let shown = |name: &str| {
        let data = project.carat(&["model", "show", name]).data;
        data.lines().find_map(|line| line.strip_prefix("price  ")).map(str::to_owned)
    };
    insta::assert_snapshot!(shown("gpt-5-nano").unwrap(), @"$0.04 in, $0.3 out for a million tokens (prices.yaml, as of 2026-11-02, our contract)");
    insta::assert_snapshot!(shown("local").unwrap(), @"unknown; write `price` with the model in carat.yaml, or an entry into prices.yaml");
    assert_eq!(shown("nearest"), None);
}

#[test]
fn a_table_that_is_not_as_it_should_be_is_refused_before_anything_is_asked() {
    let server = server();
    let project = project(&server);
    let told = |table: &str| {
        project.write("prices.yaml", table);
        let ended = project.carat(&["eval", "fruit"]).told(&project);
        assert_eq!(project.carat(&["eval", "fruit", "--dry-run"]).told(&project), ended);
        assert!(project.carat(&["model", "list"]).told(&project).starts_with("exit 2\nerror: prices.yaml:"));
        ended
    };
    insta::assert_snapshot!(told(&entry(-1.0, "")), @"
    exit 2
    error: prices.yaml:1:43: a price is a number of US dollars for a million tokens, from 0 to 1000000; -1 is none
    ");
    insta::assert_snapshot!(told(&(entry(1.0, ", until: 2026-12-01") + &entry(2.0, ", from: 2026-11-01"))), @"
    exit 2
    error: prices.yaml:2:1: `m` has two prices for 2026-11-01, on lines 1 and 2; end one with `until`
    ");
    insta::assert_snapshot!(told(&entry(1e308, "")), @"
    exit 2
    error: prices.yaml:1:43: a price is a number of US dollars for a million tokens, from 0 to 1000000; 1e308 is none
    ");
    insta::assert_snapshot!(told(&entry(1.0, "").replace("model: m", "model: \"{a,{b,c}\"")), @"
    exit 2
    error: prices.yaml:1:33: `{a,{b,c}` is not a pattern for names: a `{` without its `}`; write `[{]` for the sign itself
    ");
    project.write("carat.yaml", "prices: conf/prices.yaml\nmodels:\n  nearest: { provider: baseline }\n");
    let missing = project.carat(&["model", "list"]).told(&project);
    assert!(missing.starts_with("exit 2\nerror: conf/prices.yaml: "), "{missing}");
    assert!(!project.file(".carat").exists());
}

/// The dollars of the only variant, and its tokens.
fn cost(report: &Value) -> (Option<f64>, f64, f64) {
    let variant = &report["variants"][0];
    let tokens = |kind: &str| variant["tokens"][kind].as_f64().unwrap();
    (variant["cost"]["usd"].as_f64(), tokens("input"), tokens("output"))
}

#[test]
fn the_price_of_the_table_is_what_a_run_cost_and_stays_what_it_cost() {
    let server = server();
    let project = project(&server);
    project.write("prices.yaml", entry(2.0, ""));
    assert_eq!(project.carat(&["eval", "fruit", "-q"]).code, Some(0));
    let (usd, input, output) = cost(&project.report("@last"));
    assert!((usd.unwrap() - (input * 2.0 + output * 8.0) / 1e6).abs() < 1e-12, "{usd:?}");
    project.write("prices.yaml", entry(200.0, ""));
    assert_eq!(cost(&project.report("@last")).0, usd, "a run costs what it cost when it was run");
    std::fs::remove_file(project.file("prices.yaml")).unwrap();
    assert_eq!(cost(&project.report("@last")).0, usd);
}

#[test]
fn a_gap_is_told_and_leaves_the_cost_unknown() {
    let server = server();
    let project = project(&server);
    project.write("prices.yaml", entry(1.0, ", until: 2020-06-01") + &entry(2.0, ", from: 2999-07-01"));
    let ended = project.carat(&["eval", "fruit"]);
    let why =
        "what m costs is not known: prices.yaml knows m until 2020-06-01 and from 2999-07-01 on, and nothing for 20";
    assert!(ended.code == Some(0) && ended.talk.contains(why), "{ended:?}");
    assert_eq!(cost(&project.report("@last")).0, None);
    let dry = project.carat(&["eval", "fruit", "--dry-run", "-q"]);
    assert!(
        dry.data.contains("what it is going to cost is not known\n") && dry.data.contains("prices.yaml knows m until")
    );
}

#[test]
fn a_model_that_is_asked_for_with_another_service_tier_has_no_price_of_a_table() {
    let project = Project::small();
    project.write("carat.yaml", "models:\n  gpt-5-mini: { provider: openai, parameters: { service_tier: flex } }\n");
    assert_eq!(prices(&project)[0].1, json!({"usd_per_million": null, "from": null}));
    let shown = project.carat(&["model", "show", "gpt-5-mini"]).data;
    let line = shown.lines().find_map(|line| line.strip_prefix("price  ")).unwrap();
    insta::assert_snapshot!(line, @"unknown: the built-in table knows the standard price of gpt-5-mini, and `service_tier` asks for `flex`; write `price` with the model in carat.yaml");
}

#[test]
fn a_gate_on_the_cost_of_a_model_without_a_price_is_refused() {
    let server = server();
    let project = project(&server);
    let gated = |more: &[&str]| project.carat(&[&["eval", "fruit", "--gate", "cost.total <= 1"], more].concat());
    insta::assert_snapshot!(gated(&[]).told(&project), @"
    exit 2
    error: evals/fruit.yaml: gate `cost.total`: the model m has no `price` in carat.yaml, so that its cost is not known
    ");
    assert_eq!(gated(&["--dry-run"]).code, Some(2));
    project.write("prices.yaml", entry(2.0, ""));
    assert_eq!(gated(&["-q"]).code, Some(0));
}
