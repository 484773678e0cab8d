//! JUnit's XML, as GitLab, Jenkins, GitHub's actions and others read it.
//!
//! A test suite a variant, a test case a sample. The counts stand before the cases, and samples of all variants come mixed:
//! the cases of each variant are put aside in a temporary file until all are there.

mod case;
mod gates;
mod xml;

use std::io::{self, Seek as _, Write as _};

use carat_core::Sample;
use tempfile::SpooledTempFile;

use crate::format::Out;
use crate::{Pairs, Subject, Writer};

use case::Verdict;
use xml::attribute;

/// What a variant may hold in memory before a file takes it.
const IN_MEMORY: usize = 1 << 18;

/// A report as JUnit's XML.
pub(crate) struct Junit<'a> {
    out: Out<'a>,
    subject: Subject<'a>,
    suites: Vec<Suite>,
}

/// The cases of one variant.
struct Suite {
    cases: io::BufWriter<SpooledTempFile>,
    counts: Counts,
}

/// How many cases of which kind, and how long they took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Counts {
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
    seconds: f64,
}

impl Counts {
    fn add(&mut self, verdict: Verdict, seconds: f64) {
        self.tests += 1;
        self.seconds += seconds;
        match verdict {
            Verdict::Passed => {}
            Verdict::Failed => self.failures += 1,
            Verdict::Error => self.errors += 1,
            Verdict::Skipped => self.skipped += 1,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
            skipped: self.skipped + other.skipped,
            seconds: self.seconds + other.seconds,
        }
    }

    /// As the attributes of a suite.
    fn attributes(&self) -> String {
        let Self { tests, failures, errors, skipped, seconds } = self;
        format!(r#"tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}" time="{seconds:.3}""#)
    }
}

impl<'a> Junit<'a> {
    pub(crate) fn new(out: Out<'a>, subject: Subject<'a>) -> io::Result<Self> {
        let suite = |_| Suite { cases: io::BufWriter::new(SpooledTempFile::new(IN_MEMORY)), counts: Counts::default() };
        let suites = subject.plan.variants.iter().map(suite).collect();
        Ok(Self { out, subject, suites })
    }

    /// Digests, so that a reader of the file finds the run.
    fn properties(&self, place: usize) -> String {
        let Some(variant) = self.subject.report.variants.get(place) else { return String::new() };
        let report = self.subject.report;
        let properties = [
            ("carat.run", report.run.id.as_str()),
            ("carat.dataset", &report.dataset.digest),
            ("carat.prompt", &variant.prompt.digest),
            ("carat.model", &variant.model.digest),
        ];
        let property = |(name, value)| format!("      <property name=\"{name}\" value=\"{}\"/>\n", attribute(value));
        format!("    <properties>\n{}    </properties>\n", properties.map(property).concat())
    }

    fn write_suite(&mut self, place: usize, suite: Suite) -> io::Result<()> {
        let name = attribute(&self.subject.plan.variants[place].label);
        let counts = suite.counts.attributes();
        writeln!(self.out, "  <testsuite name=\"{name}\" {counts}{}>", self.timestamp())?;
        self.out.write_all(self.properties(place).as_bytes())?;
        let mut cases = suite.cases.into_inner().map_err(io::IntoInnerError::into_error)?;
        cases.rewind()?;
        io::copy(&mut cases, &mut self.out)?;
        self.out.write_all(b"  </testsuite>\n")
    }

    /// When the run started, to the second and without a zone, as JUnit's schema wants it; it is UTC.
    fn timestamp(&self) -> String {
        let started = self.subject.report.run.started_at.get(..19);
        started.map_or_else(String::new, |at| format!(" timestamp=\"{}\"", attribute(at)))
    }
}

impl Writer for Junit<'_> {
    fn sample(&mut self, sample: &Sample) -> io::Result<()> {
        let Some((place, variant)) = self.subject.variant(sample) else { return Ok(()) };
        let Some(suite) = self.suites.get_mut(place) else { return Ok(()) };
        let seconds = sample.latency_us.map_or(0.0, |us| us as f64 / 1e6);
        let verdict = case::write(&mut suite.cases, &self.subject, &variant.label, sample, seconds)?;
        suite.counts.add(verdict, seconds);
        Ok(())
    }

    fn finish(mut self: Box<Self>, _: &mut dyn Pairs) -> io::Result<()> {
        let report = self.subject.report;
        let suites = std::mem::take(&mut self.suites);
        let samples = suites.iter().map(|suite| suite.counts).fold(Counts::default(), Counts::plus);
        let all = samples.plus(gates::counts(&report.gates));
        let name = attribute(&report.run.eval);
        writeln!(self.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(self.out, "<testsuites name=\"{name}\" {}>", all.attributes())?;
        for (place, suite) in suites.into_iter().enumerate() {
            self.write_suite(place, suite)?;
        }
        gates::write(&mut self.out, &report.gates)?;
        self.out.write_all(b"</testsuites>\n")?;
        self.out.flush()
    }
}
