//! What is not as it should be: runs that have not come to their end, variants that are gone, files that cannot be written.

use std::io;

use carat_core::{Case, Sample};
use carat_report::{Alone, Format, PairedSamples, Pairs, Standing, Subject, Verdict};

use crate::made::{Folded, Made, id, write_to, written};

const MADE: Made = Made { rows: 3, hostile: false };

#[test]
fn samples_of_a_variant_that_is_no_longer_planned_are_left_out() {
    let folded = MADE.folded();
    let mut gone: Sample = MADE.sample(0);
    gone.case = Case { variant: 7, row: id("gone-with-its-variant"), trial: 0 };
    for format in Format::ALL {
        let mut out = Vec::new();
        let subject = Subject { plan: &folded.plan, report: &folded.report };
        let mut writer = format.open(Box::new(&mut out), subject, &mut Alone).unwrap();
        writer.sample(&gone).unwrap();
        writer.finish(&mut Alone).unwrap();
        assert!(!out.windows(8).any(|bytes| bytes == b"gone-wit"), "{format:?}");
    }
}

/// A disk that takes so many bytes.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 < bytes.len() {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_by_every_format_wherever_it_strikes() {
    let folded = MADE.folded();
    for format in Format::ALL {
        let whole = written(format, MADE).len();
        for room in [0, whole / 2, whole - 1] {
            let error = write_to(format, MADE, &folded, &mut Full(room)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{format:?} with {room} of {whole} bytes");
        }
        assert!(write_to(format, MADE, &folded, &mut Full(whole)).is_ok());
    }
}

/// Rows that cannot be read.
struct Broken(Folded);

impl Pairs for Broken {
    fn changes(&mut self, _: usize) -> Box<dyn Iterator<Item = carat_core::compare::RowChange> + '_> {
        let [left, right] = self.0.sides.all() else { return Box::new(std::iter::empty()) };
        let pairing = carat_core::compare::Pairing::of(left, right);
        Box::new(carat_core::compare::rows_in_order_of_harm(left, right, &pairing, None).into_iter())
    }

    fn samples(&mut self, _: usize, _: &carat_core::RowId) -> io::Result<PairedSamples> {
        Err(io::Error::other("the store is gone"))
    }
}

#[test]
fn rows_that_cannot_be_read_are_an_error_and_not_a_shorter_report() {
    let made = Made { rows: 200, hostile: false };
    let folded = made.folded();
    for format in Format::ALL.into_iter().filter(|format| format.needs_pairs()) {
        let mut pairs = Broken(made.folded());
        let subject = Subject { plan: &folded.plan, report: &folded.report };
        let writer = format.open(Box::new(io::sink()), subject, &mut pairs).unwrap();
        let error = writer.finish(&mut pairs).unwrap_err();
        assert_eq!(error.to_string(), "the store is gone", "{format:?}");
    }
}

#[test]
fn a_verdict_says_what_stands_in_its_way_first() {
    let mut report = MADE.folded().report;
    assert_eq!(Verdict::of(&report).standing, Standing::Missed);
    report.gates.retain(|gate| gate.holds);
    report.run.samples -= 1;
    report.run.status = "interrupted".into();
    let verdict = Verdict::of(&report);
    assert_eq!(verdict.standing, Standing::Incomplete);
    assert_eq!(verdict.line(), "5 of 6 cases, interrupted · the gate holds · no difference shown");
    report.run.samples += 1;
    assert_eq!(Verdict::of(&report).standing, Standing::NotShown);
    report.comparisons.clear();
    assert_eq!(Verdict::of(&report).standing, Standing::Holds);
    report.gates.clear();
    assert_eq!(Verdict::of(&report).standing, Standing::Measured);
    assert_eq!(Verdict::of(&report).line(), "measured; no gates, and nothing to compare with");
    report.run.samples = 0;
    assert_eq!(Verdict::of(&report).standing, Standing::Incomplete);
}
