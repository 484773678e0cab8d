//! What a run came to, for others to read: in a pull request, in a CI system, in a browser, in a notebook.
//!
//! A report is written while the samples of a run stream by, so that nothing of the size of a run is held. It prints no
//! number of its own: all that it shows was counted by the folds of `carat-core`.
//!
//! ```no_run
//! # use carat_core::{Sample, compare::Side, event::PlanOutline, fold::Report};
//! # fn show(plan: &PlanOutline, report: &Report, samples: Vec<Sample>) -> std::io::Result<()> {
//! use carat_report::{Alone, Format, Subject};
//!
//! let file = std::fs::File::create("report.html")?;
//! let mut writer = Format::Html.open(Box::new(file), Subject { plan, report }, &mut Alone)?;
//! for sample in &samples {
//!     writer.sample(sample)?;
//! }
//! writer.finish(&mut Alone)
//! # }
//! ```

mod difference;
mod escape;
mod format;
mod html;
mod json;
mod junit;
mod look;
mod markdown;
mod pairs;
mod sample_line;
mod subject;
mod table;
mod verdict;
mod words;

pub use format::{Format, Writer};
pub use pairs::{Alone, Compared, PairedSamples, Pairs};
pub use sample_line::SampleLine;
pub use subject::Subject;
pub use verdict::{Standing, Verdict};
