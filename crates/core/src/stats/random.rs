//! Chance that a seed decides.

use rand_xoshiro::rand_core::{Rng as _, SeedableRng as _};
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};
use rayon::prelude::*;

/// xoshiro256++: fast, small, and its stream is fixed for good.
pub(super) type Generator = Xoshiro256PlusPlus;

/// So many draws share a generator: enough that its start costs nothing, few enough that all cores have work to the end.
const CHUNK: usize = 64;

/// As many draws as asked for, on all cores. Each chunk of them has a generator of its own, so that the same seed gives the
/// same draws in the same order whatever the number of threads.
pub(super) fn draws(n: u32, seed: u64, draw: impl Fn(&mut Generator) -> f64 + Sync) -> Vec<f64> {
    let mut values = vec![0.0; n as usize];
    values.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, values)| {
        let mut generator = generator(seed, chunk as u64);
        values.fill_with(|| draw(&mut generator));
    });
    values
}

/// The generator of one chunk. Both numbers are mixed, because neighbouring seeds must not give related streams.
pub(super) fn generator(seed: u64, chunk: u64) -> Generator {
    let mix = |number: u64| SplitMix64::seed_from_u64(number).next_u64();
    Generator::seed_from_u64(mix(mix(seed).wrapping_add(chunk)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_the_seed_and_not_on_the_threads() {
        let on = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| draws(1000, seed, |generator| generator.next_u64() as f64))
        };
        assert_eq!(on(1, 7), on(3, 7));
        assert_ne!(on(1, 7), on(1, 8));
    }

    #[test]
    fn no_two_draws_are_the_same() {
        let mut all = draws(5000, 1, |generator| generator.next_u64() as f64);
        all.sort_by(f64::total_cmp);
        all.dedup();
        assert_eq!(all.len(), 5000);
    }
}
