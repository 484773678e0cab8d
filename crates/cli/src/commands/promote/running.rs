//! `--run`: the evals whose evidence is missing.

use carat_core::Digest;
use carat_core::event::{RunStatus, Variant};
use carat_core::promotion::Evidence;
use carat_core::spec::{Need, PolicySpec};
use carat_core::version::{Kind, VersionId};
use carat_eval::gates::is_against_baseline;
use carat_registry::dataset::survey;
use carat_store::RunRecord;
use clap::{Args as _, FromArgMatches as _};

use crate::commands::eval;
use crate::exit::Exit;
use crate::fault::Fault;

use super::evidence::{self, Gathered};
use super::matter::Matter;

/// Runs what is missing: the version on each model on which it has not been judged, then the version that the label points to
/// now, where gates are held against it and no run has it. Gates that were held and missed are not held again: what was
/// measured does not become better by measuring it until it is.
/// Says whether there was anything to run.
pub(super) async fn run_missing(matter: &Matter<'_>) -> Result<bool, Fault> {
    let mut has_run = false;
    let gathered = evidence::gather(matter).await?;
    for need in &matter.policy.needs {
        let models = unjudged(matter, &gathered, need);
        if !models.is_empty() {
            refuse_other_dataset(matter)?;
            evaluate(matter, &need.eval, &matter.subject, &models).await?;
            has_run = true;
        }
    }
    let Some(current) = matter.base() else { return Ok(has_run) };
    if matter.subject.kind == Kind::Dataset {
        // An eval takes the rows that its dataset has now.
        return Ok(has_run);
    }
    let gathered = evidence::gather(matter).await?;
    for (eval, models) in &gathered.without_baseline {
        evaluate(matter, eval, current, &models.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        has_run = true;
    }
    Ok(has_run)
}

/// The models on which no run has judged the version, well or badly.
fn unjudged<'a>(matter: &Matter<'_>, gathered: &'a Gathered, need: &'a Need) -> Vec<&'a str> {
    let Some(facts) = gathered.evals.iter().find(|facts| facts.eval == need.eval && facts.concerns) else {
        return Vec::new();
    };
    let models = if need.models.is_empty() { &facts.models } else { &need.models };
    let subject = &matter.subject;
    let is_meant = |model: &&String| subject.kind != Kind::Model || **model == subject.name;
    // What the policy would say if no gate had been missed: what does not hold even so has not been judged.
    let passed = |evidence: &Evidence| Evidence { failed_gates: Vec::new(), gates: 1, ..evidence.clone() };
    let evidence = gathered.evidence.iter().map(passed).collect();
    let gathered = Gathered { evals: gathered.evals.clone(), evidence, ..Gathered::default() };
    let is_judged = |model: &str| {
        let only = Need { models: vec![model.to_owned()], ..need.clone() };
        let policy = PolicySpec { needs: vec![only], ..PolicySpec::default() };
        matter.is_met(&policy, &gathered)
    };
    models.iter().filter(is_meant).map(String::as_str).filter(|model| !is_judged(model)).collect()
}

/// An eval takes the rows that its dataset has now: another version of it cannot be run by a command.
fn refuse_other_dataset(matter: &Matter<'_>) -> Result<(), Fault> {
    let subject = &matter.subject;
    if subject.kind != Kind::Dataset {
        return Ok(());
    }
    let (_, dataset) = matter.session().project.dataset(&subject.name)?;
    let present: Digest = tokio::task::block_in_place(|| survey(&dataset))?.digest;
    if present == subject.digest {
        return Ok(());
    }
    let name = &subject.name;
    Err(Fault::mendable(format!(
        "--run cannot evaluate on {subject}, for the file of {name} has other rows now; write `dataset: {subject}` into the \
         eval, or bring the rows back"
    )))
}

