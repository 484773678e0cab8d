//! Promotions in JSON: the same shape wherever one is shown.

use carat_core::promotion::{Course, Promotion, State};
use carat_core::version::Move;
use carat_store::Store;
use serde_json::{Value, json};

use crate::commands::versions::shapes;
use crate::fault::Fault;

use super::apply::last_move;

/// A promotion with `in_force`: whether it is the one by which its label points where it points.
pub(crate) fn promotion(promotion: &Promotion, is_in_force: bool) -> Value {
    let mut value = json!(promotion);
    value["in_force"] = Value::Bool(is_in_force);
    value
}

/// A promotion as it stands in the store.
///
/// # Errors
/// Whatever keeps the store from being read.
pub(crate) async fn present(store: &Store, of: &Promotion) -> Result<Value, Fault> {
    let Promotion { id, subject, label, .. } = of;
    let history = store.label_history(subject.kind, &subject.name, Some(label)).await?;
    let kept = store.promotions(Some(subject.kind), Some(&subject.name)).await?;
    let course = Course::of(&history, kept.iter().map(|kept| &kept.value));
    Ok(promotion(of, course.in_force().is_some_and(|in_force| in_force.id == *id)))
}

/// What came of a step: the promotion, and the move of its label where it has made one.
///
/// # Errors
/// Whatever keeps the store from being read.
pub(crate) async fn outcome(store: &Store, of: &Promotion) -> Result<Value, Fault> {
    let Promotion { id, subject, label, state, .. } = of;
    let is_applied = *state == State::Applied;
    let last = last_move(store, (subject.kind, &subject.name), label).await?;
    // A promotion that found its label there has moved nothing.
    let is_its = |moved: &Move| is_applied && moved.promotion.as_ref() == Some(id);
    let moved = last.filter(is_its).as_ref().map(shapes::moved);
    let promotion = present(store, of).await?;
    Ok(json!({"format": 1, "applied": is_applied, "state": state, "moved": moved, "promotion": promotion}))
}
