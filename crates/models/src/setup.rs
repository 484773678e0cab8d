//! From a model as people write it to one that answers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use carat_core::spec::{Api, ModelSpec, Provider, Span};
use carat_core::{Model, ModelId};

use crate::anthropic::Anthropic;
use crate::command::Program;
use crate::identity::Identity;
use crate::inference::Inference;
use crate::openai::OpenAi;
use crate::recorded::RecordedModel;
use crate::{AnswerSource, Secret};

const TIMEOUT: Duration = Duration::from_secs(60);
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// What a library must not take from the world by itself.
#[derive(Clone)]
pub struct Surroundings<'a> {
    /// The value of an environment variable. Keys, header values and proxies are taken from it.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The project's folder, where programs run.
    pub folder: &'a Path,
    /// The answers that the model's `from` leads to; only for provider `recorded`.
    pub recorded: Option<Arc<dyn AnswerSource>>,
}

/// A model cannot be made as it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("model `{model}`: {problem}")]
pub struct ModelSetupError {
    /// The name in the project.
    pub model: String,
    /// What is wrong and what to do.
    pub problem: Problem,
}

/// What is wrong with a model's settings. None of the messages shows a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The variable that should hold the key is not set, or empty.
    #[error(
        "it needs a key, and the variable {variable} is not set; set it (`export {variable}=…`), or name another one with `api_key_env`"
    )]
    MissingKey {
        /// The variable.
        variable: String,
    },
    /// What stands for the name of a variable can only be a key itself. It is not repeated.
    #[error(
        "`api_key_env` is the name of a variable that holds the key, not the key; write for example `api_key_env: OPENAI_API_KEY`"
    )]
    KeyInsteadOfVariable,
    /// The key has characters that no HTTP header can have.
    #[error("the key has characters that cannot stand in an HTTP header; is something else in its variable?")]
    UnusableKey,
    /// There is no such baseline.
    #[error("there is no baseline `{baseline}` (there are nearest and echo){hint}")]
    UnknownBaseline {
        /// What was written; empty when nothing was.
        baseline: String,
        /// `; did you mean …?`, or nothing.
        hint: String,
    },
    /// A setting that this provider has no use for.
    #[error("`{key}` does not belong to provider `{provider}`; leave it out, or is it another provider?")]
    Misplaced {
        /// The setting.
        key: &'static str,
        /// The provider, as it is written.
        provider: &'static str,
    },
    /// An API that this provider does not have.
    #[error("provider `{}` has no `api: {}` (there are {known})", .provider.as_str(), .api.as_str())]
    NoSuchApi {
        /// The provider.
        provider: Provider,
        /// What was written.
        api: Api,
        /// What there is.
        known: &'static str,
    },
    /// Responses are wanted of a deployment that is named by the path.
    #[error(
        "Azure serves `api: responses` on the route without versions alone: leave `api_version` out, and let `base_url` end in `/openai/v1`"
    )]
    ResponsesOfDeployment,
    /// Names of tensors where there are none.
    #[error("`tensors` has no effect with `api: generate`, which has one text and no tensors; leave it out")]
    NoTensors,
    /// A wish for a stream where nothing is streamed.
    #[error("`stream` has no effect with `api: embeddings`, whose answers come in one piece; leave it out")]
    NothingToStream,
    /// A setting that this provider cannot do without.
    #[error("provider `{provider}` needs `{key}`: {example}")]
    Missing {
        /// The setting.
        key: &'static str,
        /// The provider, as it is written.
        provider: &'static str,
        /// What to write.
        example: &'static str,
    },
    /// A header that carries a credential.
    #[error(
        "the header `{header}` carries a credential; name the variable that holds the key with `api_key_env` instead"
    )]
    CredentialHeader {
        /// The header.
        header: String,
    },
    /// A credential is written into the settings. It is not repeated.
    #[error("`{place}` holds a credential; {advice}")]
    Credential {
        /// The setting.
        place: String,
        /// What to write instead.
        advice: &'static str,
    },
    /// A header that cannot be sent.
    #[error("the header `{header}` cannot be sent: {problem}")]
    BadHeader {
        /// The header.
        header: String,
        /// What is wrong and what to do.
        problem: &'static str,
    },
    /// A header takes its value from a variable that is not set.
    #[error(
        "the header `{header}` takes its value from the variable {variable}, which is not set; set it (`export {variable}=…`)"
    )]
    MissingHeaderVariable {
        /// The header.
        header: String,
        /// The variable.
        variable: String,
    },
    /// The address is none.
    #[error("{0}")]
    BadBaseUrl(String),
    /// `column` names no field of a row.
    #[error("`column`: {0}")]
    BadColumn(String),
    /// There is no server to be asked.
    #[error("a model of provider `{provider}` answers here, without a server")]
    NoServer {
        /// The provider, as it is written.
        provider: &'static str,
    },
    /// The answers that `from` leads to have not been handed in.
    #[error("the answers of `{from}` have not been read")]
    NoAnswers {
        /// What was written.
        from: String,
    },
    /// There is no HTTP client to be had: the system's certificates or a proxy are not as they should be.
    #[error("no HTTP client: {0}")]
    NoClient(String),
}

