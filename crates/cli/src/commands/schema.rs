//! `carat schema KIND`

use carat_core::fold::Report;
use carat_core::spec::{EvalSpec, ProjectSpec};
use carat_report::SampleLine;
use clap::ValueEnum;
use schemars::schema_for;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which file
    kind: Kind,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// carat.yaml
    Project,
    /// evals/*.yaml
    Eval,
    /// What `carat eval --json` and `carat run show --json` print
    Report,
    /// A line of what `--jsonl` and `carat run export RUN F.jsonl` write
    Sample,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Fault> {
    out::json(&match args.kind {
        Kind::Project => schema_for!(ProjectSpec),
        Kind::Eval => schema_for!(EvalSpec),
        Kind::Report => schema_for!(Report),
        Kind::Sample => schema_for!(SampleLine<'_>),
    })?;
    Ok(Exit::Fine)
}
