//! What can be wrong with a bundle, for the person who has to mend it.

use carat_prompt::Digest;

/// A bundle cannot be read or written. The message names the file, what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The file is something else.
    #[error("{file} is no bundle of prompts; `carat prompt export --out {file}` makes one")]
    NotABundle {
        /// The file.
        file: String,
    },
    /// The file is an exported run, which has the same ending.
    #[error("{file} is an exported run, and no bundle of prompts; `carat prompt export --out FILE.carat` makes one")]
    ARun {
        /// The file.
        file: String,
    },
    /// The file was written by a later version.
    #[error(
        "{file} was written by a newer carat (format {format}; this one reads {}); link a newer version of this library, \
         or export the bundle with the carat that belongs to it",
        super::FORMAT
    )]
    Newer {
        /// The file.
        file: String,
        /// The number of its format.
        format: u64,
    },
    /// The first line is not as it should be.
    #[error("{file}:1: {why}; export it again with `carat prompt export`")]
    Header {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// The file ends early.
    #[error(
        "{file} is cut short: it has {there} of {promised} prompts in full; copy it again, or export it again with `carat \
         prompt export`"
    )]
    CutShort {
        /// The file.
        file: String,
        /// How many prompts stand there in full.
        there: usize,
        /// How many there should be.
        promised: usize,
    },
    /// The file is not what was written.
    #[error(
        "{file} was changed after it was written: it does not agree with its checksum; copy it again (as a binary file, so \
         that line ends stay), or export it again with `carat prompt export`"
    )]
    Changed {
        /// The file.
        file: String,
    },
    /// A line is not as it should be.
    #[error("{file}:{line}: {why}")]
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// The prompt of a line has another digest than the line says.
    #[error(
        "{file}:{line}: {prompt} should have the digest {said}, and what is packed has {found}; export it again with `carat \
         prompt export`"
    )]
    Digest {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// Name and number.
        prompt: String,
        /// What the line says.
        said: Digest,
        /// What the prompt has.
        found: Digest,
    },
    /// The file is as it was written, but what was written does not make sense.
    #[error("{file}: {what}")]
    Nonsense {
        /// The file.
        file: String,
        /// What does not make sense.
        what: String,
    },
    /// The file cannot be read.
    #[error("cannot read {file}: {cause}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the operating system says.
        cause: String,
    },
    /// What is to be written cannot be a bundle.
    #[error("cannot write a bundle: {what}")]
    Unfit {
        /// What is wrong.
        what: String,
    },
    /// The file cannot be written.
    #[error("cannot write {file}: {cause}")]
    Unwritable {
        /// The file.
        file: String,
        /// What the operating system says.
        cause: String,
    },
}
