//! A request on its way through the simulation.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use hyper::Response;
use serde::Deserialize;

use crate::body::{Broken, ScriptedBody};
use crate::call::Call;
use crate::connection::Connection;
use crate::endpoint::Endpoint;
use crate::fault_kind::FaultKind;
use crate::faults::{Faultable, Struck};
use crate::fingerprint::Fingerprint;
use crate::limits::Lack;
use crate::refusal::{Failure, Refusal};
use crate::world::{Scene, World};

/// What an endpoint makes of a request.
pub(crate) type Outcome = Result<Response<ScriptedBody>, Failure>;

/// A request with everything that is needed to answer it.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) world: Arc<World>,
    pub(crate) scene: Arc<Scene>,
    pub(crate) connection: Arc<Connection>,
    pub(crate) endpoint: Endpoint,
    /// The model, where the path names it and not the body.
    pub(crate) path_model: Option<String>,
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
    pub(crate) call: Call,
}

/// Which attempt a request is, and what strikes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fate {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) attempt: u64,
    pub(crate) fault: Option<Struck>,
}

impl Fate {
    pub(crate) fn kind(&self) -> Option<FaultKind> {
        self.fault.map(|fault| fault.kind)
    }

    /// Whether the client gets the whole answer.
    pub(crate) fn leaves_answer_whole(&self) -> bool {
        self.kind().is_none_or(FaultKind::leaves_answer_whole)
    }

    /// The model that the answer names.
    pub(crate) fn named(&self, asked: &str) -> String {
        match self.kind() {
            Some(FaultKind::OtherModel) => format!("{asked}-2024-01-01"),
            _ => asked.to_owned(),
        }
    }

    /// Fails in the way of a fault that has no answer; returns for all others.
    pub(crate) async fn befall(&self) -> Result<(), Failure> {
        let Some(fault) = self.fault else {
            return Ok(());
        };
        match fault.kind {
            FaultKind::Hang => std::future::pending().await,
            FaultKind::DroppedConnection => Err(Failure::Broken(Broken)),
            _ => Refusal::of_fault(fault).map_or(Ok(()), |refusal| Err(refusal.into())),
        }
    }
}

impl Visit {
    /// Decides and counts which fault strikes this attempt.
    pub(crate) fn fate(&self, model: &str, question: &str, stream: bool) -> Fate {
        let (endpoint, fingerprint) = (self.endpoint, self.fingerprint());
        let request = Faultable { endpoint, stream, model, question, fingerprint };
        self.scene.fate(&request, &self.world.tally)
    }

    /// Takes a place, a request and so many tokens of the limits; refuses where any is lacking.
    pub(crate) fn admit(&mut self, model: &str, tokens: u64) -> Result<(), Refusal> {
        let limits = self.scene.settings.limits;
        let lack = if !self.call.take_place(limits.concurrent) {
            Lack::of_places(limits.concurrent.unwrap_or_default())
        } else if let Err(lack) = self.scene.limiter.take(tokens) {
            lack
        } else {
            self.world.tally.note_concurrency();
            return Ok(());
        };
        self.call.leave_place();
        self.world.tally.refuse(lack.limit);
        Err(Refusal::beyond(&lack, model, limits.retry_after))
    }

    /// A request without a body is told from others by its path.
    fn fingerprint(&self) -> Fingerprint {
        match (self.body.as_ref(), &self.path_model) {
            ([], _) => Fingerprint::of_body(self.endpoint, self.head.uri.path().as_bytes()),
            (body, Some(model)) => Fingerprint::of_model(self.endpoint, model, body),
            (body, None) => Fingerprint::of_body(self.endpoint, body),
        }
    }

    /// Reads a JSON body.
    pub(crate) fn parse<'b, T: Deserialize<'b>>(&self, body: &'b [u8]) -> Result<T, Refusal> {
        self.scene.parse(body)
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
