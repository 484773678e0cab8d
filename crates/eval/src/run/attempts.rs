//! Asking a model until it answers or there is no more hope.

use std::sync::Arc;
use std::time::Duration;

use carat_core::{Call, Case, Completion, EventKind, ModelError, ModelErrorKind};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::plan::Pace;

use super::scoring::Happened;
use super::stop::StopSignal;
use super::wire::Wire;

/// The first wait; it doubles with each attempt.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait that nobody asked for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The same after refusals while the model answers nobody: then it is the account that waits, and not the case.
const LONGEST_REFUSED: Duration = Duration::from_secs(8);

/// Who is asked, and on whose behalf.
pub(super) struct Asking<'a> {
    pub(super) wire: &'a Wire,
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
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) result: Result<Completion, ModelError>,
    pub(super) attempts: u32,
    /// Of the last attempt alone, without waiting for a slot; none where nobody was asked.
    pub(super) latency: Option<Duration>,
    /// Whether every further call of the model would end in the same way.
    pub(super) is_hopeless: bool,
}

/// Asks until there is an answer, an error that another attempt would only repeat, or no attempt or time left. A slot is
/// held while the model works, never while waiting; and waiting for one takes nothing of the time that a case has. None when
/// the run is to stop before there is an end.
pub(super) async fn ask(asking: &Asking<'_>, call: Call<'_>) -> Option<Answer> {
    let wire = asking.wire;
    let mut tries = Tries::new(wire);
    loop {
        let left = wire.pace.total_timeout.saturating_sub(tries.taken);
        let (result, latency) = attempt(asking, call, left).await?;
        tries.made += 1;
        tries.taken += latency;
        let attempts = tries.made;
        let end = |result, is_hopeless| Some(Answer { result, attempts, latency: Some(latency), is_hopeless });
        let error = match result {
            Ok(completion) => return end(Ok(completion), false),
            Err(error) => error,
        };
        if let Some(hopeless) = wire.out_of_patience(&error) {
            return end(Err(hopeless), true);
        }
        let wait = match tries.wait(wire, &error, call) {
            Again::In(wait) => wait,
            Again::Never => return end(Err(error), false),
            Again::TooLate(wait) => return end(Err(hopeless(error, wait, wire.pace)), false),
        };
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let (case, scorer) = (asking.case.clone(), asking.scorer.cloned());
        asking.out.tell(EventKind::AttemptFailed { case, scorer, attempt: attempts, error, wait_ms }).await;
        let mut stop = asking.stop.clone();
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = wire.is_given_up() => {}
            () = stop.changed() => {}
        }
    }
}

/// Whether there is another attempt.
enum Again {
    /// After this wait.
    In(Duration),
    /// It would not help, or there have been as many as there are.
    Never,
    /// The wait before it would take longer than the case has.
    TooLate(Duration),
}

/// What the attempts of a case have taken so far.
struct Tries {
    made: u32,
    /// Of these, the ones that count: while the model answers nobody, its refusals say nothing of the case, and take
    /// neither attempts nor time of it.
    counted: u32,
    taken: Duration,
    /// How many calls of the model had been answered when the last attempt failed, or before the first.
    answers: u64,
}

impl Tries {
    fn new(wire: &Wire) -> Self {
        Self { made: 0, counted: 0, taken: Duration::ZERO, answers: wire.answers() }
    }

    /// What comes after an attempt that failed.
    fn wait(&mut self, wire: &Wire, error: &ModelError, call: Call<'_>) -> Again {
        let Pace { retries, total_timeout, .. } = wire.pace;
        let answers = wire.answers();
        let nobody_is_answered = std::mem::replace(&mut self.answers, answers) == answers;
        let is_refused = error.kind == ModelErrorKind::RateLimited && nobody_is_answered && wire.refuses_everything();
        let counts = retries == 0 || !is_refused;
        self.counted += u32::from(counts);
        if !error.kind.is_transient() || self.counted > retries {
            return Again::Never;
        }
        let jitter = jitter(call, self.made);
        let back_off = if counts { back_off(self.counted, LONGEST_WAIT) } else { back_off(self.made, LONGEST_REFUSED) };
        let back_off = back_off.mul_f64(0.5 + 0.5 * jitter);
        let asked = asked_for(error, jitter).unwrap_or(back_off);
        // What is asked of one case while others are answered is nonsense where the case would end of it.
        let is_nonsense = self.taken + asked >= total_timeout && wire.is_answering();
        let wait = if is_nonsense { back_off } else { asked };
        if self.taken + wait >= total_timeout {
            return Again::TooLate(wait);
        }
        if counts {
            self.taken += wait;
        }
        Again::In(wait)
    }
}

/// One attempt, when there is a slot for it. None when the run is to stop, for nothing new is begun then; or when the model
/// is given up meanwhile that never answered anything.
async fn attempt(
    asking: &Asking<'_>,
    call: Call<'_>,
    left: Duration,
) -> Option<(Result<Completion, ModelError>, Duration)> {
    let leave = asking.wire.leave(call, asking.stop).await?;
    let started = Instant::now();
    let mut result = tokio::select! {
        biased;
        result = tokio::time::timeout(left, asking.wire.model.complete(call)) => match result {
            Ok(result) => result,
            Err(_) => Err(out_of_time(asking.wire.pace)),
        },
        () = asking.wire.is_dead() => return None,
    };
    let latency = started.elapsed();
    asking.wire.hear(call.request_digest, &result, latency);
    if let Some(changed) = leave.end(&mut result) {
        asking.out.tell(changed).await;
    }
    Some((result, latency))
}

/// An exponential back-off after so many attempts.
fn back_off(attempts: u32, longest: Duration) -> Duration {
    FIRST_WAIT.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(longest)
}

/// How long the server asked to wait, and a little more so that the waiters do not all come back at once.
fn asked_for(error: &ModelError, jitter: f64) -> Option<Duration> {
    let asked = Duration::from_millis(error.retry_after_ms?);
    Some(asked.max(Duration::from_millis(1)) + FIRST_WAIT.mul_f64(jitter))
}

/// From 0 to 1: a function of request, trial and attempt, so that a run can be told again.
fn jitter(call: Call<'_>, attempt: u32) -> f64 {
    let seed = call.request_digest.prefix64() ^ (u64::from(call.trial) << 32) ^ u64::from(attempt);
    (scramble(seed) >> 11) as f64 / (1_u64 << 53) as f64
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
