//! What two texts have in common, chosen for reading.

use super::common::{Common, Gap, Stretch};
use super::tokens::Words;

/// A stretch of so many letters is never taken for chance.
const NO_CHANCE: usize = 32;

/// Texts that have less than one letter in so many in common are shown whole.
const LEAST_SHARE: usize = 4;

/// What is only removed or only added is easy to read around: it counts one letter in so many.
const ONE_SIDED: usize = 4;

/// Without what is in common by chance, and with gaps that begin and end where a reader expects it.
pub(super) fn legible(common: Common, left: &Words<'_>, right: &Words<'_>) -> Common {
    let letters = |stretch: &Stretch| left.letters(stretch.on_left());
    let common = common.without(|stretch, before, after| {
        let letters = letters(stretch);
        letters < NO_CHANCE && letters <= weight(before, left, right).min(weight(after, left, right))
    });
    let (l, r) = (left.numbers.len(), right.numbers.len());
    let shorter = left.letters(0..l).min(right.letters(0..r));
    let shared: usize = common.stretches().iter().map(letters).sum();
    let holds = common.stretches().iter().any(|stretch| letters(stretch) >= NO_CHANCE);
    if shared * LEAST_SHARE < shorter && !holds { Common::nothing(l, r) } else { moved(&common, left, right) }
}

/// How much a gap weighs against the words beside it, in letters.
fn weight(gap: &Gap, left: &Words<'_>, right: &Words<'_>) -> usize {
    match (left.letters(gap.left.clone()), right.letters(gap.right.clone())) {
        (l, 0) => l / ONE_SIDED,
        (0, r) => r / ONE_SIDED,
        (l, r) => l.max(r),
    }
}

/// With every gap that has words on one side only at the best of its places: where a stretch before it ends as the gap does,
/// or one behind it begins as the gap does, it could stand elsewhere. As the lossless clean-up of Fraser's diff-match-patch.
fn moved(common: &Common, left: &Words<'_>, right: &Words<'_>) -> Common {
    let (l, r) = (left.numbers.len(), right.numbers.len());
    let mut stretches = common.stretches().to_vec();
    for at in 1..stretches.len() {
        let (before, after) = stretches.split_at_mut(at);
        let (Some(before), Some(after)) = (before.last_mut(), after.first_mut()) else { continue };
        let at_end = after.on_left().end == l && after.on_right().end == r;
        let (from_left, to_left) = (before.on_left().end, after.left);
        let (from_right, to_right) = (before.on_right().end, after.right);
        let (from, best) = if from_right == to_right {
            (from_left, best_place(left, from_left, to_left, room(before, after, at_end)))
        } else if from_left == to_left {
            (from_right, best_place(right, from_right, to_right, room(before, after, at_end)))
        } else {
            continue;
        };
        before.length = before.length + best - from;
        after.left = after.left + best - from;
        after.right = after.right + best - from;
        after.length = after.length + from - best;
    }
    Common::from_stretches(stretches, l, r)
}

/// By how many words a gap may move to either side. No stretch is used up but at the ends of the texts, since that would join
/// two gaps.
fn room(before: &Stretch, after: &Stretch, at_end: bool) -> (usize, usize) {
    let at_start = before.left == 0 && before.right == 0;
    (before.length - usize::from(!at_start), after.length - usize::from(!at_end))
}

/// Where a gap of those words stands best: the last of its best places.
fn best_place(words: &Words<'_>, from: usize, to: usize, (back, forth): (usize, usize)) -> usize {
    let numbers = &words.numbers;
    let back = (1..=back).take_while(|by| numbers[from - by] == numbers[to - by]).count();
    let forth = (0..forth).take_while(|by| numbers[from + by] == numbers[to + by]).count();
    let length = to - from;
    let places = from - back..=from + forth;
    places.max_by_key(|at| boundary(words, *at) + boundary(words, at + length)).unwrap_or(from)
}

