//! Which model is meant, known before it is made.

use std::sync::Arc;

use carat_core::nearest::did_you_mean;
use carat_core::spec::{Api, ModelSpec, Provider};
use carat_core::{Digest, ModelId};

use crate::baseline::Baseline;
use crate::command::Command;
use crate::recorded::RecordedModel;
use crate::secret::refuse_credentials;
use crate::setup::{ModelSetupError, Problem};
use crate::{AnswerSource, FieldOfRow, anthropic, inference, openai};

/// Which model a name of the project means: the id that the model has which [`build`](crate::build) makes of the same
/// settings. No key is needed for it, no variable is read and nothing is opened.
///
/// Its digest changes with what decides answers: for `openai`, `azure`, `anthropic` and `oip` the provider's name
/// of the model, the address (in one spelling) and, where there are several, the API, its version, the version of the model
/// and the names of tensors; for `baseline` which one; for `recorded` the answers, which are handed in where the settings have
/// a `from`; for `command` the program and its arguments, but not what is in its files. Keys, headers, time-outs, limits and
/// prices change nothing; parameters belong to each request.
///
/// # Errors
/// What is wrong with the settings, as far as that shows without the environment, and what to do.
pub fn model_id(
    name: &str,
    spec: &ModelSpec,
    recorded: Option<&Arc<dyn AnswerSource>>,
) -> Result<ModelId, ModelSetupError> {
    let identity = Identity::of(name, spec, recorded);
    identity.map(|identity| identity.id(name)).map_err(|problem| ModelSetupError { model: name.to_owned(), problem })
}

/// What decides a model's answers.
pub(crate) enum Identity<'a> {
    OpenAi(openai::Target),
    Anthropic(anthropic::Target),
    Inference(inference::Target),
    Baseline(Baseline),
    Recorded(Arc<dyn AnswerSource>),
    Command(Command<'a>),
}

impl<'a> Identity<'a> {
    /// Finds it in the settings of the model with this name.
    pub(crate) fn of(
        name: &str,
        spec: &'a ModelSpec,
        recorded: Option<&Arc<dyn AnswerSource>>,
    ) -> Result<Self, Problem> {
        refuse_misplaced(spec)?;
        refuse_credentials(spec)?;
        match spec.provider {
            Provider::Openai | Provider::Azure => openai::Target::of(name, spec).map(Self::OpenAi),
            Provider::Anthropic => anthropic::Target::of(name, spec).map(Self::Anthropic),
            Provider::Oip => inference::Target::of(name, spec).map(Self::Inference),
            Provider::Baseline => baseline(spec.model.as_deref().unwrap_or(name)).map(Self::Baseline),
            Provider::Recorded => source(spec, recorded).map(Self::Recorded),
            Provider::Command => {
                let example = "the program and its arguments, such as `command: [python3, answer.py]`";
                let missing = Problem::Missing { key: "command", provider: "command", example };
                Command::of(&spec.command).map(Self::Command).ok_or(missing)
            }
        }
    }

    /// The id of the model that has this name in the project.
    pub(crate) fn id(&self, name: &str) -> ModelId {
        ModelId { name: name.into(), digest: self.digest() }
    }

    fn digest(&self) -> Digest {
        match self {
            Self::OpenAi(target) => target.digest(),
            Self::Anthropic(target) => target.digest(),
            Self::Inference(target) => target.digest(),
            Self::Baseline(baseline) => baseline.digest(),
            Self::Recorded(source) => RecordedModel::digest(&**source),
            Self::Command(command) => command.digest(),
        }
    }
}

fn baseline(written: &str) -> Result<Baseline, Problem> {
    Baseline::named(written).ok_or_else(|| Problem::UnknownBaseline {
        baseline: written.to_owned(),
        hint: did_you_mean(written, Baseline::NAMES),
    })
}

fn source(spec: &ModelSpec, recorded: Option<&Arc<dyn AnswerSource>>) -> Result<Arc<dyn AnswerSource>, Problem> {
    match (&spec.from, &spec.column) {
        (Some(from), _) => recorded.cloned().ok_or_else(|| Problem::NoAnswers { from: from.clone() }),
        (None, Some(column)) => Ok(Arc::new(FieldOfRow::parse(column).map_err(Problem::BadColumn)?)),
        (None, None) => {
            let example = "`from: datasets/answers.jsonl`, or `column: expected` for a field of the golden row";
            Err(Problem::Missing { key: "from", provider: "recorded", example })
        }
    }
}

/// A setting without effect is a mistake that nobody would notice.
fn refuse_misplaced(spec: &ModelSpec) -> Result<(), Problem> {
    use Provider::{Anthropic, Azure, Baseline, Command, Oip, Openai, Recorded};
    let given: [(&'static str, bool, &[Provider]); 13] = [
        ("model", spec.model.is_some(), &[Openai, Azure, Anthropic, Oip, Baseline]),
        ("base_url", spec.base_url.is_some(), &[Openai, Azure, Anthropic, Oip]),
        ("api_key_env", spec.api_key_env.is_some(), &[Openai, Azure, Anthropic, Oip, Command]),
        ("organization", spec.organization.is_some(), &[Openai]),
        ("api", spec.api != Api::default(), &[Openai, Azure, Oip]),
        ("api_version", spec.api_version.is_some(), &[Azure]),
        ("model_version", spec.model_version.is_some(), &[Oip]),
        ("tensors", spec.tensors.is_some(), &[Oip]),
        ("stream", spec.stream, &[Openai, Azure, Anthropic]),
        ("headers", !spec.headers.is_empty(), &[Openai, Azure, Anthropic, Oip]),
        ("from", spec.from.is_some(), &[Recorded]),
        ("column", spec.column.is_some(), &[Recorded]),
        ("command", !spec.command.is_empty(), &[Command]),
    ];
    let misplaced = given.into_iter().find(|(_, is_given, owners)| *is_given && !owners.contains(&spec.provider));
    match misplaced {
        Some((key, _, _)) => Err(Problem::Misplaced { key, provider: spec.provider.as_str() }),
        None if spec.stream && spec.api == Api::Embeddings => Err(Problem::NothingToStream),
        None => Ok(()),
    }
}
