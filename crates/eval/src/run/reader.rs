//! Reads rows and renders them, for one lane, a little ahead of what the lane is ready for.

use std::collections::VecDeque;
use std::sync::Arc;

use carat_core::{Case, Completion, DataError, Digest, Question, Request, Row, RowStream};
use tokio::task::JoinHandle;

use super::Recordings;
use crate::Plan;
use crate::plan::{Lane, LaneVariant};
use crate::resume::{Decision, Decisions};

/// A case that is ready to be asked, or to be told of.
pub(super) struct Ready {
    pub(super) case: Case,
    /// Which of the lane's variants.
    pub(super) variant: usize,
    pub(super) row: Arc<Row>,
    pub(super) row_digest: Digest,
    pub(super) todo: Todo,
}

/// What is to be done for a case.
pub(super) enum Todo {
    /// Ask the model.
    Ask(Arc<Request>, Digest),
    /// Say that there is nothing to ask, and why.
    Unrenderable(String),
    /// Take the answer that was given to this question before.
    Answered(Arc<Request>, Digest, Box<Completion>),
    /// Take the recorded answer with this number and score it again.
    ScoreAgain(u64),
}

/// The least number of cases that are made ready at a time, so that the way to the thread that does it pays.
const LEAST: usize = 32;

/// Makes cases ready on a thread for computing, a portion ahead.
pub(super) struct Reader {
    ready: VecDeque<Ready>,
    next: Option<JoinHandle<Portion>>,
    record: Option<Arc<Record>>,
}

/// Where answers are that were given before.
pub(super) struct Record {
    pub(super) recordings: Arc<dyn Recordings>,
    /// The lane's model.
    pub(super) model: Digest,
    /// The way to it.
    pub(super) route: Option<Digest>,
}

/// What one visit to that thread gives: cases, and the rows that are left, unless that was the end.
struct Portion {
    ready: VecDeque<Ready>,
    rest: Result<Option<Rest>, DataError>,
}

impl Reader {
    /// Begins to read. Questions that were answered before are told with their answers, where there is a record to look into.
    pub(super) fn start(plan: Arc<Plan>, lane: Arc<Lane>, decisions: Arc<Decisions>, record: Option<Record>) -> Self {
        let size = lane.pace.concurrency.max(LEAST);
        let first = move || match plan.rows.open() {
            Ok(rows) => Rest { plan, lane, decisions, rows, size }.portion(),
            Err(error) => Portion { ready: VecDeque::new(), rest: Err(error) },
        };
        let record = record.map(Arc::new);
        Self { ready: VecDeque::new(), next: Some(tokio::spawn(made(first, record.clone()))), record }
    }

    /// The next case; none at the end of the rows. Losing the future between two calls loses no case.
    pub(super) async fn next(&mut self) -> Result<Option<Ready>, DataError> {
        while self.ready.is_empty() {
            let Some(next) = self.next.as_mut() else { return Ok(None) };
            let Portion { ready, rest } = match next.await {
                Ok(portion) => portion,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            };
            self.next = None;
            self.ready = ready;
            let record = &self.record;
            self.next = rest?.map(|rest| tokio::spawn(made(move || rest.portion(), record.clone())));
        }
        Ok(self.ready.pop_front())
    }
}

/// A portion, made on a thread for computing, with the answers that were given before.
async fn made(portion: impl FnOnce() -> Portion + Send + 'static, record: Option<Arc<Record>>) -> Portion {
    let mut portion = match tokio::task::spawn_blocking(portion).await {
        Ok(portion) => portion,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    if let Some(record) = record
        && let Err(error) = record.fill_in(&mut portion.ready).await
    {
        // Nobody is to pay for what may have been answered.
        portion = Portion { ready: VecDeque::new(), rest: Err(error) };
    }
    portion
}

impl Record {
    /// Puts the answers in that were given before.
    async fn fill_in(&self, ready: &mut VecDeque<Ready>) -> Result<(), DataError> {
        let question = |(place, ready): (usize, &Ready)| match &ready.todo {
            Todo::Ask(_, request) => Some((
                place,
                Question { model: self.model, route: self.route, request: *request, trial: ready.case.trial },
            )),
            Todo::Answered(..) | Todo::Unrenderable(_) | Todo::ScoreAgain(_) => None,
        };
        let (places, questions): (Vec<usize>, Vec<Question>) = ready.iter().enumerate().filter_map(question).unzip();
        if questions.is_empty() {
            return Ok(());
        }
        let answers = self.recordings.answered(&questions).await.map_err(|why| DataError {
            file: "the store".to_owned(),
            line: None,
            message: format!("whether questions were answered before cannot be read: {why}"),
        })?;
        for (place, answer) in places.into_iter().zip(answers) {
            if let (Some(ready), Some(answer)) = (ready.get_mut(place), answer) {
                ready.todo.answer(answer);
            }
        }
        Ok(())
    }
}

impl Todo {
    fn answer(&mut self, answer: Completion) {
        if let Self::Ask(request, digest) = self {
            *self = Self::Answered(Arc::clone(request), *digest, Box::new(answer));
        }
    }
}

/// The rows that are still to be read.
struct Rest {
    plan: Arc<Plan>,
    lane: Arc<Lane>,
    decisions: Arc<Decisions>,
    rows: RowStream,
    size: usize,
}

impl Rest {
    fn portion(mut self) -> Portion {
        let mut ready = VecDeque::with_capacity(self.size);
        while ready.len() < self.size {
            match self.rows.next() {
                Some(Ok(row)) => self.make_ready(Arc::new(row), &mut ready),
                Some(Err(error)) => return Portion { ready, rest: Err(error) },
                None => return Portion { ready, rest: Ok(None) },
            }
        }
        Portion { ready, rest: Ok(Some(self)) }
    }

    fn make_ready(&self, row: Arc<Row>, ready: &mut VecDeque<Ready>) {
        let row_digest = row.digest();
        for (index, variant) in self.lane.variants.iter().enumerate() {
            let mut asked = None;
            for trial in 0..self.plan.outline.trials {
                let case = Case { variant: variant.number, row: row.id.clone(), trial };
                let todo = match self.decisions.of(&case) {
                    Decision::Keep => continue,
                    Decision::ScoreAgain(seq) => Todo::ScoreAgain(seq),
                    Decision::Ask => asked.get_or_insert_with(|| ask(&self.plan, variant, &row)).clone().into(),
                };
                ready.push_back(Ready { case, variant: index, row: Arc::clone(&row), row_digest, todo });
            }
        }
    }
}

type Asked = Result<(Arc<Request>, Digest), String>;

fn ask(plan: &Plan, variant: &LaneVariant, row: &Row) -> Asked {
    let request = variant.request(&plan.mapping, row)?;
    let digest = request.digest();
    Ok((Arc::new(request), digest))
}

impl From<Asked> for Todo {
    fn from(asked: Asked) -> Self {
        match asked {
            Ok((request, digest)) => Self::Ask(request, digest),
            Err(why) => Self::Unrenderable(why),
        }
    }
}
