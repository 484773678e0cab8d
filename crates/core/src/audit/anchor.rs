//! The end of a log, as it is kept elsewhere.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Digest;

/// The beginning of every anchor; the number is that of its form.
const FORM: &str = "carat-audit:1:";

/// The number and hash of what was once the last entry of a log: `carat-audit:1:SEQ:sha256:HEX`. Kept where whoever changes
/// the log cannot change it (in git, among artefacts), it shows that the log was cut off or written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Anchor {
    /// The number of the entry.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
}

/// What is no anchor, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no anchor of an audit log: {why}")]
pub struct BadAnchor {
    /// What was given.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}

impl FromStr for Anchor {
    type Err = BadAnchor;

    /// Blanks around it do not matter.
    fn from_str(text: &str) -> Result<Self, BadAnchor> {
        let text = text.trim();
        let bad = |why: &str| BadAnchor { text: text.to_owned(), why: why.to_owned() };
        let Some(rest) = text.strip_prefix(FORM) else {
            let is_other = text.strip_prefix("carat-audit:").is_some_and(|rest| rest.contains(':'));
            return Err(bad(if is_other { "its form is another one; a newer carat wrote it" } else { EXAMPLE }));
        };
        let (seq, hash) = rest.split_once(':').ok_or_else(|| bad(EXAMPLE))?;
        let is_plain = !seq.starts_with('0') && seq.bytes().all(|byte| byte.is_ascii_digit());
        let seq = seq.parse().ok().filter(|_| is_plain).ok_or_else(|| bad("entries are numbered from 1"))?;
        let hash = hash.parse().map_err(|error: crate::digest::NotADigest| bad(&error.to_string()))?;
        Ok(Self { seq, hash })
    }
}

const EXAMPLE: &str = "one reads `carat-audit:1:42:sha256:` and 64 hexadecimal digits";

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FORM}{}:{}", self.seq, self.hash)
    }
}

impl TryFrom<String> for Anchor {
    type Error = BadAnchor;

    fn try_from(text: String) -> Result<Self, BadAnchor> {
        text.parse()
    }
}

impl From<Anchor> for String {
    fn from(anchor: Anchor) -> Self {
        anchor.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_anchor_survives_its_own_text(seq in 1_u64.., bytes in any::<[u8; 32]>()) {
            let anchor = Anchor { seq, hash: Digest::from_bytes(bytes) };
            prop_assert_eq!(anchor.to_string().parse(), Ok(anchor));
            prop_assert_eq!(format!(" {anchor}\r\n").parse(), Ok(anchor));
            let json = serde_json::to_value(anchor).unwrap();
            prop_assert_eq!(serde_json::from_value::<Anchor>(json).unwrap(), anchor);
        }

        #[test]
        fn no_text_panics(text in "(carat-audit:[0-9]?:?)?.*") {
            let _ = text.parse::<Anchor>();
        }
    }

    #[test]
    fn what_is_no_anchor_is_told_why() {
        let why = |text: String| text.parse::<Anchor>().unwrap_err().why;
        let hash = Digest::of_bytes(b"");
        assert_eq!(why(format!("carat-audit:2:5:{hash}:more")), "its form is another one; a newer carat wrote it");
        assert_eq!(why(format!("carat-audit:1:0:{hash}")), "entries are numbered from 1");
        assert_eq!(why(format!("carat-audit:1:+5:{hash}")), "entries are numbered from 1");
        assert_eq!(why(format!("carat-audit:1:99999999999999999999:{hash}")), "entries are numbered from 1");
        assert_eq!(
            why("carat-audit:1:5:sha256:00".into()),
            "`sha256:00` is not a digest (sha256: and 64 hexadecimal digits)"
        );
        assert_eq!(why(hash.to_string()), EXAMPLE);
        assert_eq!(why("carat-audit:1:5".into()), EXAMPLE);
    }
}
