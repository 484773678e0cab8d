//! OpenAI's grader objects, read as scorers.

use std::collections::BTreeSet;
use std::path::Path;

use carat_core::spec::ScorerSpec;
use carat_import::scorers_of_grader;
use carat_registry::EvalOnDisk;
use serde_json::Value;

use crate::fault::Fault;
use crate::session::Session;

/// Puts the scorers of the spec's graders beside its own.
pub(super) fn read(eval: &mut EvalOnDisk, session: &Session) -> Result<(), Fault> {
    for (index, grader) in std::mem::take(&mut eval.spec.graders).into_iter().enumerate() {
        let scorers = match grader {
            Value::String(file) => of_file(&file, eval, session)?,
            object => of_object(&object, &format!("grader-{}", index + 1), &eval.file)?,
        };
        eval.spec.scorers.extend(scorers);
    }
    let mut names = BTreeSet::new();
    let twice = eval.spec.scorers.iter().find(|scorer| !names.insert(&scorer.name));
    if let Some(scorer) = twice {
        return Err(Fault::mendable(format!("{}: two scorers are called `{}`", eval.file, scorer.name)));
    }
    Ok(())
}

fn of_file(file: &str, eval: &EvalOnDisk, session: &Session) -> Result<Vec<ScorerSpec>, Fault> {
    let beside = Path::new(&eval.file).parent().unwrap_or(Path::new(""));
    let path = session.project.root().join(beside).join(file);
    let unreadable = |why: String| Fault::mendable(format!("{}: graders: {file}: {why}", eval.file));
    let text = std::fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
    let grader: Value = serde_json::from_str(&text).map_err(|error| unreadable(format!("is no JSON: {error}")))?;
    let stem = Path::new(file).file_stem().map_or_else(|| file.to_owned(), |stem| stem.to_string_lossy().into_owned());
    of_object(&grader, &stem, file)
}

/// A grader's own name wins.
fn of_object(grader: &Value, name: &str, place: &str) -> Result<Vec<ScorerSpec>, Fault> {
    let name = grader.get("name").and_then(Value::as_str).unwrap_or(name);
    scorers_of_grader(grader, name).map_err(|error| Fault::mendable(format!("{place}: grader `{name}`: {error}")))
}
