//! What answers are measured with.

mod answer;
mod judge;
mod measure;
mod says;
mod text;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Digest;

pub use answer::{
    ChoiceSpec, ContainsSpec, ExactSpec, FieldComparison, Find, JsonSpec, LevenshteinSpec, NumberSpec, Percent,
    RegexSpec, Which,
};
pub use judge::{
    ClassifySpec, ClosedQaSpec, EmbeddingSpec, FactualitySpec, JudgeKind, JudgeSpec, PairwiseSpec, ProgramSpec, Rival,
    Scale,
};
pub use measure::{
    ArgumentComparison, BleuSpec, BleuTokenizer, CallOrder, ChrfSpec, CostSpec, ErrorRateSpec, FinishReasonSpec,
    JsonDiffSpec, LatencySpec, LengthSpec, LengthUnit, ListSpec, MemberComparison, NumericDiffSpec, RefusalSpec,
    RefusalWanted, RougeMeasure, RougeSpec, RougeTokenizer, RougeType, SquadMeasure, SquadSpec, TerSpec, ToolCallsSpec,
};
pub use says::Says;
pub use text::{Articles, Case, Extraction, Punctuation, Text};

/// The name of the score that several weighted ones add up to.
pub const OVERALL: &str = "overall";

/// Writes down the kinds of scorers once: the key in a spec, the name in code, the settings, what it is.
macro_rules! kinds {
    ($($(#[$doc:meta])* $key:ident: $kind:ident($settings:ty),)*) => {
        /// One scorer of an eval: a name, exactly one kind, what it looks at, and what counts.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct ScorerSpec {
            /// The name under which its scores are reported. Unique in the eval.
            pub name: String,
            /// The part of the answer that is looked at; the whole of it where this is left out.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub on: Option<Extraction>,
            /// What is expected, as a template over `input`, `metadata`, `tags`, `id` and `expected`; the row's `expected`
            /// where this is left out. One that is nothing but a single `{{ … }}` keeps its type.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub expected: Option<String>,
            /// Only for rows that have all of these tags; of other rows it says nothing, and that is not unscored.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub tags: Vec<String>,
            /// From which value on an answer passes, for scorers of a degree.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schemars(range(min = 0.0, max = 1.0))]
            pub threshold: Option<f64>,
            /// Turns it around: what passes fails, and a value becomes 1 minus it. The threshold is held against the turned
            /// value. What is unscored stays unscored.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            pub invert: bool,
            /// How much it counts in `overall`, the weighted mean of all scorers that have a weight.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schemars(range(min = 0.0))]
            pub weight: Option<f64>,
            $($(#[$doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $key: Option<$settings>,)*
        }

        /// Which scorer, and its settings.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub enum ScorerKind<'a> {
            $($(#[$doc])* $kind(&'a $settings),)*
        }

        impl ScorerKind<'_> {
            /// The words that name kinds in a spec.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($key)),*];

            /// The word that names the kind in a spec.
            pub const fn as_str(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => stringify!($key),)*
                }
            }
        }

        impl ScorerSpec {
            /// The kinds that are given, in the order of the schema.
            fn given(&self) -> Vec<ScorerKind<'_>> {
                [$(self.$key.as_ref().map(ScorerKind::$kind)),*].into_iter().flatten().collect()
            }
        }
    };
}

kinds! {
    /// The answer equals what is expected.
    exact: Exact(ExactSpec),
    /// The answer contains what is expected, or fixed words.
    contains: Contains(ContainsSpec),
    /// The answer matches a regular expression.
    regex: Regex(RegexSpec),
    /// The answer names the right one of several classes.
    choice: Choice(ChoiceSpec),
    /// The answer is the right number.
    number: Number(NumberSpec),
    /// How far the answer's number is off, in relation to both numbers.
    numeric_diff: NumericDiff(NumericDiffSpec),
    /// The answer is JSON: valid, by schema, or field by field as expected.
    json: Json(JsonSpec),
    /// How alike the answer and what is expected are as JSON, all the way down.
    json_diff: JsonDiff(JsonDiffSpec),
    /// The answer is a list with the expected members, matched as well as they can be.
    list: List(ListSpec),
    /// How near the answer is to what is expected, in edits.
    levenshtein: Levenshtein(LevenshteinSpec),
    /// How near the answer is to what is expected, in insertions and deletions.
    indel: Indel(Text),
    /// How near the answer is to what is expected, by Jaro and Winkler: made for names.
    jaro_winkler: JaroWinkler(Text),
    /// Word error rate, as of transcripts.
    wer: Wer(ErrorRateSpec),
    /// Character error rate, as of transcripts.
    cer: Cer(ErrorRateSpec),
    /// ROUGE: the words, pairs of words, or the order of words in common.
    rouge: Rouge(RougeSpec),
    /// BLEU: runs of up to four words in common; of a corpus and of a sentence.
    bleu: Bleu(BleuSpec),
    /// chrF and chrF++: runs of characters (and words) in common; of a corpus and of a sentence.
    chrf: Chrf(ChrfSpec),
    /// Translation edit rate: edits and shifts in relation to the words expected.
    ter: Ter(TerSpec),
    /// SQuAD's exact match or F1 over normalised words.
    squad: Squad(SquadSpec),
    /// The answer asks for the expected tool calls.
    tool_calls: ToolCalls(ToolCallsSpec),
    /// Whether the answer declines.
    refusal: Refusal(RefusalSpec),
    /// Why the answer ended.
    finish_reason: FinishReason(FinishReasonSpec),
    /// How long the answer is.
    length: Length(LengthSpec),
    /// How long the answer took.
    latency: Latency(LatencySpec),
    /// What the answer cost.
    cost: Cost(CostSpec),
    /// How near the answer's meaning is to what is expected: the cosine of their embeddings.
    embedding: Embedding(EmbeddingSpec),
    /// A model, or a panel of them, judges.
    judge: Judge(JudgeSpec),
    /// A program of yours scores: JSON in, JSON out.
    program: Program(ProgramSpec),
}

impl ScorerSpec {
    /// Which scorer it is.
    ///
    /// # Errors
    /// None or several kinds are given; the message says so.
    pub fn kind(&self) -> Result<ScorerKind<'_>, String> {
        match self.given().as_slice() {
            [kind] => Ok(*kind),
            [] => Err(format!(
                "scorer `{}` does not say which scorer it is; the kinds are {}",
                self.name,
                ScorerKind::NAMES.join(", ")
            )),
            [first, second, ..] => Err(format!(
                "scorer `{}` is both `{}` and `{}`; make two scorers of it",
                self.name,
                first.as_str(),
                second.as_str()
            )),
        }
    }

    /// The name of its settings, whatever it is called and however much it counts: a recorded score stands for as long as
    /// this stays the same.
    pub fn digest(&self) -> Digest {
        Digest::of_json(&Self { name: String::new(), weight: None, ..self.clone() })
    }
}
