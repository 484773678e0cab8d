//! One case, from being ready to its end.

use std::sync::Arc;

use carat_core::{Call, Case, Completion, Digest, EventKind, ModelError, Origin, Outcome, Request, Sample, Transcript};
use tokio::sync::{Semaphore, mpsc};

use crate::plan::Lane;

use super::Recordings;
use super::attempts::{self, Answer, Asking, Out};
use super::memo::Memo;
use super::reader::{Ready, Todo};
use super::scoring::Happened;
use super::stop::StopSignal;
use super::wire::Wire;

/// What the cases of a lane share.
pub(super) struct Desk {
    pub(super) lane: Arc<Lane>,
    pub(super) recordings: Option<Arc<dyn Recordings>>,
    pub(super) wire: Wire,
    /// What cases share that ask the same; none where each is to have an answer of its own.
    pub(super) shared: Option<Shared>,
    pub(super) out: mpsc::Sender<Happened>,
    /// Room for answers that wait for their scores; shared by all lanes.
    pub(super) room: Arc<Semaphore>,
    pub(super) stop: StopSignal,
}

impl Desk {
    /// Answers a case: by asking, unless another case asks the very same.
    async fn ask(&self, case: &Case, call: Call<'_>) -> Option<Answer> {
        let asking = self.asking(case);
        let Some(Shared { memo, here }) = &self.shared else { return attempts::ask(&asking, call).await };
        let key = (call.request_digest, call.trial);
        let is_answer = |answer: &Option<Answer>| answer.as_ref().is_some_and(|answer| answer.result.is_ok());
        let (answer, asked_here) = memo.answer(key, attempts::ask(&asking, call), is_answer).await;
        match answer {
            Some(Answer { result: Ok(completion), .. }) if !asked_here => {
                let result = Ok(Completion { origin: Some(Box::new(here.clone())), ..completion });
                Some(Answer { result, attempts: 0, latency: None, is_hopeless: false })
            }
            answer => answer,
        }
    }

    /// Asks this lane's model on behalf of a case.
    fn asking<'a>(&'a self, case: &'a Case) -> Asking<'a> {
        Asking { wire: &self.wire, out: Out::Scoring(&self.out), stop: &self.stop, case, scorer: None }
    }

    /// Tells that every further call to the model is bound to fail.
    pub(super) async fn give_up(&self, error: ModelError) {
        self.wire.give_up();
        let model = Arc::clone(&self.lane.model.id().name);
        let _ = self.out.send(EventKind::ModelGivenUp { model, error }.into()).await;
    }
}

/// What cases share that ask the same.
pub(super) struct Shared {
    pub(super) memo: Memo<Option<Answer>>,
    /// Where an answer comes from that another case was given.
    pub(super) here: Origin,
}

/// What the end of a case says about its model.
pub(super) enum End {
    /// It answered.
    Answered,
    /// It did not.
    Failed(ModelError),
    /// It did not, and will not answer others.
    Hopeless(ModelError),
    /// It was not asked.
    NotAsked,
    /// The run is to stop, and the case was left for a resume.
    Left,
}

impl End {
    pub(super) const fn of(error: ModelError, is_hopeless: bool) -> Self {
        if is_hopeless { Self::Hopeless(error) } else { Self::Failed(error) }
    }
}

/// Carries a case to its end and tells of it.
pub(super) async fn carry_out(desk: Arc<Desk>, ready: Ready) -> End {
    let Ok(room) = Arc::clone(&desk.room).acquire_owned().await else { return End::Left };
    let (sample, end) = match &ready.todo {
        Todo::Unrenderable(why) => (unrendered(&ready, why), End::NotAsked),
        Todo::Answered(request, digest, completion) => {
            (of_record(&ready, request, *digest, (**completion).clone()), End::NotAsked)
        }
        Todo::ScoreAgain(seq) => (recorded(&desk, &ready, *seq).await, End::NotAsked),
        Todo::Ask(request, digest) => {
            let call = Call {
                request,
                request_digest: *digest,
                row: &ready.row,
                prompt: &desk.lane.variants[ready.variant].prompt.prompt.name,
                trial: ready.case.trial,
            };
            let Some(answer) = desk.ask(&ready.case, call).await else { return End::Left };
            let end = match &answer.result {
                Err(error) => End::of(error.clone(), answer.is_hopeless),
                Ok(completion) if completion.is_cached() => End::NotAsked,
                Ok(_) => End::Answered,
            };
            (answered(&ready, request, *digest, answer), end)
        }
    };
    let kind = EventKind::CaseFinished { sample: Box::new(sample) };
    let _ = desk.out.send(Happened { kind, room: Some(room) }).await;
    end
}

/// The sample of a question that was answered before: it took no call and no time.
fn of_record(ready: &Ready, request: &Arc<Request>, digest: Digest, completion: Completion) -> Sample {
    let answer = Answer { result: Ok(completion), attempts: 0, latency: None, is_hopeless: false };
    answered(ready, request, digest, answer)
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
        latency_us: answer.latency.map(|latency| u64::try_from(latency.as_micros()).unwrap_or(u64::MAX)),
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
