//! What people write: the project, its models, evals, scorers and gates, as data.
//!
//! Reading is strict: a key that is not listed here is an error. `carat schema` prints the JSON Schema of these types.

mod eval;
mod gate;
mod model;
mod price;
mod project;
mod scorer;
mod span;

pub use eval::{EvalSpec, Overrides};
pub use gate::{Bound, GateSpec};
pub use model::{Api, Limits, ModelSpec, Provider};
pub use price::Price;
pub use project::ProjectSpec;
pub use scorer::{
    Articles, Case, ChoiceSpec, ContainsSpec, ExactSpec, Extraction, FieldComparison, Find, JsonSpec, LevenshteinSpec,
    NumberSpec, Percent, Punctuation, RegexSpec, ScorerKind, ScorerSpec, Text, Which,
};
pub use span::Span;
