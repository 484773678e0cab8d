//! The parts of the data.

use carat_core::fold::{SliceReport, VariantReport};

use super::compared;
use super::markup::{self, details, name};
use super::scores::{Line, chart};
use crate::{Subject, words};

/// More lines than that are folded.
const OPEN: usize = 24;

/// Slices by variant, a chart a metric; then what was found on them. Nothing for a run without slices.
pub(super) fn section(subject: &Subject<'_>) -> String {
    let lines = lines(subject);
    let charts = words::main_scores(subject).iter().map(|metric| chart(metric, &lines)).collect::<String>();
    let charts = match lines.len() {
        0 => String::new(),
        1..=OPEN => charts,
        many => details(&format!("{many} slices × variants"), &charts),
    };
    let found = compared::slices(subject);
    let inside = format!("{charts}{found}");
    let how = if inside.is_empty() { "" } else { HOW };
    markup::section("slices", "Slices", &format!("{how}{inside}"))
}

const HOW: &str = "<p class=\"note\">Slices say where to look next, not what to decide by: the smaller the part, the \
                   longer its whisker.</p>\n";

/// A line for each slice of each variant; those of one slice stand together.
fn lines<'a>(subject: &Subject<'a>) -> Vec<Line<'a>> {
    let of_variant = |variant: &'a VariantReport| variant.slices.iter().map(move |slice| (variant, slice));
    let mut pairs: Vec<(&VariantReport, &SliceReport)> = subject.report.variants.iter().flat_map(of_variant).collect();
    pairs.sort_by(|a, b| a.1.slice.cmp(&b.1.slice));
    let several = subject.report.variants.len() > 1;
    let line = |(variant, slice): &(&'a VariantReport, &'a SliceReport)| {
        let of =
            if several { format!(" <span class=\"faint\">{}</span>", name(&variant.variant)) } else { String::new() };
        Line { title: format!("{}{of}", name(&slice.slice)), metrics: &slice.metrics }
    };
    pairs.iter().map(line).collect()
}
