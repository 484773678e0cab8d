//! A key found again in a text, also where somebody changed its case.

use std::ops::Range;

use super::HIDDEN;

/// Shorter keys may be words, and words begin sentences: they are looked for as they are.
const SHORTEST_IN_ANY_CASE: usize = 8;

/// The text with `***` in the place of every occurrence of the key; none where it has none.
pub(super) fn hidden(text: &str, key: &str) -> Option<String> {
    let mut next = Occurrences::of(key, text);
    let first = next.next()?;
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for place in std::iter::once(first).chain(next) {
        out.push_str(&text[end..place.start]);
        out.push_str(HIDDEN);
        end = place.end;
    }
    out.push_str(&text[end..]);
    Some(out)
}

/// Whether the key stands in a text.
pub(super) fn is_in(text: &str, key: &str) -> bool {
    Occurrences::of(key, text).next().is_some()
}

/// The places of a key in a text from left to right, none overlapping another.
struct Occurrences<'a> {
    text: &'a str,
    key: &'a str,
    /// What has to be there whatever the case: it is searched for, which is quick, and the rest compared around it.
    anchor: Range<usize>,
    /// Where the search goes on.
    from: usize,
    /// Where the last occurrence ended.
    end: usize,
}

impl<'a> Occurrences<'a> {
    fn of(key: &'a str, text: &'a str) -> Self {
        let anchor = if key.len() < SHORTEST_IN_ANY_CASE { 0..key.len() } else { longest_without_case(key) };
        Self { text, key, anchor, from: 0, end: 0 }
    }

    /// Where the anchor begins next. A key of nothing but letters has none but its first letter.
    fn anchor_in(&self, rest: &str) -> Option<usize> {
        if self.anchor.is_empty() {
            let first = self.key.chars().next()?;
            return rest.find([first.to_ascii_lowercase(), first.to_ascii_uppercase()]);
        }
        rest.find(&self.key[self.anchor.clone()])
    }
}

impl Iterator for Occurrences<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let at = self.from + self.anchor_in(self.text.get(self.from..)?)?;
            self.from = at + self.text[at..].chars().next()?.len_utf8();
            let Some(start) = at.checked_sub(self.anchor.start).filter(|start| *start >= self.end) else { continue };
            let place = start..start + self.key.len();
            let is_it = self.text.get(place.clone()).is_some_and(|text| text.eq_ignore_ascii_case(self.key));
            // Of a short key the anchor is all of it, and has been found as it is.
            if is_it {
                (self.from, self.end) = (place.end, place.end);
                return Some(place);
            }
        }
    }
}

/// The longest part of a key that has no ASCII letter; empty, at its beginning, where all are letters.
fn longest_without_case(key: &str) -> Range<usize> {
    let runs = key.split(|letter: char| letter.is_ascii_alphabetic());
    let starts = runs.scan(0, |at, run| {
        let start = *at;
        // A letter of one byte follows each run but the last.
        *at += run.len() + 1;
        Some(start..start + run.len())
    });
    starts
        .reduce(|best, run| if run.len() > best.len() { run } else { best })
        .filter(|run| !run.is_empty())
        .unwrap_or(0..0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_hidden_in_any_case() {
        let key = "sk-proj-aB3dE6gH9jK2";
        for said in [key.to_owned(), key.to_uppercase(), key.to_lowercase(), "Sk-Proj-Ab3De6Gh9Jk2".to_owned()] {
            assert_eq!(hidden(&format!("é{said}{said} {said}"), key).as_deref(), Some("é****** ***"));
        }
        assert_eq!(hidden("SK-PROJ-AB3DE6GH9JK", key), None);
        assert_eq!(hidden("my keyofletters", "KeyOfLetters").as_deref(), Some("my ***"));
    }

    #[test]
    fn a_short_key_is_hidden_as_it_is() {
        assert_eq!(hidden("Ollama or ollama", "ollama").as_deref(), Some("Ollama or ***"));
    }

    #[test]
    fn a_key_is_found_behind_what_begins_like_it() {
        assert_eq!(hidden("1111-11-1-abcde", "11-1-abcde").as_deref(), Some("1111-***"));
        assert_eq!(hidden("111111111x", "11111111x").as_deref(), Some("1***"));
    }

    proptest! {
        #[test]
        fn what_is_hidden_is_what_a_plain_search_finds(text in "[aA1-]{0,40}", key in "[aA1-]{8,10}", around in "[aA1é]{0,3}") {
            let text = format!("{text}{key}{around}{}{text}", key.to_uppercase());
            let (low, key_low) = (text.to_lowercase(), key.to_lowercase());
            let marked = low.replace(&key_low, "*");
            prop_assert_eq!(hidden(&text, &key).unwrap().to_lowercase().replace("***", "*"), marked);
            prop_assert!(is_in(&text, &key));
        }

        #[test]
        fn a_text_without_the_key_is_left_alone(text in any::<String>()) {
            prop_assert_eq!(hidden(&text, "sk-proj-aB3dE6gH9jK2"), None);
        }
    }
}
