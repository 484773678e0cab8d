//! The refusal of two texts whose comparison would cost too much.

use thiserror::Error;

/// The largest product of two lengths for which a distance is computed bit-parallel: 0.2 to 2 s of one core.
pub const MOST_CELLS: usize = 10_000_000_000;

/// Two texts are too long to compare: the product of their lengths is over what the measure takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("texts of {output} and {reference} {unit} are too long to compare")]
pub struct TooLong {
    /// The length of the output, or of the left text.
    pub output: usize,
    /// The length of the reference, or of the right text.
    pub reference: usize,
    /// What the lengths are counted in: `characters` or `words`.
    pub unit: &'static str,
}

impl TooLong {
    /// Refuses lengths with a product over `most`.
    ///
    /// # Errors
    ///
    /// The refusal, with the lengths, to be shown to a person.
    pub fn check(output: usize, reference: usize, unit: &'static str, most: usize) -> Result<(), Self> {
        if output.saturating_mul(reference) > most { Err(Self { output, reference, unit }) } else { Ok(()) }
    }
}
