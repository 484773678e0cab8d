//! Sums that do not depend on the order of what is summed.

/// A sum of numbers from 0 to 1 in fixed point, so that a run that was killed and resumed, and so counted in another order,
/// reports the very same digits. Resolution 2^-60; exact for 2^67 terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExactSum(i128);

const ONE: f64 = (1_u64 << 60) as f64;

impl ExactSum {
    /// Adds a number from 0 to 1.
    pub fn add(&mut self, value: f64) {
        self.0 += (value * ONE).round() as i128;
    }

    /// The sum.
    pub fn get(self) -> f64 {
        self.0 as f64 / ONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_does_not_matter() {
        let values: Vec<f64> = (1..1000).map(|n| 1.0 / f64::from(n)).collect();
        let (mut up, mut down) = (ExactSum::default(), ExactSum::default());
        values.iter().for_each(|value| up.add(*value));
        values.iter().rev().for_each(|value| down.add(*value));
        assert_eq!(up, down);
        assert!((up.get() - 7.484_470_860_550_345).abs() < 1e-12);
    }
}
