//! `--baseline REF`: what a run is compared with.

use std::collections::HashMap;
use std::sync::Arc;

use carat_core::compare::Sides;
use carat_core::event::PlanOutline;
use carat_core::spec::SliceSpec;
use carat_core::{Digest, EventKind, Outcome, Row, RowId, Rows, RunId};
use carat_eval::assessors::Rivals;
use carat_eval::comparing::Baseline;
use carat_store::Detail;

use crate::fault::Fault;
use crate::recorded::{Named, Recorded};
use crate::session::Session;

use super::one_variant::one_variant;

/// The baseline, found and folded.
pub(crate) struct Loaded {
    pub(crate) baseline: Baseline,
    named: Named,
}

impl Loaded {
    /// Finds what a person named.
    pub(crate) async fn find(reference: &str, slices: &[SliceSpec], session: &Session) -> Result<Self, Fault> {
        let named = Named::find(reference, session).await.map_err(|fault| of_baseline(reference, fault))?;
        let folded = named.sides(slices).await.map_err(|fault| of_baseline(reference, fault))?;
        Ok(Self { baseline: Baseline { sides: folded.sides, variant: named.variant.clone() }, named })
    }

    /// A run is not compared with itself; one of its variants may be.
    pub(crate) fn refuse_itself(&self, run: &RunId) -> Result<(), Fault> {
        if self.named.variant.is_none() && self.named.recorded.name() == run.as_str() {
            let advice = "name another run, or one of its variants as RUN:VARIANT";
            return Err(Fault::mendable(format!("the baseline is the run itself; {advice}")));
        }
        Ok(())
    }

    /// Refuses a baseline that has no row in common with what is recorded.
    pub(crate) fn refuse_unrelated(&self, sides: &Sides) -> Result<(), Fault> {
        let known: HashMap<&RowId, &Digest> = self.baseline.sides.all().iter().flat_map(|side| side.rows()).collect();
        let mut recorded = sides.all().iter().flat_map(|side| side.rows()).peekable();
        if recorded.peek().is_none() || recorded.any(|(row, digest)| known.get(row) == Some(&digest)) {
            return Ok(());
        }
        let why = "the baseline was measured on other data: no recorded row is among its rows with the same content";
        Err(Fault::mendable(format!("{why}; take a baseline of this dataset")))
    }

    /// That of a recorded run, or why there is none any more.
    pub(crate) async fn of_plan(plan: &PlanOutline, session: &Session) -> Result<Self, String> {
        let none = || "there is no baseline; name one with --baseline".to_owned();
        let reference = plan.baseline.as_ref().ok_or_else(none)?;
        let found = Self::find(reference, &plan.slices, session).await;
        found.map_err(|fault| format!("the baseline is gone: {}", fault.message))
    }

    /// A reference that means the same for good: names and `@last` move on.
    pub(crate) fn reference(&self) -> String {
        for_good(&self.named)
    }

    /// Where it rests.
    pub(crate) const fn recorded(&self) -> &Recorded {
        &self.named.recorded
    }

    /// Refuses a baseline that was measured on other rows, before anything is paid for. `common` compares what both have; a
    /// run that was asked for a `part` of the rows is compared on that part.
    pub(crate) fn refuse_foreign(&self, rows: &dyn Rows, common: bool, part: bool) -> Result<(), Fault> {
        refuse_foreign(&self.baseline, rows, common, part)
    }
}

fn for_good(named: &Named) -> String {
    let run = named.recorded.name();
    named.variant.as_ref().map_or_else(|| run.clone(), |variant| format!("{run}:{variant}"))
}

/// What a person named, as a reference that means the same for good.
pub(super) async fn settled(reference: &str, session: &Session) -> Result<String, Fault> {
    let named = Named::find(reference, session).await.map_err(|fault| of_baseline(reference, fault))?;
    Ok(for_good(&named))
}

fn of_baseline(reference: &str, fault: Fault) -> Fault {
    Fault { message: format!("--baseline {reference}: {}", fault.message), ..fault }
}

fn refuse_foreign(baseline: &Baseline, rows: &dyn Rows, common: bool, part: bool) -> Result<(), Fault> {
    let known: HashMap<&RowId, &Digest> = baseline.sides.all().iter().flat_map(|side| side.rows()).collect();
    let (mut same, mut changed, mut new) = (0_u64, 0_u64, 0_u64);
    for row in rows.open()? {
        let row = row?;
        match known.get(&row.id) {
            Some(digest) if **digest == row.digest() => same += 1,
            Some(_) => changed += 1,
            None => new += 1,
        }
    }
    if same == 0 {
        return Err(Fault::mendable(format!(
            "the baseline was measured on other data: none of the {} rows to run is among its {} rows with the same \
             content; take a baseline of this dataset",
            changed + new,
            known.len()
        )));
    }
    // Rows that were deleted could be those that went wrong.
    let gone = if part { 0 } else { (known.len() as u64).saturating_sub(same + changed) };
    if common || changed + new + gone == 0 {
        return Ok(());
    }
    Err(Fault::mendable(format!(
        "the baseline was measured on other rows: of {} rows to run it has {same} with the same content, {changed} with \
         other content and lacks {new}{}; take a new baseline, or add --common-rows to compare the {same} that both have",
        same + changed + new,
        if gone == 0 { String::new() } else { format!(", and {gone} of its own are not to be run") }
    )))
}

/// The answers of the baseline, for judges that compare two answers.
pub(crate) struct Answers {
    /// By row and trial, with the name of the row's content as it was then.
    by_case: HashMap<(RowId, u32), (Digest, String)>,
    /// Whether there is one answer to each row; it stands for every trial then.
    is_single: bool,
}

impl Answers {
    /// The answers of the one variant that a reference names.
    pub(crate) async fn of(reference: &str, session: &Session) -> Result<Arc<dyn Rivals>, Fault> {
        let named = Named::find(reference, session).await.map_err(|fault| of_baseline(reference, fault))?;
        let (mut by_case, mut wanted, mut is_single) = (HashMap::new(), None, true);
        named
            .recorded
            .events(Detail::Verdicts, |event| {
                match event.kind {
                    EventKind::RunStarted { plan, .. } | EventKind::RunResumed { plan, .. } => {
                        let number = one_variant(&named.recorded.name(), named.variant.as_deref(), &plan.variants);
                        wanted = Some(number.map_err(|fault| of_baseline(reference, fault))?);
                        is_single = plan.trials == 1;
                    }
                    EventKind::CaseFinished { sample } if Some(sample.case.variant) == wanted => {
                        if let Outcome::Completed { completion, .. } = sample.outcome {
                            let case = (sample.case.row, sample.case.trial);
                            by_case.insert(case, (sample.row_digest, completion.text));
                        }
                    }
                    _ => {}
                }
                Ok(())
            })
            .await?;
        Ok(Arc::new(Self { by_case, is_single }))
    }
}

impl Rivals for Answers {
    fn answer(&self, row: &Row, trial: u32) -> Option<String> {
        let trial = if self.is_single { 0 } else { trial };
        let (digest, text) = self.by_case.get(&(row.id.clone(), trial))?;
        (*digest == row.digest()).then(|| text.clone())
    }
}
