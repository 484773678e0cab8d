//! Text that nobody vouches for, made fit to be shown.
//!
//! What models answer, what rows hold and what servers say may contain escape sequences that move the cursor, change colours
//! or rewrite the clipboard, and characters that turn the direction of text. They are shown, never sent.

use std::borrow::Cow;

/// The text with everything that a terminal would act on replaced by something to look at: control characters by their
/// pictures (`␛`), characters that turn the direction of text by their code (`<U+202E>`). Line feeds and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| acts(c) && !matches!(c, '\n' | '\t')) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(c),
            c if acts(c) => picture(c, &mut shown),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// The text on one line, visible, and cut to so many characters with an ellipsis.
pub fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    for (count, c) in text.trim().chars().enumerate() {
        if count == most {
            line.push('…');
            break;
        }
        match c {
            '\n' => line.push('⏎'),
            '\t' => line.push(' '),
            c if acts(c) => picture(c, &mut line),
            c => line.push(c),
        }
    }
    line
}

fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn picture(c: char, out: &mut String) {
    match u32::from(c) {
        code @ 0..=0x1F => out.extend(char::from_u32(0x2400 + code)),
        0x7F => out.push('␡'),
        code => out.push_str(&format!("<U+{code:04X}>")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_shown() {
        assert_eq!(visible("a\u{1b}[2Jb\r\u{7f}\u{9b}31m\u{202e}c"), "a␛[2Jb␍␡<U+009B>31m<U+202E>c");
        assert_eq!(visible("plain\n\ttext é 漢字"), "plain\n\ttext é 漢字");
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line(" a\nb\tc\u{1b} ", 10), "a⏎b c␛");
        assert_eq!(one_line("abcdef", 3), "abc…");
    }
}
