//! Going on with a run: what becomes of each case that is recorded already.
//!
//! A recorded answer is as good as a new one when its request – messages, tools, format, parameters – and its model's
//! settings are the same, which their digests say. Everything else is only about telling the person why.

use std::collections::HashMap;

use carat_core::event::{PlanOutline, Reuse, Variant};
use carat_core::{Case, DataError, Digest, RowId};

use crate::Plan;

/// A recorded sample, as far as a resume needs to know it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its number in the run's journal.
    pub seq: u64,
    /// Which case.
    pub case: Case,
    /// The name of the row's content.
    pub row_digest: Digest,
    /// The name of what was asked; none when nothing could be rendered.
    pub request_digest: Option<Digest>,
    /// Whether the model answered.
    pub answered: bool,
    /// Whether the scorers have said something of the answer; one that was recorded early may wait for them still.
    pub scored: bool,
    /// Whether it does not count, because the case was done again, left the plan, or was not scored yet.
    pub superseded: bool,
}

/// What is to be done for one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Ask the model.
    Ask,
    /// Nothing: the recorded answer and its scores stand.
    Keep,
    /// Score the recorded answer with this number again.
    ScoreAgain(u64),
}

/// What becomes of everything that is recorded.
#[derive(Debug, Default)]
pub struct Decisions {
    by_case: HashMap<Case, Decision>,
    /// The counts, for the person and the journal.
    pub reuse: Reuse,
    /// The samples that count now and will not any more.
    pub superseded: Vec<u64>,
    /// The samples that did not count and do again.
    pub restored: Vec<u64>,
}

impl Decisions {
    /// What is to be done for a case.
    pub fn of(&self, case: &Case) -> Decision {
        if self.by_case.is_empty() {
            return Decision::Ask;
        }
        self.by_case.get(case).copied().unwrap_or(Decision::Ask)
    }

    /// How many cases a model has still to be asked for.
    pub const fn to_ask(&self) -> u64 {
        let reuse = &self.reuse;
        reuse.new
            + reuse.failed_before
            + reuse.prompt_changed
            + reuse.row_changed
            + reuse.model_changed
            + reuse.parameters_changed
    }

    /// Goes through the plan and holds it against what is recorded. `before` is the plan as it was last, `variants` are all
    /// that the run ever had.
    ///
    /// # Errors
    /// The golden data cannot be read.
    pub fn make(
        plan: &Plan,
        before: &PlanOutline,
        variants: &[Variant],
        recorded: Vec<Recorded>,
    ) -> Result<Self, DataError> {
        let same_scorers = digests(&plan.outline) == digests(before);
        let mut index = Index::new(recorded);
        let mut decisions = Self::default();
        for row in plan.rows.open()? {
            let row = row?;
            let row_digest = row.digest();
            for variant in plan.lanes.iter().flat_map(|lane| &lane.variants) {
                let request = variant.request(&plan.mapping, &row).ok().map(|request| request.digest());
                for trial in 0..plan.outline.trials {
                    let case = Case { variant: variant.number, row: row.id.clone(), trial };
                    match index.take_answer(&case, request) {
                        Some(answer) => {
                            let stands = answer.row_digest == row_digest && same_scorers && answer.scored;
                            decisions.reuse(case, &answer, stands);
                        }
                        None => decisions.ask(&case, row_digest, plan, variants, &index),
                    }
                }
            }
        }
        decisions.superseded.extend(index.left_over());
        Ok(decisions)
    }

    fn reuse(&mut self, case: Case, answer: &Recorded, as_it_is: bool) {
        if !as_it_is {
            self.reuse.rescored += 1;
            self.by_case.insert(case, Decision::ScoreAgain(answer.seq));
            // The sample with the new scores takes its place.
            self.superseded.extend((!answer.superseded).then_some(answer.seq));
            return;
        }
        self.reuse.kept += 1;
        self.by_case.insert(case, Decision::Keep);
        self.restored.extend(answer.superseded.then_some(answer.seq));
    }

    /// Counts why a case has to be asked for.
    fn ask(&mut self, case: &Case, row_digest: Digest, plan: &Plan, variants: &[Variant], index: &Index) {
        let reuse = &mut self.reuse;
        let counter = match index.of_same_variant(case) {
            Some(Last { answered: false, .. }) => &mut reuse.failed_before,
            Some(last) if last.row_digest != row_digest => &mut reuse.row_changed,
            Some(_) => &mut reuse.parameters_changed,
            None => match predecessor(case, plan, variants, index) {
                Some(before) if before.prompt_changed => &mut reuse.prompt_changed,
                Some(_) => &mut reuse.model_changed,
                None => &mut reuse.new,
            },
        };
        *counter += 1;
    }
}

fn digests(outline: &PlanOutline) -> Vec<(&str, Digest)> {
    outline.scorers.iter().map(|scorer| (&*scorer.name, scorer.digest)).collect()
}

/// A variant of the same names whose content has changed since.
struct Predecessor {
    prompt_changed: bool,
}

fn predecessor(case: &Case, plan: &Plan, variants: &[Variant], index: &Index) -> Option<Predecessor> {
    let now = plan.outline.variants.iter().find(|variant| variant.number == case.variant)?;
    let same_names =
        |variant: &&Variant| variant.prompt.name == now.prompt.name && variant.model.name == now.model.name;
    let mut before = variants.iter().rev().filter(same_names);
    let before = before.find(|variant| {
        index.of_same_variant(&Case { variant: variant.number, ..case.clone() }).is_some_and(|last| last.answered)
    })?;
    Some(Predecessor { prompt_changed: before.prompt.digest != now.prompt.digest })
}

/// What is recorded, by case.
struct Index {
    by_case: HashMap<(u32, u32, RowId), Vec<Recorded>>,
}

/// The latest that is recorded of a case.
struct Last {
    answered: bool,
    row_digest: Digest,
}

impl Index {
    fn new(recorded: Vec<Recorded>) -> Self {
        let mut by_case: HashMap<_, Vec<Recorded>> = HashMap::with_capacity(recorded.len());
        for sample in recorded {
            let key = (sample.case.variant, sample.case.trial, sample.case.row.clone());
            by_case.entry(key).or_default().push(sample);
        }
        Self { by_case }
    }

    /// The latest answer of a case to this very request; it is taken out, so that what is left over at the end is what no
    /// case wants any more.
    fn take_answer(&mut self, case: &Case, request: Option<Digest>) -> Option<Recorded> {
        let request = request?;
        let samples = self.by_case.get_mut(&(case.variant, case.trial, case.row.clone()))?;
        let found = samples.iter().rposition(|sample| sample.answered && sample.request_digest == Some(request))?;
        Some(samples.remove(found))
    }

    fn of_same_variant(&self, case: &Case) -> Option<Last> {
        let samples = self.by_case.get(&(case.variant, case.trial, case.row.clone()))?;
        let last = samples.iter().rfind(|sample| !sample.superseded).or(samples.last())?;
        Some(Last { answered: last.answered, row_digest: last.row_digest })
    }

    /// The samples that count and are wanted no more.
    fn left_over(self) -> impl Iterator<Item = u64> {
        self.by_case.into_values().flatten().filter(|sample| !sample.superseded).map(|sample| sample.seq)
    }
}
