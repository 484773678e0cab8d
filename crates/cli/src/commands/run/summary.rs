//! What a run came to, in words and columns.

use std::time::Duration;

use carat_core::compare::{Finding, MetricComparison};
use carat_core::fold::{ClustersReport, JudgeReport, Metric, Progress, Report, VariantReport};
use carat_core::spec::GateMode;
use carat_core::untrusted::{one_line, visible};

use crate::out::{BAD, FAINT, GOOD, ODD, STRONG, styled};
use crate::table::{Cell, Table, prose};

use super::effort;
use super::reasons::Reasons;

/// The report for a terminal: what was run, a table, why cases have no answer and models were given up, and gates.
pub(crate) fn of(report: &Report, progress: &Progress, reasons: &Reasons) -> String {
    let scorers: Vec<&str> = progress.plan.iter().flat_map(|plan| &plan.scorers).map(|scorer| &*scorer.name).collect();
    let mut text = format!("{}\n\n{}", heading(report), table(report, &scorers).fitted());
    if let Some(caution) = report.clusters.as_ref().and_then(|clusters| clusters.caution.as_ref()) {
        text.push_str(&format!("{} {caution}\n", styled(ODD, "!")));
    }
    text.push_str(&reasons.told(progress));
    for (model, error) in &progress.given_up {
        let why = one_line(&error.message, 400);
        text.push_str(&format!("\n{} {model} was given up: {why}\n", styled(BAD, "✗")));
    }
    text.push_str(&slices(report));
    text.push_str(&repeats(report));
    text.push_str(&judges(report));
    text.push_str(&effort::told(report));
    text.push_str(&comparisons(report));
    text.push_str(&gates(report));
    prose(text, 2)
}

/// The most metrics of a comparison that are put into words here; `carat diff` has all.
const SENTENCES: usize = 6;

/// What comparing allows to say, in sentences.
fn comparisons(report: &Report) -> String {
    let mut text = String::new();
    for comparison in &report.comparisons {
        let (left, right) = (&comparison.left, &comparison.right);
        let elsewhere = if left.run == report.run.id { String::new() } else { format!(" of {}", left.run) };
        let heading = styled(STRONG, format!("{} against {}", visible(&right.variant), visible(&left.variant)));
        text.push_str(&format!("\n{heading}{}\n", styled(FAINT, visible(&elsewhere))));
        for metric in comparison.metrics.iter().take(SENTENCES) {
            text.push_str(&format!("  {}\n", found(metric)));
        }
        for not in &comparison.not_compared {
            text.push_str(&format!("  {}: {} {}\n", not.metric, styled(ODD, "not compared:"), not.because));
        }
        let rows = &comparison.rows;
        text.push_str(&effort::shared(rows));
        let apart = [(rows.left_only, "only there"), (rows.right_only, "only here"), (rows.changed, "changed since")];
        let apart: Vec<String> = apart.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if !apart.is_empty() {
            text.push_str(&format!("  {}\n", styled(ODD, format!("rows set apart: {}", apart.join(", ")))));
        }
    }
    text
}

/// The most lines of the table of slices.
const SLICES: usize = 40;

/// The parts of the data: each variant's scores on them.
fn slices(report: &Report) -> String {
    let mut names: Vec<&str> = Vec::new();
    for slice in report.variants.iter().flat_map(|variant| &variant.slices) {
        let scored = slice.metrics.keys().map(String::as_str).filter(|name| is_score(name));
        let main = scored.filter(|name| name.ends_with(".accuracy") || name.ends_with(".mean"));
        names.extend(main.filter(|name| !names.contains(name)).collect::<Vec<_>>());
    }
    if names.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["slice", "variant", ">samples"].into_iter().chain(names.iter().copied()));
    let lines = report.variants.iter().flat_map(|variant| variant.slices.iter().map(move |slice| (variant, slice)));
    for (variant, slice) in lines.take(SLICES) {
        let mut cells =
            vec![slice.slice.as_str().into(), variant.variant.as_str().into(), slice.samples.to_string().into()];
        cells.extend(names.iter().map(|name| score_cell(slice.metrics.get(*name))));
        table.row(cells);
    }
    let all: usize = report.variants.iter().map(|variant| variant.slices.len()).sum();
    let more = all.saturating_sub(SLICES);
    let more = if more == 0 { String::new() } else { format!("and {more} more; --json has all\n") };
    format!("\n{}\n{}{}", styled(STRONG, "slices"), table.fitted(), styled(FAINT, more))
}

/// A metric and its sentence, of which what was found is in its colour.
pub(crate) fn found(metric: &MetricComparison) -> String {
    let style = match metric.finding {
        Finding::Better => GOOD,
        Finding::Worse => BAD,
        Finding::NotShown => FAINT,
    };
    let (finding, rest) = metric.sentence.split_at(metric.sentence.find(" (").unwrap_or(metric.sentence.len()));
    format!("{}: {}{rest}", metric.metric, styled(style, finding))
}

