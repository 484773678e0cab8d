//! How texts are made alike before they are compared.
//!
//! What is named is done in this order: case, punctuation, NFC, articles, white space at the ends. Doing it twice is doing
//! it once. Where peers differ, the following holds here:
//!
//! * **Case** is folded by full lower-casing of each character, and a final sigma (ς) is a sigma (σ). `ß` is not `ss`, and no
//!   language has rules of its own.
//! * **NFC** is done where it is named and nowhere else; no peer does it at all.
//! * **Punctuation** is all of Unicode's category P, unlike peers that know ASCII's alone; it includes `%` and not `$`, `+` or
//!   `=`. It is deleted, so that `well-known` is `wellknown`. A `.` before a digit and a `-` before a number stay unless a
//!   letter is before them, so that `1.5` is not `15` and `-5` is not `5`, while `COVID-19` is `COVID19`. A comma goes:
//!   `1,234` is `1234`, and `1,5` is `15`.
//! * **Articles** are `a`, `an` and `the` in any case, between white space; each goes with the white space after it, and with
//!   that before it at the end of the text. White space is otherwise left as it is.

use std::borrow::Cow;

use carat_core::spec::{Articles, Case, Punctuation, Text};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// The text as it is compared. It is never copied where nothing is to be done.
pub(super) fn normalise<'a>(text: impl Into<Cow<'a, str>>, settings: &Text) -> Cow<'a, str> {
    let mut text = text.into();
    if settings.case == Case::Ignore {
        text = Cow::Owned(fold_case(&text));
    }
    if settings.punctuation == Punctuation::Ignore {
        text = Cow::Owned(without_punctuation(&text));
    }
    if settings.nfc && is_nfc_quick(text.chars()) != IsNormalized::Yes {
        text = Cow::Owned(text.nfc().collect());
    }
    if settings.articles == Articles::Ignore {
        text = Cow::Owned(without_articles(&text));
    }
    if settings.trim { trimmed(text) } else { text }
}

/// The text with upper and lower case made one.
pub(super) fn fold_case(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// Whether it is part of a word: a letter, a digit, or a mark upon one.
pub(super) fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c)
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

fn without_punctuation(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    // The last character that was kept, marks aside: é has to count as a letter in either of its forms.
    let mut before = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let leave_out = c.general_category_group() == GeneralCategoryGroup::Punctuation
            && !belongs_to_a_number(before, c, rest.as_str());
        if leave_out {
            continue;
        }
        kept.push(c);
        if !is_mark(c) {
            before = Some(c);
        }
    }
    kept
}

fn belongs_to_a_number(before: Option<char>, c: char, after: &str) -> bool {
    let digit_next = |text: &str| text.starts_with(char::is_numeric);
    let begins_number = match c {
        '.' => digit_next(after),
        '-' => digit_next(after) || after.strip_prefix('.').is_some_and(digit_next),
        _ => false,
    };
    begins_number && !before.is_some_and(char::is_alphabetic)
}

fn without_articles(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word_end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(word_end);
        let gap_end = tail.find(|c: char| !c.is_whitespace()).unwrap_or(tail.len());
        if !is_article(word) {
            kept.push_str(&rest[..word_end + gap_end]);
        } else if tail.is_empty() {
            kept.truncate(kept.trim_end().len());
        }
        rest = &tail[gap_end..];
    }
    kept
}

fn is_article(word: &str) -> bool {
    ["a", "an", "the"].iter().any(|article| word.eq_ignore_ascii_case(article))
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOTHING: Text =
        Text { trim: false, case: Case::Exact, nfc: false, punctuation: Punctuation::Exact, articles: Articles::Exact };
    const ALL: Text = Text {
        trim: true,
        case: Case::Ignore,
        nfc: true,
        punctuation: Punctuation::Ignore,
        articles: Articles::Ignore,
    };

    fn no_punctuation(text: &str) -> String {
        normalise(text, &Text { punctuation: Punctuation::Ignore, ..NOTHING }).into_owned()
    }

    fn no_articles(text: &str) -> String {
        normalise(text, &Text { articles: Articles::Ignore, ..NOTHING }).into_owned()
    }

    #[test]
    fn nothing_is_done_that_is_not_named() {
        let text = " The\tÉ e\u{301}, “x”!\r\n";
        assert!(matches!(normalise(text, &NOTHING), Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn case_is_folded_beyond_ascii() {
        let fold = |text| normalise(text, &Text { case: Case::Ignore, ..NOTHING }).into_owned();
        assert_eq!(fold("ÄÖÜ"), fold("äöü"));
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
        assert_eq!(fold("ΟΔΟΣ"), fold("οδοσ"));
        assert_ne!(fold("STRASSE"), fold("straße"));
    }

    #[test]
    fn punctuation_of_every_script_is_left_out_and_numbers_stay_what_they_are() {
        assert_eq!(no_punctuation("“Paris”, (France)。"), "Paris France");
        assert_eq!(no_punctuation("it's well-known; 60%!"), "its wellknown 60");
        assert_eq!(no_punctuation("1.5 and -5 and -.5"), "1.5 and -5 and -.5");
        assert_eq!(no_punctuation("COVID-19, see p.5."), "COVID19 see p5");
        assert_eq!(no_punctuation("1,234 $5 a+b"), "1234 $5 a+b");
    }

    #[test]
    fn articles_go_with_the_white_space_after_them() {
        assert_eq!(no_articles("The cat  and a dog"), "cat  and dog");
        assert_eq!(no_articles("the a an"), "");
        assert_eq!(no_articles("vitamin A"), "vitamin");
        assert_eq!(no_articles("theatre, the, cat"), "theatre, the, cat");
    }

    #[test]
    fn what_is_left_out_in_front_of_white_space_leaves_none_at_the_ends() {
        assert_eq!(normalise("The Paris !", &ALL), "paris");
    }

    fn settings() -> impl Strategy<Value = Text> {
        (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(trim, fold, nfc, p, a)| Text {
                trim,
                case: if fold { Case::Ignore } else { Case::Exact },
                nfc,
                punctuation: if p { Punctuation::Ignore } else { Punctuation::Exact },
                articles: if a { Articles::Ignore } else { Articles::Exact },
            },
        )
    }

    /// Texts in which something happens: articles, signs, points, marks, cases that change their length.
    fn lively() -> impl Strategy<Value = String> {
        let pieces = [
            "a",
            "A ",
            "the",
            "an ",
            " ",
            "\t",
            ".",
            "-",
            "5",
            "12",
            "é",
            "e\u{301}",
            "\u{301}",
            "J\u{30c}",
            "İ",
            "Σ",
            "ς",
            "Ω",
            "\u{2126}",
            "ﬁ",
            "…",
            "'",
            "x",
            "\u{37e}",
            "한",
            "\u{1112}\u{1161}",
            "\0",
            "\u{345}",
            "ᾈ",
            "%",
        ];
        prop_oneof![
            prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..12).prop_map(|pieces| pieces.concat()),
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn doing_it_twice_is_doing_it_once(text in lively(), settings in settings()) {
            let once = normalise(text.as_str(), &settings);
            prop_assert_eq!(normalise(once.as_ref(), &settings), once.as_ref());
        }

        #[test]
        fn with_nfc_a_text_is_the_same_however_it_was_typed(text in lively(), settings in settings()) {
            let settings = Text { nfc: true, ..settings };
            let (composed, decomposed) = (text.nfc().collect::<String>(), text.nfd().collect::<String>());
            prop_assert_eq!(normalise(composed, &settings), normalise(decomposed, &settings));
        }
    }
}
