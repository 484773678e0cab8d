//! `GET …/models` and `GET …/models/{id}`.
//!
//! A model whose name ends in `-until-DATE` is one that will be shut down: its entry says so in `shutdown_date`, as OpenAI's
//! do. `m-until-2026-12-11` carries that text, whatever it is, and `m-until-1796947200` a number.

use hyper::Response;
use serde_json::{Value, json};

use crate::body::ScriptedBody;
use crate::counters::Receipt;
use crate::deliver;
use crate::fault_kind::FaultKind;
use crate::refusal::Refusal;
use crate::visit::{Fate, Outcome, Visit};

/// What is listed when the settings name no model.
const UNNAMED: &str = "sim-model";

pub(crate) async fn list(visit: Visit) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let names: Vec<String> = visit.scene.settings.models.keys().cloned().collect();
    let names = if names.is_empty() { vec![UNNAMED.to_owned()] } else { names };
    let models: Vec<Value> = names.iter().map(|name| model(name, &fate)).collect();
    let list = match fate.kind() {
        Some(FaultKind::MissingFields) => json!({"data": models}),
        _ => json!({"object": "list", "data": models}),
    };
    Ok(answer(visit, &list, &fate))
}

pub(crate) async fn show(visit: Visit, name: &str) -> Outcome {
    let fate = visit.fate(name, "", false);
    fate.befall().await?;
    if !visit.scene.knows(name) {
        return Err(Refusal::unknown_model(name).into());
    }
    Ok(answer(visit, &model(name, &fate), &fate))
}

fn model(name: &str, fate: &Fate) -> Value {
    match fate.kind() {
        Some(FaultKind::MissingFields) => json!({"id": name}),
        _ => json!({"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "simulation",
                    "shutdown_date": shutdown_date(name)}),
    }
}

/// What stands after `-until-`; null where that is missing, as on a server that has announced nothing.
fn shutdown_date(name: &str) -> Value {
    let Some((_, date)) = name.rsplit_once("-until-") else { return Value::Null };
    date.parse::<u64>().map_or_else(|_| Value::from(date), Value::from)
}

pub(crate) fn answer(mut visit: Visit, json: &Value, fate: &Fate) -> Response<ScriptedBody> {
    if fate.leaves_answer_whole() {
        visit.call.owe(Receipt { fingerprint: None, prompt_tokens: 0, completion_tokens: 0 });
    }
    deliver::whole(visit, json.to_string().into_bytes(), fate.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_when_its_model_is_shut_down() {
        assert_eq!(shutdown_date("m"), Value::Null);
        assert_eq!(shutdown_date("m-until-2026-12-11"), "2026-12-11");
        assert_eq!(shutdown_date("m-until-1796947200"), 1_796_947_200_u64);
        assert_eq!(shutdown_date("m-until-soon"), "soon");
    }
}
