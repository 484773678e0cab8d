//! `carat status`: where the project stands, by facts, and the one next step.
//!
//! Teams buy tools before they have a process. The ladder here is the process – reproducible, then gated, then monitored –
//! and each rung is something that can be looked up: nobody ticks a box.

mod checks;
mod facts;
mod promotions;
mod putting;

use serde_json::json;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, GOOD, ODD, STRONG, styled};
use crate::session::Session;
use crate::table::prose;

use checks::{Check, Stage};
use facts::Facts;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    let facts = Facts::gather(session).await?;
    let checks = checks::of(&facts);
    let reached = Stage::ALL.into_iter().take_while(|stage| is_reached(*stage, &checks)).last();
    let next = checks.iter().find(|check| check.next.is_some());
    if args.json {
        let next = next.map(|check| json!({"what": check.what, "do": check.next}));
        out::json(&json!({"format": 1, "project": facts.project, "reached": reached, "checks": checks, "next": next}))?;
    } else {
        out::data(&prose(text(&facts, reached, &checks, next), 2))?;
    }
    Ok(Exit::Fine)
}

fn is_reached(stage: Stage, checks: &[Check]) -> bool {
    checks.iter().filter(|check| check.stage == stage).all(|check| check.next.is_none())
}

fn text(facts: &Facts, reached: Option<Stage>, checks: &[Check], next: Option<&Check>) -> String {
    let stands = reached.map_or("not reproducible yet", Stage::as_str);
    let name = carat_core::untrusted::visible(&facts.project);
    let mut text = format!("{} is {}\n", styled(STRONG, name), styled(STRONG, stands));
    for stage in Stage::ALL {
        text.push_str(&format!("\n{}  {}\n", styled(STRONG, stage.as_str()), styled(FAINT, stage.meaning())));
        for check in checks.iter().filter(|check| check.stage == stage) {
            let mark = if check.next.is_none() { styled(GOOD, "✓") } else { styled(ODD, "–") };
            text.push_str(&format!("  {mark} {}: {}\n", check.what, check.because));
        }
    }
    if let Some(step) = next.and_then(|check| check.next.as_ref()) {
        text.push_str(&format!("\n{}\n  {step}\n", styled(STRONG, "next")));
    }
    text
}
