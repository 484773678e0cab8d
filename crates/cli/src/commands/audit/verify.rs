//! `carat audit verify`

use std::path::Path;

use carat_core::audit::{Anchor, Chain};
use carat_core::untrusted::{one_line, visible};
use carat_store::Store;
use serde_json::json;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, styled};
use crate::session::Session;

use super::agree::Told;
use super::clocks::Clocks;
use super::contents::Contents;
use super::pages::{Line, Pages};

/// So many breaks are shown.
const SHOWN: usize = 50;

/// So many versions are named that could not be held to their digests.
const NAMED: usize = 5;

/// A log that is written while it is read may be read so often.
const TRIES: u32 = 5;

pub(super) async fn verify(session: &Session, anchors: &[String], as_json: bool) -> Result<Exit, Fault> {
    let anchors = anchors_of(anchors)?;
    let store = session.store().await?;
    let Checked { chain, entries, broken, unheld, warnings } = gone_through(&store, &anchors).await?;
    let anchor = chain.end().filter(|_| broken.is_empty()).map(|(seq, hash)| Anchor { seq, hash });
    let exit = match (broken.is_empty(), anchor) {
        (true, Some(_)) => Exit::Fine,
        // A store that is not there must not pass for one that is well.
        (true, None) => Exit::Nothing,
        (false, _) => Exit::GateFailed,
    };
    if as_json {
        out::json(&json!({"format": 1, "entries": entries, "whole": broken.is_empty(), "broken": broken,
                          "unheld": unheld, "warnings": warnings, "anchor": anchor.map(|anchor| anchor.to_string())}))?;
        return Ok(exit);
    }
    for warning in &warnings {
        session.talk(&format!("warning: {}", one_line(warning, 300)));
    }
    if !broken.is_empty() {
        out::data(&told(&broken))?;
        session.talk(&format!(
            "the audit log of {entries} entries, or what it speaks of, was changed by something else than carat"
        ));
        return Ok(exit);
    }
    let Some(anchor) = anchor else {
        session.talk("the audit log is empty: nothing has been changed yet, and there is nothing to verify");
        return Ok(Exit::Nothing);
    };
    let plural = if entries == 1 { "1 entry hangs" } else { &format!("{entries} entries hang") };
    session.talk(&format!("{plural} together, and versions, labels and promotions are as they say"));
    if !unheld.is_empty() {
        session.talk(&not_held(&unheld));
    }
    out::data(&format!("{anchor}\n"))?;
    session.talk(
        "keep this line where nobody can change it together with the store (in git, among artefacts); \
         `carat audit verify --anchor @FILE` then shows whether the end was cut off or the log written anew",
    );
    Ok(exit)
}

/// What was found in a log and in what it speaks of.
struct Checked {
    chain: Chain,
    entries: u64,
    /// What does not fit, each in a sentence.
    broken: Vec<String>,
    /// The versions of which too little is kept to compute their digests.
    unheld: Vec<String>,
    /// What is odd and breaks nothing: times that do not go on.
    warnings: Vec<String>,
}

/// The whole log, and all that is wrong with it. What is done while it is read is read as well.
async fn gone_through(store: &Store, anchors: &[Anchor]) -> Result<Checked, Fault> {
    let mut chain = Chain::held_to(anchors.iter().copied());
    let (mut told, mut broken, mut entries) = (Told::default(), Vec::new(), 0);
    let mut clocks = Clocks::at(jiff::Timestamp::now());
    let mut pages = Pages::of(store);
    for _ in 0..TRIES {
        while let Some(line) = pages.next().await? {
            entries += 1;
            match line {
                Line::Entry(entry) => {
                    broken.extend(chain.check(&entry).err().map(|error| error.to_string()));
                    clocks.take(&entry);
                    told.take(&entry);
                }
                Line::Unreadable(why) => broken.push(why),
            }
        }
        let differences = told.differences(store).await?;
        if !pages.has_more().await? {
            broken.extend(chain.finish().err().map(|error| error.to_string()));
            broken.extend(differences);
            // What a version is does not change, so that it matters little when it is looked at.
            let contents = Contents::of(store, &told).await?;
            broken.extend(contents.broken);
            return Ok(Checked { chain, entries, broken, unheld: contents.unheld, warnings: clocks.told() });
        }
    }
    Err(Fault::world("the store is being changed all the time; verify the log again when less is done"))
}

/// Nobody is to take for checked what was not.
fn not_held(unheld: &[String]) -> String {
    let named: Vec<String> = unheld.iter().take(NAMED).map(|name| one_line(name, 80)).collect();
    let more = unheld.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("not held to their digests, for too little of them was kept: {}{more}", named.join(", "))
}

fn told(broken: &[String]) -> String {
    let mark = styled(BAD, "✗");
    let mut text: String = broken.iter().take(SHOWN).map(|why| format!("{mark} {}\n", visible(why))).collect();
    if broken.len() > SHOWN {
        text.push_str(&format!("and {} more\n", broken.len() - SHOWN));
    }
    text
}

/// Anchors as they were given: the text of one, or a file with one a line.
fn anchors_of(given: &[String]) -> Result<Vec<Anchor>, Fault> {
    let mut anchors = Vec::new();
    for text in given {
        let Some(file) = text.strip_prefix('@') else {
            anchors.push(text.parse().map_err(Fault::mendable)?);
            continue;
        };
        let wrong = |why: String| Fault::mendable(format!("--anchor {text}: {why}"));
        let content = std::fs::read_to_string(Path::new(file)).map_err(|error| wrong(error.to_string()))?;
        let lines = content.lines().map(str::trim).filter(|line| !line.is_empty());
        let before = anchors.len();
        for line in lines {
            anchors.push(line.parse().map_err(|error| wrong(format!("{error}")))?);
        }
        if anchors.len() == before {
            return Err(wrong("the file is empty".to_owned()));
        }
    }
    Ok(anchors)
}
