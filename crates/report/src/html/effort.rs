//! What it took, and what went wrong on the way.

use carat_core::fold::{CostReport, JudgeReport, TokensReport, VariantReport};

use super::markup::{self, details, name, table, text};
use crate::Subject;
use crate::words::{self, Unit, count, counted};

/// Samples, failures, tokens, money and time, by variant; then what judging took, and the rows whose repeats disagree.
pub(super) fn section(subject: &Subject<'_>) -> String {
    let report = subject.report;
    let titles = ["samples", "no answer", "unscored", "retries", "tokens in", "tokens out", "cost", "p50", "p95"];
    let numbers = titles.map(|title| format!("<th scope=\"col\" class=\"number\">{title}</th>")).concat();
    let head = format!("<th scope=\"col\">variant</th>{numbers}<th scope=\"col\">what went wrong</th>");
    let rows: String = report.variants.iter().map(row).collect();
    let mut inside = table("plainly", "Effort", &head, &rows);
    if !report.judges.is_empty() {
        inside.push_str(&judges(&report.judges));
    }
    inside.extend(report.variants.iter().map(flickering));
    markup::section("effort", "Effort", &inside)
}

fn row(variant: &VariantReport) -> String {
    let time = |ms: Option<f64>| ms.map_or_else(unknown, |ms| Unit::Time.shown(ms));
    let (input, output) = tokens(&variant.tokens);
    let cells = [
        count(variant.samples as f64),
        count(variant.errors as f64),
        count(variant.unscored as f64),
        count(variant.retries as f64),
        input,
        output,
        money(&variant.cost),
        time(variant.latency.p50_ms),
        time(variant.latency.p95_ms),
    ];
    let cells = cells.map(|cell| format!("<td class=\"number\">{cell}</td>")).concat();
    format!("<tr><th scope=\"row\">{}</th>{cells}<td>{}</td></tr>\n", name(&variant.variant), wrong(variant))
}

fn unknown() -> String {
    "<span class=\"faint\">–</span>".to_owned()
}

fn money(cost: &CostReport) -> String {
    cost.usd.map_or_else(unknown, |usd| Unit::Money.shown(usd))
}

fn tokens(tokens: &TokensReport) -> (String, String) {
    let more = if tokens.unknown > 0 { "+?" } else { "" };
    let shown = |tokens: Option<u64>| tokens.map_or_else(unknown, |n| format!("{}{more}", count(n as f64)));
    (shown(tokens.input), shown(tokens.output))
}

/// Failures by kind, and why scorers had nothing to say.
fn wrong(variant: &VariantReport) -> String {
    let mut said = Vec::new();
    if !variant.failures.is_empty() {
        said.push(text(&words::failures(variant)));
    }
    for (scorer, reasons) in &variant.unscored_because {
        let reasons: Vec<_> = reasons.iter().map(|(reason, n)| format!("{n} {}", text(reason))).collect();
        said.push(format!("{} unscored: {}", text(scorer), reasons.join(", ")));
    }
    if said.is_empty() { unknown() } else { said.join("; ") }
}

fn judges(judges: &[JudgeReport]) -> String {
    let titles = ["answers", "from the record", "retries", "tokens in", "tokens out", "cost"];
    let numbers = titles.map(|title| format!("<th scope=\"col\" class=\"number\">{title}</th>")).concat();
    let row = |judge: &JudgeReport| {
        let (input, output) = tokens(&judge.tokens);
        let counts = [judge.answers, judge.cached, judge.retries].map(|n| count(n as f64));
        let cells = counts.into_iter().chain([input, output, money(&judge.cost)]);
        let cells: String = cells.map(|cell| format!("<td class=\"number\">{cell}</td>")).collect();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", name(&judge.model))
    };
    let head = format!("<th scope=\"col\">judge</th>{numbers}");
    table("plainly", "Judges", &head, &judges.iter().map(row).collect::<String>())
}

/// The rows whose repeats do not agree, folded.
fn flickering(variant: &VariantReport) -> String {
    let of_scorer = variant.repeats.iter().filter(|(_, repeats)| repeats.flickering > 0).map(|(scorer, repeats)| {
        let title = format!(
            "{} whose repeats disagree: {} of {}",
            counted(repeats.flickering, "row", "rows"),
            text(scorer),
            text(&variant.variant)
        );
        let rows = repeats.flickering_rows.iter();
        let rows: Vec<_> = rows
            .map(|row| format!("{} <span class=\"faint\">{} of {}</span>", text(&row.row), row.passed, row.judged))
            .collect();
        details(&title, &format!("<p>{}</p>\n", rows.join(" · ")))
    });
    of_scorer.collect()
}
