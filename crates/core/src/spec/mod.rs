//! What people write: the project, its models, evals, scorers and gates, as data.
//!
//! Reading is strict: a key that is not listed here is an error. `carat schema` prints the JSON Schema of these types.

mod age;
mod cluster;
mod eval;
mod field;
mod gate;
mod model;
mod policy;
mod price;
mod project;
mod scorer;
mod slice;
mod span;

pub use age::{Age, Offset, TimeOfDay};
pub use cluster::ClusterSpec;
pub use eval::{EvalSpec, Overrides};
pub use gate::{Bound, GateMode, GateSpec};
pub use model::{Api, Limits, ModelSpec, Provider, Tensors};
pub use policy::{Day, Imported, Need, PolicySpec, QuietHours};
pub use price::Price;
pub use project::{CacheSpec, ProjectSpec};
pub use scorer::{
    ArgumentComparison, Articles, BleuSpec, BleuTokenizer, CallOrder, Case, ChoiceSpec, ChrfSpec, ClassifySpec,
    ClosedQaSpec, ContainsSpec, CostSpec, EmbeddingSpec, ErrorRateSpec, ExactSpec, Extraction, FactualitySpec,
    FieldComparison, Find, FinishReasonSpec, JsonDiffSpec, JsonSpec, JudgeKind, JudgeSpec, LatencySpec, LengthSpec,
    LengthUnit, LevenshteinSpec, ListSpec, MemberComparison, NumberSpec, NumericDiffSpec, OVERALL, PairwiseSpec,
    Percent, ProgramSpec, Punctuation, RefusalSpec, RefusalWanted, RegexSpec, Rival, RougeMeasure, RougeSpec,
    RougeTokenizer, RougeType, Says, Scale, ScorerKind, ScorerSpec, SquadMeasure, SquadSpec, TerSpec, Text,
    ToolCallsSpec, Which,
};
pub use slice::SliceSpec;
pub use span::Span;
