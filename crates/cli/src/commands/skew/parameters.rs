//! Parameters by their canonical names, whichever API and spelling they were sent in.

use std::collections::{BTreeMap, BTreeSet};

use carat_core::Parameters;
use serde_json::{Map, Value};

use super::finding::Finding;
use super::forms::plain;
use super::same::is_same;

/// So many parameters a call may have, and so long their names may be to be known by other spellings: no provider has nearly
/// as many.
const MOST: usize = 256;
const LONGEST: usize = 64;

/// What says how an answer is delivered, kept, billed and found again, and nothing of what the model is asked. A prompt may say
/// some of them; where it does not, they are the application's matter.
const DELIVERY: [&str; 11] = [
    "background",
    "include",
    "metadata",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "user",
];

/// What the Responses API says within another key, and the name that it has elsewhere.
const FOLDED: [(&str, &str, &str); 2] =
    [("reasoning", "effort", "reasoning_effort"), ("text", "verbosity", "verbosity")];

/// Parameters by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Named(BTreeMap<String, Value>);

impl Named {
    /// Those of a prompt.
    pub(super) fn of(parameters: &Parameters) -> Self {
        let mut named = Self(parameters.0.clone());
        named.unfold();
        named
    }

    /// Those that were sent: what is left of a body, and what a line says beside it. A knob of a server of one's own goes by
    /// the name that it is sent by. Of what is said twice with two values, both are kept.
    pub(super) fn sent(body: Map<String, Value>, beside: Option<Map<String, Value>>) -> Result<Self, String> {
        let mut named = Self::default();
        named.take("", body);
        named.take("parameters.", spread(beside.unwrap_or_default()));
        if named.0.len() > MOST {
            return Err(format!("it has {} parameters; no provider has more than {MOST}", named.0.len()));
        }
        named.unfold();
        Ok(named)
    }

    /// Takes what a parameter says within it: `text.format`, `reasoning.effort`.
    pub(super) fn take_within(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    fn take(&mut self, place: &str, written: Map<String, Value>) {
        let (own, spelt): (Vec<_>, Vec<_>) = written
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (canonical(&name), name, value))
            .partition(|(canonical, name, _)| canonical == name);
        for (canonical, name, value) in own.into_iter().chain(spelt) {
            self.put(canonical, || format!("{place}{name}"), value);
        }
    }

    /// Under its name, or, where another value has that already, under one that tells where it stands.
    fn put(&mut self, name: String, place: impl FnOnce() -> String, value: Value) {
        match self.0.get(&name) {
            Some(there) if is_same(there, &value) => {}
            Some(_) => drop(self.0.insert(place(), value)),
            None => drop(self.0.insert(name, value)),
        }
    }

    fn unfold(&mut self) {
        for (outer, inner, name) in FOLDED {
            let Some(Value::Object(fields)) = self.0.get_mut(outer) else { continue };
            let fields = std::mem::take(fields);
            self.0.remove(outer);
            for (key, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
                let place = format!("{outer}.{key}");
                let name = if key == inner { name.to_owned() } else { place.clone() };
                self.put(name, || place, value);
            }
        }
    }
}

/// A mapping as carat's prompts may have it: what stands under `extra` is passed on as it is.
fn spread(written: Map<String, Value>) -> Map<String, Value> {
    let is_extra = |(name, value): &(String, Value)| {
        matches!(name.as_str(), "additionalProperties" | "additional_properties" | "extra") && value.is_object()
    };
    let (extra, own): (Vec<_>, Vec<_>) = written.into_iter().partition(is_extra);
    let mut all: Map<_, _> = own.into_iter().collect();
    for (place, values) in extra {
        let Value::Object(values) = values else { continue };
        for (name, value) in values {
            let name = if all.contains_key(&name) { format!("{place}.{name}") } else { name };
            all.insert(name, value);
        }
    }
    all
}

fn canonical(name: &str) -> String {
    let asked = Map::from_iter([(name.to_owned(), Value::Bool(true))]);
    let known = (name.len() <= LONGEST).then(|| Parameters::from_written(&asked).ok()).flatten();
    known.and_then(|known| known.0.into_keys().next()).unwrap_or_else(|| name.to_owned())
}

/// Tells every parameter that differs, also those of which only one side says something, and names those that were left
/// apart.
pub(super) fn compare(ours: &Named, sent: &Named, findings: &mut Vec<Finding>, apart: &mut BTreeSet<&'static str>) {
    let names: BTreeSet<&String> = ours.0.keys().chain(sent.0.keys()).collect();
    for name in names {
        let delivery = DELIVERY.into_iter().find(|delivery| delivery == name);
        match (ours.0.get(name), sent.0.get(name), delivery) {
            (None, _, Some(delivery)) => drop(apart.insert(delivery)),
            (Some(ours), Some(sent), Some(delivery)) if is_more(delivery, ours, sent) => drop(apart.insert(delivery)),
            (Some(ours), Some(sent), _) if is_same(&plain(name, ours), &plain(name, sent)) => {}
            (ours, sent, _) => {
                findings.push(Finding::Parameter { name: name.clone(), prompt: ours.cloned(), sent: sent.cloned() })
            }
        }
    }
}

