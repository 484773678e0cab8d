//! Variants set side by side: a forest plot a comparison, and the rows that changed.

mod changes;

use carat_core::compare::{Comparison, Finding, MetricComparison, SliceComparison};

use super::chart::Axis;
use super::markup::{self, details, name, table_with_roles, text};
use crate::Subject;
use crate::words::{self, Unit, count, counted};

pub(super) use changes::write as write_changes;

/// Every comparison. Nothing where nothing was compared.
pub(super) fn section(subject: &Subject<'_>) -> String {
    let comparisons: String = subject.report.comparisons.iter().map(|comparison| of_one(subject, comparison)).collect();
    if comparisons.is_empty() {
        return comparisons;
    }
    markup::section("compared", "Comparison", &format!("{HOW}{comparisons}"))
}

const HOW: &str = "<p class=\"note\">Row by row, the right side minus the left one. In every drawing better lies to the \
                   right of the line. A whisker that crosses it shows no difference, and neither does one that is too near \
                   to it for the number of comparisons made. The shaded part is what a gate's margin does not allow.</p>\n";

fn of_one(subject: &Subject<'_>, comparison: &Comparison) -> String {
    let (left, right) = (&comparison.left, &comparison.right);
    let of_run = (left.run != right.run).then(|| format!(" <span class=\"faint\">of {}</span>", text(&left.run)));
    let title = format!(
        "<h3>{} <span class=\"faint\">against</span> {}{}</h3>\n<p class=\"note\">{}</p>\n",
        name(&right.variant),
        name(&left.variant),
        of_run.unwrap_or_default(),
        rows(comparison)
    );
    let entries: Vec<Entry<'_>> = comparison.metrics.iter().map(|metric| Entry::of(subject, metric)).collect();
    let not = comparison.not_compared.iter();
    let not = not.map(|not| format!("<li><b>{}</b> not compared: {}</li>", text(&not.metric), text(&not.because)));
    let not: String = not.collect();
    let not = if not.is_empty() { not } else { format!("<ul class=\"note\">{not}</ul>\n") };
    format!("{title}{}{not}", forests(&entries))
}

/// Which rows could be set side by side.
fn rows(comparison: &Comparison) -> String {
    let rows = &comparison.rows;
    let parts = [
        (rows.changed, &rows.changed_rows, "with other content"),
        (rows.left_only, &rows.left_only_rows, "only on the left"),
        (rows.right_only, &rows.right_only_rows, "only on the right"),
    ];
    let apart = parts.iter().filter(|(n, ..)| *n > 0).map(|(n, first, what)| {
        let first: Vec<_> = first.iter().take(5).map(|row| text(row)).collect();
        format!("; set apart: {} {what} ({}{})", count(*n as f64), first.join(", "), if *n > 5 { ", …" } else { "" })
    });
    let shared = match rows.shared {
        0 => String::new(),
        shared => format!(", {} of them one and the same answer, from the record", count(shared as f64)),
    };
    format!("{} on both sides{shared}{}", counted(rows.paired, "row", "rows"), apart.collect::<String>())
}

/// What was found on slices, folded: what differs first.
pub(super) fn slices(subject: &Subject<'_>) -> String {
    let of_comparison = |comparison: &Comparison| {
        if comparison.slices.is_empty() {
            return String::new();
        }
        let mut found: Vec<&SliceComparison> = comparison.slices.iter().collect();
        found.sort_by_key(|slice| slice.comparison.finding == Finding::NotShown);
        let entries: Vec<Entry<'_>> = found.into_iter().map(Entry::of_slice).collect();
        let title =
            format!("{} against {}, slice by slice", name(&comparison.right.variant), name(&comparison.left.variant));
        details(&title, &forests(&entries))
    };
    subject.report.comparisons.iter().map(of_comparison).collect()
}

/// One line of a forest plot.
struct Entry<'a> {
    title: String,
    metric: &'a MetricComparison,
    /// The largest loss that a gate allows, or the least gain that it asks for: right minus left, better to the right.
    margin: Option<f64>,
}

impl<'a> Entry<'a> {
    fn of(subject: &Subject<'_>, metric: &'a MetricComparison) -> Self {
        let gates = subject.plan.gates.iter().filter(|gate| gate.metric == metric.metric && gate.slice.is_none());
        let margins = gates.filter_map(|gate| match (&gate.no_worse_than, &gate.better_than) {
            (Some(_), _) => gate.margin.map(|margin| -margin),
            (None, Some(_)) => Some(gate.margin.unwrap_or(0.0)),
            (None, None) => None,
        });
        Self { title: name(&metric.metric), metric, margin: margins.reduce(f64::max) }
    }

