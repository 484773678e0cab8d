//! Drawing with replacement, quickly.

use std::cmp::Reverse;

use rand_distr::{Binomial, Distribution as _};
use rand_xoshiro::rand_core::Rng as _;

use super::random::Generator;

/// From so many equal values on, one binomial number is cheaper than looking up as many as it stands for (it takes some 100 ns,
/// a value looked up half a nanosecond).
const WORTH_A_BINOMIAL: usize = 256;

/// So many bits pick one of a full block; a word of 64 holds six picks. A full block of plain numbers takes 8 KiB, so that it
/// stays in the fastest cache however many values there are in all.
const BITS: u32 = 10;
const FULL: usize = 1 << BITS;
const PICKS: usize = (u64::BITS / BITS) as usize;

/// Values (each of `D` numbers) from which as many as there are can be drawn with replacement.
///
/// Only their sum is asked for, so that their order does not matter: it is enough to know how many draws fall into each block
/// of values, which a chain of binomial numbers tells, and then to draw within the blocks. For a block of equal values nothing
/// is left to do. The others have a power of two of values, so that bits of a random word pick without bias. Each draw is
/// still of each value with the same probability: this is the multinomial distribution, not an approximation of it.
pub(super) struct Urn<const D: usize> {
    n: u64,
    blocks: Vec<Block<D>>,
}

struct Block<const D: usize> {
    /// The share of the draws that fall into this block of those that have fallen into none before.
    share: f64,
    content: Content<D>,
}

enum Content<const D: usize> {
    Equal([f64; D]),
    Run(Vec<[f64; D]>),
}

impl<const D: usize> Urn<D> {
    pub(super) fn new(values: Vec<[f64; D]>) -> Self {
        Self::with_blocks(values, WORTH_A_BINOMIAL)
    }

    /// The same, with blocks of equal values from a stated number of them on.
    fn with_blocks(mut values: Vec<[f64; D]>, equal: usize) -> Self {
        let n = values.len();
        // Sorted, so that what is drawn does not depend on the order of the rows.
        values.sort_unstable_by(|a, b| {
            let unequal = a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
            unequal.unwrap_or(std::cmp::Ordering::Equal)
        });
        let (mut contents, mut rest) = (Vec::new(), Vec::new());
        for same in values.chunk_by(|a, b| a == b) {
            if same.len() >= equal {
                contents.push((same.len(), Content::Equal(same[0])));
            } else {
                rest.extend_from_slice(same);
            }
        }
        // The largest first: most draws are then settled by the first numbers.
        contents.sort_by_key(|(size, _)| Reverse(*size));
        contents.extend(runs(&rest));
        Self { n: n as u64, blocks: blocks(n, contents) }
    }

    /// The sum of as many draws as there are values.
    pub(super) fn draw(&self, generator: &mut Generator) -> [f64; D] {
        let (mut sum, mut left) = ([0.0; D], self.n);
        for block in &self.blocks {
            let count = binomial(left, block.share, generator);
            let part = match &block.content {
                Content::Equal(value) => value.map(|value| value * count as f64),
                Content::Run(values) => sum_of_picks(values, count, generator),
            };
            add(&mut sum, part);
            left -= count;
        }
        sum
    }
}

/// Cuts values into runs of a power of two each: full ones, then the digits of what is left.
fn runs<const D: usize>(mut rest: &[[f64; D]]) -> Vec<(usize, Content<D>)> {
    let mut runs = Vec::new();
    while !rest.is_empty() {
        let (run, others) = rest.split_at(FULL.min(1 << rest.len().ilog2()));
        runs.push((run.len(), Content::Run(run.to_vec())));
        rest = others;
    }
    runs
}

fn blocks<const D: usize>(n: usize, contents: Vec<(usize, Content<D>)>) -> Vec<Block<D>> {
    let mut left = n;
    let block = |(size, content): (usize, Content<D>)| {
        let share = size as f64 / left as f64;
        left -= size;
        Block { share, content }
    };
    contents.into_iter().map(block).collect()
}

/// How many of `n` tosses with probability `p` succeed; at most n.
pub(super) fn binomial(n: u64, p: f64, generator: &mut Generator) -> u64 {
    // Shares are from 0 to 1 by how they are made; the last one is 1, and takes all.
    Binomial::new(n, p).map_or(0, |binomial| binomial.sample(generator)).min(n)
}

fn add<const D: usize>(sum: &mut [f64; D], part: [f64; D]) {
    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
}

/// The sum of `count` draws from a run.
fn sum_of_picks<const D: usize>(values: &[[f64; D]], count: u64, generator: &mut Generator) -> [f64; D] {
    match (values, values.first_chunk::<FULL>()) {
        ([], _) => [0.0; D],
        ([only], _) => only.map(|value| value * count as f64),
        (_, Some(full)) => from_full(full, count, generator),
        (values, None) => from_partial(values, count, generator),
    }
}

