//! Comparisons and gates: what they say of a change, which changes they let pass, and what they refuse.

mod baselines;
mod closed;
mod clusters;
mod diff;
mod diff_rows;
mod dry_run;
mod error_rate;
mod example;
mod exported;
mod gates;
mod page;
mod pull_request;
mod quiz;
mod refused;
mod repeats;
mod rescoring;
mod sentences;
mod slices;
