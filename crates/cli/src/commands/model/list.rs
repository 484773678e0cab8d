//! `carat model list`

use carat_core::spec::{ModelSpec, Provider};
use carat_core::version::Kind;
use carat_models::is_variable_name;
use serde_json::{Value, json};

use crate::commands::versions::shelf::{Shelf, digest_of_model};
use crate::commands::versions::{Standing, State};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD};
use crate::session::Session;
use crate::table::{Cell, Table};

use super::without_credentials;

pub(super) async fn run(json: bool, session: &Session) -> Result<Exit, Fault> {
    let shelf = Shelf::to_read(Kind::Model, session).await?;
    let mut table = Table::new(["model", ">version", "settings", "labels", "provider", "called there", "where", "key"]);
    let mut entries = Vec::new();
    for (name, spec) in &session.project.spec.models {
        let standing = Standing::of(shelf.store(), Kind::Model, name).await?;
        let state = match digest_of_model(name, spec) {
            Ok(None) if standing.newest().is_some() => State::Unknown,
            digest => standing.state(digest.ok().flatten().as_ref()),
        };
        entries.push(standing.json_with(state, entry(name, spec)));
        let [version, settings, labels] = standing.cells(state);
        table.row(vec![
            name.as_str().into(),
            version,
            settings,
            labels,
            spec.provider.as_str().into(),
            spec.model.as_deref().unwrap_or(name).into(),
            place(spec).into(),
            key(spec),
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

fn entry(name: &str, spec: &ModelSpec) -> Value {
    json!({"name": name, "provider": spec.provider, "model": spec.model.as_deref().unwrap_or(name),
           "base_url": spec.base_url.as_deref().map(without_credentials),
           "api_key_env": spec.api_key_env.as_ref().filter(|variable| is_variable_name(variable)),
           "key_is_set": key_is_set(spec)})
}

fn key(spec: &ModelSpec) -> Cell {
    match (&spec.api_key_env, key_is_set(spec)) {
        (Some(variable), _) if !is_variable_name(variable) => {
            Cell::styled(BAD, "api_key_env is no name of a variable; is it the key itself?")
        }
        (Some(variable), Some(true)) => Cell::styled(GOOD, format!("{variable} is set")),
        (Some(variable), _) => Cell::styled(BAD, format!("{variable} is not set")),
        (None, _) if spec.provider == Provider::Openai && spec.base_url.is_none() => {
            Cell::styled(FAINT, "OPENAI_API_KEY, by default")
        }
        (None, _) => Cell::styled(FAINT, "none"),
    }
}

fn key_is_set(spec: &ModelSpec) -> Option<bool> {
    spec.api_key_env.as_ref().map(|variable| std::env::var_os(variable).is_some_and(|key| !key.is_empty()))
}

fn place(spec: &ModelSpec) -> String {
    match spec.provider {
        Provider::Openai => without_credentials(spec.base_url.as_deref().unwrap_or("https://api.openai.com/v1")),
        Provider::Baseline => "here, offline".to_owned(),
        Provider::Recorded => spec.from.clone().or_else(|| spec.column.clone()).unwrap_or_default(),
        Provider::Command => spec.command.join(" "),
    }
}
