//! The place of a value in a JSON document, as a path.

use std::fmt::Write as _;

/// One step down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'v> {
    Key(&'v str),
    Place(usize),
}

/// The path of those steps from the top, as JSONPath has it (RFC 9535): `$.items[0].sku`. A key that is no word stands in
/// brackets, with the escapes of a normalised path: `$['first name']`.
pub(super) fn path<'v>(steps: impl Iterator<Item = Step<'v>>) -> String {
    let mut path = "$".to_owned();
    for step in steps {
        match step {
            Step::Key(key) if is_word(key) => path.extend([".", key]),
            Step::Key(key) => quote(key, &mut path),
            Step::Place(place) => path.extend(["[", &place.to_string(), "]"]),
        }
    }
    path
}

/// Whether a key can stand behind a point: a narrow reading of `member-name-shorthand`.
fn is_word(key: &str) -> bool {
    let mut chars = key.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(|c| c == '_' || c.is_alphanumeric())
}

fn quote(key: &str, path: &mut String) {
    path.push_str("['");
    for c in key.chars() {
        match c {
            '\'' => path.push_str("\\'"),
            '\\' => path.push_str("\\\\"),
            '\u{8}' => path.push_str("\\b"),
            '\t' => path.push_str("\\t"),
            '\n' => path.push_str("\\n"),
            '\u{c}' => path.push_str("\\f"),
            '\r' => path.push_str("\\r"),
            // Writing to memory cannot fail.
            '\0'..='\u{1f}' => drop(write!(path, "\\u{:04x}", u32::from(c))),
            c => path.push(c),
        }
    }
    path.push_str("']");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_json_path() {
        for (steps, expected) in [
            (&[][..], "$"),
            (&[Step::Key("items"), Step::Place(0), Step::Key("sku_2")], "$.items[0].sku_2"),
            (&[Step::Key("straße"), Step::Key("first name"), Step::Key("2nd")], "$.straße['first name']['2nd']"),
            (&[Step::Key(""), Step::Key("it's\\\n\u{1b}")], "$['']['it\\'s\\\\\\n\\u001b']"),
        ] {
            assert_eq!(path(steps.iter().copied()), expected);
        }
    }
}
