//! Providers, as models of `carat.yaml`.

use carat_core::Parameters;
use serde_json::{Map, Value, json};

use super::Desk;
use super::endpoint::{Endpoint, Meaning, Task, meaning, reasons};
use crate::account::{Account, Fields, Loss, Note, shown, unreadable};

/// The models of an eval, and what its prompts get from them.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// By their names in `carat.yaml`.
    pub(super) models: Vec<String>,
    /// What stands in the prompts here, and with the providers there: for each provider its output format and its tools.
    pub(super) formats: Vec<[Option<Value>; 2]>,
}

/// A provider as it is written: its id, and what stands beside it.
struct Written<'a> {
    place: String,
    id: String,
    beside: Option<Fields<'a>>,
}

/// Reads the providers of an eval.
pub(super) fn all(desk: &mut Desk<'_, '_>, place: &str, value: &Value) -> Asked {
    let mut asked = Asked::default();
    for (place, value) in desk.each_with_files(place, value) {
        let Some(written) = written(desk.account, &place, &value) else { continue };
        let (model, format) = one(desk, written);
        if let Some(model) = model {
            if !asked.models.contains(&model) {
                asked.models.push(model);
            }
            asked.formats.push(format);
        }
    }
    asked
}

/// The model of a provider that stands alone, such as one that judges.
pub(super) fn single(desk: &mut Desk<'_, '_>, place: &str, value: &Value) -> Option<String> {
    let mut values = desk.each_with_files(place, value);
    let (place, value) = if values.is_empty() { return None } else { values.swap_remove(0) };
    let written = written(desk.account, &place, &value)?;
    let (model, format) = one(desk, written);
    if format.iter().any(Option::is_some) {
        let why = "the questions of a judge are carat's own";
        desk.account.note(&place, Note::lost("tools and output format of a judge", why, ""));
    }
    model
}

fn written<'a>(account: &'a Account, place: &str, value: &'a Value) -> Option<Written<'a>> {
    match value {
        Value::String(id) => Some(Written { place: place.to_owned(), id: id.clone(), beside: None }),
        Value::Object(map) => {
            let fields = Fields::new(account, place, map);
            if let Some(id) = fields.text("id") {
                return Some(Written { place: place.to_owned(), id, beside: Some(fields) });
            }
            // `openai:gpt-4o: { config: … }`
            let (id, inner) = map.iter().next()?;
            fields.set_aside();
            let place = format!("{place}.{id}");
            let beside = Fields::of(account, &place, Some(inner));
            Some(Written { place, id: id.clone(), beside })
        }
        other => {
            account.note(place, unreadable(&shown(other), "a provider"));
            None
        }
    }
}

/// One provider: its model, and what it says about output format and tools.
fn one(desk: &mut Desk<'_, '_>, written: Written<'_>) -> (Option<String>, [Option<Value>; 2]) {
    let Written { place, id, beside } = written;
    let label = beside.as_ref().and_then(|fields| fields.text("label"));
    let config = beside.as_ref().and_then(|fields| fields.inner("config"));
    if let Some(fields) = &beside {
        leave_beside(fields);
    }
    let (endpoint, task, model) = match meaning(&id) {
        Meaning::Model(endpoint, task, model) => (endpoint, task, model),
        Meaning::Echo => {
            config.into_iter().for_each(Fields::set_aside);
            let settings =
                Map::from_iter([("provider".to_owned(), json!("baseline")), ("model".to_owned(), json!("echo"))]);
            return (Some(desk.making.model(label.as_deref().unwrap_or("echo"), settings)), [None, None]);
        }
        Meaning::Unknown(why, advice) => {
            desk.account.note(&place, Note::lost(format!("the provider `{}`", kept_secret(&id)), why, advice));
            config.into_iter().for_each(Fields::set_aside);
            return (None, [None, None]);
        }
    };
    if endpoint.compatible {
        let why = format!("it is asked by the API that `{}` offers for programs of OpenAI's", endpoint.family);
        desk.account.note(&place, Note::differs(format!("the provider `{id}`"), why, "look at its answers"));
    }
    let mut settings = Settings::new(endpoint, task, model);
    let format = config.map_or([None, None], |config| settings.read(desk, &config));
    let name = label.unwrap_or_else(|| short(model).to_owned());
    (Some(desk.making.model(&name, settings.finish(model))), format)
}

/// The last part of a model's name, which is enough to know it by.
fn short(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

/// An id without what may be a password in an address.
fn kept_secret(id: &str) -> String {
    match id.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?.1))) {
        Some((scheme, rest)) => format!("{scheme}://…@{rest}"),
        None => id.to_owned(),
    }
}

fn leave_beside(fields: &Fields<'_>) {
    let by_hand = "run an eval of its own for it";
    fields.leave("prompts", Loss::Differs, "in carat every model of an eval gets every prompt", by_hand);
    fields.leave("transform", Loss::Lost, "carat does not change answers", "look at a part of the answer with `on`");
    fields.leave(
        "delay",
        Loss::Incidental,
        "carat waits when a server asks for it",
        "set `limits: { concurrency: 1 }`",
    );
    fields.leave(
        "env",
        Loss::Incidental,
        "variables are set around carat, not in its files",
        "set them in the environment",
    );
    fields.leave("inputs", Loss::Incidental, "it describes a target for attacks", "");
    fields.leave("description", Loss::Incidental, "models have none", "");
}

/// The settings of a model that is being put together.
struct Settings {
    endpoint: Endpoint,
    task: Task,
    map: Map<String, Value>,
    parameters: Map<String, Value>,
    /// Whether promptfoo's own defaults hold.
    defaults: bool,
}

impl Settings {
    fn new(endpoint: Endpoint, task: Task, model: &str) -> Self {
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
    fn read(&mut self, desk: &Desk<'_, '_>, config: &Fields<'_>) -> [Option<Value>; 2] {
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

    fn finish(mut self, model: &str) -> Map<String, Value> {
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

/// The output format and the tools that all providers agree on; where they do not, that is noted.
pub(super) fn agreed(desk: &Desk<'_, '_>, place: &str, formats: &[[Option<Value>; 2]]) -> [Option<Value>; 2] {
    let names = ["response_format", "tools"];
    std::array::from_fn(|which| {
        let first = formats.first().and_then(|format| format[which].clone());
        if formats.iter().all(|format| format[which] == first) {
            return first;
        }
        let why = "here it belongs to the prompt, and the providers do not agree on it";
        let advice = "give each provider an eval and a prompt of its own";
        desk.account.note(place, Note::lost(format!("`{}`", names[which]), why, advice));
        None
    })
}
