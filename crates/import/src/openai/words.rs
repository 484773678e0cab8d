//! What a judge is told, made of a prompt with places for a row's values.
//!
//! Elsewhere a judge's prompt is a template into which question and answer are put. Here a judge is shown them fenced off,
//! so that nothing in them can give orders; the words say what to look for, and name what is shown.

use crate::template::{self, way};

/// A prompt for a judge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// What the judge is told.
    pub(super) text: String,
    /// The values of the row that it is to be shown, as ways to them (`input.reference`, `metadata.criteria`), each once.
    pub(super) shown: Vec<String>,
}

impl Words {
    /// Adds words.
    pub(super) fn say(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Names a value of the row, which will be shown.
    pub(super) fn show(&mut self, name: &str, way: String) {
        if !self.shown.contains(&way) {
            self.shown.push(way);
        }
        self.say(&format!("[{name}, which is shown below]"));
    }

    /// The template of what the judge is shown as expected: one value, or several with their names.
    pub(super) fn expected(&self) -> Option<String> {
        match self.shown.as_slice() {
            [] => None,
            [way] => Some(format!("{{{{ {way} }}}}")),
            ways => {
                let name = |way: &str| template::literal_within(way.rsplit('.').next().unwrap_or(way));
                Some(ways.iter().map(|way| format!("{}: {{{{ {way} }}}}", name(way))).collect::<Vec<_>>().join("\n\n"))
            }
        }
    }

    /// Adds a template of Python: `{name}`, with `{{` and `}}` for braces.
    pub(super) fn fill(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            self.say(&rest[..at]);
            let doubled = ["{{", "}}"].into_iter().find(|pair| rest[at..].starts_with(pair));
            if let Some(pair) = doubled {
                self.say(&pair[..1]);
                rest = &rest[at + 2..];
                continue;
            }
            let name = rest[at + 1..]
                .split_once('}')
                .filter(|(name, _)| rest[at..].starts_with('{') && !name.contains(['{', '\n']));
            match name {
                Some((name, after)) => {
                    match name {
                        "input" => self.say("[the question]"),
                        "completion" => self.say("[the answer]"),
                        "ideal" => self.show("what is expected", "ideal".to_owned()),
                        other => self.show(other, way("metadata", &[other])),
                    }
                    rest = after;
                }
                None => {
                    self.say(&rest[at..=at]);
                    rest = &rest[at + 1..];
                }
            }
        }
        self.say(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_in_a_prompt_become_names_of_what_is_shown() {
        let mut words = Words::default();
        words.fill("Q: {input}\nA: {completion} {{not}} {criteria} vs {ideal}{");
        assert_eq!(
            words.text,
            "Q: [the question]\nA: [the answer] {not} [criteria, which is shown below] vs [what is expected, which is shown below]{"
        );
        assert_eq!(words.shown, ["metadata.criteria", "ideal"]);
    }

    proptest! {
        #[test]
        fn no_prompt_breaks_it(text in "([a-z{}\n é]){0,40}") {
            Words::default().fill(&text);
        }
    }
}
