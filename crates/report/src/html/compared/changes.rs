//! The rows that changed, for the page's script.

use std::io::{self, Write};

use carat_core::Sample;
use carat_core::compare::{Change, Comparison, RowChange};
use carat_core::diff::{AnswerDiff, JsonDiff, Kind};
use serde::Serialize;

use crate::html::brief::SampleBrief;
use crate::html::limits::{MOST_CHANGES, MOST_DIFFERENCES, Selection};
use crate::{Pairs, Subject, difference, escape, look};

/// A row that changed.
#[derive(Debug, Serialize)]
struct ChangeBrief {
    /// Its id.
    r: String,
    /// What became of it.
    c: &'static str,
    /// Whether the right side lost its answer, or passed before and fails now.
    #[serde(skip_serializing_if = "is_false")]
    b: bool,
    /// Whether some verdict is not what it was.
    #[serde(skip_serializing_if = "is_false")]
    f: bool,
    /// Which repeat is shown on the left and on the right.
    #[serde(skip_serializing_if = "Option::is_none")]
    t: Option<(u32, u32)>,
    /// The difference of texts: 0 for what stayed, -1 for what went, 1 for what came.
    #[serde(skip_serializing_if = "Option::is_none")]
    d: Option<Vec<(i8, String)>>,
    /// The difference of structured answers: path, left, right.
    #[serde(skip_serializing_if = "Option::is_none")]
    j: Option<Vec<(String, String, String)>>,
    /// The sides that are not of this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    l: Option<SampleBrief>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<SampleBrief>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Writes the rows of a comparison that are not the same on both sides, the most harmful first, as far as the page shows
/// their samples.
pub(in crate::html) fn write(
    out: &mut impl Write,
    subject: &Subject<'_>,
    place: usize,
    pairs: &mut dyn Pairs,
    shown: &Selection,
) -> io::Result<()> {
    let is_shown = |row: &RowChange| row.change != Change::Same && shown.shows(&row.row);
    let rows: Vec<RowChange> = pairs.changes(place).filter(is_shown).take(MOST_CHANGES).collect();
    let mut selection = Selection::new_for_changes();
    out.write_all(b"[")?;
    for (number, row) in rows.iter().enumerate() {
        if number > 0 {
            out.write_all(b",\n")?;
        }
        let mut said = ChangeBrief::of(row);
        if number < MOST_DIFFERENCES {
            let samples = pairs.samples(place, &row.row)?;
            said.show(subject, &subject.report.comparisons[place], samples.telling(), &mut selection);
        }
        escape::for_html(out, &said)?;
    }
    out.write_all(b"]")
}

impl ChangeBrief {
    fn of(row: &RowChange) -> Self {
        let c = match row.change {
            Change::Error => "errors",
            Change::Regressed => "regressed",
            Change::Improved => "improved",
            Change::Changed => "changed",
            Change::Same => "same",
        };
        let r = carat_core::untrusted::visible(row.row.as_str()).into_owned();
        Self { r, c, b: row.broke, f: row.flipped, t: None, d: None, j: None, l: None, y: None }
    }

    /// Adds what both sides say.
    fn show(
        &mut self,
        subject: &Subject<'_>,
        comparison: &Comparison,
        (left, right): (Option<&Sample>, Option<&Sample>),
        selection: &mut Selection,
    ) {
        let elsewhere = |run: &str| run != subject.report.run.id;
        let mut side = |sample: Option<&Sample>, run: &str| {
            let sample = sample.filter(|_| elsewhere(run))?;
            Some(SampleBrief::of(subject, sample, selection))
        };
        self.l = side(left, &comparison.left.run);
        self.y = side(right, &comparison.right.run);
        let (Some(left), Some(right)) = (left, right) else { return };
        self.t = Some((left.case.trial, right.case.trial)).filter(|trials| *trials != (0, 0));
        if let (Some(before), Some(after)) = (look::completion(left), look::completion(right)) {
            self.compare(&look::answer(before), &look::answer(after));
        }
    }

    fn compare(&mut self, before: &str, after: &str) {
        let shown = |text: &str| carat_core::untrusted::visible(text).into_owned();
        match difference::of(before, after) {
            AnswerDiff::Same => {}
            AnswerDiff::Text(pieces) => {
                let sign = |kind| match kind {
                    Kind::Same => 0,
                    Kind::Removed => -1,
                    Kind::Added => 1,
                };
                self.d = Some(pieces.iter().map(|piece| (sign(piece.kind), shown(&piece.text))).collect());
            }
            AnswerDiff::Json(JsonDiff { changes, more }) => {
                let field = |change| {
                    let (path, left, right) = difference::sides(change);
                    (shown(&path), shown(&left), shown(&right))
                };
                let rest = (more > 0).then(|| (format!("and {more} more"), String::new(), String::new()));
                self.j = Some(changes.iter().map(field).chain(rest).collect());
            }
        }
    }
}
