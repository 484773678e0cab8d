//! What servers and programs say, made fit to be shown to a person.

use std::borrow::Cow;

use crate::Secret;

/// How many characters of it are shown.
const SHOWN: usize = 300;

/// The text in one line, without control characters, without the secrets, and cut to some 300 characters.
pub(crate) fn shown(text: &str, secrets: &[Secret]) -> String {
    // A secret that control characters cut in pieces is whole without them, so that they go first.
    let line = in_one_line(text);
    let hidden = secrets.iter().fold(line, |line, secret| match secret.hide_in(&line) {
        Cow::Borrowed(_) => line,
        Cow::Owned(hidden) => hidden,
    });
    match hidden.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", hidden[..end].trim_end()),
        None => hidden,
    }
}

fn in_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.trim().chars().filter(|letter| letter.is_whitespace() || !is_hidden(*letter)) {
        match letter.is_whitespace() {
            true if line.ends_with(' ') => {}
            true => line.push(' '),
            false => line.push(letter),
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Control characters, and those that turn the direction of writing: either could make a terminal show something else.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_and_a_secret_at_the_cut_does_not_show() {
        let text = format!("{}sk-secret-key", "x".repeat(SHOWN - 5));
        let line = shown(&text, &[Secret::new("sk-secret-key")]);
        assert!(line.ends_with("***") && !line.contains("sk-"), "{line}");
        assert_eq!(shown(&"é".repeat(400), &[]).chars().count(), SHOWN + 1);
    }

    #[test]
    fn a_secret_between_whose_letters_stand_control_characters_does_not_show() {
        assert_eq!(shown("a sk-\u{7}secret-\u{202e}key b", &[Secret::new("sk-secret-key")]), "a *** b");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(shown("  \u{1b}[31mred\u{7}\r\n\tend \u{202e}x ", &[]), "[31mred end x");
    }
}
