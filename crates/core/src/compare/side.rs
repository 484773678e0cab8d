//! What one variant of a run said, row by row: no more than a comparison needs.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::num::NonZeroU64;

use crate::event::{PlanOutline, ScorerOutline, Variant};
use crate::spec::{Price, SliceSpec};
use crate::{Completion, Digest, Event, EventKind, Labels, Outcome, RowId, Sample, Score};

use super::SideReport;

/// Whose samples they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideName {
    /// The run's id, or the file's name.
    pub run: String,
    /// What people call the variant.
    pub variant: String,
}

/// The sides of a run: the fold of its events, one side a variant.
#[derive(Debug, Clone, Default)]
pub struct Sides {
    run: String,
    slices: Vec<SliceSpec>,
    sides: Vec<Side>,
}

impl Sides {
    /// For a file of this name; a run has its own name, and needs none here. Rows are put together by `slices` where samples come with their rows; by those of
    /// the plan where there are none here.
    pub fn new(run: impl Into<String>, slices: &[SliceSpec]) -> Self {
        Self { run: run.into(), slices: slices.to_vec(), sides: Vec::new() }
    }

    /// Takes the next event.
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RunStarted { run, plan, .. } => {
                if self.run.is_empty() {
                    run.as_str().clone_into(&mut self.run);
                }
                self.begin(plan);
            }
            EventKind::RunResumed { plan, .. } => self.begin(plan),
            EventKind::CaseFinished { sample } => {
                if let Some(side) = self.sides.iter_mut().find(|side| side.number == sample.case.variant) {
                    side.add(event.seq, sample);
                }
            }
            EventKind::AttemptFailed { .. }
            | EventKind::CaseAnswered { .. }
            | EventKind::JudgeAnswered { .. }
            | EventKind::ModelGivenUp { .. }
            | EventKind::RunFinished { .. } => {}
        }
    }

    fn begin(&mut self, plan: &PlanOutline) {
        let mut before = std::mem::take(&mut self.sides);
        let slices = if self.slices.is_empty() { &plan.slices } else { &self.slices };
        for variant in &plan.variants {
            let known = before.iter().position(|side| side.number == variant.number);
            let side = match known {
                Some(index) => before.swap_remove(index).of_plan(plan),
                None => Side::new(&self.run, variant, plan, slices),
            };
            self.sides.push(side);
        }
    }

    /// The sides, in the order of the plan.
    pub fn all(&self) -> &[Side] {
        &self.sides
    }

    /// The side of this variant, by its label.
    pub fn of_variant(&self, label: &str) -> Option<&Side> {
        self.sides.iter().find(|side| side.name.variant == label)
    }
}

/// One variant's samples, added up by row.
#[derive(Debug, Clone)]
pub struct Side {
    pub(super) name: SideName,
    number: u32,
    /// Which prompt and model.
    pub variant: Variant,
    pub(super) scorers: Vec<ScorerOutline>,
    pub(super) trials: u32,
    price: Option<Price>,
    pub(super) slice_specs: Vec<SliceSpec>,
    pub(super) slice_names: Vec<(usize, String)>,
    slice_numbers: HashMap<(usize, String), u32>,
    index: HashMap<RowId, u32>,
    pub(super) rows: Vec<SideRow>,
    pub(super) columns: Vec<Column>,
}

/// One row.
#[derive(Debug, Clone)]
pub(super) struct SideRow {
    pub(super) id: RowId,
    pub(super) digest: Digest,
    pub(super) samples: u32,
    pub(super) answered: u32,
    /// Answers that some scorer had nothing to say about.
    pub(super) unscored: u32,
    /// The sum of what the answers cost; NaN where one's cost is not known.
    pub(super) cost: f64,
    pub(super) slices: Box<[u32]>,
    /// One for every sample.
    pub(super) marks: Vec<Mark>,
}

/// What is kept of a sample by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    trial: u32,
    /// The number of its event.
    seq: u64,
    /// The answer, as a number that differs when answers do; none without an answer.
    pub(super) answer: Option<NonZeroU64>,
}

/// What one scorer said.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    /// By row.
    pub(super) cells: Vec<Cell>,
    /// Row and class pair of every answer, for scorers over classes.
    pub(super) labels: Vec<(u32, u16)>,
    pub(super) label_set: Vec<Labels>,
    /// Sums of counts by row, `width` for each.
    pub(super) counts: Vec<u64>,
    pub(super) width: usize,
}

