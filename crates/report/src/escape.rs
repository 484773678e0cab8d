//! JSON that is also something else: inside of a page, or on a terminal.

use std::io::{self, Write};

use serde::Serialize;

/// Writes a value as JSON in which no character means anything to HTML, for the inside of a script element.
pub(crate) fn for_html<T: Serialize>(out: &mut impl Write, value: &T) -> io::Result<()> {
    let means_something = |c: char| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
    write(out, &serde_json::to_string(value)?, means_something)
}

/// Writes JSON in which no character acts on a terminal, should it go to one.
pub(crate) fn for_terminals(out: &mut impl Write, json: &str) -> io::Result<()> {
    let acts = |c: char| {
        matches!(c, '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if json.is_ascii() && !json.contains('\u{7f}') { out.write_all(json.as_bytes()) } else { write(out, json, acts) }
}

/// The same JSON with an escape in place of some characters. All of them stand inside of strings, for JSON itself has none
/// of them, and are of the basic plane, where one escape is one character.
fn write(out: &mut impl Write, json: &str, escaped: impl Fn(char) -> bool) -> io::Result<()> {
    let mut rest = json;
    while let Some(at) = rest.find(&escaped) {
        let (before, from) = rest.split_at(at);
        out.write_all(before.as_bytes())?;
        let mut chars = from.chars();
        write!(out, "\\u{:04x}", chars.next().map_or(0, u32::from))?;
        rest = chars.as_str();
    }
    out.write_all(rest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_ends_the_element() {
        let mut out = Vec::new();
        for_html(&mut out, &"</script><!--&\u{2028}").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), r#""\u003c/script\u003e\u003c!--\u0026\u2028""#);
    }

    proptest! {
        #[test]
        fn what_is_escaped_is_still_the_same(text in any::<String>()) {
            let (mut page, mut line) = (Vec::new(), Vec::new());
            for_html(&mut page, &text).unwrap();
            for_terminals(&mut line, &serde_json::to_string(&text).unwrap()).unwrap();
            prop_assert!(!page.contains(&b'<'));
            let line = String::from_utf8(line).unwrap();
            let acts = matches!(carat_core::untrusted::visible(&line), std::borrow::Cow::Owned(_));
            prop_assert!(!acts, "{:?}", line);
            prop_assert_eq!(serde_json::from_slice::<String>(&page).unwrap(), text.clone());
            prop_assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
        }
    }
}
