//! Asking a model until it answers or there is no more hope.

use std::sync::Arc;
use std::time::Duration;

use carat_core::{Call, Case, Completion, EventKind, Model, ModelError, ModelErrorKind};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;

use crate::plan::Pace;

use super::Stop;
use super::scoring::Happened;
use super::stop::StopSignal;

/// The first wait; it doubles with each attempt.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait that nobody asked for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Who is asked, and on whose behalf.
pub(super) struct Asking<'a> {
    pub(super) model: &'a dyn Model,
    pub(super) pace: Pace,
    pub(super) slots: &'a Semaphore,
    pub(super) out: Out<'a>,
    pub(super) stop: &'a StopSignal,
    pub(super) case: &'a Case,
    /// The scorer that asks, where it is a judge that is asked.
    pub(super) scorer: Option<&'a Arc<str>>,
}

/// Where failed attempts are told.
#[derive(Clone, Copy)]
pub(super) enum Out<'a> {
    /// Before the scores.
    Scoring(&'a mpsc::Sender<Happened>),
    /// After them.
    Dispatcher(&'a mpsc::Sender<EventKind>),
}

impl Out<'_> {
    async fn tell(self, kind: EventKind) {
        match self {
            Self::Scoring(out) => drop(out.send(kind.into()).await),
            Self::Dispatcher(out) => drop(out.send(kind).await),
        }
    }
}

/// How a case came to its end.
pub(super) struct Answer {
    pub(super) result: Result<Completion, ModelError>,
    pub(super) attempts: u32,
    /// Of the last attempt alone, without waiting for a slot.
    pub(super) latency: Duration,
}

/// Asks until there is an answer, an error that another attempt would only repeat, or no attempt or time left. A slot is
/// held while the model works, never while waiting. None when the run is to stop before there is an end.
pub(super) async fn ask(asking: &Asking<'_>, call: Call<'_>) -> Option<Answer> {
    let pace = asking.pace;
    let began = Instant::now();
    let mut attempts = 0;
    loop {
        let (result, latency) = attempt(asking, call, pace.total_timeout.saturating_sub(began.elapsed())).await?;
        attempts += 1;
        let wait = match &result {
            Err(error) if error.kind.is_transient() && attempts <= pace.retries => wait_for(error, call, attempts),
            Ok(_) | Err(_) => return Some(Answer { result, attempts, latency }),
        };
        if began.elapsed() + wait >= pace.total_timeout {
            let result = result.map_err(|error| hopeless(error, wait, pace));
            return Some(Answer { result, attempts, latency });
        }
        if let Err(error) = result {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            let (case, scorer) = (asking.case.clone(), asking.scorer.cloned());
            asking.out.tell(EventKind::AttemptFailed { case, scorer, attempt: attempts, error, wait_ms }).await;
        }
        let mut stop = asking.stop.clone();
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.changed() => {}
        }
    }
}

/// One attempt, when there is a slot for it. None when the run is to stop: nothing new is begun then.
async fn attempt(
    asking: &Asking<'_>,
    call: Call<'_>,
    left: Duration,
) -> Option<(Result<Completion, ModelError>, Duration)> {
    let slot = asking.slots.acquire().await.ok()?;
    if asking.stop.now() != Stop::No {
        return None;
    }
    let started = Instant::now();
    let result = match tokio::time::timeout(left, asking.model.complete(call)).await {
        Ok(result) => result,
        Err(_) => Err(out_of_time(asking.pace)),
    };
    drop(slot);
    Some((result, started.elapsed()))
}

/// How long to wait before the next attempt: what the server asked for, but at least an exponential back-off with jitter,
/// and a little more so that the waiters do not all come back at once. The jitter is a function of request, trial and
/// attempt, so that a run can be told again.
fn wait_for(error: &ModelError, call: Call<'_>, attempt: u32) -> Duration {
    let ceiling = FIRST_WAIT.saturating_mul(1 << (attempt - 1).min(16)).min(LONGEST_WAIT);
    let seed = call.request_digest.prefix64() ^ (u64::from(call.trial) << 32) ^ u64::from(attempt);
    let jitter = (scramble(seed) >> 11) as f64 / (1_u64 << 53) as f64;
    let back_off = ceiling.mul_f64(0.5 + 0.5 * jitter);
    match error.retry_after_ms.map(Duration::from_millis) {
        Some(asked) => asked.max(Duration::from_millis(1)) + FIRST_WAIT.mul_f64(jitter),
        None => back_off,
    }
}

/// The finaliser of SplitMix64: spreads the bits of neighbouring seeds.
const fn scramble(seed: u64) -> u64 {
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}

fn out_of_time(pace: Pace) -> ModelError {
    let message =
        format!("no answer within the total time-out of {:?} (total_timeout in carat.yaml)", pace.total_timeout);
    ModelError::new(ModelErrorKind::Timeout, message)
}

fn hopeless(error: ModelError, wait: Duration, pace: Pace) -> ModelError {
    let why = format!(
        "{}; waiting another {:.0?} would pass the total time-out of {:?} (total_timeout in carat.yaml)",
        error.message, wait, pace.total_timeout
    );
    ModelError { message: why, ..error }
}
