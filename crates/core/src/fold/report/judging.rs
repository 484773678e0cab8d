//! What judging took.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::{JudgeOutline, PlanOutline};
use crate::fold::JudgeTally;

use super::{CostReport, JudgeReport, TokensReport};

pub(super) fn reports(plan: &PlanOutline, tallies: &BTreeMap<Arc<str>, JudgeTally>) -> Vec<JudgeReport> {
    let empty = JudgeTally::default();
    let of = |judge: &JudgeOutline| {
        let tally = tallies.get(&judge.model.name).unwrap_or(&empty);
        let paid = tally.answers - tally.cached;
        let known = paid > tally.usage_unknown;
        let price = judge.price.as_ref();
        let usd = match paid {
            0 => Some(0.0),
            _ => price.and_then(|price| price.cost((tally.usage_unknown == 0).then_some(&tally.usage))),
        };
        JudgeReport {
            model: judge.model.name.to_string(),
            digest: judge.model.digest.to_string(),
            answers: tally.answers,
            cached: tally.cached,
            retries: tally.retries,
            tokens: TokensReport {
                input: known.then_some(tally.usage.input_tokens),
                output: known.then_some(tally.usage.output_tokens),
                unknown: tally.usage_unknown,
            },
            cost: CostReport { usd, paid_usd: None },
        }
    };
    plan.judges.iter().map(of).collect()
}
