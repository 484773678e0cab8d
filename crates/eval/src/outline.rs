//! A scorer as a reader of results needs to know it.

use carat_core::Digest;
use carat_core::event::{CorpusOutline, ScorerOutline};
use carat_core::spec::{EvalSpec, OVERALL, Says, ScorerSpec};

/// The scorers of a spec, and `overall` where some have a weight. `digest` names what decides a scorer's word beyond its
/// settings.
///
/// # Errors
/// None or several kinds are given.
pub(crate) fn of_spec(
    spec: &EvalSpec,
    digest: &dyn Fn(&ScorerSpec) -> Option<Digest>,
) -> Result<Vec<ScorerOutline>, String> {
    let outline = |scorer| of(scorer, digest(scorer));
    let mut outlines: Vec<_> = spec.scorers.iter().map(outline).collect::<Result<_, _>>()?;
    let weighted: Vec<_> = outlines
        .iter()
        .zip(&spec.scorers)
        .filter_map(|(outline, scorer)| Some((outline.digest, scorer.weight?.to_string())))
        .collect();
    if !weighted.is_empty() {
        outlines.push(ScorerOutline {
            name: OVERALL.into(),
            kind: "weighted".to_owned(),
            digest: Digest::of_json(&weighted),
            verdict: false,
            passes: false,
            threshold: None,
            classes: Vec::new(),
            corpus: None,
        });
    }
    Ok(outlines)
}

fn of(scorer: &ScorerSpec, digest: Option<Digest>) -> Result<ScorerOutline, String> {
    let kind = scorer.kind()?;
    let says = kind.says();
    let corpus = kind.corpus().map(|(name, metric)| CorpusOutline { name: name.to_owned(), metric });
    Ok(ScorerOutline {
        name: scorer.name.as_str().into(),
        kind: kind.as_str().to_owned(),
        digest: digest.unwrap_or_else(|| scorer.digest()),
        verdict: says == Says::Verdict,
        passes: says != Says::Degree || scorer.threshold.is_some(),
        threshold: scorer.threshold,
        // Turned around, a scorer says nothing of classes any more; a judge and a person still speak of the same verdicts.
        classes: if scorer.invert && scorer.judge.is_none() { Vec::new() } else { kind.classes() },
        corpus,
    })
}
