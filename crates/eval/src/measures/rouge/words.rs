//! How ROUGE takes texts apart.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// What counts as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Words {
    /// Runs of the letters a to z and the digits 0 to 9 in the lower-cased text, as in rouge-score: a letter with an accent
    /// parts a word, and other scripts are not seen at all.
    #[default]
    Latin,
    /// Runs of letters, marks and numbers of any script in the lower-cased text. Where a script has no spaces between words
    /// (Chinese characters, kana, Thai, Lao, Khmer, Burmese) each character is a word, with its marks. Not a reference.
    Unicode,
}

impl Words {
    /// The words of a text that is in lower case already.
    pub(super) fn of(self, lowered: &str) -> Vec<&str> {
        match self {
            Self::Latin => latin(lowered),
            Self::Unicode => unicode(lowered),
        }
    }
}

fn latin(lowered: &str) -> Vec<&str> {
    lowered.split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit()).filter(|word| !word.is_empty()).collect()
}

fn unicode(lowered: &str) -> Vec<&str> {
    let mut words = Vec::new();
    // Where the word at hand begins, and whether it is a word of one character.
    let mut open: Option<(usize, bool)> = None;
    for (at, c) in lowered.char_indices() {
        let of_a_word = c.is_alphanumeric();
        let alone = of_a_word && stands_alone(c);
        let goes_on = match open {
            Some((_, whole)) => is_mark(c) || (of_a_word && !alone && !whole),
            None => false,
        };
        if goes_on {
            continue;
        }
        if let Some((start, _)) = open.take() {
            words.push(&lowered[start..at]);
        }
        open = of_a_word.then_some((at, alone));
    }
    words.extend(open.map(|(start, _)| &lowered[start..]));
    words
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Whether a character is of a script that is written without spaces, by the blocks of Unicode.
fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' // Burmese
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' // kana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Chinese characters
        | '\u{ff66}'..='\u{ff9f}' | '\u{1b000}'..='\u{1b16f}' // kana
        | '\u{20000}'..='\u{3ffff}') // Chinese characters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_sees_latin_letters_without_accents_and_digits() {
        assert_eq!(Words::Latin.of("it's naïve: 3.14 東京 café"), ["it", "s", "na", "ve", "3", "14", "caf"]);
    }

    #[test]
    fn unicode_words_are_of_any_script() {
        let text = "it's naïve, cafe\u{301}! 東京へ नमस्ते привет 3.14 ภาษาไทย ½ 👍🏽 한국어";
        let thai = ["ภ", "า", "ษ", "า", "ไ", "ท", "ย"];
        let mut expected = vec!["it", "s", "naïve", "cafe\u{301}", "東", "京", "へ", "नमस्ते", "привет", "3", "14"];
        expected.extend(thai);
        expected.extend(["½", "한국어"]);
        assert_eq!(Words::Unicode.of(text), expected);
        assert_eq!(Words::Unicode.of("a東b"), ["a", "東", "b"]);
        assert_eq!(Words::Unicode.of("\u{301}"), Vec::<&str>::new());
    }
}
