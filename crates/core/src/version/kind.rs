//! What has versions.

use serde::{Deserialize, Serialize};

/// What kind of thing has versions. Each kind has names of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A prompt.
    Prompt,
    /// A dataset.
    Dataset,
    /// An eval.
    Eval,
    /// A model's settings.
    Model,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Prompt, Self::Dataset, Self::Eval, Self::Model];

    /// The word in the store, in records and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Dataset => "dataset",
            Self::Eval => "eval",
            Self::Model => "model",
        }
    }

    /// The word for several of them, with which their paths begin: `prompts/support/triage`.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Prompt => "prompts",
            Self::Dataset => "datasets",
            Self::Eval => "evals",
            Self::Model => "models",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
