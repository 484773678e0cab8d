//! `carat audit log`

use std::collections::{BTreeSet, VecDeque};

use carat_core::audit::{Action, Entry};
use carat_core::nearest::nearest;
use carat_core::untrusted::one_line;
use carat_core::version::Kind;
use serde_json::{Value, json};

use crate::commands::promote::telling::short;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD};
use crate::session::Session;
use crate::table::{Cell, Table};

use super::by_hand::Promoted;
use super::pages::{Line, Pages};
use super::{number, text};

/// So many characters of an id are enough to mean it.
const LEAST_PREFIX: usize = 4;

/// What is said of a move that no promotion made, of a label that one had moved before.
const PAST_PROMOTIONS: &str = "by hand, past its promotions";

pub(super) async fn log(session: &Session, subject: Option<&str>, limit: u32, as_json: bool) -> Result<Exit, Fault> {
    let store = session.store().await?;
    let found = Found::of(&mut Pages::of(&store), subject, usize::try_from(limit).unwrap_or(usize::MAX)).await?;
    let Found { last, all, unreadable, .. } = &found;
    if as_json {
        let past: Vec<u64> = last.iter().filter(|line| line.is_by_hand).map(|line| line.entry.seq).collect();
        let entries: Vec<&Entry> = last.iter().map(|line| &line.entry).collect();
        let more = all - last.len();
        out::json(&json!({"format": 1, "entries": entries, "past_promotions": past, "more": more}))?;
    } else if !last.is_empty() {
        out::data(&table(last))?;
        if *all > last.len() {
            session.talk(&format!("{} older ones; --limit shows them", all - last.len()));
        }
    }
    if last.is_empty() && !(as_json && subject.is_none()) {
        let of = subject.map(|name| found.of_subject(name)).unwrap_or_default();
        session.talk(&format!("the audit log says nothing{of}"));
    }
    if *unreadable > 0 {
        return Err(Fault::world("the audit log has entries that cannot be read: carat audit verify says where"));
    }
    Ok(Exit::Fine)
}

/// An entry that is shown.
struct Shown {
    entry: Entry,
    /// Whether it moved a label by hand that a promotion had moved before.
    is_by_hand: bool,
}

/// What the log has of a subject.
#[derive(Default)]
struct Found {
    /// The last entries, newest first.
    last: VecDeque<Shown>,
    /// How many there are.
    all: usize,
    /// How many cannot be read.
    unreadable: usize,
    /// The names of which the log speaks.
    names: BTreeSet<String>,
}

impl Found {
    async fn of(pages: &mut Pages<'_>, subject: Option<&str>, limit: usize) -> Result<Self, Fault> {
        let (mut found, mut promoted) = (Self::default(), Promoted::new());
        while let Some(line) = pages.next().await? {
            let entry = match line {
                Line::Entry(entry) => *entry,
                Line::Unreadable(_) => {
                    found.unreadable += 1;
                    continue;
                }
            };
            let is_by_hand = is_by_hand(&entry, &mut promoted);
            if subject.is_none_or(|subject| is_about(&entry, subject)) {
                found.all += 1;
                found.last.push_front(Shown { entry, is_by_hand });
                found.last.truncate(limit);
            } else if entry.kind.is_some() {
                found.names.insert(entry.subject);
            }
        }
        Ok(found)
    }

    /// ` of triag; did you mean triage?`
    fn of_subject(&self, subject: &str) -> String {
        let near = nearest(subject, self.names.iter().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean {}?", one_line(near, 80))).unwrap_or_default();
        format!(" of {}{hint}", one_line(subject, 80))
    }
}

/// Whether an entry moved a label past its promotions; entries are taken in their order.
fn is_by_hand(entry: &Entry, promoted: &mut Promoted<(Option<Kind>, String, String)>) -> bool {
    let is_promotion = match entry.action {
        Action::LabelMoved => false,
        Action::PromotionApplied | Action::EmergencyApplied | Action::RolledBack => true,
        Action::VersionSaved
        | Action::ContentKept
        | Action::PromotionProposed
        | Action::PromotionApproved
        | Action::PromotionRejected
        | Action::PromotionWithdrawn
        | Action::RunDeleted
        | Action::RunImported => return false,
    };
    let label = text(entry, "label").unwrap_or_default().to_owned();
    promoted.is_passed_by((entry.kind, entry.subject.clone(), label), is_promotion)
}

/// Whether an entry is about a name, a run or a promotion.
fn is_about(entry: &Entry, subject: &str) -> bool {
    let id = text(entry, "promotion");
    let is_id = |id: &str| subject.len() >= LEAST_PREFIX && id.starts_with(subject);
    entry.subject == subject || id.is_some_and(is_id) || (entry.kind.is_none() && is_id(&entry.subject))
}

fn table(entries: &VecDeque<Shown>) -> String {
    let mut table = Table::new([">", "when", "who", "what", "of what", "how"]);
    for Shown { entry, is_by_hand } in entries {
        let (style, word) = what(entry, *is_by_hand);
        table.row(vec![
            entry.seq.to_string().into(),
            Cell::styled(FAINT, entry.at.get(..19).unwrap_or(&entry.at).replace('T', " ")),
            one_line(&entry.by.name, 48).into(),
            Cell::styled(style, word),
            of_what(entry).into(),
            how(entry, *is_by_hand).into(),
        ]);
    }
    table.fitted()
}

fn what(entry: &Entry, is_by_hand: bool) -> (anstyle::Style, String) {
    let style = match entry.action {
        Action::LabelMoved if is_by_hand => BAD,
        Action::PromotionApplied => GOOD,
        Action::EmergencyApplied | Action::RolledBack | Action::RunDeleted | Action::PromotionRejected => BAD,
        Action::VersionSaved
        | Action::ContentKept
        | Action::RunImported
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
fn how(entry: &Entry, is_by_hand: bool) -> String {
    let details = &entry.details;
    let text = |key: &str| text(entry, key);
    let mut parts = Vec::new();
    match text("label") {
        Some(label) if details.contains_key("from") || details.contains_key("to") => {
            let end = |key| number(entry, key).map_or_else(|| "nothing".to_owned(), |number| format!("@{number}"));
            parts.push(format!("{label} {} → {}", end("from"), end("to")));
        }
        Some(label) => parts.extend(number(entry, "version").map(|number| format!("@{number} → {label}"))),
        None => parts.extend(number(entry, "version").map(|number| format!("@{number}"))),
    }
    if entry.action == Action::ContentKept {
        let rows = details.get("rows").and_then(Value::as_u64);
        parts.extend(rows.map(|rows| if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }));
    }
    parts.extend(is_by_hand.then(|| PAST_PROMOTIONS.to_owned()));
    parts.extend(text("promotion").map(|id| format!("promotion {}", short(id))));
    let missing = details.get("missing").and_then(Value::as_array);
    parts.extend(missing.map(|missing| {
        let missing: Vec<&str> = missing.iter().filter_map(Value::as_str).collect();
        format!("not there: {}", missing.join(", "))
    }));
    parts.extend(["message", "why"].into_iter().filter_map(text).map(|said| one_line(said, 80)));
    parts.join("  ")
}
