//! What reasons quote of answers: little, and on one line, because answers are untrusted and may be megabytes.

/// The most characters of an excerpt.
const LONGEST: usize = 80;

/// The first characters of a text, control characters and line breaks as spaces, with `…` where there is more.
pub(super) fn excerpt(text: &str) -> String {
    let mut characters = text.chars();
    let head = characters.by_ref().take(LONGEST).map(|c| if is_plain(c) { c } else { ' ' });
    let mut short: String = head.collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}

/// Neither a control character nor one that turns the direction of the text around it.
fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Names with commas between them, as many as a person wants to read.
pub(super) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 6;
    let more = names.len().saturating_sub(SHOWN);
    let mut list = names.take(SHOWN).map(excerpt).collect::<Vec<_>>().join(", ");
    if more > 0 {
        list.push_str(&format!(" and {more} more"));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_on_one_line() {
        assert_eq!(excerpt("a\nb\0c\u{202e}d"), "a b c d");
        assert_eq!(excerpt(&"é".repeat(100)), format!("{}…", "é".repeat(80)));
    }

    #[test]
    fn a_long_list_of_names_says_how_many_more_there_are() {
        assert_eq!(listed(["a", "b"].into_iter()), "a, b");
        assert_eq!(listed(["a", "b", "c", "d", "e", "f", "g", "h"].into_iter()), "a, b, c, d, e, f and 2 more");
    }
}
