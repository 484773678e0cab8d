//! What promptfoo says under `config` of a provider, as the settings of a model.

use carat_core::Parameters;
use serde_json::{Map, Value, json};

use super::Desk;
use super::endpoint::{Endpoint, Task, reasons};
use crate::account::{Loss, Note, unreadable};
use crate::fields::Fields;

/// The settings of a model that is being put together.
pub(super) struct Settings {
    endpoint: Endpoint,
    task: Task,
    map: Map<String, Value>,
    parameters: Map<String, Value>,
    /// Whether promptfoo's own defaults hold.
    defaults: bool,
}

impl Settings {
    pub(super) fn new(endpoint: Endpoint, task: Task, model: &str) -> Self {
        let mut map = Map::from_iter([("provider".to_owned(), json!("openai")), ("model".to_owned(), json!(model))]);
        map.extend(endpoint.base_url.map(|url| ("base_url".to_owned(), json!(url))));
        map.extend(endpoint.key.map(|key| ("api_key_env".to_owned(), json!(key))));
        match task {
            Task::Chat => {}
            Task::Responses => drop(map.insert("api".to_owned(), json!("responses"))),
            Task::Embeddings => drop(map.insert("api".to_owned(), json!("embeddings"))),
        }
        Self { endpoint, task, map, parameters: Map::new(), defaults: endpoint.defaults && task != Task::Embeddings }
    }

    fn set(&mut self, key: &str, value: Value) {
        self.map.insert(key.to_owned(), value);
    }

    /// Reads what stands under `config`; gives back output format and tools.
    pub(super) fn read(&mut self, desk: &Desk<'_, '_>, config: &Fields<'_>) -> [Option<Value>; 2] {
        self.read_place(config);
        self.read_price(config);
        self.read_headers(config);
        if let Some(retries) = config.number("maxRetries") {
            self.set("retries", json!(retries as u64));
        }
        if let Some(timeout) = config.number("timeout") {
            self.set("timeout", json!(format!("{}ms", timeout as u64)));
        }
        self.defaults &= config.get("omitDefaults") != Some(&Value::Bool(true));
        let format = config.get("response_format").and_then(|value| desk.loaded(&config.at("response_format"), value));
        let tools = config.get("tools").and_then(|value| desk.loaded(&config.at("tools"), value));
        self.read_parameters(config);
        [format, tools]
    }

    fn read_place(&mut self, config: &Fields<'_>) {
        let host = config.text("apiHost").map(|host| format!("https://{host}/v1"));
        let urls = ["apiBaseUrl", "baseUrl", "baseURL", "base_url"].map(|key| config.text(key));
        if let Some(url) = urls.into_iter().flatten().next().or(host) {
            if self.endpoint.base_url.is_none() && config.get("apiKeyEnvar").is_none() {
                let why = "carat sends OPENAI_API_KEY to OpenAI alone";
                let advice = "if the server wants a key, name its variable with `api_key_env` in carat.yaml";
                config.note("apiBaseUrl", Note::incidental("the key for a server of your own", why, advice));
            }
            self.set("base_url", json!(url));
        }
        if let Some(variable) = config.text("apiKeyEnvar") {
            self.set("api_key_env", json!(variable));
        }
        if let Some(organization) = config.text("organization") {
            self.set("organization", json!(organization));
        }
        let why = "a key is never written down";
        config.leave(
            "apiKey",
            Loss::Incidental,
            why,
            "set it in the environment, and name the variable with `api_key_env`",
        );
    }

    /// promptfoo has the price of one token, carat that of a million.
    fn read_price(&mut self, config: &Fields<'_>) {
        let both = config.number("cost");
        let of = |key| config.number(key).or(both).map(|price| (price * 1e12).round() / 1e6);
        match (of("inputCost"), of("outputCost")) {
            (Some(input), Some(output)) => self.set("price", json!({"input": input, "output": output})),
            (None, None) => {}
            _ => config.note(
                "inputCost",
                Note::lost("a price", "only one of input and output has one", "add `price` in carat.yaml"),
            ),
        }
    }

    fn read_headers(&mut self, config: &Fields<'_>) {
        let Some(headers) = config.inner("headers") else { return };
        let mut kept = Map::new();
        for (name, value) in headers.rest() {
            let secret = ["authorization", "api-key", "x-api-key", "cookie"].contains(&name.to_lowercase().as_str());
            match value.as_str().map(from_environment) {
                Some(text) if !secret || text.starts_with("${") => drop(kept.insert(name.clone(), json!(text))),
                Some(_) => {
                    let advice = "set it in the environment, and name the variable with `api_key_env`";
                    headers.note(
                        name,
                        Note::incidental(format!("the header `{name}`"), "a key is never written down", advice),
                    );
                }
                None => headers.note(name, unreadable(&format!("the header `{name}`"), "a text")),
            }
        }
        if !kept.is_empty() {
            self.set("headers", Value::Object(kept));
        }
    }

    /// Temperature and the like; whatever no model knows is noted.
    fn read_parameters(&mut self, config: &Fields<'_>) {
        if let Some(effort) = config.inner("reasoning").and_then(|reasoning| reasoning.get("effort").cloned()) {
            self.parameters.insert("reasoning_effort".to_owned(), effort);
        }
        if let Some(Value::Object(passed_on)) = config.get("passthrough") {
            self.parameters.insert("additionalProperties".to_owned(), Value::Object(passed_on.clone()));
        }
        for (key, value) in config.rest() {
            let spelt = if key == "num_predict" { "max_tokens" } else { key };
            match Parameters::from_written([(&spelt.to_owned(), value)]) {
                Ok(known) => self.parameters.extend(known.0),
                Err(_) => {
                    let why = "carat knows no such setting of a model";
                    let advice = "if the server takes it, put it under `parameters: { extra: { … } }` in carat.yaml";
                    config.note(key, Note::lost(format!("`{key}`"), why, advice));
                }
            }
        }
    }

    pub(super) fn finish(mut self, model: &str) -> Map<String, Value> {
        if self.defaults && self.task != Task::Embeddings && !reasons(model) {
            for (key, value) in [("temperature", 0), ("max_output_tokens", 1024)] {
                self.parameters.entry(key).or_insert(json!(value));
            }
        }
        if !self.parameters.is_empty() {
            let parameters = std::mem::take(&mut self.parameters);
            self.set("parameters", Value::Object(parameters));
        }
        self.map
    }
}

/// A text with `{{ env.NAME }}` as carat writes it: `${NAME}`.
fn from_environment(text: &str) -> String {
    let pieces = crate::template::pieces(text).into_iter().map(|piece| match piece {
        crate::template::Piece::Path(path) => match path.as_slice() {
            ["env", name] => format!("${{{name}}}"),
            path => format!("{{{{ {} }}}}", path.join(".")),
        },
        crate::template::Piece::Text(words) | crate::template::Piece::Code(words) => words.to_owned(),
    });
    pieces.collect()
}
