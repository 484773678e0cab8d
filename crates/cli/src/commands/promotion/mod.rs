//! `carat promotion list | show | approve | reject | withdraw`

mod list;
mod say;
mod show;
mod withdraw;

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
    /// All promotions, newest first
    List {
        /// Those that still wait for something
        #[arg(long)]
        open: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// One promotion: what was asked for, what was there, who said what
    Show {
        /// Its id, or the beginning of it
        id: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Say yes to a promotion; if that was all that was missing, its label moves
    Approve {
        /// Its id, or the beginning of it
        id: String,
        /// What else is to be said
        #[arg(long, value_name = "TEXT")]
        comment: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Say no to a promotion; it waits until you say yes
    Reject {
        /// Its id, or the beginning of it
        id: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        comment: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a promotion back
    Withdraw {
        /// Its id, or the beginning of it
        id: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    match &args.verb {
        Verb::List { open, json } => list::list(session, *open, *json).await,
        Verb::Show { id, json } => show::show(session, id, *json).await,
        Verb::Approve { id, comment, json } => {
            say::say(session, id, say::Word::Yes { comment: comment.as_deref() }, *json).await
        }
        Verb::Reject { id, comment, json } => say::say(session, id, say::Word::No { comment }, *json).await,
        Verb::Withdraw { id, why, json } => withdraw::withdraw(session, id, why.as_deref(), *json).await,
    }
}
