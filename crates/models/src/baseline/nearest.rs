//! The baseline that answers as the prompt's most similar example was answered.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use carat_core::{Call, Completion, Digest, FinishReason, Message, Model, ModelError, ModelErrorKind, ModelId, Role};

use super::examples::Examples;
use super::last_question;

/// How many blocks of examples are kept: one for each prompt of a run with fixed examples, and not many more when every row
/// brings its own. A block of forty short examples takes some 200 kB.
const KEPT_BLOCKS: usize = 32;

/// Answers with the assistant turn of the example whose user turn is nearest to the last user turn. Deterministic; of
/// equally near examples the first.
pub(super) struct Nearest {
    id: ModelId,
    /// The latest first.
    blocks: Mutex<VecDeque<(Digest, Arc<Examples>)>>,
}

impl Nearest {
    pub(super) const fn new(id: ModelId) -> Self {
        Self { id, blocks: Mutex::new(VecDeque::new()) }
    }

    fn examples(&self, questions: &[Cow<'_, str>]) -> Arc<Examples> {
        let digest = name_of(questions);
        if let Some(known) = self.known(digest) {
            return known;
        }
        let examples = Arc::new(Examples::new(questions));
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.push_front((digest, Arc::clone(&examples)));
        blocks.truncate(KEPT_BLOCKS);
        examples
    }

    fn known(&self, digest: Digest) -> Option<Arc<Examples>> {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let place = blocks.iter().position(|(name, _)| *name == digest)?;
        blocks.swap(0, place);
        blocks.front().map(|(_, examples)| Arc::clone(examples))
    }
}

#[async_trait]
impl Model for Nearest {
    fn id(&self) -> &ModelId {
        &self.id
    }

    async fn complete(&self, call: Call<'_>) -> Result<Completion, ModelError> {
        let Some((before, question)) = last_question(&call.request.messages) else {
            return Err(no_examples(&call, "no user turn"));
        };
        let (questions, answers): (Vec<_>, Vec<_>) = turns(before).unzip();
        let nearest = self.examples(&questions).nearest(&question.joined_text());
        let Some(answer) = nearest.and_then(|place| answers.get(place)) else {
            return Err(no_examples(&call, "no examples"));
        };
        Ok(Completion {
            text: answer.joined_text().into_owned(),
            tool_calls: answer.tool_calls.clone(),
            finish_reason: FinishReason::Stop,
            ..Completion::default()
        })
    }
}

/// The examples: every user turn that an assistant turn follows at once.
fn turns(messages: &[Message]) -> impl Iterator<Item = (Cow<'_, str>, &Message)> {
    messages
        .array_windows()
        .filter(|[question, answer]| question.role == Role::User && answer.role == Role::Assistant)
        .map(|[question, answer]| (question.joined_text(), answer))
}

/// The name of a block of questions; their lengths keep two blocks apart that join to the same text.
fn name_of(questions: &[Cow<'_, str>]) -> Digest {
    let mut bytes = Vec::with_capacity(questions.iter().map(|question| question.len() + 8).sum());
    for question in questions {
        bytes.extend((question.len() as u64).to_le_bytes());
        bytes.extend(question.as_bytes());
    }
    Digest::of_bytes(&bytes)
}

fn no_examples(call: &Call<'_>, lack: &str) -> ModelError {
    let message = format!(
        "the prompt `{}` has {lack}: the baseline `nearest` answers as the most similar example was answered, so it needs \
         pairs of a user turn and an assistant turn before the last user turn; add some, or leave this prompt to other models",
        call.prompt
    );
    ModelError::new(ModelErrorKind::NoExamples, message)
}
