//! What an application writes to mean a prompt: `support/triage@production`.

/// A name, and which of its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    pub(crate) name: &'a str,
    /// None is the working file.
    pub(crate) pick: Option<Pick<'a>>,
}

/// Which version of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pick<'a> {
    Number(u32),
    /// A label, or `latest`.
    Label(&'a str),
    /// At least eight hexadecimal digits, lower-case.
    Digest(String),
}

/// What is no reference to a prompt, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{reference}` names no prompt: {why}")]
pub struct BadReference {
    /// What was asked for.
    pub reference: String,
    /// What is wrong with it.
    pub why: String,
}

impl<'a> Reference<'a> {
    /// Reads what the command line reads, to the same meaning: `NAME`, `NAME@NUMBER`, `NAME@LABEL`, `NAME@latest` and
    /// `NAME@DIGEST`.
    pub(crate) fn read(text: &'a str) -> Result<Self, BadReference> {
        let bad = |why: String| BadReference { reference: text.to_owned(), why };
        let Some((name, which)) = text.rsplit_once('@').filter(|(_, which)| !which.contains('/')) else {
            return Ok(Self { name: text, pick: None });
        };
        if name.is_empty() {
            return Err(bad("nothing stands before the `@`".to_owned()));
        }
        Ok(Self { name, pick: Some(Pick::read(which).map_err(bad)?) })
    }
}

impl<'a> Pick<'a> {
    pub(crate) fn read(which: &'a str) -> Result<Self, String> {
        let digits = which.strip_prefix("sha256:").unwrap_or(which);
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if which.is_empty() {
            return Err("nothing stands behind the `@`; give a label, a number, `latest` or a digest".to_owned());
        }
        if is_hex && (8..=64).contains(&digits.len()) {
            return Ok(Self::Digest(digits.to_ascii_lowercase()));
        }
        if which.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = which.parse().ok().filter(|number| *number > 0);
            return number.map(Self::Number).ok_or_else(|| "versions are numbered from 1".to_owned());
        }
        if which.starts_with("sha256:") {
            return Err("a digest is given by 8 to 64 hexadecimal digits".to_owned());
        }
        refuse_label(which).map_or_else(|| Ok(Self::Label(which)), |why| Err(format!("`{which}` is no label: {why}")))
    }
}

impl std::fmt::Display for Pick<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Label(label) => f.write_str(label),
            Self::Digest(digits) => f.write_str(digits),
        }
    }
}

/// Why a word cannot be a label; none where it can. `latest` can.
pub(crate) fn refuse_label(word: &str) -> Option<&'static str> {
    let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if !word.starts_with(|first: char| first.is_ascii_lowercase()) || !word.bytes().all(is_fit) {
        return Some("a label is a word of lower-case letters, digits, `.`, `_` and `-` that begins with a letter");
    }
    if word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some("it reads as the beginning of a digest");
    }
    (word.len() > 64).then_some("it is longer than 64 characters")
}
