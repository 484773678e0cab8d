//! How evals measure otherwise than when an earlier promotion was held against them.

use std::collections::BTreeSet;

use carat_core::Digest;
use carat_core::promotion::{EvalTerms, Otherwise, Terms};
use carat_core::spec::EvalSpec;
use carat_core::version::{Kind, VersionId};
use serde_json::{Map, Value, json};

use crate::commands::promote::matter::Matter;
use crate::fault::Fault;

/// What of a spec changes no answer and no score, or is told by itself: gates and models.
const NO_MATTER: [&str; 3] = ["description", "gates", "models"];

/// Compares the specs of evals that are others than they were, as far as the store has them.
pub(in crate::commands::promote) async fn otherwise(
    matter: &Matter<'_>,
    now: &Terms,
    then: &Terms,
) -> Result<Otherwise, Fault> {
    let mut found = Otherwise::new();
    for (then, now) in now.pairs(then).filter(|(then, now)| then.spec != now.spec) {
        if let Some(said) = of_eval(matter, now, &then.spec).await? {
            found.insert(now.eval.clone(), said);
        }
    }
    Ok(found)
}

/// A sentence, or none where what differs is no matter; none at all where one of both cannot be read.
async fn of_eval(matter: &Matter<'_>, now: &EvalTerms, then: &Digest) -> Result<Option<Option<String>>, Fault> {
    let (catalogue, eval) = (&matter.shelf.catalogue, &now.eval);
    let Some(before) = version(matter, eval, then).await? else { return Ok(None) };
    let (Ok(was), Ok(is)) = (catalogue.eval_of(&before).await, catalogue.eval(eval).await) else { return Ok(None) };
    let keys = differing(&was.eval.spec, &is.eval.spec, matter.subject.kind);
    if keys.is_empty() {
        return Ok(Some(None));
    }
    let after = version(matter, eval, &now.spec).await?.map_or_else(|| eval.clone(), |version| version.to_string());
    let keys = keys.into_iter().collect::<Vec<_>>().join(", ");
    Ok(Some(Some(format!(
        "the eval {eval} is measured otherwise than then ({keys}): carat spec diff {before} {after}"
    ))))
}

/// The version with this content, rather under this name.
async fn version(matter: &Matter<'_>, eval: &str, digest: &Digest) -> Result<Option<VersionId>, Fault> {
    let versions = matter.store().version_by_digest(Kind::Eval, digest).await?;
    let named = versions.iter().find(|version| version.id.name == eval);
    Ok(named.or(versions.first()).map(|version| version.id.clone()))
}

/// The keys of a spec in which two differ. Of a prompt it is no matter which others are measured besides.
fn differing(then: &EvalSpec, now: &EvalSpec, kind: Kind) -> BTreeSet<String> {
    let keys = |spec: &EvalSpec| match json!(spec) {
        Value::Object(keys) => keys,
        _ => Map::new(),
    };
    let (then, now) = (keys(then), keys(now));
    let is_matter = |key: &str| !NO_MATTER.contains(&key) && (key != "prompts" || kind != Kind::Prompt);
    let differs = |key: &&String| then.get(*key) != now.get(*key) && is_matter(key);
    then.keys().chain(now.keys()).filter(differs).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "prompts: [a]\nmodels: [m]\ndataset: rows\n";

    fn spec(more: &str) -> EvalSpec {
        carat_core::yaml::read(&format!("{SPEC}{more}"), "a.yaml").unwrap()
    }

    #[test]
    fn whatever_takes_other_rows_or_scores_them_otherwise_differs() {
        let choice = |options: &str| format!("scorers: [{{ name: queue, choice: {{ options: [{options}] }} }}]\n");
        let gates = "description: other\ngates: [{ metric: errors.share, at_most: 1 }]\n";
        for (then, now, keys) in [
            (String::new(), String::new(), &[][..]),
            (String::new(), gates.to_owned(), &[]),
            ("split: test\n".to_owned(), "split: dev\n".to_owned(), &["split"]),
            (String::new(), "tags: [easy]\n".to_owned(), &["tags"]),
            ("trials: 3\n".to_owned(), String::new(), &["trials"]),
            (choice("a, b"), format!("{}slices: [tags]\n", choice("a, b, c")), &["scorers", "slices"]),
        ] {
            let found = differing(&spec(&then), &spec(&now), Kind::Prompt);
            assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), keys, "{then} → {now}");
        }
    }

    #[test]
    fn the_prompts_of_an_eval_are_what_models_and_rows_are_judged_by() {
        let (one, mut two) = (spec(""), spec(""));
        two.prompts.push("b".to_owned());
        assert!(differing(&one, &two, Kind::Prompt).is_empty());
        assert_eq!(differing(&one, &two, Kind::Model).len(), 1);
    }
}
