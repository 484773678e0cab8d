//! The commands of versions and labels: the same for prompts, datasets, models and eval specs, and written once.

pub(crate) mod diff;
mod export;
mod import;
mod instant;
mod label;
mod listed;
mod log;
mod promotions;
pub(crate) mod save;
pub(crate) mod shapes;
pub(crate) mod shelf;
mod shown;
mod told;
mod used;

use carat_core::version::Kind;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::session::Session;

use shelf::Shelf;

pub(crate) use export::model_yaml;
pub(crate) use listed::{Standing, State};
pub(crate) use shown::Moment;
pub(crate) use used::UsedBy;

/// What can be done with everything that has versions.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// The versions, newest first: who saved them, when and why, where labels point, how many runs used them
    Log(log::Args),
    /// What differs between two versions, or between a version and what the project has now
    Diff(diff::Args),
    /// Give what the project has now a version
    Save(save::Args),
    /// Let a label point to a version
    Label(label::Args),
    /// Write versions to a file, or back to files
    Export(export::Args),
    /// Take versions from a file into the store
    Import(import::Args),
}

pub(crate) async fn run(verb: &Verb, kind: Kind, session: &Session) -> Result<Exit, Fault> {
    match verb {
        Verb::Log(args) => log::run(args, &Shelf::to_read(kind, session).await?).await,
        Verb::Diff(args) => diff::run(args, &Shelf::to_read(kind, session).await?).await,
        Verb::Export(args) => export::run(args, &Shelf::to_read(kind, session).await?).await,
        Verb::Save(args) => {
            let shelf = Shelf::to_change(kind, session).await?;
            let ended = save::run(args, &shelf).await;
            shelf.close().await;
            ended
        }
        Verb::Label(args) => {
            let shelf = Shelf::to_change(kind, session).await?;
            let ended = label::run(args, &shelf).await;
            shelf.close().await;
            ended
        }
        Verb::Import(args) => {
            let shelf = Shelf::to_change(kind, session).await?;
            let ended = import::run(args, &shelf).await;
            shelf.close().await;
            ended
        }
    }
}

/// The noun of a kind on the command line. `carat eval` runs evals, so that what an eval says is a spec.
pub(crate) const fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Prompt => "prompt",
        Kind::Dataset => "dataset",
        Kind::Eval => "spec",
        Kind::Model => "model",
    }
}
