//! What is wrong with a scorer's spec.

/// A scorer cannot be made of what a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScorerError {
    /// None or several kinds are given; the message names the scorer.
    #[error("{0}")]
    Kind(String),
    /// A setting is wrong.
    #[error("scorer `{scorer}`: {key}: {message}")]
    Setting {
        /// The scorer's name in the spec.
        scorer: String,
        /// Which setting, as a path from the scorer: `choice.options`.
        key: String,
        /// What is wrong with it, and what to do.
        message: String,
    },
}

/// A setting that is wrong, before it is known whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadSetting {
    key: String,
    message: String,
}

impl BadSetting {
    /// The setting at this path from the scorer, and what is wrong with it.
    pub(crate) fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into() }
    }

    /// The same, told of a scorer.
    pub(crate) fn of(self, scorer: &str) -> ScorerError {
        ScorerError::Setting { scorer: scorer.to_owned(), key: self.key, message: self.message }
    }
}
