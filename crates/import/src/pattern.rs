//! From regular expressions of JavaScript to those of the Rust crate `regex`.
//!
//! `\d`, `\w` and `\b` mean ASCII in JavaScript and Unicode in Rust, and brackets within brackets mean themselves in
//! JavaScript and a set in Rust: they are spelt out. What the crate cannot do in linear time (look-around, back-references)
//! is refused.

/// The expression in Rust's syntax, matching the same texts.
///
/// # Errors
/// What it has that there is no counterpart for, in words.
pub(crate) fn from_javascript(pattern: &str) -> Result<String, String> {
    if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|open| pattern.contains(open)) {
        return Err("it looks around".to_owned());
    }
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    // Within brackets: whether only the opening one has been read.
    let mut class: Option<bool> = None;
    while let Some(c) = chars.next() {
        match (c, class) {
            ('\\', _) => {
                let escaped = chars.next().ok_or("it ends in a backslash")?;
                escape(escaped, class.is_some(), &mut out)?;
                class = class.map(|_| false);
            }
            ('[', None) => {
                class = Some(true);
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                if chars.peek() == Some(&']') {
                    return Err("`[]` and `[^]` have no counterpart".to_owned());
                }
            }
            (']', Some(_)) => {
                class = None;
                out.push(']');
            }
            ('[' | '&' | '~', Some(_)) => {
                out.extend(['\\', c]);
                class = Some(false);
            }
            ('-', Some(_)) if chars.peek() == Some(&'-') => return Err("`--` within brackets".to_owned()),
            (c, _) => {
                out.push(c);
                class = class.map(|_| false);
            }
        }
    }
    regex_syntax::Parser::new().parse(&out).map_err(|error| reason(&error))?;
    Ok(out)
}

/// What stands behind a backslash.
fn escape(c: char, in_class: bool, out: &mut String) -> Result<(), String> {
    const WORD: &str = "0-9A-Za-z_";
    match (c, in_class) {
        ('d', true) => out.push_str("0-9"),
        ('d', false) => out.push_str("[0-9]"),
        ('D', _) => out.push_str("[^0-9]"),
        ('w', true) => out.push_str(WORD),
        ('w', false) => out.push_str(&format!("[{WORD}]")),
        ('W', _) => out.push_str(&format!("[^{WORD}]")),
        ('b', false) => out.push_str("(?-u:\\b)"),
        ('b', true) => out.push_str("\\x08"),
        ('B', false) => out.push_str("(?-u:\\B)"),
        ('0', _) => out.push_str("\\x00"),
        ('1'..='9' | 'k', _) => return Err("it refers back to a group".to_owned()),
        ('s' | 'S' | 'n' | 'r' | 't' | 'f' | 'v' | 'x' | 'u' | 'p' | 'P', _) => out.extend(['\\', c]),
        // JavaScript lets any character be escaped, and it means itself.
        (c, _) => out.push_str(&regex_syntax::escape(&c.to_string())),
    }
    Ok(())
}

fn reason(error: &regex_syntax::Error) -> String {
    let text = error.to_string();
    text.lines().rev().find_map(|line| line.strip_prefix("error: ")).unwrap_or("it cannot be read").to_owned()
}

/// An expression that a text matches if it begins with these words.
pub(crate) fn beginning_with(words: &str) -> String {
    format!("^{}", regex_syntax::escape(words))
}

/// An expression that a text matches if it ends with these words.
pub(crate) fn ending_with(words: &str) -> String {
    format!("{}$", regex_syntax::escape(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_means_something_else_is_spelt_out() {
        for (javascript, rust) in [
            (r"^\d{3}-\w+$", "^[0-9]{3}-[0-9A-Za-z_]+$"),
            (r"[\w.-]+@[\w.-]+", "[0-9A-Za-z_.-]+@[0-9A-Za-z_.-]+"),
            (r"\bno\b", r"(?-u:\b)no(?-u:\b)"),
            (r"[[\]&]", r"[\[\]\&]"),
            (r"\/path\-x\_", r"/path\-x_"),
            (r"(?<year>\d+)|(?:a|b)", "(?<year>[0-9]+)|(?:a|b)"),
            (r"é\u00e9", r"é\u00e9"),
        ] {
            assert_eq!(from_javascript(javascript).as_deref(), Ok(rust));
        }
    }

    #[test]
    fn what_has_no_counterpart_is_refused() {
        for (javascript, why) in [
            ("a(?=b)", "it looks around"),
            (r"(a)\1", "it refers back to a group"),
            ("[^]", "`[]` and `[^]` have no counterpart"),
            ("(a", "unclosed group"),
            ("a\\", "it ends in a backslash"),
        ] {
            assert_eq!(from_javascript(javascript), Err(why.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn what_is_carried_over_can_be_read(pattern in "([a-z]|\\\\[dwsbDW.\\-/]|\\[|\\]|\\(|\\)|[*+?|^$&~-]|é){0,12}") {
            if let Ok(rust) = from_javascript(&pattern) {
                prop_assert!(regex_syntax::Parser::new().parse(&rust).is_ok());
            }
        }

        #[test]
        fn words_are_escaped(words in "\\PC{1,20}") {
            prop_assert!(regex_syntax::Parser::new().parse(&beginning_with(&words)).is_ok());
            prop_assert!(regex_syntax::Parser::new().parse(&ending_with(&words)).is_ok());
        }
    }
}
