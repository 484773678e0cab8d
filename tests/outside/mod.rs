//! The binary `carat` in a project of its own.

mod bad_input;
mod example;
mod project;
mod resume;
