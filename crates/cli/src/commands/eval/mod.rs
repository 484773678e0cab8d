//! `carat eval SPEC…`

pub(crate) mod baseline;
mod budget;
mod cache;
pub(crate) mod carry_out;
mod dry_run;
mod going_on;
mod graders;
mod ingredients;
mod interrupts;
mod jury;
pub(crate) mod measured;
mod models;
mod one_variant;
mod rescoring;
mod versions;
mod watch;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use carat_core::event::Budget;
use carat_core::spec::{Age, GateMode, GateSpec, Overrides};
use carat_eval::gates;
use carat_registry::Catalogue;
use carat_store::Store;
use serde_json::Value;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::report_files::ReportFiles;
use crate::session::{Session, now};

use ingredients::Selected;
use versions::Pins;

#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// The evals: a name (evals/NAME.yaml) or a path
    #[arg(value_name = "SPEC", required_unless_present_any = ["resume", "rescore"])]
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
    /// The most US dollars that all of it may spend, every eval, judges and retries included; nothing is begun that might pass
    /// it
    #[arg(long, value_name = "USD", value_parser = budget::dollars, allow_negative_numbers = true, help_heading = "How to run")]
    max_cost: Option<f64>,
    /// The most tokens that all of it may use, of requests and answers, judges and retries included
    #[arg(long, value_name = "N", help_heading = "How to run")]
    max_tokens: Option<u64>,
    /// Ask again what was answered before; later runs find the new answers
    #[arg(long, help_heading = "How to run")]
    refresh: bool,
    /// Ask everything, each case for itself, and let no other run use the answers
    #[arg(long, help_heading = "How to run")]
    no_cache: bool,
    /// Use no answer from a run that began longer ago than this, such as 7d
    #[arg(long, value_name = "AGE", conflicts_with_all = ["refresh", "no_cache"], help_heading = "How to run")]
    cache_age: Option<Age>,
    /// Go on with a run that was interrupted, killed or has failures: its id, its name or @last
    #[arg(long, value_name = "RUN", help_heading = "How to run")]
    resume: Option<String>,
    /// Score a run's recorded answers again with the scorers of its spec as it is now; no model is asked but judges
    #[arg(
        long,
        value_name = "RUN",
        conflicts_with_all = ["resume", "prompt", "model", "limit", "only", "tag", "trials", "set"],
        help_heading = "How to run"
    )]
    rescore: Option<String>,
    /// The plan, its calls, tokens, cost and gates, checked as a run checks them, and nothing else
    #[arg(long, help_heading = "How to run")]
    dry_run: bool,
    /// Compare with a run, one of its variants (RUN:VARIANT), or an exported file; `none` for the run that is to become the
    /// first baseline: gates against one are left out
    #[arg(long, value_name = "REF", help_heading = "What it is held against")]
    baseline: Option<String>,
    /// Compare with a baseline of other rows on the rows that both have
    #[arg(long, requires = "baseline", help_heading = "What it is held against")]
    common_rows: bool,
    /// What a missed gate does (warn or block), or a further gate, such as 'queue.accuracy >= 0.8'
    #[arg(long, value_name = "GATE", value_parser = gate, help_heading = "What it is held against")]
    gate: Vec<Gate>,
    /// Write the report as JSON to a file, or to stdout as -
    #[arg(long, value_name = "F", help_heading = "Reports (- is stdout)")]
    json: Option<PathBuf>,
    #[command(flatten)]
    reports: ReportFiles,
    /// A name to find the run by
    #[arg(long, value_name = "NAME", help_heading = "What comes of it")]
    name: Option<String>,
    /// A note to remember what it was about
    #[arg(long, value_name = "TEXT", help_heading = "What comes of it")]
    note: Option<String>,
}

/// In the place of a baseline: there is none yet.
pub(crate) const NO_BASELINE: &str = "none";

