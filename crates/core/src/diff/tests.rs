//! What holds for any two texts, hostile ones too.

use proptest::prelude::*;

use super::*;

/// What was removed and added, marked as `git diff --word-diff` does.
pub(super) fn marked(pieces: &[Piece]) -> String {
    let marked = pieces.iter().map(|Piece { kind, text }| match kind {
        Kind::Same => text.clone(),
        Kind::Removed => format!("[-{text}-]"),
        Kind::Added => format!("{{+{text}+}}"),
    });
    marked.collect()
}

fn texts<'p>(pieces: impl Iterator<Item = (Kind, &'p str)> + Clone) -> (String, String) {
    let left = pieces.clone().filter(|(kind, _)| kind.is_left()).map(|(_, text)| text).collect();
    (left, pieces.filter(|(kind, _)| kind.is_right()).map(|(_, text)| text).collect())
}

/// Checks what is promised of every difference.
fn check(left: &str, right: &str) {
    let pieces = words(left, right);
    let of_words = texts(pieces.iter().map(|piece| (piece.kind, piece.text.as_str())));
    assert!(of_words == (left.to_owned(), right.to_owned()));
    assert!(pieces.iter().all(|piece| !piece.text.is_empty()));
    for two in pieces.windows(2) {
        assert!(two[0].kind != two[1].kind && (two[0].kind, two[1].kind) != (Kind::Added, Kind::Removed));
    }
    let told = lines(left, right);
    let all: Vec<(Kind, &str)> = told.iter().flat_map(Line::pieces).collect();
    assert!(texts(all.into_iter()) == (left.to_owned(), right.to_owned()));
    check_lines(&told, left, right);
    assert_eq!(left == right, pieces.iter().all(|piece| piece.kind == Kind::Same));
    if let AnswerDiff::Text(as_text) = answers(left, right) {
        assert!(as_text == pieces && left != right);
    }
}

/// Numbers count the lines of both texts, and each line is one.
fn check_lines(told: &[Line], left: &str, right: &str) {
    let (left, right): (Vec<&str>, Vec<&str>) =
        (left.split_inclusive('\n').collect(), right.split_inclusive('\n').collect());
    let (mut l, mut r) = (0, 0);
    for line in told {
        let (number_left, number_right) = match line {
            Line::Same { left, right, .. } | Line::Changed { left, right, .. } => (Some(*left), Some(*right)),
            Line::Removed { left, .. } => (Some(*left), None),
            Line::Added { right, .. } => (None, Some(*right)),
        };
        let (of_left, of_right) = texts(line.pieces().collect::<Vec<_>>().into_iter());
        if let Some(number) = number_left {
            l += 1;
            assert!(number == l && left[l - 1] == of_left);
        }
        if let Some(number) = number_right {
            r += 1;
            assert!(number == r && right[r - 1] == of_right);
        }
        assert_eq!(
            matches!(line, Line::Changed { .. }),
            of_left != of_right && !of_left.is_empty() && !of_right.is_empty()
        );
    }
    assert_eq!((l, r), (left.len(), right.len()));
}

/// Texts of few words, many of them in both.
fn prose() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "the",
        "cat",
        "sat",
        ".",
        ",",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\n\n",
        "\t",
        "我",
        "é",
        "e\u{301}",
        "👩‍👩‍👧",
        "1,5",
        "\u{a0}",
        "a rather long stretch of words that holds together",
        "```\n",
        "[1, 2]",
        "{\"a\": [1]}",
        "\u{301}",
        "\u{200d}",
    ]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn pieces_put_together_are_both_texts(left in prose(), right in prose()) {
        check(&left, &right);
    }

    #[test]
    fn no_text_is_too_strange(left in any::<String>(), right in any::<String>(), same in any::<String>()) {
        check(&left, &right);
        check(&format!("{left}{same}"), &format!("{same}{right}"));
        check(&format!("{same}{left}\n{same}"), &format!("{same}{right}\n{same}"));
    }
}

/// So many words, of two in an order without a pattern.
fn random(mut state: u64, count: usize, words: [&str; 2]) -> String {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        words[(state >> 63) as usize]
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn hostile_texts_are_told_within_the_bound_of_work() {
    let many = |of: &str| of.repeat(20_000);
    let few = |of: &str| of.repeat(6_500);
    for (left, right) in [
        (random(1, 3000, ["a ", "b\n"]), random(2, 3000, ["a ", "b\n"])),
        (random(1, 100_000, ["a ", "b "]), random(2, 100_000, ["a ", "b "])),
        (many("a\n"), few("a\nb\n")),
        (many("\n"), few("\n \n")),
        (many("x"), many("y")),
        (many("我"), few("我你")),
        (many("🇩🇪"), format!("🇩{}", many("🇩🇪"))),
        (many("a\u{301}"), few("\u{200d}👩")),
        (many("{\"a\":"), many("[")),
        (many("```\n"), many("~~~\n")),
        ("a ".into(), many("a ")),
    ] {
        check(&left, &right);
    }
}

#[test]
fn texts_that_are_too_long_to_search_are_compared_line_by_line_first() {
    // Every line differs from all others, and every third one changes in its last word.
    let text = |last: &str| -> String {
        let end = |n: usize| if n.is_multiple_of(3) { last } else { "end" };
        (0..20_000).map(|n| format!("line {n} has six words {}\n", end(n))).collect()
    };
    let pieces = words(&text("old"), &text("new"));
    let removed = pieces.iter().filter(|piece| piece.kind == Kind::Removed);
    assert!(removed.clone().all(|piece| piece.text == "old"));
    assert_eq!(removed.count(), 6667);
}
