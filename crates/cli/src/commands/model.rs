//! `carat model list | show | check`, and the commands of versions

mod check;
mod ending;
mod list;
pub(crate) mod listing;
mod pinned;
pub(crate) mod price;
mod show;
mod told;

use carat_core::version::Kind;

use crate::commands::{promote, versions};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::session::Session;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// The models of carat.yaml, whether their keys are set, and which versions their settings are
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// The settings of a model; which version they are, and what points to it
    Show(show::Args),
    /// Whether a model that the project uses is shut down, or will be soon
    Check(check::Args),
    #[command(flatten)]
    Versions(versions::Verb),
    #[command(flatten)]
    Promote(promote::Verb),
}

pub(crate) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    match &args.verb {
        Verb::List { json } => list::run(*json, session).await,
        Verb::Show(args) => show::run(args, session).await,
        Verb::Check(args) => check::run(args, session).await,
        Verb::Versions(verb) => versions::run(verb, Kind::Model, session).await,
        Verb::Promote(verb) => promote::run(verb, Kind::Model, session).await,
    }
}

/// The address without what may be a credential: name and password before the host, and the query.
pub(crate) fn without_credentials(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, _)| (rest, "?…"));
    let host = rest.find('/').unwrap_or(rest.len());
    let shown = rest[..host].rfind('@').map_or_else(|| rest.to_owned(), |at| format!("…{}", &rest[at..]));
    if scheme.is_empty() { format!("{shown}{query}") } else { format!("{scheme}://{shown}{query}") }
}
