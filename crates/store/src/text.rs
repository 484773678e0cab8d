//! Names as a database can hold them.
//!
//! SQLite keeps a NUL inside a text but its functions stop there, and Postgres refuses it. Documents are safe, because JSON
//! writes `\u0000`; ids and names are not, and a row id comes from anybody's data.

use std::borrow::Cow;

/// Stands before what takes the place of a NUL, and of itself. A control character that no id is likely to have.
const ESCAPE: char = '\u{1a}';

/// The text without NULs. Equal texts stay equal and different ones different.
pub(crate) fn kept(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '\0' => kept.extend([ESCAPE, '0']),
            ESCAPE => kept.extend([ESCAPE, '1']),
            other => kept.push(other),
        }
    }
    Cow::Owned(kept)
}

/// What [`kept`] was given.
pub(crate) fn restored(kept: String) -> String {
    if !kept.contains(ESCAPE) {
        return kept;
    }
    let mut text = String::with_capacity(kept.len());
    let mut letters = kept.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ESCAPE => text.push(if letters.next() == Some('0') { '\0' } else { ESCAPE }),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_text_comes_back_and_has_no_nul_meanwhile(text in "[\\x00\\x1a01a-c]{0,12}") {
            let kept = kept(&text).into_owned();
            prop_assert!(!kept.contains('\0'));
            prop_assert_eq!(restored(kept), text);
        }
    }
}
