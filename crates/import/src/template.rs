//! Templates in values of a source: texts with `{{ … }}` in them.
//!
//! Assertions of promptfoo and graders of OpenAI take their values from a row that way. Only ways to a value are understood
//! (`name`, `item.a.b`); whatever computes is for the caller to report.

use serde_json::{Map, Value};

use crate::account::plain;

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// A way to a value, outermost key first.
    Path(Vec<&'a str>),
    /// Anything else between `{{` and `}}`, and every `{% … %}` and `{# … #}`.
    Code(&'a str),
}

/// Cuts a template into its pieces. What is not closed is text.
pub(crate) fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        let close = match rest.get(start..start + 2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            _ => "#}",
        };
        let Some(length) = rest[start + 2..].find(close) else { break };
        if start > 0 {
            found.push(Piece::Text(&rest[..start]));
        }
        let end = start + 2 + length;
        let inner = rest[start + 2..end].trim();
        found.push(match path(inner).filter(|_| close == "}}") {
            Some(path) => Piece::Path(path),
            None => Piece::Code(&rest[start..end + 2]),
        });
        rest = &rest[end + 2..];
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

/// The keys of `a.b_c`.
pub(crate) fn path(text: &str) -> Option<Vec<&str>> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let keys: Vec<&str> = text.split('.').map(str::trim).collect();
    keys.iter().all(|key| is_name(key)).then_some(keys)
}

/// Whether the text has anything but words.
pub(crate) fn is_template(text: &str) -> bool {
    pieces(text).iter().any(|piece| !matches!(piece, Piece::Text(_)))
}

/// The value at the end of a way.
pub(crate) fn value_at<'a>(path: &[&str], values: &'a Map<String, Value>) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(values.get(*first)?, |value, key| value.get(key))
}

/// The text of a template for one row. What the row does not have is nothing, as it is in the source.
///
/// # Errors
/// The piece that computes.
pub(crate) fn render(template: &str, values: &Map<String, Value>) -> Result<String, String> {
    let mut text = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(words) => text.push_str(words),
            Piece::Path(path) => {
                let value = value_at(&path, values).unwrap_or(&Value::Null);
                text.push_str(
                    &plain(value).unwrap_or_else(|| if value.is_null() { String::new() } else { value.to_string() }),
                );
            }
            Piece::Code(code) => return Err(code.to_owned()),
        }
    }
    Ok(text)
}

/// An expression that prints nothing.
const NOTHING: &str = "{{ \"\" }}";

/// The template as carat reads it, with `input.` in front of each way.
///
/// # Errors
/// The piece that computes.
pub(crate) fn over_input(template: &str) -> Result<String, String> {
    let mut text = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(words) => text.push_str(&literal_within(words)),
            Piece::Path(path) => text.push_str(&format!("{{{{ {} }}}}", way("input", &path))),
            Piece::Code(code) => return Err(code.to_owned()),
        }
    }
    // White space at the ends would be taken away.
    if text.starts_with(char::is_whitespace) {
        text.insert_str(0, NOTHING);
    }
    if text.ends_with(char::is_whitespace) {
        text.push_str(NOTHING);
    }
    Ok(text)
}

