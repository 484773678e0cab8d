//! What a run came to, in one line.

use carat_core::compare::{Comparison, Finding};
use carat_core::fold::Report;
use carat_core::spec::GateMode;

use crate::words::counted;

/// What a reader has to know first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Some gate that blocks does not hold.
    Missed,
    /// The run has not come to its end, so that nothing can be said.
    Incomplete,
    /// Something is worse than what it is compared with, and nothing is better.
    Worse,
    /// Something is worse, and something is better.
    Mixed,
    /// Something is better, and nothing is worse.
    Better,
    /// It was compared, and no difference was shown.
    NotShown,
    /// There are gates, and all hold; nothing was compared.
    Holds,
    /// There was nothing to hold it against.
    Measured,
}

/// What a run came to, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What a reader has to know first.
    pub standing: Standing,
    /// What became of the gates, where there are any: `2 of 5 gates do not hold`.
    pub gates: Option<String>,
    /// What the comparisons found, where there are any: `better in queue.accuracy`.
    pub compared: Option<String>,
    /// What keeps it from being the whole truth: `12 of 40 cases, interrupted`.
    pub reservation: Option<String>,
}

impl Verdict {
    /// The verdict of a report.
    pub fn of(report: &Report) -> Self {
        let missed = report.gates.iter().any(|gate| !gate.holds && gate.mode == GateMode::Block);
        let found = findings(&report.comparisons);
        let standing = match found {
            _ if missed => Standing::Missed,
            _ if !report.is_complete() || report.run.samples == 0 => Standing::Incomplete,
            Some(standing) => standing,
            None if report.gates.is_empty() => Standing::Measured,
            None => Standing::Holds,
        };
        Self {
            standing,
            gates: gates(report),
            compared: compared(&report.comparisons),
            reservation: reservation(report),
        }
    }

    /// Whether a reader may lean back: nothing that blocks is missed, nothing is worse, nothing is left out.
    pub const fn is_good(&self) -> bool {
        match self.standing {
            Standing::Better | Standing::NotShown | Standing::Holds | Standing::Measured => true,
            Standing::Missed | Standing::Incomplete | Standing::Worse | Standing::Mixed => false,
        }
    }

    /// The whole line.
    pub fn line(&self) -> String {
        let parts = [&self.reservation, &self.gates, &self.compared];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        if parts.is_empty() { "measured; no gates, and nothing to compare with".to_owned() } else { parts.join(" · ") }
    }
}

fn gates(report: &Report) -> Option<String> {
    let count = |mode: GateMode| report.gates.iter().filter(|gate| !gate.holds && gate.mode == mode).count() as u64;
    let (missed, warned, all) = (count(GateMode::Block), count(GateMode::Warn), report.gates.len() as u64);
    let said = match (missed, all) {
        (_, 0) => return None,
        (0, 1) if warned == 0 => "the gate holds".to_owned(),
        (0, all) if warned == 0 => format!("all {all} gates hold"),
        (0, _) => "no gate that blocks is missed".to_owned(),
        (1, 1) => "the gate does not hold".to_owned(),
        (1, all) => format!("1 of {all} gates does not hold"),
        (missed, all) => format!("{missed} of {all} gates do not hold"),
    };
    let warnings = (warned > 0).then(|| format!(", {}", counted(warned, "warning", "warnings")));
    Some(said + &warnings.unwrap_or_default())
}

fn reservation(report: &Report) -> Option<String> {
    let run = &report.run;
    if run.samples == 0 {
        return Some("nothing was run".to_owned());
    }
    (!report.is_complete()).then(|| format!("{} of {} cases, {}", run.samples, run.cases, run.status))
}

/// What one comparison found.
fn finding(comparison: &Comparison) -> Standing {
    let found = |finding| comparison.metrics.iter().any(|metric| metric.finding == finding);
    match (found(Finding::Worse), found(Finding::Better)) {
        (true, true) => Standing::Mixed,
        (true, false) => Standing::Worse,
        (false, true) => Standing::Better,
        (false, false) => Standing::NotShown,
    }
}

fn findings(comparisons: &[Comparison]) -> Option<Standing> {
    let found: Vec<Standing> = comparisons.iter().map(finding).collect();
    let any = |standing| found.contains(&standing);
    match (any(Standing::Mixed) || any(Standing::Worse) && any(Standing::Better), any(Standing::Worse)) {
        _ if found.is_empty() => None,
        (true, _) => Some(Standing::Mixed),
        (false, true) => Some(Standing::Worse),
        (false, false) if any(Standing::Better) => Some(Standing::Better),
        (false, false) => Some(Standing::NotShown),
    }
}

fn compared(comparisons: &[Comparison]) -> Option<String> {
    match comparisons {
        [] => None,
        [one] => Some(of_one(one)),
        several => {
            let count = |wanted| several.iter().filter(|comparison| finding(comparison) == wanted).count();
            let said = [
                (count(Standing::Worse), "worse"),
                (count(Standing::Mixed), "better and worse"),
                (count(Standing::Better), "better"),
                (count(Standing::NotShown), "without a difference that was shown"),
            ];
            let said = said.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
            Some(format!("of {} comparisons {}", several.len(), said.collect::<Vec<_>>().join(", ")))
        }
    }
}

fn of_one(comparison: &Comparison) -> String {
    if comparison.metrics.is_empty() {
        return "nothing could be compared".to_owned();
    }
    let named = |finding| {
        let named = comparison.metrics.iter().filter(|metric| metric.finding == finding);
        named.map(|metric| metric.metric.as_str()).collect::<Vec<_>>()
    };
    let parts = [("worse", named(Finding::Worse)), ("better", named(Finding::Better))];
    let parts = parts.into_iter().filter(|(_, names)| !names.is_empty());
    let parts: Vec<_> = parts.map(|(word, names)| format!("{word} in {}", some(&names))).collect();
    if parts.is_empty() { "no difference shown".to_owned() } else { parts.join(", ") }
}

/// The first three, and how many more.
fn some(names: &[&str]) -> String {
    match names {
        [a, b, c, rest @ ..] if !rest.is_empty() => format!("{a}, {b}, {c} and {} more", rest.len()),
        names => names.join(", "),
    }
}
