//! The plan of a run: everything decided as data, before anything is done.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use carat_core::event::{Budget, DatasetId, JudgeOutline, Made, Numbered, PlanOutline, PromptId, Variant};
use carat_core::prompt::InputMapping;
use carat_core::spec::{EvalSpec, ModelSpec, Overrides, Price, ScorerSpec};
use carat_core::{Digest, Image, Model, Parameters, Prompt, Request, Row, Rows};

use crate::jury::Jury;
use crate::{grouping, outline};

/// Fetches the picture that a prompt names by path, relative to the prompt's folder.
pub type ImageLoader = dyn Fn(&str) -> Result<Image, String> + Send + Sync;

/// Calls in flight for each model, at first, where nobody says otherwise.
const CONCURRENCY: usize = 16;
/// The most calls in flight for each model behind a provider's account where nobody says otherwise.
const MOST_CONCURRENCY: usize = 64;
/// Further attempts where nobody says otherwise.
const RETRIES: u32 = 4;
/// The time for a case with all its attempts and waits where nobody says otherwise.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(600);

/// A run that is ready to begin.
pub struct Plan {
    /// The plan as the journal keeps it.
    pub outline: PlanOutline,
    /// The golden rows.
    pub rows: Arc<dyn Rows>,
    /// How a row becomes a prompt's variables.
    pub mapping: InputMapping,
    /// One lane for each model.
    pub lanes: Vec<Arc<Lane>>,
    /// What answers are measured with.
    pub jury: Arc<Jury>,
    /// The models that judge.
    pub judges: Arc<[Judge]>,
}

/// A model that judges.
pub struct Judge {
    /// What answers.
    pub model: Arc<dyn Model>,
    /// How hard it may be asked.
    pub pace: Pace,
    /// What it costs, as far as that is known.
    pub price: Option<Price>,
    /// As [`ModelSpec::route`].
    pub route: Option<Digest>,
    /// Its parameters; those that a scorer gives take precedence.
    pub parameters: Parameters,
}

/// All cases of one model.
pub struct Lane {
    /// What answers.
    pub model: Arc<dyn Model>,
    /// The prompts that it is asked with.
    pub variants: Vec<LaneVariant>,
    /// How hard it may be asked.
    pub pace: Pace,
    /// What it costs, as far as that is known.
    pub price: Option<Price>,
    /// As [`ModelSpec::route`].
    pub route: Option<Digest>,
}

/// One prompt on one model, with what goes along with every request.
pub struct LaneVariant {
    /// The variant's number in the run.
    pub number: u32,
    /// The prompt.
    pub prompt: Arc<PlannedPrompt>,
    /// The parameters of model, prompt and spec, the latter taking precedence.
    pub parameters: Parameters,
}

/// A prompt and where its pictures come from.
pub struct PlannedPrompt {
    /// The prompt.
    pub prompt: Arc<Prompt>,
    /// The number of its version.
    pub version: Option<u32>,
    /// Fetches its pictures.
    pub images: Box<ImageLoader>,
}

/// How hard a model may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The most calls in flight.
    pub concurrency: usize,
    /// How many of them at first, where the provider's account is found out to bear more or less.
    pub at_first: usize,
    /// The most requests a minute to the provider's account.
    pub requests_per_minute: Option<u32>,
    /// The most tokens a minute to the provider's account.
    pub tokens_per_minute: Option<u64>,
    /// How often a failed attempt is repeated.
    pub retries: u32,
    /// How long a case may take with all its attempts and waits.
    pub total_timeout: Duration,
}

impl Pace {
    /// What the settings of a model say; `concurrency` wins over them. Where a person says how many calls may be in flight,
    /// that is also where it begins: it is cut when the provider refuses calls, and found again.
    pub fn of(model: &dyn Model, spec: &ModelSpec, concurrency: Option<usize>) -> Self {
        let said = concurrency.or(spec.limits.concurrency).map(|calls| calls.max(1));
        let most = if model.account().is_some() { MOST_CONCURRENCY } else { CONCURRENCY };
        Self {
            concurrency: said.unwrap_or(most),
            at_first: said.unwrap_or(CONCURRENCY),
            requests_per_minute: spec.limits.requests_per_minute,
            tokens_per_minute: spec.limits.tokens_per_minute,
            retries: spec.retries.unwrap_or(RETRIES),
            total_timeout: spec.total_timeout.map_or(TOTAL_TIMEOUT, |span| span.0),
        }
    }
}

