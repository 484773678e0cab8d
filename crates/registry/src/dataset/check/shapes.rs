//! Which inputs rows have.

use std::collections::{BTreeMap, BTreeSet};

use super::Places;
use super::finding::{Kind, Report, Several, Severity};
use crate::dataset::Located;
use crate::dataset::columns::near_miss;

/// More kinds of rows than this are not told apart: keys that differ in every row are data.
const MOST_SHAPES: usize = 1000;

/// What a column with the right answers is often called.
const ANSWERS: [&str; 11] = [
    "answer",
    "answers",
    "label",
    "target",
    "output",
    "ideal",
    "reference",
    "completion",
    "response",
    "gold",
    "expected_output",
];

/// Rows by the names of their inputs.
#[derive(Default)]
pub(super) struct Shapes {
    rows: BTreeMap<Shape, Several>,
    unasked: Several,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    keys: BTreeSet<String>,
    loose: bool,
}

impl Shapes {
    pub(super) fn take(&mut self, number: u32, located: &Located) {
        let row = &located.row;
        if row.input.is_empty() {
            if row.messages.is_empty() {
                self.unasked.take(number);
            }
            return;
        }
        let shape = Shape { keys: row.input.keys().cloned().collect(), loose: located.loose };
        if self.rows.len() < MOST_SHAPES || self.rows.contains_key(&shape) {
            self.rows.entry(shape).or_default().take(number);
        }
    }

    /// `expected`: whether any row says what is expected.
    pub(super) fn report(&self, places: &Places, report: &mut Report, expected: bool) {
        if self.unasked.total() > 0 {
            let message = format!("nothing is asked in {}: neither inputs nor messages", self.unasked.words());
            report.say(Severity::Warning, Kind::NothingAsked, message, self.unasked.clone(), places);
        }
        self.differing(places, report);
        self.near_misses(places, report, expected);
    }

    fn differing(&self, places: &Places, report: &mut Report) {
        let Some((most, _)) = self.rows.iter().max_by_key(|(_, rows)| rows.total()) else { return };
        for (shape, rows) in self.rows.iter().filter(|(shape, _)| shape.keys != most.keys) {
            let lacking = list(most.keys.difference(&shape.keys));
            let besides = list(shape.keys.difference(&most.keys));
            let what = match (lacking.is_empty(), besides.is_empty()) {
                (false, true) => format!("lacks {lacking}"),
                (true, _) => format!("also has {besides}"),
                (false, false) => format!("has {besides} in place of {lacking}"),
            };
            let message = format!("the input of {} differs from that of most: it {what}", rows.words());
            report.say(Severity::Warning, Kind::DifferingInputs, message, rows.clone(), places);
        }
    }

    fn near_misses(&self, places: &Places, report: &mut Report, expected: bool) {
        let mut seen = BTreeSet::new();
        for (shape, rows) in self.rows.iter().filter(|(shape, _)| shape.loose) {
            for key in shape.keys.iter().filter(|key| seen.insert(key.as_str())) {
                let message = match near_miss(key) {
                    Some(field) => format!("`{key}` is taken for an input; if the field `{field}` is meant, rename it"),
                    None if !expected && ANSWERS.contains(&key.to_lowercase().as_str()) => format!(
                        "`{key}` is taken for an input, and no row says what is expected; \
                         if it is the right answer, rename it to `expected`"
                    ),
                    None => continue,
                };
                report.say(Severity::Warning, Kind::NearMissKey, message, rows.clone(), places);
            }
        }
    }
}

fn list<'a>(keys: impl Iterator<Item = &'a String>) -> String {
    keys.map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}
