//! `carat completions SHELL`

use clap::CommandFactory as _;

use crate::args::Cli;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which shell
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Fault> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "carat", &mut script);
    out::data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
