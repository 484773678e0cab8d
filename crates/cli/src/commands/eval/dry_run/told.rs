//! What a run is going to take, in words.

use std::collections::BTreeSet;

use carat_core::untrusted::one_line;

use super::estimate::Estimate;
use super::line::{Basis, Line};
use crate::commands::model::price::sentence;
use crate::out::{FAINT, STRONG, styled};
use crate::table::{Cell, Table};

/// What is told beside the lines.
pub(super) struct Around {
    /// How many rows were rendered.
    pub(super) rendered: usize,
    /// How many there are.
    pub(super) rows: u64,
    /// The models that judge.
    pub(super) judges: Vec<String>,
}

/// A line a prompt and model. What answers cost is left out where nobody charges for any.
pub(super) fn table(lines: &[Line<'_>]) -> Table {
    let is_paid = lines.iter().any(Line::is_paid);
    let mut head = vec!["prompt", "model", ">calls", ">input tokens, about"];
    head.extend(is_paid.then_some([">output tokens, about", ">cost"]).into_iter().flatten());
    let mut table = Table::new(head);
    for line in lines {
        let mut cells: Vec<Cell> =
            vec![line.prompt.into(), line.model.into(), line.calls.to_string().into(), tokens(line.input).into()];
        if is_paid {
            let output = if line.is_paid() { tokens(line.output) } else { "–".to_owned() };
            cells.extend([output.into(), dollars(line.cost).into()]);
        }
        table.row(cells);
    }
    table
}

/// What it comes to, and how that is known; nothing where nobody charges for anything.
pub(super) fn estimate(lines: &[Line<'_>], around: &Around) -> String {
    if !lines.iter().any(Line::is_paid) {
        return String::new();
    }
    let mut text = format!("\n{}\n{}\n", styled(STRONG, "estimate"), in_all(lines));
    let mut told = BTreeSet::new();
    let mut say = |what: &str, said: String| {
        if told.insert((what.to_owned(), said.clone())) {
            text.push_str(&format!("{}  {said}\n", styled(FAINT, format!("{what:<7}"))));
        }
    };
    for line in lines.iter().filter(|line| line.is_paid()) {
        say("price", format!("{}: {}", one_line(line.model, 60), sentence(&line.priced)));
    }
    for line in lines.iter().filter(|line| line.answered_before > 0.0) {
        let (of, before) =
            (format!("{}×{}", one_line(line.prompt, 60), one_line(line.model, 60)), line.answered_before);
        say("before", format!("{of}: {before:.0} of {} calls were answered before, and cost nothing", line.calls));
    }
    for line in lines.iter().filter(|line| line.is_paid()) {
        let of = format!("{}×{}", one_line(line.prompt, 60), one_line(line.model, 60));
        say("answers", format!("{of}: {}", basis(&line.basis)));
        if let Some(most) = line.priced.price().and_then(|price| price.up_to).filter(|_| line.too_long > 0.0) {
            let share = (line.too_long * 100.0).ceil();
            say("input", format!("{of}: about {share} % of the requests are longer than {most} tokens, and cost more"));
        }
    }
    if (around.rendered as u64) < around.rows {
        say("input", format!("counted on {} of {} rows", around.rendered, around.rows));
    }
    if !around.judges.is_empty() {
        let judges: Vec<String> = around.judges.iter().map(|judge| one_line(judge, 60)).collect();
        say("judges", format!("{}: what they are asked is not in it", judges.join(", ")));
    }
    text
}

fn in_all(lines: &[Line<'_>]) -> String {
    let sum = lines.iter().map(|line| line.cost).reduce(Estimate::plus).unwrap_or(Estimate::UNKNOWN);
    match sum {
        Estimate { low: 0.0, about: None, high: None } => "what it is going to cost is not known".to_owned(),
        sum => format!("{} in all", dollars(sum)),
    }
}

fn basis(basis: &Basis) -> String {
    match basis {
        Basis::Past(answers) => {
            let more = answers.runs.len() - answers.runs.len().min(1);
            let run = answers.runs.first().map(|run| one_line(run, 60)).unwrap_or_default();
            let others = if more > 0 { format!(" and {more} before it") } else { String::new() };
            format!("as long as {} answers of run {run}{others}", answers.usage.len())
        }
        Basis::Most(most) => {
            format!("no earlier run says how long they are; at most {most} tokens each, by `max_tokens`")
        }
        Basis::Embedding => "embeddings have no tokens".to_owned(),
        Basis::Unknown => "no earlier run says how long they are, and no `max_tokens` how long they may be".to_owned(),
    }
}

/// `about $1.20 ($0.90 to $1.60)`
pub(super) fn dollars(estimate: Estimate) -> String {
    let shown = |usd: f64| if usd > 0.0 && usd < 0.1 { format!("${usd:.4}") } else { format!("${usd:.2}") };
    match estimate {
        Estimate { about: Some(0.0), high: Some(0.0), .. } => "nothing".to_owned(),
        Estimate { low, about: Some(about), high } => {
            let (low, about, high) = (shown(low), shown(about), shown(high.unwrap_or(about)));
            if low == high { format!("about {about}") } else { format!("about {about} ({low} to {high})") }
        }
        Estimate { low, about: None, high: Some(high) } => format!("{} to {}", shown(low), shown(high)),
        Estimate { low: 0.0, about: None, high: None } => "unknown".to_owned(),
        Estimate { low, about: None, high: None } => format!("more than {}", shown(low)),
    }
}

/// `1200 (900 to 1600)`
fn tokens(estimate: Estimate) -> String {
    match estimate {
        Estimate { low, about: Some(about), high } => {
            let (low, about, high) = (low.round(), about.round(), high.unwrap_or(about).round());
            if low == high { format!("{about}") } else { format!("{about} ({low} to {high})") }
        }
        Estimate { about: None, high: Some(high), .. } => format!("up to {}", high.round()),
        Estimate { about: None, high: None, .. } => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_told_with_its_bounds() {
        let likely = Estimate { low: 0.9, about: Some(1.2), high: Some(1.6) };
        let told = [
            likely,
            likely.times(0.01),
            Estimate::exactly(0.0),
            Estimate::exactly(2.0),
            Estimate { low: 0.3, about: None, high: Some(2.1) },
            Estimate::from(0.3),
            Estimate::UNKNOWN,
        ];
        assert_eq!(
            told.map(dollars),
            [
                "about $1.20 ($0.90 to $1.60)",
                "about $0.0120 ($0.0090 to $0.0160)",
                "nothing",
                "about $2.00",
                "$0.30 to $2.10",
                "more than $0.30",
                "unknown",
            ]
        );
        let counted = [
            Estimate { low: 90.4, about: Some(120.2), high: Some(160.0) },
            Estimate::exactly(48.0),
            Estimate::up_to(512.0),
            Estimate::UNKNOWN,
        ];
        assert_eq!(counted.map(tokens), ["120 (90 to 160)", "48", "up to 512", "unknown"]);
    }
}
