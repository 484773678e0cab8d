//! Would it look the same with left and right swapped at random?

use rand_xoshiro::rand_core::Rng as _;

use super::mcnemar::mcnemar;
use super::random::{Generator, draws};
use super::urn::binomial;

/// Up to so many differences all ways to swap are tried.
const ALL_WAYS: usize = 20;

/// From so many differences of one size on, a binomial number says how many are swapped.
const WORTH_A_BINOMIAL: usize = 256;

/// A sign-flip permutation test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignFlip {
    /// The two-sided p-value: how often a mean at least as far from 0 arises when the sides of each pair are swapped at random.
    pub p: f64,
    /// Whether all ways to swap were counted, and chance had no part.
    pub exact: bool,
}

/// Tests differences against 0, supposing only that, were neither side better, each could as well have the other sign.
///
/// Exact for up to 20 differences that are not 0, and for any number of the same size (then it is McNemar's exact test).
/// Else by `resamples` random swaps, with p = (as extreme + 1)/(resamples + 1), which never errs more often than it says
/// (Phipson and Smyth 2010). Without differences, or with one that is not a number, p is 1.
pub fn sign_flip(differences: &[f64], resamples: u32, seed: u64) -> SignFlip {
    let sizes: Vec<f64> = differences.iter().filter(|d| **d != 0.0).map(|d| d.abs()).collect();
    let total: f64 = sizes.iter().sum();
    // A sum in another order differs in its last digits, and is no less extreme for that.
    let extreme = differences.iter().sum::<f64>().abs() - 1e-9 * total;
    if sizes.is_empty() || !total.is_finite() {
        return SignFlip { p: 1.0, exact: total.is_finite() };
    }
    if sizes.iter().all(|size| *size == sizes[0]) {
        let right = differences.iter().filter(|d| **d > 0.0).count();
        return SignFlip { p: mcnemar((sizes.len() - right) as u64, right as u64).exact_p, exact: true };
    }
    if sizes.len() <= ALL_WAYS {
        return SignFlip { p: all_ways(&sizes, extreme), exact: true };
    }
    let swaps = Swaps::new(sizes);
    let sums = draws(resamples, seed, |generator| swaps.draw(generator));
    let hits = sums.iter().filter(|sum| sum.abs() >= extreme).count();
    SignFlip { p: (hits as f64 + 1.0) / (f64::from(resamples) + 1.0), exact: false }
}

/// The share of all ways to give signs whose sum is extreme. From one way to the next a single sign changes (Gray's code); the
/// last sign never does, because turning all of them round changes nothing.
fn all_ways(sizes: &[f64], extreme: f64) -> f64 {
    let mut signed = sizes.to_vec();
    let mut sum: f64 = signed.iter().sum();
    let ways = 1_u64 << (sizes.len() - 1);
    let mut hits = u64::from(sum.abs() >= extreme);
    for way in 1..ways {
        let turned = &mut signed[way.trailing_zeros() as usize];
        *turned = -*turned;
        sum += 2.0 * *turned;
        hits += u64::from(sum.abs() >= extreme);
    }
    hits as f64 / ways as f64
}

/// Differences to be swapped at random: those that many others equal by their number, the rest one by one.
struct Swaps {
    equal: Vec<(f64, u64)>,
    /// In fours, the last of them filled up with zeros.
    single: Vec<[f64; 4]>,
}

impl Swaps {
    fn new(mut sizes: Vec<f64>) -> Self {
        sizes.sort_unstable_by(f64::total_cmp);
        let (equal, single): (Vec<_>, Vec<_>) =
            sizes.chunk_by(|a, b| a == b).partition(|same| same.len() >= WORTH_A_BINOMIAL);
        let equal = equal.into_iter().map(|same: &[f64]| (same[0], same.len() as u64)).collect();
        let mut single = single.concat();
        single.resize(single.len().next_multiple_of(4), 0.0);
        Self { equal, single: single.as_chunks().0.to_vec() }
    }

