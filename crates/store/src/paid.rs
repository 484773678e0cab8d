//! What was ever paid for in a run: by all that it recorded, and not only by what still counts of it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use carat_core::event::{JudgeOutline, PlanOutline, Variant};
use carat_core::fold::Ledger;
use carat_core::spec::Price;
use carat_core::{Completion, Digest, EventKind, ModelError, RunId};

use crate::record::{self, JudgementBody, Nonsense, column, number, parsed};
use crate::sqlite;
use crate::text::restored;
use crate::{Store, StoreError};

/// How many lines are read at a time.
const LINES: i64 = 1024;

const PLANS: &str =
    "SELECT seq, body FROM events WHERE run = $1 AND kind IN ('run_started', 'run_resumed') ORDER BY seq";

const ASKED: &str = "SELECT seq, variant, trial, row_id, request_digest, outcome, attempts, latency_us, answer \
     FROM samples WHERE run = $1 AND seq > $2 AND attempts > 0 ORDER BY seq LIMIT $3";

const JUDGED: &str = "SELECT seq, model, body FROM judgements WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3";

const FAILED: &str =
    "SELECT seq, body FROM events WHERE run = $1 AND seq > $2 AND kind = 'attempt_failed' ORDER BY seq LIMIT $3";

impl Store {
    /// All that was ever paid for in a run, from its first start on: answers, superseded ones too, judgements, and attempts
    /// that may stand on the bill; each at the price that it had in the plan of its time. What came from the record cost
    /// nothing, and an answer of which there are several copies, because it was recorded before it was scored or scored
    /// again, was paid once.
    ///
    /// Calls that were in flight when a run was killed are not in it: nothing was recorded of them.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], and whatever keeps a store from being read.
    pub async fn paid(&self, run: &RunId) -> Result<Ledger, StoreError> {
        let key = self.run_key(run).await?;
        let plans = self.place.doing("read a run", sqlx::query(PLANS).bind(key).fetch_all(&self.pool).await)?;
        let prices = Prices::of(&plans).map_err(|nonsense| self.place.damaged(nonsense))?;
        let mut sum = Sum { prices, ledger: Ledger::default(), seen: HashSet::new() };
        for (text, add) in [(ASKED, Sum::answered as Add), (JUDGED, Sum::judged), (FAILED, Sum::failed)] {
            let mut after = -1;
            loop {
                let query = sqlx::query(text).bind(key).bind(after).bind(LINES);
                let rows = self.place.doing("read a run", query.fetch_all(&self.pool).await)?;
                let Some(last) = rows.last() else { break };
                let added = rows.iter().try_for_each(|row| add(&mut sum, row));
                after = added.and_then(|()| column(last, "seq")).map_err(|nonsense| self.place.damaged(nonsense))?;
            }
        }
        Ok(sum.ledger)
    }
}

/// Adds a row of one of the tables.
type Add = fn(&mut Sum, &sqlite::Row) -> Result<(), Nonsense>;

/// What has been added up so far.
struct Sum {
    prices: Prices,
    ledger: Ledger,
    /// The answers that have been counted.
    seen: HashSet<Digest>,
}

impl Sum {
    fn answered(&mut self, row: &sqlite::Row) -> Result<(), Nonsense> {
        let variant = number(row, "variant")?;
        let Some((model, price)) = self.prices.of_variant(number(row, "seq")?, variant) else { return Ok(()) };
        let (digest, model) = (model.digest, Arc::clone(&model.name));
        let answer: &str = column(row, "answer")?;
        if record::is_completed(column(row, "outcome")?) {
            if self.seen.insert(copy(row, &digest, column(row, "row_id")?, answer)?) {
                let completion: Completion = parsed("answer", answer)?;
                self.ledger.answered(&model, price.as_ref(), &completion);
            }
        } else if let Ok(error) = parsed::<ModelError>("answer", answer)
            // Cases that ask the same at the same time share a failure.
            && self.seen.insert(copy(row, &digest, "", answer)?)
        {
            self.ledger.failed(&model, price.as_ref(), &error);
        }
        Ok(())
    }

