//! Leads a request to the endpoint that its path names.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Request, Response};

use crate::body::{Broken, ScriptedBody};
use crate::call::Call;
use crate::connection::Connection;
use crate::endpoint::Route;
use crate::refusal::{Failure, Refusal, limit_headers};
use crate::visit::{Outcome, Visit};
use crate::world::{Scene, World};
use crate::{batches, chat, control, embeddings, files, models, responses};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const API_KEY: HeaderName = HeaderName::from_static("api-key");

/// Answers one request; an error closes the connection without a byte.
pub(crate) async fn handle(
    world: Arc<World>,
    connection: Arc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<ScriptedBody>, Broken> {
    if connection.is_spoiled() {
        return Err(Broken);
    }
    let (head, body) = request.into_parts();
    if head.uri.path().starts_with("/_sim/") {
        return control::handle(world, head, body).await;
    }
    let path = head.uri.path().to_owned();
    let Some(route) = Route::of(&path) else {
        return Ok(unknown(&head).into_reply());
    };
    let scene = world.scene();
    let (call, in_flight) = Call::arrive(Arc::clone(&world), route.endpoint());
    let number = world.number();
    let outcome = match admit(&world, &scene, &head, in_flight) {
        Err(refusal) => {
            // The connection is only good for the next request once the body was read.
            drop(collect(body).await?);
            Err(refusal.into())
        }
        Ok(()) => {
            let endpoint = route.endpoint();
            let (body, scene) = (collect(body).await?, Arc::clone(&scene));
            let visit = Visit { world, scene, connection, endpoint, head, body, call };
            route_to(route, visit).await
        }
    };
    finish(&scene, number, outcome)
}

async fn collect(body: Incoming) -> Result<Bytes, Broken> {
    let body = body.collect().await.map_err(|_| Broken)?;
    Ok(body.to_bytes())
}

/// Checks the key, then the room that is left.
fn admit(world: &World, scene: &Scene, head: &Parts, in_flight: u64) -> Result<(), Refusal> {
    if !has_key(scene, &head.headers) {
        world.tally.unauthorized.fetch_add(1, Relaxed);
        return Err(Refusal::unauthorized());
    }
    let most = scene.settings.max_in_flight;
    if most.is_some_and(|most| in_flight > most) {
        world.tally.over_capacity.fetch_add(1, Relaxed);
        return Err(Refusal::over_capacity());
    }
    Ok(())
}

fn has_key(scene: &Scene, headers: &HeaderMap) -> bool {
    let Some(key) = &scene.settings.key else {
        return true;
    };
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(&AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    [bearer, text(&API_KEY)].into_iter().flatten().any(|offered| key.opens(offered))
}

async fn route_to(route: Route<'_>, visit: Visit) -> Outcome {
    let most = visit.scene.settings.max_body_bytes;
    if most.is_some_and(|most| visit.body.len() > most) {
        return Err(Refusal::too_large().into());
    }
    let method = visit.head.method.clone();
    match (route, method) {
        (Route::Chat, Method::POST) => chat::handle(visit).await,
        (Route::Responses, Method::POST) => responses::handle(visit).await,
        (Route::Embeddings, Method::POST) => embeddings::handle(visit).await,
        (Route::ModelList, Method::GET) => models::list(visit).await,
        (Route::Model(name), Method::GET) => models::show(visit, &name).await,
        (Route::FileList, Method::POST) => files::upload(visit).await,
        (Route::FileList, Method::GET) => files::list(visit).await,
        (Route::File(id), Method::GET) => files::show(visit, id).await,
        (Route::File(id), Method::DELETE) => files::delete(visit, id).await,
        (Route::FileContent(id), Method::GET) => files::content(visit, id).await,
        (Route::BatchList, Method::POST) => batches::create(visit).await,
        (Route::BatchList, Method::GET) => batches::list(visit).await,
        (Route::Batch(id), Method::GET) | (Route::BatchCancel(id), Method::POST) => batches::show(visit, id).await,
        _ => Err(unknown(&visit.head).into()),
    }
}

fn unknown(head: &Parts) -> Refusal {
    let message = format!("Unknown request URL: {} {}.", head.method, head.uri.path());
    Refusal::openai(404, "invalid_request_error", Some("unknown_url"), &message)
}

/// Adds the headers that every answer has.
fn finish(scene: &Scene, number: u64, outcome: Outcome) -> Result<Response<ScriptedBody>, Broken> {
    let mut reply = match outcome {
        Ok(reply) => reply,
        Err(Failure::Refused(refusal)) => refusal.into_reply(),
        Err(Failure::Broken(broken)) => return Err(broken),
    };
    if let Ok(id) = HeaderValue::from_str(&format!("req_{number:024x}")) {
        reply.headers_mut().insert(REQUEST_ID, id);
    }
    if scene.settings.rate_limit_headers && reply.status().is_success() {
        limit_headers(reply.headers_mut(), 999, Duration::from_millis(60));
    }
    Ok(reply)
}
