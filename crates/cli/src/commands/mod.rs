//! One command, one file: what it takes, and what it does.

pub(crate) mod completions;
pub(crate) mod dataset;
pub(crate) mod diff;
pub(crate) mod eval;
pub(crate) mod import;
pub(crate) mod model;
pub(crate) mod prompt;
pub(crate) mod run;
pub(crate) mod schema;
