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
mod court;
mod dispatcher;
mod lane;
mod memo;
mod patience;
mod reader;
mod scoring;
mod stop;
mod wire;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use carat_core::event::RunStatus;
use carat_core::{Completion, DataError, EventKind, Origin, Outcome, Question, Sample, Sink, SinkError};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use crate::jury::Jury;
use crate::limits::Waits;
use crate::plan::{Judge, Lane};
use crate::resume::Decisions;
use crate::{Plan, Purse};
use wire::Exchange;

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

    /// For each question the answer that was given to it before, in whatever run, where there is one that may be used.
    ///
    /// # Errors
    /// Why they cannot be had.
    async fn answered(&self, questions: &[Question]) -> Result<Vec<Option<Completion>>, String>;

    /// What an answer is said to come from that another case of this run was given.
    fn here(&self) -> Origin;

    /// What a judge has answered to a question before, in whatever run; of several answers to one question the one with the
    /// number `trial`.
    ///
    /// # Errors
    /// Why it cannot be had.
    async fn judged(&self, question: &Question) -> Result<Option<Completion>, String>;
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
    /// What it may spend.
    pub purse: Arc<Purse>,
    /// The recorded samples that are scored again.
    pub recordings: Option<Arc<dyn Recordings>>,
    /// Who hears of the events, in this order. The journal comes first: what a screen has shown has been recorded.
    pub sinks: Vec<&'a mut dyn Sink>,
    /// Whether to go on.
    pub stop: watch::Receiver<Stop>,
    /// Where it can be seen what calls wait for. Nothing of it is recorded.
    pub waits: Arc<Waits>,
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
    let (decisions, recordings) = (Arc::clone(&execution.decisions), execution.recordings.clone());
    let (jury, judges) = (Arc::clone(&plan.jury), Arc::clone(&plan.judges));
    let start = |line: Line| {
        let mut lanes = JoinSet::new();
        for lane in &plan.lanes {
            let station = lane::Station {
                plan: Arc::clone(&plan),
                lane: Arc::clone(lane),
                decisions: Arc::clone(&decisions),
                recordings: recordings.clone(),
                out: line.out.clone(),
                room: Arc::clone(&line.room),
                stop: line.stop.clone(),
                exchange: Arc::clone(&line.exchange),
            };
            lanes.spawn(station.run());
        }
        lanes
    };
    carry_out(&jury, (&plan.lanes, &judges), start, execution).await
}

/// Scores recorded samples again, and asks no model but the judges. `samples` come with their transcripts.
///
/// # Errors
/// See [`RunError`].
pub async fn rescore(
    jury: Arc<Jury>,
    judges: Arc<[Judge]>,
    mut samples: mpsc::Receiver<Result<Sample, DataError>>,
    execution: Execution<'_>,
) -> Result<RunStatus, RunError> {
    let start = |line: Line| {
        let mut lanes = JoinSet::new();
        lanes.spawn(async move {
            while let Some(sample) = samples.recv().await {
                if line.stop.now() != Stop::No {
                    return Ok(lane::End::Stopped);
                }
                let Ok(room) = Arc::clone(&line.room).acquire_owned().await else { return Ok(lane::End::Stopped) };
                let kind = EventKind::CaseFinished { sample: Box::new(without_scores(sample?)) };
                let _ = line.out.send(scoring::Happened { kind, room: Some(room) }).await;
            }
            Ok(lane::End::Done)
        });
        lanes
    };
    carry_out(&jury, (&[], &judges), start, execution).await
}

fn without_scores(mut sample: Sample) -> Sample {
    if let Outcome::Completed { scores, unscored, .. } = &mut sample.outcome {
        scores.clear();
        unscored.clear();
    }
    sample
}

/// What those have who bring answers to be scored.
struct Line {
    out: mpsc::Sender<scoring::Happened>,
    room: Arc<Semaphore>,
    stop: stop::StopSignal,
    exchange: Arc<Exchange>,
}

type Lanes = JoinSet<Result<lane::End, DataError>>;

/// Starts what brings answers, scores them, and tells of everything until nothing more can come.
async fn carry_out(
    jury: &Arc<Jury>,
    (lanes, judges): (&[Arc<Lane>], &[Judge]),
    start: impl FnOnce(Line) -> Lanes,
    execution: Execution<'_>,
) -> Result<RunStatus, RunError> {
    // Every case that may be under way at once.
    let under_way: usize = lanes.iter().map(|lane| lane.pace.concurrency * 2).sum();
    let Execution { opening, next_seq, purse, recordings, sinks, stop, waits, now, .. } = execution;
    let (ended, to_score) = mpsc::channel(QUEUE);
    let (scored, to_tell) = mpsc::channel(QUEUE);
    let (halt, halted) = watch::channel(Stop::No);
    let wishes = stop::StopSignal::new(stop.clone(), halted);
    // What is under way, and a backlog of answers that wait for their scores.
    let room = Arc::new(Semaphore::new(under_way + QUEUE));
    let exchange = Arc::new(Exchange::new(lanes, judges, purse, halt.clone()));
    exchange.show(lanes, judges, &waits);
    let lanes = start(Line { out: ended, room, stop: wishes.clone(), exchange: Arc::clone(&exchange) });
    let court = court::Court::new(judges, &exchange, recordings, scored.clone(), wishes.clone());
    let judge_given_up = court.gave_up();
    let scoring = tokio::spawn(scoring::score_all(Arc::clone(jury), Arc::new(court), to_score, scored, wishes));
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
    let all_scored = scoring.await.map_err(|error| RunError::Broken(error.to_string()))?;
    told?;
    let status = match (judge_given_up.load(Ordering::Relaxed), all_scored) {
        (true, _) => RunStatus::Failed,
        (false, true) => RunStatus::Finished,
        (false, false) => RunStatus::Interrupted,
    };
    match conclude(status, lanes_ended, *stop.borrow(), exchange.is_exhausted())? {
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

async fn join(mut lanes: Lanes) -> Result<Vec<Result<lane::End, DataError>>, RunError> {
    let mut ends = Vec::new();
    while let Some(end) = lanes.join_next().await {
        ends.push(end.map_err(|error| RunError::Broken(error.to_string()))?);
    }
    Ok(ends)
}

/// How the run ended, from how its scoring and its lanes did. The inner error is one to be told after the run's end has been journaled.
fn conclude(
    mut status: RunStatus,
    ends: Result<Vec<Result<lane::End, DataError>>, RunError>,
    stop: Stop,
    is_exhausted: bool,
) -> Result<Result<RunStatus, DataError>, RunError> {
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
    if status == RunStatus::Interrupted && stop == Stop::No && is_exhausted {
        status = RunStatus::OverBudget;
    }
    Ok(Ok(status))
}