/// A way to a value in the template language of carat. A key that is a word of that language goes in brackets.
pub(crate) fn way(root: &str, path: &[&str]) -> String {
    const WORDS: &[&str] = &["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "loop", "self"];
    let step = |key: &&str| match path_is_plain(key) && !WORDS.contains(key) {
        true => format!(".{key}"),
        false => format!("[{}]", Value::from(*key)),
    };
    format!("{root}{}", path.iter().map(step).collect::<String>())
}

fn path_is_plain(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A template of carat that comes to exactly this value, whatever it holds.
pub(crate) fn literal(value: &Value) -> String {
    match value {
        Value::String(text) if is_bare(text) => text.clone(),
        other => format!("{{{{ {} }}}}", expression(other)),
    }
}

/// Words within a template, which stand for themselves there.
pub(crate) fn literal_within(words: &str) -> String {
    if ["{{", "{%", "{#"].iter().any(|open| words.contains(open)) || words.ends_with('{') {
        format!("{{{{ {} }}}}", expression(&Value::from(words)))
    } else {
        words.to_owned()
    }
}

/// Whether a text means itself as a template: nothing in it opens an expression, and it does not end in the line break that
/// the engine takes away.
fn is_bare(text: &str) -> bool {
    !["{{", "{%", "{#"].iter().any(|open| text.contains(open)) && !text.ends_with(['\n', '\r']) && text.trim() == text
}

/// A value as an expression of the template language: as JSON, but for `none`.
fn expression(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Array(list) => format!("[{}]", list.iter().map(expression).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let members: Vec<_> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), expression(value)))
                .collect();
            // With a space, so that no two braces at the end of objects close the expression.
            format!("{{{} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_template_is_cut_into_words_ways_and_code() {
        assert_eq!(
            pieces("Say {{ a.b }} {{x|upper}}{% if y %}{{ open"),
            [
                Piece::Text("Say "),
                Piece::Path(vec!["a", "b"]),
                Piece::Text(" "),
                Piece::Code("{{x|upper}}"),
                Piece::Code("{% if y %}"),
                Piece::Text("{{ open"),
            ]
        );
    }

    #[test]
    fn ways_are_followed_and_what_is_missing_is_nothing() {
        let values = json!({"a": {"b": 4.0}, "list": [1]}).as_object().cloned().unwrap();
        assert_eq!(render("{{ a.b }}/{{ c }}/{{list}}", &values), Ok("4//[1]".to_owned()));
        assert_eq!(render("{{ a|upper }}", &values), Err("{{ a|upper }}".to_owned()));
    }

    #[test]
    fn values_come_from_the_input_of_a_row() {
        assert_eq!(over_input("It is {{city}}."), Ok("It is {{ input.city }}.".to_owned()));
        assert_eq!(way("input", &["a", "is"]), "input.a[\"is\"]");
    }

    #[test]
    fn a_literal_means_itself() {
        assert_eq!(literal(&json!("Hola mundo")), "Hola mundo");
        assert_eq!(literal(&json!("{{ x }}")), r#"{{ "{{ x }}" }}"#);
        assert_eq!(literal(&json!(["a", null])), r#"{{ ["a", none] }}"#);
        assert_eq!(literal(&json!({"a": {"b": 1}})), r#"{{ {"a": {"b": 1 } } }}"#);
    }

    use carat_core::prompt::ExpectedTemplate;
    use carat_core::{Row, RowId};
    use proptest::prelude::*;

    /// What carat makes of a template for a row with this input.
    fn filled(template: &str, input: &Value) -> Value {
        let row = Row {
            id: RowId::from("r"),
            input: input.as_object().cloned().unwrap_or_default(),
            expected: None,
            tags: Vec::new(),
            split: None,
            metadata: Map::new(),
            messages: Vec::new(),
        };
        ExpectedTemplate::new(template).unwrap().value(&row).unwrap().unwrap()
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![any::<String>(), "[{}%#\"'\\\\ a\n-]{0,8}"];
        let leaf = prop_oneof![
            text.prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z{}]{0,4}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_literal_comes_to_the_very_value(value in value()) {
            let template = literal(&value);
            prop_assert_eq!(filled(&template, &json!({})), value, "{}", template);
        }

        #[test]
        fn a_template_comes_to_the_same_here_and_there(
            before in "[a-z{%# \n]{0,6}", after in "[a-z}%# \n]{0,6}", value in "\\PC{0,8}",
        ) {
            let input = json!({"x": value});
            let template = format!("{before}{{{{ x }}}}{after}");
            let Some(input_map) = input.as_object() else { return Ok(()) };
            if let (Ok(here), Ok(there)) = (over_input(&template), render(&template, input_map)) {
                prop_assert_eq!(filled(&here, &input), Value::from(there), "{}", here);
            }
        }
    }
}
