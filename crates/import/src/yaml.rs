//! Writing YAML that people like to read: blocks, with short things on one line, and quotes only where they are needed.
//!
//! What is written reads back as the very same value; a property test holds it to that.

use serde_json::{Map, Value};

/// The most columns of something that is written on one line.
const WIDEST: usize = 110;

/// Words that a reader of some version of YAML takes for something else than a text.
const KEYWORDS: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"];

/// A mapping as a document of its own.
pub(crate) fn document(map: &Map<String, Value>) -> String {
    let mut text = String::new();
    for (key, value) in map {
        text.push_str(&key_text(key));
        text.push(':');
        beside(value, 0, &mut text);
    }
    text
}

/// Writes what stands behind `key:` or `-`, with the end of its line. `level` is the indentation of the line, in steps.
fn beside(value: &Value, level: usize, text: &mut String) {
    if let Some(block) = literal(value, level + 1) {
        text.push_str(&block);
    } else if let Some(line) = on_one_line(value, level) {
        text.push(' ');
        text.push_str(&line);
        text.push('\n');
    } else {
        text.push('\n');
        below(value, level + 1, text);
    }
}

/// Writes a mapping or a list on lines of its own.
fn below(value: &Value, level: usize, text: &mut String) {
    let indent = "  ".repeat(level);
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                text.push_str(&format!("{indent}{}:", key_text(key)));
                beside(value, level, text);
            }
        }
        Value::Array(list) => {
            for value in list {
                item(value, level, text);
            }
        }
        other => text.push_str(&format!("{indent}{}\n", flow(other))),
    }
}

/// Writes one member of a list. A mapping that does not fit on a line begins behind the hyphen.
fn item(value: &Value, level: usize, text: &mut String) {
    let indent = "  ".repeat(level);
    text.push_str(&format!("{indent}-"));
    match value {
        Value::Object(map) if on_one_line(value, level + 1).is_none() => {
            for (at, (key, value)) in map.iter().enumerate() {
                let lead = if at == 0 { " ".to_owned() } else { format!("{indent}  ") };
                text.push_str(&format!("{lead}{}:", key_text(key)));
                beside(value, level + 1, text);
            }
        }
        _ => beside(value, level, text),
    }
}

/// The value as it stands on one line, if it may: what is in the outermost mapping has its members on lines of their own
/// where they are more than plain values.
fn on_one_line(value: &Value, level: usize) -> Option<String> {
    let members_are_plain = match value {
        Value::Object(map) => map.values().all(is_plain),
        Value::Array(list) => list.iter().all(is_plain),
        _ => true,
    };
    if (level == 0 && !members_are_plain) || has_long_text(value) {
        return None;
    }
    let line = flow(value);
    let is_container = matches!(value, Value::Object(_) | Value::Array(_));
    (!is_container || line.chars().count() + 2 * level <= WIDEST).then_some(line)
}

fn is_plain(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => true,
    }
}

/// Whether a text in a container is to be written as lines.
fn has_long_text(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.values().any(|value| lines_of(value).is_some() || has_long_text(value)),
        Value::Array(list) => list.iter().any(|value| lines_of(value).is_some() || has_long_text(value)),
        _ => false,
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => scalar(text),
        Value::Array(list) => format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let members: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", key_text(key), flow(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
    }
}

/// A text of several lines as a block, with its `|` in front.
fn literal(value: &Value, level: usize) -> Option<String> {
    let (text, chomp) = lines_of(value)?;
    let indent = "  ".repeat(level);
    let mut block = format!(" |{chomp}\n");
    for line in text.split('\n') {
        if !line.is_empty() {
            block.push_str(&indent);
            block.push_str(line);
        }
        block.push('\n');
    }
    Some(block)
}

/// A text that reads best as lines, without its last line break, and how that is written. Where white space would have to be
/// counted to be read back, there is none.
fn lines_of(value: &Value) -> Option<(&str, &'static str)> {
    let text = value.as_str().filter(|text| text.contains('\n'))?;
    let (body, chomp) = text.strip_suffix('\n').map_or((text, "-"), |body| (body, ""));
    let is_clear = |line: &str| line.is_empty() || !line.trim().is_empty();
    let begins_clearly = !body.starts_with(char::is_whitespace) && !body.is_empty();
    let printable = body.chars().all(|c| c == '\n' || !needs_escape(c));
    let ends_clearly = !body.ends_with('\n');
    (begins_clearly && ends_clearly && printable && body.split('\n').all(is_clear)).then_some((body, chomp))
}

/// A key. `on` is one of carat's own, and a key is read as the text that it is.
fn key_text(key: &str) -> String {
    if key == "on" { key.to_owned() } else { scalar(key) }
}

/// A text on one line, in quotes where it would be taken for something else without them.
fn scalar(text: &str) -> String {
    let of_a_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ' ' | '(' | ')');
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_word = begins && !text.ends_with(' ') && text.chars().all(of_a_word);
    if is_word && !KEYWORDS.contains(&text.to_lowercase().as_str()) { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if needs_escape(c) && u32::from(c) > 0xFFFF => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            c if needs_escape(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether a character cannot stand in YAML as it is, or would not be seen.
fn needs_escape(c: char) -> bool {
    let code = u32::from(c);
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}') || code & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn written(value: &Value) -> String {
        document(value.as_object().unwrap())
    }

    #[test]
    fn short_things_stand_on_one_line_and_long_ones_in_blocks() {
        let spec = json!({
            "description": "Does it work?",
            "prompts": ["a", "b/c"],
            "scorers": [
                {"name": "exact", "exact": {}},
                {"name": "judge", "judge": {"model": "m", "rubric": "Is it good?\nIs it short?"}},
            ],
            "models": {"m": {"provider": "openai", "model": "gpt-4o:x"}},
        });
        insta::assert_snapshot!(written(&spec), @r#"
        description: "Does it work?"
        prompts: [a, b/c]
        scorers:
          - { name: exact, exact: {} }
          - name: judge
            judge:
              model: m
              rubric: |-
                Is it good?
                Is it short?
        models:
          m: { provider: openai, model: "gpt-4o:x" }
        "#);
    }

    #[test]
    fn what_would_be_read_as_something_else_is_quoted() {
        let all = json!({"a": ["no", "1", "true", "~", "- x", "a: b", "x #y", "{", "", " ", "é", "2026-05-01", "null", "a\tb"]});
        insta::assert_snapshot!(written(&all), @r##"a: ["no", "1", "true", "~", "- x", "a: b", "x #y", "{", "", " ", é, "2026-05-01", "null", "a\tb"]"##);
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[ \n\t:#'\"{}\\[\\],&*!|>%@`~a-c-]{0,12}",
            "(on|yes|no|null|1e3|0x1f|---|\\.\\.\\.|\\? a|a: b|\r\n|\u{85}|\u{2028}| {0,3}x\n){1,4}",
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e6..1e6f64).prop_map(Value::from),
            text().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(text(), inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_as_the_same(map in prop::collection::btree_map(text(), value(), 0..5)) {
            let map = Value::Object(map.into_iter().collect());
            let text = written(&map);
            let read = if text.is_empty() { json!({}) } else { carat_core::yaml::read::<Value>(&text, "x").map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))? };
            prop_assert_eq!(read, map, "{}", text);
        }
    }
}
