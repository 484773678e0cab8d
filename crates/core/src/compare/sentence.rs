//! What the numbers allow to say, in a sentence.

use super::{Finding, MetricComparison};

/// What a difference is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Percentage points.
    Points,
    /// US dollars.
    Dollars,
}

impl Unit {
    fn of(metric: &str) -> Self {
        if metric == super::COST { Self::Dollars } else { Self::Points }
    }

    /// With its sign, without the unit.
    fn signed(self, value: f64) -> String {
        let shown = match self {
            Self::Points => format!("{:.1}", value.abs() * 100.0),
            Self::Dollars => dollars(value.abs()),
        };
        let is_nothing = !shown.contains(|c| matches!(c, '1'..='9'));
        format!("{}{shown}", if value < 0.0 && !is_nothing { '-' } else { '+' })
    }

    /// How far, without a sign, with the unit.
    fn amount(self, value: f64) -> String {
        let value = value.abs();
        match self {
            Self::Points => format!("{:.1} points", value * 100.0),
            Self::Dollars => dollars(value),
        }
    }
}

/// Three digits that say something, and cents at least: `$1.20`, `$0.0000125`. Less than any price of a token is nothing.
fn dollars(value: f64) -> String {
    if value < 1e-12 {
        return "$0".to_owned();
    }
    let decimals = (2.0 - value.log10().floor()).clamp(2.0, 14.0) as usize;
    format!("${value:.decimals$}")
}

/// `better by 4.6 points (95 % +1.4 to +7.8, p = 0.006, 60 pairs); with 60 rows only differences above 4.5 points can be
/// seen`
///
/// Numbers with a sign are gains, so that they mean the same as the words: where less is better, + is less.
pub(super) fn of(comparison: &MetricComparison, family: u64) -> String {
    let unit = Unit::of(&comparison.metric);
    let because = because(comparison, unit, family);
    let said = match comparison.finding {
        Finding::Better => format!("better by {} ({because})", unit.amount(comparison.delta)),
        Finding::Worse => format!("worse by {} ({because})", unit.amount(comparison.delta)),
        Finding::NotShown if comparison.wins + comparison.losses == 0 => format!("no row differs ({because})"),
        Finding::NotShown => {
            let (gain, delta) =
                if comparison.higher_is_better { ("", comparison.delta) } else { ("gain ", -comparison.delta) };
            let points = if unit == Unit::Points { " points" } else { "" };
            format!("no difference shown ({gain}{}{points}, {because})", unit.signed(delta))
        }
    };
    format!("{said}; {}", sight(comparison, unit))
}

fn because(comparison: &MetricComparison, unit: Unit, family: u64) -> String {
    let MetricComparison { low, high, .. } = *comparison;
    let (low, high) = if comparison.higher_is_better { (low, high) } else { (-high, -low) };
    let (low, high) = (unit.signed(low), unit.signed(high));
    let confidence = comparison.confidence * 100.0;
    let p = match (comparison.p, comparison.adjusted_p) {
        (None, _) => String::new(),
        (Some(p), Some(adjusted)) if family > 1 && p_value(adjusted) != p_value(p) => {
            format!(", p {}, {} corrected for {family} tests", p_value(p), p_value(adjusted).trim_start_matches("= "))
        }
        (Some(p), _) => format!(", p {}", p_value(p)),
    };
    let pairs = counted(comparison, "pair", "pairs");
    format!("{confidence} % {low} to {high}{p}, {pairs}")
}

/// `60 pairs`, `60 pairs in 12 clusters`
fn counted(comparison: &MetricComparison, one: &str, many: &str) -> String {
    let pairs = comparison.pairs;
    let clusters = comparison.clusters.map(|clusters| format!(" in {clusters} clusters")).unwrap_or_default();
    format!("{pairs} {}{clusters}", if pairs == 1 { one } else { many })
}

/// Two significant digits, and never zero: `= 0.006`, `< 0.0001`.
fn p_value(p: f64) -> String {
    match p {
        p if p < 0.0001 => "< 0.0001".to_owned(),
        p if p < 0.001 => format!("= {p:.4}"),
        p if p < 0.01 => format!("= {p:.3}"),
        p => format!("= {p:.2}"),
    }
}

/// What so many rows can show at all.
fn sight(comparison: &MetricComparison, unit: Unit) -> String {
    let rows = counted(comparison, "row", "rows");
    match comparison.detectable {
        Some(smallest) if smallest <= 1.0 || unit == Unit::Dollars => {
            format!("with {rows} only differences above {} can be seen", unit.amount(smallest))
        }
        _ => format!("{rows} can show no difference at all"),
    }
}
