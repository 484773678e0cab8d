//! Numbers as people read them.

use carat_core::compare::MetricComparison;
use carat_core::fold::{ClustersReport, Metric, VariantReport};

use crate::Subject;

/// What a metric is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unit {
    /// From 0 to 1, shown as a percentage; differences as points.
    Share,
    /// Milliseconds.
    Time,
    /// Tokens.
    Count,
    /// US dollars.
    Money,
}

impl Unit {
    /// What the metric of this name is counted in.
    pub(crate) fn of(metric: &str) -> Self {
        match metric {
            "latency.p50" | "latency.p95" | "latency.p99" => Self::Time,
            "tokens.input" | "tokens.output" | "tokens.total" => Self::Count,
            "cost.total" | "cost.per_sample" | "cost.judges" => Self::Money,
            _ => Self::Share,
        }
    }

    /// The number with its unit.
    pub(crate) fn shown(self, value: f64) -> String {
        match self {
            Self::Share => format!("{:.1} %", value * 100.0),
            Self::Time => time(value),
            Self::Count => count(value),
            Self::Money => money(value),
        }
    }

    /// The number as it stands inside of an interval: percentages without their sign.
    fn bare(self, value: f64) -> String {
        match self {
            Self::Share => format!("{:.1}", value * 100.0),
            Self::Time | Self::Count | Self::Money => self.shown(value),
        }
    }

    /// A difference with its sign: shares in points.
    pub(crate) fn signed(self, value: f64) -> String {
        let amount = match self {
            Self::Share => format!("{:.1}", value.abs() * 100.0),
            Self::Time | Self::Count | Self::Money => self.shown(value.abs()),
        };
        let nothing = amount.bytes().all(|b| !b.is_ascii_digit() || b == b'0');
        match self {
            Self::Time | Self::Count | Self::Money if nothing => amount,
            _ if value < 0.0 && !nothing => format!("−{amount}"),
            _ => format!("+{amount}"),
        }
    }
}

/// `412 ms`, `1.3 s`
fn time(ms: f64) -> String {
    match ms {
        ms if ms >= 1000.0 => format!("{:.1} s", ms / 1000.0),
        ms if ms >= 10.0 => format!("{ms:.0} ms"),
        ms => format!("{ms:.1} ms"),
    }
}

/// `$1.20`; small amounts with as many digits as say something.
fn money(usd: f64) -> String {
    match usd.abs() {
        0.0 => "$0".to_owned(),
        amount if amount < 0.001 => format!("${usd:.6}"),
        amount if amount < 0.1 => format!("${usd:.4}"),
        _ => format!("${usd:.2}"),
    }
}

/// A whole number in groups of three: `12 345`, with a space that does not break.
pub(crate) fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
    let mut text = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push('\u{202F}');
        }
        text.push(digit);
    }
    text
}

/// `3 rows`, `1 row`
pub(crate) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n as f64), if n == 1 { one } else { many })
}

/// `[51.2, 61.8]`; nothing for a plain count or sum, which has no interval.
pub(crate) fn interval(name: &str, metric: &Metric) -> Option<String> {
    let unit = Unit::of(name);
    (metric.interval != "none").then(|| format!("[{}, {}]", unit.bare(metric.low), unit.bare(metric.high)))
}

/// `8 by metadata.document`, and how many rows have no such field; `by` as the format shows a name.
pub(crate) fn clusters(report: &ClustersReport, by: String) -> String {
    let without = match report.alone {
        0 => String::new(),
        alone => format!(", {} without it", counted(alone, "row", "rows")),
    };
    format!("{} by {by}{without}", count(report.clusters as f64))
}

/// `56.6 % [51.2, 61.8]`
pub(crate) fn estimate(name: &str, metric: &Metric) -> String {
    let value = Unit::of(name).shown(metric.value);
    interval(name, metric).map_or(value.clone(), |interval| format!("{value} {interval}"))
}

/// `+4.6 [+1.4, +7.8]`
pub(crate) fn difference(metric: &MetricComparison) -> String {
    let unit = Unit::of(&metric.metric);
    let [delta, low, high] = [metric.delta, metric.low, metric.high].map(|value| unit.signed(value));
    format!("{delta} [{low}, {high}]")
}

/// The metrics that say how good answers are, scorer by scorer in the order of the plan, the one that stands for a scorer
/// first.
pub(crate) fn scores(subject: &Subject<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for scorer in &subject.plan.scorers {
        let mut of_scorer: Vec<&str> = Vec::new();
        for name in subject.report.variants.iter().flat_map(|variant| variant.metrics.keys()) {
            let is_of_scorer = name.rsplit_once('.').is_some_and(|(of, _)| *of == *scorer.name);
            if is_of_scorer && !of_scorer.contains(&name.as_str()) {
                of_scorer.push(name);
            }
        }
        of_scorer.sort_by_key(|name| (rank(name), *name));
        names.extend(of_scorer.into_iter().map(str::to_owned));
    }
    names
}

/// The one metric that stands for each scorer.
pub(crate) fn main_scores(subject: &Subject<'_>) -> Vec<String> {
    let mut names = scores(subject);
    names.dedup_by(|later, earlier| scorer_of(later) == scorer_of(earlier));
    names
}

/// `queue` of `queue.accuracy`.
pub(crate) fn scorer_of(metric: &str) -> &str {
    metric.rsplit_once('.').map_or(metric, |(scorer, _)| scorer)
}

fn rank(name: &str) -> u8 {
    match name.rsplit_once('.').map_or("", |(_, aggregate)| aggregate) {
        "accuracy" => 0,
        "mean" => 1,
        "pass_rate" => 2,
        aggregate if !aggregate.starts_with("pass@") && !aggregate.starts_with("pass^") => 3,
        _ => 4,
    }
}

/// `none`, or `3 timeout, 1 server`
pub(crate) fn failures(variant: &VariantReport) -> String {
    let parts: Vec<_> = variant.failures.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_units() {
        for (metric, value, shown) in [
            ("queue.accuracy", 0.5659, "56.6 %"),
            ("latency.p50", 0.24, "0.2 ms"),
            ("latency.p95", 412.4, "412 ms"),
            ("latency.p99", 1321.0, "1.3 s"),
            ("tokens.total", 1_234_567.0, "1\u{202F}234\u{202F}567"),
            ("tokens.input", 0.0, "0"),
            ("cost.total", 1.2, "$1.20"),
            ("cost.per_sample", 0.000_123, "$0.000123"),
            ("cost.total", 0.0, "$0"),
        ] {
            assert_eq!(Unit::of(metric).shown(value), shown, "{metric}");
        }
    }

    #[test]
    fn a_difference_has_a_sign_and_nothing_is_not_negative() {
        assert_eq!(Unit::Share.signed(0.046), "+4.6");
        assert_eq!(Unit::Share.signed(-0.046), "−4.6");
        assert_eq!(Unit::Share.signed(-0.000_01), "+0.0");
        assert_eq!(Unit::Money.signed(-0.000_5), "−$0.000500");
        assert_eq!(Unit::Money.signed(-0.0), "$0");
    }
}