/// `warn`, `block`, or a gate.
#[derive(Debug, Clone)]
enum Gate {
    Mode(GateMode),
    Further(Box<GateSpec>),
}

fn gate(text: &str) -> Result<Gate, String> {
    match text {
        "warn" => Ok(Gate::Mode(GateMode::Warn)),
        "block" => Ok(Gate::Mode(GateMode::Block)),
        gate => gates::parse(gate).map(|gate| Gate::Further(Box::new(gate))),
    }
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
        Self { concurrency, resume: Some(run), json, ..Self::default() }
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
            is_first: self.is_first() || before.is_first && self.baseline.is_none(),
            gates: before.gates.into_iter().chain(self.further_gates()).collect(),
            gate_mode: self.gate_mode().or(before.gate_mode),
        }
    }

    /// What it may spend, by the flags.
    const fn budget(&self) -> Budget {
        Budget { usd: self.max_cost, tokens: self.max_tokens }
    }

    /// Whether the run is to become the first baseline.
    fn is_first(&self) -> bool {
        self.baseline.as_deref() == Some(NO_BASELINE)
    }

    /// What to compare with.
    fn baseline(&self) -> Option<&str> {
        self.baseline.as_deref().filter(|_| !self.is_first())
    }

    fn further_gates(&self) -> impl Iterator<Item = GateSpec> {
        self.gate.iter().filter_map(|gate| match gate {
            Gate::Further(gate) => Some((**gate).clone()),
            Gate::Mode(_) => None,
        })
    }

    fn gate_mode(&self) -> Option<GateMode> {
        self.gate.iter().rev().find_map(|gate| match gate {
            Gate::Mode(mode) => Some(*mode),
            Gate::Further(_) => None,
        })
    }

    /// Tells that a report cannot be written before anything is paid for.
    fn refuse_unwritable(&self) -> Result<(), Fault> {
        self.reports.refuse_unwritable(self.json.as_deref())
    }
}

pub(crate) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    let looking = session.only_looking();
    let session = if args.dry_run { &looking } else { session };
    if !args.dry_run {
        args.refuse_unwritable()?;
    }
    if let Some(run) = &args.resume {
        return going_on::go_on(args, run, session).await;
    }
    if let Some(run) = &args.rescore {
        return rescoring::rescore(args, run, session).await;
    }
    if (args.json.is_some() || args.reports.any()) && args.specs.len() > 1 {
        return Err(Fault::mendable("a file takes the report of one eval; run the specs one by one"));
    }
    // Where there is no store yet, none is made for a spec that turns out to be wrong.
    let there = session.store_if_there().await?.map(Arc::new);
    let looked_in = match &there {
        Some(store) => Arc::clone(store),
        None => Arc::new(Store::in_memory().await?),
    };
    let catalogue = session.catalogue_to_read(&looked_in);
    // All of them are read before the first is paid for.
    let mut all = Vec::new();
    for spec in &args.specs {
        let overrides = args.overrides(Overrides::default());
        let (baseline, pinned) = (args.baseline().map(str::to_owned), Pins::default());
        all.push(Selected::select(session, &catalogue, spec, overrides, baseline, &pinned).await?);
    }
    if args.dry_run {
        for selected in all {
            dry_run::show(args, &selected, session, &looked_in).await?;
            carry_out::begin(args, session, &catalogue, selected, &mut args.budget()).await?;
        }
        return Ok(Exit::Fine);
    }
    let store = match there {
        Some(store) => store,
        None => Arc::new(session.store().await?),
    };
    // The files of all of them have been read, so that who asks and from which commit is the same for all.
    let asked = session.catalogue(&store);
    let (mut exit, mut left) = (Exit::Fine, args.budget());
    for selected in all {
        let catalogue = Catalogue { now: now(), ..asked.clone() };
        exit = exit.graver(carry_out::begin(args, session, &catalogue, selected, &mut left).await?);
    }
    Ok(exit)
}
