//! What goes and what stays, in words, columns and JSON.

use std::collections::{BTreeMap, BTreeSet};

use carat_core::RunId;
use carat_core::untrusted::visible;
use carat_store::{GivenBack, RunRecord, Store};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::out::{self, FAINT};
use crate::session::Session;
use crate::table::{Cell, Table};

use super::chosen::Status;
use super::{Decision, Done, Kept, ids};

/// What a deletion would do.
pub(super) async fn would_go(session: &Session, store: &Store, decision: &Decision, json: bool) -> Result<(), Fault> {
    let going = ids(&decision.going);
    let bytes = store.room_of(&going).await?;
    let elsewhere = store.runs_with_answers_of(&going.into_iter().collect()).await?;
    if json {
        let elsewhere: Vec<Value> = elsewhere.iter().map(|(run, by)| json!({"run": run, "used_by": by})).collect();
        let mut document = document(decision, true);
        document["bytes"] = bytes.into();
        document["answers_used_elsewhere"] = elsewhere.into();
        return out::json(&document);
    }
    table(decision)?;
    kept(session, decision);
    let samples: u64 = decision.going.iter().map(|run| run.samples).sum();
    let gone = runs(decision.going.len());
    match decision.going.as_slice() {
        [] => session.talk("no run would be deleted"),
        _ => session.talk(&format!("would delete {gone} with {samples} samples, about {}", size(bytes))),
    }
    used_elsewhere(session, &elsewhere);
    Ok(())
}

/// What a deletion did.
pub(super) fn done(session: &Session, decision: &Decision, done: &Done, json: bool) -> Result<(), Fault> {
    let Done { before, after, given } = done;
    if json {
        let mut document = document(decision, false);
        document["store"] = json!({"bytes_before": before.bytes, "bytes": after.bytes, "free_bytes": after.free});
        return out::json(&document);
    }
    table(decision)?;
    kept(session, decision);
    if decision.going.is_empty() {
        session.talk("no run was deleted");
        return Ok(());
    }
    let samples: u64 = decision.going.iter().map(|run| run.samples).sum();
    let (was, is) = (size(before.bytes), size(after.bytes));
    let gone = runs(decision.going.len());
    session.talk(&format!("deleted {gone} with {samples} samples; the store has {is} and had {was}"));
    let free = size(after.free);
    match given {
        GivenBack::All => {}
        GivenBack::Some => session.talk(&format!(
            "{free} of it are free and could not be given back yet: time was up, something else was at work, or the disk is \
             full; the next deletion goes on"
        )),
        GivenBack::NotWorthIt => session.talk(&format!(
            "{free} of it are free and will be used for what comes next: the store was made by an older carat and would have \
             to be written anew to be shorter, which happens when half of it is free"
        )),
    }
    Ok(())
}

/// Why runs that were named are not deleted.
pub(super) fn refused(kept: &[Kept]) -> String {
    let reasons: Vec<String> = kept.iter().map(reasons).collect();
    let advice = if kept.iter().any(|kept| kept.is_running) {
        "wait for what is being written to end, or stop it"
    } else {
        "--force deletes it all the same"
    };
    format!("nothing was deleted: {}; {advice}", reasons.join("; "))
}

/// What goes.
fn table(decision: &Decision) -> Result<(), Fault> {
    let mut table = Table::new(["run", "eval", "name", "started", "status", ">samples"]);
    for run in &decision.going {
        table.row(vec![
            run.id.as_str().into(),
            run.eval.as_str().into(),
            Cell::styled(FAINT, run.name.as_deref().unwrap_or("–")),
            run.started_at.get(..16).unwrap_or(&run.started_at).replace('T', " ").into(),
            Status::of(run).as_str().into(),
            run.samples.to_string().into(),
        ]);
    }
    if table.is_empty() { Ok(()) } else { out::data(&table.fitted()) }
}

/// What stays, and why.
fn kept(session: &Session, decision: &Decision) {
    for kept in &decision.kept {
        let advice = if kept.is_running { "" } else { "; --force deletes it" };
        session.talk(&format!("kept {}{advice}", visible(&reasons(kept))));
    }
}

/// `019f… (triage) is the baseline of run 019f…, and is …`
fn reasons(kept: &Kept) -> String {
    let name = kept.run.name.as_deref().unwrap_or(&kept.run.eval);
    format!("{} ({name}) {}", kept.run.id, kept.because.join(", and "))
}

fn used_elsewhere(session: &Session, elsewhere: &BTreeMap<RunId, BTreeSet<RunId>>) {
    for (run, by) in elsewhere {
        let (count, keep) = (runs(by.len()), if by.len() == 1 { "keeps" } else { "keep" });
        session.talk(&format!("answers of {run} were used again by {count}, which {keep} a copy"));
    }
}

fn document(decision: &Decision, dry_run: bool) -> Value {
    let entry = |run: &RunRecord| {
        json!({"id": run.id, "eval": run.eval, "name": run.name, "started_at": run.started_at,
               "status": Status::of(run).as_str(), "samples": run.samples})
    };
    let kept = |kept: &Kept| {
        let mut entry = entry(&kept.run);
        entry["because"] = json!(kept.because);
        entry["running"] = kept.is_running.into();
        entry
    };
    let deleted: Vec<Value> = decision.going.iter().map(entry).collect();
    let kept: Vec<Value> = decision.kept.iter().map(kept).collect();
    json!({"format": 1, "dry_run": dry_run, "deleted": deleted, "kept": kept})
}

/// `1 run`, `7 runs`
pub(super) fn runs(count: usize) -> String {
    if count == 1 { "1 run".to_owned() } else { format!("{count} runs") }
}

/// `25 kB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
