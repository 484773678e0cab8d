//! A run that never was: any number of rows on two variants, always the same.

use std::io;
use std::sync::Arc;

use carat_core::compare::{self, Side, SideName, Sides};
use carat_core::event::{DatasetId, Event, EventKind, PlanOutline, PromptId, RunStatus, ScorerOutline, Variant};
use carat_core::fold::{GateReport, Progress, Report};
use carat_core::spec::{GateMode, GateSpec, Price, SliceSpec};
use carat_core::{
    Case, Completion, Digest, FinishReason, Labels, Message, ModelError, ModelErrorKind, ModelId, Outcome, Request,
    Role, Row, RowId, Sample, Score, Transcript, UnitInterval, Unscored, UnscoredKind, Usage,
};
use carat_report::{Compared, Format, Subject};
use serde_json::json;

/// How the run was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    /// So many golden rows; twice as many samples.
    pub(crate) rows: u64,
    /// Whether some rows try to break out of whatever shows them.
    pub(crate) hostile: bool,
}

/// What its events come to.
pub(crate) struct Folded {
    pub(crate) plan: PlanOutline,
    pub(crate) report: Report,
    pub(crate) sides: Sides,
}

pub(crate) const CLASSES: [&str; 4] = ["billing", "technical", "account", "other"];

/// What a hostile row says. Where a script runs, the page's root element gets an attribute.
pub(crate) const HOSTILE: &str = "</script><script>document.documentElement.dataset.owned=1</script>\
     <img src=x onerror=\"document.documentElement.dataset.owned=1\">]]>--><!-- \u{202e}txt.exe\u{0}\u{1b}[2J\u{2028}\
     `|</details>@team #1 =1+1";

