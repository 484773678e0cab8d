//! Every metric that two sides have in common, as differences row by row.

use crate::corpus::CorpusMetric;
use crate::event::ScorerOutline;
use crate::stats;

use super::side::Column;
use super::{Differences, Pairing, Side};

/// A metric and its differences, or why it cannot be compared.
pub(super) type Compared = (String, Result<Differences, String>);

/// Everything that both sides measure on the rows that they share.
///
/// Errors and what is unscored are left out where neither side has any, unless `everything` is wanted.
pub(super) fn all(left: &Side, right: &Side, pairing: &Pairing, everything: bool) -> Vec<Compared> {
    let mut compared = Vec::new();
    for (at, scorer) in left.scorers.iter().enumerate() {
        match right.scorers.iter().position(|other| other.name == scorer.name) {
            None => compared.push(missing(scorer, "left")),
            Some(to) if right.scorers[to].digest != scorer.digest => compared.push(changed(scorer)),
            Some(to) => compared.extend(of_scorer(left, right, (at, to), &pairing.pairs)),
        }
    }
    let known = |scorer: &&ScorerOutline| left.scorers.iter().all(|other| other.name != scorer.name);
    compared.extend(right.scorers.iter().filter(known).map(|scorer| missing(scorer, "right")));
    compared.extend(common(left, right, &pairing.pairs, everything));
    compared
}

fn missing(scorer: &ScorerOutline, side: &str) -> Compared {
    let because =
        format!("only the {side} side has a scorer `{}`; `carat eval --rescore` gives it to both", scorer.name);
    (format!("{}.{}", scorer.name, main_aggregate(scorer)), Err(because))
}

fn changed(scorer: &ScorerOutline) -> Compared {
    let because = format!(
        "the scorer `{}` had other settings; `carat eval --rescore` scores the recorded answers with one of them",
        scorer.name
    );
    (format!("{}.{}", scorer.name, main_aggregate(scorer)), Err(because))
}

/// The aggregate that stands for a scorer.
pub(super) const fn main_aggregate(scorer: &ScorerOutline) -> &'static str {
    if scorer.verdict { "accuracy" } else { "mean" }
}

/// What is measured of every answer, whatever the scorers.
fn common(left: &Side, right: &Side, pairs: &[(u32, u32)], everything: bool) -> Vec<Compared> {
    let paired = |of: fn(&Side, u32) -> Option<f64>| {
        let values = pairs.iter().map(|(l, r)| (of(left, *l), of(right, *r)));
        Differences::of_values(values, is_repeated(left, right))
    };
    let mut compared = Vec::new();
    if everything || any_error(left) || any_error(right) {
        compared.push((super::ERRORS.to_owned(), known(paired(Side::error_share).map(Differences::lower_is_better))));
    }
    if everything || any_unscored(left) || any_unscored(right) {
        let shares = paired(Side::unscored_share).map(Differences::lower_is_better);
        compared.push((super::UNSCORED.to_owned(), known(shares)));
    }
    let cost = |side: &Side, row: u32| side.cost_per_sample(row);
    let costs = Differences::of_amounts(pairs.iter().map(|(l, r)| (cost(left, *l), cost(right, *r))));
    compared.extend(costs.map(|costs| (super::COST.to_owned(), Ok(costs))));
    compared
}

fn any_error(side: &Side) -> bool {
    side.rows.iter().any(|row| row.answered < row.samples)
}

fn any_unscored(side: &Side) -> bool {
    side.rows.iter().any(|row| row.unscored > 0)
}

pub(super) fn known<T>(value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| "no row has a value on both sides".to_owned())
}

pub(super) const fn is_repeated(left: &Side, right: &Side) -> bool {
    left.trials > 1 || right.trials > 1
}

