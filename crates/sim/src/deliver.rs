//! Puts an answer on the wire, whole or damaged.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use hyper::Response;

use crate::body::{ScriptedBody, Step};
use crate::fault_kind::FaultKind;
use crate::visit::Visit;

/// Pieces of a plain body that is sent slowly.
const SLOW_PIECES: usize = 8;

/// A JSON body.
pub(crate) fn whole(visit: Visit, json: Vec<u8>, fault: Option<FaultKind>) -> Response<ScriptedBody> {
    let json = Bytes::from(json);
    let half = json.slice(..json.len() / 2);
    let announced = Some(json.len() as u64);
    let body = match fault {
        Some(FaultKind::TruncatedBody) => ScriptedBody::steps([Step::Send(half), Step::Flush, Step::Break], announced),
        Some(FaultKind::MalformedJson) => ScriptedBody::whole(half),
        _ => match pause(&visit) {
            None => ScriptedBody::whole(json),
            Some(pause) => ScriptedBody::steps(slowly(pieces(&json), pause), announced),
        },
    };
    reply(visit, body, "application/json", fault)
}

/// A stream of events; `error_event` is what the endpoint says when it fails in the middle.
pub(crate) fn events(
    visit: Visit,
    events: Vec<Bytes>,
    error_event: &'static str,
    fault: Option<FaultKind>,
) -> Response<ScriptedBody> {
    let pause = pause(&visit);
    let middle = events.len() / 2;
    let cut = events.get(middle).map_or_else(Bytes::new, |event| event.slice(..event.len() / 2));
    let mut steps = match pause {
        None => events.into_iter().map(Step::Send).collect(),
        Some(pause) => slowly(events, pause),
    };
    // A slow stream has a pause before each event.
    let kept = if pause.is_some() { middle * 2 } else { middle };
    match fault {
        Some(FaultKind::TruncatedStream) => {
            steps.truncate(kept);
            steps.extend([Step::Send(cut), Step::Flush, Step::Break]);
        }
        Some(FaultKind::StreamWithoutEnd) => {
            steps.truncate(kept);
            steps.push(Step::Send(cut));
        }
        Some(FaultKind::StreamErrorEvent) => {
            steps.truncate(kept);
            steps.push(Step::Send(Bytes::from_static(error_event.as_bytes())));
        }
        _ => {}
    }
    let body = ScriptedBody::steps(steps, None);
    let mut reply = reply(visit, body, "text/event-stream; charset=utf-8", fault);
    let no_cache = HeaderValue::from_static("no-cache");
    reply.headers_mut().insert(CACHE_CONTROL, no_cache);
    reply
}

fn reply(visit: Visit, body: ScriptedBody, kind: &'static str, fault: Option<FaultKind>) -> Response<ScriptedBody> {
    let closing = match fault {
        Some(FaultKind::ClosedAfterAnswer) => Some(Arc::clone(&visit.connection)),
        Some(FaultKind::ClosedOnReuse) => {
            visit.connection.spoil();
            None
        }
        _ => None,
    };
    let mut reply = Response::new(body.closing(closing).answering(visit.call));
    let kind = HeaderValue::from_static(kind);
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}

fn pause(visit: &Visit) -> Option<Duration> {
    let pause = visit.scene.settings.slow_body_ms_per_chunk;
    (pause > 0.0).then(|| Duration::from_secs_f64(pause / 1_000.0))
}

fn slowly(chunks: Vec<Bytes>, pause: Duration) -> Vec<Step> {
    chunks.into_iter().flat_map(|chunk| [Step::Wait(pause), Step::Send(chunk)]).collect()
}

fn pieces(bytes: &Bytes) -> Vec<Bytes> {
    let size = bytes.len().div_ceil(SLOW_PIECES).max(1);
    (0..bytes.len()).step_by(size).map(|start| bytes.slice(start..(start + size).min(bytes.len()))).collect()
}
