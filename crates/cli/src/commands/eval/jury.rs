//! What answers are measured with, made of what a person wrote.

use std::collections::{BTreeSet, HashMap};

use carat_core::spec::{Api, Provider, ScorerSpec};
use carat_core::{Digest, ModelId};
use carat_eval::assessors::{self, Surroundings};
use carat_eval::jury::Jury;
use carat_eval::plan::PlannedModel;
use carat_eval::scorers;
use carat_models::model_id;
use carat_registry::FoundModel;
use carat_store::Store;

use crate::fault::Fault;
use crate::session::Session;

use super::baseline;
use super::models::{Models, build_models};

/// All scorers of an eval.
pub(super) struct Assembled {
    pub(super) jury: Jury,
    /// What decides a scorer's word beyond what is written: the settings of judges, the content of programs.
    pub(super) digests: HashMap<String, Digest>,
    /// The models that judge, by their names in the project.
    judges: Vec<String>,
}

impl Assembled {
    /// Makes all of them, before anything is paid for.
    pub(super) async fn of(
        specs: &[ScorerSpec],
        file: &str,
        baseline: Option<&str>,
        models: &Models,
        session: &Session,
    ) -> Result<Self, Fault> {
        let wrong = |error: scorers::ScorerError| Fault::mendable(format!("{file}: {error}"));
        let wants_rivals = specs.iter().any(asks_for_rivals);
        let (rivals, against) = match baseline {
            Some(reference) if wants_rivals => {
                let rivals = baseline::Answers::of(reference, session).await?;
                (Some(rivals), Some(baseline::settled(reference, session).await?))
            }
            _ => (None, None),
        };
        let judge = |name: &str| identity(name, models);
        let around = Surroundings { folder: session.project.root(), rivals, judge: &judge };
        // Schemas that are named by their file have become part of the spec when it was read.
        let no_files = |file: &str| Err(format!("the schema `{file}` has not been read"));
        let (mut computing, mut asking, mut digests) = (Vec::new(), Vec::new(), HashMap::new());
        let mut judges = BTreeSet::new();
        for spec in specs {
            if let Some(scorer) = scorers::build(spec, &no_files).map_err(wrong)? {
                computing.push(scorer);
            }
            if let Some(assessor) = assessors::build(spec, &around).map_err(wrong)? {
                asking.push(assessor);
                let digest = assessors::digest(spec, &around);
                let against = against.as_ref().filter(|_| asks_for_rivals(spec));
                // Against another baseline it is another question, however that one is called.
                let digest = against.map_or(digest, |baseline| Digest::of_json(&(digest, baseline)));
                digests.insert(spec.name.clone(), digest);
            }
            refuse_other_api(spec, models).map_err(|why| Fault::mendable(format!("{file}: {why}")))?;
            judges.extend(spec.asks().into_iter().map(str::to_owned));
        }
        let jury = Jury::new(specs, computing, asking);
        Ok(Self { jury, digests, judges: judges.into_iter().collect() })
    }

    /// The models that judge, with their keys.
    pub(super) async fn judges(
        &self,
        models: &Models,
        session: &Session,
        store: &Store,
    ) -> Result<Vec<PlannedModel>, Fault> {
        let found = self.judges.iter().map(|name| models.judging(name).map_err(Fault::mendable));
        build_models(&found.collect::<Result<Vec<_>, _>>()?, session, store).await
    }
}

fn asks_for_rivals(spec: &ScorerSpec) -> bool {
    let pairwise = spec.judge.as_ref().and_then(|judge| judge.pairwise.as_ref());
    pairwise.is_some_and(|pairwise| pairwise.against == carat_core::spec::Rival::Baseline)
}

/// Which model a judge is, by its name in the project.
fn identity(name: &str, models: &Models) -> Result<ModelId, String> {
    let FoundModel { name, spec, .. } = models.judging(name)?;
    if spec.provider == Provider::Recorded {
        return Err(format!("`{name}` has recorded answers to golden rows; a judge is asked about something else"));
    }
    let id = model_id(name, spec, None).map_err(|error| error.to_string())?;
    // What goes along with every question decides a judge's word as well.
    let digest = Digest::of_json(&(id.digest, &spec.parameters));
    Ok(ModelId { digest, ..id })
}

/// An embedding needs a model that embeds, and a judge one that speaks.
fn refuse_other_api(spec: &ScorerSpec, models: &Models) -> Result<(), String> {
    for name in spec.asks() {
        let model = models.judging(name)?;
        match (spec.embedding.is_some(), model.spec.api == Api::Embeddings) {
            (true, false) => {
                return Err(format!("scorer `{}`: `{name}` needs `api: embeddings` in carat.yaml", spec.name));
            }
            (false, true) => return Err(format!("scorer `{}`: `{name}` embeds, and cannot judge", spec.name)),
            (true, true) | (false, false) => {}
        }
    }
    Ok(())
}
