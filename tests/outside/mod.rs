//! The binary `carat` in a project of its own.

mod bad_input;
mod project;
mod resume;
