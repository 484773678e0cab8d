//! The first sentences of an answer, in the form in which they are compared.

use unicode_normalization::UnicodeNormalization;

/// How much of an answer is its opening, in characters.
const OPENING: usize = 600;
/// How many sentences of it.
const SENTENCES: usize = 3;

/// The first sentences: in lower case, composed, with plain apostrophes, without emphasis and with single spaces. None where
/// the answer opens with a quotation, unless all of it is one.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let Some(text) = own_words(text) else { return Vec::new() };
    let plain: String = text.chars().take(OPENING).flat_map(char::to_lowercase).nfc().filter_map(plain).collect();
    let mut sentences = Vec::new();
    let mut rest = plain.as_str();
    while !rest.is_empty() && sentences.len() < SENTENCES {
        let (sentence, after) = split(rest);
        let words: Vec<&str> = sentence.split_whitespace().collect();
        if !words.is_empty() {
            sentences.push(words.join(" "));
        }
        rest = after;
    }
    sentences
}

/// The text without quotation marks around all of it; none where it opens with a quotation of something else.
fn own_words(text: &str) -> Option<&str> {
    let text = text.trim();
    let closing = match text.chars().next()? {
        '"' | '＂' => '"',
        '“' | '„' | '”' => '”',
        '«' => '»',
        '「' => '」',
        '『' => '』',
        '>' => return None,
        _ => return Some(text),
    };
    let mut inner = text.chars();
    inner.next();
    let last = inner.next_back()?;
    let closes = last == closing || (closing == '”' && matches!(last, '“' | '"')) || (closing == '"' && last == '＂');
    (closes && !inner.as_str().chars().any(|c| c == last)).then(|| inner.as_str().trim())
}

/// A character as it is compared; none where it is left out.
fn plain(c: char) -> Option<char> {
    match c {
        '’' | '‘' | 'ʼ' | '＇' | '`' | '´' => Some('\''),
        '*' | '_' | '#' | '\u{200b}'..='\u{200d}' | '\u{feff}' => None,
        c => Some(c),
    }
}

/// The first sentence without its end, and what follows. A full stop ends one where white space or nothing follows.
fn split(text: &str) -> (&str, &str) {
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let after = at + c.len_utf8();
        let ends = match c {
            '\n' | '!' | '?' | '。' | '！' | '？' | '…' => true,
            '.' => characters.peek().is_none_or(|(_, next)| next.is_whitespace()),
            _ => false,
        };
        if ends {
            return (&text[..at], &text[after..]);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_made_alike() {
        assert_eq!(
            sentences(" **I’m**  SORRY… I can\u{2019}t\u{a0}do  v1.5!\nNo. More."),
            ["i'm sorry", "i can't do v1.5", "no"]
        );
        assert_eq!(sentences("Cafe\u{301}。次は"), ["café", "次は"]);
        assert_eq!(sentences(" ?! \n"), [""; 0]);
    }

    #[test]
    fn a_quotation_is_not_the_answers_own() {
        assert_eq!(sentences("“I can't help.”"), ["i can't help"]);
        assert_eq!(sentences("\"I can't help.\" she said. \"No.\""), [""; 0]);
        assert_eq!(sentences("> I can't help.\n\nSo you wrote."), [""; 0]);
        assert_eq!(sentences("„Geht nicht“, schrieben Sie."), [""; 0]);
        assert_eq!(sentences("\""), [""; 0]);
    }
}
