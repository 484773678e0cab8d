//! What stories are told with: a plan over a few rows, and a sink that keeps every event.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use carat_core::event::{Budget, DatasetId, FORMAT, RunStatus, Sharing, Variant};
use carat_core::fold::{Progress, Report, Spent};
use carat_core::prompt::Beside;
use carat_core::spec::{EvalSpec, ModelSpec};
use carat_core::{
    Assessor, DataError, Digest, Event, EventKind, Image, Model, Prompt, Row, RowStream, Rows, Sink, SinkError,
};
use carat_eval::jury::Jury;
use carat_eval::plan::{Ingredients, PlannedModel, PlannedPrompt};
use carat_eval::resume::Decisions;
use carat_eval::run::Recordings;
use carat_eval::{Execution, Plan, Purse, RunError, Stop, run, scorers};
use serde_json::json;
use tokio::sync::watch;

/// Rows `r-0`, `r-1`, … that ask for their number.
#[derive(Clone)]
pub(crate) struct Numbered(pub(crate) u64);

impl Rows for Numbered {
    fn open(&self) -> Result<RowStream, DataError> {
        Ok(Box::new((0..self.0).map(|number| Ok(row(number, "yes")))))
    }
}

pub(crate) fn row(number: u64, expected: &str) -> Row {
    let row = json!({"id": format!("r-{number}"), "input": {"thing": number.to_string()}, "expected": expected});
    serde_json::from_value(row).unwrap()
}

/// Rows that are given one by one.
pub(crate) struct Given(pub(crate) Vec<Row>);

impl Rows for Given {
    fn open(&self) -> Result<RowStream, DataError> {
        Ok(Box::new(self.0.clone().into_iter().map(Ok)))
    }
}

/// Keeps everything it hears.
#[derive(Default)]
pub(crate) struct Keeper {
    pub(crate) events: Vec<Event>,
    /// After how many events it can take no more.
    pub(crate) full_after: Option<usize>,
}

#[async_trait]
impl Sink for Keeper {
    async fn emit(&mut self, events: &[Event]) -> Result<(), SinkError> {
        if self.full_after.is_some_and(|most| self.events.len() + events.len() > most) {
            return Err(SinkError { message: "the disk is full".into(), source: None });
        }
        self.events.extend_from_slice(events);
        Ok(())
    }
}

/// No files beside the prompt.
struct Nothing;

impl Beside for Nothing {
    fn text(&mut self, _: &str) -> Result<String, String> {
        Err("there are no files".into())
    }

    fn picture(&mut self, _: &str) -> Result<Image, String> {
        Err("there are no pictures".into())
    }
}

/// How a story is set up; the rest is the same in all of them.
pub(crate) struct Story {
    pub(crate) prompt: &'static str,
    pub(crate) rows: Arc<dyn Rows>,
    pub(crate) count: u64,
    pub(crate) spec: serde_json::Value,
    pub(crate) settings: serde_json::Value,
    pub(crate) known: Vec<Variant>,
    pub(crate) judges: Vec<Arc<dyn Model>>,
    pub(crate) assessors: Vec<fn() -> Box<dyn Assessor>>,
    pub(crate) recordings: Option<Arc<dyn Recordings>>,
    pub(crate) budget: Budget,
    pub(crate) spent: Spent,
    pub(crate) apart: bool,
}

fn planned(judge: &Arc<dyn Model>, settings: &ModelSpec) -> PlannedModel {
    PlannedModel { model: Arc::clone(judge), spec: settings.clone(), settings: None, is_pinned: false }
}

pub(crate) const PROMPT: &str = "user:\nIs {{ thing }} a number?";

impl Story {
    pub(crate) fn of(rows: u64) -> Self {
        Self {
            prompt: PROMPT,
            rows: Arc::new(Numbered(rows)),
            count: rows,
            spec: json!({"prompts": ["p"], "models": ["scripted"], "dataset": "numbers",
                         "scorers": [{"name": "right", "exact": {}}]}),
            settings: json!({"provider": "baseline", "limits": {"concurrency": 4}}),
            known: Vec::new(),
            judges: Vec::new(),
            assessors: Vec::new(),
            recordings: None,
            budget: Budget::default(),
            spent: Spent::default(),
            apart: false,
        }
    }

