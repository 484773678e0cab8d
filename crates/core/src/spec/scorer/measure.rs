//! The settings of scorers that measure.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Span;
use super::text::{Case, Text};
use crate::FinishReason;

/// `numeric_diff`: 1 - |answered - expected| / (|answered| + |expected|); two zeros are alike.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumericDiffSpec {}

/// `json_diff`: 1 for the same JSON, 0 for nothing in common; the mean over all keys and members on the way down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonDiffSpec {
    /// Whether JSON may stand in a fenced code block, as models like to put it.
    #[serde(default)]
    pub fenced: bool,
}

/// `list`: the members of two lists, each matched with at most one of the other so that the sum of their likeness is the
/// greatest possible (optimal assignment), divided by the length of the longer list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSpec {
    /// How alike two members are.
    #[serde(default)]
    pub compare: MemberComparison,
    /// Whether members that nobody expected cost nothing: the sum is then divided by the number of expected members.
    #[serde(default)]
    pub allow_extra: bool,
}

/// How alike two members of lists are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberComparison {
    /// The same JSON, or not.
    #[default]
    Exact,
    /// As `levenshtein` has it.
    Levenshtein,
    /// As `json_diff` has it.
    JsonDiff,
}

/// `wer` and `cer`: substitutions, insertions and deletions of words (or characters), divided by the number expected. The
/// rate of the corpus is `NAME.wer` (or `NAME.cer`): all errors by all that was expected, which may exceed 1. The score of
/// one answer is 1 - rate, at least 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorRateSpec {
    /// How both texts are made alike first.
    #[serde(default)]
    pub text: Text,
}

/// `rouge`: as Google's rouge-score has it. Of several expectations the best counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RougeSpec {
    /// Which ROUGE.
    #[serde(default, rename = "type")]
    pub rouge: RougeType,
    /// Which of its three numbers is the score.
    #[serde(default)]
    pub measure: RougeMeasure,
    /// What a word is.
    #[serde(default)]
    pub tokenizer: RougeTokenizer,
}

/// Which ROUGE.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RougeType {
    /// Words in common.
    #[serde(rename = "rouge1")]
    One,
    /// Pairs of neighbouring words in common.
    #[serde(rename = "rouge2")]
    Two,
    /// The longest common subsequence of words.
    #[default]
    #[serde(rename = "rougeL")]
    L,
    /// The longest common subsequence, line by line: for summaries of several sentences.
    #[serde(rename = "rougeLsum")]
    Lsum,
}

/// Which number of precision, recall and F1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RougeMeasure {
    /// The harmonic mean of both.
    #[default]
    F1,
    /// Of the answer, what was expected.
    Precision,
    /// Of what was expected, what the answer has.
    Recall,
}

/// What a word is to ROUGE.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RougeTokenizer {
    /// As rouge-score: lower case, and only a to z and 0 to 9. It sees nothing of other scripts.
    #[default]
    Reference,
    /// Runs of letters and digits of any script, in lower case. Not what the reference computes.
    Unicode,
}

/// `bleu`: as sacrebleu has it. `NAME.bleu` is that of the corpus; the score of one answer is sentence BLEU. From 0 to 1,
/// where sacrebleu has 0 to 100.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BleuSpec {
    /// What a token is.
    #[serde(default)]
    pub tokenizer: BleuTokenizer,
    /// Whether upper and lower case differ.
    #[serde(default)]
    pub case: Case,
}

/// How sacrebleu takes a text apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BleuTokenizer {
    /// As the mteval-v13a script: what papers report.
    #[default]
    #[serde(rename = "13a")]
    V13a,
    /// Each character is a token: for scripts without spaces.
    Char,
    /// At white space only.
    None,
}

