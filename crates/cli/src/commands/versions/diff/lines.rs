//! Texts line by line, one below the other: what is gone in red, what is new in green, and in lines that changed their words.

use anstyle::Style;
use carat_core::diff::Line;
use carat_core::untrusted::visible;

use crate::out::{BAD, FAINT, GOOD, styled};

/// So many lines are shown around each change.
const AROUND: usize = 3;

/// One side of a line: its number there, and its pieces, each with whether only that side has it.
pub(crate) type SideOfLine<'l> = (usize, Vec<(&'l str, bool)>);

/// The side of a line, if it has it.
pub(crate) fn side(line: &Line, is_left: bool) -> Option<SideOfLine<'_>> {
    let own = |number: usize, text, is_own| (number, vec![(text, is_own)]);
    match line {
        Line::Same { left, right, text } => Some(own(if is_left { *left } else { *right }, text.as_str(), false)),
        Line::Removed { left, text } => is_left.then(|| own(*left, without_end(text), true)),
        Line::Added { right, text } => (!is_left).then(|| own(*right, without_end(text), true)),
        Line::Changed { left, right, pieces } => {
            let is_here = |kind: carat_core::diff::Kind| if is_left { kind.is_left() } else { kind.is_right() };
            let pieces = pieces.iter().filter(|piece| is_here(piece.kind));
            let pieces = pieces.map(|piece| (piece.text.as_str(), piece.kind != carat_core::diff::Kind::Same));
            Some((if is_left { *left } else { *right }, pieces.collect()))
        }
    }
}

fn without_end(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

/// A piece as it is shown: white space that alone changed is to be seen.
pub(super) fn fit((text, is_own): (&str, bool)) -> String {
    if is_own && text.chars().all(char::is_whitespace) {
        return visible(text).replace(' ', "·").replace('\t', "⇥").replace('\n', "⏎");
    }
    visible(without_end(text)).replace('\t', "    ")
}

/// The style of a piece.
pub(super) fn style(is_own: bool, is_left: bool) -> Style {
    match (is_own, is_left) {
        (false, _) => Style::new(),
        (true, true) => BAD,
        (true, false) => GOOD,
    }
}

/// The pieces of a side with what only that side has in its colour, at most so many characters of them.
pub(crate) fn drawn(pieces: &[(&str, bool)], is_left: bool, most: usize) -> String {
    let (mut text, mut room) = (String::new(), most);
    for (piece, is_own) in pieces {
        let end = piece.char_indices().nth(room).map_or(piece.len(), |(at, _)| at);
        let shown = fit((&piece[..end], *is_own));
        if !shown.is_empty() {
            text.push_str(&styled(style(*is_own, is_left), shown));
        }
        if end < piece.len() {
            text.push('…');
            break;
        }
        room = room.saturating_sub(piece.chars().count());
    }
    text
}

/// Whether a line is shown: it is near a change.
pub(super) fn are_near(lines: &[Line]) -> Vec<bool> {
    let mut near = vec![false; lines.len()];
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| !matches!(line, Line::Same { .. })) {
        let until = (at + AROUND + 1).min(lines.len());
        near[at.saturating_sub(AROUND)..until].fill(true);
    }
    near
}

/// The lines around each change, one below the other.
pub(super) fn unified(lines: &[Line]) -> String {
    let near = are_near(lines);
    let numbers = lines.iter().flat_map(|line| [side(line, true), side(line, false)]).flatten();
    let width = numbers.map(|(number, _)| number).max().unwrap_or(0).to_string().len();
    let draw = |mark: &str, style: Style, (number, pieces): SideOfLine<'_>, is_left| {
        let text = drawn(&pieces, is_left, usize::MAX);
        let gap = if text.is_empty() { "" } else { "  " };
        format!("{} {}{gap}{text}\n", styled(style, mark), styled(FAINT, format!("{number:>width$}")))
    };
    let (mut text, mut at) = (String::new(), 0);
    while at < lines.len() {
        // Of neighbouring lines that changed, all that is gone stands before all that is new.
        let run = lines[at..].iter().take_while(|line| !matches!(line, Line::Same { .. })).count();
        for line in &lines[at..at + run] {
            text.extend(side(line, true).map(|line| draw("-", BAD, line, true)));
        }
        for line in &lines[at..at + run] {
            text.extend(side(line, false).map(|line| draw("+", GOOD, line, false)));
        }
        at += run;
        let Some(line) = lines.get(at) else { break };
        if near[at] {
            text.extend(side(line, false).map(|line| draw(" ", Style::new(), line, false)));
        } else if at == 0 || near[at - 1] {
            text.push_str(&format!("{}\n", styled(FAINT, "…")));
        }
        at += 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::diff::lines;

    fn plain(left: &str, right: &str) -> String {
        anstream::adapter::strip_str(&unified(&lines(left, right))).to_string()
    }

    #[test]
    fn a_change_stands_among_the_lines_around_it() {
        let left: String = (1..=12).map(|n| format!("line number {n} of it\n")).collect();
        let right = left.replace("number 6 of", "number six of").replace("line number 12 of it\n", "");
        insta::assert_snapshot!(plain(&left, &right), @r"
        …
           3  line number 3 of it
           4  line number 4 of it
           5  line number 5 of it
        -  6  line number 6 of it
        +  6  line number six of it
           7  line number 7 of it
           8  line number 8 of it
           9  line number 9 of it
          10  line number 10 of it
          11  line number 11 of it
        - 12  line number 12 of it
        ");
    }

    #[test]
    fn white_space_that_changed_is_seen_and_nothing_acts_on_the_terminal() {
        insta::assert_snapshot!(plain("a b\nthe end\n", "a  b\nthe end\u{1b}[2J"), @r"
        - 1  a b
        - 2  the end⏎
        + 1  a ·b
        + 2  the end␛[2J
        ");
    }

    #[test]
    fn neighbouring_changes_stand_together_with_what_is_gone_first() {
        insta::assert_snapshot!(plain("one two three\nfour five six\n", "one two 3\nfour 5 six\n"), @r"
        - 1  one two three
        - 2  four five six
        + 1  one two 3
        + 2  four 5 six
        ");
    }

    #[test]
    fn the_words_that_changed_have_the_colour() {
        let text = unified(&lines("one two three\n", "one two 3\n"));
        assert!(text.contains(&styled(BAD, "three")) && text.contains(&styled(GOOD, "3")), "{text:?}");
    }
}
