//! Which columns a table of samples has, and what stands in them.

use std::borrow::Cow;

use carat_core::event::Variant;
use carat_core::{Sample, Score, Unscored};
use serde_json::Value;

use crate::{Subject, look, sample_line};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A text that is JSON.
    Json,
    Whole,
    Number,
    Flag,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether every row has a value.
    pub(super) full: bool,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Whole(i64),
    Number(f64),
    Flag(bool),
}

/// What comes before the scorers.
const FIRST: [(&str, Kind, bool); 12] = [
    ("row", Kind::Text, true),
    ("variant", Kind::Text, true),
    ("trial", Kind::Whole, true),
    ("outcome", Kind::Text, true),
    ("input", Kind::Json, false),
    ("tags", Kind::Json, false),
    ("split", Kind::Text, false),
    ("expected", Kind::Text, false),
    ("output", Kind::Text, false),
    ("refusal", Kind::Text, false),
    ("tool_calls", Kind::Json, false),
    ("finish_reason", Kind::Text, false),
];

/// What each scorer has, behind its name and a dot.
const OF_SCORER: [(&str, Kind); 5] = [
    ("value", Kind::Number),
    ("pass", Kind::Flag),
    ("reason", Kind::Text),
    ("category", Kind::Text),
    ("unscored", Kind::Text),
];

/// What comes after the scorers.
const LAST: [(&str, Kind, bool); 8] = [
    ("latency_ms", Kind::Number, false),
    ("input_tokens", Kind::Whole, false),
    ("output_tokens", Kind::Whole, false),
    ("cost_usd", Kind::Number, false),
    ("attempts", Kind::Whole, true),
    ("cached", Kind::Flag, true),
    ("error_kind", Kind::Text, false),
    ("error", Kind::Text, false),
];

/// The columns of a run's table, in order.
pub(super) fn of(subject: &Subject<'_>) -> Vec<Column> {
    let fixed = |(name, kind, full): (&str, Kind, bool)| Column { name: name.to_owned(), kind, full };
    let mut columns: Vec<Column> = FIRST.map(fixed).into();
    for scorer in &subject.plan.scorers {
        let of_scorer =
            OF_SCORER.map(|(part, kind)| Column { name: format!("{}.{part}", scorer.name), kind, full: false });
        columns.extend(of_scorer);
    }
    columns.extend(LAST.map(fixed));
    columns
}

/// What stands in them for a sample.
pub(super) fn cells<'a>(subject: &Subject<'_>, variant: &'a Variant, sample: &'a Sample) -> Vec<Cell<'a>> {
    let mut cells = Vec::with_capacity(FIRST.len() + LAST.len() + OF_SCORER.len() * subject.plan.scorers.len());
    first(variant, sample, &mut cells);
    for scorer in &subject.plan.scorers {
        let score = look::scores(sample).find(|(name, _)| *name == &*scorer.name);
        let unscored = look::unscored(sample).find(|(name, _)| *name == &*scorer.name);
        of_scorer(score.map(|(_, score)| score), unscored.map(|(_, why)| why), &mut cells);
    }
    last(variant, sample, &mut cells);
    cells
}

fn first<'a>(variant: &'a Variant, sample: &'a Sample, cells: &mut Vec<Cell<'a>>) {
    let row = look::row(sample);
    let completion = look::completion(sample);
    let tags = row.filter(|row| !row.tags.is_empty()).map(|row| Value::from(row.tags.clone()));
    let calls = completion.filter(|completion| !completion.tool_calls.is_empty());
    cells.extend([
        text(sample.case.row.as_str()),
        text(&variant.label),
        Cell::Whole(sample.case.trial.into()),
        text(sample_line::outcome(&sample.outcome)),
        json(row.map(|row| &row.input)),
        json(tags.as_ref()),
        maybe(row.and_then(|row| row.split.as_deref())),
        row.and_then(look::expected).map_or(Cell::Nothing, Cell::Text),
        maybe(completion.map(|completion| completion.text.as_str())),
        maybe(completion.and_then(|completion| completion.refusal.as_deref())),
        json(calls.map(|completion| &completion.tool_calls)),
        maybe(completion.map(|completion| completion.finish_reason.as_str())),
    ]);
}

fn of_scorer<'a>(score: Option<&'a Score>, unscored: Option<&'a Unscored>, cells: &mut Vec<Cell<'a>>) {
    let category = score.and_then(|score| {
        let predicted = score.labels.as_ref().and_then(|labels| labels.predicted.as_deref());
        score.category.as_deref().or(predicted)
    });
    cells.extend([
        score.map_or(Cell::Nothing, |score| Cell::Number(score.value.get())),
        score.and_then(|score| score.pass).map_or(Cell::Nothing, Cell::Flag),
        maybe(score.and_then(|score| score.reason.as_deref())),
        maybe(category),
        unscored.map_or(Cell::Nothing, |why| Cell::Text(format!("{}: {}", why.reason.as_str(), why.detail).into())),
    ]);
}

fn last<'a>(variant: &Variant, sample: &'a Sample, cells: &mut Vec<Cell<'a>>) {
    let usage = look::completion(sample).and_then(|completion| completion.usage);
    let tokens = |n: u64| Cell::Whole(i64::try_from(n).unwrap_or(i64::MAX));
    let number = |value: Option<f64>| value.map_or(Cell::Nothing, Cell::Number);
    let error = look::error(sample);
    cells.extend([
        number(look::latency_ms(sample)),
        usage.map_or(Cell::Nothing, |usage| tokens(usage.input_tokens)),
        usage.map_or(Cell::Nothing, |usage| tokens(usage.output_tokens)),
        number(look::cost(sample, variant)),
        Cell::Whole(sample.attempts.into()),
        Cell::Flag(look::cached(sample)),
        maybe(error.map(|(kind, _)| kind)),
        maybe(error.map(|(_, message)| message)),
    ]);
}

fn text(text: &str) -> Cell<'_> {
    Cell::Text(Cow::Borrowed(text))
}

fn maybe(said: Option<&str>) -> Cell<'_> {
    said.map_or(Cell::Nothing, text)
}

/// A value as JSON. What cannot be written as JSON does not occur in a sample.
fn json<'a, T: serde::Serialize>(value: Option<&T>) -> Cell<'a> {
    let written = value.and_then(|value| serde_json::to_string(value).ok());
    written.map_or(Cell::Nothing, |written| Cell::Text(written.into()))
}
