//! Texts broken into lines of a width, at words where there are any.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr};

/// The lines of a text, each of at most `width` columns (at least 2: one letter may take as many). They are broken before
/// words, and before the `×` of a variant; a word that is longer is broken where the line ends. Never empty.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for piece in pieces(text) {
        let piece = if taken + piece.width() > width && taken > 0 {
            lines.push(String::new());
            taken = 0;
            piece.trim_start()
        } else {
            piece
        };
        for letter in piece.chars() {
            let wide = letter.width().unwrap_or(0);
            if taken + wide > width {
                lines.push(String::new());
                taken = 0;
            }
            taken += wide;
            if let Some(line) = lines.last_mut() {
                line.push(letter);
            }
        }
    }
    lines
}

/// How many columns the longest word takes, which no line should break.
pub(super) fn longest_word(text: &str) -> usize {
    pieces(text).map(|piece| piece.trim().width()).max().unwrap_or(0)
}

/// The text in pieces between which it may be broken: each is a word with the spaces before it. A number keeps its `%`.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut has_word = false;
        let end = rest.char_indices().find_map(|(at, letter)| {
            let ends = has_word && matches!(letter, ' ' | '×') && !rest[at..].starts_with(" %");
            has_word |= letter != ' ';
            ends.then_some(at)
        });
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(piece).filter(|piece| !piece.is_empty())
    })
}

/// A styled line of prose as lines of at most `width` columns. What follows the first line is indented by `hang` columns
/// more than it.
pub(super) fn hanging(line: &str, width: usize, hang: usize) -> String {
    if seen(line) <= width {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let after = " ".repeat((indent + hang).min(width / 2));
    let mut text = String::with_capacity(line.len() + 16);
    let mut taken = 0;
    for piece in pieces(line) {
        let wide = seen(piece);
        if taken > after.len() && taken + wide > width {
            let piece = piece.trim_start_matches(' ');
            text.extend(["\n", &after, piece]);
            taken = after.len() + seen(piece);
        } else {
            text.push_str(piece);
            taken += wide;
        }
    }
    text
}

/// How many columns a styled text takes.
fn seen(text: &str) -> usize {
    anstream::adapter::strip_str(text).map(UnicodeWidthStr::width).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_at_words_and_a_long_word_at_the_end_of_the_line() {
        assert_eq!(wrapped("first version of all", 10), ["first", "version of", "all"]);
        assert_eq!(wrapped("support/triage@2×nearest", 16), ["support/triage@2", "×nearest"]);
        assert_eq!(wrapped(" 50.9 % [45.6, 56.2]", 13), [" 50.9 %", "[45.6, 56.2]"]);
        assert_eq!(wrapped("0123456789 ab", 4), ["0123", "4567", "89", "ab"]);
        assert_eq!(wrapped("漢字漢", 5), ["漢字", "漢"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn the_longest_word_is_what_no_line_can_break() {
        assert_eq!(longest_word("prompt support/triage"), 14);
        assert_eq!(longest_word(" 50.9 % of"), 6);
        assert_eq!(longest_word("  "), 0);
    }

    #[test]
    fn prose_goes_on_below_its_own_beginning_and_styles_take_no_columns() {
        let line = "  a.b: \u{1b}[32mbetter by 24.9 points\u{1b}[0m (95 %)";
        assert_eq!(hanging(line, 20, 2), "  a.b: \u{1b}[32mbetter by\n    24.9 points\u{1b}[0m\n    (95 %)");
        assert_eq!(hanging(line, 80, 2), line);
    }
}