/// How good a place the beginning of a word is to part a text.
fn boundary(words: &Words<'_>, word: usize) -> u8 {
    if word == 0 || word == words.numbers.len() {
        return 6;
    }
    let (before, after) = (words.bytes(word - 1..word), words.bytes(word..word + 1));
    let white = &words.text[before.end..after.start];
    let (before, after) = (&words.text[before], &words.text[after]);
    match white.bytes().filter(|byte| *byte == b'\n').take(2).count() {
        2 => 5,
        1 => 4,
        _ if before.ends_with(['。', '！', '？']) || (before.ends_with(['.', '!', '?']) && !white.is_empty()) => 3,
        _ if !white.is_empty() => 2,
        _ => u8::from(!(before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric))),
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::tests::marked;
    use crate::diff::{Kind, words};

    fn told(left: &str, right: &str) -> String {
        marked(&words(left, right))
    }

    #[test]
    fn words_that_are_shared_by_chance_are_no_confetti() {
        assert_eq!(
            told("I saw red or blue cats", "I saw big or small cats"),
            "I saw [-red or blue-]{+big or small+} cats"
        );
        let left = "Thank you. Unfortunately the parcel is still at the depot. Goodbye.";
        let right = "Thank you. Somebody signed for the shipment on the fifth of May. Goodbye.";
        assert_eq!(
            told(left, right),
            "Thank you. [-Unfortunately the parcel is still at the depot-]{+Somebody signed for the shipment on the fifth of \
             May+}. Goodbye."
        );
    }

    #[test]
    fn words_that_others_were_taken_from_or_added_to_stay() {
        assert_eq!(told("I think maybe Paris is right", "Paris"), "[-I think maybe -]Paris[- is right-]");
        assert_eq!(told("red, blue", "dark red, light blue"), "{+dark +}red, {+light +}blue");
        let long = "Nobody would have thought so, but the answer that we heard again and again was another";
        assert_eq!(told(long, "the"), format!("[-{long}-]{{+the+}}"));
    }

    #[test]
    fn texts_with_almost_nothing_in_common_are_shown_whole() {
        let (left, right) = ("The order was shipped yesterday", "The cancellation could not be found, sorry");
        assert_eq!(told(left, right), format!("[-{left}-]{{+{right}+}}"));
        // What is short and wholly part of something long has all in common with it.
        assert_eq!(told("Yes", "Yes, and here is why: nobody asked"), "Yes{+, and here is why: nobody asked+}");
    }

    #[test]
    fn a_long_stretch_is_never_taken_for_chance() {
        let same = "please keep your receipt until the parcel has arrived";
        let (left, right) = ("Old words ".repeat(40), "New things ".repeat(40));
        let pieces = words(&format!("{left}{same} {left}"), &format!("{right}{same} {right}"));
        assert_eq!(pieces.iter().filter(|piece| piece.text.contains(same)).count(), 1);
        assert_eq!(words(&format!("{same} {left}"), &format!("{same} {right}"))[0].kind, Kind::Same);
    }

    #[test]
    fn what_moved_stays_in_one_piece() {
        let (first, second) = ("one two three four five six seven.", "Eight nine ten eleven.");
        assert_eq!(
            told(&format!("{first} {second}"), &format!("{second} {first}")),
            format!("{{+{second} +}}{first}[- {second}-]")
        );
    }

    #[test]
    fn a_gap_stands_where_lines_sentences_and_words_begin_and_end() {
        for (left, right, expected) in [
            ("Paris.", "Paris. It is the capital.", "Paris.{+ It is the capital.+}"),
            ("One. Two. Three.", "One. Three.", "One. [-Two. -]Three."),
            ("一。二。三。", "一。三。", "一。[-二。-]三。"),
            ("red, blue, green", "red, green", "red, [-blue, -]green"),
            ("* a\n* c\n", "* a\n* b\n* c\n", "* a\n{+* b\n+}* c\n"),
            ("go go go", "go go", "go go[- go-]"),
            ("f(x)", "f(x)(x)", "f(x){+(x)+}"),
        ] {
            assert_eq!(told(left, right), expected, "{left:?} {right:?}");
        }
    }
}
