//! What an eval measures as it stands now, for whoever asks whether a recorded run measured the same.

use carat_core::Digest;
use carat_core::event::{PlanOutline, ScorerOutline};
use carat_core::spec::Provider;
use carat_eval::plan::outlined;
use carat_models::model_id;
use carat_registry::{Catalogue, EvalOnDisk};

use crate::fault::Fault;
use crate::session::Session;

use super::graders;
use super::jury::Assembled;
use super::models::{Models, build_models};
use super::versions::Pins;

/// An eval of the project as it is now, with its graders read as scorers.
pub(crate) async fn present(name: &str, catalogue: &Catalogue) -> Result<EvalOnDisk, Fault> {
    let mut eval = catalogue.eval(name).await?.eval;
    graders::read(&mut eval)?;
    Ok(eval)
}

/// The scorers that the plan of a run would have if it were made with this eval, judges and programs as they are now.
pub(crate) async fn scorers(
    eval: &EvalOnDisk,
    plan: &PlanOutline,
    catalogue: &Catalogue,
    session: &Session,
) -> Result<Vec<ScorerOutline>, Fault> {
    let scorers = &eval.spec.scorers;
    let mut models = Models::default();
    models.find_judges(scorers, catalogue, (&Pins::default(), &mut Pins::default())).await;
    let assembled = Assembled::of(scorers, &eval.file, plan.baseline.as_deref(), &models, session).await?;
    let digest = |scorer: &carat_core::spec::ScorerSpec| assembled.digests.get(&scorer.name).copied();
    let outlined = outlined(plan.clone(), &eval.spec, &digest, Vec::new(), None);
    Ok(outlined.map_err(|why| Fault::mendable(format!("{}: {why}", eval.file)))?.scorers)
}

/// The version that a model which an eval names is of now. Keys are not needed.
pub(crate) async fn model(reference: &str, catalogue: &Catalogue, session: &Session) -> Result<Digest, Fault> {
    let found = catalogue.model(reference).await?;
    if let Some(version) = &found.version {
        return Ok(version.digest);
    }
    // What repeats answers is known by them, and so by who reads them.
    let digest = if found.spec.provider == Provider::Recorded {
        let built = build_models(&[&found], session, &catalogue.store).await?;
        let built = built.first().map(|planned| planned.model.id().digest);
        built.ok_or_else(|| Fault::bug(format!("the model `{reference}` was not made")))?
    } else {
        model_id(&found.name, &found.spec, None)?.digest
    };
    Ok(found.spec.settings_digest(digest))
}
