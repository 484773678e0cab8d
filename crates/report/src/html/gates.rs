//! What had to hold.

use carat_core::fold::{GateReport, Report};
use carat_core::spec::GateMode;

use super::markup::{self, name, table, text};

/// The gates: those that do not hold first. Nothing for a run without gates.
pub(super) fn section(report: &Report) -> String {
    if report.gates.is_empty() {
        return String::new();
    }
    let mut gates: Vec<&GateReport> = report.gates.iter().collect();
    gates.sort_by_key(|gate| (gate.holds, gate.mode == GateMode::Warn));
    let head = ["", "gate", "variant", "because"].map(|title| format!("<th scope=\"col\">{title}</th>")).concat();
    let rows: String = gates.into_iter().map(row).collect();
    markup::section("gates", "Gates", &table("plainly", "Gates", &head, &rows))
}

fn row(gate: &GateReport) -> String {
    let (class, word) = match (gate.holds, gate.mode) {
        (true, _) => ("good", "✓ holds"),
        (false, GateMode::Block) => ("bad", "✗ missed"),
        (false, GateMode::Warn) => ("odd", "! warning"),
    };
    let slice = gate.slice.as_ref().map(|slice| format!(" <span class=\"faint\">on {}</span>", name(slice)));
    format!(
        "<tr><td><span class=\"tag {class}\">{word}</span></td><th scope=\"row\">{}{}</th><td>{}</td><td>{}</td></tr>\n",
        name(&gate.metric),
        slice.unwrap_or_default(),
        name(&gate.variant),
        text(&gate.because),
    )
}