/// A model of a plan with its settings.
pub struct PlannedModel {
    /// What answers.
    pub model: Arc<dyn Model>,
    /// Its settings in the project.
    pub spec: ModelSpec,
    /// The version of its settings.
    pub settings: Option<Numbered>,
    /// Whether a person asked for that very version, so that the variant's label says which.
    pub is_pinned: bool,
}

impl PlannedModel {
    /// A model that judges, as the journal keeps it.
    pub fn outline(&self) -> JudgeOutline {
        JudgeOutline { model: self.model.id().clone(), price: self.spec.price, route: self.spec.route() }
    }

    /// A model that judges, as it is asked.
    ///
    /// # Errors
    /// A parameter that makes no sense: which, and why.
    pub fn judging(self, concurrency: Option<usize>) -> Result<Judge, PlanError> {
        let name = &self.model.id().name;
        let parameters = parameters(&self.spec.parameters, &format!("models.{name}.parameters"))?;
        let pace = Pace::of(&*self.model, &self.spec, concurrency);
        Ok(Judge { pace, price: self.spec.price, route: self.spec.route(), model: self.model, parameters })
    }
}

/// What a plan is made of.
pub struct Ingredients<'a> {
    /// The eval's name.
    pub eval: String,
    /// The file of its spec, relative to the project's folder.
    pub spec_file: String,
    /// The version of that file.
    pub spec_version: Option<Numbered>,
    /// Who runs it, with what, from which state of the project.
    pub made: Option<Made>,
    /// What labels mean now: see [`PlanOutline::pinned`].
    pub pinned: BTreeMap<String, String>,
    /// What the command line replaced in it.
    pub overrides: Overrides,
    /// The name that a person gave to the run.
    pub name: Option<String>,
    /// A person's note.
    pub note: Option<String>,
    /// The spec, with what the command line replaced.
    pub spec: &'a EvalSpec,
    /// The prompts, in the order of the spec.
    pub prompts: Vec<Arc<PlannedPrompt>>,
    /// The models, in the order of the spec.
    pub models: Vec<PlannedModel>,
    /// The golden data.
    pub dataset: DatasetId,
    /// Its rows, as selected.
    pub rows: Arc<dyn Rows>,
    /// What answers are measured with.
    pub jury: Jury,
    /// The names of the scorers' settings, where more than what is written decides what they say.
    pub scorer_digest: &'a dyn Fn(&ScorerSpec) -> Option<Digest>,
    /// The models that judge.
    pub judges: Vec<PlannedModel>,
    /// What the run is compared with, as a person named it.
    pub baseline: Option<String>,
    /// The most calls in flight for each model, if a person said.
    pub concurrency: Option<usize>,
    /// The variants that the run already has, when it goes on; those whose content is the same keep their numbers.
    pub known: &'a [Variant],
}

/// The spec cannot be made a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PlanError(pub String);

impl Plan {
    /// Puts a plan together.
    ///
    /// # Errors
    /// A mapping of inputs or a parameter that makes no sense: which, and why.
    pub fn new(ingredients: Ingredients<'_>) -> Result<Self, PlanError> {
        let spec = ingredients.spec;
        let mapping = InputMapping::new(&spec.inputs).map_err(PlanError)?;
        let over = parameters(&spec.parameters, "parameters")?;
        let mut variants = Vec::new();
        let mut lanes = Vec::new();
        for planned in &ingredients.models {
            let id = planned.model.id();
            let under = parameters(&planned.spec.parameters, &format!("models.{}.parameters", id.name))?;
            let mut lane_variants = Vec::new();
            for prompt in &ingredients.prompts {
                let parameters = under.overridden_by(&prompt.prompt.parameters).overridden_by(&over);
                let variant = variant(prompt, planned, ingredients.known, &variants);
                lane_variants.push(LaneVariant { number: variant.number, prompt: Arc::clone(prompt), parameters });
                variants.push(variant);
            }
            let pace = Pace::of(&*planned.model, &planned.spec, ingredients.concurrency);
            let (model, price, route) = (Arc::clone(&planned.model), planned.spec.price, planned.spec.route());
            lanes.push(Arc::new(Lane { model, variants: lane_variants, pace, price, route }));
        }
        by_prompt_then_model(&mut variants, &ingredients.prompts);
        let cases = ingredients.dataset.rows * variants.len() as u64 * u64::from(spec.trials);
        let outline = PlanOutline {
            eval: ingredients.eval,
            spec_file: ingredients.spec_file,
            overrides: ingredients.overrides,
            name: ingredients.name,
            note: ingredients.note,
            spec_digest: Digest::of_json(spec),
            spec_version: ingredients.spec_version,
            made: ingredients.made,
            pinned: ingredients.pinned,
            dataset: ingredients.dataset,
            variants,
            trials: spec.trials,
            cases,
            scorers: outline::of_spec(spec, ingredients.scorer_digest).map_err(PlanError)?,
            judges: ingredients.judges.iter().map(PlannedModel::outline).collect(),
            slices: spec.slices.clone(),
            cluster: spec.cluster.clone(),
            gates: spec.gates.clone(),
            baseline: ingredients.baseline,
            sharing: Default::default(),
            budget: Budget::default(),
        };
        grouping::check(spec).map_err(PlanError)?;
        grouping::check_rows(spec, &*ingredients.rows).map_err(PlanError)?;
        let prices = outline.variants.iter().filter_map(|variant| Some((variant.number, variant.price?))).collect();
        let jury = Arc::new(ingredients.jury.priced(prices));
        let judges = ingredients.judges.into_iter().map(|judge| judge.judging(ingredients.concurrency));
        let judges = judges.collect::<Result<_, _>>()?;
        Ok(Self { outline, rows: ingredients.rows, mapping, lanes, jury, judges })
    }
}

