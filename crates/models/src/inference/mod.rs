//! The Open Inference Protocol, version 2 (`POST {base_url}/v2/models/{model}/infer`), and Triton's extension for texts
//! (`…/generate`), as KServe, Triton, MLServer and others have them.
//!
//! Such a server takes a text and answers with one: it knows no conversations, no tools, no streams and no usage.

mod answer;
mod body;
mod prompt;
mod target;
#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use carat_core::spec::ModelSpec;
use carat_core::{Account, Call, Completion, LimitHints, Model, ModelError, ModelId, Request};

use crate::setup::Problem;
use crate::tokens;
use crate::wire::{Dialect, Failure, Line, Way};
use body::{Generate, Infer};
pub(crate) use target::Target;
use target::Verb;

/// A model behind the Open Inference Protocol.
pub(crate) struct Inference {
    line: Line,
    target: Target,
}

impl Inference {
    /// Checks what is left to check of the settings of a model and makes its client. Nothing is sent.
    pub(crate) fn new(
        id: ModelId,
        target: Target,
        spec: &ModelSpec,
        timeout: Duration,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let way = Way::to(Dialect::Inference, &target.address, spec, env)?.on(|door| target.behind(door));
        let line = Line::new(id, &target.model, way, target.verb.path(), timeout, env)?;
        Ok(Self { line, target })
    }

    async fn attempt(&self, Call { request, request_digest, .. }: Call<'_>) -> Result<Completion, Failure> {
        let (path, asked) = (self.target.verb.path(), &*self.target.model);
        match &self.target.verb {
            Verb::Infer(tensors) => {
                let answer = self.line.post(path, &Infer::new(request, request_digest, tensors)?).await?;
                answer::of_infer(&answer, tensors.output.as_deref(), asked)
            }
            Verb::Generate => {
                let answer = self.line.post(path, &Generate::new(request)?).await?;
                answer::of_generate(&answer, asked)
            }
        }
    }
}

#[async_trait]
impl Model for Inference {
    fn id(&self) -> &ModelId {
        self.line.id()
    }

    fn input_tokens(&self, request: &Request) -> u64 {
        tokens::count_request(&self.target.model, request).tokens
    }

    fn account(&self) -> Option<&Account> {
        Some(self.line.account())
    }

    fn limits(&self) -> Option<LimitHints> {
        self.line.limits()
    }

    async fn complete(&self, call: Call<'_>) -> Result<Completion, ModelError> {
        self.line.settle(self.attempt(call)).await
    }
}
