//! A model that does what a script says.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use carat_core::{
    Account, Call, Completion, Digest, FinishReason, Left, LimitHints, Model, ModelError, ModelErrorKind, ModelId,
    Request, Usage,
};

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
    account: Option<Account>,
    usage: Option<Usage>,
    /// In how many milliseconds there is to be something left again, as each answer says.
    nothing_left: Option<u64>,
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
            account: None,
            usage: None,
            nothing_left: None,
            attempts: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
        }
    }

    /// Behind a provider's account, so that its limits are found out and its answers are shared.
    pub(crate) fn behind(mut self, account: u64) -> Self {
        self.account = Some(Account { name: "provider".into(), id: account });
        self
    }

    /// Says that each answer took so many tokens.
    pub(crate) fn using(mut self, input_tokens: u64, output_tokens: u64) -> Self {
        self.usage = Some(Usage { input_tokens, output_tokens, ..Usage::default() });
        self
    }

    /// Says with each answer that nothing is left for so many milliseconds.
    pub(crate) fn with_nothing_left(mut self, reset_ms: u64) -> Self {
        self.nothing_left = Some(reset_ms);
        self
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

    fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    fn limits(&self) -> Option<LimitHints> {
        let requests = Some(Left { remaining: 0, reset_ms: self.nothing_left? });
        Some(LimitHints { number: self.calls.load(Ordering::SeqCst) as u64, requests, tokens: None })
    }

    fn input_tokens(&self, _: &Request) -> u64 {
        self.usage.map_or(0, |usage| usage.input_tokens)
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
                let (text, usage) = (text.into(), self.usage);
                Ok(Completion { text, usage, finish_reason: FinishReason::Stop, ..Completion::default() })
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
