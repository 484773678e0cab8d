//! The account of a number, in the shape that `--json` prints.

use carat_core::event::{Judgement, ScorerOutline, Variant};
use carat_core::version::{Kind, Provenance};
use carat_core::{Digest, Outcome, Request, Sample, Score};
use serde::Serialize;

use super::Found;
use super::since::{Known, Since};

/// Everything behind the scores of one row.
#[derive(Debug, Serialize)]
pub(super) struct Account {
    /// The version of this shape.
    format: u32,
    pub(super) run: RunFacts,
    pub(super) row: RowFacts,
    pub(super) samples: Vec<SampleFacts>,
    pub(super) scorers: Vec<ScorerOutline>,
    /// The promotions that name this run as evidence.
    pub(super) promotions: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct RunFacts {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) eval: String,
    pub(super) spec_file: String,
    /// The version of the spec's file.
    pub(super) spec: SpecFacts,
    /// The name of what was run: the spec, with what the command line said over it.
    asked_digest: Digest,
    /// Whether the spec's file is still the same; null where that cannot be known.
    pub(super) spec_is_same_now: Option<bool>,
    pub(super) started_at: String,
    /// Who ran it, with what, from which commit; null for runs from before that was recorded.
    pub(super) made: Option<carat_core::event::Made>,
}

/// A version of a spec; number and digest are null for runs from before specs had versions.
#[derive(Debug, Serialize)]
pub(super) struct SpecFacts {
    name: String,
    pub(super) version: Option<u32>,
    digest: Option<Digest>,
}

#[derive(Debug, Serialize)]
pub(super) struct RowFacts {
    pub(super) id: String,
    pub(super) digest: Digest,
    pub(super) dataset: String,
    /// Whether the row is still the same in the project's file; null where that cannot be known.
    pub(super) is_same_now: Option<bool>,
    pub(super) version: VersionFacts,
}

#[derive(Debug, Serialize)]
pub(super) struct SampleFacts {
    pub(super) variant: String,
    pub(super) trial: u32,
    pub(super) prompt: VersionFacts,
    pub(super) model: VersionFacts,
    /// Which model says that it answered, where that is another name than was asked for.
    pub(super) answered_by: Option<String>,
    pub(super) response_id: Option<String>,
    pub(super) attempts: u32,
    pub(super) latency_us: Option<u64>,
    pub(super) request_digest: Option<Digest>,
    pub(super) request: Option<Request>,
    pub(super) outcome: String,
    pub(super) answer: Option<String>,
    pub(super) scores: Vec<(String, Score)>,
    pub(super) unscored: Vec<(String, String)>,
    pub(super) judges: Vec<JudgeFacts>,
}

#[derive(Debug, Serialize)]
pub(super) struct JudgeFacts {
    pub(super) scorer: String,
    pub(super) model: String,
    pub(super) model_digest: Digest,
    pub(super) request_digest: Digest,
    pub(super) answer: String,
    /// Whether the answer came from the record.
    pub(super) cached: bool,
}

/// A version as the run names it, and what this project knows of it.
#[derive(Debug, Serialize)]
pub(super) struct VersionFacts {
    pub(super) name: String,
    /// The number in the store that the run was recorded in.
    pub(super) version: Option<u32>,
    pub(super) digest: Digest,
    /// Who saved it, when, from which commit; null where this project does not know it.
    pub(super) saved: Option<Provenance>,
    pub(super) labels_now: Vec<String>,
    pub(super) labels_then: Vec<String>,
}

