//! What is wrong is told with file, cause and advice, and nothing is lost.

mod data;
mod interrupts;
mod model;
mod output;
mod prompt;
mod spec;
#[cfg(unix)]
mod store;
