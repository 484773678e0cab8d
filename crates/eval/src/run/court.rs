//! The models that judge: each with its slots, its record of what it has said already, and its end when every further call
//! is bound to fail.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use carat_core::event::Judgement;
use carat_core::{
    Ask, Call, Case, Completion, Digest, EventKind, ModelError, ModelErrorKind, Parameters, Question, Request, Row,
};
use tokio::sync::{OnceCell, mpsc};

use super::Recordings;
use super::attempts::{Asking, Out, ask};
use super::breaker::Breaker;
use super::case::End;
use super::memo::Memo;
use super::stop::StopSignal;
use super::wire::{Exchange, Wire};
use crate::jury::ForScorer;
use crate::plan::Judge;

/// So many answers are kept at hand while the journal writes them: the same question may come again before it has.
const AT_HAND: usize = 8192;

/// All models that judge.
pub(super) struct Court {
    seats: HashMap<Arc<str>, Seat>,
    recordings: Option<Arc<dyn Recordings>>,
    told: mpsc::Sender<EventKind>,
    stop: StopSignal,
    gave_up: Arc<AtomicBool>,
}

/// One model that judges.
struct Seat {
    wire: Wire,
    route: Option<Digest>,
    parameters: Parameters,
    at_hand: Memo<Answered>,
    breaker: Mutex<Breaker>,
    given_up: OnceCell<ModelError>,
}

/// An answer; none where the run is to stop before there is one.
type Answered = Option<Result<Completion, ModelError>>;

impl Seat {
    fn question(&self, asked: &Asked<'_>) -> Question {
        let model = self.wire.model.id().digest;
        Question { model, route: self.route, request: asked.digest, trial: asked.vote }
    }
}

impl Court {
    pub(super) fn new(
        judges: &[Judge],
        exchange: &Arc<Exchange>,
        recordings: Option<Arc<dyn Recordings>>,
        told: mpsc::Sender<EventKind>,
        stop: StopSignal,
    ) -> Self {
        let seat = |judge: &Judge| {
            let seat = Seat {
                wire: exchange.wire(&judge.model, judge.pace, judge.price),
                route: judge.route,
                parameters: judge.parameters.clone(),
                at_hand: Memo::new(AT_HAND),
                breaker: Mutex::default(),
                given_up: OnceCell::new(),
            };
            (Arc::clone(&judge.model.id().name), seat)
        };
        Self { seats: judges.iter().map(seat).collect(), recordings, told, stop, gave_up: Arc::default() }
    }

    /// The way of the scorers of one case.
    pub(super) fn for_case<'a>(self: &'a Arc<Self>, case: &'a Case) -> ForCase<'a> {
        ForCase { court: self, case, left: AtomicBool::new(false) }
    }

