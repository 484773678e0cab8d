//! Which words are right, replaced, left out and put in.

use super::super::ngrams::Grams;
use super::super::places::{Places, is_set, standing, without_common_ends};
use super::super::too_long::TooLong;
use super::Breaks;

/// The largest product of the two lengths in words for which words are aligned. The way through the table is kept: two bits
/// a cell, 25 megabytes.
pub const MOST_ALIGNED_CELLS: usize = 100_000_000;

/// How a reference becomes an output, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Alignment {
    /// Words that both have.
    pub hits: usize,
    /// Words of the reference for which the output has another.
    pub substitutions: usize,
    /// Words of the reference that the output leaves out.
    pub deletions: usize,
    /// Words that only the output has.
    pub insertions: usize,
}

impl Alignment {
    /// All edits.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.substitutions + self.deletions + self.insertions
    }
}

/// The alignment with the fewest errors, and of several the very one that jiwer takes: what could be left out at the end of
/// the reference is, then what could be put in. jiwer divides tables of over four million cells and may then take another
/// one of as many errors.
///
/// # Errors
///
/// The product of the lengths in words, but for what the texts have in common at both ends, is over [`MOST_ALIGNED_CELLS`].
pub fn align(output: &str, reference: &str, breaks: Breaks) -> Result<Alignment, TooLong> {
    let tokens = Grams::of_tokens(breaks.words(output), [breaks.words(reference)]);
    let reference = tokens.references().first().map(Vec::as_slice).unwrap_or_default();
    let (hits, output, reference) = without_common_ends(tokens.output(), reference);
    TooLong::check(output.len(), reference.len(), "words", MOST_ALIGNED_CELLS)?;
    let table = Table::new(&tokens, output, reference);
    let mut alignment = table.way_back(output, reference);
    alignment.hits += hits;
    Ok(alignment)
}

/// For each word of the output, where the distance grows and where it shrinks with the next word of the reference.
struct Table {
    blocks: usize,
    grows: Vec<u64>,
    shrinks: Vec<u64>,
}

impl Table {
    /// Myers 1999, "A fast bit-vector algorithm for approximate string matching", in blocks as of Hyyrö 2003.
    fn new(tokens: &Grams, output: &[u32], reference: &[u32]) -> Self {
        let mut places = Places::new(tokens.kinds());
        places.take(reference, &standing(output, tokens.kinds()));
        let blocks = places.blocks();
        let room = output.len() * blocks;
        let mut table = Self { blocks, grows: Vec::with_capacity(room), shrinks: Vec::with_capacity(room) };
        let mut state = vec![(u64::MAX, 0); blocks];
        for word in output {
            let (mut up, mut down) = (1, 0);
            for (state, matches) in state.iter_mut().zip(places.row(*word)) {
                (*state, up, down) = step(*state, *matches, up, down);
                table.grows.push(state.0);
                table.shrinks.push(state.1);
            }
        }
        table
    }

    fn grows(&self, row: usize, column: usize) -> bool {
        self.grows.get(row * self.blocks..).is_some_and(|row| is_set(row, column))
    }

    fn shrinks(&self, row: usize, column: usize) -> bool {
        self.shrinks.get(row * self.blocks..).is_some_and(|row| is_set(row, column))
    }

    fn way_back(&self, output: &[u32], reference: &[u32]) -> Alignment {
        let mut alignment = Alignment::default();
        let (mut row, mut column) = (output.len(), reference.len());
        while row > 0 && column > 0 {
            if self.grows(row - 1, column - 1) {
                column -= 1;
                alignment.deletions += 1;
                continue;
            }
            row -= 1;
            if row > 0 && self.shrinks(row - 1, column - 1) {
                alignment.insertions += 1;
                continue;
            }
            column -= 1;
            if output[row] == reference[column] {
                alignment.hits += 1;
            } else {
                alignment.substitutions += 1;
            }
        }
        alignment.deletions += column;
        alignment.insertions += row;
        alignment
    }
}

/// One block: what grows and shrinks downwards, from that of the word before, the matches, and what comes from the block
/// above.
fn step((grows, shrinks): (u64, u64), matches: u64, up: u64, down: u64) -> ((u64, u64), u64, u64) {
    let matches = matches | down;
    let straight = ((matches & grows).wrapping_add(grows) ^ grows) | matches | shrinks;
    let (more, less) = (shrinks | !(straight | grows), straight & grows);
    let (up_out, down_out) = (more >> 63, less >> 63);
    let (more, less) = (more << 1 | up, less << 1 | down);
    ((less | !(straight | more), more & straight), up_out, down_out)
}
