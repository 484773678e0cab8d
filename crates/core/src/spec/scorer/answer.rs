//! The settings of scorers that hold an answer against what is expected.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text::{Case, Text};

/// `exact`: the answer equals what is expected, character by character after what is named here. An expectation that is a
/// list is met by any of its members.
pub type ExactSpec = Text;

/// `contains`: the answer contains what is expected (every member where that is a list), or what is named here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainsSpec {
    /// All of these, instead of what the row expects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<String>,
    /// At least one of these, instead of what the row expects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<String>,
    /// None of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<String>,
    /// Whether upper and lower case differ.
    #[serde(default)]
    pub case: Case,
    /// Both are brought to Unicode NFC.
    #[serde(default)]
    pub nfc: bool,
}

/// `regex`: the answer matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegexSpec {
    /// The expression, in the syntax of the Rust crate `regex`: linear time, no look-around.
    pub pattern: String,
    /// The group, by number or name, whose text must equal what is expected; without it a match is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<String>,
    /// How the captured text and the expectation are made alike.
    #[serde(default)]
    pub text: Text,
}

/// `choice`: the answer names one of several classes, and it is the expected one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceSpec {
    /// The classes.
    #[schemars(length(min = 2))]
    pub options: Vec<String>,
    /// Where in the answer a class is looked for; `whole` where this is left out.
    #[serde(default)]
    pub find: Find,
}

/// Where a class is looked for in an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Find {
    /// The whole answer is the class, apart from case, white space, and quotes, emphasis or a full stop around it.
    #[default]
    Whole,
    /// Exactly one class stands in the answer as a word of its own; none or several name none.
    Word,
}

/// `number`: the answer is the right number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberSpec {
    /// How far off it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub absolute: Option<f64>,
    /// How far off it may be, as a part of what is expected: 0.01 is one per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub relative: Option<f64>,
    /// Whether `1,234.5` and `1 234.5` are read with their thousands separators, which are `,`, `_`, `'` and spaces.
    #[serde(default)]
    pub thousands: bool,
    /// Whether a currency sign or code before or after the number is left out.
    #[serde(default)]
    pub currency: bool,
    /// How `60%` is read; refused as a number where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
    /// Which number of the answer counts; `only` where this is left out.
    #[serde(default)]
    pub which: Which,
}

/// How a per cent sign is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Percent {
    /// `60%` is 0.6.
    Fraction,
    /// `60%` is 60.
    Number,
}

/// Which number of an answer counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    /// The answer is nothing but the number.
    #[default]
    Only,
    /// The first one.
    First,
    /// The last one.
    Last,
}

/// `json`: the answer is JSON; and by the schema, where there is one; and like the expectation, where fields are named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonSpec {
    /// A JSON Schema: inline, or the path of a file beside the spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// How each field is compared with the same field of the expectation; the score is the share of fields that agree.
    /// A field is a dotted path: `customer`, `items.0.sku`, or `items` for the whole list; `*` is every top-level field of
    /// the expectation that is not named. Without fields, valid JSON (by the schema) passes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldComparison>,
    /// Whether JSON may stand in a fenced code block, as models like to put it.
    #[serde(default)]
    pub fenced: bool,
}

/// How one field is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FieldComparison {
    /// The same JSON value; 1 and 1.0 are the same, and the order of keys does not matter.
    Equal,
    /// The same text, apart from case and white space at the ends and in between.
    Text,
    /// Numbers that differ by at most a millionth of the larger.
    Number,
    /// Lists with the same members in any order.
    Set,
    /// Left out.
    Ignore,
}

/// `levenshtein`: 1 - distance / length of the longer, in Unicode scalar values; two empty texts are alike. Of several
/// expectations the nearest counts.
pub type LevenshteinSpec = Text;
