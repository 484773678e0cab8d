//! A program as a model: a JSON request on its stdin, a JSON answer on its stdout.

mod process;

use std::collections::BTreeSet;
use std::iter;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use carat_core::spec::ModelSpec;
use carat_core::{
    Call, Completion, Digest, FinishReason, Message, Model, ModelError, ModelErrorKind, ModelId, Parameters,
    ResponseFormat, Tool,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Secret;
use crate::secret::{Secrets, named_in};
use crate::setup::Problem;
use crate::told::{UsageTold, Words, finish_reason};
use crate::wire::USUAL_KEYS;
use process::{Ended, Failed};

/// Runs a program for every call, without a shell, in the project's folder.
pub(crate) struct Program {
    id: ModelId,
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    timeout: Duration,
    secrets: Secrets,
}

/// A program as it is written, and its arguments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Command<'a> {
    program: &'a str,
    arguments: &'a [String],
}

impl<'a> Command<'a> {
    /// Takes what is written; none when there is no program in it.
    pub(crate) fn of(written: &'a [String]) -> Option<Self> {
        let (program, arguments) = written.split_first().filter(|(program, _)| !program.is_empty())?;
        Some(Self { program, arguments })
    }

    /// What is hidden in all that the program writes: the key that its settings name, those whose variables its arguments
    /// name, and those of the providers themselves, for it has all of them from carat's environment.
    ///
    /// # Errors
    /// The variable that the settings name is not set.
    pub(crate) fn secrets(self, spec: &ModelSpec, env: &dyn Fn(&str) -> Option<String>) -> Result<Secrets, Problem> {
        let value = |variable: &str| env(variable).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
        let named = spec.api_key_env.as_deref();
        if let Some(variable) = named.filter(|variable| value(variable).is_none()) {
            return Err(Problem::missing_key(variable));
        }
        let variables = named.into_iter().chain(named_in(self.arguments)).chain(USUAL_KEYS);
        let variables: BTreeSet<&str> = variables.collect();
        Ok(Secrets::new(variables.into_iter().filter_map(value).map(Secret::new), []))
    }

    /// The name of all that is written. What is in the files is not in it.
    pub(crate) fn digest(self) -> Digest {
        let words: Vec<&str> = iter::once(self.program).chain(self.arguments.iter().map(String::as_str)).collect();
        Digest::of_json(&json!({ "provider": "command", "command": words }))
    }
}

/// What the program reads. What the row expects is not in it: that would be telling.
#[derive(Serialize)]
struct Question<'a> {
    row: &'a str,
    trial: u32,
    prompt: &'a str,
    messages: &'a [Message],
    tools: &'a [Tool],
    response_format: Option<&'a ResponseFormat>,
    parameters: &'a Parameters,
}

/// What the program writes.
#[derive(Deserialize)]
struct Answer {
    output: Option<Value>,
    #[serde(default)]
    usage: Option<UsageTold>,
    #[serde(default)]
    finish_reason: Words,
}

impl Program {
    pub(crate) fn new(id: ModelId, command: Command<'_>, folder: &Path, timeout: Duration, secrets: Secrets) -> Self {
        let Command { program, arguments } = command;
        let (program, arguments) = (located(program, folder), arguments.to_vec());
        Self { id, program, arguments, folder: folder.to_owned(), timeout, secrets }
    }

    fn command(&self) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.folder);
        command
    }

    fn error(&self, kind: ModelErrorKind, what: &str) -> ModelError {
        ModelError::new(kind, format!("`{}` {what}", self.program.display()))
    }

    fn failed(&self, failed: &Failed) -> ModelError {
        match failed {
            Failed::Missing => self.error(
                ModelErrorKind::NotFound,
                &format!("is not there; install it, or correct `command` of the model `{}`", self.id.name),
            ),
            Failed::Forbidden => self.error(
                ModelErrorKind::NotFound,
                "may not be run; is it executable (chmod +x), and is the folder there?",
            ),
            Failed::TooLong => self.error(
                ModelErrorKind::Program,
                &format!("wrote more than {} MB; an answer is one JSON object", process::LONGEST_ANSWER >> 20),
            ),
            Failed::Other(cause) => self.error(ModelErrorKind::Program, &format!("could not be run: {cause}")),
        }
    }

    fn read(&self, ended: &Ended) -> Result<Completion, ModelError> {
        let answer: Option<Answer> = serde_json::from_slice(&ended.stdout).ok();
        let answer = answer.filter(|_| ended.status.success());
        let Some((output, answer)) = answer.and_then(|mut answer| Some((answer.output.take()?, answer))) else {
            return Err(self.error(ModelErrorKind::Program, &ended.complaint(self.secrets.all())));
        };
        let text = match output {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let finish = answer.finish_reason.filled().map_or(FinishReason::Stop, |word| finish_reason(&word));
        let usage = answer.usage.and_then(UsageTold::known);
        Ok(self.secrets.cover(Completion { text, usage, finish_reason: finish, ..Completion::default() }))
    }
}

#[async_trait]
impl Model for Program {
    fn id(&self) -> &ModelId {
        &self.id
    }

    async fn complete(&self, call: Call<'_>) -> Result<Completion, ModelError> {
        let question = Question {
            row: call.row.id.as_str(),
            trial: call.trial,
            prompt: call.prompt,
            messages: &call.request.messages,
            tools: &call.request.tools,
            response_format: call.request.response_format.as_ref(),
            parameters: &call.request.parameters,
        };
        let question = serde_json::to_vec(&question)
            .map_err(|error| self.error(ModelErrorKind::BadRequest, &format!("cannot be asked: {error}")))?;
        match tokio::time::timeout(self.timeout, process::run(self.command(), &question)).await {
            Ok(Ok(ended)) => self.read(&ended),
            Ok(Err(failed)) => Err(self.failed(&failed)),
            Err(_) => {
                let what =
                    format!("gave no answer within {:?} and was stopped; `timeout` sets the limit", self.timeout);
                Err(self.error(ModelErrorKind::Timeout, &what))
            }
        }
    }
}

/// A bare name is looked up in `PATH`; a relative path is meant from the project's folder, whatever the current one is.
fn located(program: &str, folder: &Path) -> PathBuf {
    let path = Path::new(program);
    if path.components().count() > 1 || program.starts_with('.') { folder.join(path) } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_is_meant_from_the_projects_folder() {
        assert_eq!(located("python3", Path::new("/p")), Path::new("python3"));
        assert_eq!(located("./answer.sh", Path::new("/p")), Path::new("/p/./answer.sh"));
        assert_eq!(located("bin/answer", Path::new("/p")), Path::new("/p/bin/answer"));
        assert_eq!(located("/bin/cat", Path::new("/p")), Path::new("/bin/cat"));
    }
}
