//! What a provider says of its models: `GET {base_url}/models`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use carat_core::spec::{ModelSpec, Provider};
use carat_models::{ModelSetupError, Reply, Server, Surroundings, key_variable};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;
use tokio::task::JoinSet;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// A name that is longer is nobody's.
const LONGEST_NAME: usize = 200;

/// What came of asking for the list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// The models of the provider.
    Models(Vec<Listed>),
    /// The server answers, but has no list; how it answered.
    NoList(String),
    /// The server wants another key, or one at all.
    Refused(u16),
    /// The server, or the way to it, failed.
    Failed(String),
    /// The model's settings are not ones that anybody could be asked with.
    Unfit(String),
}

/// A model in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) name: String,
    /// The first day on which it does not answer any more, where the provider says so.
    pub(crate) shutdown: Option<Date>,
    /// What the provider says in place of a day.
    pub(crate) unread: Option<String>,
}

impl Listing {
    /// What the provider says of a model, if it lists it.
    pub(crate) fn of(&self, model: &str) -> Option<&Listed> {
        match self {
            Self::Models(models) => models.iter().find(|listed| listed.name == model),
            Self::NoList(_) | Self::Refused(_) | Self::Failed(_) | Self::Unfit(_) => None,
        }
    }
}

/// A server as models with one key see it.
struct Door {
    server: Result<Server, ModelSetupError>,
    provider: Provider,
    names: Vec<String>,
}

/// Asks the servers of these models, all at once, and each server with each key once. The settings must be ones that models
/// can be built of.
pub(crate) async fn ask_all<'a>(
    models: impl IntoIterator<Item = (&'a str, &'a ModelSpec)>,
    surroundings: &Surroundings<'_>,
) -> BTreeMap<String, Arc<Listing>> {
    let mut doors: BTreeMap<String, Door> = BTreeMap::new();
    for (name, spec) in models {
        let server = (spec.provider, &spec.base_url, &spec.api_version);
        let door = (server, key_variable(spec), &spec.organization, &spec.headers);
        let opened =
            || Door { server: Server::of(name, spec, surroundings), provider: spec.provider, names: Vec::new() };
        doors.entry(format!("{door:?}")).or_insert_with(opened).names.push(name.to_owned());
    }
    let mut asking = JoinSet::new();
    for Door { server, provider, names } in doors.into_values() {
        asking.spawn(async move { (names, Arc::new(ask(server, provider).await)) });
    }
    let mut heard = BTreeMap::new();
    while let Some(answer) = asking.join_next().await {
        let Ok((names, listing)) = answer else { continue };
        heard.extend(names.into_iter().map(|name| (name, Arc::clone(&listing))));
    }
    heard
}

async fn ask(server: Result<Server, ModelSetupError>, provider: Provider) -> Listing {
    let path = if provider == Provider::Oip { "/v2/health/ready" } else { "/models" };
    match server {
        Ok(server) => match server.get(path, PATIENCE).await {
            Ok(reply) => read_of(provider, &reply),
            Err(error) => Listing::Failed(error.message),
        },
        Err(error) => Listing::Unfit(error.problem.to_string()),
    }
}

/// Azure lists models, where what is asked are deployments, which have names of their own; the Open Inference Protocol has no
/// lists, and says whether the server is ready.
fn read_of(provider: Provider, reply: &Reply) -> Listing {
    match (provider, reply.status) {
        (Provider::Azure, 200..=299) => Listing::NoList("it lists models, and no deployments".to_owned()),
        (Provider::Oip, 200..=299) => Listing::NoList("it is ready; its protocol has no lists of models".to_owned()),
        _ => read(reply),
    }
}

fn read(Reply { status, body }: &Reply) -> Listing {
    match status {
        200..=299 => match serde_json::from_slice::<List>(body) {
            Ok(list) => Listing::Models(list.data.iter().flat_map(listed).collect()),
            Err(_) => Listing::NoList("what it answers is no list of models".to_owned()),
        },
        300..=399 => Listing::NoList(format!("its address has moved ({status}); base_url should say where to")),
        401 | 403 => Listing::Refused(*status),
        429 => Listing::NoList("it has had too many calls (429)".to_owned()),
        400..=499 => Listing::NoList(format!("it has no list of models ({status})")),
        _ => Listing::Failed(format!("it answers with {status}")),
    }
}

