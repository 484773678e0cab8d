//! Scores answers on rayon's threads, a batch at a time, so that the threads of the network never compute for long and the
//! way over and back is paid once a batch.

use std::sync::Arc;

use carat_core::{EventKind, Outcome, Sample, Scorer, Unscored, UnscoredKind};
use rayon::iter::{IntoParallelRefMutIterator as _, ParallelIterator as _};
use tokio::sync::mpsc;

/// The most answers that wait for one another's scores.
const BATCH: usize = 128;

/// Scores what comes and passes it on in the same order, until nothing more can come or nobody listens.
pub(super) async fn score_all(
    scorers: Arc<[Box<dyn Scorer>]>,
    mut ended: mpsc::Receiver<EventKind>,
    scored: mpsc::Sender<EventKind>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while ended.recv_many(&mut batch, BATCH).await > 0 {
        for kind in score_batch(&scorers, std::mem::take(&mut batch)).await {
            if scored.send(kind).await.is_err() {
                return;
            }
        }
    }
}

async fn score_batch(scorers: &Arc<[Box<dyn Scorer>]>, mut batch: Vec<EventKind>) -> Vec<EventKind> {
    if !batch.iter().any(|kind| matches!(kind, EventKind::CaseFinished { .. })) {
        return batch;
    }
    let scorers = Arc::clone(scorers);
    let scored = tokio::task::spawn_blocking(move || {
        batch.par_iter_mut().for_each(|kind| {
            if let EventKind::CaseFinished { sample } = kind {
                score(&scorers, sample);
            }
        });
        batch
    });
    match scored.await {
        Ok(batch) => batch,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Fills in the scores of an answer.
pub(crate) fn score(scorers: &[Box<dyn Scorer>], sample: &mut Sample) {
    let Some(transcript) = sample.transcript.clone() else { return };
    let Outcome::Completed { completion, scores, unscored } = &mut sample.outcome else { return };
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
}