/// An application may add metadata of its own to that of the prompt.
fn is_more(name: &str, ours: &Value, sent: &Value) -> bool {
    match (name, ours, sent) {
        ("metadata", Value::Object(ours), Value::Object(sent)) => {
            let is_kept = ours.iter().all(|(key, value)| sent.get(key).is_some_and(|sent| is_same(value, sent)));
            is_kept && sent.len() > ours.len()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    /// What is told, by name, and what is left apart.
    fn told(ours: Value, sent: Value) -> (Value, Value) {
        let ours = Named::of(&Parameters(map(ours).into_iter().collect()));
        let (mut findings, mut apart) = (Vec::new(), BTreeSet::new());
        compare(&ours, &Named::sent(map(sent), None).unwrap(), &mut findings, &mut apart);
        let told = findings.into_iter().map(|finding| match finding {
            Finding::Parameter { name, prompt, sent } => (name, json!([prompt, sent])),
            other => panic!("{other:?}"),
        });
        (Value::Object(told.collect()), json!(apart))
    }

    #[test]
    fn both_apis_have_their_words_for_the_same_parameter() {
        let ours = json!({"max_output_tokens": 8, "reasoning_effort": "low", "verbosity": "low", "stop": "x", "top_k": 5,
            "tool_choice": {"type": "function", "function": {"name": "f"}}});
        let chat = json!({"max_completion_tokens": 8.0, "reasoning_effort": "low", "verbosity": "low", "stop": ["x"],
            "top_k": 5, "tool_choice": {"type": "function", "function": {"name": "f"}}, "seed": null});
        let responses = json!({"max_output_tokens": 8, "reasoning": {"effort": "low", "summary": null},
            "text": {"verbosity": "low"}, "stop": "x", "top_k": 5, "tool_choice": {"type": "function", "name": "f"}});
        assert_eq!(told(ours.clone(), chat), (json!({}), json!([])));
        assert_eq!(told(ours, responses), (json!({}), json!([])));
    }

    #[test]
    fn what_only_one_side_says_is_told_and_what_is_delivery_is_named() {
        let sent = json!({"top_p": 0.9, "reasoning": {"effort": "high", "summary": "auto"}, "previous_response_id": "r",
            "stream": true, "user": "u", "service_tier": "flex", "metadata": {"team": "a", "feature": "b"}});
        let ours = json!({"temperature": 0, "service_tier": "auto", "metadata": {"team": "a"}});
        let expected = json!({"previous_response_id": [null, "r"], "reasoning.summary": [null, "auto"],
            "reasoning_effort": [null, "high"], "service_tier": ["auto", "flex"], "temperature": [0, null],
            "top_p": [null, 0.9]});
        assert_eq!(told(ours, sent), (expected, json!(["metadata", "stream", "user"])));
        let changed = told(json!({"metadata": {"team": "a"}}), json!({"metadata": {"team": "b", "feature": "c"}}));
        assert_eq!(changed.0["metadata"][0], json!({"team": "a"}));
    }

    #[test]
    fn of_what_is_said_twice_nothing_is_lost() {
        let sent = json!({"max_tokens": 5, "max_completion_tokens": 6, "max_output_tokens": 7, "reasoning_effort": "low",
            "reasoning": {"effort": "high"}, "extra": {"temperature": 1}});
        let expected = json!({"extra": [null, {"temperature": 1}], "max_completion_tokens": [null, 6], "max_tokens": [null, 5],
            "reasoning.effort": [null, "high"]});
        assert_eq!(told(json!({"max_output_tokens": 7, "reasoning_effort": "low"}), sent).0, expected);
        let beside = map(json!({"extra": {"mirostat": 2, "temperature": 3}, "temperature": 1}));
        let both = Named::sent(map(json!({"temperature": 0})), Some(beside)).unwrap();
        let expected = json!({"temperature": 0, "parameters.temperature": 1, "mirostat": 2, "extra.temperature": 3});
        assert!(is_same(&json!(both.0), &expected), "{both:?}");
    }

    #[test]
    fn no_provider_has_so_many_parameters() {
        let many = (0..300).map(|number| (format!("p{number}"), json!(number))).collect();
        let why = "it has 300 parameters; no provider has more than 256";
        assert_eq!(Named::sent(many, None), Err(why.to_owned()));
    }
}
