//! What one variant of a run said, row by row: no more than a comparison needs.

mod column;
mod row;

use std::collections::HashMap;

use crate::event::{PlanOutline, ScorerOutline, Variant};
use crate::fold::Clusters;
use crate::spec::{ClusterSpec, Price, SliceSpec};
use crate::{Digest, Outcome, RowId, Sample};

use super::SideReport;

pub(super) use column::{Cell, Column};
pub(super) use row::SideRow;
use row::{Mark, draw_of, hash_of};

/// Whose samples they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideName {
    /// The run's id, or the file's name.
    pub run: String,
    /// What people call the variant.
    pub variant: String,
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
    pub(super) cluster_spec: Option<ClusterSpec>,
    clusters: Clusters,
    index: HashMap<RowId, u32>,
    pub(super) rows: Vec<SideRow>,
    pub(super) columns: Vec<Column>,
}

impl Side {
    pub(super) fn new(
        run: &str,
        variant: &Variant,
        plan: &PlanOutline,
        (slices, cluster): (&[SliceSpec], Option<&ClusterSpec>),
    ) -> Self {
        let width = |scorer: &ScorerOutline| scorer.corpus.as_ref().map_or(0, |corpus| corpus.metric.width());
        Self {
            name: SideName { run: run.to_owned(), variant: variant.label.clone() },
            number: variant.number,
            variant: variant.clone(),
            columns: plan.scorers.iter().map(|scorer| Column::new(width(scorer))).collect(),
            scorers: plan.scorers.clone(),
            trials: plan.trials,
            price: variant.price,
            slice_specs: slices.to_vec(),
            slice_names: Vec::new(),
            slice_numbers: HashMap::new(),
            cluster_spec: cluster.cloned(),
            clusters: Clusters::default(),
            index: HashMap::new(),
            rows: Vec::new(),
        }
    }

    /// The same samples under a plan that a resume has changed. What has been scored otherwise comes again.
    pub(super) fn of_plan(mut self, plan: &PlanOutline, cluster: Option<&ClusterSpec>) -> Self {
        self.trials = plan.trials;
        if self.scorers != plan.scorers {
            return Self::new(&self.name.run, &self.variant, plan, (&self.slice_specs, cluster));
        }
        if self.cluster_spec.as_ref() != cluster {
            self.cluster_spec = cluster.cloned();
            self.clusters = Clusters::default();
            let unknown = self.clusters.unknown();
            self.rows.iter_mut().for_each(|row| row.cluster = unknown);
        }
        self
    }

    /// Whose samples they are.
    pub const fn name(&self) -> &SideName {
        &self.name
    }

    /// The variant's number in its run.
    pub(super) const fn number(&self) -> u32 {
        self.number
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

    pub(super) fn add(&mut self, seq: u64, sample: &Sample) {
        let place = self.row(sample);
        let cost = self.cost(sample);
        let row = &mut self.rows[place as usize];
        let answer = match &sample.outcome {
            Outcome::Completed { completion, .. } => {
                // In whatever order they come.
                row.draws = row.draws.wrapping_add(draw_of(sample, completion, &self.name.run));
                Some(hash_of(completion))
            }
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
        self.price.as_ref().and_then(|price| price.cost_of_call(completion.usage.as_ref())).unwrap_or(f64::NAN)
    }

    /// The place of the sample's row. A row whose content changed while the run stood still begins anew.
    fn row(&mut self, sample: &Sample) -> u32 {
        let Some(place) = self.position(&sample.case.row) else {
            let place = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
            self.index.insert(sample.case.row.clone(), place);
            let row = self.begin_row(sample);
            self.rows.push(row);
            self.columns.iter_mut().for_each(Column::grow);
            return place;
        };
        if self.rows[place as usize].digest != sample.row_digest {
            self.rows[place as usize] = self.begin_row(sample);
            self.columns.iter_mut().for_each(|column| column.clear(place));
        }
        place
    }

    fn begin_row(&mut self, sample: &Sample) -> SideRow {
        let slices = self.slices_of(sample);
        let cluster = self.cluster_spec.as_ref().map_or(0, |spec| self.clusters.number(spec, sample));
        SideRow::new(sample, slices, cluster)
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
