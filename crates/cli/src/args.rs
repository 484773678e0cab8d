//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands;

/// Evals of prompts and models against golden data: paired, with error bars, and nothing paid for twice.
#[derive(Debug, Parser)]
#[command(name = "carat", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The project's folder [default: the nearest one upwards with a carat.yaml]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global")]
    pub(crate) project: Option<PathBuf>,
    /// Where runs are kept [default: what carat.yaml says, else .carat/carat.db]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "CARAT_STORE",
        hide_env_values = true,
        help_heading = "Global"
    )]
    pub(crate) store: Option<String>,
    /// Who changes something, for the record [default: what CI, git or the machine say]
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "CARAT_ACTOR",
        hide_env_values = true,
        help_heading = "Global"
    )]
    pub(crate) actor: Option<String>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global")]
    pub(crate) color: Color,
    /// Say nothing but results and errors
    #[arg(short, long, global = true, help_heading = "Global")]
    pub(crate) quiet: bool,
    /// Tell of each failed attempt as it happens
    #[arg(short, long, global = true, conflicts_with = "quiet", help_heading = "Global")]
    pub(crate) verbose: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin a project: a small one that runs offline, with a process to edit
    Init(commands::init::Args),
    /// Run evals: prompts × models × golden rows
    Eval(Box<commands::eval::Args>),
    /// Two runs, or two variants of one, side by side, row by row
    Diff(commands::diff::Args),
    /// Recorded runs
    Run(commands::run::Args),
    /// Prompts
    Prompt(commands::prompt::Args),
    /// Golden datasets
    Dataset(commands::dataset::Args),
    /// Eval specs
    Spec(commands::spec::Args),
    /// Models
    Model(commands::model::Args),
    /// What is proposed for labels that have a policy, and what became of it
    Promotion(commands::promotion::Args),
    /// The record of every change
    Audit(commands::audit::Args),
    /// Bring in evals that were written for another tool
    Import(commands::import::Args),
    /// Whether all that carat needs is there: project, store, models and their servers, terminal, git
    Doctor(commands::doctor::Args),
    /// Where the project stands, and the one next step
    Status(commands::status::Args),
    /// Print the JSON Schema of a file that people write or read
    Schema(commands::schema::Args),
    /// Print a completion script for a shell
    Completions(commands::completions::Args),
}
