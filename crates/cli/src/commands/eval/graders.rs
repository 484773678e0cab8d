//! OpenAI's grader objects, read as scorers.

use std::collections::BTreeSet;

use carat_core::spec::ScorerSpec;
use carat_import::scorers_of_grader;
use carat_registry::EvalOnDisk;
use serde_json::Value;

use crate::fault::Fault;

/// Puts the scorers of the spec's graders beside its own. Graders that are named by their files have become part of the spec
/// when it was read.
pub(super) fn read(eval: &mut EvalOnDisk) -> Result<(), Fault> {
    for (index, grader) in std::mem::take(&mut eval.spec.graders).into_iter().enumerate() {
        let scorers = of_object(&grader, &format!("grader-{}", index + 1), &eval.file)?;
        eval.spec.scorers.extend(scorers);
    }
    let mut names = BTreeSet::new();
    let twice = eval.spec.scorers.iter().find(|scorer| !names.insert(&scorer.name));
    if let Some(scorer) = twice {
        return Err(Fault::mendable(format!("{}: two scorers are called `{}`", eval.file, scorer.name)));
    }
    Ok(())
}

/// A grader's own name wins.
fn of_object(grader: &Value, name: &str, place: &str) -> Result<Vec<ScorerSpec>, Fault> {
    let name = grader.get("name").and_then(Value::as_str).unwrap_or(name);
    scorers_of_grader(grader, name).map_err(|error| Fault::mendable(format!("{place}: grader `{name}`: {error}")))
}
