//! A fast digest that is the same on every machine and in every version.
//!
//! The standard library promises no stable values for its hasher, and every decision of the simulation has to come out
//! the same tomorrow.

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
const FINISH: u64 = 0xd6e8_feb8_6659_fd93;

/// Multiplies to 128 bits and folds the halves, so that every input bit reaches every output bit.
fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product as u64) ^ ((product >> 64) as u64)
}

/// A running digest; feed it in a fixed order and read [`Digest::value`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digest(u64);

impl Digest {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fold(seed ^ STEP, FINISH))
    }

    pub(crate) fn number(self, number: u64) -> Self {
        Self(fold(self.0 ^ number, STEP).wrapping_add(number))
    }

    /// Adds bytes and their length, so that `"ab", "c"` differs from `"a", "bc"`.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        let mut state = self;
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            let mut eight = [0; 8];
            eight.copy_from_slice(word);
            state = state.number(u64::from_le_bytes(eight));
        }
        let mut rest = [0; 8];
        rest[..words.remainder().len()].copy_from_slice(words.remainder());
        state.number(u64::from_le_bytes(rest)).number(bytes.len() as u64)
    }

    pub(crate) fn value(self) -> u64 {
        fold(self.0 ^ FINISH, STEP)
    }

    /// The value as a number of at least 0 and below 1.
    pub(crate) fn unit(self) -> f64 {
        (self.value() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_text_ends_and_the_next_begins_matters() {
        let joined = Digest::new(1).bytes(b"ab").bytes(b"c").value();
        let split = Digest::new(1).bytes(b"a").bytes(b"bc").value();
        assert_ne!(joined, split);
    }

    #[test]
    fn units_are_spread_evenly() {
        let below = (0..10_000).filter(|n| Digest::new(7).number(*n).unit() < 0.3).count();
        assert!((2_800..3_200).contains(&below), "{below}");
    }

    #[test]
    fn values_never_change_between_versions() {
        assert_eq!(Digest::new(0).bytes(b"carat").value(), 8_059_615_684_751_782_959);
    }
}