impl Problem {
    /// People who paste a key where its variable belongs must not see it again in a log.
    pub(crate) fn missing_key(variable: &str) -> Self {
        if is_variable_name(variable) {
            Self::MissingKey { variable: variable.to_owned() }
        } else {
            Self::KeyInsteadOfVariable
        }
    }
}

/// Whether a text can be the name of a variable, and is not more likely to be a key: long, with digits, in one piece.
pub fn is_variable_name(text: &str) -> bool {
    let is_word = text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let is_like_a_key =
        text.len() >= 20 && !text.contains('_') && text.contains(|letter: char| letter.is_ascii_digit());
    is_word
        && !is_like_a_key
        && !Secret::is_written_in(text)
        && !text.starts_with(|letter: char| letter.is_ascii_digit())
}

/// Makes a model as the project describes it. Nothing is sent and nothing is started.
///
/// Its id is the one that [`model_id`](crate::model_id) knows. A model is used inside of a Tokio runtime; it need not be
/// made there.
///
/// # Errors
/// What is wrong with the settings, and what to do.
pub fn build(name: &str, spec: &ModelSpec, surroundings: &Surroundings<'_>) -> Result<Arc<dyn Model>, ModelSetupError> {
    let made = Identity::of(name, spec, surroundings.recorded.as_ref()).and_then(|identity| {
        let id = identity.id(name);
        make(id, identity, spec, surroundings)
    });
    made.map_err(|problem| ModelSetupError { model: name.to_owned(), problem })
}

fn make(
    id: ModelId,
    identity: Identity<'_>,
    spec: &ModelSpec,
    surroundings: &Surroundings<'_>,
) -> Result<Arc<dyn Model>, Problem> {
    let limit = |default| spec.timeout.map_or(default, |Span(limit)| limit);
    Ok(match identity {
        Identity::OpenAi(target) => Arc::new(OpenAi::new(id, target, spec, limit(TIMEOUT), surroundings.env)?),
        Identity::Anthropic(target) => Arc::new(Anthropic::new(id, target, spec, limit(TIMEOUT), surroundings.env)?),
        Identity::Inference(target) => Arc::new(Inference::new(id, target, spec, limit(TIMEOUT), surroundings.env)?),
        Identity::Baseline(baseline) => baseline.model(id),
        Identity::Recorded(source) => Arc::new(RecordedModel::new(id, source)),
        Identity::Command(command) => {
            let secrets = command.secrets(spec, surroundings.env)?;
            Arc::new(Program::new(id, command, surroundings.folder, limit(COMMAND_TIMEOUT), secrets))
        }
    })
}
