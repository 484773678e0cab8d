//! Folds over events: everyone who counts, counts with these.

mod corpus;
mod exact_sum;
mod judging;
mod progress;
mod report;
mod slices;
mod tally;

pub use corpus::CorpusTally;
pub use exact_sum::ExactSum;
pub use judging::JudgeTally;
pub use progress::Progress;
pub use report::{
    ClassReport, CostReport, DatasetReport, Flicker, GateReport, JudgeReport, LatencyReport, Metric, ModelReport,
    PromptReport, RepeatsReport, Report, RunReport, SliceReport, TokensReport, VariantReport, repeat_aggregates,
};
pub use slices::{SliceTallies, slice_name};
pub use tally::{RowTally, ScorerTally, Tally};
