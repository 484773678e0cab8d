//! What can be wrong with a project's files.

use carat_core::credential::masked;
use carat_core::yaml::YamlError;
use carat_core::{DataError, PromptError};

/// A project, or something in it, cannot be used as it is. Every message names the file, the cause and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// There is no project here.
    #[error(
        "there is no carat.yaml in {start} or any folder above it; run `carat` inside a project, name one with --project, or begin one with `carat init`"
    )]
    NoProject {
        /// Where the search began.
        start: String,
    },
    /// A YAML file is not as it should be.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// Golden data is not as it should be.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A prompt is not as it should be.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// A file cannot be read.
    #[error("{file}: {cause}")]
    File {
        /// The file, as the person knows it.
        file: String,
        /// Why, and what to do.
        cause: String,
    },
    /// Something that is named is not there. A key that stands where a name belongs is not repeated.
    #[error("there is no {what} `{}`{}", masked(.name), masked(.hint))]
    Unknown {
        /// What kind of thing.
        what: &'static str,
        /// The name.
        name: String,
        /// Where it was looked for, and the nearest name.
        hint: String,
    },
}

impl ProjectError {
    pub(crate) fn file(file: impl Into<String>, cause: impl ToString) -> Self {
        Self::File { file: file.into(), cause: cause.to_string() }
    }
}

/// Reads a text file that people write: UTF-8, with or without a byte order mark.
pub(crate) fn read_text(path: &std::path::Path, shown: &str) -> Result<String, ProjectError> {
    let bytes = std::fs::read(path).map_err(|error| ProjectError::file(shown, error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text)),
        Err(error) => {
            let (at, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
            let encoding = if is_utf16 { "utf-16" } else { "latin1" };
            let advice = format!("convert the file, for instance with `iconv -f {encoding} -t utf-8`");
            Err(ProjectError::file(format!("{shown}:{line}"), format!("byte {at} is not UTF-8; {advice}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_where_a_name_belongs_is_not_repeated() {
        let name = "sk-proj-aB3dE6gH9jK2mN5pQ8sT".to_owned();
        let hint = format!(" (prompts/{name}.prompty)");
        let error = ProjectError::Unknown { what: "prompt", name, hint };
        assert_eq!(error.to_string(), "there is no prompt `***` (***)");
        let error =
            ProjectError::Unknown { what: "model", name: "m".to_owned(), hint: "; did you mean `n`?".to_owned() };
        assert_eq!(error.to_string(), "there is no model `m`; did you mean `n`?");
    }
}