/// The metrics of one scorer, which stands at these places on the sides.
pub(super) fn of_scorer(left: &Side, right: &Side, at: (usize, usize), pairs: &[(u32, u32)]) -> Vec<Compared> {
    let scorer = &left.scorers[at.0];
    let columns = (&left.columns[at.0], &right.columns[at.1]);
    let name = |aggregate: &str| format!("{}.{aggregate}", scorer.name);
    let repeated = is_repeated(left, right);
    let cells = || pairs.iter().map(|(l, r)| (&columns.0.cells[*l as usize], &columns.1.cells[*r as usize]));
    let rates = || Differences::of_verdicts(cells().map(|(l, r)| (l.pass_rate(), r.pass_rate())), repeated);
    let mut compared = Vec::new();
    if scorer.verdict {
        compared.push((name("accuracy"), known(rates())));
    } else {
        let means = Differences::of_values(cells().map(|(l, r)| (l.mean(), r.mean())), repeated);
        compared.push((name("mean"), known(means)));
        if scorer.passes {
            compared.push((name("pass_rate"), known(rates())));
        }
    }
    if scorer.is_classifier() && !repeated {
        compared.extend(f1_macro(scorer, columns, pairs).map(|f1| (name("f1_macro"), Ok(f1))));
    }
    // A plain share tells of the judge, not of the answers.
    if let Some(corpus) = scorer.corpus.as_ref().filter(|corpus| corpus.metric != CorpusMetric::Share) {
        compared.push((name(&corpus.name), super::corpus::differences(&corpus.metric, columns, pairs)));
    }
    compared
}

/// Macro F1 is no mean; its influence by row is (Takahashi and others 2022, linearised), so that rows can be paired.
fn f1_macro(scorer: &ScorerOutline, columns: (&Column, &Column), pairs: &[(u32, u32)]) -> Option<Differences> {
    let (left, right) = (Cells::of(scorer, columns.0), Cells::of(scorer, columns.1));
    let both = pairs.iter().filter_map(|(l, r)| Some((left.by_row[*l as usize]?, right.by_row[*r as usize]?)));
    let both: Vec<_> = both.collect();
    let of_left = pairs.iter().filter(|(l, _)| left.by_row[*l as usize].is_some()).count();
    let (l, r) = (left.matrix(both.iter().map(|(l, _)| *l)), right.matrix(both.iter().map(|(_, r)| *r)));
    let influence = (stats::f1_macro_influence(&l)?, stats::f1_macro_influence(&r)?);
    let value = |counts: &[Vec<u64>]| stats::f1_macro(counts, stats::CONFIDENCE).map(|(f1, _)| f1.value);
    let of_pairs = both.iter().map(|(l, r)| (influence.0[l.0][l.1], influence.1[r.0][r.1]));
    Some(Differences::linearised((value(&l)?, value(&r)?), of_pairs, outcome_of(&both), (of_left - both.len()) as u64))
}

/// A place in a confusion matrix: which class was expected, and which one answered.
type Place = (usize, usize);

/// Wins, losses and ties: who is right.
fn outcome_of(both: &[(Place, Place)]) -> (u64, u64, u64) {
    let count = |want: (bool, bool)| both.iter().filter(|(l, r)| (l.0 == l.1, r.0 == r.1) == want).count() as u64;
    let (wins, losses) = (count((false, true)), count((true, false)));
    (wins, losses, both.len() as u64 - wins - losses)
}

/// Which cell of the confusion matrix each row is in.
struct Cells {
    size: usize,
    by_row: Vec<Option<Place>>,
}

impl Cells {
    fn of(scorer: &ScorerOutline, column: &Column) -> Self {
        let size = scorer.classes.len();
        let class = |name: &str| scorer.classes.iter().position(|known| known == name);
        let cells: Vec<_> = column
            .label_set
            .iter()
            .map(|labels| {
                let answered = labels.predicted.as_deref().and_then(class).unwrap_or(size);
                class(&labels.expected).map(|expected| (expected, answered))
            })
            .collect();
        let mut by_row = vec![None; column.cells.len()];
        for (row, labels) in &column.labels {
            by_row[*row as usize] = cells.get(usize::from(*labels)).copied().flatten();
        }
        Self { size, by_row }
    }

    fn matrix(&self, cells: impl Iterator<Item = Place>) -> Vec<Vec<u64>> {
        let mut counts = vec![vec![0; self.size + 1]; self.size];
        cells.for_each(|(expected, answered)| counts[expected][answered] += 1);
        counts
    }
}

impl Side {
    fn error_share(&self, row: u32) -> Option<f64> {
        let row = &self.rows[row as usize];
        (row.samples > 0).then(|| 1.0 - f64::from(row.answered) / f64::from(row.samples))
    }

    fn unscored_share(&self, row: u32) -> Option<f64> {
        let row = &self.rows[row as usize];
        (row.answered > 0).then(|| f64::from(row.unscored) / f64::from(row.answered))
    }

    fn cost_per_sample(&self, row: u32) -> Option<f64> {
        let row = &self.rows[row as usize];
        (row.answered > 0 && !row.cost.is_nan()).then(|| row.cost / f64::from(row.answered))
    }
}