/// What one scorer said of the repeats of one row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) sum: f64,
    pub(super) scored: u32,
    pub(super) judged: u32,
    pub(super) passed: u32,
}

impl Side {
    fn new(run: &str, variant: &Variant, plan: &PlanOutline, slices: &[SliceSpec]) -> Self {
        let width = |scorer: &ScorerOutline| scorer.corpus.as_ref().map_or(0, |corpus| corpus.metric.width());
        let column = |scorer| Column { width: width(scorer), ..Column::default() };
        Self {
            name: SideName { run: run.to_owned(), variant: variant.label.clone() },
            number: variant.number,
            variant: variant.clone(),
            columns: plan.scorers.iter().map(column).collect(),
            scorers: plan.scorers.clone(),
            trials: plan.trials,
            price: variant.price,
            slice_specs: slices.to_vec(),
            slice_names: Vec::new(),
            slice_numbers: HashMap::new(),
            index: HashMap::new(),
            rows: Vec::new(),
        }
    }

    /// The same samples under a plan that a resume has changed. What has been scored otherwise comes again.
    fn of_plan(mut self, plan: &PlanOutline) -> Self {
        self.trials = plan.trials;
        if self.scorers != plan.scorers {
            let fresh = Self::new(&self.name.run, &self.variant, plan, &self.slice_specs);
            return fresh;
        }
        self
    }

    /// Whose samples they are.
    pub const fn name(&self) -> &SideName {
        &self.name
    }

    /// Whether it is of the same prompt and model as another one, by their names: what became of the one in the other.
    pub fn is_like(&self, other: &Self) -> bool {
        let (a, b) = (&self.variant, &other.variant);
        a.prompt.name == b.prompt.name && a.model.name == b.model.name
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn report(&self) -> SideReport {
        SideReport {
            run: self.name.run.clone(),
            variant: self.name.variant.clone(),
            prompt: self.variant.prompt.digest.to_string(),
            model: self.variant.model.digest.to_string(),
        }
    }

    pub(super) fn position(&self, row: &RowId) -> Option<u32> {
        self.index.get(row).copied()
    }

    fn add(&mut self, seq: u64, sample: &Sample) {
        let place = self.row(sample);
        let cost = self.cost(sample);
        let row = &mut self.rows[place as usize];
        let answer = match &sample.outcome {
            Outcome::Completed { completion, .. } => Some(hash_of(completion)),
            Outcome::Unrendered { .. } | Outcome::Unanswered { .. } => None,
        };
        row.marks.push(Mark { trial: sample.case.trial, seq, answer });
        row.samples += 1;
        row.cost += cost;
        let Outcome::Completed { scores, unscored, .. } = &sample.outcome else { return };
        row.answered += 1;
        row.unscored += u32::from(!unscored.is_empty());
        for (name, score) in scores {
            if let Some(at) = self.scorers.iter().position(|scorer| scorer.name == *name) {
                self.columns[at].add(place, score);
            }
        }
    }

    /// What the answer cost; NaN where it is not known.
    fn cost(&self, sample: &Sample) -> f64 {
        let Outcome::Completed { completion, .. } = &sample.outcome else { return 0.0 };
        self.price.as_ref().and_then(|price| price.cost(completion.usage.as_ref())).unwrap_or(f64::NAN)
    }

    /// The place of the sample's row. A row whose content changed while the run stood still begins anew.
    fn row(&mut self, sample: &Sample) -> u32 {
        let place = match self.index.get(&sample.case.row) {
            Some(place) => *place,
            None => {
                let place = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
                self.index.insert(sample.case.row.clone(), place);
                let slices = self.slices_of(sample);
                self.rows.push(SideRow::new(sample, slices));
                self.columns.iter_mut().for_each(Column::grow);
                place
            }
        };
        if self.rows[place as usize].digest != sample.row_digest {
            let slices = self.slices_of(sample);
            self.rows[place as usize] = SideRow::new(sample, slices);
            self.columns.iter_mut().for_each(|column| column.clear(place));
        }
        place
    }

    fn slices_of(&mut self, sample: &Sample) -> Box<[u32]> {
        let Some(transcript) = &sample.transcript else { return Box::default() };
        let mut numbers = Vec::new();
        for (index, spec) in self.slice_specs.iter().enumerate() {
            for value in spec.of(&transcript.row) {
                let next = u32::try_from(self.slice_names.len()).unwrap_or(u32::MAX);
                let number = *self.slice_numbers.entry((index, value.clone())).or_insert(next);
                if number == next {
                    self.slice_names.push((index, value));
                }
                numbers.push(number);
            }
        }
        numbers.into_boxed_slice()
    }

    /// Its scorers, in the order of the spec.
    pub fn scorer_names(&self) -> impl Iterator<Item = &str> {
        self.scorers.iter().map(|scorer| &*scorer.name)
    }

    /// Its rows, each with the name of its content.
    pub fn rows(&self) -> impl Iterator<Item = (&RowId, &Digest)> {
        self.rows.iter().map(|row| (&row.id, &row.digest))
    }

    /// The numbers of the events of a row's samples, by repeat.
    pub fn samples_of(&self, row: &RowId) -> Vec<u64> {
        let Some(place) = self.position(row) else { return Vec::new() };
        let mut seqs: Vec<_> = self.rows[place as usize].marks.iter().map(|mark| (mark.trial, mark.seq)).collect();
        seqs.sort_unstable();
        seqs.into_iter().map(|(_, seq)| seq).collect()
    }
}

impl SideRow {
    fn new(sample: &Sample, slices: Box<[u32]>) -> Self {
        let (id, digest) = (sample.case.row.clone(), sample.row_digest);
        Self { id, digest, samples: 0, answered: 0, unscored: 0, cost: 0.0, slices, marks: Vec::with_capacity(1) }
    }
}

impl Column {
    fn grow(&mut self) {
        self.cells.push(Cell::default());
        self.counts.resize(self.counts.len() + self.width, 0);
    }

