//! What a promotion would change: in a few words, and the lines that differ, of which the rest is a command away.

mod lines;

use std::collections::BTreeMap;

use carat_core::diff::{JsonDiff, Line};
use carat_core::untrusted::one_line;
use carat_core::version::VersionId;
use carat_registry::catalogue::diff;
use carat_registry::catalogue::diff::PromptDiff;
use carat_registry::dataset;

use crate::commands::versions::noun;
use crate::commands::versions::shelf::{Found, Shelf};
use crate::fault::Fault;
use crate::out::{FAINT, ODD, STRONG, styled};

use super::bypassed::by;
use super::matter::Matter;

/// So many places of a structure are named in a few words.
const NAMED: usize = 4;

/// So much of a value is shown.
const SHOWN: usize = 24;

/// The heading of a promotion: what goes where, and what is different from what is there.
pub(super) async fn told(matter: &Matter<'_>) -> Result<String, Fault> {
    let Matter { subject, label, shelf, .. } = matter;
    let heading = styled(STRONG, format!("{subject} → {label}"));
    let now = match (&matter.bypass, &matter.current) {
        (Some(bypass), Some(current)) => styled(ODD, format!("(now {current}, by no promotion: {})", by(bypass))),
        (None, Some(current)) => styled(FAINT, format!("(now {current})")),
        (Some(bypass), None) => styled(ODD, format!("(points to nothing, by no promotion: {})", by(bypass))),
        (None, None) => styled(FAINT, "(points to nothing yet)"),
    };
    let changes = match matter.base() {
        Some(base) => between(shelf, base, subject).await,
        None => String::new(),
    };
    Ok(format!("{heading}  {now}\n{changes}\n"))
}

/// What differs between two versions, with the command that shows all of it. Each line is indented.
pub(crate) async fn between(shelf: &Shelf, before: &VersionId, after: &VersionId) -> String {
    let (changed, lines) = match difference(shelf, before, after).await {
        Ok((parts, lines)) if parts.is_empty() => ("nothing differs but comments".to_owned(), lines),
        Ok((parts, lines)) => (parts.join(", "), lines),
        // What cannot be shown is no reason against an emergency.
        Err(fault) => (format!("cannot be compared: {}", fault.message), Vec::new()),
    };
    let command = format!("carat {} diff {before} {after}", noun(after.kind));
    format!("  {changed}\n{}  {}\n", lines::first(&lines), styled(FAINT, command))
}

/// In a few words, and line by line.
async fn difference(shelf: &Shelf, before: &VersionId, after: &VersionId) -> Result<(Vec<String>, Vec<String>), Fault> {
    let (before, after) = (shelf.found(before).await?, shelf.found(after).await?);
    Ok(match (&before, &after) {
        (Found::Prompt(before), Found::Prompt(after)) => {
            let diff = diff::prompts(before, after);
            (of_prompts(&diff), lines::of_prompts(&diff))
        }
        (Found::Model(before), Found::Model(after)) => {
            let diff = diff::models(&before.spec, &after.spec);
            (diff.iter().flat_map(of_structure).collect(), diff.iter().flat_map(lines::of_structure).collect())
        }
        (Found::Dataset(before), Found::Dataset(after)) => {
            let (before, after) = (&*before.rows, &*after.rows);
            let diff = tokio::task::block_in_place(|| dataset::diff(before, after))?;
            (of_rows(&diff), lines::of_rows(&diff))
        }
        _ => (Vec::new(), Vec::new()),
    })
}

fn of_prompts(diff: &PromptDiff) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(of_lines(&diff.template));
    for include in &diff.includes {
        let lines = of_lines(&include.lines).unwrap_or_else(|| "other".to_owned());
        parts.push(format!("{}: {lines}", one_line(&include.path, SHOWN * 2)));
    }
    parts.extend(diff.structure.iter().flat_map(of_structure));
    match diff.pictures.len() {
        0 => {}
        1 => parts.push("1 picture".to_owned()),
        n => parts.push(format!("{n} pictures")),
    }
    parts
}

/// `3 lines changed, 1 added`
fn of_lines(lines: &[Line]) -> Option<String> {
    let mut counts: BTreeMap<u8, (usize, &str)> = BTreeMap::new();
    for line in lines {
        let (place, word) = match line {
            Line::Same { .. } => continue,
            Line::Changed { .. } => (0, "changed"),
            Line::Added { .. } => (1, "added"),
            Line::Removed { .. } => (2, "removed"),
        };
        counts.entry(place).or_insert((0, word)).0 += 1;
    }
    let mut parts = counts.into_values();
    let (first, word) = parts.next()?;
    let unit = if first == 1 { "line" } else { "lines" };
    let rest: String = parts.map(|(count, word)| format!(", {count} {word}")).collect();
    Some(format!("{first} {unit} {word}{rest}"))
}

/// `temperature 0 → 0.2`
fn of_structure(diff: &JsonDiff) -> Vec<String> {
    let mut parts: Vec<String> = diff.changes.iter().take(NAMED).map(of_place).collect();
    let more = diff.changes.len().saturating_sub(NAMED) + diff.more;
    parts.extend((more > 0).then(|| format!("{more} other places")));
    parts
}

fn of_place(change: &carat_core::diff::JsonChange) -> String {
    let path = change.path.trim_start_matches("$.");
    let shown = |value: &serde_json::Value| one_line(&value.to_string(), SHOWN);
    let path = one_line(path, SHOWN * 2);
    match (&change.left, &change.right) {
        (Some(left), Some(right)) => format!("{path} {} → {}", shown(left), shown(right)),
        (None, Some(right)) => format!("{path} {} added", shown(right)),
        (Some(left), None) => format!("{path} {} removed", shown(left)),
        (None, None) => path,
    }
}

fn of_rows(diff: &dataset::DatasetDiff) -> Vec<String> {
    let parts = [(diff.added.len(), "added"), (diff.removed.len(), "removed"), (diff.changed.len(), "changed")];
    let mut parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let Some((first, word)) = parts.next() else { return Vec::new() };
    let unit = if first == 1 { "row" } else { "rows" };
    let rest = parts.map(|(count, word)| format!("{count} {word}"));
    [format!("{first} {unit} {word}")].into_iter().chain(rest).collect()
}