/// Runs an eval on one version; model by model, where each is compared with its like.
async fn evaluate(matter: &Matter<'_>, eval: &str, version: &VersionId, models: &[&str]) -> Result<(), Fault> {
    let fresh = enough_of_late(matter, eval);
    if !needs_baseline(matter, eval)? {
        return carry_out(matter, [line(eval, version, models), fresh].concat()).await;
    }
    for model in models {
        let mut line = [line(eval, version, &[model]), fresh.clone()].concat();
        match some_run(matter, eval, model).await? {
            Some(run) => line.extend(["--baseline", &run, "--common-rows"].map(str::to_owned)),
            // The first run of all. What is judged in the end is judged anew, against the present version.
            None => line.extend(["--baseline", eval::NO_BASELINE].map(str::to_owned)),
        }
        carry_out(matter, line).await?;
    }
    Ok(())
}

/// Evidence is as old as the answers that it rests on: what the policy finds too old is asked again.
fn enough_of_late(matter: &Matter<'_>, eval: &str) -> Vec<String> {
    let needs = matter.policy.needs.iter().filter(|need| need.eval == eval);
    let youngest = needs.filter_map(|need| need.max_age).min_by_key(|age| age.duration());
    youngest.map(|age| vec!["--cache-age".to_owned(), age.to_string()]).unwrap_or_default()
}

fn line(eval: &str, version: &VersionId, models: &[&str]) -> Vec<String> {
    let mut line = vec![eval.to_owned()];
    match version.kind {
        Kind::Prompt => {
            line.extend(["--prompt".to_owned(), version.to_string(), "--model".to_owned(), models.join(",")])
        }
        Kind::Model => line.extend(["--model".to_owned(), version.to_string()]),
        Kind::Dataset | Kind::Eval => line.extend(["--model".to_owned(), models.join(",")]),
    }
    line
}

/// What `carat eval` does with a command line, in this very process.
async fn carry_out(matter: &Matter<'_>, line: Vec<String>) -> Result<(), Fault> {
    matter.session().talk(&format!("running what is missing: carat eval {}", line.join(" ")));
    let command = eval::Args::augment_args(clap::Command::new("eval").no_binary_name(true));
    let args = command.try_get_matches_from(&line).and_then(|matches| eval::Args::from_arg_matches(&matches));
    match eval::run(&args.map_err(Fault::bug)?, matter.session()).await? {
        Exit::Interrupted => Err(Fault { exit: Exit::Interrupted, message: "nothing was promoted".to_owned() }),
        // What the run came to is read from its record.
        _ => Ok(()),
    }
}

/// Whether the eval cannot be run without something to compare with.
fn needs_baseline(matter: &Matter<'_>, eval: &str) -> Result<bool, Fault> {
    let spec = matter.session().project.eval(eval)?.spec;
    Ok(spec.gates.iter().any(is_against_baseline) || spec.scorers.iter().any(evidence::compares_with_baseline))
}

/// A run to compare with while the eval goes on: that of the label's present version with this model, else the newest. What
/// is judged in the end is judged anew, against the present version.
async fn some_run(matter: &Matter<'_>, eval: &str, model: &str) -> Result<Option<String>, Fault> {
    let store = matter.store();
    let is_meant = |run: &RunRecord| run.eval == eval && run.status == Some(RunStatus::Finished);
    let used = match matter.base() {
        Some(current) => store.runs_with_version(&current.digest).await?,
        None => Vec::new(),
    };
    for (run, labels) in used.iter().filter(|(run, _)| is_meant(run)) {
        let Some(plan) = store.plans(&run.id).await?.pop() else { continue };
        let is_like = |variant: &&Variant| labels.contains(&variant.label) && *variant.model.name == *model;
        if let Some(variant) = plan.variants.iter().find(is_like) {
            return Ok(Some(format!("{}:{}", run.id, variant.label)));
        }
    }
    Ok(store.runs().await?.into_iter().find(is_meant).map(|run| run.id.to_string()))
}
