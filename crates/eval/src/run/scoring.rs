//! Scores answers on rayon's threads, a batch at a time, so that the threads of the network never compute for long and the
//! way over and back is paid once a batch.
//!
//! An answer is recorded with its scores, unless they take longer than a moment: then it is recorded at once, and again
//! with its scores when there are any. However slow a scorer is, what was paid for is not lost.

use std::sync::Arc;
use std::time::Duration;

use carat_core::{EventKind, Outcome, Sample, Score, Scorer, Unscored, UnscoredKind};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use super::Stop;
use super::stop::StopSignal;

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

type Scorers = Arc<[Box<dyn Scorer>]>;
type Verdicts = (Vec<(Arc<str>, Score)>, Vec<(Arc<str>, Unscored)>);

/// Scores what comes and passes it on, until nothing more can come or nobody listens.
///
/// Told to stop at once, it waits for no more scores: a resume computes them.
pub(super) async fn score_all(
    scorers: Scorers,
    mut happened: mpsc::Receiver<Happened>,
    told: mpsc::Sender<EventKind>,
    mut stop: StopSignal,
) {
    let mut slow = JoinSet::new();
    let mut received = Vec::with_capacity(BATCH);
    while happened.recv_many(&mut received, BATCH).await > 0 {
        let mut batch = Batch::default();
        for Happened { kind, room } in received.drain(..) {
            match kind {
                EventKind::CaseFinished { sample } => batch.take(sample, room),
                other => drop(told.send(other).await),
            }
        }
        if batch.samples.is_empty() {
            continue;
        }
        let mut scoring = batch.score(&scorers);
        match tokio::time::timeout(MOMENT, &mut scoring).await {
            Ok(scored) => tell(batch, unwind(scored), &told).await,
            Err(_) => {
                for sample in batch.samples.iter().filter(|sample| matches!(sample.outcome, Outcome::Completed { .. }))
                {
                    let _ = told.send(EventKind::CaseAnswered { sample: sample.clone() }).await;
                }
                let told = told.clone();
                slow.spawn(async move { tell(batch, unwind(scoring.await), &told).await });
            }
        }
        while let Some(ended) = slow.try_join_next() {
            unwind(ended);
        }
    }
    while stop.now() != Stop::Now {
        tokio::select! {
            ended = slow.join_next() => match ended {
                Some(ended) => unwind(ended),
                None => return,
            },
            () = stop.changed() => {}
        }
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

    fn score(&self, scorers: &Scorers) -> JoinHandle<Vec<Verdicts>> {
        let (samples, scorers) = (Arc::clone(&self.samples), Arc::clone(scorers));
        tokio::task::spawn_blocking(move || samples.par_iter().map(|sample| verdicts(&scorers, sample)).collect())
    }
}

/// Tells of the answers with their scores.
async fn tell(batch: Batch, verdicts: Vec<Verdicts>, told: &mpsc::Sender<EventKind>) {
    let samples = Arc::try_unwrap(batch.samples).unwrap_or_else(|shared| shared.to_vec());
    for (mut sample, (new_scores, new_unscored)) in samples.into_iter().zip(verdicts) {
        if let Outcome::Completed { scores, unscored, .. } = &mut sample.outcome {
            (*scores, *unscored) = (new_scores, new_unscored);
        }
        if told.send(EventKind::CaseFinished { sample }).await.is_err() {
            return;
        }
    }
}

/// A part of the program that broke breaks the rest.
fn unwind<T>(ended: Result<T, tokio::task::JoinError>) -> T {
    match ended {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// What each scorer says of a sample; nothing where there is no answer.
fn verdicts(scorers: &[Box<dyn Scorer>], sample: &Sample) -> Verdicts {
    let (mut scores, mut unscored) = (Vec::new(), Vec::new());
    let (Some(transcript), Outcome::Completed { completion, .. }) = (&sample.transcript, &sample.outcome) else {
        return (scores, unscored);
    };
    for scorer in scorers {
        let name: Arc<str> = scorer.name().into();
        // A scorer that breaks is a bug of ours; the answer was paid for and is kept all the same.
        let verdict =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scorer.score(&transcript.row, completion)));
        let broke = || Unscored::new(UnscoredKind::ScorerFailed, "the scorer broke on this answer; please report it");
        match verdict.unwrap_or_else(|_| Err(broke())) {
            Ok(score) => scores.push((name, score)),
            Err(why) => unscored.push((name, why)),
        }
    }
    (scores, unscored)
}
