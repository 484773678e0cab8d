//! Texts side by side, wrapped to the terminal.

use anstyle::Style;
use carat_core::diff::Line;
use unicode_width::UnicodeWidthChar as _;

use crate::out::{BAD, FAINT, GOOD, styled};

use super::lines::{are_near, fit, side, style};

/// Narrower terminals have the two one below the other.
pub(super) const LEAST: usize = 100;

/// How wide the terminal is; none where the output goes elsewhere.
pub(super) fn width() -> Option<usize> {
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
    is_terminal.then(|| usize::from(console::Term::stdout().size().1))
}

/// The lines around each change in two columns.
pub(super) fn side_by_side(lines: &[Line], width: usize) -> String {
    let column = width.saturating_sub(7) / 2;
    let near = are_near(lines);
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        if near[at] {
            text.push_str(&row(line, column));
        } else if at == 0 || near[at - 1] {
            text.push_str(&format!("{}\n", styled(FAINT, "…")));
        }
    }
    text
}

fn row(line: &Line, column: usize) -> String {
    let wrapped = |is_left| {
        let Some((_, pieces)) = side(line, is_left) else { return Vec::new() };
        let pieces = pieces.into_iter().map(|piece| (style(piece.1, is_left), fit(piece)));
        wrap(pieces.collect(), column)
    };
    let (left, right) = (wrapped(true), wrapped(false));
    let is_same = matches!(line, Line::Same { .. });
    let mark = |at: usize, lines: &[Wrapped], mark, style| match lines.get(at) {
        Some(_) if !is_same => styled(style, mark),
        Some(_) | None => " ".to_owned(),
    };
    let mut text = String::new();
    for at in 0..left.len().max(right.len()).max(1) {
        let (l, taken) = left.get(at).cloned().unwrap_or_default();
        let r = right.get(at).map(|(r, _)| r.as_str()).unwrap_or_default();
        let gap = " ".repeat(column.saturating_sub(taken));
        let (minus, plus) = (mark(at, &left, "-", BAD), mark(at, &right, "+", GOOD));
        let whole = format!("{minus} {l}{gap} {} {plus} {r}", styled(FAINT, "│"));
        text.push_str(whole.trim_end());
        text.push('\n');
    }
    text
}

/// A line of a column: its text with styles, and how wide it is.
type Wrapped = (String, usize);

/// Breaks a line where words end, or where it must. There is at least one.
fn wrap(pieces: Vec<(Style, String)>, column: usize) -> Vec<Wrapped> {
    let chars: Vec<(Style, char)> =
        pieces.iter().flat_map(|(style, text)| text.chars().map(move |c| (*style, c))).collect();
    let mut lines = Vec::new();
    let mut start = 0;
    while start < chars.len() {
        let (end, next) = end_of_line(&chars, start, column);
        lines.push(drawn(&chars[start..end]));
        start = next;
    }
    if lines.is_empty() {
        lines.push(Wrapped::default());
    }
    lines
}

/// Where the line ends that starts here, and where the next one starts: at the last space behind a word, which is left out,
/// or where there is no more room. At least one character further.
fn end_of_line(chars: &[(Style, char)], start: usize, column: usize) -> (usize, usize) {
    let (mut taken, mut space, mut has_word) = (0, None, false);
    for (at, (_, c)) in chars.iter().enumerate().skip(start) {
        if *c == ' ' && has_word {
            space = Some(at);
        }
        has_word |= *c != ' ';
        taken += c.width().unwrap_or(0);
        if taken > column && at > start {
            return space.map_or((at, at), |space| (space, space + 1));
        }
    }
    (chars.len(), chars.len())
}

fn drawn(chars: &[(Style, char)]) -> Wrapped {
    let (mut text, mut taken) = (String::new(), 0);
    for run in chars.chunk_by(|(a, _), (b, _)| a == b) {
        let words: String = run.iter().map(|(_, c)| c).collect();
        taken += words.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
        text.extend(run.first().map(|(style, _)| styled(*style, &words)));
    }
    (text, taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::diff::lines;

    fn plain(left: &str, right: &str, width: usize) -> String {
        anstream::adapter::strip_str(&side_by_side(&lines(left, right), width)).to_string()
    }

    #[test]
    fn both_columns_are_wrapped_to_the_terminal() {
        let left =
            "system:\nYou sort the incoming tickets. Answer with one word.\nuser:\n漢字漢字漢字漢字漢字漢字漢字\n";
        let right = "system:\nYou sort the incoming tickets. Answer with exactly one word.\nuser:\n漢字漢字漢字漢字漢字漢字漢字\nsoon\n";
        insta::assert_snapshot!(plain(left, right, 51), @r"
          system:                │   system:
        - You sort the incoming  │ + You sort the incoming
        - tickets. Answer with   │ + tickets. Answer with
        - one word.              │ + exactly one word.
          user:                  │   user:
          漢字漢字漢字漢字漢字漢 │   漢字漢字漢字漢字漢字漢
          字漢字                 │   字漢字
                                 │ + soon
        ");
    }

    #[test]
    fn wrapping_leaves_out_nothing_but_spaces_and_keeps_to_its_column() {
        for text in [
            "",
            "a",
            "one two three",
            "onetwothree four",
            "漢字 漢字漢字",
            "e\u{301}e\u{301}e\u{301} x",
            "  a  b  c  d",
            "a    b",
        ] {
            for column in 2..12 {
                let wrapped = wrap(vec![(Style::new(), text.to_owned())], column);
                assert!(wrapped.iter().all(|(_, taken)| *taken <= column), "{text} {column}");
                let joined: String =
                    wrapped.iter().map(|(line, _)| anstream::adapter::strip_str(line).to_string()).collect();
                assert_eq!(joined.replace(' ', ""), text.replace(' ', ""), "{column}");
            }
        }
    }
}
