//! What people type to mean a version: `support/triage@production`.

use super::{LATEST, Label};

/// A name, and which of its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The name in the project.
    pub name: String,
    /// Which version.
    pub pick: Pick,
}

/// Which version of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// The file as it is now: `support/triage`.
    Working,
    /// `support/triage@3`.
    Number(u32),
    /// `support/triage@production`.
    Label(Label),
    /// `support/triage@latest`: the newest saved version.
    Latest,
    /// `support/triage@9f2c41ab03de`: at least eight hexadecimal digits, with or without `sha256:`; lower-case.
    Digest(String),
}

/// What is no reference to a version, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{reference}` names no version: {why}")]
pub struct BadReference {
    /// What was typed.
    pub reference: String,
    /// What is wrong with it.
    pub why: String,
}

impl Reference {
    /// Reads `NAME`, `NAME@NUMBER`, `NAME@LABEL`, `NAME@latest` and `NAME@DIGEST`. A path with an `@` in it is a name where
    /// what follows the last `@` cannot be any of these because it has a `/`.
    ///
    /// # Errors
    /// Nothing stands before or behind the `@`, the number is 0 or too large, or what follows is none of the four.
    pub fn read(text: &str) -> Result<Self, BadReference> {
        let bad = |why: String| BadReference { reference: text.to_owned(), why };
        let Some((name, which)) = text.rsplit_once('@').filter(|(_, which)| !which.contains('/')) else {
            return Ok(Self { name: text.to_owned(), pick: Pick::Working });
        };
        if name.is_empty() {
            return Err(bad("nothing stands before the `@`".to_owned()));
        }
        let pick = Pick::read(which).map_err(bad)?;
        Ok(Self { name: name.to_owned(), pick })
    }
}

/// What is said of the beginning of a digest that does not suffice.
pub const TOO_SHORT: &str = "as the beginning of a digest it is too short: eight digits are needed";

/// Whether somebody may have meant the beginning of a digest, though it has too few digits to be taken for one.
pub fn is_short_digest(text: &str) -> bool {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex && (4..8).contains(&text.len()) && text.bytes().any(|byte| byte.is_ascii_digit())
}

impl Pick {
    fn read(which: &str) -> Result<Self, String> {
        let digits = which.strip_prefix("sha256:").unwrap_or(which);
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if which.is_empty() {
            return Err("nothing stands behind the `@`; give a number, a label, `latest` or a digest".to_owned());
        }
        if which == LATEST {
            return Ok(Self::Latest);
        }
        if is_hex && (8..=64).contains(&digits.len()) {
            return Ok(Self::Digest(digits.to_ascii_lowercase()));
        }
        if which.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = which.parse().ok().filter(|number| *number > 0);
            return number.map(Self::Number).ok_or_else(|| "versions are numbered from 1".to_owned());
        }
        if is_short_digest(digits) && which.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(TOO_SHORT.to_owned());
        }
        if which.starts_with("sha256:") {
            return Err("a digest is given by 8 to 64 hexadecimal digits".to_owned());
        }
        Label::new(which).map(Self::Label).map_err(|error| error.to_string())
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.pick {
            Pick::Working => f.write_str(&self.name),
            Pick::Number(number) => write!(f, "{}@{number}", self.name),
            Pick::Label(label) => write!(f, "{}@{label}", self.name),
            Pick::Latest => write!(f, "{}@{LATEST}", self.name),
            Pick::Digest(digits) => write!(f, "{}@{digits}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Reference {
        Reference::read(text).unwrap()
    }

    fn why(text: &str) -> String {
        Reference::read(text).unwrap_err().to_string()
    }

    #[test]
    fn what_follows_the_last_at_says_which_version() {
        let label = Pick::Label(Label::new("production").unwrap());
        for (text, pick) in [
            ("support/triage", Pick::Working),
            ("support/triage@3", Pick::Number(3)),
            ("support/triage@4294967295", Pick::Digest("4294967295".into())),
            ("support/triage@1234567", Pick::Number(1_234_567)),
            ("support/triage@production", label),
            ("support/triage@latest", Pick::Latest),
            ("support/triage@9F2C41AB03DE", Pick::Digest("9f2c41ab03de".into())),
            ("support/triage@sha256:9f2c41ab", Pick::Digest("9f2c41ab".into())),
        ] {
            assert_eq!(read(text), Reference { name: "support/triage".into(), pick }, "{text}");
        }
    }

    #[test]
    fn an_at_in_a_path_is_part_of_the_name() {
        for text in ["teams/@search/triage", "@search/triage", "a@1/b", "a@b/", "@/"] {
            assert_eq!(read(text), Reference { name: text.to_owned(), pick: Pick::Working });
        }
        let name = "teams/@search/tri@ge".to_owned();
        assert_eq!(read("teams/@search/tri@ge@2"), Reference { name, pick: Pick::Number(2) });
    }

    #[test]
    fn what_names_no_version_is_told_why() {
        let no = |text: &str, why: &str| format!("`{text}` names no version: {why}");
        assert_eq!(why("@3"), no("@3", "nothing stands before the `@`"));
        let nothing = "nothing stands behind the `@`; give a number, a label, `latest` or a digest";
        assert_eq!(why("a@"), no("a@", nothing));
        assert_eq!(why("a@0"), no("a@0", "versions are numbered from 1"));
        let digits = "a digest is given by 8 to 64 hexadecimal digits";
        assert_eq!(why("a@sha256:12"), no("a@sha256:12", digits));
        let long = format!("a@sha256:{}", "0".repeat(65));
        assert_eq!(why(&long), no(&long, digits));
        assert!(why("a@Prod").contains("`Prod` cannot be a label"));
        assert!(why("a@abc–").contains("cannot be a label"));
    }

    fn any_pick() -> impl Strategy<Value = Pick> {
        prop_oneof![
            Just(Pick::Working),
            Just(Pick::Latest),
            // From eight digits on, a number reads as a digest.
            (1_u32..10_000_000).prop_map(Pick::Number),
            "[0-9a-f]{8,64}".prop_map(Pick::Digest),
            "[a-z][a-z0-9._-]{0,20}".prop_filter_map("a label", |text| Label::new(&text).ok().map(Pick::Label)),
        ]
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(name in "[a-z@/.]{0,8}[a-z]", pick in any_pick()) {
            let is_path = !name.contains('@') || name.rsplit('@').next().is_some_and(|rest| rest.contains('/'));
            prop_assume!(is_path || pick != Pick::Working);
            let reference = Reference { name, pick };
            prop_assert_eq!(Reference::read(&reference.to_string()), Ok(reference));
        }

        #[test]
        fn whatever_is_read_is_shown_so_that_it_reads_the_same(text in "[a-f0-9@/:sh.-]{0,16}|.*") {
            if let Ok(reference) = Reference::read(&text) {
                prop_assert_eq!(Reference::read(&reference.to_string()), Ok(reference));
            }
        }
    }
}
