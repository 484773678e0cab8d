//! What rows expect.

use std::collections::BTreeMap;

use carat_core::Row;
use serde_json::Value;

use super::Places;
use super::finding::{Kind, Report, Several, Severity, counted};
use crate::dataset::row::kind;

/// More different texts than this are not labels.
const MOST_LABELS: usize = 20;

/// A longer text is not a label.
const LONGEST_LABEL: usize = 40;

/// On how few rows a label's score says next to nothing.
const FEW: u64 = 5;

/// Expectations, counted.
#[derive(Default)]
pub(super) struct Expectations {
    missing: Several,
    empty: Several,
    kinds: BTreeMap<&'static str, Several>,
    labels: BTreeMap<String, Several>,
    not_labels: bool,
}

impl Expectations {
    pub(super) fn take(&mut self, number: u32, row: &Row) {
        let Some(expected) = &row.expected else { return self.missing.take(number) };
        self.kinds.entry(kind(expected)).or_default().take(number);
        match expected {
            Value::String(text) if text.trim().is_empty() => self.empty.take(number),
            Value::String(text) => self.take_label(number, text),
            _ => self.not_labels = true,
        }
    }

    fn take_label(&mut self, number: u32, text: &str) {
        if self.not_labels {
            return;
        }
        if let Some(rows) = self.labels.get_mut(text) {
            return rows.take(number);
        }
        // One more than the most, so that it is known to be too many.
        if self.labels.len() > MOST_LABELS || text.chars().count() > LONGEST_LABEL {
            self.not_labels = true;
        } else {
            self.labels.entry(text.to_owned()).or_default().take(number);
        }
    }

    /// Whether any row says what is expected.
    pub(super) fn any(&self) -> bool {
        !self.kinds.is_empty()
    }

    pub(super) fn report(self, places: &Places, report: &mut Report) {
        self.absent(places, report);
        self.mixed(places, report);
        if self.are_labels() {
            self.spelling(places, report);
            self.balance(places, report);
        }
    }

    fn absent(&self, places: &Places, report: &mut Report) {
        let mut say = |severity, message, rows: &Several| {
            report.say(severity, Kind::NoExpectation, message, rows.clone(), places);
        };
        if self.any() && self.missing.total() > 0 {
            say(
                Severity::Warning,
                format!("{} without `expected`, where others have it", self.missing.words()),
                &self.missing,
            );
        } else if self.missing.total() > 0 {
            let message = "no row says what is `expected`; only scorers that need no right answer will do".to_owned();
            say(Severity::Note, message, &self.missing);
        }
        if self.empty.total() > 0 {
            let message =
                format!("{} with an empty text as `expected`; leave it out if nothing is known", self.empty.words());
            say(Severity::Warning, message, &self.empty);
        }
    }

    fn mixed(&self, places: &Places, report: &mut Report) {
        let Some((most, _)) = self.kinds.iter().max_by_key(|(_, rows)| rows.total()) else { return };
        for (kind, rows) in self.kinds.iter().filter(|(kind, _)| kind != &most) {
            let message = format!("`expected` is {kind} in {}, and {most} in most", rows.words());
            report.say(Severity::Warning, Kind::MixedExpectations, message, rows.clone(), places);
        }
    }

    fn labelled(&self) -> u64 {
        self.labels.values().map(Several::total).sum()
    }

    fn are_labels(&self) -> bool {
        let labels = self.labels.len();
        !self.not_labels && (2..=MOST_LABELS).contains(&labels) && self.labelled() >= 3 * labels as u64
    }

    fn spelling(&self, places: &Places, report: &mut Report) {
        let mut spellings = BTreeMap::<String, Vec<(&String, &Several)>>::new();
        for (label, rows) in &self.labels {
            spellings.entry(label.trim().to_lowercase()).or_default().push((label, rows));
        }
        for several in spellings.into_values().filter(|several| several.len() > 1) {
            let words: Vec<String> =
                several.iter().map(|(label, rows)| format!("`{label}` ({})", rows.words())).collect();
            let message = format!("the labels {} differ only by case or spaces", words.join(" and "));
            let rarest = several.iter().min_by_key(|(_, rows)| rows.total());
            let rows = rarest.map(|(_, rows)| (*rows).clone()).unwrap_or_default();
            report.say(Severity::Warning, Kind::LabelSpelling, message, rows, places);
        }
    }

    fn balance(&self, places: &Places, report: &mut Report) {
        let rows = self.labelled();
        let share = |count: u64| count as f64 / rows as f64;
        let mut labels: Vec<(&String, u64)> = self.labels.iter().map(|(label, rows)| (label, rows.total())).collect();
        labels.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let words: Vec<String> =
            labels.iter().map(|(label, count)| format!("{label} {count} ({:.0} %)", share(*count) * 100.0)).collect();
        let mut say = |severity, message, rows| report.say(severity, Kind::LabelBalance, message, rows, places);
        let message = format!("{}: {}", counted(labels.len() as u64, "label"), words.join(", "));
        say(Severity::Note, message, Several::default());
        if let Some((label, count)) = labels.first().filter(|(_, count)| share(*count) >= 0.9) {
            let message =
                format!("whoever always says `{label}` is right in {:.0} % of the rows", share(*count) * 100.0);
            say(Severity::Warning, message, Several::default());
        }
        for (label, rows) in self.labels.iter().filter(|(_, rows)| rows.total() < FEW) {
            let message = format!("the label `{label}` has only {}; a score on so few says little", rows.words());
            say(Severity::Note, message, rows.clone());
        }
    }
}
