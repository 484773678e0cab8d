//! `carat model list`

use carat_core::spec::{ModelSpec, Provider};
use carat_models::is_variable_name;
use serde_json::json;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD};
use crate::session::Session;
use crate::table::{Cell, Table};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// The models of carat.yaml, and whether their keys are set
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    let Verb::List { json } = &args.verb;
    let models = &session.project.spec.models;
    if *json {
        let entry = |(name, spec): (&String, &ModelSpec)| {
            json!({"name": name, "provider": spec.provider, "model": spec.model.as_deref().unwrap_or(name),
                   "base_url": spec.base_url.as_deref().map(without_credentials),
                   "api_key_env": spec.api_key_env.as_ref().filter(|variable| is_variable_name(variable)),
                   "key_is_set": key_is_set(spec)})
        };
        out::json(&json!({"format": 1, "models": models.iter().map(entry).collect::<Vec<_>>()}))?;
        return Ok(Exit::Fine);
    }
    let mut table = Table::new(["model", "provider", "called there", "where", "key"]);
    for (name, spec) in models {
        let key = match (&spec.api_key_env, key_is_set(spec)) {
            (Some(variable), _) if !is_variable_name(variable) => {
                Cell::styled(BAD, "api_key_env is no name of a variable; is it the key itself?")
            }
            (Some(variable), Some(true)) => Cell::styled(GOOD, format!("{variable} is set")),
            (Some(variable), _) => Cell::styled(BAD, format!("{variable} is not set")),
            (None, _) if spec.provider == Provider::Openai && spec.base_url.is_none() => {
                Cell::styled(FAINT, "OPENAI_API_KEY, by default")
            }
            (None, _) => Cell::styled(FAINT, "none"),
        };
        table.row(vec![
            name.as_str().into(),
            spec.provider.as_str().into(),
            spec.model.as_deref().unwrap_or(name).into(),
            place(spec).into(),
            key,
        ]);
    }
    if table.is_empty() {
        session.talk("no models yet; name some under `models` in carat.yaml");
        return Ok(Exit::Fine);
    }
    out::data(&table.fitted())?;
    Ok(Exit::Fine)
}

/// The address without what may be a credential: name and password before the host, and the query.
fn without_credentials(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, _)| (rest, "?…"));
    let host = rest.find('/').unwrap_or(rest.len());
    let shown = rest[..host].rfind('@').map_or_else(|| rest.to_owned(), |at| format!("…{}", &rest[at..]));
    if scheme.is_empty() { format!("{shown}{query}") } else { format!("{scheme}://{shown}{query}") }
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
