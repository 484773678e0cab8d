//! The baseline that says what it was told.

use async_trait::async_trait;
use carat_core::{Call, Completion, FinishReason, Model, ModelError, ModelErrorKind, ModelId};

use super::last_question;

/// Answers with the text of the last user turn.
pub(super) struct Echo {
    id: ModelId,
}

impl Echo {
    pub(super) const fn new(id: ModelId) -> Self {
        Self { id }
    }
}

#[async_trait]
impl Model for Echo {
    fn id(&self) -> &ModelId {
        &self.id
    }

    async fn complete(&self, call: Call<'_>) -> Result<Completion, ModelError> {
        let Some((_, question)) = last_question(&call.request.messages) else {
            let message = format!("the prompt `{}` has no user turn that could be said back; add one", call.prompt);
            return Err(ModelError::new(ModelErrorKind::BadRequest, message));
        };
        let text = question.joined_text().into_owned();
        Ok(Completion { text, finish_reason: FinishReason::Stop, ..Completion::default() })
    }
}
