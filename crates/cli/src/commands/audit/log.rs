//! `carat audit log`

use std::collections::VecDeque;

use carat_core::audit::{Action, Entry};
use carat_core::untrusted::one_line;
use serde_json::{Map, Value, json};

use crate::commands::promote::telling::short;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD};
use crate::session::Session;
use crate::table::{Cell, Table};

use super::pages::{Line, Pages};
use super::text;

/// So many characters of an id are enough to mean it.
const LEAST_PREFIX: usize = 4;

pub(super) async fn log(session: &Session, subject: Option<&str>, limit: usize, as_json: bool) -> Result<Exit, Fault> {
    let store = session.store().await?;
    let mut pages = Pages::of(&store);
    let (mut last, mut all, mut unreadable) = (VecDeque::new(), 0_usize, 0_usize);
    while let Some(line) = pages.next().await? {
        match line {
            Line::Entry(entry) if subject.is_none_or(|subject| is_about(&entry, subject)) => {
                all += 1;
                last.push_front(*entry);
                last.truncate(limit);
            }
            Line::Entry(_) => {}
            Line::Unreadable(_) => unreadable += 1,
        }
    }
    if as_json {
        out::json(&json!({"format": 1, "entries": last, "more": all - last.len()}))?;
    } else if last.is_empty() {
        let of = subject.map(|subject| format!(" of {subject}")).unwrap_or_default();
        session.talk(&format!("the audit log says nothing{of}"));
    } else {
        out::data(&table(&last))?;
        if all > last.len() {
            session.talk(&format!("{} older ones; --limit shows them", all - last.len()));
        }
    }
    if unreadable > 0 {
        return Err(Fault::world("the audit log has entries that cannot be read: carat audit verify says where"));
    }
    Ok(Exit::Fine)
}

/// Whether an entry is about a name, a run or a promotion.
fn is_about(entry: &Entry, subject: &str) -> bool {
    let id = text(entry, "promotion");
    let is_id = |id: &str| subject.len() >= LEAST_PREFIX && id.starts_with(subject);
    entry.subject == subject || id.is_some_and(is_id) || (entry.kind.is_none() && is_id(&entry.subject))
}

fn table(entries: &VecDeque<Entry>) -> String {
    let mut table = Table::new([">", "when", "who", "what", "of what", "how"]);
    for entry in entries {
        let (style, word) = what(entry);
        table.row(vec![
            entry.seq.to_string().into(),
            Cell::styled(FAINT, entry.at.get(..19).unwrap_or(&entry.at).replace('T', " ")),
            one_line(&entry.by.name, 48).into(),
            Cell::styled(style, word),
            of_what(entry).into(),
            how(entry).into(),
        ]);
    }
    table.fitted()
}

fn what(entry: &Entry) -> (anstyle::Style, String) {
    let style = match entry.action {
        Action::PromotionApplied => GOOD,
        Action::EmergencyApplied | Action::RolledBack | Action::RunDeleted | Action::PromotionRejected => BAD,
        Action::VersionSaved
        | Action::LabelMoved
        | Action::PromotionProposed
        | Action::PromotionApproved
        | Action::PromotionWithdrawn => anstyle::Style::new(),
    };
    (style, entry.action.as_str().replace('_', " "))
}

fn of_what(entry: &Entry) -> String {
    let subject = one_line(&entry.subject, 80);
    match entry.kind {
        Some(kind) => format!("{kind} {subject}"),
        None => format!("run {subject}"),
    }
}

/// `production 6 → 7  promotion 01a20632-4167  missing: 1 reviewer: the reason`
fn how(entry: &Entry) -> String {
    let details = &entry.details;
    let text = |key: &str| text(entry, key);
    let mut parts = Vec::new();
    match text("label") {
        Some(label) if details.contains_key("from") || details.contains_key("to") => {
            let end = |key| number(details, key).map_or_else(|| "nothing".to_owned(), |number| format!("@{number}"));
            parts.push(format!("{label} {} → {}", end("from"), end("to")));
        }
        Some(label) => parts.extend(number(details, "version").map(|number| format!("@{number} → {label}"))),
        None => parts.extend(number(details, "version").map(|number| format!("@{number}"))),
    }
    parts.extend(text("promotion").map(|id| format!("promotion {}", short(id))));
    let missing = details.get("missing").and_then(Value::as_array);
    parts.extend(missing.map(|missing| {
        let missing: Vec<&str> = missing.iter().filter_map(Value::as_str).collect();
        format!("not there: {}", missing.join(", "))
    }));
    parts.extend(["message", "why"].into_iter().filter_map(text).map(|said| one_line(said, 80)));
    parts.join("  ")
}

fn number(details: &Map<String, Value>, key: &str) -> Option<u64> {
    details.get(key)?.get("number")?.as_u64()
}