    pub(crate) fn plan(&self, model: Arc<dyn Model>) -> Arc<Plan> {
        let spec: EvalSpec = serde_json::from_value(self.spec.clone()).unwrap();
        let settings: ModelSpec = serde_json::from_value(self.settings.clone()).unwrap();
        let prompt = Prompt::parse("p", "p.prompty", self.prompt, &mut Nothing).unwrap();
        let build = |scorer| scorers::build(scorer, &|_| Err("none".into())).unwrap();
        let scorers = spec.scorers.iter().filter_map(build).collect();
        let ingredients = Ingredients {
            eval: "numbers".into(),
            spec_file: "evals/numbers.yaml".into(),
            spec_version: None,
            made: None,
            pinned: Default::default(),
            overrides: Default::default(),
            name: None,
            note: None,
            spec: &spec,
            prompts: vec![Arc::new(PlannedPrompt {
                prompt: Arc::new(prompt),
                version: Some(1),
                images: Box::new(|_| Err("none".into())),
            })],
            models: vec![PlannedModel { model, spec: settings.clone(), settings: None, is_pinned: false }],
            dataset: DatasetId {
                name: "numbers".into(),
                version: Some(1),
                digest: Digest::of_bytes(b"numbers"),
                whole: None,
                rows: self.count,
            },
            rows: Arc::clone(&self.rows),
            jury: Jury::new(&spec.scorers, scorers, self.assessors.iter().map(|make| make()).collect()),
            scorer_digest: &|_| None,
            judges: self.judges.iter().map(|judge| planned(judge, &settings)).collect(),
            baseline: None,
            concurrency: None,
            known: &self.known,
        };
        let mut plan = Plan::new(ingredients).unwrap();
        plan.outline.budget = self.budget;
        plan.outline.sharing = if self.apart { Sharing::Apart } else { Sharing::Usual };
        Arc::new(plan)
    }

    /// Runs from the start to the end.
    pub(crate) async fn tell(&self, model: Arc<dyn Model>) -> Told {
        let (_wish, stop) = watch::channel(Stop::No);
        let recordings = self.recordings.clone();
        let record = (recordings, self.spent);
        tell_recorded(&self.plan(model), Decisions::default(), stop, &mut Keeper::default(), record).await
    }
}

/// What came of a run.
pub(crate) struct Told {
    pub(crate) result: Result<RunStatus, RunError>,
    pub(crate) events: Vec<Event>,
    pub(crate) took: Duration,
}

pub(crate) async fn tell(
    plan: &Arc<Plan>,
    decisions: Decisions,
    stop: watch::Receiver<Stop>,
    keeper: &mut Keeper,
) -> Told {
    tell_recorded(plan, decisions, stop, keeper, (None, Spent::default())).await
}

/// The same with a record of what was said before, and what was spent before.
pub(crate) async fn tell_recorded(
    plan: &Arc<Plan>,
    decisions: Decisions,
    stop: watch::Receiver<Stop>,
    keeper: &mut Keeper,
    (recordings, spent): (Option<Arc<dyn Recordings>>, Spent),
) -> Told {
    let began = tokio::time::Instant::now();
    let opening =
        EventKind::RunStarted { format: FORMAT, run: "run-1".into(), at: "then".into(), plan: plan.outline.clone() };
    let execution = Execution {
        opening: vec![opening],
        next_seq: 0,
        decisions: Arc::new(decisions),
        purse: Arc::new(Purse::new(plan.outline.budget, spent)),
        recordings,
        sinks: vec![keeper],
        stop,
        waits: Arc::default(),
        now: &|| "later".to_owned(),
    };
    let result = run(Arc::clone(plan), execution).await;
    Told { result, events: std::mem::take(&mut keeper.events), took: began.elapsed() }
}

impl Told {
    pub(crate) fn status(&self) -> RunStatus {
        *self.result.as_ref().unwrap()
    }

    pub(crate) fn report(&self) -> Report {
        let mut progress = Progress::default();
        self.events.iter().for_each(|event| progress.apply(event));
        Report::of(&progress).unwrap()
    }

    /// The samples, in the order in which they ended.
    pub(crate) fn samples(&self) -> Vec<&carat_core::Sample> {
        self.events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::CaseFinished { sample } => Some(&**sample),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn waits(&self) -> Vec<u64> {
        self.events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::AttemptFailed { wait_ms, .. } => Some(*wait_ms),
                _ => None,
            })
            .collect()
    }
}
