//! A model that does what a script says.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use carat_core::{Call, Completion, Digest, FinishReason, Model, ModelError, ModelErrorKind, ModelId};

/// What the model does for one attempt.
#[derive(Clone)]
pub(crate) enum Act {
    Answer(&'static str),
    Fail(ModelErrorKind),
    RateLimited { retry_after: Duration },
    Hang,
}

type Script = dyn Fn(&str, u32) -> Act + Send + Sync;

/// Answers row by row and attempt by attempt, each after the same time, and counts.
pub(crate) struct Scripted {
    id: ModelId,
    latency: Duration,
    script: Box<Script>,
    attempts: Mutex<HashMap<(String, u32), u32>>,
    in_flight: AtomicUsize,
    pub(crate) peak: AtomicUsize,
    pub(crate) calls: AtomicUsize,
}

impl Scripted {
    pub(crate) fn new(latency: Duration, script: impl Fn(&str, u32) -> Act + Send + Sync + 'static) -> Self {
        Self {
            id: ModelId { name: "scripted".into(), digest: Digest::of_bytes(b"scripted") },
            latency,
            script: Box::new(script),
            attempts: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
        }
    }

    pub(crate) fn always(text: &'static str) -> Self {
        Self::new(Duration::from_millis(100), move |_, _| Act::Answer(text))
    }
}

#[async_trait]
impl Model for Scripted {
    fn id(&self) -> &ModelId {
        &self.id
    }

    async fn complete(&self, call: Call<'_>) -> Result<Completion, ModelError> {
        let attempt = {
            let mut attempts = self.attempts.lock().unwrap();
            let attempt = attempts.entry((call.row.id.to_string(), call.trial)).or_default();
            *attempt += 1;
            *attempt
        };
        self.calls.fetch_add(1, Ordering::SeqCst);
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(now, Ordering::SeqCst);
        let act = (self.script)(call.row.id.as_str(), attempt);
        if matches!(act, Act::Hang) {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(self.latency).await;
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        match act {
            Act::Answer(text) => {
                Ok(Completion { text: text.into(), finish_reason: FinishReason::Stop, ..Completion::default() })
            }
            Act::Fail(kind) => Err(ModelError::new(kind, "scripted")),
            Act::RateLimited { retry_after } => Err(ModelError {
                retry_after_ms: Some(retry_after.as_millis() as u64),
                ..ModelError::new(ModelErrorKind::RateLimited, "slow down")
            }),
            Act::Hang => unreachable!(),
        }
    }
}