    fn judged(&mut self, row: &sqlite::Row) -> Result<(), Nonsense> {
        let body: JudgementBody<Completion> = parsed("judgement", column(row, "body")?)?;
        if !body.cached {
            let model = Arc::from(restored(column(row, "model")?));
            let price = self.prices.of_judge(number(row, "seq")?, &model);
            self.ledger.answered(&model, price.as_ref(), &body.completion);
        }
        Ok(())
    }

    fn failed(&mut self, row: &sqlite::Row) -> Result<(), Nonsense> {
        let seq = number(row, "seq")?;
        let EventKind::AttemptFailed { case, scorer, error, .. } = parsed("event", column(row, "body")?)? else {
            return Ok(());
        };
        if scorer.is_some() {
            // Which judge it was nobody tells: the dearest is the safe one to take it for.
            let (model, price) = self.prices.of_dearest_judge(seq);
            self.ledger.failed(&model, price.as_ref(), &error);
        } else if let Some((model, price)) = self.prices.of_variant(seq, case.variant) {
            self.ledger.failed(&Arc::clone(&model.name), price.as_ref(), &error);
        }
        Ok(())
    }
}

/// What all copies of an answer have in common. That two answers of one model to one question took the same microseconds
/// does not happen.
fn copy(row: &sqlite::Row, model: &Digest, row_id: &str, answer: &str) -> Result<Digest, Nonsense> {
    let request = column::<Option<&[u8]>>(row, "request_digest")?.unwrap_or_default();
    let numbers: [i64; 3] =
        [column(row, "trial")?, column(row, "attempts")?, column::<Option<i64>>(row, "latency_us")?.unwrap_or(-1)];
    let mut parts = Vec::new();
    let numbers = numbers.map(i64::to_be_bytes).concat();
    for part in [model.as_bytes().as_slice(), request, &numbers, row_id.as_bytes(), answer.as_bytes()] {
        parts.extend_from_slice(&part.len().to_be_bytes());
        parts.extend_from_slice(part);
    }
    Ok(Digest::of_bytes(&parts))
}

/// The prices of a run: those of its start and of each resume, by the number of the event.
struct Prices(BTreeMap<u64, PlanOutline>);

impl Prices {
    fn of(rows: &[sqlite::Row]) -> Result<Self, Nonsense> {
        let plan = |row: &sqlite::Row| {
            let kind: EventKind = parsed("event", column(row, "body")?)?;
            Ok(kind.into_plan().map(|plan| (number(row, "seq"), plan)))
        };
        let plans = rows.iter().filter_map(|row| plan(row).transpose());
        plans.map(|plan| plan.and_then(|(seq, plan)| Ok((seq?, plan)))).collect::<Result<_, _>>().map(Self)
    }

    /// The plan of the time of an event, and then the others, the newest first: a price that was not known then may be known
    /// from a later one.
    fn plans(&self, seq: u64) -> impl Iterator<Item = &PlanOutline> {
        let then = self.0.range(..=seq).next_back().map(|(_, plan)| plan);
        then.into_iter().chain(self.0.values().rev())
    }

    /// The model of a variant, and what it cost; none where no plan has that variant.
    fn of_variant(&self, seq: u64, number: u32) -> Option<(&carat_core::ModelId, Option<Price>)> {
        let of = |plan: &'_ PlanOutline| plan.variants.iter().position(|variant| variant.number == number);
        let mut variants = self.plans(seq).filter_map(|plan| of(plan).and_then(|at| plan.variants.get(at)));
        let first: &Variant = variants.next()?;
        Some((&first.model, first.price.or_else(|| variants.find_map(|variant| variant.price))))
    }

    fn of_judge(&self, seq: u64, name: &Arc<str>) -> Option<Price> {
        let judges = self.plans(seq).flat_map(|plan| &plan.judges);
        judges.filter(|judge| judge.model.name == *name).find_map(|judge| judge.price)
    }

    /// Where a judge without a price is among them, no price is known.
    fn of_dearest_judge(&self, seq: u64) -> (Arc<str>, Option<Price>) {
        let judges = self.plans(seq).next().map(|plan| plan.judges.as_slice()).unwrap_or_default();
        let dearness = |judge: &&JudgeOutline| judge.price.map_or(f64::MAX, |price| price.output);
        let dearest = judges.iter().max_by(|one, other| dearness(one).total_cmp(&dearness(other)));
        dearest.map_or_else(|| ("".into(), None), |judge| (Arc::clone(&judge.model.name), judge.price))
    }
}
