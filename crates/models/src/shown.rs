//! What servers and programs say, made fit to be shown to a person.

use crate::Secret;

/// How many characters of it are shown.
const SHOWN: usize = 300;

/// The text in one line, without control characters, without the secrets, and cut to some 300 characters.
pub(crate) fn shown(text: &str, secrets: &[Secret]) -> String {
    let hidden = secrets.iter().fold(text.to_owned(), |text, secret| secret.hide_in(&text).into_owned());
    let mut line = String::with_capacity(hidden.len().min(SHOWN * 4));
    let mut written = 0;
    for letter in hidden.trim().chars() {
        if written >= SHOWN {
            line.push('…');
            break;
        }
        if letter.is_whitespace() {
            if !line.ends_with(' ') {
                line.push(' ');
                written += 1;
            }
        } else if !is_hidden(letter) {
            line.push(letter);
            written += 1;
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
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(shown("  \u{1b}[31mred\u{7}\r\n\tend \u{202e}x ", &[]), "[31mred end x");
    }
}
