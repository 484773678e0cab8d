//! Rows that are the same, or nearly.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use carat_core::Row;
use serde_json::Value;

use super::Places;
use super::finding::{Kind, Report, Several, Severity};
use crate::dataset::identity::{Key, is_of_asked};
use crate::dataset::near::{ALIKE, PIECE, Sketches};
use carat_core::canonical::Canonical;

/// Groups of rows by name, by question and by likeness.
#[derive(Default)]
pub(super) struct Twins {
    names: HashMap<Key, u32>,
    /// Rows of one name, by the first of them.
    namesakes: BTreeMap<u32, Vec<u32>>,
    /// The first row that asks something, and what it expects.
    asked: HashMap<Key, (u32, Option<Key>)>,
    /// Rows of different names that ask the same, by the first of them.
    same: BTreeMap<u32, Same>,
    sketches: Sketches,
    canonical: Canonical,
    text: String,
}

#[derive(Default)]
struct Same {
    rows: Vec<u32>,
    at_odds: bool,
}

impl Twins {
    pub(super) fn take(&mut self, number: u32, row: &Row) {
        let first = *self.names.entry(Key::of(&row.id)).or_insert(number);
        if first != number {
            self.namesakes.entry(first).or_insert_with(|| vec![first]).push(number);
        }
        let expected = row.expected.as_ref().map(|expected| Key::from(self.canonical.json(expected)));
        let asked = Key::from(self.canonical.asked(&row.input, &row.messages));
        let (asked_first, expected_first) = *self.asked.entry(asked).or_insert((number, expected));
        if asked_first == number {
            self.sketch(number, row);
        } else if first == number || !is_of_asked(&row.id) {
            let same = self.same.entry(asked_first).or_insert_with(|| Same { rows: vec![asked_first], at_odds: false });
            same.rows.push(number);
            same.at_odds |= expected != expected_first;
        }
    }

    fn sketch(&mut self, number: u32, row: &Row) {
        self.text.clear();
        row.input.values().for_each(|value| gather(value, &mut self.text));
        for message in &row.messages {
            self.text.push_str(&message.joined_text());
            self.text.push('\n');
        }
        self.sketches.take(number, &self.text);
    }

    pub(super) fn report(&self, places: &Places, report: &mut Report) {
        for rows in self.namesakes.values() {
            report.say(Severity::Error, Kind::DuplicateId, namesakes(rows, places), several(rows), places);
        }
        for same in self.same.values() {
            let (severity, kind, message) = same_input(same, places);
            report.say(severity, kind, message, several(&same.rows), places);
        }
        for rows in self.sketches.groups() {
            let (kind, message) = near(&rows, places);
            report.say(Severity::Warning, kind, message, several(&rows), places);
        }
    }
}

fn several(rows: &[u32]) -> Several {
    rows.iter().copied().collect()
}

fn namesakes(rows: &[u32], places: &Places) -> String {
    match rows.first().and_then(|first| places.get(*first)).map(|place| &place.id) {
        Some(id) if !is_of_asked(id) => format!("{} rows have the id `{id}`; give each its own", rows.len()),
        _ => format!("{} rows ask the same and have no `id`; delete all but one, or give each an `id`", rows.len()),
    }
}

fn same_input(same: &Same, places: &Places) -> (Severity, Kind, String) {
    let count = same.rows.len();
    if same.at_odds {
        let said = format!("{count} rows ask the same and do not expect the same; at most one of them is right");
        return (Severity::Error, Kind::Contradiction, said);
    }
    match splits(&same.rows, places) {
        Some(splits) => {
            let said = format!("{count} rows of different splits ({splits}) ask the same; keep one");
            (Severity::Error, Kind::Leakage, said)
        }
        None => {
            (Severity::Warning, Kind::SameInput, format!("{count} rows ask the same, which then counts {count} times"))
        }
    }
}

fn near(rows: &[u32], places: &Places) -> (Kind, String) {
    let count = rows.len();
    let alike = format!("share at least {:.0} % of their {PIECE}-letter pieces", ALIKE * 100.0);
    match splits(rows, places) {
        Some(splits) => {
            (Kind::Leakage, format!("{count} rows of different splits ({splits}) {alike}; keep them in one"))
        }
        None => (Kind::NearDuplicate, format!("{count} rows {alike}")),
    }
}

/// The splits of these rows, where there are several.
fn splits(rows: &[u32], places: &Places) -> Option<String> {
    let splits: BTreeSet<&str> = rows.iter().filter_map(|number| places.get(*number)?.split.as_deref()).collect();
    (splits.len() > 1).then(|| splits.into_iter().collect::<Vec<_>>().join(", "))
}

/// Appends all text in a value, each piece on a line.
fn gather(value: &Value, text: &mut String) {
    match value {
        Value::Null => {}
        Value::String(words) => {
            text.push_str(words);
            text.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, text)),
        Value::Object(map) => map.values().for_each(|item| gather(item, text)),
        Value::Bool(_) | Value::Number(_) => {
            text.push_str(&value.to_string());
            text.push('\n');
        }
    }
}
