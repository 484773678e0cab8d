//! `carat dataset list | show | check | diff`

use carat_core::Rows as _;
use carat_core::untrusted::one_line;
use carat_registry::dataset::{self, Change, DatasetDiff, Finding, Findings, RowRef, Severity};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD, ODD, STRONG, styled};
use crate::session::Session;
use crate::table::{Cell, Table};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// All datasets
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// The rows of a dataset
    Show {
        /// The dataset: tickets is datasets/tickets.*; or a path
        dataset: String,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 10)]
        limit: usize,
        /// Only the rows of this split
        #[arg(long, value_name = "SPLIT")]
        split: Option<String>,
        /// One row, in full
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// As JSON, a row a line
        #[arg(long)]
        json: bool,
    },
    /// Shape, duplicates, near-duplicates, empty expectations, label balance, leaks between splits
    Check {
        /// The dataset
        dataset: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// What has changed between two datasets, row by row
    Diff {
        /// The one before
        before: String,
        /// The one after
        after: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    match &args.verb {
        Verb::List { json } => list(session, *json),
        Verb::Show { dataset, limit, split, id, json } => {
            let wanted = Wanted { limit: *limit, split: split.as_deref(), id: id.as_deref(), json: *json };
            show(session, dataset, &wanted)
        }
        Verb::Check { dataset, json } => check(session, dataset, *json),
        Verb::Diff { before, after, json } => diff(session, before, after, *json),
    }
}

fn list(session: &Session, json: bool) -> Result<Exit, Fault> {
    let mut table = Table::new(["dataset", ">rows", "splits", "digest"]);
    let mut entries = Vec::new();
    for name in session.project.datasets() {
        match session.project.dataset(&name).map_err(Fault::from).and_then(|(_, file)| Ok(dataset::survey(&file)?)) {
            Ok(survey) => {
                let splits: Vec<_> = survey.splits.iter().map(|(split, rows)| format!("{split} {rows}")).collect();
                entries
                    .push(json!({"name": name, "rows": survey.rows, "splits": survey.splits, "digest": survey.digest}));
                let digest = Cell::styled(FAINT, survey.digest.short());
                table.row(vec![name.into(), survey.rows.to_string().into(), splits.join(", ").into(), digest]);
            }
            Err(fault) => {
                out::fault(&fault);
                entries.push(json!({"name": name, "error": fault.message}));
                table.row(vec![name.into(), "–".into(), Cell::styled(BAD, "broken"), "".into()]);
            }
        }
    }
    if json {
        out::json(&json!({"format": 1, "datasets": entries}))?;
    } else if table.is_empty() {
        session.talk("no datasets yet; put one into datasets/");
    } else {
        out::data(&table.fitted())?;
    }
    Ok(Exit::Fine)
}

/// JSON with the version of its shape.
#[derive(serde::Serialize)]
struct Versioned<T> {
    format: u32,
    #[serde(flatten)]
    body: T,
}

/// Which rows, and how.
struct Wanted<'a> {
    limit: usize,
    split: Option<&'a str>,
    id: Option<&'a str>,
    json: bool,
}

