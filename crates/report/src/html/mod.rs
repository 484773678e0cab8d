//! One page for a browser, with all that it needs and nothing from elsewhere.
//!
//! What the report says is written as HTML here, with every name escaped. What rows hold and models answered is embedded as
//! JSON, which the page's script shows as text and nothing else. The page's rules for what may run (CSP) name the digest of
//! that one script, so that whatever else might get in is dead.

mod brief;
mod chart;
mod classes;
mod compared;
mod effort;
mod frame;
mod gates;
mod heading;
mod limits;
mod markup;
mod rows;
mod scores;
mod slices;

use std::io::{self, Write as _};

use carat_core::Sample;

use crate::format::Out;
use crate::{Pairs, Subject, Writer, escape};

use limits::Selection;

/// A report as a page. It holds some twenty bytes a row, to write each row once.
pub(crate) struct Page<'a> {
    out: Out<'a>,
    subject: Subject<'a>,
    rows: rows::Rows,
}

impl<'a> Page<'a> {
    pub(crate) fn open(mut out: Out<'a>, subject: Subject<'a>, pairs: &mut dyn Pairs) -> io::Result<Self> {
        let selection = Selection::new(&subject, pairs);
        out.write_all(frame::before(&sections(&subject), &subject).as_bytes())?;
        out.write_all(b"<script type=\"application/json\" id=\"samples\">[")?;
        Ok(Self { out, subject, rows: rows::Rows::new(selection) })
    }
}

/// What the report says, from top to bottom.
fn sections(subject: &Subject<'_>) -> String {
    [
        scores::section(subject),
        compared::section(subject),
        gates::section(subject.report),
        slices::section(subject),
        classes::section(subject.report),
        effort::section(subject),
    ]
    .concat()
}

impl Writer for Page<'_> {
    fn sample(&mut self, sample: &Sample) -> io::Result<()> {
        let Some((place, _)) = self.subject.variant(sample) else { return Ok(()) };
        self.rows.write(&mut self.out, &self.subject, place, sample)
    }

    fn finish(mut self: Box<Self>, pairs: &mut dyn Pairs) -> io::Result<()> {
        self.out.write_all(b"]</script>\n<script type=\"application/json\" id=\"changes\">[")?;
        for place in 0..self.subject.report.comparisons.len() {
            if place > 0 {
                self.out.write_all(b",")?;
            }
            compared::write_changes(&mut self.out, &self.subject, place, pairs, self.rows.selection())?;
        }
        self.out.write_all(b"]</script>\n<script type=\"application/json\" id=\"about\">")?;
        escape::for_html(&mut self.out, &self.rows.about(&self.subject))?;
        self.out.write_all(b"</script>\n")?;
        self.out.write_all(frame::after().as_bytes())?;
        self.out.flush()
    }
}