    fn clear(&mut self, row: u32) {
        let place = row as usize;
        self.cells[place] = Cell::default();
        self.labels.retain(|(of, _)| *of != row);
        self.counts[place * self.width..(place + 1) * self.width].fill(0);
    }

    fn add(&mut self, row: u32, score: &Score) {
        let cell = &mut self.cells[row as usize];
        cell.sum += score.value.get();
        cell.scored += 1;
        cell.judged += u32::from(score.pass.is_some());
        cell.passed += u32::from(score.pass == Some(true));
        if let Some(labels) = &score.labels {
            let known = self.label_set.iter().position(|known| known == labels);
            let number = known.unwrap_or_else(|| {
                self.label_set.push(labels.clone());
                self.label_set.len() - 1
            });
            self.labels.push((row, u16::try_from(number).unwrap_or(u16::MAX)));
        }
        if score.counts.len() == self.width {
            let sums = &mut self.counts[row as usize * self.width..];
            sums.iter_mut().zip(&score.counts).for_each(|(sum, count)| *sum += u64::from(*count));
        }
    }

    pub(super) fn counts_of(&self, row: u32) -> &[u64] {
        &self.counts[row as usize * self.width..(row as usize + 1) * self.width]
    }
}

impl Cell {
    /// The mean value of the repeats.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.scored > 0).then(|| self.sum / f64::from(self.scored))
    }

    /// The share of the repeats that pass.
    pub(super) fn pass_rate(&self) -> Option<f64> {
        (self.judged > 0).then(|| f64::from(self.passed) / f64::from(self.judged))
    }
}

/// A number that differs when answers do. Answers that are JSON are the same however they are laid out.
fn hash_of(completion: &Completion) -> NonZeroU64 {
    let mut hasher = DefaultHasher::new();
    let text = completion.text.trim_start();
    let document = text.starts_with(['{', '[']).then(|| serde_json::from_str::<serde_json::Value>(text));
    match document {
        Some(Ok(value)) => Digest::of_json(&value).hash(&mut hasher),
        _ => completion.text.hash(&mut hasher),
    }
    completion.refusal.hash(&mut hasher);
    for call in &completion.tool_calls {
        call.name.hash(&mut hasher);
        Digest::of_json(&call.arguments).hash(&mut hasher);
    }
    NonZeroU64::new(hasher.finish()).unwrap_or(NonZeroU64::MIN)
}