/// What repeats of the same cases say.
fn repeats(report: &Report) -> String {
    let mut text = String::new();
    for variant in &report.variants {
        for (scorer, repeats) in &variant.repeats {
            let spread = repeats.spread.map(|spread| format!(", spread {spread:.3} within a row")).unwrap_or_default();
            let first: Vec<&str> = repeats.flickering_rows.iter().take(3).map(|flicker| flicker.row.as_str()).collect();
            let first = if first.is_empty() { String::new() } else { format!(": {}", visible(&first.join(", "))) };
            let more = if repeats.flickering > 3 { ", …" } else { "" };
            text.push_str(&format!(
                "\n{} {scorer}: {} of {} rows flicker{first}{more}{spread}\n",
                variant.variant, repeats.flickering, repeats.rows
            ));
        }
    }
    text
}

/// What judging took.
fn judges(report: &Report) -> String {
    let told = |judge: &JudgeReport| {
        let cost = judge.cost.usd.map_or_else(|| "cost not known".to_owned(), |usd| format!("${usd:.4}"));
        let (answers, cached) = (judge.answers, judge.cached);
        let asked = answers - cached;
        format!("  {}: {answers} answers used, {asked} asked for and {cached} from the record; {cost}\n", judge.model)
    };
    let text: String = report.judges.iter().filter(|judge| judge.answers > 0).map(told).collect();
    if text.is_empty() { text } else { format!("\n{}\n{text}", styled(STRONG, "judges")) }
}

fn gates(report: &Report) -> String {
    let mut text = String::new();
    if !report.gates.is_empty() {
        text.push_str(&format!("\n{}\n", styled(STRONG, "gates")));
    }
    for gate in &report.gates {
        let mark = match (gate.holds, gate.mode) {
            (true, _) => styled(GOOD, "✓ holds "),
            (false, GateMode::Block) => styled(BAD, "✗ missed"),
            (false, GateMode::Warn) => styled(ODD, "! missed"),
        };
        let slice = gate.slice.as_ref().map(|slice| format!("  {}", visible(slice))).unwrap_or_default();
        text.push_str(&format!("{mark}  {}  {}{slice}\n          {}\n", gate.metric, gate.variant, gate.because));
    }
    text
}

fn heading(report: &Report) -> String {
    let run = &report.run;
    let version = report.dataset.version.map(|version| format!("@{version}")).unwrap_or_default();
    let cases = if run.samples == run.cases {
        format!("{} cases", run.cases)
    } else {
        styled(ODD, format!("{} of {} cases, {}", run.samples, run.cases, run.status))
    };
    let resumed = if run.resumed > 0 { format!(" ({} from before)", run.resumed) } else { String::new() };
    format!(
        "{} on {}{version}, {} rows{}: {cases}{resumed}  {}",
        styled(STRONG, &run.eval),
        report.dataset.name,
        report.dataset.rows,
        report.clusters.as_ref().map(clusters).unwrap_or_default(),
        styled(FAINT, format!("run {}", run.id)),
    )
}

/// ` in 8 clusters by metadata.document (2 rows without it)`
fn clusters(report: &ClustersReport) -> String {
    let ClustersReport { by, clusters, alone, .. } = report;
    let plural = |n: u64| if n == 1 { "" } else { "s" };
    let without = if *alone == 0 { String::new() } else { format!(" ({alone} row{} without it)", plural(*alone)) };
    format!(" in {clusters} cluster{} by {}{without}", plural(*clusters), visible(by))
}

/// Scores stand in the order of the spec.
fn table(report: &Report, scorers: &[&str]) -> Table {
    let mut names: Vec<&str> = Vec::new();
    for variant in &report.variants {
        let scored = variant.metrics.keys().map(String::as_str).filter(|name| is_score(name));
        names.extend(scored.filter(|name| !names.contains(name)).collect::<Vec<_>>());
    }
    let place =
        |name: &&str| scorers.iter().position(|scorer| name.split_once('.').is_some_and(|(of, _)| of == *scorer));
    names.sort_by_key(place);
    let has_tokens = report.variants.iter().any(|variant| variant.tokens.input.is_some());
    let has_unscored = report.variants.iter().any(|variant| variant.unscored > 0);
    let mut head = vec!["variant".to_owned()];
    head.extend(names.iter().map(|name| (*name).to_owned()));
    head.push("failures".to_owned());
    head.extend(has_unscored.then(|| ">unscored".to_owned()));
    head.extend(has_tokens.then(|| ">tokens in/out".to_owned()));
    head.extend([">cost".to_owned(), ">p50 / p95".to_owned()]);
    let mut table = Table::new(head);
    for variant in &report.variants {
        let mut cells = vec![variant.variant.as_str().into()];
        cells.extend(names.iter().map(|name| score_cell(variant.metrics.get(*name))));
        cells.push(failures(variant));
        cells.extend(has_unscored.then(|| variant.unscored.to_string().into()));
        cells.extend(has_tokens.then(|| tokens(variant).into()));
        cells.extend([cost(variant).into(), latency(variant).into()]);
        table.row(cells);
    }
    table
}