/// A recorded plan with the scorers, slices, clusters and gates of a spec as it is now: what was asked stays as it was.
///
/// # Errors
/// What is wrong with a scorer, a slice or the field of the clusters.
pub fn outlined(
    before: PlanOutline,
    spec: &EvalSpec,
    scorer_digest: &dyn Fn(&ScorerSpec) -> Option<Digest>,
    judges: Vec<JudgeOutline>,
    baseline: Option<String>,
) -> Result<PlanOutline, String> {
    grouping::check(spec)?;
    let scorers = outline::of_spec(spec, scorer_digest)?;
    let (slices, cluster, gates) = (spec.slices.clone(), spec.cluster.clone(), spec.gates.clone());
    Ok(PlanOutline { scorers, judges, slices, cluster, gates, baseline, ..before })
}

fn parameters(written: &BTreeMap<String, serde_json::Value>, place: &str) -> Result<Parameters, PlanError> {
    Parameters::from_written(written).map_err(|error| PlanError(format!("{place}: {error}")))
}

/// The variant of a prompt and a model: the known one with the same content, or a new one.
fn variant(prompt: &PlannedPrompt, planned: &PlannedModel, known: &[Variant], taken: &[Variant]) -> Variant {
    let id = planned.model.id();
    let prompt_id =
        PromptId { name: prompt.prompt.name.as_str().into(), version: prompt.version, digest: prompt.prompt.digest() };
    let version = prompt_id.version.map(|number| format!("@{number}")).unwrap_or_default();
    let of_model = planned
        .settings
        .filter(|_| planned.is_pinned)
        .map(|settings| format!("@{}", settings.version))
        .unwrap_or_default();
    let label = format!("{}{version}×{}{of_model}", prompt_id.name, id.name);
    let route = planned.spec.route();
    let same = |variant: &&Variant| {
        variant.prompt.name == prompt_id.name
            && variant.prompt.digest == prompt_id.digest
            && variant.model == *id
            && variant.route == route
    };
    let next = known.iter().chain(taken).map(|variant| variant.number + 1).max().unwrap_or(0);
    let number = known.iter().find(same).map_or(next, |variant| variant.number);
    let (model, settings) = (id.clone(), planned.settings);
    let price = planned.spec.price;
    Variant { number, label, prompt: prompt_id, model, settings, price, route }
}

/// People compare prompts on one model more often than models on one prompt; a table has the prompts together either way,
/// in the order of the spec.
fn by_prompt_then_model(variants: &mut [Variant], prompts: &[Arc<PlannedPrompt>]) {
    let place = |variant: &Variant| prompts.iter().position(|planned| planned.prompt.name == *variant.prompt.name);
    variants.sort_by_key(place);
}

impl LaneVariant {
    /// What the model is asked for a row, or why that cannot be said.
    pub(crate) fn request(&self, mapping: &InputMapping, row: &Row) -> Result<Request, String> {
        let planned = &self.prompt;
        let input = mapping.apply(row)?;
        let messages =
            planned.prompt.render(&input, &row.messages, &planned.images).map_err(|error| error.to_string())?;
        Ok(Request {
            messages,
            tools: planned.prompt.tools.clone(),
            response_format: planned.prompt.response_format.clone(),
            parameters: self.parameters.clone(),
        })
    }
}
