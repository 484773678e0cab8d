//! The rungs of how a version is put somewhere: who answers for it, what is asked for, and that it went like that.

use carat_core::promotion::Promotion;
use carat_core::untrusted::{one_line, visible};

use super::checks::Stage::Gated;
use super::checks::{Check, counted, holds, lacks};
use super::facts::Facts;
use crate::commands::promote::telling;

pub(super) fn owners(facts: &Facts) -> Check {
    let what = "owners";
    if !facts.has_owners {
        let next = "add `owners:` to carat.yaml, such as `{ prompts: \"@team\" }`";
        return lacks(Gated, what, "nobody answers for prompts and data", next);
    }
    match facts.idle_owners.first() {
        None => holds(Gated, what, "carat.yaml names them"),
        Some(idle) => {
            let because =
                format!("`{}` is the name of nothing{}", one_line(&idle.pattern, 60), one_line(&idle.near, 80));
            lacks(Gated, what, because, "correct `owners` in carat.yaml")
        }
    }
}

pub(super) fn policy(facts: &Facts) -> Check {
    let what = "a policy";
    let eval = first_eval(facts);
    if facts.policies.is_empty() {
        let next = format!("add `policy: {{ production: {{ needs: [{{ eval: {eval} }}] }} }}` to carat.yaml");
        return lacks(Gated, what, "any version may be put anywhere", next);
    }
    if let Some(need) = facts.unmeetable.first() {
        let because = format!("that of {}: {}", need.label, one_line(&need.why, 300));
        return lacks(Gated, what, because, "correct `needs` in carat.yaml");
    }
    let labels: Vec<&str> = facts.policies.iter().map(|policy| policy.label.as_str()).collect();
    let labels = labels.join(", ");
    if facts.policies.iter().all(|policy| policy.asks_for_nothing) {
        let because = format!("for {labels}, and it asks for nothing");
        return lacks(Gated, what, because, need_an_eval(facts));
    }
    holds(Gated, what, format!("for {labels}"))
}

/// Labels that somebody moved past their policies; nobody is told of what is not.
pub(super) fn labels(facts: &Facts) -> Option<Check> {
    let first = facts.bypassed.first()?;
    let more = match facts.bypassed.len() - 1 {
        0 => String::new(),
        more => format!("; so with {}", counted(more, "other label")),
    };
    Some(lacks(Gated, "labels by their policies", format!("{}{more}", first.told()), first.advice()))
}

pub(super) fn promotion(facts: &Facts) -> Check {
    let what = "a promotion with evidence";
    let found = &facts.promotions;
    if found.with_evidence > 0 {
        return holds(Gated, what, format!("in force for {}", counted(found.with_evidence, "label")));
    }
    if let Some(open) = &found.open {
        let Promotion { id, subject, label, .. } = open;
        let id = visible(telling::short(id));
        let because = format!("{} is proposed for {label}", visible(&subject.to_string()));
        return lacks(Gated, what, because, format!("carat promotion show {id}"));
    }
    let because =
        if found.without.is_empty() { "nothing has been promoted" } else { "what is in force came there without any" };
    lacks(Gated, what, because, promote(facts))
}

/// The way to the first one: of a prompt that an eval measures which a policy needs.
fn promote(facts: &Facts) -> String {
    let Some(policy) = facts.policies.iter().find(|policy| !policy.needs.is_empty()) else {
        return need_an_eval(facts);
    };
    let needed = facts.evals.iter().filter(|eval| policy.needs.contains(&eval.name));
    let name = needed.flat_map(|eval| &eval.prompts).next().map_or("NAME", String::as_str);
    let command = format!("carat prompt promote {} --to {}", visible(name), policy.label);
    // What is there already cannot be put there once more.
    let has_one = facts.promotions.without.iter().any(|label| label.as_str() == policy.label);
    if has_one { format!("with the next version: {command}") } else { command }
}

/// What to write into a policy, so that it asks for something that was measured.
fn need_an_eval(facts: &Facts) -> String {
    let label = facts.policies.first().map_or("production", |policy| policy.label.as_str());
    format!("add `needs: [{{ eval: {} }}]` to the policy of {label} in carat.yaml", first_eval(facts))
}

fn first_eval(facts: &Facts) -> String {
    facts.evals.first().map_or_else(|| "NAME".to_owned(), |eval| visible(&eval.name).into_owned())
}
