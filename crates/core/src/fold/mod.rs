//! Folds over events: everyone who counts, counts with these.

mod clusters;
mod corpus;
mod exact_sum;
mod judging;
mod limits;
mod progress;
mod report;
mod scorer;
mod slices;
mod spent;
mod tally;
#[cfg(test)]
mod tests;

pub(crate) use clusters::Clusters;
pub use corpus::CorpusTally;
pub use exact_sum::ExactSum;
pub use judging::JudgeTally;
pub use limits::{LimitChange, LimitTally};
pub use progress::Progress;
pub use report::{
    ClassReport, ClustersReport, CostReport, DatasetReport, Flicker, GateReport, JudgeReport, LatencyReport,
    LimitReport, LimitStep, Metric, ModelReport, PromptReport, RepeatsReport, Report, RunReport, SliceReport,
    TokensReport, VariantReport, repeat_aggregates,
};
pub use scorer::{ClusterTallies, ClusterTally, RowTally, ScorerTally};
pub use slices::{SliceTallies, slice_name};
pub use spent::{FIRST_GUESS, Ledger, Longest, Spent};
pub use tally::{ClusterCounts, Tally};
