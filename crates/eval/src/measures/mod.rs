//! What an answer is worth, as pure functions of texts: no rows, no specs, no grades.
//!
//! Each measure says where it comes from, what range it has, how it takes texts apart, and what it says of empty ones.
//! Measures that belong to a whole corpus come in two steps: *counts* of an answer, a small fixed number of them, and a
//! *formula* over their sums, in [`carat_core::corpus`], so that one answer and a million go through the same formula.

pub mod assignment;
pub mod bleu;
pub mod chrf;
mod counts;
pub mod error_rates;
pub mod json_diff;
pub mod length;
mod ngrams;
pub mod numeric;
mod places;
pub mod refusal;
pub mod rouge;
pub mod similarity;
mod space;
pub mod squad;
pub mod ter;
pub mod too_long;
pub mod tool_calls;