    fn of_slice(slice: &'a SliceComparison) -> Self {
        let metric = &slice.comparison;
        let title = format!("{} <span class=\"faint\">{}</span>", name(&slice.slice), name(&metric.metric));
        Self { title, metric, margin: None }
    }

    /// The difference and its interval, with better to the right.
    fn gain(&self) -> (f64, f64, f64) {
        let MetricComparison { delta, low, high, higher_is_better, .. } = *self.metric;
        if higher_is_better { (delta, low, high) } else { (-delta, -high, -low) }
    }
}

/// A plot for each unit, so that points are not measured in dollars.
fn forests(entries: &[Entry<'_>]) -> String {
    let units = [Unit::Share, Unit::Time, Unit::Count, Unit::Money];
    let of_unit = |unit: Unit| {
        let of_unit: Vec<&Entry<'_>> = entries.iter().filter(|entry| Unit::of(&entry.metric.metric) == unit).collect();
        if of_unit.is_empty() { String::new() } else { forest(&of_unit, unit) }
    };
    units.map(of_unit).concat()
}

fn forest(entries: &[&Entry<'_>], unit: Unit) -> String {
    let ends = entries.iter().flat_map(|entry| {
        let (_, low, high) = entry.gain();
        [low, high, entry.margin.unwrap_or(0.0)]
    });
    let axis = Axis::around_zero(ends, unit);
    let head = format!(
        "<th scope=\"col\">metric</th><th scope=\"col\" class=\"number\">left</th><th scope=\"col\" class=\"number\">right\
         </th><td class=\"wide\"><span class=\"ends\"><span>← worse</span><span>better →</span></span>{}</td>\
         <th scope=\"col\" class=\"number\">difference</th><th scope=\"col\">won · lost · tied</th>\
         <th scope=\"col\">finding</th>",
        axis.labels(true)
    );
    let rows: String = entries.iter().map(|entry| row(entry, &axis, unit)).collect();
    table_with_roles("forest", "Differences", &head, &rows)
}

fn row(entry: &Entry<'_>, axis: &Axis, unit: Unit) -> String {
    let metric = entry.metric;
    let (class, word) = match metric.finding {
        Finding::Better => ("good", "▲ better"),
        Finding::Worse => ("bad", "▼ worse"),
        Finding::NotShown => ("plain", "not shown"),
    };
    let less = if metric.higher_is_better { "" } else { "<span class=\"less\">less is better</span>" };
    format!(
        "<tr class=\"first\"><th scope=\"row\">{}{less}</th><td class=\"number\">{}</td><td class=\"number\">{}</td>\
         <td class=\"wide\">{}</td><td class=\"number strong\">{}</td><td>{}</td>\
         <td><span class=\"tag {class}\">{word}</span></td></tr>\n\
         <tr class=\"said\"><td colspan=\"7\">{}</td></tr>\n",
        entry.title,
        unit.shown(metric.left),
        unit.shown(metric.right),
        axis.whisker_with_margin(entry.gain(), entry.margin, class),
        words::difference(metric),
        outcome(metric),
        text(&metric.sentence),
    )
}

/// How many rows were won, lost and tied, as numbers and as a bar.
fn outcome(metric: &MetricComparison) -> String {
    let MetricComparison { wins, losses, ties, .. } = *metric;
    let all = (wins + losses + ties).max(1) as f64;
    let (won, lost) = (wins as f64 / all * 100.0, losses as f64 / all * 100.0);
    let bar = format!(
        "<svg class=\"bar\" aria-hidden=\"true\"><rect class=\"tied\" width=\"100%\" height=\"6\"/>\
         <rect class=\"won\" width=\"{won:.2}%\" height=\"6\"/>\
         <rect class=\"lost\" x=\"{:.2}%\" width=\"{lost:.2}%\" height=\"6\"/></svg>",
        100.0 - lost
    );
    let [wins, losses, ties] = [wins, losses, ties].map(|n| count(n as f64));
    format!("<span class=\"number\">{wins} · {losses} · {ties}</span>{bar}")
}
