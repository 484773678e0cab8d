//! How two texts differ, word by word.

use super::common::{Common, Stretch};
use super::legible::legible;
use super::tokens::{Numbers, Words};
use super::work::Work;
use super::{Kind, Piece};

/// How two texts differ, word by word. The pieces of the left text ([`Kind::is_left`]) put together are the left text, those
/// of the right one the right text; where something is replaced, what was removed comes first. Neighbours differ in kind.
///
/// Words are those of Unicode (UAX #29), so that it works for scripts that write without spaces: each character of theirs is
/// a word. Capitals and accents count. White space is compared to the character, but holds nothing together.
///
/// What is found in common is then made legible. Words between two replacements that have no more letters than either of
/// them go with them, so that a sentence that was written anew is not shown as confetti; what was only removed or only added
/// counts a quarter for that. Texts that share less than a quarter of the letters of the shorter one are shown as removed and
/// added whole. Neither holds for 32 letters or more in a row that both have. And what could as well begin or end a word
/// earlier or later does so where a line, a sentence or a word does: `Yes.{+ It is.+}`, not `Yes{+. It is+}.`
///
/// Texts of up to 60,000 words are always compared as a whole. Longer ones that are not alike enough are compared line by
/// line first, and word by word where lines differ, up to the bound of work of [the module](super).
pub fn words(left: &str, right: &str) -> Vec<Piece> {
    let mut numbers = Numbers::default();
    let (left, right) = (numbers.words(left), numbers.words(right));
    pieces(&left, &right, &mut Work::new())
}

/// The same of texts whose words have their numbers, within the work that is left.
pub(super) fn pieces(left: &Words<'_>, right: &Words<'_>, work: &mut Work) -> Vec<Piece> {
    let common = Common::search(&left.numbers, &right.numbers, work).unwrap_or_else(|| by_lines(left, right, work));
    let mut drawing = Drawing { left, right, at: (0, 0), pieces: Vec::new() };
    for (_, same) in legible(common, left, right).steps() {
        drawing.draw(&same);
    }
    drawing.pieces
}

/// What texts have in common that are too long to be searched as a whole. No word goes over the end of a line.
fn by_lines(left: &Words<'_>, right: &Words<'_>, work: &mut Work) -> Common {
    let mut numbers = Numbers::default();
    let (l, r) = (numbers.lines(left.text), numbers.lines(right.text));
    let mut common = Common::nothing(left.numbers.len(), right.numbers.len());
    for (gap, same) in Common::of(&l.numbers, &r.numbers, work).steps() {
        for (l_lines, r_lines) in [(gap.left, gap.right), (same.on_left(), same.on_right())] {
            let (l, r) = (left.within(l.bytes(l_lines)), right.within(r.bytes(r_lines)));
            let part = Common::of(&left.numbers[l.clone()], &right.numbers[r.clone()], work);
            common.push_part(&part, l.start, r.start);
        }
    }
    common
}

/// Both texts, drawn as pieces up to some byte of each.
struct Drawing<'w> {
    left: &'w Words<'w>,
    right: &'w Words<'w>,
    at: (usize, usize),
    pieces: Vec<Piece>,
}

