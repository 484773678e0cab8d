//! Entries of a registry that only name an eval: `capitals: { id: capitals.test.v1 }`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::account::{Account, Loss, Note, shown};
use crate::fields::Fields;

/// An entry of a registry: its file, its name, and what stands there.
pub(super) type Entry = (String, String, Value);

/// How many names may lead to one another: one that leads to itself has an end.
const MOST: usize = 8;

/// What an eval is called, and what is said about it.
pub(super) struct Title {
    pub(super) name: String,
    pub(super) description: Option<String>,
}

/// Whether an entry is an eval, rather than a name of one.
pub(super) fn is_eval(value: &Value) -> bool {
    value.get("class").is_some()
}

/// What evals are called, by the names of their entries. A name that leads to none is noted.
pub(super) fn titles(account: &Account, entries: &[Entry]) -> BTreeMap<String, Title> {
    let known: BTreeMap<&str, &Value> = entries.iter().map(|(_, name, value)| (name.as_str(), value)).collect();
    let mut titles = BTreeMap::new();
    for (source, name, value) in entries.iter().filter(|(_, _, value)| !is_eval(value)) {
        let place = format!("{source}: {name}");
        let description = description(account, &place, value);
        match meant(&known, value) {
            Ok(eval) => {
                titles.entry(eval.to_owned()).or_insert_with(|| Title { name: name.clone(), description });
            }
            Err(why) => {
                let advice = "correct it, or import the whole registry where it is in another file";
                account.note(&place, Note::lost(format!("the eval `{name}`"), why, advice));
            }
        }
    }
    titles
}

/// Reads what a name says besides what it leads to.
fn description(account: &Account, place: &str, value: &Value) -> Option<String> {
    // A name may be as short as `capitals: capitals.test.v1`.
    if value.is_string() {
        return None;
    }
    let fields = Fields::of(account, place, Some(value))?;
    fields.leave("metrics", Loss::Incidental, "scorers have metrics of their own", "");
    for key in ["disclaimer", "key", "group"] {
        fields.leave(key, Loss::Incidental, "evals have none", "");
    }
    let _ = fields.get("id");
    fields.text("description")
}

/// The name of the eval that an entry leads to, or why there is none.
fn meant<'a>(known: &BTreeMap<&str, &'a Value>, value: &'a Value) -> Result<&'a str, String> {
    let mut value = value;
    for _ in 0..MOST {
        let target = match value {
            Value::String(target) => target,
            value => match value.get("id") {
                Some(Value::String(target)) => target,
                Some(other) => return Err(format!("its `id` is {}, which is no name", shown(other))),
                None => return Err("it has neither a `class` nor an `id`".to_owned()),
            },
        };
        match known.get(target.as_str()) {
            Some(eval) if is_eval(eval) => return Ok(target),
            Some(next) => value = next,
            None => {
                return Err(format!(
                    "it leads to {}, and there is no such entry",
                    shown(&Value::from(target.as_str()))
                ));
            }
        }
    }
    Err("its `id` leads back to itself".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(entries: &Value) -> (Vec<(String, String)>, Vec<String>) {
        let entries: Vec<Entry> = entries
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| ("e.yaml".to_owned(), name.clone(), value.clone()))
            .collect();
        let account = Account::default();
        let titles = titles(&account, &entries).into_iter().map(|(eval, title)| (eval, title.name)).collect();
        (titles, account.close().into_iter().map(|left| format!("{}: {}", left.what, left.why)).collect())
    }

    #[test]
    fn a_name_leads_to_its_eval_even_through_another_name() {
        let (titles, left_out) = told(&json!({"a": {"id": "b"}, "b": "c.v1", "c.v1": {"class": "x:Match"}}));
        assert_eq!(titles, [("c.v1".to_owned(), "a".to_owned())]);
        assert!(left_out.is_empty(), "{left_out:?}");
    }

    #[test]
    fn a_name_that_leads_to_no_eval_is_told() {
        let (titles, left_out) = told(&json!({
            "dangling": {"id": "nothere.v0"}, "round": {"id": "round"}, "empty": {"description": "x"}, "odd": {"id": [1]},
        }));
        assert!(titles.is_empty());
        assert_eq!(
            left_out,
            [
                "the eval `dangling`: it leads to `nothere.v0`, and there is no such entry",
                "the eval `round`: its `id` leads back to itself",
                "the eval `empty`: it has neither a `class` nor an `id`",
                "the eval `odd`: its `id` is `[1]`, which is no name",
            ]
        );
    }
}
