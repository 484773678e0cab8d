//! How BLEU takes texts apart: the tokenisers of sacrebleu 2.6 that need no model and no dictionary.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::measures::space::is_space;

/// A way to take a text apart into tokens. Trailing white space never counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tokeniser {
    /// `13a`, that of `mteval-v13a.pl` and WMT, and the default: ASCII punctuation stands alone, but for apostrophes, for
    /// hyphens that do not follow a digit, and for full stops and commas between digits. Words of scripts without spaces
    /// stay whole, with the punctuation of those scripts.
    #[default]
    V13a,
    /// `intl`, that of `mteval-v14.pl`: punctuation of every script stands alone unless it is next to a number on both
    /// sides, and symbols always.
    Intl,
    /// `char`: every character that is not white space is a token. For scripts without spaces.
    Char,
    /// `none`: what stands between white space. For texts that are tokenised already.
    None,
}

impl Tokeniser {
    /// The text with white space between its tokens.
    pub(super) fn spaced(self, text: &str) -> String {
        let text = text.trim_end_matches(is_space);
        match self {
            Self::V13a => v13a(text),
            Self::Intl => intl(text),
            Self::Char => apart(text, |_| true),
            Self::None => text.to_owned(),
        }
    }
}

fn v13a(text: &str) -> String {
    let mut text = format!(" {text} ");
    let replacements =
        [("<skipped>", ""), ("-\n", ""), ("\n", " "), ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")];
    for (from, to) in replacements {
        if text.contains(from) {
            text = text.replace(from, to);
        }
    }
    let is_digit = |c: char| c.is_ascii_digit();
    let is_point = |c| matches!(c, '.' | ',');
    let text = apart(&text, |c| c.is_ascii_punctuation() && !matches!(c, '\'' | ',' | '-' | '.'));
    let text = apart_behind(&text, |c| !is_digit(c), is_point);
    let text = apart_before(&text, is_point, |c| !is_digit(c));
    apart_behind(&text, is_digit, |c| c == '-')
}

fn intl(text: &str) -> String {
    let is = |c: char, group| c.general_category_group() == group;
    let is_number = |c| is(c, GeneralCategoryGroup::Number);
    let is_punctuation = |c| is(c, GeneralCategoryGroup::Punctuation);
    let text = apart_behind(text, |c| !is_number(c), is_punctuation);
    let text = apart_before(&text, is_punctuation, |c| !is_number(c));
    apart(&text, |c| is(c, GeneralCategoryGroup::Symbol))
}

/// `s/(mark)/ \1 /g`
fn apart(text: &str, mark: impl Fn(char) -> bool) -> String {
    let mut spaced = String::with_capacity(text.len() * 5 / 4);
    for c in text.chars() {
        if mark(c) {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    spaced
}

/// `s/(before)(mark)/\1 \2 /g`: what a match has taken is not looked at again.
fn apart_behind(text: &str, before: impl Fn(char) -> bool, mark: impl Fn(char) -> bool) -> String {
    let mut spaced = String::with_capacity(text.len() * 5 / 4);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        spaced.push(c);
        if let Some(mark) = rest.next_if(|next| mark(*next) && before(c)) {
            spaced.extend([' ', mark, ' ']);
        }
    }
    spaced
}

/// `s/(mark)(after)/ \1 \2/g`: what a match has taken is not looked at again.
fn apart_before(text: &str, mark: impl Fn(char) -> bool, after: impl Fn(char) -> bool) -> String {
    let mut spaced = String::with_capacity(text.len() * 5 / 4);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match rest.next_if(|next| mark(c) && after(*next)) {
            Some(after) => spaced.extend([' ', c, ' ', after]),
            None => spaced.push(c),
        }
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::space::words;

    fn tokens(tokeniser: Tokeniser, text: &str) -> String {
        words(&tokeniser.spaced(text)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn v13a_parts_punctuation_but_not_within_numbers() {
        let cases = [
            ("It costs $1,234.56, or 3-4.", "It costs $ 1,234.56 , or 3 - 4 ."),
            ("don't well-known (a)b", "don't well-known ( a ) b"),
            ("a..b ... 1..2", "a . . b . . . 1 . . 2"),
            ("&lt;b&gt; &amp;quot; <skipped>a-\nb\nc", "< b > & quot ; ab c"),
            ("東京は、日本。", "東京は、日本。"),
            (".5 5. ,", ". 5 5 . ,"),
        ];
        for (text, expected) in cases {
            assert_eq!(tokens(Tokeniser::V13a, text), expected, "{text:?}");
        }
    }

    #[test]
    fn intl_parts_the_punctuation_of_every_script() {
        let cases = [
            ("東京は、日本。", "東京は 、 日本 。"),
            ("1,234.56€ 5. ½-½", "1,234.56 € 5 . ½-½"),
            ("“a—b”…", "“ a — b ” …"),
            ("a..b", "a . . b"),
        ];
        for (text, expected) in cases {
            assert_eq!(tokens(Tokeniser::Intl, text), expected, "{text:?}");
        }
    }

    #[test]
    fn char_and_none_are_what_they_say() {
        assert_eq!(tokens(Tokeniser::Char, "a b\u{301} 東京 "), "a b \u{301} 東 京");
        assert_eq!(tokens(Tokeniser::None, " a, b.\u{a0}c "), "a, b. c");
    }
}
