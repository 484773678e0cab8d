//! From a measure's number to a score.

use carat_core::{Grade, Score, UnitInterval, Unscored, UnscoredKind};

use crate::measures::too_long::TooLong;

/// A degree; what lies outside of 0 to 1 is brought to its nearer end.
pub(super) fn degree(value: f64) -> Result<Score, Unscored> {
    let value = UnitInterval::clamped(value);
    let value = value.ok_or_else(|| Unscored::new(UnscoredKind::ScorerFailed, "the measure is not a number"))?;
    Ok(Grade::Value(value).into())
}

/// A degree with what the metric of the corpus is computed from.
pub(super) fn counted(value: f64, counts: Vec<u32>) -> Result<Score, Unscored> {
    degree(value).map(|score| Score { counts, ..score })
}

pub(super) fn too_long(refusal: TooLong) -> Unscored {
    Unscored::new(UnscoredKind::ScorerFailed, refusal.to_string())
}
