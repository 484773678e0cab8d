//! The catalogue: what has versions, where labels point, what is to be promoted, and who changed any of it.
//!
//! Whatever changes here changes in one transaction with its entry in the audit log, so that neither is ever without the
//! other, and one after another, so that nobody decides on what somebody else has just changed.

mod audit;
mod change;
mod columns;
mod labels;
mod lineage;
mod promotions;
mod rows;
mod versions;

pub use promotions::{Kept, LabelMove, Step};
pub use rows::RowsError;
pub use versions::{Arrival, NewVersion, Saved, TakenIn, Version};

pub(crate) use audit::TOOL;
pub(crate) use change::Change;
