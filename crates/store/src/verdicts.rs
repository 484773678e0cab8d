//! What the scorers say of one answer, as the column `verdicts` has it.
//!
//! A list for each score rather than an object: its keys would be half of what a short sample takes.
//!
//! ```json
//! {"scores": [["queue", 1.0, true, null, ["billing", "billing"]]], "unscored": [["polite", "no-expectation", "…"]]}
//! ```

use std::sync::Arc;

use carat_core::{Labels, Score, UnitInterval, Unscored, UnscoredKind};
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::record::{Nonsense, json, parsed};

type Scores = Vec<(Arc<str>, Score)>;
type AllUnscored = Vec<(Arc<str>, Unscored)>;

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdicts {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scores: Vec<KeptScore>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unscored: Vec<KeptUnscored>,
}

/// Scorer, value, whether it passes, reason, expected and predicted class.
#[derive(Serialize, Deserialize)]
struct KeptScore(Arc<str>, UnitInterval, Option<bool>, Option<String>, Option<(String, Option<String>)>);

/// Scorer, kind of reason, reason.
#[derive(Serialize, Deserialize)]
struct KeptUnscored(Arc<str>, UnscoredKind, String);

/// The column; none where there is nothing to say.
pub(crate) fn written(
    scores: &[(Arc<str>, Score)],
    unscored: &[(Arc<str>, Unscored)],
) -> Result<Option<String>, StoreError> {
    if scores.is_empty() && unscored.is_empty() {
        return Ok(None);
    }
    let verdicts = Verdicts {
        scores: scores.iter().map(|(name, score)| kept_score(name, score.clone())).collect(),
        unscored: unscored.iter().map(|(name, unscored)| kept_unscored(name, unscored.clone())).collect(),
    };
    json(&verdicts).map(Some)
}

/// What [`written`] was given.
pub(crate) fn read(column: Option<String>) -> Result<(Scores, AllUnscored), Nonsense> {
    let verdicts: Verdicts = column.map(|text| parsed("verdicts", &text)).transpose()?.unwrap_or_default();
    let scores = verdicts.scores.into_iter().map(|KeptScore(name, value, pass, reason, labels)| {
        let labels = labels.map(|(expected, predicted)| Labels { expected, predicted });
        (name, Score { value, pass, reason, labels })
    });
    let unscored =
        verdicts.unscored.into_iter().map(|KeptUnscored(name, reason, detail)| (name, Unscored { reason, detail }));
    Ok((scores.collect(), unscored.collect()))
}

// Whole, so that a new field cannot be forgotten here.
fn kept_score(name: &Arc<str>, Score { value, pass, reason, labels }: Score) -> KeptScore {
    let labels = labels.map(|Labels { expected, predicted }| (expected, predicted));
    KeptScore(Arc::clone(name), value, pass, reason, labels)
}

fn kept_unscored(name: &Arc<str>, Unscored { reason, detail }: Unscored) -> KeptUnscored {
    KeptUnscored(Arc::clone(name), reason, detail)
}
