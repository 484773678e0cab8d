//! `carat run show RUN`

use carat_core::fold::{ClassReport, Progress, Report, VariantReport};
use carat_core::untrusted::one_line;
use carat_core::{EventKind, Outcome, RunId, Sample};
use carat_eval::gates;
use carat_store::{Detail, Store};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::session::Session;
use crate::table::Table;

use super::summary;

/// So many answers that missed are shown.
const MISSES: usize = 10;

pub(super) async fn show(session: &Session, reference: &str, json: bool) -> Result<Exit, Fault> {
    let store = session.store().await?;
    let run = store.find_run(reference).await?;
    let (progress, misses) = fold(&store, &run.id).await?;
    let mut report =
        Report::of(&progress).ok_or_else(|| Fault::mendable(format!("run {} was killed before it began", run.id)))?;
    // The gates of the spec as it is now; a spec that is gone has none.
    if let Ok(eval) = session.project.eval(&progress.plan.as_ref().map(|plan| plan.spec_file.clone()).unwrap_or_default()) {
        report.gates = gates::judge(&eval.spec.gates, &report);
    }
    if json {
        out::json(&report)?;
        return Ok(Exit::Fine);
    }
    let mut text = summary::of(&report, &progress);
    for variant in &report.variants {
        for (scorer, classes) in &variant.classes {
            text.push_str(&class_tables(variant, scorer, classes));
        }
    }
    text.push_str(&missed(&misses, &report));
    out::data(&text)?;
    Ok(Exit::Fine)
}

/// The run's fold, and the first samples that are not right.
async fn fold(store: &Store, run: &RunId) -> Result<(Progress, Vec<Sample>), Fault> {
    let mut progress = Progress::default();
    let mut misses = Vec::new();
    let mut replay = store.replay(run, Detail::Verdicts).await?;
    while let Some(event) = replay.next().await? {
        progress.apply(&event);
        if let EventKind::CaseFinished { sample } = event.kind
            && misses.len() < MISSES
            && is_miss(&sample)
        {
            misses.push(*sample);
        }
    }
    Ok((progress, misses))
}

fn is_miss(sample: &Sample) -> bool {
    match &sample.outcome {
        Outcome::Completed { scores, unscored, .. } => {
            !unscored.is_empty() || scores.iter().any(|(_, score)| score.pass == Some(false))
        }
        Outcome::Unrendered { .. } | Outcome::Unanswered { .. } => true,
    }
}

fn class_tables(variant: &VariantReport, scorer: &str, classes: &[ClassReport]) -> String {
    let confusion = &variant.confusion[scorer];
    let mut answered: Vec<&str> = classes.iter().map(|class| class.class.as_str()).collect();
    answered.push("(none)");
    let mut head = vec!["expected ↓  answered →".to_owned()];
    head.extend(answered.iter().map(|class| format!(">{class}")));
    head.extend([">precision", ">recall", ">f1"].map(str::to_owned));
    let mut table = Table::new(head);
    let percent = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{:.1}", share * 100.0));
    for class in classes {
        let row = confusion.get(&class.class);
        let mut cells = vec![class.class.as_str().into()];
        cells.extend(answered.iter().map(|answer| {
            let count = row.and_then(|row| row.get(*answer)).copied().unwrap_or(0);
            if count == 0 { crate::table::Cell::styled(FAINT, "·") } else { count.to_string().into() }
        }));
        cells.extend([class.precision, class.recall, class.f1].map(|share| percent(share).into()));
        table.row(cells);
    }
    format!("\n{} {scorer}\n{}", styled(STRONG, &variant.variant), table.fitted())
}

fn missed(misses: &[Sample], report: &Report) -> String {
    if misses.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{} (the first {})\n", styled(STRONG, "answers that missed"), misses.len());
    let mut table = Table::new(["row", "answer", "why"]);
    for sample in misses {
        let (answer, why) = match &sample.outcome {
            Outcome::Completed { completion, scores, unscored } => {
                let reason = scores.iter().filter(|(_, score)| score.pass == Some(false)).find_map(|(name, score)| {
                    Some(format!("{name}: {}", score.reason.as_deref().unwrap_or("not as expected")))
                });
                let unscored = unscored.first().map(|(name, why)| format!("{name} unscored: {}", why.detail));
                (completion.text.as_str(), reason.or(unscored).unwrap_or_default())
            }
            Outcome::Unrendered { message } => ("–", message.clone()),
            Outcome::Unanswered { error } => ("–", error.message.clone()),
        };
        table.row(vec![sample.case.row.as_str().into(), one_line(answer, 40).into(), one_line(&why, 80).into()]);
    }
    text.push_str(&table.fitted());
    let first = &misses[0].case.row;
    text.push_str(&styled(FAINT, format!("\none in full: carat run show {} --row {first}\n", report.run.id)));
    text
}
