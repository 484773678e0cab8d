//! `carat promotion list`

use carat_core::promotion::{Promotion, State};
use serde_json::json;

use crate::commands::promote::telling;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD, ODD};
use crate::session::Session;
use crate::table::{Cell, Table};

pub(super) async fn list(session: &Session, open: bool, as_json: bool) -> Result<Exit, Fault> {
    let store = session.only_looking().store().await?;
    let all = store.promotions(None, None).await?.into_iter().map(|kept| kept.value);
    let promotions: Vec<Promotion> = all.filter(|promotion| !open || promotion.state.is_open()).collect();
    if as_json {
        out::json(&json!({"format": 1, "promotions": promotions}))?;
        return Ok(Exit::Fine);
    }
    let mut table = Table::new(["promotion", "what", "label", "was", "state", "since", "not there", "by"]);
    promotions.iter().for_each(|promotion| table.row(row(promotion)));
    if !table.is_empty() {
        out::data(&table.fitted())?;
    } else if open {
        session.talk("no promotion waits for anything");
    } else {
        session.talk("no promotions yet; `carat prompt promote REF --to LABEL` makes one");
    }
    Ok(Exit::Fine)
}

fn row(promotion: &Promotion) -> Vec<Cell> {
    let Promotion { id, subject, label, replaces, by, state, since, emergency, .. } = promotion;
    let style = match state {
        _ if emergency.is_some() => BAD,
        State::Proposed | State::Approved => ODD,
        State::Applied => GOOD,
        State::RolledBack => BAD,
        State::Withdrawn => FAINT,
    };
    let was = replaces.as_ref().map_or_else(|| "–".to_owned(), |was| format!("@{}", was.number));
    // What was missing of something that never happened is nobody's concern.
    let missing = if *state == State::Withdrawn { String::new() } else { telling::missing(promotion) };
    vec![
        telling::short(id).into(),
        format!("{} {subject}", subject.kind).into(),
        label.as_str().into(),
        Cell::styled(FAINT, was),
        Cell::styled(style, telling::word(promotion)),
        since.get(..16).unwrap_or(since).replace('T', " ").into(),
        if missing.is_empty() { Cell::styled(FAINT, "–") } else { missing.into() },
        by.name.as_str().into(),
    ]
}
