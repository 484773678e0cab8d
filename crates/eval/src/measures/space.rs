//! White space as Python has it, which is what the reference implementations mean by it.

/// White space: that of Unicode, and the four separators U+001C to U+001F, which only Python adds.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// What stands between white space, as `str.split()` gives it.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// A text without white space around it, as `str.strip()` gives it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_space)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_that_of_python() {
        let text = "\u{1c}a\u{1d}b\u{85}c\u{a0}d\u{3000}e\u{200b}f\u{feff}g\n";
        assert_eq!(words(text).collect::<Vec<_>>(), ["a", "b", "c", "d", "e\u{200b}f\u{feff}g"]);
        assert_eq!(trimmed(" \u{1f}a b\t"), "a b");
    }
}