    /// Whether a judge had to be given up: to be looked at when the court has risen, for as long as it sits there may be
    /// more to tell.
    pub(super) fn gave_up(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.gave_up)
    }

    /// Answers a question: from what is at hand, from the record, or by asking.
    async fn answer(&self, way: &Way<'_>, model: &str, mut request: Request, vote: u32) -> Answered {
        let Some(seat) = self.seats.get(model) else {
            let why = format!("the judge `{model}` is not part of the plan");
            return Some(Err(ModelError::new(ModelErrorKind::NotFound, why)));
        };
        request.parameters = seat.parameters.overridden_by(&request.parameters);
        let digest = request.digest();
        let question = Asked { case: way.of.case, scorer: &way.scorer, request, digest, vote };
        let key = (question.digest, question.vote);
        let asking = self.look_up_or_ask(seat, &question);
        // What failed is asked again by the next one who wants to know.
        let is_lasting = |answered: &Answered| matches!(answered, Some(Ok(_)));
        let (answered, asked_here) = seat.at_hand.answer(key, asking, is_lasting).await;
        match &answered {
            Some(Ok(completion)) if !asked_here => self.tell(seat, &question, completion, None).await,
            None | Some(_) => {}
        }
        answered
    }

    async fn look_up_or_ask(&self, seat: &Seat, question: &Asked<'_>) -> Answered {
        if let Some(recordings) = &self.recordings {
            match recordings.judged(&seat.question(question)).await {
                Ok(Some(completion)) => {
                    self.tell(seat, question, &completion, None).await;
                    return Some(Ok(completion));
                }
                Ok(None) => {}
                Err(why) => {
                    let why = format!("what judges have said cannot be read: {why}");
                    return Some(Err(ModelError::new(ModelErrorKind::NotRecorded, why)));
                }
            }
        }
        if let Some(error) = seat.given_up.get() {
            return Some(Err(error.clone()));
        }
        self.ask(seat, question).await
    }

    async fn ask(&self, seat: &Seat, question: &Asked<'_>) -> Answered {
        let asking = Asking {
            wire: &seat.wire,
            out: Out::Dispatcher(&self.told),
            stop: &self.stop,
            case: question.case,
            scorer: Some(question.scorer),
        };
        let row = nobody();
        let call = Call {
            request: &question.request,
            request_digest: question.digest,
            row: &row,
            prompt: question.scorer,
            trial: question.vote,
        };
        let answer = ask(&asking, call).await?;
        let end = match &answer.result {
            Ok(_) => End::Answered,
            Err(error) => End::of(error.clone(), answer.is_hopeless),
        };
        let hopeless = seat.breaker.lock().unwrap_or_else(PoisonError::into_inner).after(end);
        if let Some(error) = hopeless
            && seat.given_up.set(error.clone()).is_ok()
        {
            seat.wire.give_up();
            self.gave_up.store(true, Ordering::Relaxed);
            let model = Arc::clone(&seat.wire.model.id().name);
            let _ = self.told.send(EventKind::ModelGivenUp { model, error }).await;
        }
        match &answer.result {
            Ok(completion) => {
                let latency = answer.latency.unwrap_or_default();
                let latency_us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
                self.tell(seat, question, completion, Some((answer.attempts, latency_us))).await;
            }
            // It may stand on the bill, and nothing else tells of it.
            Err(error) if error.supposed.is_some() => {
                let (case, scorer, error) = (question.case.clone(), Some(Arc::clone(question.scorer)), error.clone());
                let failed = EventKind::AttemptFailed { case, scorer, attempt: answer.attempts, error, wait_ms: 0 };
                let _ = self.told.send(failed).await;
            }
            Err(_) => {}
        }
        Some(answer.result)
    }

    /// Tells of an answer; without attempts it came from the record.
    async fn tell(&self, seat: &Seat, question: &Asked<'_>, completion: &Completion, paid: Option<(u32, u64)>) {
        let (attempts, latency_us) = paid.unwrap_or_default();
        let judgement = Judgement {
            case: question.case.clone(),
            scorer: Arc::clone(question.scorer),
            model: seat.wire.model.id().clone(),
            request_digest: question.digest,
            vote: question.vote,
            completion: completion.clone(),
            attempts,
            latency_us,
            cached: paid.is_none(),
        };
        let _ = self.told.send(EventKind::JudgeAnswered { judgement: Box::new(judgement) }).await;
    }
}

/// Judges are asked without a row: what they need to know is in the question.
fn nobody() -> Row {
    Row {
        id: "".into(),
        input: serde_json::Map::new(),
        expected: None,
        tags: Vec::new(),
        split: None,
        metadata: serde_json::Map::new(),
        messages: Vec::new(),
    }
}

/// A question to a judge, with all that is told of it.
struct Asked<'a> {
    case: &'a Case,
    scorer: &'a Arc<str>,
    request: Request,
    digest: Digest,
    vote: u32,
}

/// The way of the scorers of one case to the judges.
pub(super) struct ForCase<'a> {
    court: &'a Arc<Court>,
    case: &'a Case,
    left: AtomicBool,
}

impl ForCase<'_> {
    /// Whether the run was told to stop before every judge had answered: the case is left for a resume.
    pub(super) fn was_left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }
}

impl ForScorer for ForCase<'_> {
    fn of<'a>(&'a self, scorer: &Arc<str>) -> Box<dyn Ask + 'a> {
        Box::new(Way { of: self, scorer: Arc::clone(scorer) })
    }
}

/// The way of one scorer.
struct Way<'a> {
    of: &'a ForCase<'a>,
    scorer: Arc<str>,
}

#[async_trait]
impl Ask for Way<'_> {
    async fn ask(&self, model: &str, request: Request, vote: u32) -> Result<Completion, ModelError> {
        match self.of.court.answer(self, model, request, vote).await {
            Some(result) => result,
            None => {
                self.of.left.store(true, Ordering::Relaxed);
                Err(ModelError::new(ModelErrorKind::Timeout, "the run was told to stop"))
            }
        }
    }
}
