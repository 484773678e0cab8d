//! Folds over events: everyone who counts, counts with these.

mod exact_sum;
mod progress;
mod report;
mod tally;

pub use exact_sum::ExactSum;
pub use progress::Progress;
pub use report::{
    ClassReport, CostReport, DatasetReport, GateReport, LatencyReport, Metric, ModelReport, PromptReport, Report,
    RunReport, TokensReport, VariantReport,
};
pub use tally::{ScorerTally, Tally};
