//! The numbers, as tables and sentences.

use carat_core::compare::{Comparison, Finding, MetricComparison};
use carat_core::fold::{GateReport, Metric, Report, VariantReport};
use carat_core::spec::GateMode;

use super::budget::Budget;
use super::text::{code, plain};
use crate::Subject;
use crate::words::{self, Unit, count};

/// A table wider than that is not read in a comment.
const COLUMNS: usize = 5;

fn name(variant: &str) -> String {
    code(variant, 120)
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn head(cells: &[String], numbers_from: usize) -> String {
    let rule = (0..cells.len()).map(|at| if at < numbers_from { "---" } else { "---:" }.to_owned());
    line(cells) + &line(&rule.collect::<Vec<_>>())
}

fn estimate(name: &str, metric: Option<&Metric>) -> String {
    metric.map_or_else(|| "–".to_owned(), |metric| words::estimate(name, metric))
}

/// Variants × main metrics, with what went wrong and what it took.
pub(super) fn scores(subject: &Subject<'_>, text: &mut Budget) {
    let metrics: Vec<String> = words::main_scores(subject).into_iter().take(COLUMNS).collect();
    let report = subject.report;
    let any_unscored = report.variants.iter().any(|variant| variant.unscored > 0);
    let any_cost = report.variants.iter().any(|variant| variant.cost.usd.is_some());
    let mut titles = vec!["variant".to_owned()];
    titles.extend(metrics.iter().map(|metric| code(metric, 60)));
    titles.push("failures".to_owned());
    titles.extend(any_unscored.then(|| "unscored".to_owned()));
    titles.extend(any_cost.then(|| "cost".to_owned()));
    titles.push("p50 / p95".to_owned());
    let row = |variant: &VariantReport| {
        let mut cells = vec![name(&variant.variant)];
        cells.extend(metrics.iter().map(|metric| estimate(metric, variant.metrics.get(metric))));
        cells.push(words::failures(variant));
        cells.extend(any_unscored.then(|| count(variant.unscored as f64)));
        cells.extend(any_cost.then(|| variant.cost.usd.map_or_else(|| "–".to_owned(), |usd| Unit::Money.shown(usd))));
        cells.push(latency(variant));
        line(&cells)
    };
    text.parts("variants", &head(&titles, 1), report.variants.iter().map(row), "\n");
    if let Some(clusters) = &report.clusters {
        let caution = clusters.caution.as_ref().map(|caution| format!("; {}", plain(caution, 300)));
        let over = words::clusters(clusters, code(&clusters.by, 80));
        text.block(
            "clusters",
            &format!("Intervals are over clusters of rows: {over}{}.\n\n", caution.unwrap_or_default()),
        );
    }
}

fn latency(variant: &VariantReport) -> String {
    match (variant.latency.p50_ms, variant.latency.p95_ms) {
        (Some(p50), Some(p95)) => format!("{} / {}", Unit::Time.shown(p50), Unit::Time.shown(p95)),
        _ => "–".to_owned(),
    }
}

const fn mark(finding: Finding) -> &'static str {
    match finding {
        Finding::Better => "▲",
        Finding::Worse => "▼",
        Finding::NotShown => "·",
    }
}

/// What the comparisons say, a sentence a metric.
pub(super) fn comparisons(report: &Report, text: &mut Budget) {
    for comparison in &report.comparisons {
        let title =
            format!("**{} against {}**{}\n\n", name(&comparison.right.variant), left(comparison), apart(comparison));
        let said = comparison.metrics.iter().map(|metric| {
            format!("- {} {} {}\n", mark(metric.finding), code(&metric.metric, 60), plain(&metric.sentence, 600))
        });
        let not = comparison.not_compared.iter();
        let not = not.map(|not| format!("- {} not compared: {}\n", code(&not.metric, 60), plain(&not.because, 600)));
        text.parts("comparisons of metrics", &title, said.chain(not), "\n");
    }
}

/// The left side, with its run where it is another one.
fn left(comparison: &Comparison) -> String {
    let (left, right) = (&comparison.left, &comparison.right);
    let of_run = (left.run != right.run).then(|| format!(" of {}", code(&left.run, 40)));
    name(&left.variant) + &of_run.unwrap_or_default()
}

