//! The models of `carat.yaml`: whether they could answer. Nothing is asked of a model itself, so nothing is paid for.

use std::collections::BTreeMap;
use std::sync::Arc;

use carat_core::nearest::did_you_mean;
use carat_core::spec::{ModelSpec, Provider};
use carat_models::{FieldOfRow, Surroundings, build, key_variable};

use super::finding::Finding;
use super::programs;
use crate::commands::model::listing::{Listing, ask_all};
use crate::commands::model::without_credentials;
use crate::session::Session;

const CHECK: &str = "model";

/// A line for each model.
pub(super) async fn look(session: &Session, offline: bool) -> Vec<Finding> {
    let models = &session.project.spec.models;
    let env = |variable: &str| std::env::var(variable).ok();
    let surroundings = Surroundings { env: &env, folder: session.project.root(), recorded: None };
    let mut findings: BTreeMap<&str, Finding> = BTreeMap::new();
    let mut askable: Vec<(&str, &ModelSpec)> = Vec::new();
    for (name, spec) in models {
        match at_home(name, spec, session, &surroundings).await {
            Some(finding) => drop(findings.insert(name, finding)),
            None => askable.push((name, spec)),
        }
    }
    let heard = if offline { BTreeMap::new() } else { ask_all(askable.iter().copied(), &surroundings).await };
    for (name, spec) in askable {
        findings.insert(name, answered(name, spec, heard.get(name).map(Arc::as_ref)));
    }
    findings.into_iter().map(|(name, finding)| finding.about(name)).collect()
}

/// What can be said of a model without asking anybody; none where its server has to be asked.
async fn at_home(name: &str, spec: &ModelSpec, session: &Session, surroundings: &Surroundings<'_>) -> Option<Finding> {
    if spec.provider == Provider::Recorded {
        return Some(recorded(spec, session).await);
    }
    if let Err(error) = build(name, spec, surroundings) {
        return Some(Finding::mend(CHECK, error.problem.to_string()));
    }
    match spec.provider {
        Provider::Openai | Provider::Azure | Provider::Anthropic | Provider::Oip => None,
        Provider::Baseline => Some(Finding::fine(CHECK, "answers here, offline")),
        Provider::Recorded | Provider::Command => Some(program(name, spec, session)),
    }
}

fn program(name: &str, spec: &ModelSpec, session: &Session) -> Finding {
    let program = spec.command.first().map(String::as_str).unwrap_or_default();
    match programs::find(program, session.project.root()) {
        Some(path) => Finding::fine(CHECK, format!("the program {}", session.project.shown(&path))),
        None => Finding::mend(CHECK, format!("there is no program `{program}` that may be run"))
            .but(format!("install it, make it executable, or correct `command` of the model `{name}`")),
    }
}

async fn recorded(spec: &ModelSpec, session: &Session) -> Finding {
    let column = spec.column.as_deref();
    let found = match spec.from.as_deref() {
        Some(from) => match from.strip_prefix("run:") {
            Some(run) => of_run(run, session).await,
            None => session
                .project
                .dataset(from)
                .map(|_| format!("the answers of {from}"))
                .map_err(|error| error.to_string()),
        },
        None => match column {
            Some(column) => FieldOfRow::parse(column).map(|_| format!("the rows' own `{column}`")),
            None => Err("it needs `from`, or `column`".to_owned()),
        },
    };
    found.map_or_else(|why| Finding::mend(CHECK, why), |what| Finding::fine(CHECK, what))
}

async fn of_run(reference: &str, session: &Session) -> Result<String, String> {
    let run = reference.split_once(':').map_or(reference, |(run, _)| run);
    let store = session.only_looking().store().await.map_err(|fault| fault.message)?;
    let found = store.find_run(run).await;
    found.map(|record| format!("the answers of run {}", record.id)).map_err(|error| error.to_string())
}

/// What the server's answer means.
fn answered(name: &str, spec: &ModelSpec, listing: Option<&Listing>) -> Finding {
    let place = without_credentials(spec.base_url.as_deref().or(spec.provider.own_address()).unwrap_or_default());
    let key = key_variable(spec).map_or_else(|| "no key".to_owned(), |variable| format!("the key of {variable}"));
    let model = spec.model.as_deref().unwrap_or(name);
    let Some(listing) = listing else {
        return Finding::fine(CHECK, format!("{place}, with {key}; not asked (--offline)"));
    };
    match listing {
        Listing::Models(models) if models.is_empty() => {
            Finding::note(CHECK, format!("{place} answers, but lists no models"))
        }
        Listing::Models(models) if listing.of(model).is_none() => {
            let hint = did_you_mean(model, models.iter().map(|listed| listed.name.as_str()));
            let count = models.len();
            Finding::mend(
                CHECK,
                format!("{place} answers, but `{model}` is not among the {count} models that it lists{hint}"),
            )
            .but("correct `model`")
        }
        Listing::Models(_) => Finding::fine(CHECK, format!("{place} answers to {key} and lists `{model}`")),
        Listing::NoList(why) => Finding::note(CHECK, format!("{place} answers; {why}")),
        Listing::Refused(status) => refused(spec, &place, *status),
        Listing::Failed(why) => Finding::world(CHECK, format!("{place} cannot be reached: {why}"))
            .but("is the server running, and the address right?"),
        Listing::Unfit(why) => Finding::mend(CHECK, why),
    }
}

fn refused(spec: &ModelSpec, place: &str, status: u16) -> Finding {
    match key_variable(spec) {
        Some(variable) => Finding::mend(CHECK, format!("{place} refuses the key in {variable} ({status})"))
            .but("is it whole, still valid, and of this provider?"),
        None => Finding::mend(CHECK, format!("{place} wants a key ({status})"))
            .but("name the variable that holds it with `api_key_env`"),
    }
}
