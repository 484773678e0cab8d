//! `carat run show RUN --why ROW`: everything behind a number – the row, the prompt, the model, the scorers, the judges, the
//! code, the person.
//!
//! What is recorded is told as it is recorded; what has become of it since is looked up in this project, as far as the
//! project still knows it. What nobody knows is told as unknown.

mod account;
mod since;
mod text;

use std::collections::BTreeSet;

use carat_core::event::{Judgement, PlanOutline};
use carat_core::nearest::did_you_mean;
use carat_core::{EventKind, Sample};
use carat_store::Detail;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::recorded::{Named, Recorded};
use crate::session::Session;

use account::Account;
use since::Since;

/// What a run recorded of one row.
pub(super) struct Found {
    pub(super) recorded: Recorded,
    /// The plan as it was last.
    pub(super) plan: PlanOutline,
    /// The samples that count, by variant and repeat.
    pub(super) samples: Vec<Sample>,
    /// What judges answered about them.
    pub(super) judgements: Vec<Judgement>,
}

pub(super) async fn show(session: &Session, reference: &str, row: &str, json: bool) -> Result<Exit, Fault> {
    let Named { recorded, variant } = Named::find(reference, session).await?;
    let found = find(recorded, row, variant.as_deref()).await?;
    let since = Since::of(&found, session).await?;
    let account = Account::of(&found, since);
    if json {
        out::json(&account)?;
    } else {
        out::data(&text::of(&account))?;
    }
    Ok(Exit::Fine)
}

/// Looks for a row in a run; in one variant of it, where one is named.
async fn find(recorded: Recorded, row: &str, label: Option<&str>) -> Result<Found, Fault> {
    let mut rows = BTreeSet::new();
    let (mut plan, mut seqs, mut judgements) = (None, Vec::new(), Vec::new());
    let each = |event: carat_core::Event| {
        match event.kind {
            EventKind::RunStarted { plan: begun, .. } | EventKind::RunResumed { plan: begun, .. } => plan = Some(begun),
            EventKind::CaseFinished { sample } if sample.case.row.as_str() == row => {
                seqs.push((sample.case.variant, sample.case.trial, event.seq));
            }
            EventKind::CaseFinished { sample } => drop(rows.insert(sample.case.row)),
            EventKind::JudgeAnswered { judgement } if judgement.case.row.as_str() == row => judgements.push(*judgement),
            _ => {}
        }
        Ok(())
    };
    recorded.events(Detail::Verdicts, each).await?;
    let name = recorded.name();
    let plan: PlanOutline = plan.ok_or_else(|| Fault::mendable(format!("run {name} was killed before it began")))?;
    if let Some(label) = label {
        let labels = || plan.variants.iter().map(|variant| variant.label.as_str());
        let number = plan.variants.iter().find(|variant| variant.label == label).map(|variant| variant.number);
        let number = number.ok_or_else(|| {
            Fault::mendable(format!("{name} has no variant `{label}`{}", did_you_mean(label, labels())))
        })?;
        seqs.retain(|(variant, ..)| *variant == number);
        judgements.retain(|judgement| judgement.case.variant == number);
    }
    if seqs.is_empty() {
        let hint = did_you_mean(row, rows.iter().map(carat_core::RowId::as_str));
        return Err(Fault::mendable(format!("{name} has no row `{row}`{hint}")));
    }
    seqs.sort_unstable();
    let mut samples = Vec::with_capacity(seqs.len());
    for (_, _, seq) in seqs {
        samples.push(recorded.sample(seq).await?);
    }
    Ok(Found { recorded, plan, samples, judgements })
}
