//! The search for shifts: words that stand together, moved together for the price of one edit. It follows sacrebleu's
//! `lib_ter`, with its limits, its filters and its order of preference.

use std::cmp::Reverse;

use super::beam::{Alignment, Beam, Row};

/// The most words that are shifted together.
const MOST_SHIFTED: usize = 10;
/// The furthest that words are shifted.
const FURTHEST: usize = 50;
/// The most shifts that are tried for one pair of texts, after which no more are made.
const MOST_TRIED: usize = 1000;

/// How good a shift is: edits saved, then the longer, then the earlier, then the one to the earlier place.
type Rank = (i64, usize, Reverse<usize>, Reverse<usize>);

/// The least number of edits that is found to make the reference of the output.
pub(super) fn edits(output: &[u32], reference: &[u32]) -> usize {
    if reference.is_empty() {
        return output.len();
    }
    let beam = Beam::new(reference, output.len());
    let mut words = output.to_vec();
    let (mut shifts, mut tried) = (0, 0);
    loop {
        let mut round = Round::new(&beam, reference, &words, tried);
        round.search();
        let distance = round.distance;
        tried = round.tried;
        match round.best {
            Some(((saved, ..), shifted)) if saved > 0 && tried < MOST_TRIED => words = shifted,
            Some(_) | None => return shifts + distance as usize,
        }
        shifts += 1;
    }
}

/// The search for one shift.
struct Round<'r> {
    beam: &'r Beam<'r>,
    reference: &'r [u32],
    words: &'r [u32],
    table: Vec<Row>,
    distance: u32,
    align: Alignment,
    tried: usize,
    best: Option<(Rank, Vec<u32>)>,
}

/// Words of the output, as many and the same as in the reference from another place on.
#[derive(Clone, Copy)]
struct Common {
    output: usize,
    reference: usize,
    length: usize,
}

impl<'r> Round<'r> {
    fn new(beam: &'r Beam<'r>, reference: &'r [u32], words: &'r [u32], tried: usize) -> Self {
        let table = beam.table(words);
        let (distance, align) = beam.align(words, &table);
        Self { beam, reference, words, table, distance, align, tried, best: None }
    }

    fn search(&mut self) {
        for output in 0..self.words.len() {
            if errors(&self.align.output_errors, output, MOST_SHIFTED) == 0 {
                continue;
            }
            let near = output.saturating_sub(FURTHEST)..self.reference.len().min(output + FURTHEST + 1);
            for reference in near {
                for length in 1..=common(&self.words[output..], &self.reference[reference..]) {
                    let common = Common { output, reference, length };
                    if common.may_move(&self.align) {
                        self.try_targets(common);
                        if self.tried >= MOST_TRIED {
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Tries to set words behind what the reference has in front of them, and behind each of their own.
    fn try_targets(&mut self, common: Common) {
        let ends = &self.align.ends;
        let first = common.reference.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        let others = ends.iter().skip(common.reference).take(common.length).copied();
        let mut previous = None;
        for target in std::iter::once(first).chain(others) {
            if previous.replace(target) == Some(target) {
                continue;
            }
            let shifted = shifted(self.words, common.output, common.length, target);
            let saved = i64::from(self.distance) - i64::from(self.beam.distance(&shifted, self.words, &self.table));
            self.tried += 1;
            let rank = (saved, common.length, Reverse(common.output), Reverse(target));
            if self.best.as_ref().is_none_or(|(best, _)| rank > *best) {
                self.best = Some((rank, shifted));
            }
        }
    }
}

impl Common {
    /// Whether there is an error in both texts to be mended, and the target is not among the words themselves.
    fn may_move(self, align: &Alignment) -> bool {
        let target = align.ends.get(self.reference).copied().unwrap_or(0);
        errors(&align.output_errors, self.output, self.length) > 0
            && errors(&align.reference_errors, self.reference, self.length) > 0
            && !(self.output + 1..=self.output + self.length).contains(&target)
    }
}

/// How many words are the same at the front of both, up to as many as are shifted together.
fn common(left: &[u32], right: &[u32]) -> usize {
    left.iter().zip(right).take(MOST_SHIFTED).take_while(|(left, right)| left == right).count()
}

/// The number of errors among so many words from a place on.
fn errors(before: &[u32], from: usize, length: usize) -> u32 {
    let last = before.last().copied().unwrap_or(0);
    let at = |place: usize| before.get(place).copied().unwrap_or(last);
    at(from + length) - at(from)
}

/// The words with some of them moved in front of a place. A place among them or right behind them moves them by as much as
/// it lies behind their first, as tercom has it.
fn shifted(words: &[u32], start: usize, length: usize, target: usize) -> Vec<u32> {
    let mut shifted = words.to_vec();
    if target < start {
        shifted[target..start + length].rotate_right(length);
    } else {
        let end = if target > start + length { target } else { words.len().min(target + length) };
        shifted[start..end].rotate_left(length);
    }
    shifted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_move_to_the_front_to_the_back_and_by_the_place_within_them() {
        let words = [0, 1, 2, 3, 4, 5];
        assert_eq!(shifted(&words, 3, 2, 1), [0, 3, 4, 1, 2, 5]);
        assert_eq!(shifted(&words, 1, 2, 5), [0, 3, 4, 1, 2, 5]);
        assert_eq!(shifted(&words, 1, 2, 2), [0, 3, 1, 2, 4, 5]);
        assert_eq!(shifted(&words, 3, 2, 5), [0, 1, 2, 5, 3, 4]);
    }

    #[test]
    fn a_shift_is_one_edit_however_many_words_it_moves() {
        assert_eq!(edits(&[5, 6, 7, 1, 2, 3, 4], &[1, 2, 3, 4, 5, 6, 7]), 1);
        assert_eq!(edits(&[], &[1, 2]), 2);
        assert_eq!(edits(&[1, 2], &[]), 2);
    }
}
