//! One command, one file: what it takes, and what it does.

pub(crate) mod audit;
pub(crate) mod completions;
pub(crate) mod dataset;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod eval;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod model;
pub(crate) mod promote;
pub(crate) mod promotion;
pub(crate) mod prompt;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod skew;
pub(crate) mod spec;
pub(crate) mod status;
pub(crate) mod versions;
