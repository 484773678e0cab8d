//! Providers, as models of `carat.yaml`.

use serde_json::{Map, Value, json};

use super::Desk;
use super::endpoint::{Meaning, meaning};
use super::model::Settings;
use crate::account::{Account, Loss, Note, shown, unreadable};
use crate::fields::Fields;

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
            fields.get(id);
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
