//! What people type: a file, or a version.

use carat_core::version::{BadReference, Kind, Pick, Reference};

use crate::Project;
use crate::dataset::Format;

/// What a reference means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning<'a> {
    /// The file as it is now, or the entry in `carat.yaml`.
    Working(&'a str),
    /// A version that was saved.
    Version(Reference),
}

impl<'a> Meaning<'a> {
    /// What a reference means. Where a file goes by this very text, with an `@` in its name, it is meant.
    pub(super) fn of(project: &Project, kind: Kind, text: &'a str) -> Result<Self, BadReference> {
        if !text.contains('@') || project.has(kind, text) {
            return Ok(Self::Working(text));
        }
        let Reference { name, pick } = Reference::read(text)?;
        Ok(match pick {
            Pick::Working => Self::Working(text),
            pick => Self::Version(Reference { name: name_of(kind, &name), pick }),
        })
    }
}

/// The name under which versions are kept, for who types the path of the file: `prompts/support/triage.prompty` is
/// `support/triage`. What does not end like such a file is a name already.
pub(super) fn name_of(kind: Kind, written: &str) -> String {
    let (folder, endings): (&str, Vec<&str>) = match kind {
        Kind::Prompt => ("prompts/", vec!["prompty"]),
        Kind::Dataset => ("datasets/", Format::ENDINGS.iter().map(|(ending, _)| *ending).collect()),
        Kind::Eval => ("evals/", vec!["yaml", "yml"]),
        Kind::Model => return written.to_owned(),
    };
    let is_ending = |ending: &str| endings.iter().any(|known| known.eq_ignore_ascii_case(ending));
    match written.rsplit_once('.') {
        Some((stem, ending)) if is_ending(ending) => {
            let stem = stem.strip_prefix("./").unwrap_or(stem);
            stem.strip_prefix(folder).unwrap_or(stem).to_owned()
        }
        _ => written.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_file_is_a_name_as_well() {
        for (kind, written, name) in [
            (Kind::Prompt, "support/triage", "support/triage"),
            (Kind::Prompt, "prompts/support/triage.prompty", "support/triage"),
            (Kind::Prompt, "./prompts/a.prompty", "a"),
            (Kind::Prompt, "support/v1.2", "support/v1.2"),
            (Kind::Dataset, "datasets/tickets.JSONL", "tickets"),
            (Kind::Dataset, "tickets.csv", "tickets"),
            (Kind::Eval, "evals/triage.yml", "triage"),
            (Kind::Model, "models/x.yaml", "models/x.yaml"),
        ] {
            assert_eq!(name_of(kind, written), name, "{written}");
        }
    }
}
