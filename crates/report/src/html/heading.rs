//! What was run, and the verdict.

use carat_core::fold::Report;

use super::markup::{name, text};
use crate::words::{self, count, counted};
use crate::{Standing, Subject, Verdict};

/// What was run.
pub(super) fn heading(subject: &Subject<'_>) -> String {
    let (report, run) = (subject.report, &subject.report.run);
    let mut facts = vec![
        (
            "dataset",
            format!(
                "{} <span class=\"faint\">{}</span>",
                name(&subject.dataset()),
                counted(report.dataset.rows, "row", "rows")
            ),
        ),
        ("samples", count(run.samples as f64)),
        ("started", time(&run.started_at)),
        ("run", format!("<code>{}</code>", text(&run.id))),
    ];
    if let Some(clusters) = &report.clusters {
        facts.insert(1, ("clusters", words::clusters(clusters, name(&clusters.by))));
    }
    if let Some(given) = &run.name {
        facts.insert(0, ("name", text(given)));
    }
    if run.status != "finished" {
        facts.push(("status", text(&run.status)));
    }
    let facts = facts.iter().map(|(term, said)| format!("<div><dt>{term}</dt><dd>{said}</dd></div>"));
    format!("<h1>{}</h1>\n<dl class=\"facts\">{}</dl>\n", name(&run.eval), facts.collect::<String>())
}

/// `2026-11-23 02:21 UTC`
fn time(at: &str) -> String {
    match (at.get(..10), at.get(11..16)) {
        (Some(day), Some(minute)) => {
            format!("<time datetime=\"{}\">{} {} UTC</time>", text(at), text(day), text(minute))
        }
        _ => text(at),
    }
}

/// The verdict, with a sign that does not depend on its colour.
pub(super) fn verdict(report: &Report) -> String {
    let verdict = Verdict::of(report);
    let (class, sign, word) = match verdict.standing {
        Standing::Missed => ("bad", CROSS, "Gates do not hold"),
        Standing::Incomplete => ("odd", WARNING, "Not complete"),
        Standing::Worse => ("bad", DOWN, "Worse"),
        Standing::Mixed => ("odd", WARNING, "Better and worse"),
        Standing::Better => ("good", UP, "Better"),
        Standing::NotShown => ("plain", EVEN, "No difference shown"),
        Standing::Holds => ("good", CHECK, "Gates hold"),
        Standing::Measured => ("plain", EVEN, "Measured"),
    };
    let line = text(&verdict.line());
    let sign = format!("<svg class=\"sign\" viewBox=\"0 0 32 32\" aria-hidden=\"true\"><path d=\"{sign}\"/></svg>");
    format!(
        "<div class=\"verdict {class}\" role=\"note\" aria-label=\"Verdict\">{sign}\
         <div><p class=\"word\">{word}</p><p class=\"line\">{line}</p></div></div>\n"
    )
}

const CROSS: &str = "M8 8 24 24M24 8 8 24";
const CHECK: &str = "M6 17 13 24 26 9";
const WARNING: &str = "M16 6v13M16 25v.5";
const DOWN: &str = "M16 6v20M7 17l9 9 9-9";
const UP: &str = "M16 26V6M7 15l9-9 9 9";
const EVEN: &str = "M6 12h20M6 20h20";

/// Links to the parts that there are.
pub(super) fn contents(sections: &str) -> String {
    let parts = [
        ("scores", "Scores"),
        ("compared", "Comparison"),
        ("gates", "Gates"),
        ("slices", "Slices"),
        ("classes", "Classes"),
        ("effort", "Effort"),
    ];
    let there = parts.iter().filter(|(id, _)| sections.contains(&format!("<section id=\"{id}\"")));
    let link = |(id, title): &(&str, &str)| format!("<a href=\"#{id}\">{title}</a>");
    there.chain(&[("rows", "Rows")]).map(link).collect()
}
