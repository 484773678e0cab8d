//! Reading what people write: YAML with errors that point at the place and name the near-miss.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::credential;
use crate::nearest::did_you_mean;

/// A file that people write is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct YamlError {
    /// The file, as the person knows it.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What is wrong, and the nearest name where a name is.
    pub message: String,
}

/// Reads a document into a type. Keys that the type does not list are errors if the type says so
/// (`deny_unknown_fields`), and every type that people write does.
///
/// As in YAML 1.2 only `true` and `false` are booleans: `yes`, `no`, `on` and `off` are texts, for an answer that is expected
/// to be `yes` is that word.
///
/// # Errors
/// The first thing that is wrong, with its place and, for an unknown name, the nearest known one. What looks like a credential
/// is not repeated: a key that stands in the wrong place, or for the name of a field.
pub fn read<T: DeserializeOwned>(text: &str, file: &str) -> Result<T, YamlError> {
    let options = serde_saphyr::options! { with_snippet: false, strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| explain(&error, file))
}

/// A value, and the line that it begins on, from 1: for what is only wrong beside another value.
#[derive(Debug, Clone)]
pub struct OnLine<T> {
    /// What stands there.
    pub value: T,
    /// The line.
    pub line: u64,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OnLine<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = serde_saphyr::Spanned::deserialize(deserializer)?;
        Ok(Self { line: found.referenced.line(), value: found.value })
    }
}

fn explain(error: &serde_saphyr::Error, file: &str) -> YamlError {
    let (line, column) = error.location().map_or((1, 1), |at| (at.line(), at.column()));
    let message = with_hint(strip_location(&error.to_string()));
    YamlError { file: file.to_owned(), line, column, message: credential::masked(&message).into_owned() }
}

/// The reader ends its messages with the place, which stands in front here.
fn strip_location(message: &str) -> &str {
    let first = message.lines().next().unwrap_or(message);
    first.find(" at line ").map_or(first, |at| &first[..at])
}

/// From so many names on a list of them is not read.
const MANY: usize = 16;

/// The reader says: unknown field `x`, expected one of a, b. A person wants to know which of them was meant.
fn with_hint(message: &str) -> String {
    let unknown = message.strip_prefix("unknown").and_then(|rest| rest.split('`').nth(1));
    let known = message.rsplit_once("expected one of ").or_else(|| message.rsplit_once("expected "));
    match (unknown, known) {
        (Some(unknown), Some((before, known))) => {
            let known: Vec<&str> = known.split(", ").map(|name| name.trim_matches('`')).collect();
            let hint = did_you_mean(unknown, known.iter().copied());
            // Of many names the nearest one is worth more than all of them.
            let said =
                if known.len() > MANY && !hint.is_empty() { before.trim_end_matches([',', ' ']) } else { message };
            format!("{said}{hint}")
        }
        _ => plain_words(message),
    }
}

