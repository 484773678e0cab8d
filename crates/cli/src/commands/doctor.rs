//! `carat doctor`

mod around;
mod finding;
mod itself;
mod labels;
mod models;
pub(crate) mod owners;
pub(crate) mod policy;
mod programs;
mod project;
mod store;

use std::path::PathBuf;

use crate::args::Global;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::session::Session;
use crate::table::prose;

use finding::Finding;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Ask no server whether it answers
    #[arg(long)]
    offline: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: &Args, global: &Global) -> Result<Exit, Fault> {
    let mut findings = vec![itself::look()];
    let folder = match Session::open(global) {
        Ok(session) => {
            findings.extend(project::look(&session.project));
            findings.extend(owners::look(&session.project));
            findings.extend(policy::look(&session.project));
            findings.push(store::look(&session).await);
            findings.extend(labels::look(&session).await);
            findings.extend(models::look(&session, args.offline).await);
            session.project.root().to_owned()
        }
        Err(fault) => {
            findings.push(project::missing(&fault));
            global.project.clone().unwrap_or_else(|| PathBuf::from("."))
        }
    };
    findings.extend(around::look());
    findings.push(programs::git(&folder).await);
    if args.json {
        out::json(&finding::json(&findings))?;
    } else {
        out::data(&prose(finding::text(&findings), 2))?;
    }
    Ok(findings.iter().map(Finding::exit).fold(Exit::Fine, Exit::graver))
}
