//! How two texts differ, line by line.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::common::{Common, Gap};
use super::pairs::{Bag, SAME, are_short, pairs};
use super::tokens::{Lines, Numbers, Words, is_blank};
use super::work::Work;
use super::{Kind, Piece, words};

/// Lines that share fewer of their words, in thousandths, are not the same line changed.
const LEAST_ALIKE: u32 = 500;

/// A line of one text, or of both. Numbers count from 1 in the text that they are of; texts hold the line's end, where it
/// has one (`\n`, and a `\r` before it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Line {
    /// Both have it.
    Same {
        /// Its number in the left text.
        left: usize,
        /// Its number in the right text.
        right: usize,
        /// What it says.
        text: String,
    },
    /// The right text has it with other words, or other white space.
    Changed {
        /// Its number in the left text.
        left: usize,
        /// Its number in the right text.
        right: usize,
        /// How the two differ.
        pieces: Vec<Piece>,
    },
    /// Only the left text has it.
    Removed {
        /// Its number in the left text.
        left: usize,
        /// What it says.
        text: String,
    },
    /// Only the right text has it.
    Added {
        /// Its number in the right text.
        right: usize,
        /// What it says.
        text: String,
    },
}

/// How two texts differ, line by line, and word by word within lines that changed: all lines of both, in the order of both,
/// which put together are the left text and the right one. To draw it in two columns, show the left pieces of a line beside
/// its right ones; to draw it in one, show the left pieces of neighbouring changed lines before their right ones.
///
/// A line of the left text and one of the right are the same line changed where they share half of their words or more; white
/// space does not count for that, but shows as a change. Blank lines alone hold nothing together. Beyond the bound of work of
/// [the module](super) lines are paired by their place, or not at all.
pub fn lines(left: &str, right: &str) -> Vec<Line> {
    let mut numbers = Numbers::default();
    let (left, right) = (numbers.lines(left), numbers.lines(right));
    let mut work = Work::new();
    let common = Common::of(&left.numbers, &right.numbers, &mut work);
    let common = common.without(|same, _, _| left.texts[same.on_left()].iter().all(|line| is_blank(line)));
    let mut telling = Telling { left: &left, right: &right, words: Numbers::default(), work, lines: Vec::new() };
    for (gap, same) in common.steps() {
        telling.gap(&gap);
        for (left, right) in same.on_left().zip(same.on_right()) {
            telling.same(left, right);
        }
    }
    telling.lines
}

/// Both texts, told line by line up to some line of each.
struct Telling<'t> {
    left: &'t Lines<'t>,
    right: &'t Lines<'t>,
    words: Numbers<'t>,
    work: Work,
    lines: Vec<Line>,
}

impl<'t> Telling<'t> {
    fn same(&mut self, left: usize, right: usize) {
        self.lines.push(Line::Same { left: left + 1, right: right + 1, text: self.left.texts[left].to_owned() });
    }

    /// Tells of lines that differ: which are pairs, and what stands alone between those.
    fn gap(&mut self, gap: &Gap) {
        let (mut at_left, mut at_right) = (gap.left.start, gap.right.start);
        let (left_words, right_words) = self.words_of(gap);
        for (l, r) in self.pairs(gap, &left_words, &right_words) {
            let (left, right) = (gap.left.start + l, gap.right.start + r);
            self.alone(at_left..left, at_right..right);
            (at_left, at_right) = (left + 1, right + 1);
            if self.left.numbers[left] == self.right.numbers[right] {
                self.same(left, right);
            } else {
                let pieces = words::pieces(&left_words[l], &right_words[r], &mut self.work);
                self.lines.push(Line::Changed { left: left + 1, right: right + 1, pieces });
            }
        }
        self.alone(at_left..gap.left.end, at_right..gap.right.end);
    }

    fn alone(&mut self, left: Range<usize>, right: Range<usize>) {
        let removed = left.map(|line| Line::Removed { left: line + 1, text: self.left.texts[line].to_owned() });
        self.lines.extend(removed);
        let added = right.map(|line| Line::Added { right: line + 1, text: self.right.texts[line].to_owned() });
        self.lines.extend(added);
    }

