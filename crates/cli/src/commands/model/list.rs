//! `carat model list`

use carat_core::spec::{ModelSpec, Provider};
use carat_core::version::Kind;
use carat_models::{Secret, is_variable_name, key_variable};
use carat_registry::{Priced, Prices};
use serde_json::{Value, json};

use crate::commands::versions::shelf::{Shelf, digest_of_model};
use crate::commands::versions::{Standing, State};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD};
use crate::session::Session;
use crate::table::{Cell, Table};

use super::{price, without_credentials};

pub(super) async fn run(json: bool, session: &Session) -> Result<Exit, Fault> {
    let shelf = Shelf::to_read(Kind::Model, session).await?;
    let mut table =
        Table::new(["model", ">version", "settings", "labels", "provider", "called there", "where", "key", "price"]);
    let (prices, today) = (Prices::of(&session.project)?, price::today());
    let mut entries = Vec::new();
    for (name, spec) in &session.project.spec.models {
        let standing = Standing::of(shelf.store(), Kind::Model, name).await?;
        let state = match digest_of_model(name, spec) {
            Ok(None) if standing.newest().is_some() => State::Unknown,
            digest => standing.state(digest.ok().flatten().as_ref()),
        };
        let priced = prices.of_model(name, spec, today)?;
        entries.push(standing.json_with(state, entry(name, spec, &priced)));
        let [version, settings, labels] = standing.cells(state);
        table.row(vec![
            name.as_str().into(),
            version,
            settings,
            labels,
            spec.provider.as_str().into(),
            called(name, spec).into(),
            place(spec).into(),
            key(spec),
            price::short(&priced).into(),
        ]);
    }
    if json {
        out::json(&json!({"format": 1, "models": entries}))?;
    } else if table.is_empty() {
        session.talk("no models yet; name some under `models` in carat.yaml");
    } else {
        out::data(&table.fitted())?;
    }
    Ok(Exit::Fine)
}

fn entry(name: &str, spec: &ModelSpec, priced: &Priced<'_>) -> Value {
    json!({"name": name, "provider": spec.provider, "model": called(name, spec),
           "base_url": spec.base_url.as_deref().map(address),
           "api_key_env": spec.api_key_env.as_ref().filter(|variable| is_variable_name(variable)),
           "key_is_set": key_is_set(spec), "price": price::json(priced)})
}

/// What the provider calls a model.
fn called(name: &str, spec: &ModelSpec) -> String {
    spec.model.as_ref().map_or_else(|| name.to_owned(), |model| shown(Some(model)))
}

fn key(spec: &ModelSpec) -> Cell {
    match (&spec.api_key_env, key_is_set(spec)) {
        (Some(variable), _) if !is_variable_name(variable) => {
            Cell::styled(BAD, "api_key_env is no name of a variable; is it the key itself?")
        }
        (Some(variable), Some(true)) => Cell::styled(GOOD, format!("{variable} is set")),
        (Some(variable), _) => Cell::styled(BAD, format!("{variable} is not set")),
        (None, _) => match key_variable(spec) {
            Some(usual) => Cell::styled(FAINT, format!("{usual}, by default")),
            None => Cell::styled(FAINT, "none"),
        },
    }
}

fn key_is_set(spec: &ModelSpec) -> Option<bool> {
    spec.api_key_env.as_ref().map(|variable| std::env::var_os(variable).is_some_and(|key| !key.is_empty()))
}

fn place(spec: &ModelSpec) -> String {
    match spec.provider {
        Provider::Openai | Provider::Azure | Provider::Anthropic | Provider::Oip => {
            spec.base_url.as_deref().or(spec.provider.own_address()).map(address).unwrap_or_default()
        }
        Provider::Baseline => "here, offline".to_owned(),
        Provider::Recorded => shown(spec.from.as_ref().or(spec.column.as_ref())),
        Provider::Command if Secret::is_in_command(&spec.command) => format!("{} …", shown(spec.command.first())),
        Provider::Command => spec.command.join(" "),
    }
}

fn address(base_url: &str) -> String {
    shown(Some(&without_credentials(base_url)))
}

/// A setting; `…` for one that holds a credential, which is refused where the model is used.
fn shown(setting: Option<&String>) -> String {
    let setting = setting.map(String::as_str).unwrap_or_default();
    if Secret::is_written_in(setting) { "…".to_owned() } else { setting.to_owned() }
}
