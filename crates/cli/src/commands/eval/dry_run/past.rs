//! How long answers were in earlier runs.

use std::collections::BTreeMap;

use carat_core::event::Variant;
use carat_core::{EventKind, Outcome, Usage};
use carat_store::{Detail, RunRecord, Store, StoreError};

/// So many runs are looked at, from the newest.
const RUNS: usize = 100;

/// So many answers say enough of further ones.
const ENOUGH: usize = 30;

/// No more answers than that are read of one prompt and model.
const MOST: usize = 5000;

/// A prompt and a model, by their names in the project.
pub(super) type Pair = (String, String);

/// What answers of a prompt and a model used.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Answers {
    /// A call each, of those whose usage is known.
    pub(super) usage: Vec<Usage>,
    /// The runs that they are from, newest first.
    pub(super) runs: Vec<String>,
}

/// What the store has of each pair: the newest run with answers, and older ones as long as there are few. A run that cannot
/// be read says nothing here; whoever wants to know why looks at the run itself.
pub(super) async fn answers(
    store: &Store,
    pairs: impl IntoIterator<Item = Pair>,
) -> Result<BTreeMap<Pair, Answers>, StoreError> {
    let mut found: BTreeMap<Pair, Answers> = pairs.into_iter().map(|pair| (pair, Answers::default())).collect();
    for run in store.runs().await?.iter().take(RUNS) {
        let is_wanting = found.values().any(|answers| answers.usage.len() < ENOUGH);
        if !is_wanting {
            break;
        }
        if let Ok(more) = of_run(store, run, &found).await {
            for (pair, usage) in more {
                if let Some(answers) = found.get_mut(&pair) {
                    answers.usage.extend(usage);
                    answers.runs.push(run.id.to_string());
                }
            }
        }
    }
    Ok(found)
}

/// What a run has of the pairs of which there is not enough.
async fn of_run(
    store: &Store,
    run: &RunRecord,
    found: &BTreeMap<Pair, Answers>,
) -> Result<BTreeMap<Pair, Vec<Usage>>, StoreError> {
    let pair = |variant: &Variant| (variant.prompt.name.to_string(), variant.model.name.to_string());
    let is_wanting = |pair: &Pair| found.get(pair).is_some_and(|answers| answers.usage.len() < ENOUGH);
    let plans = store.plans(&run.id).await?;
    let variants = plans.iter().flat_map(|plan| &plan.variants);
    let wanting: BTreeMap<u32, Pair> =
        variants.map(|variant| (variant.number, pair(variant))).filter(|(_, pair)| is_wanting(pair)).collect();
    let mut more: BTreeMap<Pair, Vec<Usage>> = BTreeMap::new();
    if wanting.is_empty() {
        return Ok(more);
    }
    let mut replay = store.replay(&run.id, Detail::Verdicts).await?;
    while let Some(event) = replay.next().await? {
        let EventKind::CaseFinished { sample } = event.kind else { continue };
        let Outcome::Completed { completion, .. } = &sample.outcome else { continue };
        if let Some((pair, usage)) = wanting.get(&sample.case.variant).zip(completion.usage) {
            let known = more.entry(pair.clone()).or_default();
            known.push(usage);
            if known.len() >= MOST {
                break;
            }
        }
    }
    Ok(more)
}
