//! Counts of a sample, as they are kept.

/// A count as the 32 bits that a sample keeps of it. What does not fit is texts of over four billion tokens.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
