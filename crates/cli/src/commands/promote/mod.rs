//! `carat prompt|dataset|model promote | rollback`: how a label with a policy moves.
//!
//! A promotion is a record before it is a move: what was asked, what was there, who said yes. Every step of it names what it
//! saw ([`carat_store::Step`]), so that of two people who move a label at once one moves it, and the other hears of it.

pub(crate) mod apply;
pub(crate) mod bypassed;
pub(crate) mod changes;
pub(crate) mod courses;
pub(crate) mod matter;
pub(crate) mod shape;
pub(crate) mod telling;

mod evidence;
mod policy;
mod propose;
mod rollback;
mod running;
mod subject;
mod written;

use carat_core::version::Kind;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::session::Session;

pub(crate) use policy::policy_of;
pub(crate) use propose::withdraw_overtaken;

/// How labels with a policy move: the same for everything that has versions.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Let a label point to a version, if all is there that its policy asks for
    Promote(Promote),
    /// Let a label point to where it pointed before
    Rollback(Rollback),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Promote {
    /// Which version: NAME is what the project has now, and is saved first; NAME@3, NAME@latest, …
    #[arg(value_name = "REF")]
    reference: String,
    /// The label, such as production
    #[arg(long, value_name = "LABEL")]
    to: String,
    /// Run the evals whose evidence is missing, on this very version, and look again
    #[arg(long, conflicts_with = "json")]
    run: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// Move the label whatever is missing, and keep on record what was and why
    #[arg(long, value_name = "WHY")]
    emergency: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Rollback {
    /// The name
    name: String,
    /// The label, such as production
    #[arg(long, value_name = "LABEL")]
    label: String,
    /// A version that the label has pointed to before [default: the one before the last promotion]
    #[arg(long, value_name = "REF")]
    to: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(verb: &Verb, kind: Kind, session: &Session) -> Result<Exit, Fault> {
    match verb {
        Verb::Promote(args) => propose::promote(args, kind, session).await,
        Verb::Rollback(args) => rollback::rollback(args, kind, session).await,
    }
}

/// A reason that says something.
fn reason<'a>(flag: &str, text: Option<&'a str>) -> Result<Option<&'a str>, Fault> {
    match text.map(str::trim) {
        Some("") => Err(Fault::mendable(format!("{flag} is empty; say why"))),
        text => Ok(text),
    }
}
