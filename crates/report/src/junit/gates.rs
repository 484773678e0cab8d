//! The gates as a test suite of their own.

use std::io::{self, Write};

use carat_core::fold::GateReport;
use carat_core::spec::GateMode;
use carat_core::untrusted::one_line;

use super::Counts;
use super::case::Verdict;
use super::xml::{attribute, content};

/// A gate that only warns is skipped when it does not hold: JUnit has no word for it, and a pipeline must not break on it.
const fn verdict(gate: &GateReport) -> Verdict {
    match (gate.holds, gate.mode) {
        (true, _) => Verdict::Passed,
        (false, GateMode::Block) => Verdict::Failed,
        (false, GateMode::Warn) => Verdict::Skipped,
    }
}

pub(super) fn counts(gates: &[GateReport]) -> Counts {
    let mut counts = Counts::default();
    gates.iter().for_each(|gate| counts.add(verdict(gate), 0.0));
    counts
}

/// Nothing for a run without gates.
pub(super) fn write(out: &mut impl Write, gates: &[GateReport]) -> io::Result<()> {
    if gates.is_empty() {
        return Ok(());
    }
    writeln!(out, "  <testsuite name=\"gates\" {}>", counts(gates).attributes())?;
    for gate in gates {
        let slice = gate.slice.as_ref().map(|slice| format!(" on {slice}")).unwrap_or_default();
        let name = attribute(&format!("{}{slice} of {}", gate.metric, gate.variant));
        write!(out, "    <testcase classname=\"gates\" name=\"{name}\" time=\"0.000\">")?;
        let (short, long) = (attribute(&one_line(&gate.because, 300)), content(&gate.because));
        match verdict(gate) {
            Verdict::Passed | Verdict::Error => write!(out, "<system-out>{long}</system-out>")?,
            Verdict::Failed => write!(out, "<failure type=\"gate\" message=\"{short}\">{long}</failure>")?,
            Verdict::Skipped => write!(out, "<skipped message=\"warning: {short}\"/>")?,
        }
        writeln!(out, "</testcase>")?;
    }
    out.write_all(b"  </testsuite>\n")
}
