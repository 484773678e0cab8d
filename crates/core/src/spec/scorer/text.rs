//! What a scorer looks at, and how texts are made alike.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The part of an answer that a scorer looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Extraction {
    /// The value at an RFC 9535 JSON path (a single one, such as `$.items[0].sku`) of the answer read as JSON.
    JsonPath(String),
    /// The first capture group of the first match, or the whole match where there is no group.
    Regex(String),
    /// The last line that is not blank.
    LastLine(bool),
}

/// Whether upper and lower case differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    /// They differ.
    #[default]
    Exact,
    /// They do not (Unicode default case folding by full lower-casing).
    Ignore,
}

/// How texts are made alike before they are compared. Nothing is done that is not named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// White space at both ends is left out.
    #[serde(default)]
    pub trim: bool,
    /// Whether upper and lower case differ.
    #[serde(default)]
    pub case: Case,
    /// Both are brought to Unicode NFC, so that é is é however it was typed.
    #[serde(default)]
    pub nfc: bool,
    /// Punctuation (Unicode category P) is left out; a sign or point inside a number stays.
    #[serde(default)]
    pub punctuation: Punctuation,
    /// The English articles a, an and the are left out as words.
    #[serde(default)]
    pub articles: Articles,
}

/// Whether punctuation counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Punctuation {
    /// It counts.
    #[default]
    Exact,
    /// It does not.
    Ignore,
}

/// Whether articles count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Articles {
    /// They count.
    #[default]
    Exact,
    /// They do not.
    Ignore,
}