/// Whether a metric says how good answers are; the others have columns of their own.
fn is_score(name: &str) -> bool {
    !["errors.", "unscored.", "latency.", "tokens.", "cost."].iter().any(|prefix| name.starts_with(prefix))
}

fn score_cell(metric: Option<&Metric>) -> Cell {
    metric.map_or_else(|| Cell::styled(FAINT, "–"), |metric| score(metric).into())
}

/// `53.6 % [48.2, 58.9]`: the value and its interval.
pub(crate) fn score(metric: &Metric) -> String {
    let percent = |number: f64| format!("{:.1}", number * 100.0);
    format!("{:>5} % [{:>4}, {:>4}]", percent(metric.value), percent(metric.low), percent(metric.high))
}

fn failures(variant: &VariantReport) -> Cell {
    if variant.failures.is_empty() {
        return Cell::styled(FAINT, "none");
    }
    let parts: Vec<_> = variant.failures.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    Cell::styled(if variant.errors > 0 { BAD } else { ODD }, parts.join(", "))
}

fn tokens(variant: &VariantReport) -> String {
    match (variant.tokens.input, variant.tokens.output) {
        (Some(input), Some(output)) => {
            let unknown = if variant.tokens.unknown > 0 { "+?" } else { "" };
            format!("{}/{}{unknown}", short_number(input), short_number(output))
        }
        _ => "–".to_owned(),
    }
}

fn short_number(number: u64) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..10_000_000 => format!("{:.1}k", number as f64 / 1e3),
        _ => format!("{:.1}M", number as f64 / 1e6),
    }
}

/// Unknown is not zero.
fn cost(variant: &VariantReport) -> String {
    match variant.cost.usd {
        Some(usd) if usd < 0.1 => format!("${usd:.4}"),
        Some(usd) => format!("${usd:.2}"),
        None => "–".to_owned(),
    }
}

fn latency(variant: &VariantReport) -> String {
    let shown = |ms: f64| {
        if ms >= 1000.0 {
            format!("{:.1} s", ms / 1000.0)
        } else if ms >= 10.0 {
            format!("{ms:.0} ms")
        } else {
            format!("{ms:.1} ms")
        }
    };
    match (variant.latency.p50_ms, variant.latency.p95_ms) {
        (Some(p50), Some(p95)) => format!("{} / {}", shown(p50), shown(p95)),
        _ => "–".to_owned(),
    }
}

/// One variant while the run goes on: its first score, tokens, cost, failures.
pub(crate) fn running(variant: &VariantReport) -> String {
    let metric = variant.metrics.iter().find(|(name, _)| is_score(name));
    let score = metric.map_or_else(String::new, |(name, metric)| format!("{name} {}", score(metric)));
    let mut text = format!("  {}  {} done  {score}", variant.variant, variant.samples);
    if variant.tokens.input.is_some() {
        text.push_str(&format!("  {} tokens", tokens(variant)));
    }
    if variant.cost.usd.is_some() {
        text.push_str(&format!("  {}", cost(variant)));
    }
    if !variant.failures.is_empty() {
        let failed: Vec<_> = variant.failures.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        text.push_str(&format!("  {}", styled(ODD, failed.join(", "))));
    }
    text
}

/// Where to look next.
pub(crate) fn next_steps(report: &Report, progress: &Progress) -> String {
    // The beginning of an id, down to the millisecond, is enough to find the run and short enough for a line.
    let id = report.run.id.get(..13).unwrap_or(&report.run.id);
    let mut steps = Vec::new();
    if report.run.samples < report.run.cases || report.variants.iter().any(|variant| variant.errors > 0) {
        let missing = report.run.cases - report.run.samples;
        let errors: u64 = report.variants.iter().map(|variant| variant.errors).sum();
        steps.push(format!("carat run resume {id}    # {missing} left, {errors} without an answer"));
    }
    if progress.done > 0 {
        steps.push(format!("carat run show {id}      # classes, and the answers that missed"));
        if !report.comparisons.is_empty() {
            let other = &report.comparisons[0].left.run;
            let other = if *other == report.run.id { String::new() } else { format!("{} ", short(other)) };
            steps.push(format!("carat diff {other}{id}          # row by row, the most harmful first"));
        }
    }
    let steps: Vec<_> = steps.iter().map(|step| format!("  {step}")).collect();
    if steps.is_empty() { String::new() } else { format!("{}\n{}", styled(FAINT, "next:"), steps.join("\n")) }
}

/// The beginning of an id, or a file as it is.
fn short(run: &str) -> &str {
    let is_id = run.len() == 36 && run.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if is_id { run.get(..13).unwrap_or(run) } else { run }
}

/// `1m 12s`
pub(crate) fn duration(span: Duration) -> String {
    match span.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds @ 60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        seconds => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}
