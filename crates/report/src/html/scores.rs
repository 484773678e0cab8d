//! How good the answers are: a chart a metric, a line a variant.

use carat_core::fold::{Metric, VariantReport};

use super::chart::Axis;
use super::markup::{self, details, name, table_with_roles, text};
use crate::Subject;
use crate::words::{self, Unit, count, counted};

/// The metric that stands for each scorer, then the others, folded.
pub(super) fn section(subject: &Subject<'_>) -> String {
    let main = words::main_scores(subject);
    let others = words::scores(subject).into_iter().filter(|name| !main.contains(name));
    let variants: Vec<Line<'_>> = subject.report.variants.iter().map(Line::of_variant).collect();
    let charts =
        |names: &mut dyn Iterator<Item = String>| -> String { names.map(|metric| chart(&metric, &variants)).collect() };
    let (first, rest) = (charts(&mut main.iter().cloned()), charts(&mut others.into_iter()));
    let rest = if rest.is_empty() { rest } else { details("Other metrics", &rest) };
    let how = if first.is_empty() { "" } else { HOW };
    let caution = subject.report.clusters.as_ref().and_then(|clusters| clusters.caution.as_ref());
    let caution = caution.map(|caution| format!("<p class=\"note\">{}</p>\n", text(caution))).unwrap_or_default();
    markup::section("scores", "Scores", &format!("{how}{caution}{first}{rest}"))
}

const HOW: &str = "<p class=\"note\">The dot is what was measured, the whisker the interval that holds the true value \
                   in 95 of 100 runs. Axes begin where the data do.</p>\n";

/// One line of a chart.
pub(super) struct Line<'a> {
    pub(super) title: String,
    pub(super) metrics: &'a std::collections::BTreeMap<String, Metric>,
}

impl<'a> Line<'a> {
    fn of_variant(variant: &'a VariantReport) -> Self {
        Self { title: name(&variant.variant), metrics: &variant.metrics }
    }
}

/// One metric, a line for whatever has it. Nothing where nothing has.
pub(super) fn chart(metric: &str, lines: &[Line<'_>]) -> String {
    let there: Vec<(&str, &Metric)> =
        lines.iter().filter_map(|line| Some((line.title.as_str(), line.metrics.get(metric)?))).collect();
    if there.is_empty() {
        return String::new();
    }
    let unit = Unit::of(metric);
    let axis = Axis::of(there.iter().flat_map(|(_, metric)| [metric.low, metric.value, metric.high]), unit);
    let row = |(title, found): &(&str, &Metric)| {
        let how = if found.interval == "none" {
            "no interval".to_owned()
        } else {
            let over = found.clusters.map(|clusters| format!(" over {}", counted(clusters, "cluster", "clusters")));
            let (interval, confidence) = (text(&found.interval), found.confidence * 100.0);
            format!("{interval} interval{}, {confidence} %", over.unwrap_or_default())
        };
        let interval = words::interval(metric, found).unwrap_or_default();
        format!(
            "<tr><th scope=\"row\">{title}</th><td class=\"wide\">{}</td><td class=\"number strong\">{}</td>\
             <td class=\"number\" title=\"{how}\">{interval}</td><td class=\"number faint\">{}</td></tr>\n",
            axis.whisker((found.value, found.low, found.high), "accent"),
            unit.shown(found.value),
            count(found.n as f64),
        )
    };
    let head = format!(
        "<th scope=\"col\"><span class=\"metric\">{}</span></th><td class=\"wide\">{}</td>\
         <th scope=\"col\" class=\"number\">value</th><th scope=\"col\" class=\"number\">interval</th>\
         <th scope=\"col\" class=\"number\">n</th>",
        name(metric),
        axis.labels(false)
    );
    table_with_roles("chart", &text(metric), &head, &there.iter().map(row).collect::<String>())
}