/// The reader names Rust's types; people know numbers.
fn plain_words(message: &str) -> String {
    match message {
        "invalid u32" | "invalid u64" | "invalid usize" => "expected a whole number that is not negative".to_owned(),
        "invalid f64" | "invalid floating point" => "expected a number".to_owned(),
        _ if message.starts_with("invalid boolean") || message.ends_with("expected a boolean") => {
            "expected `true` or `false`".to_owned()
        }
        "expected string scalar" => "expected a text".to_owned(),
        "expected mapping start" => "expected a mapping (`key: value`)".to_owned(),
        "expected sequence start" => "expected a list (`[a, b]`, or lines that begin with `- `)".to_owned(),
        "unexpected end of input" => "the file ends in the middle of something".to_owned(),
        // The reader ends some messages with advice for programmers.
        _ => message.split(", set DuplicateKeyPolicy").next().unwrap_or(message).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the errors are looked at")]
    struct Spec {
        dataset: String,
        #[serde(default)]
        trials: u32,
    }

    #[test]
    fn an_unknown_key_is_told_with_its_place_and_the_nearest() {
        let error = read::<Spec>("dataset: x\ntrails: 2\n", "evals/a.yaml").unwrap_err();
        insta::assert_snapshot!(error, @"evals/a.yaml:2:1: unknown field `trails`, expected one of dataset, trials; did you mean `trials`?");
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Provider {
        Openai,
        Azure,
    }

    #[test]
    fn a_key_in_the_wrong_place_is_not_repeated() {
        let key = "sk-proj-aB3dE6gH9jK2mN5pQ8sT";
        let told = |text: &str| read::<Spec>(&text.replace("KEY", key), "a.yaml").unwrap_err().to_string();
        insta::assert_snapshot!(told("KEY: x\n"), @"a.yaml:1:1: unknown field `***`, expected one of dataset, trials");
        insta::assert_snapshot!(told("dataset: x\ntrials: KEY\n"), @"a.yaml:2:9: expected a whole number that is not negative");
        let told = read::<Provider>(&format!("{key}\n"), "a.yaml").unwrap_err().to_string();
        insta::assert_snapshot!(told, @"a.yaml:1:1: unknown variant `***`, expected one of openai, azure");
        let twice = format!("a: &a {{ {key}: 1, {key}: 2 }}\n");
        assert!(!read::<serde_json::Value>(&twice, "a.yaml").unwrap_err().to_string().contains(key));
        assert!(!read::<serde_json::Value>(&format!("a: *{key}\n"), "a.yaml").unwrap_err().to_string().contains(key));
        assert!(!read::<serde_json::Value>(&format!("{key}: [\n"), "a.yaml").unwrap_err().to_string().contains(key));
    }

    #[test]
    fn a_missing_key_is_named() {
        let error = read::<Spec>("trials: 2\n", "a.yaml").unwrap_err();
        insta::assert_snapshot!(error, @"a.yaml:1:1: missing field `dataset`");
    }

    #[test]
    fn a_wrong_type_is_told_with_its_place() {
        let error = read::<Spec>("dataset: x\ntrials: many\n", "a.yaml").unwrap_err();
        insta::assert_snapshot!(error, @"a.yaml:2:9: expected a whole number that is not negative");
    }

    #[test]
    fn only_true_and_false_are_booleans() {
        let text = "a: yes\nb: [no, y, 'on', true, False, 1, null, ~]\nc: { off: { d: N } }\ne: &e { f: Yes }\ng: { <<: *e, h: 1.5 }\n";
        assert_eq!(
            read::<serde_json::Value>(text, "a.yaml").unwrap(),
            serde_json::json!({
                "a": "yes",
                "b": ["no", "y", "on", true, false, 1, null, null],
                "c": {"off": {"d": "N"}},
                "e": {"f": "Yes"},
                "g": {"f": "Yes", "h": 1.5},
            })
        );
        assert_eq!(read::<serde_json::Value>("no", "a.yaml").unwrap(), serde_json::json!("no"));
    }

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only the errors are looked at")]
    struct Switch {
        trim: bool,
    }

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only the errors are looked at")]
    struct Flat {
        #[serde(flatten)]
        switch: Switch,
    }

    #[test]
    fn a_word_that_is_no_boolean_is_told_with_the_two_that_are() {
        let error = read::<Switch>("trim: yes\n", "a.yaml").unwrap_err();
        insta::assert_snapshot!(error, @"a.yaml:1:7: expected `true` or `false`");
        let error = read::<Flat>("trim: yes\n", "a.yaml").unwrap_err();
        assert_eq!(error.message, "expected `true` or `false`");
    }

    #[test]
    fn a_value_knows_its_line() {
        let text = "# two of them\n- dataset: a\n\n- { dataset: b }\n";
        let values = read::<Vec<OnLine<Spec>>>(text, "a.yaml").unwrap();
        assert_eq!(values.iter().map(|value| value.line).collect::<Vec<_>>(), [2, 4]);
        let error = read::<Vec<OnLine<Spec>>>("- dataset: a\n- { datsaet: b }\n", "a.yaml").unwrap_err();
        assert_eq!((error.line, error.column), (2, 5));
    }

    #[test]
    fn broken_yaml_is_told_with_its_place() {
        let error = read::<Spec>("dataset: [x\ntrials: 1\n", "a.yaml").unwrap_err();
        insta::assert_snapshot!(error, @"a.yaml:1:10: expected a text");
    }
}
