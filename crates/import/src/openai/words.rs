//! What a judge is told, made of a prompt with places for a row's values.
//!
//! Elsewhere a judge's prompt is a template into which question and answer are put. Here a judge is shown them fenced off,
//! so that nothing in them can give orders; the words say what to look for, and name what is shown.

use crate::template;

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
}
