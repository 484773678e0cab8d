//! What GitHub's runner does with the steps of a job and of a composite action.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::expression::Names;
use super::place::Place;

/// The folder of the action.
const ACTION: &str = ".github/actions/carat-eval";

/// How GitHub starts `shell: bash`.
const BASH: [&str; 5] = ["bash", "--noprofile", "--norc", "-eo", "pipefail"];

/// The root of the repository.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A YAML file of the repository.
pub(super) fn yaml(text: &str) -> Value {
    carat_core::yaml::read(text, "the file").unwrap()
}

/// The action as it is written.
pub(super) fn action() -> Value {
    yaml(&fs::read_to_string(root().join(ACTION).join("action.yml")).unwrap())
}

/// A job on its way.
pub(super) struct Job<'a> {
    place: &'a Place,
    /// The variables of the job, which the steps of an action see too.
    env: BTreeMap<String, String>,
    /// `github` in expressions.
    github: Value,
    all_went_well: bool,
    /// What was done, a line a step.
    pub(super) told: Vec<String>,
    /// What was written to the summary.
    pub(super) summary: String,
    /// The exit codes of the scripts that failed.
    pub(super) failed: Vec<i32>,
    /// All that scripts wrote to the log.
    pub(super) log: String,
}

impl<'a> Job<'a> {
    /// A job for a pull request.
    pub(super) fn new(place: &'a Place) -> Self {
        let github = json!({
            "event_name": "pull_request", "repository": "team/desk", "event": {"number": 7}, "token": "t0ken",
            "workflow": "evals", "base_ref": "main",
        });
        let env = BTreeMap::new();
        let (told, failed) = (Vec::new(), Vec::new());
        Self { place, env, github, all_went_well: true, told, summary: String::new(), failed, log: String::new() }
    }

    /// The same for another event.
    pub(super) fn on(mut self, event: &str) -> Self {
        self.github["event_name"] = event.into();
        self
    }

    /// Uses the action with these inputs, and says what its outputs are.
    pub(super) fn uses_action(&mut self, with: &Value) -> Value {
        let action = action();
        let mut inputs = json!({});
        for (name, input) in action["inputs"].as_object().unwrap() {
            let default = Names(json!({"github": self.github})).filled(input["default"].as_str().unwrap_or_default());
            let given = with.get(name).map(|given| given.as_str().map_or_else(|| given.to_string(), str::to_owned));
            assert!(given.is_some() || input["required"] != true, "the action needs `{name}`");
            inputs[name] = given.unwrap_or(default).into();
        }
        for name in with.as_object().unwrap().keys() {
            assert!(action["inputs"].get(name).is_some(), "the action has no input `{name}`");
        }
        let before = std::mem::replace(&mut self.all_went_well, true);
        let outputs = self.steps(&action["runs"]["steps"], inputs);
        self.all_went_well &= before;
        let names = Names(json!({"steps": outputs}));
        let told = action["outputs"].as_object().unwrap().iter();
        told.map(|(name, output)| (name.clone(), names.filled(output["value"].as_str().unwrap()))).collect()
    }

    /// Carries out steps one after the other, and says what their outputs are.
    pub(super) fn steps(&mut self, steps: &Value, inputs: Value) -> Value {
        let runner = json!({"temp": self.place.elsewhere("temp"), "os": "Linux", "arch": "X64"});
        let mut names = Names(json!({"inputs": inputs, "github": self.github, "runner": runner, "steps": {}}));
        for step in steps.as_array().unwrap() {
            if !names.holds(step["if"].as_str(), self.all_went_well) {
                continue;
            }
            let outputs = match (step["run"].as_str(), step["uses"].as_str()) {
                (Some(script), None) => self.runs(script, step, &names),
                (None, Some(uses)) => self.uses(uses, step, &names),
                (Some(_), Some(_)) | (None, None) => unreachable!("a step runs or uses something: {step}"),
            };
            if let Some(id) = step["id"].as_str() {
                names.0["steps"][id] = json!({"outputs": outputs});
            }
        }
        names.0["steps"].clone()
    }

    fn runs(&mut self, script: &str, step: &Value, names: &Names) -> Value {
        assert!(!script.contains("${{"), "what a person writes must not become a part of a script: {script}");
        let mut variables = self.env.clone();
        if let Some(env) = step["env"].as_object() {
            variables.extend(env.iter().map(|(name, value)| (name.clone(), names.filled(value.as_str().unwrap()))));
        }
        let files = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV"];
        let file = |name: &str| self.place.elsewhere(&name.to_lowercase());
        for name in files {
            fs::write(file(name), "").unwrap();
            variables.insert(name.to_owned(), file(name).display().to_string());
        }
        let temp = self.place.elsewhere("temp");
        fs::create_dir_all(&temp).unwrap();
        let folder = root().join(ACTION).display().to_string();
        let workspace = self.place.checkout.path().display().to_string();
        let temp = temp.display().to_string();
        let of_runner = [("RUNNER_TEMP", temp), ("GITHUB_ACTION_PATH", folder), ("GITHUB_WORKSPACE", workspace)];
        variables.extend(of_runner.map(|(name, value)| (name.to_owned(), value)));
        variables.extend([("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        let variables: Vec<_> = variables.into_iter().collect();
        let ended = self.place.script(&BASH, script, &variables);
        self.told.push(format!("{}: exit {}", step["name"].as_str().unwrap_or("run"), ended.code.unwrap()));
        if ended.code != Some(0) {
            self.failed.extend(ended.code);
            self.all_went_well = false;
        }
        self.log.extend([ended.data, ended.talk]);
        self.summary.push_str(&fs::read_to_string(file("GITHUB_STEP_SUMMARY")).unwrap());
        let pairs = |text: String| -> BTreeMap<String, String> {
            text.lines().filter_map(|line| line.split_once('=')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
        };
        self.env.extend(pairs(fs::read_to_string(file("GITHUB_ENV")).unwrap()));
        json!(pairs(fs::read_to_string(file("GITHUB_OUTPUT")).unwrap()))
    }

    /// Other people's actions are not carried out, but for what the steps after them rely on.
    fn uses(&mut self, uses: &str, step: &Value, names: &Names) -> Value {
        let mut with = json!({});
        if let Some(given) = step["with"].as_object() {
            for (name, value) in given {
                with[name] = value.as_str().map_or_else(|| value.clone(), |text| names.filled(text).into());
            }
        }
        let what = uses.split('@').next().unwrap();
        if what.ends_with("/carat-eval") {
            return self.uses_action(&with);
        }
        match what {
            "actions/checkout" | "actions/cache" => {}
            "actions/upload-artifact" => {
                let path = self.place.checkout.file(with["path"].as_str().unwrap());
                let mut files: Vec<String> = fs::read_dir(&path)
                    .map(|entries| entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
                    .unwrap_or_default();
                files.sort_unstable();
                self.told.push(format!("kept as {}: {}", with["name"].as_str().unwrap(), files.join(" ")));
                return json!({});
            }
            other => unreachable!("the test does not know what {other} does"),
        }
        self.told.push(format!("uses {what}"));
        json!({})
    }
}
