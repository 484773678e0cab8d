//! One case, from being ready to its end.

use std::sync::Arc;

use carat_core::{Call, Case, Digest, EventKind, ModelError, Outcome, Request, Sample, Transcript};
use tokio::sync::{Semaphore, mpsc};

use crate::plan::Lane;

use super::Recordings;
use super::attempts::{self, Answer, Asking, Out};
use super::reader::{Ready, Todo};
use super::scoring::Happened;
use super::stop::StopSignal;

/// What the cases of a lane share.
pub(super) struct Desk {
    pub(super) lane: Arc<Lane>,
    pub(super) recordings: Option<Arc<dyn Recordings>>,
    pub(super) slots: Semaphore,
    pub(super) out: mpsc::Sender<Happened>,
    /// Room for answers that wait for their scores; shared by all lanes.
    pub(super) room: Arc<Semaphore>,
    pub(super) stop: StopSignal,
}

impl Desk {
    /// Asks this lane's model on behalf of a case.
    fn asking<'a>(&'a self, case: &'a Case) -> Asking<'a> {
        Asking {
            model: &*self.lane.model,
            pace: self.lane.pace,
            slots: &self.slots,
            out: Out::Scoring(&self.out),
            stop: &self.stop,
            case,
            scorer: None,
        }
    }

    /// Tells that every further call to the model is bound to fail.
    pub(super) async fn give_up(&self, error: ModelError) {
        let model = Arc::clone(&self.lane.model.id().name);
        let _ = self.out.send(EventKind::ModelGivenUp { model, error }.into()).await;
    }
}

/// What the end of a case says about its model.
pub(super) enum End {
    /// It answered.
    Answered,
    /// It did not.
    Failed(ModelError),
    /// It was not asked.
    NotAsked,
    /// The run is to stop, and the case was left for a resume.
    Left,
}

/// Carries a case to its end and tells of it.
pub(super) async fn carry_out(desk: Arc<Desk>, ready: Ready) -> End {
    let Ok(room) = Arc::clone(&desk.room).acquire_owned().await else { return End::Left };
    let (sample, end) = match &ready.todo {
        Todo::Unrenderable(why) => (unrendered(&ready, why), End::NotAsked),
        Todo::ScoreAgain(seq) => (recorded(&desk, &ready, *seq).await, End::NotAsked),
        Todo::Ask(request, digest) => {
            let call = Call {
                request,
                request_digest: *digest,
                row: &ready.row,
                prompt: &desk.lane.variants[ready.variant].prompt.prompt.name,
                trial: ready.case.trial,
            };
            let Some(answer) = attempts::ask(&desk.asking(&ready.case), call).await else { return End::Left };
            let end = answer.result.as_ref().map_or_else(|error| End::Failed(error.clone()), |_| End::Answered);
            (answered(&ready, request, *digest, answer), end)
        }
    };
    let kind = EventKind::CaseFinished { sample: Box::new(sample) };
    let _ = desk.out.send(Happened { kind, room: Some(room) }).await;
    end
}

fn answered(ready: &Ready, request: &Arc<Request>, digest: Digest, answer: Answer) -> Sample {
    let outcome = match answer.result {
        Ok(completion) => Outcome::Completed { completion, scores: Vec::new(), unscored: Vec::new() },
        Err(error) => Outcome::Unanswered { error },
    };
    let transcript = Transcript { row: Arc::clone(&ready.row), request: Some(Arc::clone(request)) };
    Sample {
        case: ready.case.clone(),
        row_digest: ready.row_digest,
        request_digest: Some(digest),
        outcome,
        attempts: answer.attempts,
        latency_us: Some(u64::try_from(answer.latency.as_micros()).unwrap_or(u64::MAX)),
        transcript: Some(Arc::new(transcript)),
    }
}

fn unrendered(ready: &Ready, why: &str) -> Sample {
    Sample {
        case: ready.case.clone(),
        row_digest: ready.row_digest,
        request_digest: None,
        outcome: Outcome::Unrendered { message: why.to_owned() },
        attempts: 0,
        latency_us: None,
        transcript: Some(Arc::new(Transcript { row: Arc::clone(&ready.row), request: None })),
    }
}

/// A recorded answer, to be scored against the row as it is now.
async fn recorded(desk: &Desk, ready: &Ready, seq: u64) -> Sample {
    let found = match &desk.recordings {
        Some(recordings) => recordings.sample(seq).await,
        None => Err("nothing is recorded".to_owned()),
    };
    match found {
        Ok(mut sample) => {
            if let Outcome::Completed { scores, unscored, .. } = &mut sample.outcome {
                scores.clear();
                unscored.clear();
            }
            let request = sample.transcript.as_ref().and_then(|transcript| transcript.request.clone());
            sample.case = ready.case.clone();
            sample.row_digest = ready.row_digest;
            sample.transcript = Some(Arc::new(Transcript { row: Arc::clone(&ready.row), request }));
            sample
        }
        Err(why) => unrendered(ready, &format!("the recorded answer cannot be read: {why}")),
    }
}
