//! `choice`: the answer names one of several classes, and it is the expected one.
//!
//! * **Source** the whole answer, or the part that `on` names. **Range** a verdict, with the expected and the named class in
//!   `labels`, spelt as in the spec. **Normalisation** case is always ignored, as `case: ignore` does it; NFC is not done.
//! * `find: whole`: the answer is the class once white space, full stops, and pairs of quotes or emphasis around it are taken
//!   off, one after the other; a class that has such characters itself is still recognised.
//! * `find: word`: exactly one class stands in the answer as a word of its own. A class inside a longer class (`new` in `new
//!   york`) does not count, nor one that is joined to a word or number: `non-technical` is not `technical`, and `4.5` is
//!   neither 4 nor 5. It does not understand negation: `not billing` names `billing`.
//! * An answer that names no class, or several, is wrong and has no predicted class.
//! * **Unscored** without an expectation, and with one that is not one of the classes (apart from case and white space
//!   around it).

mod word;

use carat_core::spec::{ChoiceSpec, Find};
use carat_core::{Grade, Labels, Score, Unscored};
use serde_json::Value;

use super::assembly::Measure;
use super::error::BadSetting;
use super::excerpt::{excerpt, listed};
use super::expected;
use super::text::fold_case;

/// Classes, of which the answer names one.
pub(super) struct Choice {
    classes: Vec<Class>,
    find: Find,
}

/// One class.
struct Class {
    /// As the spec spells it.
    label: String,
    /// As it is compared.
    folded: String,
}

impl Choice {
    pub(super) fn new(spec: &ChoiceSpec) -> Result<Self, BadSetting> {
        let bad = |message: String| Err(BadSetting::new("choice.options", message));
        let mut classes: Vec<Class> = Vec::with_capacity(spec.options.len());
        for label in &spec.options {
            let folded = fold_case(label.trim());
            if folded.is_empty() {
                return bad("a class without letters cannot be named".to_owned());
            }
            if let Some(twin) = classes.iter().find(|class| class.folded == folded) {
                return bad(format!("`{}` and `{label}` are the same class, apart from case", twin.label));
            }
            classes.push(Class { label: label.clone(), folded });
        }
        if classes.len() < 2 {
            return bad("a choice needs at least two classes".to_owned());
        }
        Ok(Self { classes, find: spec.find })
    }

    fn class(&self, folded: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.folded == folded)
    }

    /// The class that a folded answer names, or why it names none.
    fn named_by(&self, answer: &str) -> Result<&Class, String> {
        match self.find {
            Find::Whole => self.whole(answer).ok_or_else(|| "the answer is none of the classes".to_owned()),
            Find::Word => self.only_word(answer),
        }
    }

    fn whole(&self, answer: &str) -> Option<&Class> {
        let mut text = answer.trim();
        loop {
            match self.class(text) {
                Some(class) => return Some(class),
                None => text = peeled(text)?.trim(),
            }
        }
    }

    fn only_word(&self, answer: &str) -> Result<&Class, String> {
        let named = word::standing_in(answer, self.classes.iter().map(|class| class.folded.as_str()));
        match named.as_slice() {
            [] => Err("no class stands in the answer".to_owned()),
            [one] => Ok(&self.classes[*one]),
            several => {
                let labels = several.iter().map(|class| self.classes[*class].label.as_str());
                Err(format!("several classes stand in the answer: {}", listed(labels)))
            }
        }
    }
}

/// What may stand around a class, each with what closes it.
const AROUND: [(char, char); 12] = [
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('“', '”'),
    ('„', '“'),
    ('„', '”'),
    ('‘', '’'),
    ('‚', '‘'),
    ('«', '»'),
    ('»', '«'),
    ('*', '*'),
    ('_', '_'),
];

/// The text without a full stop at its end, or else without one pair around it; none where it has neither.
fn peeled(text: &str) -> Option<&str> {
    text.strip_suffix(['.', '。']).or_else(|| {
        AROUND.iter().find_map(|(open, close)| text.strip_prefix(*open).and_then(|inner| inner.strip_suffix(*close)))
    })
}

impl Measure for Choice {
    /// The label of the expected class.
    type Expected<'r> = String;

    fn expected(&self, row: Option<&Value>) -> Result<String, Unscored> {
        let written = match expected::given(row)? {
            Value::Array(_) => return Err(expected::bad("a list is not one class")),
            one => expected::text(one)?,
        };
        let class = self.class(&fold_case(written.trim()));
        class.map(|class| class.label.clone()).ok_or_else(|| {
            let classes = listed(self.classes.iter().map(|class| class.label.as_str()));
            expected::bad(format!("`{}` is none of the classes ({classes})", excerpt(&written)))
        })
    }

    fn measure(&self, answer: &str, expected: &String) -> Result<Score, Unscored> {
        Ok(match self.named_by(&fold_case(answer)) {
            Ok(class) => labelled(expected, Some(&class.label)),
            Err(reason) => self.nothing(expected, reason),
        })
    }

    fn nothing(&self, expected: &String, reason: String) -> Score {
        labelled(expected, None).because(reason)
    }
}

fn labelled(expected: &str, predicted: Option<&str>) -> Score {
    let labels = Labels { expected: expected.to_owned(), predicted: predicted.map(str::to_owned) };
    Score { labels: Some(labels), ..Grade::Pass(predicted == Some(expected)).into() }
}
