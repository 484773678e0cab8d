//! `carat promotion list`

use std::collections::BTreeSet;

use carat_core::promotion::{Promotion, State};
use serde_json::{Value, json};

use crate::commands::promote::courses::Courses;
use crate::commands::promote::{shape, telling};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD, ODD};
use crate::session::Session;
use crate::table::{Cell, Table};

pub(super) async fn list(session: &Session, open: bool, as_json: bool) -> Result<Exit, Fault> {
    let store = session.only_looking().store().await?;
    let all: Vec<Promotion> = store.promotions(None, None).await?.into_iter().map(|kept| kept.value).collect();
    let promotions: Vec<Promotion> =
        all.iter().filter(|promotion| !open || promotion.state.is_open()).cloned().collect();
    let courses = Courses::of(&store, all).await?;
    let force = Force(courses.in_force());
    if as_json {
        let promotions: Vec<Value> = promotions.iter().map(|promotion| force.json(promotion)).collect();
        out::json(&json!({"format": 1, "promotions": promotions}))?;
        return Ok(Exit::Fine);
    }
    let mut table = Table::new(["promotion", "what", "label", "was", "state", "since", "not there", "by"]);
    promotions.iter().for_each(|promotion| table.row(row(promotion, &force)));
    if !table.is_empty() {
        out::data(&table.fitted())?;
    } else if open {
        session.talk("no promotion waits for anything");
    } else {
        session.talk("no promotions yet; `carat prompt promote REF --to LABEL` makes one");
    }
    Ok(Exit::Fine)
}

/// The promotions by which labels are where they are. A promotion's state says what was done with it; whether it is in force is
/// another matter, for a later one may have gone over it, and a rollback may have brought it back.
struct Force<'a>(BTreeSet<&'a str>);

impl Force<'_> {
    fn has(&self, promotion: &Promotion) -> bool {
        self.0.contains(promotion.id.as_str())
    }

    fn json(&self, promotion: &Promotion) -> Value {
        shape::promotion(promotion, self.has(promotion))
    }

    /// What a state leaves open.
    fn told(&self, promotion: &Promotion) -> &'static str {
        match (promotion.state, self.has(promotion)) {
            (State::Applied, false) => ", replaced since",
            (State::RolledBack, true) => ", in force again",
            _ => "",
        }
    }
}

fn row(promotion: &Promotion, force: &Force<'_>) -> Vec<Cell> {
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
        Cell::styled(style, format!("{}{}", telling::word(promotion), force.told(promotion))),
        since.get(..16).unwrap_or(since).replace('T', " ").into(),
        if missing.is_empty() { Cell::styled(FAINT, "–") } else { missing.into() },
        by.name.as_str().into(),
    ]
}
