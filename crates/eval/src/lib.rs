//! A plan goes in, events come out.
//!
//! [`Plan`] holds everything decided, [`run()`] carries it out and tells what happened, [`scorers`] say what answers are
//! worth, [`resume`] decides what becomes of what is recorded already, and [`gates`] hold a report against what must hold.

pub mod assessors;
pub mod comparing;
mod frame;
pub mod gates;
mod grouping;
pub mod jury;
pub mod limits;
pub mod measures;
mod outline;
pub mod plan;
mod purse;
pub mod resume;
pub mod run;
pub mod scorers;

pub use plan::{Plan, PlanError};
pub use purse::{Purse, Refused, Statement};
pub use run::{Execution, RunError, Stop, rescore, run};