    /// The words of those lines that may be pairs: all, or as many as the shorter side has, where there are too many to hold
    /// each against each. None where one side has no line.
    fn words_of(&mut self, gap: &Gap) -> (Vec<Words<'t>>, Vec<Words<'t>>) {
        let (l, r) = (gap.left.len(), gap.right.len());
        let most = if l.min(r) > 0 && are_short(l, r) { usize::MAX } else { l.min(r) };
        let mut words = |lines: &[&'t str]| lines.iter().take(most).map(|line| self.words.words(line)).collect();
        (words(&self.left.texts[gap.left.clone()]), words(&self.right.texts[gap.right.clone()]))
    }

    fn pairs(&mut self, gap: &Gap, left: &[Words<'_>], right: &[Words<'_>]) -> Vec<(usize, usize)> {
        let bags = |lines: &[Words<'_>]| lines.iter().map(|line| Bag::new(line.numbers.clone())).collect::<Vec<_>>();
        let (left, right) = (bags(left), bags(right));
        let alike = |l: usize, r: usize| {
            if self.left.numbers[gap.left.start + l] == self.right.numbers[gap.right.start + r] {
                return Some(SAME);
            }
            Some(left[l].share(&right[r])).filter(|share| *share >= LEAST_ALIKE)
        };
        pairs((&left, &right), alike, &mut self.work)
    }
}

impl Line {
    /// Its pieces, of either text.
    pub fn pieces(&self) -> impl Iterator<Item = (Kind, &str)> {
        let (whole, pieces): (Option<(Kind, &str)>, &[Piece]) = match self {
            Self::Same { text, .. } => (Some((Kind::Same, text)), &[]),
            Self::Removed { text, .. } => (Some((Kind::Removed, text)), &[]),
            Self::Added { text, .. } => (Some((Kind::Added, text)), &[]),
            Self::Changed { pieces, .. } => (None, pieces),
        };
        whole.into_iter().chain(pieces.iter().map(|piece| (piece.kind, piece.text.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::tests::marked;

    fn told(left: &str, right: &str) -> String {
        let told = lines(left, right).into_iter().map(|line| match line {
            Line::Same { left, right, text } => format!("{left} {right} {text:?}\n"),
            Line::Changed { left, right, pieces } => format!("{left} {right} ~ {:?}\n", marked(&pieces)),
            Line::Removed { left, text } => format!("{left} - {text:?}\n"),
            Line::Added { right, text } => format!("  {right} + {text:?}\n"),
        });
        told.collect()
    }

    #[test]
    fn lines_are_the_same_changed_removed_or_added() {
        insta::assert_snapshot!(told("# Steps\n1. open the box\n2. read\nold\n", "# Steps\n0. wait\n1. open the door\n2. read\n"), @r##"
        1 1 "# Steps\n"
          2 + "0. wait\n"
        2 3 ~ "1. open the [-box-]{+door+}\n"
        3 4 "2. read\n"
        4 - "old\n"
        "##);
    }

    #[test]
    fn a_paragraph_is_found_again_behind_one_that_was_dropped() {
        let left = "Alpha goes first here.\n\nBeta comes along second.\n\nGamma ends it all.\n";
        let right = "Beta comes along third.\n\nGamma ends it now.\n";
        insta::assert_snapshot!(told(left, right), @r##"
        1 - "Alpha goes first here.\n"
        2 - "\n"
        3 1 ~ "Beta comes along [-second-]{+third+}.\n"
        4 2 "\n"
        5 3 ~ "Gamma ends it [-all-]{+now+}.\n"
        "##);
    }

    #[test]
    fn white_space_shows_as_a_change() {
        insta::assert_snapshot!(told("a b\r\n\nend", "a  b\n \nend\n"), @r##"
        1 1 ~ "a {+ +}b[-\r-]\n"
        2 2 ~ "{+ +}\n"
        3 3 ~ "end{+\n+}"
        "##);
    }

    #[test]
    fn lines_that_share_little_are_not_the_same_line_changed() {
        insta::assert_snapshot!(told("a b c d\n", "a x y z\n"), @r##"
        1 - "a b c d\n"
          1 + "a x y z\n"
        "##);
        assert!(lines("", "").is_empty());
        assert_eq!(told("", "a\n"), "  1 + \"a\\n\"\n");
    }

    #[test]
    fn too_many_lines_to_hold_each_against_each_are_paired_by_their_place() {
        let text = |word: &str, count: usize| -> String { (0..count).map(|n| format!("{n} {word} same\n")).collect() };
        let told = lines(&text("old", 1100), &text("new", 1200));
        let changed = |line: &&Line| matches!(line, Line::Changed { left, right, .. } if left == right);
        assert_eq!((told.iter().filter(changed).count(), told.len()), (1100, 1200));
        // With one line of its own before them, all others stand in other places.
        let told = lines(&text("old", 1100), &format!("first of all\n{}", text("new", 1200)));
        assert_eq!(told.iter().filter(changed).count(), 0);
        assert_eq!(told.len(), 1100 + 1201 - told.iter().filter(|line| matches!(line, Line::Changed { .. })).count());
    }

    #[test]
    fn a_line_serialises_with_its_kind() {
        let line = Line::Removed { left: 3, text: "a\n".into() };
        let json = serde_json::to_string(&line).unwrap();
        assert_eq!(json, r#"{"kind":"removed","left":3,"text":"a\n"}"#);
        assert_eq!(serde_json::from_str::<Line>(&json).unwrap(), line);
    }
}
