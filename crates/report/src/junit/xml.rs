//! Text inside of XML.

use carat_core::untrusted::visible;

/// A text as the content of an element. Characters that XML 1.0 forbids, and those that a terminal would act on, are shown
/// by something to look at.
pub(super) fn content(text: &str) -> String {
    escaped(&visible(text), false)
}

/// A text as the value of an attribute, between double quotes: line feeds and tabs survive.
pub(super) fn attribute(text: &str) -> String {
    escaped(&visible(text), true)
}

fn escaped(text: &str, in_attribute: bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' if in_attribute => out.push_str("&#10;"),
            '\t' if in_attribute => out.push_str("&#9;"),
            // The control characters are gone; of the rest XML forbids these two.
            '\u{FFFE}' | '\u{FFFF}' => out.push_str(&format!("&lt;U+{:04X}&gt;", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_xml_forbids_is_shown() {
        assert_eq!(
            content("a\u{0}\u{b}\r\u{ffff}\u{202e}<b>&]]>"),
            "a␀␋␍&lt;U+FFFF&gt;&lt;U+202E&gt;&lt;b&gt;&amp;]]&gt;"
        );
        assert_eq!(attribute("a\"\n\tb"), "a&quot;&#10;&#9;b");
    }

    proptest! {
        #[test]
        fn a_parser_reads_back_what_was_shown(text in any::<String>()) {
            let xml = format!("<a b=\"{}\">{}</a>", attribute(&text), content(&text));
            let read = roxmltree::Document::parse(&xml).unwrap();
            let shown = visible(&text).replace('\u{fffe}', "<U+FFFE>").replace('\u{ffff}', "<U+FFFF>");
            prop_assert_eq!(read.root_element().attribute("b"), Some(shown.as_str()));
            prop_assert_eq!(read.root_element().text().unwrap_or_default(), shown);
        }
    }
}
