//! The runner: a plan goes in, events come out.
//!
//! ```text
//! reader (a thread a lane: reads rows, renders) ──▶ lane (asks, waits, asks again) ──▶ scoring (rayon) ──▶ dispatcher ──▶ sinks
//! ```
//!
//! Every arrow is a bounded channel, so that memory grows with the concurrency and not with the rows, and a slow sink slows
//! the run rather than losing an event. The dispatcher hands over what has piled up while the sinks were busy, which makes
//! one commit of many answers without anybody waiting for a timer.

mod attempts;
mod breaker;
mod case;
mod dispatcher;
mod lane;
mod reader;
mod scoring;
mod stop;

use std::sync::Arc;

use async_trait::async_trait;
use carat_core::event::RunStatus;
use carat_core::{DataError, EventKind, Sample, Sink, SinkError};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use crate::Plan;
use crate::resume::Decisions;

/// How many events may wait between two stations.
const QUEUE: usize = 256;

/// Whether a run should go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// Go on.
    #[default]
    No,
    /// Finish what is in flight and begin nothing new.
    WhenIdle,
    /// Leave at once; what is in flight is dropped, what has arrived is recorded.
    Now,
}

/// Where recorded samples come from, when a run goes on with other scorers or expectations.
#[async_trait]
pub trait Recordings: Send + Sync {
    /// The sample with this number in the run's journal, with what went in.
    ///
    /// # Errors
    /// Why it cannot be had.
    async fn sample(&self, seq: u64) -> Result<Sample, String>;
}

/// How a run is carried out.
pub struct Execution<'a> {
    /// The first events: that the run started, when it did. A resume has been journaled before, for it changes what is
    /// there.
    pub opening: Vec<EventKind>,
    /// The number of the next event.
    pub next_seq: u64,
    /// What becomes of cases that are recorded already; empty for a new run.
    pub decisions: Arc<Decisions>,
    /// The recorded samples that are scored again.
    pub recordings: Option<Arc<dyn Recordings>>,
    /// Who hears of the events, in this order. The journal comes first: what a screen has shown has been recorded.
    pub sinks: Vec<&'a mut dyn Sink>,
    /// Whether to go on.
    pub stop: watch::Receiver<Stop>,
    /// The wall clock: RFC 3339 in UTC.
    pub now: &'a (dyn Fn() -> String + Send + Sync),
}

/// A run could not be carried out to an end of its own. What was recorded stays recorded.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A sink could not take an event.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The golden data could not be read to its end.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A part of the runner broke: a bug.
    #[error("a part of the runner broke: {0}")]
    Broken(String),
}

/// Carries out a plan.
///
/// # Errors
/// See [`RunError`]. A failing model is not an error: it is in the events.
pub async fn run(plan: Arc<Plan>, execution: Execution<'_>) -> Result<RunStatus, RunError> {
    let Execution { opening, next_seq, decisions, recordings, sinks, stop, now } = execution;
    let (ended, to_score) = mpsc::channel(QUEUE);
    let (scored, to_tell) = mpsc::channel(QUEUE);
    let (halt, halted) = watch::channel(Stop::No);
    // Every case that may be under way at once, and a backlog of answers that wait for their scores.
    let under_way: usize = plan.lanes.iter().map(|lane| lane.pace.concurrency * 2).sum();
    let room = Arc::new(Semaphore::new(under_way + QUEUE));
    let wishes = stop::StopSignal::new(stop.clone(), halted);
    let mut lanes = JoinSet::new();
    for lane in &plan.lanes {
        let station = lane::Station {
            plan: Arc::clone(&plan),
            lane: Arc::clone(lane),
            decisions: Arc::clone(&decisions),
            recordings: recordings.clone(),
            out: ended.clone(),
            room: Arc::clone(&room),
            stop: wishes.clone(),
        };
        lanes.spawn(station.run());
    }
    drop(ended);
    let scoring = tokio::spawn(scoring::score_all(Arc::clone(&plan.scorers), to_score, scored, wishes.clone()));
    let mut dispatcher = dispatcher::Dispatcher::new(next_seq, sinks);
    let told = async {
        dispatcher.tell(opening).await?;
        dispatcher.tell_all(to_tell).await
    };
    let told = told.await;
    if told.is_err() {
        // Nobody listens any more: stop paying for answers that cannot be recorded.
        let _ = halt.send(Stop::Now);
    }
    let lanes_ended = join(lanes).await;
    scoring.await.map_err(|error| RunError::Broken(error.to_string()))?;
    told?;
    let status = conclude(lanes_ended, *stop.borrow())?;
    match status {
        Ok(status) => {
            dispatcher.tell(vec![EventKind::RunFinished { at: now(), status }]).await?;
            Ok(status)
        }
        Err(error) => {
            let failed = EventKind::RunFinished { at: now(), status: RunStatus::Failed };
            dispatcher.tell(vec![failed]).await?;
            Err(error.into())
        }
    }
}

async fn join(mut lanes: JoinSet<Result<lane::End, DataError>>) -> Result<Vec<Result<lane::End, DataError>>, RunError> {
    let mut ends = Vec::new();
    while let Some(end) = lanes.join_next().await {
        ends.push(end.map_err(|error| RunError::Broken(error.to_string()))?);
    }
    Ok(ends)
}

/// How the run ended, from how its lanes did. The inner error is one to be told after the run's end has been journaled.
fn conclude(
    ends: Result<Vec<Result<lane::End, DataError>>, RunError>,
    stop: Stop,
) -> Result<Result<RunStatus, DataError>, RunError> {
    let mut status = RunStatus::Finished;
    for end in ends? {
        match end {
            Ok(lane::End::Done) => {}
            Ok(lane::End::Stopped) if status == RunStatus::Finished => status = RunStatus::Interrupted,
            Ok(lane::End::Stopped) => {}
            Ok(lane::End::GivenUp) => status = RunStatus::Failed,
            Err(error) => return Ok(Err(error)),
        }
    }
    if status == RunStatus::Failed && stop != Stop::No {
        status = RunStatus::Interrupted;
    }
    Ok(Ok(status))
}
