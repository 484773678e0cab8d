//! The binary `carat` in a project of its own.

mod asked;
mod bad_input;
#[cfg(unix)]
mod ci;
mod compare;
mod deleting;
mod doors;
mod example;
mod import;
mod judging;
mod lineage;
mod money;
mod project;
mod promotion;
#[cfg(unix)]
mod reports;
mod resume;
#[cfg(unix)]
mod story;
mod versions;
mod ways;
