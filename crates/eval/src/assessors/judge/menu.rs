//! The verdicts that a judge may give.

use serde_json::{Value, json};

use crate::scorers::BadSetting;

/// The verdicts that are offered, in the order in which they are offered. None is another one's twin.
pub(super) struct Menu {
    words: Vec<String>,
    /// The same, as they are compared.
    plain: Vec<String>,
    /// Whether they are numbers, in JSON too.
    numbers: bool,
}

impl Menu {
    /// These words.
    pub(super) fn of(words: &[&str]) -> Self {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Self { plain: words.iter().map(|word| plain(word)).collect(), words, numbers: false }
    }

    /// The whole numbers from the one to the other.
    pub(super) fn numbers(from: i32, to: i32) -> Self {
        let words: Vec<String> = (from..=to).map(|number| number.to_string()).collect();
        Self { plain: words.clone(), words, numbers: true }
    }

    /// The labels of a person.
    ///
    /// # Errors
    /// There are fewer than two, one is empty, or two cannot be told apart where case, quotes and emphasis do not count.
    pub(super) fn labels(labels: &[String]) -> Result<Self, BadSetting> {
        let bad = |message: String| Err(BadSetting::new("judge.classify.labels", message));
        if labels.len() < 2 {
            return bad("a judge needs two labels at least to choose from".to_owned());
        }
        let menu = Self::of(&labels.iter().map(String::as_str).collect::<Vec<_>>());
        for (index, label) in menu.plain.iter().enumerate() {
            if label.is_empty() {
                return bad(format!("`{}` is no label", labels[index]));
            }
            if let Some(twin) = menu.plain[..index].iter().position(|other| other == label) {
                return bad(format!("`{}` and `{}` are the same label", labels[twin], labels[index]));
            }
        }
        Ok(menu)
    }

    /// The verdict at this place of the menu.
    pub(super) fn word(&self, pick: usize) -> &str {
        self.words.get(pick).map_or("", String::as_str)
    }

    /// Which verdict a text is: the whole of it, but for case, white space, emphasis and quotes around it, and a full stop.
    pub(super) fn pick(&self, text: &str) -> Option<usize> {
        let text = plain(text);
        self.plain.iter().position(|word| *word == text)
    }

    /// Which verdict a JSON value is: a text, or a number where verdicts are numbers. 4.0 is 4.
    pub(super) fn pick_value(&self, value: &Value) -> Option<usize> {
        match value {
            Value::String(text) => self.pick(text),
            Value::Number(number) if self.numbers => {
                let whole = number.as_f64().filter(|number| number.fract() == 0.0)?;
                self.plain.iter().position(|word| word.parse() == Ok(whole))
            }
            Value::Number(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// What they are, for a person and for a judge. Words that are more than a word are put in quotes.
    pub(super) fn shown(&self) -> String {
        if let (true, [worst, .., best]) = (self.numbers, self.words.as_slice()) {
            return format!("a whole number from {worst} to {best}");
        }
        let plain = self.words.iter().all(|word| word.chars().all(char::is_alphanumeric));
        let words: Vec<String> = self
            .words
            .iter()
            .map(|word| if plain { word.clone() } else { Value::from(word.as_str()).to_string() })
            .collect();
        format!("one of {}", words.join(", "))
    }

    /// The JSON Schema of an answer: first the reason, so that it is thought of before the verdict, and not found for it.
    pub(super) fn schema(&self) -> Value {
        let verdict = if self.numbers {
            let numbers: Vec<i32> = self.words.iter().filter_map(|word| word.parse().ok()).collect();
            json!({"type": "integer", "enum": numbers})
        } else {
            json!({"type": "string", "enum": self.words})
        };
        json!({
            "type": "object",
            "properties": {"reason": {"type": "string"}, "verdict": verdict},
            "required": ["reason", "verdict"],
            "additionalProperties": false,
        })
    }
}

/// A verdict as it is compared.
fn plain(text: &str) -> String {
    let text = text.trim_start_matches(is_dressing);
    text.trim_end_matches(|c| is_dressing(c) || matches!(c, '.' | '!' | '。')).to_lowercase()
}

/// What is put around a word without changing it.
fn is_dressing(c: char) -> bool {
    c.is_whitespace() || is_emphasis(c) || matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’')
}

/// Markdown's marks of emphasis and code.
pub(super) const fn is_emphasis(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_known_in_its_usual_dresses_and_in_no_others() {
        let menu = Menu::of(&["PASS", "FAIL"]);
        for text in ["PASS", "pass", " **Pass**.", "`PASS`", "\"PASS\"", "_pass_!", "“PASS”"] {
            assert_eq!(menu.pick(text), Some(0), "{text}");
        }
        for text in ["", "PASSED", "PASS FAIL", "PASS/FAIL", "not PASS", "PA SS", "РASS"] {
            assert_eq!(menu.pick(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_a_verdict_only_where_verdicts_are_numbers() {
        let scale = Menu::numbers(-1, 5);
        assert_eq!(scale.pick_value(&json!(4)), Some(5));
        assert_eq!(scale.pick_value(&json!(4.0)), Some(5));
        assert_eq!(scale.pick_value(&json!("4")), Some(5));
        assert_eq!(scale.pick_value(&json!(-1)), Some(0));
        for off in [json!(4.5), json!(6), json!("4/5"), json!(true), json!(null), json!([4]), json!(1e300)] {
            assert_eq!(scale.pick_value(&off), None, "{off}");
        }
        assert_eq!(Menu::of(&["1", "2"]).pick_value(&json!(1)), None);
    }

    #[test]
    fn verdicts_that_are_more_than_a_word_are_shown_in_quotes() {
        assert_eq!(Menu::of(&["PASS", "FAIL"]).shown(), "one of PASS, FAIL");
        assert_eq!(Menu::of(&["kind", "not, as such, rude"]).shown(), r#"one of "kind", "not, as such, rude""#);
        assert_eq!(Menu::numbers(0, 1).shown(), "a whole number from 0 to 1");
    }

    #[test]
    fn labels_that_a_judge_could_not_tell_apart_are_refused() {
        let labels = |labels: &[&str]| Menu::labels(&labels.iter().map(|&label| label.to_owned()).collect::<Vec<_>>());
        assert!(labels(&["C", "C++", "c#"]).is_ok());
        for twins in [&["a", "b", "A"][..], &["a", "*a*"], &["a", ""], &["a", " "], &["a"], &[]] {
            assert!(labels(twins).is_err(), "{twins:?}");
        }
    }
}
