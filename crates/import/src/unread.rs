//! Why a file of a source cannot be had, and what to do about it.

/// Why a file of a source cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// There is nothing.
    #[error("there is no such file")]
    Missing,
    /// It is not among the files of the source, by its path or because a link leads out.
    #[error("it lies outside of the folder that is imported, and only what is in there is read")]
    Outside,
    /// Something else, in words.
    #[error("{0}")]
    Other(String),
}

/// What to do about most of what cannot be read.
pub(crate) const CORRECT: &str = "correct it and import again";

impl Unread {
    /// What to do about it.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Outside => "copy the file into that folder, name it there, and import again",
            Self::Missing | Self::Other(_) => CORRECT,
        }
    }
}
