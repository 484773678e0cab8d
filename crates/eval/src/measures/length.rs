//! How long a text is, in the units that people set limits in. Tokens are the model's matter and are counted elsewhere.

use unicode_segmentation::UnicodeSegmentation;

/// How many words, by the rules of Unicode (UAX #29) that text editors follow: what stands between their boundaries and has a
/// letter or a digit. `can't`, `3.14` and `e-mail` are 1, 1 and 2. A script that is written without spaces is not taken apart
/// by meaning: each Chinese character and each hiragana is a word, a run of katakana is one.
pub fn words(text: &str) -> usize {
    text.unicode_words().count()
}

/// How many runs of anything but white space: what `wc -w` and promptfoo's `word-count` call a word. A dash that stands alone
/// is one, and a Chinese sentence is one.
pub fn white_space_words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// How many Unicode scalar values, which is how the distances of [`similarity`](super::similarity) and most APIs count: é may
/// be 1 or 2, a family of three 5. White space and control characters count.
pub fn characters(text: &str) -> usize {
    text.chars().count()
}

/// How many characters as a person sees them: the extended grapheme clusters of UAX #29. é is 1 however it is written, and so
/// are a family of three and a line break of two characters.
pub fn visible_characters(text: &str) -> usize {
    text.graphemes(true).count()
}

/// How many lines, ended by a line feed with or without a carriage return before it. An empty text has none, the end of the
/// last line makes no further one, and empty lines count.
pub fn lines(text: &str) -> usize {
    text.lines().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_those_of_unicode() {
        for (text, count) in [
            ("", 0),
            ("  \n", 0),
            ("Hello, world!", 2),
            ("I can't e-mail 3.14 or 1,000 – sorry", 8),
            ("l'aéroport", 1),
            ("Die Spülmaschine\u{a0}läuft.", 3),
            ("東京は", 3),
            ("カタカナ", 1),
            ("🎉 … !", 0),
        ] {
            assert_eq!(words(text), count, "{text}");
        }
    }

    #[test]
    fn white_space_words_are_whatever_stands_between_white_space() {
        assert_eq!(white_space_words(" I can't e-mail – sorry\n\u{3000}ok\u{a0}ok "), 7);
        assert_eq!(white_space_words("東京は日本の首都です"), 1);
        assert_eq!(white_space_words(""), 0);
    }

    #[test]
    fn characters_are_counted_as_they_are_stored_or_as_they_are_seen() {
        for (text, stored, seen) in [("é", 1, 1), ("e\u{301}", 2, 1), ("👨‍👩‍👧", 5, 1), ("a\r\nb", 4, 3), ("", 0, 0)]
        {
            assert_eq!((characters(text), visible_characters(text)), (stored, seen), "{text:?}");
        }
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        for (text, count) in [("", 0), ("a", 1), ("a\n", 1), ("a\n\nb", 3), ("a\r\nb\r\n", 2), ("\n", 1)] {
            assert_eq!(lines(text), count, "{text:?}");
        }
    }

    #[test]
    fn hostile_texts_are_counted_in_one_pass() {
        for text in ["🇦".repeat(500_000), format!("a:{}", "\u{301}".repeat(1_000_000)), "क\u{94d}".repeat(300_000)]
        {
            assert!(visible_characters(&text) < characters(&text));
            assert!(words(&text) < 2);
        }
    }

    proptest! {
        #[test]
        fn no_text_has_more_of_the_larger_unit(text in any::<String>()) {
            prop_assert!(visible_characters(&text) <= characters(&text));
            prop_assert!(words(&text) <= characters(&text));
            prop_assert!(white_space_words(&text) <= characters(&text));
            prop_assert!(lines(&text) <= characters(&text));
        }
    }
}
