//! A request on its way through the simulation.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use hyper::Response;
use serde::Deserialize;

use crate::body::{Broken, ScriptedBody};
use crate::call::Call;
use crate::connection::Connection;
use crate::counters::Fingerprint;
use crate::endpoint::Endpoint;
use crate::faults::{FaultKind, Faultable, Struck};
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
        let fingerprint = self.fingerprint();
        let faults = &self.scene.faults;
        let attempt = faults.attempt(fingerprint);
        let endpoint = self.endpoint;
        let request = Faultable { endpoint, stream, model, question, fingerprint };
        let fault = (!faults.is_empty()).then(|| faults.strike(&request, attempt)).flatten();
        if let Some(fault) = fault {
            self.world.tally.strike(fault.kind);
        }
        Fate { fingerprint, attempt, fault }
    }

    /// A request without a body is told from others by its path.
    fn fingerprint(&self) -> Fingerprint {
        match self.body.as_ref() {
            [] => Fingerprint::of_body(self.endpoint, self.head.uri.path().as_bytes()),
            body => Fingerprint::of_body(self.endpoint, body),
        }
    }

    /// Refuses a model that is not in the settings, where they are strict.
    pub(crate) fn check_model(&self, model: &str) -> Result<(), Failure> {
        if model.is_empty() {
            return Err(Refusal::invalid("you must provide a model parameter").into());
        }
        if self.scene.settings.strict_models && self.scene.model(model).is_none() {
            return Err(Refusal::unknown_model(model).into());
        }
        Ok(())
    }

    /// The model that the answer names.
    pub(crate) fn named_model(&self, asked: &str, fate: &Fate) -> String {
        match fate.kind() {
            Some(FaultKind::OtherModel) => format!("{asked}-2024-01-01"),
            _ => asked.to_owned(),
        }
    }

    /// Reads a JSON body.
    pub(crate) fn parse<'b, T: Deserialize<'b>>(&self, body: &'b [u8]) -> Result<T, Failure> {
        serde_json::from_slice(body).map_err(|error| {
            let message = format!("We could not parse the JSON body of your request: {error}");
            if self.scene.settings.quirks.malformed_request_is_500 {
                return Refusal::number_code(500, &message).into();
            }
            Refusal::invalid(&message).into()
        })
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
