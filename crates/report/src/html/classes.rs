//! Which class was answered where which was expected.

use std::collections::BTreeMap;

use carat_core::fold::{ClassReport, Report, VariantReport};

use super::markup::{self, name, text};
use crate::words::count;

/// The column of answers that name no class.
const NONE: &str = "(none)";

type Confusion = BTreeMap<String, BTreeMap<String, u64>>;

/// A table for each variant and scorer over classes. Nothing where there is none.
pub(super) fn section(report: &Report) -> String {
    let tables: String = report.variants.iter().map(of_variant).collect();
    if tables.is_empty() {
        return tables;
    }
    markup::section("classes", "Classes", &format!("{HOW}<div class=\"cards\">\n{tables}</div>\n"))
}

const HOW: &str = "<p class=\"note\">Rows are the classes that were expected, columns the ones that were answered; the \
                   stronger the colour, the larger the share of its row.</p>\n";

fn of_variant(variant: &VariantReport) -> String {
    let table = |(scorer, classes): (&String, &Vec<ClassReport>)| {
        let confusion = variant.confusion.get(scorer)?;
        let title = format!("{} · {}", text(scorer), text(&variant.variant));
        let table = markup::table("heat", &title, &head(classes), &body(classes, confusion));
        Some(format!(
            "<figure><figcaption>{} <span class=\"faint\">{}</span></figcaption>{table}</figure>\n",
            text(scorer),
            name(&variant.variant)
        ))
    };
    variant.classes.iter().filter_map(table).collect()
}

fn head(classes: &[ClassReport]) -> String {
    let answered = classes.iter().map(|class| class.class.as_str()).chain([NONE]);
    let answered = answered.map(|class| format!("<th scope=\"col\">{}</th>", name(class)));
    let numbers = ["precision", "recall", "F1"].map(|title| format!("<th scope=\"col\" class=\"number\">{title}</th>"));
    format!(
        "<th scope=\"col\" class=\"corner\">expected ↓<br>answered →</th>{}{}",
        answered.collect::<String>(),
        numbers.concat()
    )
}

fn body(classes: &[ClassReport], confusion: &Confusion) -> String {
    let row = |class: &ClassReport| {
        let counts = confusion.get(&class.class);
        let all: u64 = counts.map(|counts| counts.values().sum()).unwrap_or_default();
        let answered = classes.iter().map(|class| class.class.as_str()).chain([NONE]);
        let cells = answered.map(|answer| {
            let n = counts.and_then(|counts| counts.get(answer)).copied().unwrap_or(0);
            cell(n, all, answer == class.class)
        });
        let numbers = [class.precision, class.recall, class.f1].map(|share| {
            let shown = share.map_or_else(|| "–".to_owned(), |share| format!("{:.1}", share * 100.0));
            format!("<td class=\"number\">{shown}</td>")
        });
        format!(
            "<tr><th scope=\"row\">{}</th>{}{}</tr>\n",
            name(&class.class),
            cells.collect::<String>(),
            numbers.concat()
        )
    };
    classes.iter().map(row).collect()
}

/// Nine steps of a colour, of one for what is right and of another for what is not.
fn cell(n: u64, all: u64, right: bool) -> String {
    if n == 0 {
        return "<td class=\"cell faint\">·</td>".to_owned();
    }
    let step = (n as f64 / all.max(1) as f64 * 8.0).ceil().clamp(1.0, 8.0);
    format!("<td class=\"cell {} h{step}\">{}</td>", if right { "right" } else { "wrong" }, count(n as f64))
}
