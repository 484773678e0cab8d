//! Labels: words that point to a version, and the history of where they pointed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Actor, VersionId};

/// The newest saved version. It moves by itself, so that nobody can move it.
pub const LATEST: &str = "latest";

/// A word such as `production` that points to one version of a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Label(#[schemars(regex(pattern = "^[a-z][a-z0-9._-]{0,63}$"))] String);

/// A word that cannot be a label, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{label}` cannot be a label: {why}")]
pub struct BadLabel {
    /// The word.
    pub label: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Label {
    /// Takes a word: lower-case letters, digits, `.`, `_` and `-`, beginning with a letter. What reads as a number or as the
    /// beginning of a digest is none, and `latest` is taken.
    ///
    /// # Errors
    /// It is no such word.
    pub fn new(text: &str) -> Result<Self, BadLabel> {
        let bad = |why| Err(BadLabel { label: text.to_owned(), why });
        let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        if text == LATEST {
            return bad("it is the newest saved version, and moves by itself");
        }
        if !text.starts_with(|first: char| first.is_ascii_lowercase()) || !text.bytes().all(is_fit) {
            return bad("a label is a word of lower-case letters, digits, `.`, `_` and `-` that begins with a letter");
        }
        if text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return bad("it reads as the beginning of a digest");
        }
        if text.len() > 64 {
            return bad("it is longer than 64 characters");
        }
        Ok(Self(text.to_owned()))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Label {
    type Error = BadLabel;

    fn try_from(text: String) -> Result<Self, BadLabel> {
        Self::new(&text)
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// A label was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The label.
    pub label: Label,
    /// Where it pointed; none where it did not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<VersionId>,
    /// Where it points since; none where it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<VersionId>,
    /// When: RFC 3339 in UTC, to the millisecond, so that instants sort as text.
    pub at: String,
    /// Who moved it.
    pub by: Actor,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The promotion that moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<String>,
}

impl Move {
    /// Where a label pointed at an instant (RFC 3339 in UTC), by its history, oldest first: the last move that is not later.
    pub fn at<'m>(history: &'m [Self], instant: &str) -> Option<&'m VersionId> {
        history.iter().rev().find(|moved| moved.at.as_str() <= instant).and_then(|moved| moved.to.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Digest;
    use crate::version::{Kind, Pick, Reference, Source};

    #[test]
    fn a_label_is_a_word_that_reads_as_nothing_else() {
        for good in ["production", "a", "v2.1", "de-at", "face_lift", "deadbee", "beef2026.1", &"x".repeat(64)] {
            assert_eq!(Label::new(good).unwrap().as_str(), good);
        }
        let why = |text: &str| Label::new(text).unwrap_err().why;
        assert_eq!(why("latest"), "it is the newest saved version, and moves by itself");
        assert_eq!(why("deadbeef"), "it reads as the beginning of a digest");
        assert_eq!(why(&"x".repeat(65)), "it is longer than 64 characters");
        for word in ["", "Prod", "3", "-x", "a b", "größe", "a@b", "a/b", "a\n"] {
            assert!(why(word).starts_with("a label is a word"), "{word}");
        }
        assert!(serde_json::from_value::<Label>("latest".into()).is_err());
    }

    #[test]
    fn where_a_label_pointed_at_an_instant_is_the_last_move_before() {
        let id = |number| VersionId { kind: Kind::Prompt, name: "a".into(), number, digest: Digest::of_bytes(b"") };
        let moved = |at: &str, to: Option<u32>| Move {
            label: Label::new("production").unwrap(),
            from: None,
            to: to.map(id),
            at: format!("2026-11-{at}T00:00:00.000Z"),
            by: Actor { name: "Ada".into(), source: Source::Flag },
            why: None,
            promotion: None,
        };
        let history = [moved("02", Some(1)), moved("04", Some(2)), moved("04", Some(3)), moved("06", None)];
        let at = |instant: &str| Move::at(&history, instant).map(|version| version.number);
        assert_eq!(at("2026-11-01T23:59:59.999Z"), None);
        assert_eq!(at("2026-11-02T00:00:00.000Z"), Some(1));
        assert_eq!(at("2026-11-03T23:59:59.999Z"), Some(1));
        assert_eq!(at("2026-11-04T00:00:00.000Z"), Some(3));
        assert_eq!(at("2026-11-07T00:00:00.000Z"), None);
    }

    proptest! {
        #[test]
        fn a_label_survives_json_and_a_reference(text in "[a-z][a-z0-9._-]{0,63}|[a-f0-9]{1,12}|.*") {
            if let Ok(label) = Label::new(&text) {
                prop_assert_eq!(label.to_string(), text.clone());
                let json = serde_json::to_value(&label).unwrap();
                prop_assert_eq!(serde_json::from_value::<Label>(json).unwrap(), label.clone());
                let reference = Reference { name: "a".into(), pick: Pick::Label(label) };
                prop_assert_eq!(Reference::read(&format!("a@{text}")), Ok(reference));
            }
        }
    }
}
