//! JSON: the report as it is, and samples one a line.

use std::io::{self, Write as _};

use carat_core::Sample;

use crate::format::Out;
use crate::{Pairs, SampleLine, Subject, Writer, escape};

/// The report as it is.
pub(crate) struct Whole<'a> {
    out: Out<'a>,
    subject: Subject<'a>,
}

impl<'a> Whole<'a> {
    pub(crate) fn new(out: Out<'a>, subject: Subject<'a>) -> Self {
        Self { out, subject }
    }
}

impl Writer for Whole<'_> {
    fn sample(&mut self, _: &Sample) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>, _: &mut dyn Pairs) -> io::Result<()> {
        escape::for_terminals(&mut self.out, &serde_json::to_string_pretty(self.subject.report)?)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

/// One sample a line.
pub(crate) struct Lines<'a> {
    out: Out<'a>,
    subject: Subject<'a>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(out: Out<'a>, subject: Subject<'a>) -> Self {
        Self { out, subject }
    }
}

impl Writer for Lines<'_> {
    fn sample(&mut self, sample: &Sample) -> io::Result<()> {
        let Some((_, variant)) = self.subject.variant(sample) else { return Ok(()) };
        let line = serde_json::to_string(&SampleLine::of(sample, &variant.label))?;
        escape::for_terminals(&mut self.out, &line)?;
        self.out.write_all(b"\n")
    }

    fn finish(mut self: Box<Self>, _: &mut dyn Pairs) -> io::Result<()> {
        self.out.flush()
    }
}
