//! Reading an answer as JSON.

use serde_json::Value;

/// The JSON that the text is; with `fenced`, else the JSON that the one fenced code block in it holds.
pub(in crate::scorers) fn read(text: &str, fenced: bool) -> Result<Value, String> {
    let error = match parse(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let blocks = blocks(text);
    match (fenced, blocks.as_slice()) {
        (true, [block]) => parse(block).map_err(|error| format!("{error} (in the code block)")),
        (true, [_, _, ..]) => Err("not JSON: there are several code blocks".to_owned()),
        (false, [block]) if parse(block).is_ok() => {
            Err("not JSON: it stands in a code block, which `fenced: true` would read".to_owned())
        }
        _ => Err(error),
    }
}

fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))
}

/// What stands between fences of at least three backticks or tildes, as Markdown has it. A block that is not closed is none;
/// a third block is not looked for.
fn blocks(text: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        match (open, fence(line)) {
            (None, Some(fence)) => open = Some((fence, offset)),
            (Some((opening, from)), Some(closing)) if closes(opening, closing, line) => {
                blocks.push(&text[from..start]);
                open = None;
            }
            _ => {}
        }
        if blocks.len() == 2 {
            break;
        }
    }
    blocks
}

/// The marks of a fence at the beginning of a line, indented by at most three spaces.
fn fence(line: &str) -> Option<&str> {
    let inner = line.trim_start_matches(' ');
    let mark = inner.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let marks = &inner[..inner.len() - inner.trim_start_matches(mark).len()];
    let info = &inner[marks.len()..];
    let indented = line.len() - inner.len() > 3;
    // A line such as ```{}``` is code in a line, not a fence.
    (marks.len() >= 3 && !indented && !(mark == '`' && info.contains('`'))).then_some(marks)
}

fn closes(opening: &str, closing: &str, line: &str) -> bool {
    closing.starts_with(opening) && line.trim() == closing
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn json_in_a_code_block_is_read_where_that_is_named() {
        for text in [
            "```json\n{\"a\": 1}\n```",
            "Here it is:\n\n```\n{\"a\": 1}\n```\nAnything else?",
            "  ~~~\n{\"a\": 1}\n  ~~~~",
            "````json\r\n{\"a\": 1}\r\n````\r\n",
            "{\"a\": 1}",
        ] {
            assert_eq!(read(text, true), Ok(json!({"a": 1})), "{text}");
        }
        let advice = read("```\n{}\n```", false).unwrap_err();
        assert_eq!(advice, "not JSON: it stands in a code block, which `fenced: true` would read");
    }

    #[test]
    fn a_block_that_is_not_the_one_block_is_not_guessed() {
        assert_eq!(read("```\n{}\n```\n```\n[]\n```", true).unwrap_err(), "not JSON: there are several code blocks");
        assert!(read("```json\n{}", true).is_err());
        assert!(read("```{}```", true).is_err());
        assert!(read("```\n{}\n~~~", true).is_err());
        assert!(read("    ```\n{}\n    ```", true).is_err());
    }

    #[test]
    fn hostile_json_is_no_json() {
        for text in ["", "1e999", "NaN", "{\"a\": 1,}", "\"\\ud800\"", "{} {}", "\u{feff}{}", "[1, 2"] {
            assert!(read(text, true).is_err(), "{text}");
        }
        assert!(read(&"[".repeat(1_000_000), true).unwrap_err().contains("recursion limit"));
        assert!(read("[0]", false).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange_to_read(text in any::<String>(), fenced in any::<bool>()) {
            let _ = read(&text, fenced);
            let _ = read(&format!("```\n{text}\n```"), fenced);
        }

        #[test]
        fn what_stands_in_a_block_is_what_would_stand_alone(number in any::<i64>(), info in "[a-z]{0,5}") {
            prop_assert_eq!(read(&format!("so:\n```{info}\n[{number}]\n```"), true), Ok(json!([number])));
        }
    }
}
