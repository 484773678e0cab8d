//! Messages that repeat what somebody wrote, without the credentials in it.

use std::borrow::Cow;

use super::{is_written_in, private_key, token};

/// What stands in the place of a credential.
const HIDDEN: &str = "***";

/// What a message puts around the words that it quotes.
const AROUND: [char; 13] = ['`', '"', '\'', '(', ')', '[', ']', '{', '}', ',', ';', ':', '.'];

/// The text with `***` in the place of everything that [`is_written_in`] knows as a credential. Nothing that it knows is left.
pub fn masked(text: &str) -> Cow<'_, str> {
    if !is_written_in(text) {
        return Cow::Borrowed(text);
    }
    // Where a private key ends is not looked for: nothing that follows it matters more.
    let words = match private_key(text) {
        Some(at) => format!("{}{HIDDEN}", masked_words(&text[..at])),
        None => masked_words(text),
    };
    // A credential that is told by more than a word goes with all that surrounds it.
    Cow::Owned(if is_written_in(&words) { HIDDEN.to_owned() } else { words })
}

fn masked_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = "";
    for word in text.split_inclusive(char::is_whitespace) {
        let core = word.trim().trim_matches(AROUND);
        if token::is_of_scheme(before, core) || is_written_in(core) {
            out.push_str(&word.replacen(core, HIDDEN, 1));
        } else {
            out.push_str(word);
        }
        if !core.is_empty() {
            before = core;
        }
    }
    out
}
