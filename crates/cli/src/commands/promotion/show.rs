//! `carat promotion show ID`

use std::sync::Arc;

use carat_core::promotion::{Approval, EvalTerms, Promotion, Terms};
use carat_core::untrusted::one_line;
use carat_core::version::{Actor, Move, Pick};
use carat_store::Store;
use serde_json::{Value, json};

use crate::commands::promote::telling::WORDS;
use crate::commands::promote::{changes, shape, telling};
use crate::commands::versions::shelf::Shelf;
use crate::commands::versions::{noun, shapes};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD, STRONG, styled};
use crate::session::Session;

use super::withdraw::why_ended;

pub(super) async fn show(session: &Session, id: &str, as_json: bool) -> Result<Exit, Fault> {
    let store = Arc::new(session.only_looking().store().await?);
    let promotion = store.promotion(id).await?.value;
    let moves = moves(&store, &promotion).await?;
    if as_json {
        let promotion = shape::present(&store, &promotion).await?;
        let moves: Vec<Value> = moves.iter().map(shapes::moved).collect();
        out::json(&json!({"format": 1, "promotion": promotion, "moves": moves}))?;
    } else {
        let ended = why_ended(&promotion, &store).await?;
        let changes = changes(&promotion, session, &store).await?;
        out::data(&text(&promotion, &changes, &moves, ended.as_deref()))?;
        if promotion.state.is_open() {
            session.talk(&telling::next_steps(&promotion));
        }
    }
    Ok(Exit::Fine)
}

/// What it changes while it is open, and what it was about when it is over; nothing where there is nothing to compare with.
async fn changes(promotion: &Promotion, session: &Session, store: &Arc<Store>) -> Result<String, Fault> {
    let Promotion { subject, label, replaces, state, .. } = promotion;
    let before = if state.is_open() {
        let now = store.version(subject.kind, &subject.name, &Pick::Label(label.clone())).await?;
        // Where somebody moved the label there past its policy, it is about what was there before.
        now.map(|version| version.id).filter(|now| now != subject).or_else(|| replaces.clone())
    } else {
        replaces.clone()
    };
    let Some(before) = before else { return Ok(String::new()) };
    let session = session.only_looking();
    let shelf = Shelf { kind: subject.kind, catalogue: session.catalogue_to_read(store), session };
    Ok(format!("\n{}", changes::between(&shelf, &before, subject).await))
}

/// How its label moved by it.
async fn moves(store: &Store, promotion: &Promotion) -> Result<Vec<Move>, Fault> {
    let Promotion { id, subject, label, .. } = promotion;
    let mut moves = store.label_history(subject.kind, &subject.name, Some(label)).await?;
    moves.retain(|moved| moved.promotion.as_ref() == Some(id));
    Ok(moves)
}

fn text(promotion: &Promotion, changes: &str, moves: &[Move], ended: Option<&str>) -> String {
    let Promotion { id, subject, label, replaces, by, at, why, since, emergency, .. } = promotion;
    let was = replaces.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let kind = noun(subject.kind);
    let mut text = format!(
        "{}  {}\n  {}\n",
        styled(STRONG, format!("{subject} → {label}")),
        telling::state(promotion),
        styled(FAINT, format!("promotion {id}"))
    );
    let mut line = |name: &str, said: String| text.push_str(&format!("  {name:11}{said}\n"));
    line("version", format!("{kind} {subject}, {}", subject.digest.short()));
    line("instead of", was);
    line("proposed", format!("{at} by {}", who(by)));
    let ended = ended.map(|why| format!(": {}", one_line(why, WORDS))).unwrap_or_default();
    line("since", format!("{since} {}{ended}", telling::word(promotion)));
    why.iter().for_each(|why| line("why", one_line(why, WORDS)));
    emergency.iter().for_each(|why| line("emergency", styled(BAD, one_line(why, WORDS))));
    promotion.policy.iter().flat_map(policy).for_each(|(name, said)| line(name, said));
    text.push_str(&format!("{changes}\n{}{}", telling::changed(promotion), telling::findings(&promotion.findings)));
    text.push_str(&words(&promotion.approvals));
    text.push_str(&history(moves));
    text
}

/// What was asked for, and by which gates.
fn policy(terms: &Terms) -> Vec<(&'static str, String)> {
    let asked = match terms.in_words() {
        None => "(what it asked for is not known)".to_owned(),
        Some(asked) if asked.is_empty() => "nothing is asked for".to_owned(),
        Some(asked) => asked.join(", "),
    };
    let policy = format!("{}  {}", terms.digest.short(), one_line(&asked, WORDS));
    let gates = terms.evals.iter().map(|EvalTerms { eval, gates, .. }| {
        let gates = if gates.is_empty() { "none".to_owned() } else { gates.join(", ") };
        ("gates", one_line(&format!("of {eval}: {gates}"), WORDS))
    });
    [("policy", policy)].into_iter().chain(gates).collect()
}

/// Who said what.
fn words(approvals: &[Approval]) -> String {
    let mut text = String::new();
    for Approval { by, at, approves, comment } in approvals {
        let word = if *approves { styled(GOOD, "yes") } else { styled(BAD, "no ") };
        let comment = comment.as_ref().map(|comment| format!(": {}", one_line(comment, WORDS))).unwrap_or_default();
        text.push_str(&format!("{word}  {at}  {}{comment}\n", who(by)));
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

fn history(moves: &[Move]) -> String {
    let mut text = String::new();
    for Move { label, from, to, at, by, .. } in moves {
        let [from, to] = [from, to].map(|end| end.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string));
        text.push_str(&format!("{label} moved from {from} to {to}  {at}  {}\n", who(by)));
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

fn who(actor: &Actor) -> String {
    format!("{} {}", one_line(&actor.name, 160), styled(FAINT, format!("({})", actor.source.as_str())))
}