fn show(session: &Session, reference: &str, wanted: &Wanted<'_>) -> Result<Exit, Fault> {
    let (_, file) = session.project.dataset(reference)?;
    let mut table = Table::new(["row", "split", "expected", "tags", "input"]);
    let mut shown = 0;
    for row in file.open()? {
        let row = row?;
        let is_wanted = wanted.split.is_none_or(|split| row.split.as_deref() == Some(split))
            && wanted.id.is_none_or(|id| row.id.as_str() == id);
        if !is_wanted {
            continue;
        }
        if shown == wanted.limit {
            break;
        }
        shown += 1;
        if wanted.json {
            out::json_line(&row)?;
        } else if wanted.id.is_some() {
            out::json(&row)?;
        } else {
            let expected = row.expected.as_ref().map_or_else(|| "–".to_owned(), plain);
            let input: Vec<_> = row.input.iter().map(|(key, value)| format!("{key}: {}", plain(value))).collect();
            table.row(vec![
                row.id.as_str().into(),
                row.split.as_deref().unwrap_or("–").into(),
                one_line(&expected, 24).into(),
                one_line(&row.tags.join(" "), 16).into(),
                one_line(&input.join("  "), 80).into(),
            ]);
        }
    }
    match (shown, wanted.id) {
        (0, Some(id)) => return Err(Fault::mendable(format!("{reference} has no row `{id}`"))),
        (0, None) => return Err(Fault::nothing(format!("{reference} has no such rows"))),
        _ if !table.is_empty() => out::data(&table.fitted())?,
        _ => {}
    }
    Ok(Exit::Fine)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn check(session: &Session, reference: &str, json: bool) -> Result<Exit, Fault> {
    let (_, file) = session.project.dataset(reference)?;
    let findings = dataset::check(&file);
    if json {
        out::json(&Versioned { format: 1, body: &findings })?;
    } else {
        tell(&findings)?;
    }
    Ok(if findings.count(Severity::Error) > 0 { Exit::Mendable } else { Exit::Fine })
}

fn tell(findings: &Findings) -> Result<(), Fault> {
    let mut text = format!("{}  {} rows\n", styled(STRONG, &findings.file), findings.rows);
    for finding in &findings.findings {
        let (style, word) = match finding.severity {
            Severity::Error => (BAD, "error"),
            Severity::Warning => (ODD, "warning"),
            Severity::Note => (FAINT, "note"),
        };
        let message = carat_core::untrusted::visible(&finding.message);
        text.push_str(&format!("  {}: {}{message}\n", styled(style, word), places(finding)));
    }
    if findings.unlisted > 0 {
        text.push_str(&styled(FAINT, format!("  and {} more\n", findings.unlisted)));
    }
    if findings.findings.is_empty() {
        text.push_str(&format!("  {}\n", styled(GOOD, "nothing to say against it")));
    }
    out::data(&text)
}

/// The lines that a finding is about, for a message that comes after them.
fn places(finding: &Finding) -> String {
    let lines: Vec<_> = finding.rows.iter().map(|row| row.line.to_string()).collect();
    let more = finding.total.saturating_sub(lines.len() as u64);
    match lines.as_slice() {
        [] => String::new(),
        [line] if more == 0 => format!("line {line}: "),
        lines if more == 0 => format!("lines {}: ", lines.join(", ")),
        lines => format!("lines {} and {more} more: ", lines.join(", ")),
    }
}

fn diff(session: &Session, before: &str, after: &str, json: bool) -> Result<Exit, Fault> {
    let (_, left) = session.project.dataset(before)?;
    let (_, right) = session.project.dataset(after)?;
    let found = dataset::diff(&left, &right)?;
    if json {
        out::json(&Versioned { format: 1, body: &found })?;
    } else {
        out::data(&told(&found))?;
    }
    Ok(Exit::Fine)
}

fn told(diff: &DatasetDiff) -> String {
    let mut text = format!(
        "{} added, {} removed, {} changed, {} the same\n",
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len(),
        diff.unchanged
    );
    let name = |row: &RowRef| format!("{} (line {})", row.id.as_deref().unwrap_or("?"), row.line);
    for row in &diff.added {
        text.push_str(&format!("{} {}\n", styled(GOOD, "+"), name(row)));
    }
    for row in &diff.removed {
        text.push_str(&format!("{} {}\n", styled(BAD, "-"), name(row)));
    }
    for change in &diff.changed {
        text.push_str(&format!(
            "{} {} (line {} → {}): {}\n",
            styled(ODD, "~"),
            change.id,
            change.before,
            change.after,
            parts(change)
        ));
    }
    text
}

/// What of a row has changed.
fn parts(change: &Change) -> String {
    let parts = [(change.input, "input"), (change.expected, "expectation"), (change.other, "tags, split or metadata")];
    parts.iter().filter(|(changed, _)| *changed).map(|(_, what)| *what).collect::<Vec<_>>().join(", ")
}
