//! Leads a request to the endpoint that its path names.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Request, Response};

use crate::body::{Broken, ScriptedBody};
use crate::call::Call;
use crate::connection::Connection;
use crate::dialect::Dialect;
use crate::endpoint::Route;
use crate::refusal::{Failure, Refusal};
use crate::standing::Standings;
use crate::visit::{Outcome, Visit};
use crate::world::{Scene, World};
use crate::{azure, batches, chat, control, embeddings, files, inference, messages, models, responses};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What Anthropic calls it.
const PLAIN_REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

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
        return Ok(unknown(&head).into_reply(Dialect::OpenAi));
    };
    let (endpoint, dialect) = (route.endpoint(), route.dialect());
    let scene = world.scene();
    let (call, in_flight) = Call::arrive(Arc::clone(&world), endpoint);
    let number = world.number();
    let outcome = match admit(&world, &scene, (dialect, &head), in_flight) {
        Err(refusal) => {
            // The connection is only good for the next request once the body was read.
            drop(collect(body).await?);
            Err(refusal.into())
        }
        Ok(()) => {
            let (body, scene) = (collect(body).await?, Arc::clone(&scene));
            let path_model = route.model().map(str::to_owned);
            let visit = Visit { world, scene, connection, endpoint, path_model, head, body, call };
            route_to(route, visit).await
        }
    };
    let limited = endpoint.is_inference();
    finish(&scene, number, outcome, (dialect, limited))
}

async fn collect(body: Incoming) -> Result<Bytes, Broken> {
    let body = body.collect().await.map_err(|_| Broken)?;
    Ok(body.to_bytes())
}

/// Checks the key, then the room that is left.
fn admit(world: &World, scene: &Scene, (dialect, head): (Dialect, &Parts), in_flight: u64) -> Result<(), Refusal> {
    let key = scene.settings.key.as_ref();
    if key.is_some_and(|key| !dialect.keys(&head.headers).any(|offered| key.opens(offered))) {
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

async fn route_to(route: Route<'_>, visit: Visit) -> Outcome {
    let most = visit.scene.settings.max_body_bytes;
    if most.is_some_and(|most| visit.body.len() > most) {
        return Err(Refusal::too_large().into());
    }
    let method = visit.head.method.clone();
    match (route, method) {
        (Route::Chat, Method::POST) => chat::handle(visit).await,
        (Route::DeployedChat(name), Method::POST) => azure::chat(visit, &name).await,
        (Route::DeployedEmbeddings(_), Method::POST) => azure::embeddings(visit).await,
        (Route::Messages, Method::POST) => messages::handle(visit).await,
        (Route::Health(what), Method::GET) => inference::health(visit, what).await,
        (Route::Inference(path), method) => inference::handle(visit, &path, &method).await,
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
        (Route::Batch(id), Method::GET) => batches::show(visit, id).await,
        (Route::BatchCancel(id), Method::POST) => batches::cancel(visit, id).await,
        _ => Err(unknown(&visit.head).into()),
    }
}

pub(crate) fn unknown(head: &Parts) -> Refusal {
    let message = format!("Unknown request URL: {} {}.", head.method, head.uri.path());
    Refusal::openai(404, "invalid_request_error", Some("unknown_url"), message)
}

/// Adds the headers that every answer has; `limited` is one for which there are limits.
fn finish(
    scene: &Scene,
    number: u64,
    outcome: Outcome,
    (dialect, limited): (Dialect, bool),
) -> Result<Response<ScriptedBody>, Broken> {
    let mut reply = match outcome {
        Ok(reply) => reply,
        Err(Failure::Refused(refusal)) => refusal.into_reply(dialect),
        Err(Failure::Broken(broken)) => return Err(broken),
    };
    if let Ok(id) = HeaderValue::from_str(&format!("req_{number:024x}")) {
        let name = if dialect == Dialect::Anthropic { PLAIN_REQUEST_ID } else { REQUEST_ID };
        reply.headers_mut().insert(name, id);
    }
    if scene.settings.limits.headers && limited {
        scene.limiter.standings().write(reply.headers_mut(), dialect);
    }
    if scene.settings.rate_limit_headers && reply.status().is_success() {
        Standings::made_up(999, Duration::from_millis(60)).write(reply.headers_mut(), dialect);
    }
    Ok(reply)
}