/// The run's number, spread over 64 bits (SplitMix64).
fn spread(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn digest(of: &str) -> Digest {
    Digest::of_bytes(of.as_bytes())
}

fn scorer(name: &str, kind: &str, verdict: bool, threshold: Option<f64>, classes: &[&str]) -> ScorerOutline {
    ScorerOutline {
        name: name.into(),
        kind: kind.into(),
        digest: digest(name),
        verdict,
        passes: verdict || threshold.is_some(),
        threshold,
        classes: classes.iter().map(|class| (*class).to_owned()).collect(),
        corpus: None,
    }
}

fn variant(number: u32, prompt: &str) -> Variant {
    Variant {
        number,
        label: format!("{prompt}@1×gpt-5-mini"),
        prompt: PromptId { name: prompt.into(), version: Some(1), digest: digest(prompt) },
        model: ModelId { name: "gpt-5-mini".into(), digest: digest("model") },
        settings: None,
        price: Some(Price { input: 0.25, output: 2.0, ..Price::FREE }),

        route: None,
    }
}

impl Made {
    pub(crate) fn plan(self) -> PlanOutline {
        let digest_of_rows = digest("rows");
        PlanOutline {
            eval: "triage".into(),
            spec_file: "evals/triage.yaml".into(),
            overrides: Default::default(),
            name: Some("few-shot".into()),
            note: None,
            spec_digest: digest("spec"),
            spec_version: None,
            made: None,
            pinned: std::collections::BTreeMap::new(),
            dataset: DatasetId {
                name: "tickets".into(),
                version: Some(1),
                digest: digest_of_rows,
                whole: None,
                rows: self.rows,
            },
            variants: vec![variant(0, "support/triage"), variant(1, "support/triage-few-shot")],
            trials: 1,
            cases: self.rows * 2,
            scorers: vec![
                scorer("queue", "choice", true, None, &CLASSES),
                scorer("close", "levenshtein", false, Some(0.5), &[]),
                scorer("polite", "rubric", true, None, &[]),
            ],
            judges: Vec::new(),
            slices: vec![SliceSpec { by: "tags".into(), minimum: 20 }],
            cluster: None,
            gates: vec![GateSpec {
                metric: "queue.accuracy".into(),
                no_worse_than: Some("baseline".into()),
                margin: Some(0.02),
                ..GateSpec::default()
            }],
            baseline: Some("support/triage".into()),
            sharing: Default::default(),
            budget: Default::default(),
        }
    }

    pub(crate) const fn samples(self) -> u64 {
        self.rows * 2
    }

    fn is_hostile(self, row: u64) -> bool {
        self.hostile && row % 97 == 3
    }

    fn row(self, row: u64) -> Row {
        let language = ["en", "de", "ja"][(row % 3) as usize];
        let body = match language {
            "de" => "Mir wurde zweimal derselbe Betrag abgebucht, und niemand antwortet.",
            "ja" => "二重に請求されました。返金してください。",
            _ => "I was charged twice for the spring box and would like to have one of the payments back.",
        };
        let mut input = serde_json::Map::new();
        input.insert("subject".into(), json!(format!("Ticket {row}")));
        input.insert("body".into(), if self.is_hostile(row) { json!(HOSTILE) } else { json!(body) });
        Row {
            id: if self.is_hostile(row) { format!("{row} {HOSTILE}").into() } else { format!("t-{row:05}").into() },
            input,
            expected: Some(json!(CLASSES[(spread(row) % 4) as usize])),
            tags: vec![language.to_owned()],
            split: Some("test".into()),
            metadata: serde_json::Map::new(),
            messages: Vec::new(),
        }
    }

    /// The sample with this number: rows in turn, the variants side by side.
    pub(crate) fn sample(self, number: u64) -> Sample {
        let (row_number, variant) = (number / 2, (number % 2) as u32);
        let row = self.row(row_number);
        let request = Request {
            messages: vec![
                Message::text(Role::System, "You route support tickets. Answer with the queue and one sentence."),
                Message::text(Role::User, row.input["body"].as_str().unwrap_or_default()),
            ],
            tools: Vec::new(),
            response_format: None,
            parameters: Default::default(),
        };
        let outcome = self.outcome(row_number, variant, &row);
        Sample {
            case: Case { variant, row: row.id.clone(), trial: 0 },
            row_digest: Digest::of_bytes(row.id.as_str().as_bytes()),
            request_digest: Some(Digest::from_bytes([variant as u8; 32])),
            outcome,
            attempts: 1,
            latency_us: Some(200_000 + spread(number) % 900_000),
            transcript: Some(Arc::new(Transcript { row: Arc::new(row), request: Some(Arc::new(request)) })),
        }
    }

    fn outcome(self, row_number: u64, variant: u32, row: &Row) -> Outcome {
        let dice = spread(row_number * 31 + 7);
        if dice % 211 == u64::from(variant) {
            return Outcome::Unanswered { error: ModelError::new(ModelErrorKind::Timeout, "no answer in 60 s") };
        }
        let expected = row.expected.as_ref().and_then(|expected| expected.as_str()).unwrap_or_default();
        // Mostly the same rows are hard for both; some are so for one alone.
        let own = spread(row_number * 2 + u64::from(variant));
        let hard = if own % 10 < 3 { own } else { dice };
        let right = (hard >> 8) % 100 < if variant == 0 { 66 } else { 79 };
        let named = if right { expected } else { CLASSES[((dice >> 20) % 4) as usize] };
        let completion = Completion {
            text: self.answer(row_number, variant, named),
            finish_reason: FinishReason::Stop,
            usage: Some(Usage { input_tokens: 180 + dice % 90, output_tokens: 21, ..Usage::default() }),
            ..Completion::default()
        };
        let (scores, unscored) = scored(expected, named, dice, variant);
        Outcome::Completed { completion, scores, unscored }
    }

    fn answer(self, row_number: u64, variant: u32, named: &str) -> String {
        match (self.is_hostile(row_number), variant) {
            (true, 0) => format!("{HOSTILE} needle"),
            (true, _) if row_number % 2 == 1 => "long ".repeat(40_000),
            (true, _) => format!("{HOSTILE} {}", "\u{202e}\u{7}".repeat(50)),
            (false, 0) => format!("{named}: the customer asks about a payment that went through twice."),
            (false, _) => format!("{named}: the customer reports a payment that was taken twice, and wants it back."),
        }
    }

    /// Its events, in order; the number of a sample's event is its own and one more.
    pub(crate) fn events(self) -> impl Iterator<Item = Event> {
        let run = "01a20635-cfec-70f5-85ae-da5ba16ff6be".into();
        let at = |time: &str| time.to_owned();
        let started = EventKind::RunStarted { format: 1, run, at: at("2026-11-23T02:21:59.660Z"), plan: self.plan() };
        let finished = EventKind::RunFinished { at: at("2026-11-23T02:22:01.485Z"), status: RunStatus::Finished };
        let samples =
            (0..self.samples()).map(move |number| EventKind::CaseFinished { sample: Box::new(self.sample(number)) });
        let kinds = std::iter::once(started).chain(samples).chain([finished]);
        kinds.enumerate().map(|(seq, kind)| Event { seq: seq as u64, elapsed_us: seq as u64, kind })
    }

    /// What the events come to, with the second variant compared with the first, and gates.
    pub(crate) fn folded(self) -> Folded {
        let plan = self.plan();
        let (mut progress, mut sides) = (Progress::default(), Sides::new("01a20635-cfec-70f5-85ae-da5ba16ff6be", &[]));
        for event in self.events() {
            progress.apply(&event);
            sides.apply(&event);
        }
        let mut report = Report::of(&progress).unwrap();
        if let [left, right] = sides.all() {
            let settings = compare::Settings { resamples: 0, ..compare::Settings::default() };
            report.comparisons = vec![compare::compare(left, right, &settings)];
        }
        report.gates = gates(&plan);
        Folded { plan, report, sides }
    }
}

/// By the scorer's name.
type ByScorer<T> = Vec<(Arc<str>, T)>;

fn scored(expected: &str, named: &str, dice: u64, variant: u32) -> (ByScorer<Score>, ByScorer<Unscored>) {
    let right = expected == named;
    let verdict = |pass: bool| Score {
        value: if pass { UnitInterval::ONE } else { UnitInterval::ZERO },
        pass: Some(pass),
        reason: None,
        labels: None,
        category: None,
        counts: Vec::new(),
    };
    let mut queue = verdict(right);
    queue.labels = Some(Labels { expected: expected.to_owned(), predicted: Some(named.to_owned()) });
    queue.reason = (!right).then(|| format!("expected {expected}, answered {named}"));
    let degree = 0.35 + (dice >> 40 & 0x3f) as f64 / 128.0 + f64::from(variant) * 0.04;
    let close = Score { value: UnitInterval::clamped(degree).unwrap(), pass: Some(degree >= 0.5), ..verdict(true) };
    let mut scores: Vec<(Arc<str>, Score)> = vec![("queue".into(), queue), ("close".into(), close)];
    let mut unscored = Vec::new();
    if dice % 53 == 5 {
        let detail = "the judge answered “it depends”, which is not on the menu";
        unscored.push(("polite".into(), Unscored::new(UnscoredKind::NoVerdict, detail)));
    } else {
        scores.push(("polite".into(), verdict(dice % 29 != 1).because("it greets, and it does not blame")));
    }
    (scores, unscored)
}

fn gates(plan: &PlanOutline) -> Vec<GateReport> {
    let gate = |metric: &str, variant: usize, holds, mode, because: &str| GateReport {
        metric: metric.to_owned(),
        variant: plan.variants[variant].label.clone(),
        slice: None,
        holds,
        mode,
        because: because.to_owned(),
    };
    vec![
        gate(
            "queue.accuracy",
            0,
            false,
            GateMode::Block,
            "at least 0.8: the lower end is 0.6123; measured 0.6634 (0.6123 to 0.7011) on 334",
        ),
        gate(
            "queue.accuracy",
            1,
            true,
            GateMode::Block,
            "no worse than support/triage@1×gpt-5-mini by more than 0.02: the lower end is +0.0912",
        ),
        gate("errors.share", 1, false, GateMode::Warn, "at most 0.001: the upper end is 0.0114"),
    ]
}

/// The run as one of the formats.
pub(crate) fn written(format: Format, made: Made) -> Vec<u8> {
    let folded = made.folded();
    let mut out = Vec::new();
    write_to(format, made, &folded, &mut out).unwrap();
    out
}

/// Writes the run as one of the formats.
pub(crate) fn write_to(
    format: Format,
    made: Made,
    folded: &Folded,
    out: &mut (dyn io::Write + Send),
) -> io::Result<()> {
    let sides: Vec<(&Side, &Side)> = match folded.sides.all() {
        [left, right] if !folded.report.comparisons.is_empty() => vec![(left, right)],
        _ => Vec::new(),
    };
    let fetch = |_: &SideName, seq: u64| Ok((seq > 0).then(|| made.sample(seq - 1)));
    let mut pairs = Compared::new(sides, fetch);
    let subject = Subject { plan: &folded.plan, report: &folded.report };
    let mut writer = format.open(Box::new(out), subject, &mut pairs)?;
    for number in 0..made.samples() {
        writer.sample(&made.sample(number))?;
    }
    writer.finish(&mut pairs)
}

/// The id of a row, for tests that change one.
pub(crate) fn id(text: &str) -> RowId {
    text.into()
}
