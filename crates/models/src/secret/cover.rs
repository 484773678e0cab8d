//! Secrets kept out of what is kept of an answer.

use std::borrow::Cow;
use std::cmp::Reverse;

use carat_core::{Completion, credential};
use serde_json::Value;

use super::Secret;

/// From so many bytes on a key without a digit is not taken for a word.
const LONGEST_WORD_AS_KEY: usize = 12;

/// The same of a header's value, which need not be a secret: `X-Team: customer-support` is none.
const LONGEST_WORD_AS_VALUE: usize = 20;

/// Shorter ones are words and numbers, whatever is in them.
const SHORTEST: usize = 6;

/// The secrets of one model. In messages all of them are hidden; in answers those that nobody could have meant to say.
///
/// A fill-in such as `ollama`, or a team's name in a header, is a word that a model may well answer. To replace it would
/// change what is measured, and protect nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets {
    /// The longest first: one may begin with another.
    all: Vec<Secret>,
    /// Those that are looked for in answers, in the same order.
    unmistakable: Vec<Secret>,
}

impl Secrets {
    /// Takes the keys of a model, and the values that its headers take from the environment.
    pub(crate) fn new(keys: impl IntoIterator<Item = Secret>, values: impl IntoIterator<Item = Secret>) -> Self {
        let keys = keys.into_iter().map(|key| (is_unmistakable(&key, LONGEST_WORD_AS_KEY), key));
        let values = values.into_iter().map(|value| (is_unmistakable(&value, LONGEST_WORD_AS_VALUE), value));
        let mut secrets: Vec<(bool, Secret)> = keys.chain(values).collect();
        secrets.sort_by_key(|(_, secret)| Reverse(secret.expose().len()));
        let unmistakable = secrets.iter().filter(|(is_one, _)| *is_one).map(|(_, secret)| secret.clone()).collect();
        Self { all: secrets.into_iter().map(|(_, secret)| secret).collect(), unmistakable }
    }

    /// What must not be shown in a message, the longest first.
    pub(crate) fn all(&self) -> &[Secret] {
        &self.all
    }

    /// The answer without the secrets, wherever in it they stood: its words, its refusal, the calls of tools with their
    /// arguments, the names that the server gave. What has none is looked through and not copied.
    pub(crate) fn cover(&self, mut answer: Completion) -> Completion {
        if self.unmistakable.is_empty() {
            return answer;
        }
        self.cover_text(&mut answer.text);
        let named = [&mut answer.refusal, &mut answer.answered_by, &mut answer.response_id];
        named.into_iter().flatten().for_each(|text| self.cover_text(text));
        for call in &mut answer.tool_calls {
            self.cover_text(&mut call.id);
            self.cover_text(&mut call.name);
            self.cover_value(&mut call.arguments);
        }
        answer
    }