impl Drawing<'_> {
    /// Draws what stands before a stretch, and the stretch.
    fn draw(&mut self, same: &Stretch) {
        self.differing_up_to(same.left, same.right);
        if same.length == 0 {
            return;
        }
        let (l, r) = (self.left.bytes(same.on_left()), self.right.bytes(same.on_right()));
        if self.left.text[l.clone()] == self.right.text[r.clone()] {
            self.push(Kind::Same, &self.left.text[l.clone()]);
            self.at = (l.end, r.end);
            return;
        }
        // The same words with other white space between them.
        for (l, r) in same.on_left().zip(same.on_right()) {
            self.differing_up_to(l, r);
            let (l, r) = (self.left.bytes(l..l + 1), self.right.bytes(r..r + 1));
            self.push(Kind::Same, &self.left.text[l.clone()]);
            self.at = (l.end, r.end);
        }
    }

    /// Draws what stands before those words. What it begins and ends with of white space may still be the same.
    fn differing_up_to(&mut self, left: usize, right: usize) {
        let (to_left, to_right) = (self.left.start(left), self.right.start(right));
        let l = &self.left.text[self.at.0..to_left];
        let r = &self.right.text[self.at.1..to_right];
        self.at = (to_left, to_right);
        let (before, l, r) = white_head(l, r);
        let (l, r, after) = white_tail(l, r);
        for (kind, text) in [(Kind::Same, before), (Kind::Removed, l), (Kind::Added, r), (Kind::Same, after)] {
            self.push(kind, text);
        }
    }

    fn push(&mut self, kind: Kind, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.kind == kind => last.text.push_str(text),
            Some(_) | None => self.pieces.push(Piece { kind, text: text.to_owned() }),
        }
    }
}

/// The white space that both begin with, and what is behind it.
fn white_head<'t>(left: &'t str, right: &'t str) -> (&'t str, &'t str, &'t str) {
    let same = left.chars().zip(right.chars()).take_while(|(l, r)| l == r && l.is_whitespace());
    let bytes = same.map(|(c, _)| c.len_utf8()).sum();
    let (head, left) = left.split_at(bytes);
    (head, left, &right[bytes..])
}

/// What is before the white space that both end with, and that.
fn white_tail<'t>(left: &'t str, right: &'t str) -> (&'t str, &'t str, &'t str) {
    let same = left.chars().rev().zip(right.chars().rev()).take_while(|(l, r)| l == r && l.is_whitespace());
    let bytes: usize = same.map(|(c, _)| c.len_utf8()).sum();
    let (left, tail) = left.split_at(left.len() - bytes);
    (left, &right[..right.len() - bytes], tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::tests::marked;

    #[test]
    fn what_was_replaced_removed_and_added_is_told_word_by_word() {
        for (left, right, expected) in [
            ("", "", ""),
            ("a", "a", "a"),
            ("", "new", "{+new+}"),
            ("old", "", "[-old-]"),
            ("The answer is 4.", "The answer is 5.", "The answer is [-4-]{+5+}."),
            ("It is Paris.", "It is not Paris.", "It is {+not +}Paris."),
            ("a b c d", "a d", "a [-b c -]d"),
            ("Sort the list", "Sort the list.", "Sort the list{+.+}"),
            ("costs 1,000 euros", "costs 1000 euros", "costs [-1,000-]{+1000+} euros"),
            ("Im Café", "im Cafe\u{301}", "[-Im Café-]{+im Cafe\u{301}+}"),
            ("die neue Straße", "die neue Strasse", "die neue [-Straße-]{+Strasse+}"),
        ] {
            assert_eq!(marked(&words(left, right)), expected, "{left:?} {right:?}");
        }
    }

    #[test]
    fn scripts_without_spaces_are_compared_character_by_character() {
        assert_eq!(marked(&words("我爱北京", "我爱上海")), "我爱[-北京-]{+上海+}");
        assert_eq!(marked(&words("今日は雨です", "今日は晴れです")), "今日は[-雨-]{+晴れ+}です");
    }

    #[test]
    fn white_space_is_compared_to_the_character() {
        for (left, right, expected) in [
            ("a b", "a  b", "a {+ +}b"),
            ("a b", "a\nb", "a[- -]{+\n+}b"),
            ("a\r\nb\r\n", "a\nb\n", "a[-\r-]\nb[-\r-]\n"),
            ("a\u{a0}b", "a b", "a[-\u{a0}-]{+ +}b"),
            ("  a\n  b", "a\nb", "[-  -]a\n[-  -]b"),
            ("a", "a\n", "a{+\n+}"),
            (" ", "\t", "[- -]{+\t+}"),
            ("one\n\nthree", "one\n\ntwo\n\nthree", "one\n\n{+two\n\n+}three"),
        ] {
            assert_eq!(marked(&words(left, right)), expected, "{left:?} {right:?}");
        }
    }
}
