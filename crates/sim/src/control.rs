//! What tests do to a running simulation over HTTP, under `/_sim/`.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use http::request::Parts;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Request, Response};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;

use crate::batches;
use crate::body::{Broken, ScriptedBody};
use crate::counters::{Counters, Totals};
use crate::settings::Settings;
use crate::world::World;

/// Answers a control request. They are rare, so the router is made anew for each.
pub(crate) async fn handle(world: Arc<World>, head: Parts, body: Incoming) -> Result<Response<ScriptedBody>, Broken> {
    let request = Request::from_parts(head, axum::body::Body::new(body));
    let answered = router(world).oneshot(request).await;
    let reply = answered.unwrap_or_else(|never| match never {});
    let (head, body) = reply.into_parts();
    let bytes = body.collect().await.map_err(|_| Broken)?.to_bytes();
    Ok(Response::from_parts(head, ScriptedBody::whole(bytes)))
}

fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/_sim/counters", get(counters))
        .route("/_sim/totals", get(totals))
        .route("/_sim/settings", post(settings))
        .route("/_sim/hold", post(hold))
        .route("/_sim/release", post(release))
        .route("/_sim/reset", post(reset))
        .route("/_sim/batches/advance", post(advance))
        .with_state(world)
}

/// [`Counters`] with what follows from them.
#[derive(Serialize)]
struct Report {
    repeated: usize,
    #[serde(flatten)]
    counters: Counters,
}

async fn counters(State(world): State<Arc<World>>) -> Json<Report> {
    let counters = world.tally.counters();
    let repeated = counters.repeated();
    Json(Report { repeated, counters })
}

async fn totals(State(world): State<Arc<World>>) -> Json<Totals> {
    Json(world.tally.totals())
}

async fn settings(
    State(world): State<Arc<World>>,
    Json(settings): Json<Settings>,
) -> Result<StatusCode, (StatusCode, String)> {
    let replaced = world.replace(settings);
    replaced.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Hold {
    after: u64,
}

async fn hold(State(world): State<Arc<World>>, Json(hold): Json<Hold>) -> StatusCode {
    world.gate.close_after(hold.after);
    StatusCode::NO_CONTENT
}

async fn release(State(world): State<Arc<World>>) -> StatusCode {
    world.gate.open();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Advance {
    id: Option<String>,
}

#[derive(Serialize)]
struct Advanced {
    advanced: usize,
}

async fn advance(State(world): State<Arc<World>>, Json(advance): Json<Advance>) -> Json<Advanced> {
    let advanced = batches::advance(&world, advance.id.as_deref());
    Json(Advanced { advanced })
}

async fn reset(State(world): State<Arc<World>>) -> StatusCode {
    world.reset();
    StatusCode::NO_CONTENT
}
