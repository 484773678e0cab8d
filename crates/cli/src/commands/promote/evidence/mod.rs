//! What recorded runs say of a version.
//!
//! A run is evidence of what it was run on, and nothing else: a variant with the very digest, on all rows, ended in good order,
//! measured as the eval measures today. Whatever falls short is listed with the reason why it does not count. What cannot be
//! read or judged counts for nothing.

mod datasets;
mod imports;
mod judging;
mod otherwise;
mod present;
mod runs;
mod surroundings;

use std::collections::{BTreeMap, BTreeSet};

use carat_core::nearest::nearest;
use carat_core::promotion::{EvalFacts, EvalTerms, Evidence};

use crate::exit::Exit;
use crate::fault::Fault;

use super::matter::Matter;
use imports::Imports;
pub(super) use otherwise::otherwise;
use present::Present;
pub(super) use present::compares_with_baseline;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) evals: Vec<EvalFacts>,
    /// What the evals ask for that concern the thing.
    pub(super) terms: Vec<EvalTerms>,
    pub(super) evidence: Vec<Evidence>,
    /// Why evals of the project cannot be read.
    pub(super) unreadable: BTreeMap<String, String>,
    /// What else somebody should know, by eval.
    pub(super) remarks: BTreeMap<String, Vec<String>>,
    /// The models on which gates found no run of the label's present version to be held against, by eval.
    pub(super) without_baseline: BTreeMap<String, BTreeSet<String>>,
    /// The command that makes such runs, by eval.
    pub(super) baseline_commands: BTreeMap<String, String>,
}

/// Looks through the store for everything that the policy needs.
pub(super) async fn gather(matter: &Matter<'_>) -> Result<Gathered, Fault> {
    let mut gathered = Gathered::default();
    let evals: BTreeSet<&str> = matter.policy.needs.iter().map(|need| need.eval.as_str()).collect();
    if evals.is_empty() {
        return Ok(gathered);
    }
    let imports = Imports::of(matter.store()).await?;
    for eval in evals {
        match of_eval(matter, eval, &imports, &mut gathered).await {
            Ok(()) => {}
            // An eval that cannot be read is one that shows nothing.
            Err(fault) if fault.exit == Exit::Mendable => {
                drop(gathered.unreadable.insert(eval.to_owned(), fault.message))
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(gathered)
}

async fn of_eval(matter: &Matter<'_>, eval: &str, imports: &Imports, gathered: &mut Gathered) -> Result<(), Fault> {
    let evals = matter.session().project.evals();
    if !evals.iter().any(|known| known == eval) {
        let near = nearest(eval, evals.iter().map(String::as_str)).map(|near| format!("there is `{near}`"));
        gathered.remarks.insert(eval.to_owned(), near.into_iter().collect());
        return Ok(());
    }
    let present = Present::read(matter, eval).await?;
    let facts = present.facts(matter.session(), &matter.subject);
    let terms = facts.concerns.then(|| present.terms(&facts));
    gathered.evals.push(facts);
    let Some(terms) = terms else { return Ok(()) };
    gathered.terms.push(terms);
    let shown = runs::evidence(matter, &present, imports).await?;
    gathered.evidence.extend(shown.evidence);
    gathered.remarks.insert(eval.to_owned(), shown.remarks);
    gathered.baseline_commands.extend(shown.baseline_command.map(|command| (eval.to_owned(), command)));
    if !shown.without_baseline.is_empty() {
        gathered.without_baseline.insert(eval.to_owned(), shown.without_baseline);
    }
    Ok(())
}
