//! ROUGE-L of summaries: line by line.

use super::super::ngrams::Grams;
use super::super::places::{Places, is_set, standing};
use super::super::too_long::TooLong;
use super::{Rouge, Words};

/// The largest product of the two lengths in words for which [`rouge_lsum`] is computed. The way through the table of each
/// pair of lines is kept, so that this is less than for the distances: 12 megabytes, and up to about a second where all
/// lines are short.
pub const MOST_SUMMARY_CELLS: usize = 100_000_000;

/// ROUGE-Lsum (section 3.2 of Lin 2004): each line of the reference is held against all lines of the output, and a word of
/// it counts if it belongs to a longest common subsequence with one of them; no word of either text counts twice. Lines end
/// at a line feed; sentences are not looked for within them.
///
/// # Errors
///
/// The product of the lengths in words is over [`MOST_SUMMARY_CELLS`].
pub fn rouge_lsum(output: &str, reference: &str, words: Words) -> Result<Rouge, TooLong> {
    let (output, reference) = (output.to_lowercase(), reference.to_lowercase());
    let (output, reference) = (lines(&output, words), lines(&reference, words));
    let tokens = Grams::of_tokens(output.iter().flatten(), [reference.iter().flatten()]);
    let all = tokens.references().first().map(Vec::as_slice).unwrap_or_default();
    let (length, whole) = (tokens.output().len(), all.len());
    TooLong::check(length, whole, "words", MOST_SUMMARY_CELLS)?;
    let (output, reference) = (in_lines(tokens.output(), &output), in_lines(all, &reference));
    let wanted = standing(tokens.output(), tokens.kinds());
    let mut places = Places::new(tokens.kinds());
    let mut subsequence = Subsequence::default();
    let mut left = Left::new(tokens.output(), all, tokens.kinds());
    let mut shared = 0;
    for line in reference {
        places.take(line, &wanted);
        let mut common = vec![false; line.len()];
        output.iter().for_each(|other| subsequence.mark(&places, line, other, &mut common));
        shared += line.iter().zip(common).filter(|(word, common)| *common && left.spend(**word)).count();
    }
    Ok(Rouge::of(shared, length, whole))
}

/// The words of each line that has any.
fn lines(lowered: &str, words: Words) -> Vec<Vec<&str>> {
    lowered.split('\n').map(|line| words.of(line)).filter(|line| !line.is_empty()).collect()
}

/// The numbers of words as they are divided into lines.
fn in_lines<'n>(mut numbers: &'n [u32], lines: &[Vec<&str>]) -> Vec<&'n [u32]> {
    let lines = lines.iter().map(|line| {
        let (first, rest) = numbers.split_at(line.len().min(numbers.len()));
        numbers = rest;
        first
    });
    lines.collect()
}

/// The words of both texts that have not been counted yet.
struct Left {
    output: Vec<u32>,
    reference: Vec<u32>,
}

impl Left {
    fn new(output: &[u32], reference: &[u32], kinds: usize) -> Self {
        let tally = |words: &[u32]| {
            let mut times = vec![0; kinds];
            words.iter().for_each(|word| {
                if let Some(times) = times.get_mut(*word as usize) {
                    *times += 1;
                }
            });
            times
        };
        Self { output: tally(output), reference: tally(reference) }
    }

    /// Counts a word of both texts, unless one of them has no more of it.
    fn spend(&mut self, word: u32) -> bool {
        match (self.output.get_mut(word as usize), self.reference.get_mut(word as usize)) {
            (Some(output), Some(reference)) if *output > 0 && *reference > 0 => {
                *output -= 1;
                *reference -= 1;
                true
            }
            (_, _) => false,
        }
    }
}

/// One longest common subsequence of a line with another: the very one that rouge-score finds, which goes back in the
/// reference where it might go back in the output too. It keeps its memory from one pair of lines to the next, of which there
/// may be a hundred million.
#[derive(Default)]
struct Subsequence {
    state: Vec<u64>,
    trail: Vec<u64>,
}

impl Subsequence {
    /// Marks the words of a line, whose places are taken, that belong to it.
    fn mark(&mut self, places: &Places, line: &[u32], other: &[u32], common: &mut [bool]) {
        self.go(places, other);
        let (mut i, mut j) = (line.len(), other.len());
        while i > 0 && j > 0 {
            if line[i - 1] == other[j - 1] {
                (i, j) = (i - 1, j - 1);
                common[i] = true;
            } else if is_set(&self.trail[(j - 1) * places.blocks()..], i - 1) {
                i -= 1;
            } else {
                j -= 1;
            }
        }
    }

    /// Leaves a trail: after each word of `other`, a bit is not set where the common subsequence grows with that word of the
    /// line (Hyyrö 2004).
    fn go(&mut self, places: &Places, other: &[u32]) {
        self.trail.clear();
        self.state.clear();
        self.state.resize(places.blocks(), u64::MAX);
        for word in other {
            let mut carry = false;
            for (state, matches) in self.state.iter_mut().zip(places.row(*word)) {
                let (sum, over) = state.overflowing_add(*state & matches);
                let (sum, over_again) = sum.overflowing_add(u64::from(carry));
                carry = over || over_again;
                *state = sum | (*state & !matches);
                self.trail.push(*state);
            }
        }
    }
}
