//! Reads rows and renders them, on a thread of its own, for one lane.

use std::sync::Arc;

use carat_core::{Case, DataError, Digest, Request, Row};
use tokio::sync::mpsc;

use crate::Plan;
use crate::plan::Lane;
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
    /// Take the recorded answer with this number and score it again.
    ScoreAgain(u64),
}

/// Goes through the rows until the end, an error, or until nobody takes what is ready.
pub(super) fn read(
    plan: &Plan,
    lane: &Lane,
    decisions: &Decisions,
    ready: &mpsc::Sender<Ready>,
) -> Result<(), DataError> {
    for row in plan.rows.open()? {
        let row = Arc::new(row?);
        let row_digest = row.digest();
        for (index, variant) in lane.variants.iter().enumerate() {
            let mut asked = None;
            for trial in 0..plan.outline.trials {
                let case = Case { variant: variant.number, row: row.id.clone(), trial };
                let todo = match decisions.of(&case) {
                    Decision::Keep => continue,
                    Decision::ScoreAgain(seq) => Todo::ScoreAgain(seq),
                    Decision::Ask => asked.get_or_insert_with(|| ask(plan, variant, &row)).clone().into(),
                };
                let row = Arc::clone(&row);
                if ready.blocking_send(Ready { case, variant: index, row, row_digest, todo }).is_err() {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

type Asked = Result<(Arc<Request>, Digest), String>;

fn ask(plan: &Plan, variant: &crate::plan::LaneVariant, row: &Row) -> Asked {
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
