//! `carat prompt list | show | render | check`, and the commands of versions

mod check;
pub(crate) mod given;
mod list;
mod render;
mod show;

use std::path::PathBuf;

use carat_core::version::Kind;

use crate::commands::{promote, skew, versions};
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
    /// All prompts, with their newest versions and their labels, and whether the files differ from these; digests are the files'
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// A prompt with what it includes; which version it is, and what points to it
    Show {
        /// The prompt: support/triage is prompts/support/triage.prompty; support/triage@3, @production, @latest are versions
        #[arg(value_name = "REF")]
        prompt: String,
        #[command(flatten)]
        moment: versions::Moment,
        /// As JSON: all that reaches the model, which the digest is taken over
        #[arg(long)]
        json: bool,
    },
    /// The messages that a prompt comes to
    Render(render::Args),
    /// Unused and undeclared variables, bad front matter, unknown parameters; and how many tokens
    Check {
        /// The prompts, or versions of them; all files where none is named
        prompts: Vec<String>,
        /// Calls of production, one a line as JSON: render their variables again, and tell what was sent otherwise
        #[arg(long, value_name = "CAPTURED")]
        against: Option<PathBuf>,
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
        Verb::Show { prompt, moment, json } => show::run(prompt, moment, *json, session).await,
        Verb::Render(args) => render::run(args, session).await,
        Verb::Check { prompts, against: Some(captured), json } => skew::run(captured, prompts, *json, session).await,
        Verb::Check { prompts, against: None, json } => check::run(prompts, *json, session).await,
        Verb::Versions(verb) => versions::run(verb, Kind::Prompt, session).await,
        Verb::Promote(verb) => promote::run(verb, Kind::Prompt, session).await,
    }
}
