//! Text inside of Markdown that stays text: no link, no mention, no markup, no way out of a cell.

use carat_core::untrusted::one_line;

/// Inside of it a word does not break, and GitHub sees neither a mention nor a link.
const JOINER: char = '\u{2060}';

/// A text that nobody vouches for: on one line, cut to so many characters, as a code span, in which nothing is markup and
/// GitHub links nothing. A `|`, which would end the cell of a table, is shown as `∣`.
pub(super) fn code(text: &str, most: usize) -> String {
    let line = one_line(text, most).replace('|', "∣");
    if line.is_empty() {
        return "*(empty)*".to_owned();
    }
    let runs = line.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    // One space at both ends is taken off by whoever reads Markdown.
    let needs_room = line.starts_with(['`', ' ']) || line.ends_with(['`', ' ']);
    let room = if needs_room && !line.trim().is_empty() { " " } else { "" };
    format!("{fence}{room}{line}{room}{fence}")
}

/// A sentence of ours that has names in it: on one line, every character that is markup escaped, and nothing that GitHub
/// would take for a mention, an issue or a link.
pub(super) fn plain(text: &str, most: usize) -> String {
    let line = one_line(text, most);
    let mut out = String::with_capacity(line.len() + 16);
    for (at, c) in line.char_indices() {
        let (before, after) = (&line[..at], &line[at + c.len_utf8()..]);
        match c {
            '|' => out.push('∣'),
            '@' | '#' => out.extend(['\\', c, JOINER]),
            '.' if ends_with_www(before) => out.extend([JOINER, c]),
            ':' if after.starts_with("//") => out.extend([c, JOINER]),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '~' | '!' | '&' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

fn ends_with_www(text: &str) -> bool {
    text.len() >= 3 && text.as_bytes()[text.len() - 3..].eq_ignore_ascii_case(b"www")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_span_holds_whatever_stands_in_it() {
        assert_eq!(code("billing", 10), "`billing`");
        assert_eq!(code("a`b``c", 10), "```a`b``c```");
        assert_eq!(code("`", 10), "`` ` ``");
        assert_eq!(code("a|b\n</details>@team", 40), "`a∣b⏎</details>@team`");
        assert_eq!(code("abcdef", 3), "`abc…`");
        assert_eq!(code("", 3), "*(empty)*");
    }

    #[test]
    fn a_sentence_mentions_nobody_and_links_nowhere() {
        assert_eq!(plain("no worse than a@b #12", 99), "no worse than a\\@\u{2060}b \\#\u{2060}12");
        assert_eq!(plain("https://x www.y <b>*c*", 99), "https:\u{2060}//x www\u{2060}.y \\<b\\>\\*c\\*");
    }

    proptest! {
        #[test]
        fn nothing_ends_a_code_span_before_its_end(text in "[`| \n\\\\a<@]{0,12}") {
            let span = code(&text, 100);
            prop_assume!(span != "*(empty)*");
            let fence = span.len() - span.trim_start_matches('`').len();
            let inside = &span[fence..span.len() - fence];
            let runs = inside.split(|c| c != '`').map(str::len);
            prop_assert!(runs.max().unwrap_or(0) < fence);
            prop_assert!(!inside.starts_with('`') && !inside.ends_with('`'));
            prop_assert!(!span.contains(['|', '\n']));
        }
    }
}