#[derive(Deserialize)]
struct List {
    data: Vec<Value>,
}

/// An entry under its name and its other names.
fn listed(entry: &Value) -> Vec<Listed> {
    let aliases = entry.get("aliases").and_then(Value::as_array).into_iter().flatten();
    let names = entry.get("id").into_iter().chain(aliases).filter_map(Value::as_str);
    let said = shutdown(entry);
    let (shutdown, unread) = match said {
        None => (None, None),
        Some(said) => day(said).map_or_else(|| (None, Some(said.to_string())), |day| (Some(day), None)),
    };
    names
        .filter(|name| name.len() <= LONGEST_NAME)
        .map(|name| Listed { name: name.to_owned(), shutdown, unread: unread.clone() })
        .collect()
}

/// What an entry says of its end. OpenAI has `shutdown_date`, a day or null (API reference, "List models"); OpenRouter has
/// `expiration_date`; others that speak alike have `shutdown_at`.
fn shutdown(entry: &Value) -> Option<&Value> {
    let fields = ["shutdown_date", "shutdown_at", "expiration_date"];
    fields.iter().filter_map(|field| entry.get(field)).find(|value| !value.is_null())
}

/// A day, an instant, or seconds since 1970; days begin in UTC.
fn day(value: &Value) -> Option<Date> {
    let of_instant = |instant: Timestamp| instant.to_zoned(TimeZone::UTC).date();
    match value {
        Value::Number(seconds) => Timestamp::from_second(seconds.as_i64()?).ok().map(of_instant),
        Value::String(text) => {
            let day = Date::strptime("%Y-%m-%d", text).ok();
            day.or_else(|| text.parse::<Timestamp>().ok().map(of_instant))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn days(entry: Value) -> Vec<(Option<String>, Option<String>)> {
        listed(&entry).into_iter().map(|listed| (listed.shutdown.map(|day| day.to_string()), listed.unread)).collect()
    }

    #[test]
    fn days_are_read_in_every_spelling_that_servers_have() {
        let read = |value: Value| days(json!({"id": "m", "shutdown_date": value})).remove(0);
        let day = (Some("2026-12-11".to_owned()), None);
        assert_eq!(read(json!("2026-12-11")), day);
        assert_eq!(read(json!("2026-12-11T23:59:59Z")), day);
        assert_eq!(read(json!(1_796_947_200)), day);
        assert_eq!(read(json!(null)), (None, None));
        assert_eq!(read(json!("soon")), (None, Some("\"soon\"".to_owned())));
        assert_eq!(read(json!(1e300)), (None, Some("1e+300".to_owned())));
        assert_eq!(days(json!({"id": "m", "expiration_date": "2026-12-11"})), std::slice::from_ref(&day));
        assert_eq!(days(json!({"id": "m", "aliases": ["m-latest"], "shutdown_at": "2026-12-11"})), [day.clone(), day]);
        assert_eq!(days(json!(["m"])), []);
    }

    #[test]
    fn what_a_server_answers_is_told_apart() {
        let said = |status, body: &str| read(&Reply { status, body: body.as_bytes().to_vec().into() });
        assert_eq!(said(200, r#"{"data": []}"#), Listing::Models(Vec::new()));
        assert!(matches!(said(200, "<html>"), Listing::NoList(_)));
        assert!(matches!(said(404, ""), Listing::NoList(_)));
        assert_eq!(said(401, ""), Listing::Refused(401));
        assert!(matches!(said(503, ""), Listing::Failed(_)));
        let deep = format!("{{\"data\": {}", "[".repeat(1_000_000));
        assert!(matches!(said(200, &deep), Listing::NoList(_)));
    }
}
