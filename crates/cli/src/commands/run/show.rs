//! `carat run show RUN`

use std::path::Path;

use carat_core::compare::Sides;
use carat_core::fold::{ClassReport, Progress, Report, VariantReport};
use carat_core::untrusted::{one_line, visible};
use carat_core::{EventKind, Outcome, Sample};
use carat_eval::comparing;
use carat_store::Detail;

use crate::commands::eval::baseline::Loaded;
use crate::commands::eval::carry_out;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::recorded::{Named, Recorded};
use crate::report_files::ReportFiles;
use crate::session::Session;
use crate::table::Table;

use super::reasons::Reasons;
use super::summary;

/// So many answers that missed are shown.
const MISSES: usize = 10;

pub(super) async fn show(session: &Session, reference: &str, json: bool, files: &ReportFiles) -> Result<Exit, Fault> {
    files.refuse_unwritable(json.then_some(Path::new("-")))?;
    let named = Named::find(reference, session).await?;
    if named.variant.is_some() {
        return Err(Fault::mendable("a report is of a whole run; leave the variant out"));
    }
    let recorded = named.recorded;
    let Folded { progress, reasons, misses, sides } = fold(&recorded).await?;
    let before_it_began = || Fault::mendable(format!("run {} was killed before it began", recorded.name()));
    let mut report = Report::of(&progress).ok_or_else(before_it_began)?;
    let plan = progress.plan.as_ref().ok_or_else(before_it_began)?;
    let baseline = Loaded::of_plan(plan, session).await;
    let compared_with = baseline.as_ref().map(|loaded| &loaded.baseline).map_err(Clone::clone);
    carry_out::complete(&mut report, plan, &sides, compared_with.clone());
    let pairs = comparing::shown(&sides, compared_with.ok());
    let runs: Vec<&Recorded> = [&recorded].into_iter().chain(baseline.as_ref().ok().map(Loaded::recorded)).collect();
    // Whatever becomes of the files, what was asked for on the screen is shown.
    let written = files.write(plan, &report, &recorded, &pairs, &runs).await;
    if json {
        out::json(&report)?;
    } else if !files.any() {
        out::data(&text(&report, &progress, &reasons, &misses))?;
    }
    written.map(|()| Exit::Fine)
}

fn text(report: &Report, progress: &Progress, reasons: &Reasons, misses: &[Sample]) -> String {
    let mut text = summary::of(report, progress, reasons);
    for variant in &report.variants {
        for (scorer, classes) in &variant.classes {
            text.push_str(&class_tables(variant, scorer, classes));
        }
    }
    text.push_str(&missed(misses, report, progress));
    text
}

/// What a run's events come to.
#[derive(Default)]
struct Folded {
    progress: Progress,
    reasons: Reasons,
    /// The first samples that are not right.
    misses: Vec<Sample>,
    /// By row, as far as something is compared.
    sides: Sides,
}

async fn fold(recorded: &Recorded) -> Result<Folded, Fault> {
    // What the plan asks for decides how much of the run is read again.
    let Some(plan) = recorded.plans().await?.pop() else { return Ok(Folded::default()) };
    let compares = carry_out::is_compared(&plan);
    let sides = Sides::grouped(recorded.name(), &plan.slices, plan.cluster.as_ref());
    let mut folded = Folded { progress: Progress::of_plan(&plan), sides, ..Folded::default() };
    let each = |event: carat_core::Event| {
        folded.progress.apply(&event);
        folded.reasons.apply(&event);
        if compares {
            folded.sides.apply(&event);
        }
        if let EventKind::CaseFinished { sample } = event.kind
            && folded.misses.len() < MISSES
            && is_miss(&sample)
        {
            folded.misses.push(*sample);
        }
        Ok(())
    };
    recorded.events(if plan.needs_rows() { Detail::Rows } else { Detail::Verdicts }, each).await?;
    Ok(folded)
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
