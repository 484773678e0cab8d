//! `carat audit log | verify | export`

mod agree;
mod by_hand;
mod clocks;
mod contents;
mod export;
mod log;
mod named;
mod pages;
mod verify;

use std::path::PathBuf;

use carat_core::audit::Entry;
use carat_store::Store;
use serde_json::Value;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::session::Session;

pub(crate) use by_hand::Promoted;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Every change of versions, labels and promotions, and every deletion, newest first
    Log {
        /// Only what was done to this: support/triage, the id of a run, the id of a promotion
        #[arg(long, value_name = "NAME")]
        subject: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Whether the log is as it was written, and what it speaks of as it says
    Verify {
        /// What an earlier verify printed, or @FILE with it: shows that nothing was cut off or written anew since
        #[arg(long, value_name = "TEXT")]
        anchor: Vec<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// The whole log as JSON lines, oldest first
    Export {
        /// The file; stdout where it is left out, or as -
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Overwrite the file if it is there
        #[arg(long)]
        force: bool,
    },
}

pub(crate) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    // Who looks at a record changes nothing, and makes no store.
    let store = || session.only_looking();
    match &args.verb {
        Verb::Log { subject, limit, json } => log::log(&store(), subject.as_deref(), *limit, *json).await,
        Verb::Verify { anchor, json } => verify::verify(&store(), anchor, *json).await,
        Verb::Export { out, force } => export::export(&store(), out.as_deref(), *force).await,
    }
}

/// The reason that was given for the last step of a promotion.
///
/// # Errors
/// Whatever keeps the store from being read.
pub(crate) async fn why_last(promotion: &str, store: &Store) -> Result<Option<String>, Fault> {
    let mut pages = pages::Pages::of(store);
    let mut why = None;
    while let Some(line) = pages.next().await? {
        if let pages::Line::Entry(entry) = line
            && text(&entry, "promotion") == Some(promotion)
        {
            why = text(&entry, "why").map(str::to_owned);
        }
    }
    Ok(why)
}

/// A text in the details of an entry.
fn text<'e>(entry: &'e Entry, key: &str) -> Option<&'e str> {
    entry.details.get(key).and_then(Value::as_str)
}

/// The number of a version in the details of an entry.
fn number(entry: &Entry, key: &str) -> Option<u64> {
    entry.details.get(key)?.get("number")?.as_u64()
}
