//! `carat dataset list | show | check`, and the commands of versions

mod check;
mod list;
mod show;

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
    /// All datasets, with their newest versions and their labels, and whether the files differ from these; digests are the files'
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// The rows of a dataset, or of a version of it
    Show(show::Args),
    /// Shape, duplicates, near-duplicates, empty expectations, label balance, leaks between splits
    Check {
        /// The dataset
        dataset: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    #[command(flatten)]
    Versions(versions::Verb),
    #[command(flatten)]
    Promote(promote::Verb),
}

pub(crate) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    match &args.verb {
        Verb::List { json } => list::run(*json, session).await,
        Verb::Show(args) => show::run(args, session).await,
        Verb::Check { dataset, json } => check::run(dataset, *json, session),
        Verb::Versions(verb) => versions::run(verb, Kind::Dataset, session).await,
        Verb::Promote(verb) => promote::run(verb, Kind::Dataset, session).await,
    }
}
