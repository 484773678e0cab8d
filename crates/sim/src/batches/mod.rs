//! Everything under `…/batches`.
//!
//! A batch is validated, worked on line by line, and finalized; each takes as long as the settings say. A line is paid for
//! when it is answered, and counted as the request that it is, so that one which was also asked otherwise shows as repeated.

mod batch;
mod lines;
mod settings;
mod stage;
mod validation;

use std::sync::Arc;

use axum::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::files::paged;
use crate::models::answer;
use crate::refusal::Refusal;
use crate::visit::{Outcome, Visit};
use crate::world::World;
pub(crate) use batch::Batch;
use batch::Order;
pub use settings::BatchSettings;
use stage::Stage;

/// What batches can be of.
const ENDPOINTS: [&str; 3] = ["/v1/chat/completions", "/v1/responses", "/v1/embeddings"];
/// A page of the list, when the request names no limit.
const PAGE: usize = 20;
const LONGEST_PAGE: usize = 100;

pub(crate) async fn create(visit: Visit) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let body = visit.body.clone();
    check_expiry(&visit, &visit.parse(&body)?)?;
    let order: Order = visit.parse(&body)?;
    check_order(&order)?;
    let input = visit.world.files.get(&order.input_file_id)?;
    if input.purpose != "batch" {
        let message = format!("Invalid file purpose: expected 'batch', got '{}'", input.purpose);
        return Err(Refusal::invalid(message).into());
    }
    let mut batch = Batch::new(visit.world.number(), order, input.bytes, Arc::clone(&visit.scene));
    batch.catch_up(&visit.world);
    let shown = batch.shown();
    visit.world.files.batches().insert(batch.id(), batch);
    Ok(answer(visit, &shown, &fate))
}

/// OpenAI's own description forbids null here, and a validating server refuses it.
fn check_expiry(visit: &Visit, request: &Value) -> Result<(), Refusal> {
    let strict = visit.scene.settings.quirks.refuse_null_expiry;
    if strict && request.get("output_expires_after") == Some(&Value::Null) {
        return Err(Refusal::detail(422, "output_expires_after must be an object"));
    }
    Ok(())
}

fn check_order(order: &Order) -> Result<(), Refusal> {
    if !ENDPOINTS.contains(&order.endpoint.as_str()) {
        return Err(Refusal::invalid(format!(
            "Invalid value: '{}'. Supported values are: {ENDPOINTS:?}",
            order.endpoint
        )));
    }
    if order.completion_window != "24h" {
        let message = format!("Invalid value: '{}'. Supported values are: '24h'.", order.completion_window);
        return Err(Refusal::invalid(message));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Page {
    after: Option<String>,
    limit: Option<usize>,
}

/// The newest batch first.
pub(crate) async fn list(visit: Visit) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let page: Query<Page> =
        Query::try_from_uri(&visit.head.uri).map_err(|error| Refusal::invalid(error.body_text()))?;
    let limit = page.limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        return Err(Refusal::invalid(format!("'limit' must be between 1 and {LONGEST_PAGE}")).into());
    }
    let shown = {
        let mut batches = visit.world.files.batches();
        if let Some(after) = page.after.as_deref().filter(|after| !batches.contains_key(*after)) {
            return Err(unknown(after).into());
        }
        batches.values_mut().for_each(|batch| batch.catch_up(&visit.world));
        batches.values().rev().map(Batch::shown).collect()
    };
    let after = page.after.as_deref();
    let paged = paged(shown, after, Some(limit));
    Ok(answer(visit, &paged, &fate))
}

pub(crate) async fn show(visit: Visit, id: &str) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let shown = with(&visit, id, |batch| batch.shown())?;
    Ok(answer(visit, &shown, &fate))
}

/// Cancels a batch that goes on. One that has ended any other way cannot be cancelled.
pub(crate) async fn cancel(visit: Visit, id: &str) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let world = Arc::clone(&visit.world);
    let shown = with(&visit, id, |batch| {
        let stage = batch.stage();
        if stage.is_last() && stage != Stage::Cancelled {
            let message = format!("Cannot cancel a batch with status {}.", json!(stage));
            return Err(Refusal::openai(409, "invalid_request_error", None, message));
        }
        batch.cancel(&world);
        batch.catch_up(&world);
        Ok(batch.shown())
    })??;
    Ok(answer(visit, &shown, &fate))
}

/// Looks at a batch as it is now.
fn with<T>(visit: &Visit, id: &str, look: impl FnOnce(&mut Batch) -> T) -> Result<T, Refusal> {
    let mut batches = visit.world.files.batches();
    let batch = batches.get_mut(id).ok_or_else(|| unknown(id))?;
    batch.catch_up(&visit.world);
    Ok(look(batch))
}

fn unknown(id: &str) -> Refusal {
    Refusal::not_found(&format!("Batch: {id}"))
}

/// Moves every batch, or the one of this id, to its next stage; returns how many there were to move.
pub(crate) fn advance(world: &World, id: Option<&str>) -> usize {
    let mut batches = world.files.batches();
    let meant = batches.iter_mut().filter(|(its, _)| id.is_none_or(|id| id == its.as_str()));
    meant.map(|(_, batch)| usize::from(batch.advance(world))).sum()
}
