//! `carat run show RUN`

use carat_core::fold::{ClassReport, Progress, Report, VariantReport};
use carat_core::untrusted::{one_line, visible};
use carat_core::{EventKind, Outcome, RunId, Sample};
use carat_eval::gates;
use carat_store::{Detail, Store};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::session::Session;
use crate::table::Table;

use super::reasons::Reasons;
use super::summary;

/// So many answers that missed are shown.
const MISSES: usize = 10;

pub(super) async fn show(session: &Session, reference: &str, json: bool) -> Result<Exit, Fault> {
    let store = session.store().await?;
    let run = store.find_run(reference).await?;
    let Folded { progress, reasons, misses } = fold(&store, &run.id).await?;
    let mut report =
        Report::of(&progress).ok_or_else(|| Fault::mendable(format!("run {} was killed before it began", run.id)))?;
    report.gates = gates::judge(&progress.plan.as_ref().map(|plan| plan.gates.clone()).unwrap_or_default(), &report);
    if json {
        out::json(&report)?;
        return Ok(Exit::Fine);
    }
    let mut text = summary::of(&report, &progress, &reasons);
    for variant in &report.variants {
        for (scorer, classes) in &variant.classes {
            text.push_str(&class_tables(variant, scorer, classes));
        }
    }
    text.push_str(&missed(&misses, &report, &progress));
    out::data(&text)?;
    Ok(Exit::Fine)
}

/// What a run's events come to.
#[derive(Default)]
struct Folded {
    progress: Progress,
    reasons: Reasons,
    /// The first samples that are not right.
    misses: Vec<Sample>,
}

async fn fold(store: &Store, run: &RunId) -> Result<Folded, Fault> {
    let Folded { mut progress, mut reasons, mut misses } = Folded::default();
    let mut replay = store.replay(run, Detail::Verdicts).await?;
    while let Some(event) = replay.next().await? {
        progress.apply(&event);
        reasons.apply(&event);
        if let EventKind::CaseFinished { sample } = event.kind
            && misses.len() < MISSES
            && is_miss(&sample)
        {
            misses.push(*sample);
        }
    }
    Ok(Folded { progress, reasons, misses })
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

fn missed(misses: &[Sample], report: &Report, progress: &Progress) -> String {
    if misses.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{} (the first {})\n", styled(STRONG, "answers that missed"), misses.len());
    let variants = progress.plan.as_ref().map(|plan| plan.variants.as_slice()).unwrap_or_default();
    let label = |number| variants.iter().find(|variant| variant.number == number).map_or("?", |variant| &variant.label);
    let several = variants.len() > 1;
    let mut table = Table::new(["row"].into_iter().chain(several.then_some("variant")).chain(["answer", "why"]));
    for sample in misses {
        let (answer, why) = match &sample.outcome {
            Outcome::Completed { completion, scores, unscored } => {
                let failed = scores.iter().find(|(_, score)| score.pass == Some(false));
                let reason = failed
                    .map(|(name, score)| format!("{name}: {}", score.reason.as_deref().unwrap_or("not as expected")));
                let unscored = unscored.first().map(|(name, why)| format!("{name} unscored: {}", why.detail));
                (completion.text.as_str(), reason.or(unscored).unwrap_or_default())
            }
            Outcome::Unrendered { message } => ("–", message.clone()),
            Outcome::Unanswered { error } => ("–", error.message.clone()),
        };
        let mut cells = vec![sample.case.row.as_str().into()];
        cells.extend(several.then(|| label(sample.case.variant).into()));
        cells.extend([one_line(answer, 40).into(), one_line(&why, 80).into()]);
        table.row(cells);
    }
    text.push_str(&table.fitted());
    let first = visible(misses[0].case.row.as_str());
    text.push_str(&styled(FAINT, format!("\none in full: carat run show {} --row {first}\n", report.run.id)));
    text
}