impl Account {
    pub(super) fn of(found: &Found, since: Since) -> Self {
        let (plan, record) = (&found.plan, found.recorded.record());
        let whole = plan.dataset.whole.unwrap_or(plan.dataset.digest);
        let dataset = since.of_version(Kind::Dataset, &plan.dataset.name, whole);
        let (version, digest) = plan.spec_version.map(|spec| (spec.version, spec.digest)).unzip();
        let run = RunFacts {
            id: record.id.to_string(),
            name: record.name.clone(),
            eval: plan.eval.clone(),
            spec_file: plan.spec_file.clone(),
            spec: SpecFacts { name: plan.eval.clone(), version, digest },
            asked_digest: plan.spec_digest,
            spec_is_same_now: since.spec_is_same,
            started_at: record.started_at.clone(),
            made: plan.made.clone(),
        };
        let first = &found.samples[0];
        let row = RowFacts {
            id: first.case.row.to_string(),
            digest: first.row_digest,
            dataset: plan.dataset.name.clone(),
            is_same_now: since.row_is_same,
            version: VersionFacts::new(&plan.dataset.name, plan.dataset.version, whole, dataset),
        };
        let samples = found.samples.iter().filter_map(|sample| {
            let variant = plan.variants.iter().find(|variant| variant.number == sample.case.variant)?;
            Some(SampleFacts::of(sample, variant, &found.judgements, &since))
        });
        let samples = samples.collect();
        Self { format: 1, run, row, samples, scorers: plan.scorers.clone(), promotions: since.promotions }
    }
}

impl VersionFacts {
    fn new(name: &str, version: Option<u32>, digest: Digest, known: Option<&Known>) -> Self {
        Self {
            name: name.to_owned(),
            version: version.or(known.map(|known| known.id.number)),
            digest,
            saved: known.map(|known| known.provenance.clone()),
            labels_now: known.map(|known| known.labels_now.clone()).unwrap_or_default(),
            labels_then: known.map(|known| known.labels_then.clone()).unwrap_or_default(),
        }
    }
}

impl SampleFacts {
    fn of(sample: &Sample, variant: &Variant, judgements: &[Judgement], since: &Since) -> Self {
        let (prompt, model) = (&variant.prompt, &variant.model);
        let known_prompt = since.of_version(Kind::Prompt, &prompt.name, prompt.digest);
        let settings = variant.settings.map_or(model.digest, |settings| settings.digest);
        let number = variant.settings.map(|settings| settings.version);
        let known_model = since.of_version(Kind::Model, &model.name, settings);
        let request = sample.transcript.as_ref().and_then(|transcript| transcript.request.as_deref().cloned());
        let mut facts = Self {
            variant: variant.label.clone(),
            trial: sample.case.trial,
            prompt: VersionFacts::new(&prompt.name, prompt.version, prompt.digest, known_prompt),
            model: VersionFacts::new(&model.name, number, settings, known_model),
            answered_by: None,
            response_id: None,
            attempts: sample.attempts,
            latency_us: sample.latency_us,
            request_digest: sample.request_digest,
            request,
            outcome: String::new(),
            answer: None,
            scores: Vec::new(),
            unscored: Vec::new(),
            judges: judgements.iter().filter(|judgement| judgement.case == sample.case).map(JudgeFacts::of).collect(),
        };
        match &sample.outcome {
            Outcome::Completed { completion, scores, unscored } => {
                "completed".clone_into(&mut facts.outcome);
                facts.answered_by.clone_from(&completion.answered_by);
                facts.response_id.clone_from(&completion.response_id);
                facts.answer = Some(completion.text.clone());
                facts.scores = scores.iter().map(|(name, score)| (name.to_string(), score.clone())).collect();
                facts.unscored = unscored.iter().map(|(name, why)| (name.to_string(), why.detail.clone())).collect();
            }
            Outcome::Unrendered { message } => facts.outcome = format!("unrendered: {message}"),
            Outcome::Unanswered { error } => facts.outcome = format!("unanswered: {}", error.message),
        }
        facts
    }
}

impl JudgeFacts {
    fn of(judgement: &Judgement) -> Self {
        Self {
            scorer: judgement.scorer.to_string(),
            model: judgement.model.name.to_string(),
            model_digest: judgement.model.digest,
            request_digest: judgement.request_digest,
            answer: judgement.completion.text.clone(),
            cached: judgement.cached,
        }
    }
}