/// Six picks a word into six sums, because a sum that waits for the one before it is what takes the time.
fn from_full<const D: usize>(values: &[[f64; D]; FULL], count: u64, generator: &mut Generator) -> [f64; D] {
    let mut sums = [[0.0; D]; PICKS];
    for _ in 0..count / PICKS as u64 {
        let word = generator.next_u64();
        for (pick, sum) in sums.iter_mut().enumerate() {
            add(sum, values[(word >> (pick as u32 * BITS)) as usize % FULL]);
        }
    }
    let word = generator.next_u64();
    for (pick, sum) in sums.iter_mut().enumerate().take((count % PICKS as u64) as usize) {
        add(sum, values[(word >> (pick as u32 * BITS)) as usize % FULL]);
    }
    sums.into_iter().fold([0.0; D], |mut total, sum| {
        add(&mut total, sum);
        total
    })
}

fn from_partial<const D: usize>(values: &[[f64; D]], mut count: u64, generator: &mut Generator) -> [f64; D] {
    let (mut sum, bits, mask) = ([0.0; D], values.len().ilog2(), values.len() - 1);
    let picks = u64::from(u64::BITS / bits);
    while count > 0 {
        let mut word = generator.next_u64();
        for _ in 0..picks.min(count) {
            add(&mut sum, values[word as usize & mask]);
            word >>= bits;
        }
        count -= picks.min(count);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::random::{draws, generator};
    use super::*;

    /// Draws from `n` values that are each one of `D` unit vectors, so that a sum counts what was drawn.
    fn counts<const D: usize>(n: usize, equal: usize, resamples: usize) -> Vec<[f64; D]> {
        let unit = |k: usize| std::array::from_fn(|d| f64::from(u8::from(d == k % D)));
        let urn = Urn::<D>::with_blocks((0..n).map(unit).collect(), equal);
        let mut generator = generator(11, 0);
        (0..resamples).map(|_| urn.draw(&mut generator)).collect()
    }

    fn assert_multinomial<const D: usize>(n: usize, equal: usize) {
        let resamples = if n > 100 { 3000 } else { 20_000 };
        let draws = counts::<D>(n, equal, resamples);
        // The standard error of a variance, as a share of it, times what chance leaves in no test that is to be trusted.
        let near = 4.5 * (2.0 / resamples as f64).sqrt();
        let share = |k: usize| (0..n).filter(|i| i % D == k).count() as f64 / n as f64;
        let mean = |f: &dyn Fn(&[f64; D]) -> f64| draws.iter().map(f).sum::<f64>() / resamples as f64;
        for i in 0..D {
            let expected = n as f64 * share(i);
            let variance = expected * (1.0 - share(i));
            let off = (mean(&|draw| draw[i]) - expected) / (variance / resamples as f64).sqrt();
            assert!(off.abs() < 4.5, "{n} {equal}: value {i} is off by {off} standard errors");
            let j = (i + 1) % D;
            let covariance = mean(&|draw| (draw[i] - expected) * (draw[j] - n as f64 * share(j)));
            let exact = -(n as f64) * share(i) * share(j);
            assert!((covariance - exact).abs() < near * variance, "{n} {equal}: {covariance} is not {exact}");
            let squares = mean(&|draw| (draw[i] - expected).powi(2));
            assert!((squares / variance - 1.0).abs() < near, "{n} {equal}: {squares} is not {variance}");
        }
        assert!(draws.iter().all(|draw| (draw.iter().sum::<f64>() - n as f64).abs() < 1e-9));
    }

    #[test]
    fn every_value_is_drawn_alike_whichever_way_it_is_drawn() {
        for n in [3, 7, 60, 1024, 1500] {
            assert_multinomial::<3>(n, usize::MAX);
            assert_multinomial::<3>(n, 1);
        }
        // Some as a block, others in runs.
        assert_multinomial::<2>(101, 51);
    }

    #[test]
    fn no_two_picks_share_bits_of_a_word() {
        // The lowest and the highest bit of what is picked: their sums are independent unless a bit serves two picks.
        let bits = |size: usize| (0..size).map(move |i| [(i % 2) as f64 - 0.5, (i * 2 / size) as f64 - 0.5]);
        for size in [64, 512, FULL] {
            let (values, mut generator) = (bits(size).collect::<Vec<[f64; 2]>>(), generator(3, 0));
            let covariances = (0..2000).map(|_| {
                let [lowest, highest] = sum_of_picks(&values, 240, &mut generator);
                lowest * highest / 60.0
            });
            let covariance = covariances.sum::<f64>() / 2000.0;
            assert!(covariance.abs() < 0.1, "{size}: {covariance} of 1");
        }
    }

    #[test]
    fn what_is_drawn_does_not_depend_on_the_order_of_the_rows() {
        let values: Vec<[f64; 1]> = (0..3000).map(|i| [f64::from(i * 7919 % 3001)]).collect();
        let mut reversed = values.clone();
        reversed.reverse();
        let drawn = |values| {
            let urn = Urn::new(values);
            draws(100, 5, |generator| urn.draw(generator)[0])
        };
        assert_eq!(drawn(values), drawn(reversed));
    }

    #[test]
    fn an_empty_urn_gives_nothing() {
        assert_eq!(Urn::<1>::new(Vec::new()).draw(&mut generator(1, 1)), [0.0]);
    }
}
