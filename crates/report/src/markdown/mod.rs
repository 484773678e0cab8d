//! Markdown for the comment on a pull request: the verdict first, the numbers, then what to look at, folded.

mod budget;
mod rows;
mod tables;
mod text;

use std::io::{self, Write as _};

use carat_core::Sample;

use crate::format::Out;
use crate::{Pairs, Standing, Subject, Verdict, Writer, look};

use budget::Budget;
use rows::Miss;
use text::{code, plain};

/// So many answers that failed are shown where there is nothing to compare with.
const MISSES: usize = 5;

/// A report as a comment. It holds a few samples' excerpts, whatever the run.
pub(crate) struct Comment<'a> {
    out: Out<'a>,
    subject: Subject<'a>,
    misses: Vec<Miss>,
}

impl<'a> Comment<'a> {
    pub(crate) fn new(out: Out<'a>, subject: Subject<'a>) -> Self {
        Self { out, subject, misses: Vec::new() }
    }
}

impl Writer for Comment<'_> {
    fn sample(&mut self, sample: &Sample) -> io::Result<()> {
        let wanted = self.subject.report.comparisons.is_empty() && self.misses.len() < MISSES;
        if wanted
            && look::failed(sample) > 0
            && let Some((_, variant)) = self.subject.variant(sample)
        {
            self.misses.push(Miss::of(&variant.label, sample));
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, pairs: &mut dyn Pairs) -> io::Result<()> {
        let mut text = Budget::default();
        head(&self.subject, &mut text);
        tables::scores(&self.subject, &mut text);
        tables::comparisons(self.subject.report, &mut text);
        tables::gates(self.subject.report, &mut text);
        for (place, comparison) in self.subject.report.comparisons.iter().enumerate() {
            rows::regressions(place, comparison, pairs, &mut text)?;
        }
        rows::misses(&self.misses, &mut text);
        tables::slices(&self.subject, &mut text);
        tables::all_metrics(&self.subject, &mut text);
        let run = &self.subject.report.run.id;
        let whole = format!("The whole run: `carat run show {}`.", run.replace('`', ""));
        self.out.write_all(text.finish(&whole).as_bytes())?;
        self.out.flush()
    }
}

/// What was run, and the verdict.
fn head(subject: &Subject<'_>, text: &mut Budget) {
    let (report, verdict) = (subject.report, Verdict::of(subject.report));
    let mark = match verdict.standing {
        Standing::Missed | Standing::Worse => "❌",
        Standing::Incomplete | Standing::Mixed => "⚠️",
        Standing::Better | Standing::Holds => "✅",
        Standing::NotShown | Standing::Measured => "⚪",
    };
    let (eval, dataset) = (code(&report.run.eval, 100), code(&subject.dataset(), 100));
    text.block("the heading", &format!("### {eval} on {dataset}\n\n**{mark} {}**\n\n", plain(&verdict.line(), 1_000)));
}
