//! The binary `carat` in a project of its own.

mod bad_input;
mod ci;
mod compare;
mod example;
mod project;
mod resume;