    /// The sum after each has been given a sign by a toss of a coin.
    fn draw(&self, generator: &mut Generator) -> f64 {
        let signed = |(size, n): &(f64, u64)| size * (2.0 * binomial(*n, 0.5, generator) as f64 - *n as f64);
        let equal: f64 = self.equal.iter().map(signed).sum();
        let words = self.single.chunks(16).map(|fours| signed_sums(fours, generator.next_u64()));
        let mut sums = [0.0; 4];
        words.for_each(|word| sums.iter_mut().zip(word).for_each(|(sum, word)| *sum += word));
        equal + sums.iter().sum::<f64>()
    }
}

/// The sums of up to 64 numbers, four at a time, each with the sign that its bit says.
fn signed_sums(fours: &[[f64; 4]], mut word: u64) -> [f64; 4] {
    let mut sums = [0.0; 4];
    for four in fours {
        let signs = SIGNS[(word % 16) as usize];
        for place in 0..4 {
            sums[place] += f64::from_bits(four[place].to_bits() ^ signs[place]);
        }
        word >>= 4;
    }
    sums
}

/// The sign bits of four numbers, for each way that four coins can fall.
const SIGNS: [[u64; 4]; 16] = {
    let (mut signs, mut coins) = ([[0; 4]; 16], 0);
    while coins < 64 {
        signs[coins / 4][coins % 4] = (((coins / 4) >> (coins % 4)) as u64) << 63;
        coins += 1;
    }
    signs
};

#[cfg(test)]
mod tests {
    use super::super::paired_t;
    use super::*;

    const DIFFERENCES: [f64; 12] = [0.3, -0.1, 0.25, 0.4, 0.0, 0.15, -0.05, 0.6, 0.2, 0.1, -0.2, 0.35];

    #[test]
    fn all_ways_agree_with_scipy() {
        // scipy 1.17: permutation_test((d,), np.mean, permutation_type="samples", n_resamples=np.inf).
        let ours = sign_flip(&DIFFERENCES, 0, 1);
        assert_eq!(ours, SignFlip { p: 0.035_156_25, exact: true });
    }

    #[test]
    fn random_swaps_agree_with_all_ways() {
        let sizes: Vec<f64> = DIFFERENCES.iter().map(|d| d.abs()).collect();
        let swaps = Swaps::new(sizes);
        let extreme = DIFFERENCES.iter().sum::<f64>() - 1e-9;
        let sums = draws(100_000, 3, |generator| swaps.draw(generator));
        let p = sums.iter().filter(|sum| sum.abs() >= extreme).count() as f64 / 100_000.0;
        assert!((p - 0.035_156_25).abs() < 0.002, "{p}");
    }

    #[test]
    fn scores_of_zero_and_one_give_mcnemars_test() {
        let differences = [vec![1.0; 25], vec![-1.0; 10], vec![0.0; 100]].concat();
        assert_eq!(sign_flip(&differences, 0, 1), SignFlip { p: mcnemar(10, 25).exact_p, exact: true });
    }

    #[test]
    fn many_rows_of_few_sizes_agree_with_t() {
        // 600 halves and 700 ones, of which some more are gained than lost, and 30 others.
        let signed = |n: usize, lost: usize, size: f64| (0..n).map(move |i| if i < lost { -size } else { size });
        let others = (0..30).map(|i| (f64::from(i) - 14.0) / 40.0);
        let differences: Vec<f64> = signed(600, 280, 0.5).chain(signed(700, 330, 1.0)).chain(others).collect();
        let (t, flipped) = (paired_t(&differences, 0.95).unwrap(), sign_flip(&differences, 50_000, 9));
        assert!(!flipped.exact && t.p > 0.01 && t.p < 0.2);
        assert!((flipped.p - t.p).abs() < 0.01, "{flipped:?} {t:?}");
    }

    #[test]
    fn nothing_to_swap_says_nothing() {
        assert_eq!(sign_flip(&[], 100, 1), SignFlip { p: 1.0, exact: true });
        assert_eq!(sign_flip(&[0.0; 40], 100, 1), SignFlip { p: 1.0, exact: true });
        assert_eq!(sign_flip(&[0.5], 100, 1), SignFlip { p: 1.0, exact: true });
        assert_eq!(sign_flip(&[0.5, f64::NAN], 100, 1), SignFlip { p: 1.0, exact: false });
        let many: Vec<f64> = (1..30).map(f64::from).collect();
        assert_eq!(sign_flip(&many, 0, 1), SignFlip { p: 1.0, exact: false });
    }
}
