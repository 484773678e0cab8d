//! Every metric that two sides have in common, as differences row by row.

mod f1;

use crate::corpus::CorpusMetric;
use crate::event::ScorerOutline;

use super::differences::{Differences, Pair};
use super::paired::Paired;
use super::side::{Cell, Column, SideRow};
use super::{COST, ERRORS, FlippedRows, UNSCORED};

/// A metric on both sides.
pub(super) struct Measured {
    pub(super) metric: String,
    /// Its differences, or why it cannot be compared.
    pub(super) differences: Result<Differences, String>,
    /// The rows that pass on one side alone, where it is about passing.
    pub(super) flipped: Option<FlippedRows>,
}

/// Everything that both sides measure on the rows that they share.
///
/// Errors and what is unscored are left out where neither side has any, unless `everything` is wanted.
pub(super) fn all(paired: &Paired<'_>, everything: bool) -> Vec<Measured> {
    let (left, right) = (paired.left, paired.right);
    let mut measured = Vec::new();
    for (at, scorer) in left.scorers.iter().enumerate() {
        match right.scorers.iter().position(|other| other.name == scorer.name) {
            None => measured.push(missing(scorer, "left")),
            Some(to) if right.scorers[to].digest != scorer.digest => measured.push(changed(scorer)),
            Some(to) => measured.extend(OneScorer::of(paired, (at, to)).all()),
        }
    }
    let known = |scorer: &&ScorerOutline| left.scorers.iter().all(|other| other.name != scorer.name);
    measured.extend(right.scorers.iter().filter(known).map(|scorer| missing(scorer, "right")));
    measured.extend(common(paired, everything));
    measured
}

/// The metric that stands for each scorer that is the same on both sides.
pub(super) fn main(paired: &Paired<'_>) -> Vec<Measured> {
    let to = |scorer: &ScorerOutline| {
        let same = |other: &ScorerOutline| other.name == scorer.name && other.digest == scorer.digest;
        paired.right.scorers.iter().position(same)
    };
    let scorers = paired.left.scorers.iter().enumerate();
    scorers.filter_map(|(at, scorer)| Some(OneScorer::of(paired, (at, to(scorer)?)).main())).collect()
}

fn missing(scorer: &ScorerOutline, side: &str) -> Measured {
    not_compared(
        scorer,
        format!("only the {side} side has a scorer `{}`; `carat eval --rescore` gives it to both", scorer.name),
    )
}

fn changed(scorer: &ScorerOutline) -> Measured {
    not_compared(
        scorer,
        format!(
            "the scorer `{}` had other settings; `carat eval --rescore` scores the recorded answers with one of them",
            scorer.name
        ),
    )
}

fn not_compared(scorer: &ScorerOutline, because: String) -> Measured {
    let metric = format!("{}.{}", scorer.name, main_aggregate(scorer));
    Measured { metric, differences: Err(because), flipped: None }
}

/// The aggregate that stands for a scorer.
const fn main_aggregate(scorer: &ScorerOutline) -> &'static str {
    if scorer.verdict { "accuracy" } else { "mean" }
}

/// What is measured of every answer, whatever the scorers.
fn common(paired: &Paired<'_>, everything: bool) -> Vec<Measured> {
    let any = |has: fn(&SideRow) -> bool| paired.left.rows.iter().chain(&paired.right.rows).any(has);
    let mut measured = Vec::new();
    if everything || any(|row| row.answered < row.samples) {
        measured.push(failures(paired, ERRORS, SideRow::error_share));
    }
    if everything || any(|row| row.unscored > 0) {
        measured.push(failures(paired, UNSCORED, SideRow::unscored_share));
    }
    let costs = paired.rows().map(|(l, r)| (l.cost_per_sample(), r.cost_per_sample()));
    let costs = Differences::of_amounts(costs);
    measured.extend(costs.map(|costs| Measured { metric: COST.to_owned(), differences: Ok(costs), flipped: None }));
    measured
}

/// A share of a row's samples that failed in some way.
fn failures(paired: &Paired<'_>, metric: &str, share: fn(&SideRow) -> Option<f64>) -> Measured {
    let shares = || paired.rows().map(|(l, r)| (share(l), share(r)));
    let differences = Differences::of_values(shares(), paired.is_repeated()).map(Differences::lower_is_better);
    let passing = shares().map(|(l, r)| (l.map(|share| 1.0 - share), r.map(|share| 1.0 - share)));
    let flipped = FlippedRows::of(paired, passing.map(|rates| (rates, rates)));
    Measured { metric: metric.to_owned(), differences: known(differences), flipped: Some(flipped) }
}

/// The differences, or that there are none to compare.
pub(super) fn known<T>(value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| "no row has a value on both sides".to_owned())
}

/// A scorer that is the same on both sides.
struct OneScorer<'a> {
    paired: &'a Paired<'a>,
    scorer: &'a ScorerOutline,
    columns: (&'a Column, &'a Column),
}

impl<'a> OneScorer<'a> {
    /// The scorer that stands at these places on the sides.
    fn of(paired: &'a Paired<'a>, at: (usize, usize)) -> Self {
        let columns = (&paired.left.columns[at.0], &paired.right.columns[at.1]);
        Self { paired, scorer: &paired.left.scorers[at.0], columns }
    }

    fn pairs(&self, of: fn(&Cell) -> Option<f64>) -> impl Iterator<Item = Pair> {
        self.paired.cells(self.columns).map(move |(l, r)| (of(l), of(r)))
    }

    fn passes(&self) -> bool {
        self.scorer.verdict || self.scorer.passes
    }

    fn rates(&self) -> Result<Differences, String> {
        known(Differences::of_verdicts(self.pairs(Cell::pass_rate), self.paired.is_repeated()))
    }

    fn means(&self) -> Result<Differences, String> {
        known(Differences::of_values(self.pairs(Cell::mean), self.paired.is_repeated()))
    }

    fn flipped(&self) -> Option<FlippedRows> {
        let pairs = self.pairs(Cell::pass_rate).zip(self.pairs(Cell::mean));
        self.passes().then(|| FlippedRows::of(self.paired, pairs))
    }

    fn measured(&self, aggregate: &str, differences: Result<Differences, String>) -> Measured {
        Measured { metric: format!("{}.{aggregate}", self.scorer.name), differences, flipped: None }
    }

    /// The metric that stands for it.
    fn main(&self) -> Measured {
        let differences = if self.scorer.verdict { self.rates() } else { self.means() };
        Measured { flipped: self.flipped(), ..self.measured(main_aggregate(self.scorer), differences) }
    }

    /// All its metrics.
    fn all(&self) -> Vec<Measured> {
        let main = self.main();
        let flipped = main.flipped.clone();
        let mut measured = vec![main];
        if !self.scorer.verdict && self.passes() {
            measured.push(self.measured("pass_rate", self.rates()));
        }
        if self.scorer.is_classifier() && !self.paired.is_repeated() {
            let f1 = f1::differences(self.scorer, self.columns, self.paired.pairs);
            measured.extend(f1.map(|f1| self.measured("f1_macro", Ok(f1))));
        }
        // A plain share tells of the judge, not of the answers.
        if let Some(corpus) = self.scorer.corpus.as_ref().filter(|corpus| corpus.metric != CorpusMetric::Share) {
            let differences = super::corpus::differences(&corpus.metric, self.columns, self.paired.pairs);
            measured.push(self.measured(&corpus.name, differences));
        }
        measured.into_iter().map(|metric| Measured { flipped: flipped.clone(), ..metric }).collect()
    }
}
