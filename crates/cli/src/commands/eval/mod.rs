//! `carat eval SPEC…`

mod carry_out;
mod dry_run;
mod going_on;
mod ingredients;
mod interrupts;
mod models;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use carat_core::spec::Overrides;
use serde_json::Value;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::session::Session;

use ingredients::Selected;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The evals: a name (evals/NAME.yaml) or a path
    #[arg(value_name = "SPEC", required_unless_present = "resume")]
    specs: Vec<String>,
    /// A prompt instead of the spec's; may be given more than once
    #[arg(long, value_name = "REF", help_heading = "What to run")]
    prompt: Vec<String>,
    /// Models instead of the spec's, separated by commas
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "What to run")]
    model: Vec<String>,
    /// At most so many rows, from the first
    #[arg(long, value_name = "N", help_heading = "What to run")]
    limit: Option<u64>,
    /// Only the rows whose id matches; may be given more than once
    #[arg(long, value_name = "ID-GLOB", help_heading = "What to run")]
    only: Vec<String>,
    /// Only the rows that have these tags, separated by commas
    #[arg(long, value_name = "T", value_delimiter = ',', help_heading = "What to run")]
    tag: Vec<String>,
    /// Repeats of each case, as samples of one case
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), help_heading = "What to run")]
    trials: Option<u32>,
    /// A parameter over the spec's, such as temperature=0.2
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value, help_heading = "What to run")]
    set: Vec<(String, Value)>,
    /// The most calls in flight for each model
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096), help_heading = "How to run")]
    concurrency: Option<u16>,
    /// Go on with a run that was interrupted, killed or has failures: its id, its name or @last
    #[arg(long, value_name = "RUN", help_heading = "How to run")]
    resume: Option<String>,
    /// The plan, its calls and tokens, and nothing else
    #[arg(long, help_heading = "How to run")]
    dry_run: bool,
    /// Write the report as JSON to a file, or to stdout as -
    #[arg(long, value_name = "F", help_heading = "What comes of it")]
    json: Option<PathBuf>,
    /// A name to find the run by
    #[arg(long, value_name = "NAME", help_heading = "What comes of it")]
    name: Option<String>,
    /// A note to remember what it was about
    #[arg(long, value_name = "TEXT", help_heading = "What comes of it")]
    note: Option<String>,
}

/// `temperature=0.2`: a JSON value, or else a text.
fn key_value(text: &str) -> Result<(String, Value), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    Ok((key.to_owned(), value))
}

impl Args {
    /// The flags that `carat run resume` stands for.
    pub(crate) fn resuming(run: String, json: Option<PathBuf>, concurrency: Option<u16>) -> Self {
        Self {
            specs: Vec::new(),
            prompt: Vec::new(),
            model: Vec::new(),
            limit: None,
            only: Vec::new(),
            tag: Vec::new(),
            trials: None,
            set: Vec::new(),
            concurrency,
            resume: Some(run),
            dry_run: false,
            json,
            name: None,
            note: None,
        }
    }

    /// What the flags replace, over what was replaced before.
    fn overrides(&self, before: Overrides) -> Overrides {
        let or = |new: &Vec<String>, old: Vec<String>| if new.is_empty() { old } else { new.clone() };
        let mut parameters: BTreeMap<String, Value> = before.parameters;
        parameters.extend(self.set.iter().cloned());
        Overrides {
            prompts: or(&self.prompt, before.prompts),
            models: or(&self.model, before.models),
            trials: self.trials.or(before.trials),
            tags: or(&self.tag, before.tags),
            only: or(&self.only, before.only),
            limit: self.limit.or(before.limit),
            parameters,
        }
    }
}

pub(crate) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    if let Some(file) = args.json.as_deref().filter(|file| *file != Path::new("-") && !args.dry_run) {
        carry_out::refuse_unwritable(file)?;
    }
    if let Some(run) = &args.resume {
        return going_on::go_on(args, run, session).await;
    }
    if args.json.is_some() && args.specs.len() > 1 {
        return Err(Fault::mendable("--json takes the report of one eval; run the specs one by one"));
    }
    // All of them are read before the first is paid for.
    let select = |spec: &String| Selected::select(session, spec, args.overrides(Overrides::default()));
    let all: Vec<Selected> = args.specs.iter().map(select).collect::<Result<_, _>>()?;
    let mut exit = Exit::Fine;
    for selected in all {
        exit = exit.graver(if args.dry_run {
            dry_run::show(&selected, session)?
        } else {
            carry_out::begin(args, session, selected).await?
        });
    }
    Ok(exit)
}
