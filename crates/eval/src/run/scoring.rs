//! Scores answers: what computes on rayon's threads, a batch at a time, so that the threads of the network never compute
//! for long and the way over and back is paid once a batch; what asks, a task for each answer.
//!
//! An answer is recorded with its scores, unless they take longer than a moment or somebody has to be asked: then it is
//! recorded at once, and again with its scores when there are any. However slow a scorer is, what was paid for is not lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use carat_core::{EventKind, Outcome, Sample};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use super::Stop;
use super::court::Court;
use super::stop::StopSignal;
use crate::jury::{Jury, Verdicts};

/// The most answers that wait for one another's scores.
const BATCH: usize = 128;

/// How long an answer may wait for its scores before it is recorded without them.
const MOMENT: Duration = Duration::from_millis(50);

/// Something that happened in a lane.
pub(super) struct Happened {
    pub(super) kind: EventKind,
    /// The room that an answer takes until it has been told of with its scores. It is taken before the model is asked, so
    /// that an answer never waits for room.
    pub(super) room: Option<OwnedSemaphorePermit>,
}

impl From<EventKind> for Happened {
    fn from(kind: EventKind) -> Self {
        Self { kind, room: None }
    }
}

/// Scores what comes and passes it on, until nothing more can come or nobody listens.
///
/// Told to stop, it begins no more questions; told to stop at once, it waits for no more scores: a resume gets them. Says
/// whether every answer got its scores.
pub(super) async fn score_all(
    jury: Arc<Jury>,
    court: Arc<Court>,
    mut happened: mpsc::Receiver<Happened>,
    told: mpsc::Sender<EventKind>,
    mut stop: StopSignal,
) -> bool {
    let desk = Desk { jury, court, told, left: Arc::default() };
    let mut slow = JoinSet::new();
    let mut received = Vec::with_capacity(BATCH);
    while happened.recv_many(&mut received, BATCH).await > 0 {
        let mut batch = Batch::default();
        for Happened { kind, room } in received.drain(..) {
            match kind {
                EventKind::CaseFinished { sample } => batch.take(sample, room),
                other => drop(desk.told.send(other).await),
            }
        }
        if !batch.samples.is_empty() {
            desk.score(batch, &mut slow).await;
        }
        while let Some(ended) = slow.try_join_next() {
            unwind(ended);
        }
    }
    while stop.now() != Stop::Now {
        tokio::select! {
            ended = slow.join_next() => match ended {
                Some(ended) => unwind(ended),
                None => break,
            },
            () = stop.changed() => {}
        }
    }
    slow.is_empty() && !desk.left.load(Ordering::Relaxed)
}

/// What scoring works with.
#[derive(Clone)]
struct Desk {
    jury: Arc<Jury>,
    court: Arc<Court>,
    told: mpsc::Sender<EventKind>,
    /// Whether an answer was left for a resume.
    left: Arc<AtomicBool>,
}

impl Desk {
    async fn score(&self, batch: Batch, slow: &mut JoinSet<()>) {
        let mut scoring = batch.score(&self.jury);
        match tokio::time::timeout(MOMENT, &mut scoring).await {
            Ok(scored) if !self.jury.waits() => self.tell(batch, unwind(scored)).await,
            Ok(scored) => {
                self.tell_early(&batch).await;
                self.ask(batch, unwind(scored), slow);
            }
            Err(_) => {
                self.tell_early(&batch).await;
                let desk = self.clone();
                slow.spawn(async move {
                    let verdicts = unwind(scoring.await);
                    if desk.jury.waits() {
                        let mut asking = JoinSet::new();
                        desk.ask(batch, verdicts, &mut asking);
                        while let Some(ended) = asking.join_next().await {
                            unwind(ended);
                        }
                    } else {
                        desk.tell(batch, verdicts).await;
                    }
                });
            }
        }
    }

    /// Tells of answers before they have their scores.
    async fn tell_early(&self, batch: &Batch) {
        for sample in batch.samples.iter().filter(|sample| matches!(sample.outcome, Outcome::Completed { .. })) {
            let _ = self.told.send(EventKind::CaseAnswered { sample: sample.clone() }).await;
        }
    }

    /// Asks those who have to be asked, each answer by itself, so that a slow judge keeps no other answer waiting.
    fn ask(&self, batch: Batch, verdicts: Vec<Verdicts>, slow: &mut JoinSet<()>) {
        let mut rooms = batch.rooms.into_iter();
        let samples = Arc::try_unwrap(batch.samples).unwrap_or_else(|shared| shared.to_vec());
        for (sample, computed) in samples.into_iter().zip(verdicts) {
            let (desk, room) = (self.clone(), rooms.next());
            slow.spawn(async move {
                let way = desk.court.for_case(&sample.case);
                let verdicts = desk.jury.ask(&sample, computed, &way).await;
                if way.was_left() {
                    desk.left.store(true, Ordering::Relaxed);
                } else {
                    desk.finish(sample, verdicts).await;
                }
                drop(room);
            });
        }
    }

    /// Tells of the answers with their scores.
    async fn tell(&self, batch: Batch, verdicts: Vec<Verdicts>) {
        let samples = Arc::try_unwrap(batch.samples).unwrap_or_else(|shared| shared.to_vec());
        for (sample, verdicts) in samples.into_iter().zip(verdicts) {
            self.finish(sample, verdicts).await;
        }
    }

    async fn finish(&self, mut sample: Box<Sample>, verdicts: Verdicts) {
        if let Outcome::Completed { scores, unscored, .. } = &mut sample.outcome {
            let verdicts = self.jury.conclude(verdicts);
            (*scores, *unscored) = (verdicts.scores, verdicts.unscored);
        }
        let _ = self.told.send(EventKind::CaseFinished { sample }).await;
    }
}

/// Answers that are scored together.
#[derive(Default)]
struct Batch {
    samples: Arc<Vec<Box<Sample>>>,
    rooms: Vec<OwnedSemaphorePermit>,
}

impl Batch {
    fn take(&mut self, sample: Box<Sample>, room: Option<OwnedSemaphorePermit>) {
        if let Some(samples) = Arc::get_mut(&mut self.samples) {
            samples.push(sample);
        }
        self.rooms.extend(room);
    }

    fn score(&self, jury: &Arc<Jury>) -> JoinHandle<Vec<Verdicts>> {
        let (samples, jury) = (Arc::clone(&self.samples), Arc::clone(jury));
        tokio::task::spawn_blocking(move || samples.par_iter().map(|sample| jury.compute(sample)).collect())
    }
}

/// A part of the program that broke breaks the rest.
fn unwind<T>(ended: Result<T, tokio::task::JoinError>) -> T {
    match ended {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