    /// The bytes of a reply without the secrets.
    pub(crate) fn covered<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let text = String::from_utf8_lossy(bytes);
        let hidden = self.unmistakable.iter().fold(None, |hidden: Option<String>, secret| {
            match secret.hide_in(hidden.as_deref().unwrap_or(&text)) {
                Cow::Owned(text) => Some(text),
                Cow::Borrowed(_) => hidden,
            }
        });
        hidden.map_or(Cow::Borrowed(bytes), |text| Cow::Owned(text.into_bytes()))
    }

    fn cover_text(&self, text: &mut String) {
        for secret in &self.unmistakable {
            if let Cow::Owned(hidden) = secret.hide_in(text) {
                *text = hidden;
            }
        }
    }

    /// Goes as deep as the value, which the reader of JSON has bounded.
    fn cover_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.cover_text(text),
            Value::Array(members) => members.iter_mut().for_each(|member| self.cover_value(member)),
            Value::Object(fields) => {
                fields.values_mut().for_each(|field| self.cover_value(field));
                if fields.keys().any(|name| self.is_in(name)) {
                    let covered = std::mem::take(fields).into_iter().map(|(mut name, field)| {
                        self.cover_text(&mut name);
                        (name, field)
                    });
                    *fields = covered.collect();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn is_in(&self, text: &str) -> bool {
        self.unmistakable.iter().any(|secret| secret.is_in(text))
    }
}

/// The variables that a command line names and whose names say that they hold a credential: `$MY_KEY`, `MY_API_TOKEN`.
pub(crate) fn named_in(words: &[String]) -> impl Iterator<Item = &str> {
    let is_of_name = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    let names = words.iter().flat_map(move |word| word.split(move |letter| !is_of_name(letter)));
    names.filter(|name| credential::is_name_of_variable(name))
}

/// Whether a text could not be an ordinary word, name or number of an answer.
fn is_unmistakable(secret: &Secret, longest_word: usize) -> bool {
    let text = secret.expose();
    let has = |kind: fn(&char) -> bool| text.chars().any(|letter| kind(&letter));
    let is_mixed = has(char::is_ascii_digit) && has(char::is_ascii_alphabetic);
    let is_long = text.len() >= longest_word && !has(|letter| letter.is_whitespace());
    text.len() >= SHORTEST && (is_mixed || is_long || credential::is_written_in(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::ToolCall;
    use serde_json::json;

    const KEY: &str = "sk-test-1234567890";

    fn covered(secrets: &Secrets, text: &str) -> String {
        secrets.cover(Completion { text: text.to_owned(), ..Completion::default() }).text
    }

    fn keys(keys: &[&str]) -> Secrets {
        Secrets::new(keys.iter().copied().map(Secret::new), [])
    }

    #[test]
    fn a_key_is_covered_wherever_an_answer_has_it() {
        let said = || Some(format!("<{KEY}>"));
        let arguments = json!({"a": [KEY, {"b": format!("x{KEY}")}], KEY: 1, "c": 2});
        let call = ToolCall { id: KEY.to_owned(), name: format!("f{KEY}"), arguments };
        let answer = Completion {
            text: format!("{KEY} and {KEY}"),
            tool_calls: vec![call],
            refusal: said(),
            answered_by: said(),
            response_id: said(),
            ..Completion::default()
        };
        let covered = keys(&[KEY]).cover(answer);
        let hidden = || Some("<***>".to_owned());
        assert_eq!(covered.text, "*** and ***");
        assert_eq!([covered.refusal, covered.answered_by, covered.response_id], [hidden(), hidden(), hidden()]);
        let [ToolCall { id, name, arguments }] = covered.tool_calls.try_into().unwrap();
        assert_eq!((id.as_str(), name.as_str()), ("***", "f***"));
        assert_eq!(arguments.to_string(), r#"{"a":["***",{"b":"x***"}],"***":1,"c":2}"#);
    }

    #[test]
    fn a_key_that_begins_with_another_one_leaves_no_rest() {
        assert_eq!(covered(&keys(&["abc123", "abc123def456"]), "abc123def456 abc123"), "*** ***");
    }

    #[test]
    fn words_that_a_model_may_answer_are_left_alone() {
        for fill_in in ["-", "none", "EMPTY", "ollama", "lm-studio", "not-needed", "1234", "20260101"] {
            assert_eq!(covered(&keys(&[fill_in]), fill_in), fill_in);
        }
        let team = Secrets::new([], ["support", "customer-support"].map(Secret::new));
        assert_eq!(covered(&team, "support, customer-support"), "support, customer-support");
        let token = Secrets::new([], [Secret::new("team-4f9a1c")]);
        assert_eq!(covered(&token, "team-4f9a1c"), "***");
    }

    #[test]
    fn the_variables_of_credentials_are_found_in_a_command() {
        let words =
            ["python3", "a.py", "--key-env=MY_KEY", "-c", "curl -H \"x: ${HF_TOKEN}\" $HOME/KEY $MY_API_SECRET_2"];
        let words = words.map(str::to_owned);
        assert_eq!(named_in(&words).collect::<Vec<_>>(), ["MY_KEY", "HF_TOKEN", "KEY", "MY_API_SECRET_2"]);
    }

    #[test]
    fn a_reply_is_copied_only_where_something_is_hidden_in_it() {
        let secrets = keys(&[KEY]);
        assert!(matches!(secrets.covered(b"\xff{}"), Cow::Borrowed(_)));
        assert_eq!(&*secrets.covered(format!("a {KEY}, {}", KEY.to_uppercase()).as_bytes()), b"a ***, ***");
    }
}