/// `chrf`: as sacrebleu has it, with beta 2. `NAME.chrf` is that of the corpus. From 0 to 1, where sacrebleu has 0 to 100.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChrfSpec {
    /// Runs of up to so many characters.
    #[serde(default = "six")]
    #[schemars(range(min = 1, max = 10))]
    pub char_order: u8,
    /// Runs of up to so many words: 0 is chrF, 2 is chrF++.
    #[serde(default)]
    #[schemars(range(min = 0, max = 4))]
    pub word_order: u8,
    /// Whether upper and lower case differ.
    #[serde(default)]
    pub case: Case,
}

impl Default for ChrfSpec {
    fn default() -> Self {
        Self { char_order: six(), word_order: 0, case: Case::Exact }
    }
}

const fn six() -> u8 {
    6
}

/// `ter`: as sacrebleu has it. `NAME.ter` is that of the corpus, a rate that may exceed 1. The score of one answer is
/// 1 - rate, at least 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TerSpec {
    /// Whether upper and lower case differ; sacrebleu's own choice is that they do not.
    #[serde(default = "ignore")]
    pub case: Case,
}

impl Default for TerSpec {
    fn default() -> Self {
        Self { case: ignore() }
    }
}

const fn ignore() -> Case {
    Case::Ignore
}

/// `squad`: words without case, punctuation and the articles a, an, the. Of several expectations the best counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SquadSpec {
    /// Which number.
    #[serde(default)]
    pub measure: SquadMeasure,
}

/// Which number of SQuAD.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SquadMeasure {
    /// The overlap of words.
    #[default]
    F1,
    /// All words, in order: right or wrong.
    Exact,
}

/// `tool_calls`: the calls of the answer against those that the row expects, `[{"name": …, "arguments": {…}}]`. The value is
/// the share of calls that match; it passes when all do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolCallsSpec {
    /// Whether their order counts.
    #[serde(default)]
    pub order: CallOrder,
    /// How arguments are compared.
    #[serde(default)]
    pub arguments: ArgumentComparison,
    /// Arguments that do not count, by name.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ignore: BTreeSet<String>,
    /// Whether calls that nobody expected cost nothing.
    #[serde(default)]
    pub allow_extra: bool,
}

/// Whether the order of calls counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CallOrder {
    /// It does not.
    #[default]
    Any,
    /// It does.
    Exact,
}

/// How the arguments of calls are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ArgumentComparison {
    /// The same arguments with the same JSON.
    #[default]
    Exact,
    /// The expected ones with the same JSON; there may be more.
    Subset,
    /// Not at all: the names of the functions are enough.
    Names,
}

/// `refusal`: whether the answer declines, by its `refusal` field, a content filter, or how it opens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusalSpec {
    /// What passes.
    #[serde(default)]
    pub wanted: RefusalWanted,
}

/// Which of answers and refusals passes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalWanted {
    /// An answer.
    #[default]
    Answer,
    /// A refusal.
    Refusal,
    /// What the row expects: `true` for a refusal, `false` for an answer.
    AsExpected,
}

/// `finish_reason`: why the answer ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishReasonSpec {
    /// The reasons that pass.
    #[schemars(length(min = 1))]
    pub one_of: Vec<FinishReason>,
}

/// `length`: whether the answer is neither too short nor too long.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LengthSpec {
    /// What is counted.
    #[serde(default)]
    pub unit: LengthUnit,
    /// At least so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// At most so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
}

/// What a length is counted in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LengthUnit {
    /// Runs of characters between white space.
    #[default]
    Words,
    /// Unicode scalar values.
    Characters,
    /// Lines that are not blank.
    Lines,
    /// Tokens of the answer as the provider counted them; unscored where it did not.
    Tokens,
}

/// `latency`: whether the answer came in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LatencySpec {
    /// The time for one answer.
    pub at_most: Span,
}

/// `cost`: whether the answer was cheap enough. Unscored where price or usage is not known: unknown is not zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostSpec {
    /// US dollars for one answer.
    #[schemars(range(min = 0.0))]
    pub at_most: f64,
}
