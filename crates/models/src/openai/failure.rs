//! Failures on their way through async-openai and back.

use async_openai::error::OpenAIError;

use crate::wire::{Failure, Refusal, unreadable};

impl From<Failure> for OpenAIError {
    fn from(failure: Failure) -> Self {
        Self::Boxed(Box::new(failure))
    }
}

impl From<OpenAIError> for Failure {
    fn from(error: OpenAIError) -> Self {
        match error {
            OpenAIError::Boxed(boxed) => match boxed.downcast::<Self>() {
                Ok(failure) => *failure,
                Err(other) => Self::Broken(other.to_string()),
            },
            OpenAIError::Reqwest(error) => Self::from(error),
            OpenAIError::JSONDeserialize(error, content) => unreadable(&error, &content),
            OpenAIError::ApiError(error) => Self::Refused(Refusal {
                status: error.status_code.as_u16(),
                retry_after_ms: None,
                words: error.api_error.message,
                filtered: None,
                moved_to: None,
            }),
            OpenAIError::StreamError(error) => Self::Unreadable(error.to_string()),
            OpenAIError::InvalidArgument(problem) => Self::Unsendable(problem),
            OpenAIError::FileSaveError(problem) | OpenAIError::FileReadError(problem) => Self::Unsendable(problem),
        }
    }
}
