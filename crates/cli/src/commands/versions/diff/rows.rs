//! Two datasets, row by row.

use std::collections::{BTreeMap, BTreeSet};

use carat_core::diff::{AnswerDiff, JsonDiff, answers};
use carat_core::untrusted::one_line;
use carat_core::{DataError, Row};
use carat_registry::FoundDataset;
use carat_registry::dataset::{self, Change, DatasetDiff, LocatedRows, RowRef};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::out::{BAD, FAINT, GOOD, ODD, styled};

use super::{nothing, structure};

/// So many rows that changed are shown field by field; of the others it is said that they changed.
const SHOWN: usize = 50;

pub(super) fn told(left: &FoundDataset, right: &FoundDataset) -> Result<(String, Value), Fault> {
    // Rows of a version come from another thread, and files are read as long as it takes.
    tokio::task::block_in_place(|| {
        let diff = dataset::diff(&*left.rows, &*right.rows)?;
        let is_one = left.digest == right.digest;
        let fields = fields(&*left.rows, &*right.rows, &diff)?;
        let mut json = json!(diff);
        for (entry, change) in json["changed"].as_array_mut().into_iter().flatten().zip(&diff.changed) {
            if let Some(fields) = fields.get(change.id.as_str()) {
                entry["fields"] = json!(fields);
            }
        }
        json["same_version"] = is_one.into();
        let told = if is_one { nothing() } else { format!("\n{}", text(&diff, &fields)) };
        Ok((told, json))
    })
}

/// How the first rows that changed did, field by field.
fn fields(
    left: &dyn LocatedRows,
    right: &dyn LocatedRows,
    diff: &DatasetDiff,
) -> Result<BTreeMap<String, JsonDiff>, DataError> {
    let wanted: BTreeSet<&str> = diff.changed.iter().take(SHOWN).map(|change| change.id.as_str()).collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (before, mut after) = (those(left, &wanted)?, those(right, &wanted)?);
    let mut fields = BTreeMap::new();
    for (id, before) in before {
        let after = after.remove(&id).map(|after| answers(&json!(before).to_string(), &json!(after).to_string()));
        if let Some(AnswerDiff::Json(diff)) = after {
            fields.insert(id, diff);
        }
    }
    Ok(fields)
}

fn those(rows: &dyn LocatedRows, wanted: &BTreeSet<&str>) -> Result<BTreeMap<String, Row>, DataError> {
    let mut found = BTreeMap::new();
    for row in rows.open()? {
        let row = row?;
        if wanted.contains(row.id.as_str()) {
            found.insert(row.id.to_string(), row);
        }
        if found.len() == wanted.len() {
            break;
        }
    }
    Ok(found)
}

fn text(diff: &DatasetDiff, fields: &BTreeMap<String, JsonDiff>) -> String {
    let DatasetDiff { added, removed, changed, unchanged } = diff;
    if diff.is_empty() {
        return format!("the same {unchanged} rows in another order\n");
    }
    let (new, gone, other) = (added.len(), removed.len(), changed.len());
    let mut text = format!("{new} added, {gone} removed, {other} changed, {unchanged} the same\n");
    let name = |row: &RowRef| one_line(row.id.as_deref().unwrap_or("?"), 120);
    let line = |line: u64| styled(FAINT, format!("(line {line})"));
    for row in added {
        text.push_str(&format!("{} {} {}\n", styled(GOOD, "+"), name(row), line(row.line)));
    }
    for row in removed {
        text.push_str(&format!("{} {} {}\n", styled(BAD, "-"), name(row), line(row.line)));
    }
    for change in changed {
        text.push_str(&changed_row(change, fields.get(change.id.as_str())));
    }
    text
}

fn changed_row(change: &Change, fields: Option<&JsonDiff>) -> String {
    let lines = format!("(line {} → {})", change.before, change.after);
    let head = format!("{} {} {}", styled(ODD, "~"), one_line(&change.id, 120), styled(FAINT, lines));
    match fields {
        Some(fields) => format!("{head}\n{}", structure::places(fields, "    ")),
        None => format!("{head}: {}\n", parts(change)),
    }
}

/// What of a row has changed.
pub(crate) fn parts(change: &Change) -> String {
    let parts = [(change.input, "input"), (change.expected, "expectation"), (change.other, "tags, split or metadata")];
    parts.iter().filter(|(changed, _)| *changed).map(|(_, what)| *what).collect::<Vec<_>>().join(", ")
}
