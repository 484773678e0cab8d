//! `on`: the part of an answer that a scorer looks at.
//!
//! An answer without that part is a wrong answer, with a reason that begins with `no`: the model did not give what was asked
//! for. It is not unscored.
//!
//! * `json_path` reads the answer as JSON (in a fenced code block too where the scorer is `json` with `fenced`) and takes
//!   the one value at the path: a string as its text, anything else as JSON text. None or several values are no value.
//! * `regex` takes the first capture group of the first match, or the whole match where the expression has no group.
//! * `last_line` takes the last line that is not blank, with its white space.

use std::borrow::Cow;

use carat_core::spec::Extraction;
use regex::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::error::BadSetting;
use super::json::document;
use super::pattern;

/// A way to a part of an answer.
pub(crate) enum Extract {
    /// The one value at a path.
    Path { path: JsonPath, fenced: bool },
    /// What an expression finds.
    Pattern(Regex),
    /// The last line that is not blank.
    LastLine,
}

impl Extract {
    pub(crate) fn new(extraction: &Extraction, fenced: bool) -> Result<Self, BadSetting> {
        match extraction {
            Extraction::JsonPath(text) => JsonPath::parse(text)
                .map(|path| Self::Path { path, fenced })
                .map_err(|error| BadSetting::new("on.json_path", bad_path(text, &error))),
            Extraction::Regex(text) => pattern::compile("on.regex", text).map(Self::Pattern),
            Extraction::LastLine(true) => Ok(Self::LastLine),
            Extraction::LastLine(false) => {
                Err(BadSetting::new("on.last_line", "`false` names no part of the answer; leave `on` out"))
            }
        }
    }

    /// That part, or why there is none.
    pub(crate) fn part_of<'a>(&self, answer: &'a str) -> Result<Cow<'a, str>, String> {
        match self {
            Self::Path { path, fenced } => value_at(path, answer, *fenced).map(Cow::Owned),
            Self::Pattern(pattern) => found_by(pattern, answer).map(Cow::Borrowed),
            Self::LastLine => answer
                .lines()
                .rfind(|line| !line.trim().is_empty())
                .map(Cow::Borrowed)
                .ok_or_else(|| "no line that is not blank".to_owned()),
        }
    }
}

/// Where a path goes wrong; the parser counts bytes from 0, and what it says beside that misleads more than it helps.
fn bad_path(text: &str, error: &serde_json_path::ParseError) -> String {
    let character = text.char_indices().take_while(|(byte, _)| *byte < error.position()).count() + 1;
    let advice = if text.starts_with('$') { "" } else { "; a path begins with `$`" };
    format!("at character {character} of `{text}`: not an RFC 9535 JSON path{advice}")
}

fn value_at(path: &JsonPath, answer: &str, fenced: bool) -> Result<String, String> {
    let document = document::read(answer, fenced).map_err(|why| format!("no value at `{path}`: {why}"))?;
    let found = path.query(&document);
    match (found.first(), found.len()) {
        (Some(Value::String(text)), 1) => Ok(text.clone()),
        (Some(value), 1) => Ok(value.to_string()),
        (None, _) => Err(format!("no value at `{path}`")),
        (Some(_), several) => Err(format!("no single value at `{path}`: there are {several}")),
    }
}

fn found_by<'a>(pattern: &Regex, answer: &'a str) -> Result<&'a str, String> {
    let group = usize::from(pattern.captures_len() > 1);
    let captures = pattern.captures(answer).ok_or_else(|| format!("no match of `{pattern}`"))?;
    captures.get(group).map(|found| found.as_str()).ok_or_else(|| format!("no text in the group of `{pattern}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn path(text: &str) -> Extract {
        Extract::new(&Extraction::JsonPath(text.into()), false).unwrap()
    }

    fn pattern(text: &str) -> Extract {
        Extract::new(&Extraction::Regex(text.into()), false).unwrap()
    }

    #[test]
    fn a_path_takes_the_one_value_that_it_names() {
        let answer = r#"{"items": [{"sku": "A-1", "n": 2}], "ok": true}"#;
        assert_eq!(path("$.items[0].sku").part_of(answer).unwrap(), "A-1");
        assert_eq!(path("$.items[0]").part_of(answer).unwrap(), r#"{"sku":"A-1","n":2}"#);
        assert_eq!(path("$..n").part_of(answer).unwrap(), "2");
    }

    #[test]
    fn none_or_several_values_and_what_is_no_json_are_no_value() {
        let why = |text, answer| path(text).part_of(answer).unwrap_err();
        assert_eq!(why("$.a", "{}"), "no value at `$.a`");
        assert_eq!(why("$[*]", "[1, 2]"), "no single value at `$[*]`: there are 2");
        assert!(why("$.a", "hello").starts_with("no value at `$.a`: not JSON"));
    }

    #[test]
    fn an_expression_takes_its_first_group_or_the_whole_match() {
        assert_eq!(pattern(r"ANSWER: (\w+)").part_of("ANSWER: B\nANSWER: C").unwrap(), "B");
        assert_eq!(pattern(r"\d+").part_of("a 12 b 13").unwrap(), "12");
        assert_eq!(pattern(r"a(b)?").part_of("ac").unwrap_err(), "no text in the group of `a(b)?`");
        assert_eq!(pattern(r"\d").part_of("x").unwrap_err(), r"no match of `\d`");
    }

    #[test]
    fn the_last_line_is_the_last_that_is_not_blank() {
        assert_eq!(Extract::LastLine.part_of("one\n two\r\n\n \t\n").unwrap(), " two");
        assert_eq!(Extract::LastLine.part_of(" \n").unwrap_err(), "no line that is not blank");
    }

    proptest! {
        #[test]
        fn no_answer_is_too_strange_to_look_for_a_part_of(answer in any::<String>()) {
            for extract in [path("$..a"), path("$[?@ > 1]"), pattern("(a)|b"), pattern("(?s).*"), Extract::LastLine] {
                if let Err(reason) = extract.part_of(&answer) {
                    prop_assert!(reason.starts_with("no "), "{}", reason);
                }
            }
        }
    }
}