/// Rows that could not be set side by side, and pairs between which there is nothing to see.
fn apart(comparison: &Comparison) -> String {
    let rows = &comparison.rows;
    let parts = [
        (rows.changed, "with other content"),
        (rows.left_only, "only on the left"),
        (rows.right_only, "only on the right"),
    ];
    let parts: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let shared = match rows.shared {
        0 => String::new(),
        shared => format!(" ({shared} of {} pairs are one and the same answer, from the record)", rows.paired),
    };
    if parts.is_empty() { shared } else { format!("{shared} (rows set apart: {})", parts.join(", ")) }
}

/// The gates: those that do not hold first.
pub(super) fn gates(report: &Report, text: &mut Budget) {
    let mut gates: Vec<&GateReport> = report.gates.iter().collect();
    gates.sort_by_key(|gate| (gate.holds, gate.mode == GateMode::Warn));
    let titles = ["", "gate", "variant", "because"].map(str::to_owned);
    let row = |gate: &&GateReport| {
        let mark = match (gate.holds, gate.mode) {
            (true, _) => "✅",
            (false, GateMode::Block) => "❌",
            (false, GateMode::Warn) => "⚠️",
        };
        let slice = gate.slice.as_ref().map(|slice| format!(" on {}", code(slice, 80))).unwrap_or_default();
        let gate_name = code(&gate.metric, 60) + &slice;
        line(&[mark.to_owned(), gate_name, name(&gate.variant), plain(&gate.because, 600)])
    };
    text.parts("gates", &head(&titles, 4), gates.iter().map(row), "\n");
}

fn folded(title: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n")
}

/// The parts of the data, folded: what was found on them, then their scores.
pub(super) fn slices(subject: &Subject<'_>, text: &mut Budget) {
    let report = subject.report;
    let found = report.comparisons.iter().flat_map(|comparison| {
        let shown = comparison.slices.iter().filter(|slice| slice.comparison.finding != Finding::NotShown);
        shown.map(|slice| (&comparison.right.variant, &slice.slice, &slice.comparison))
    });
    let sentence = |(variant, slice, metric): (&String, &String, &MetricComparison)| {
        let what = format!("{} {} on {}", name(variant), code(&metric.metric, 60), code(slice, 80));
        format!("- {} {what}: {}\n", mark(metric.finding), plain(&metric.sentence, 600))
    };
    text.parts("findings on slices", &folded("Slices that differ"), found.map(sentence), "\n</details>\n\n");

    let metrics: Vec<String> = words::main_scores(subject).into_iter().take(COLUMNS).collect();
    let mut titles = vec!["slice".to_owned(), "variant".to_owned(), "samples".to_owned()];
    titles.extend(metrics.iter().map(|metric| code(metric, 60)));
    let of_variant = |variant: &'_ VariantReport| -> Vec<String> {
        let row = |slice: &carat_core::fold::SliceReport| {
            let mut cells = vec![code(&slice.slice, 80), name(&variant.variant), count(slice.samples as f64)];
            cells.extend(metrics.iter().map(|metric| estimate(metric, slice.metrics.get(metric))));
            line(&cells)
        };
        variant.slices.iter().map(row).collect()
    };
    let rows = report.variants.iter().flat_map(of_variant);
    text.parts("slices", &(folded("Slices") + &head(&titles, 2)), rows, "\n</details>\n\n");
}

/// Everything measured, folded: metrics × variants.
pub(super) fn all_metrics(subject: &Subject<'_>, text: &mut Budget) {
    let report = subject.report;
    let mut names = words::scores(subject);
    let others = report.variants.iter().flat_map(|variant| variant.metrics.keys());
    for other in others {
        if !names.contains(other) {
            names.push(other.clone());
        }
    }
    let shown: Vec<&VariantReport> = report.variants.iter().take(COLUMNS).collect();
    let mut titles = vec!["metric".to_owned()];
    titles.extend(shown.iter().map(|variant| name(&variant.variant)));
    let row = |metric: &String| {
        let mut cells = vec![code(metric, 80)];
        cells.extend(shown.iter().map(|variant| estimate(metric, variant.metrics.get(metric))));
        line(&cells)
    };
    let title = if shown.len() < report.variants.len() { "All metrics of the first variants" } else { "All metrics" };
    text.parts("metrics", &(folded(title) + &head(&titles, 1)), names.iter().map(row), "\n</details>\n\n");
}
