//! The rungs of the ladder, each with what it rests on and the step that leads to it.

use carat_core::untrusted::visible;
use serde::Serialize;

use super::facts::Facts;
use super::putting;

/// How far a project has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stage {
    /// What was measured can be measured again.
    Reproducible,
    /// What is worse is stopped.
    Gated,
    /// What happens in production is seen.
    Monitored,
}

impl Stage {
    pub(super) const ALL: [Self; 3] = [Self::Reproducible, Self::Gated, Self::Monitored];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Reproducible => "reproducible",
            Self::Gated => "gated",
            Self::Monitored => "monitored",
        }
    }

    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Reproducible => "what was measured can be measured again",
            Self::Gated => "what is worse is stopped",
            Self::Monitored => "what happens in production is seen",
        }
    }
}

/// One rung.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) stage: Stage,
    pub(super) what: &'static str,
    pub(super) because: String,
    /// The step that leads there; none where the project is there.
    pub(super) next: Option<String>,
}

/// All rungs, from the lowest.
pub(super) fn of(facts: &Facts) -> Vec<Check> {
    let rungs = [
        Some(files(facts)),
        Some(specs(facts)),
        Some(repository(facts)),
        Some(run(facts)),
        Some(versions(facts)),
        Some(gates(facts)),
        Some(putting::owners(facts)),
        Some(putting::policy(facts)),
        putting::labels(facts),
        Some(putting::promotion(facts)),
        Some(ci(facts)),
        Some(production()),
    ];
    rungs.into_iter().flatten().collect()
}

pub(super) fn holds(stage: Stage, what: &'static str, because: impl Into<String>) -> Check {
    Check { stage, what, because: because.into(), next: None }
}

pub(super) fn lacks(stage: Stage, what: &'static str, because: impl Into<String>, next: impl Into<String>) -> Check {
    Check { stage, what, because: because.into(), next: Some(next.into()) }
}

fn files(facts: &Facts) -> Check {
    let what = "prompts and golden rows";
    let (prompts, datasets) = (facts.prompts.len(), facts.datasets.len());
    let because = format!("{} and {}", counted(prompts, "prompt"), counted(datasets, "dataset"));
    let next = match (prompts, datasets) {
        (0, _) => "put a prompt into prompts/NAME.prompty",
        (_, 0) => "put golden rows into datasets/NAME.jsonl, with `input` and `expected` in each line",
        _ => return holds(Stage::Reproducible, what, because),
    };
    lacks(Stage::Reproducible, what, because, next)
}

fn specs(facts: &Facts) -> Check {
    let what = "evals";
    if let Some((name, why)) = facts.evals.iter().find_map(|eval| Some((&eval.name, eval.broken.as_ref()?))) {
        let because = format!("evals/{}.yaml cannot be read", visible(name));
        return lacks(Stage::Reproducible, what, because, format!("mend it: {}", visible(why)));
    }
    if facts.evals.is_empty() {
        let next = "write evals/NAME.yaml: prompts, models, dataset, scorers";
        return lacks(Stage::Reproducible, what, "there is none", next);
    }
    holds(Stage::Reproducible, what, counted(facts.evals.len(), "spec"))
}

fn repository(facts: &Facts) -> Check {
    let what = "a history of the files";
    if facts.is_in_git {
        return holds(Stage::Reproducible, what, "the project has git commits");
    }
    lacks(Stage::Reproducible, what, "the project has no git commit", "git init && git add . && git commit")
}

fn run(facts: &Facts) -> Check {
    let what = "a recorded run";
    let first = facts.evals.first().map_or("NAME", |eval| eval.name.as_str());
    match &facts.last_whole_run {
        None => lacks(
            Stage::Reproducible,
            what,
            "no eval has been run to its end",
            format!("carat eval {}", visible(first)),
        ),
        Some(run) if run.commit.as_ref().is_none_or(|commit| commit.ends_with('+')) => {
            let because = format!("the last, {}, is from files that no commit has", short(&run.id));
            lacks(Stage::Reproducible, what, because, format!("git commit, then carat eval {}", visible(&run.eval)))
        }
        Some(run) => {
            let day = run.at.get(..10).unwrap_or(&run.at);
            holds(Stage::Reproducible, what, format!("{} of {day}, from a commit", short(&run.id)))
        }
    }
}

fn versions(facts: &Facts) -> Check {
    let what = "versions";
    match facts.unsaved.first() {
        None => holds(Stage::Reproducible, what, "every prompt that an eval names is saved as it is now"),
        Some(name) => {
            let because = match facts.unsaved.len() {
                1 => format!("{} has no version with the content that its file has now", visible(name)),
                many => format!("{many} prompts have no version with the content that their files have now"),
            };
            lacks(Stage::Reproducible, what, because, format!("carat prompt save {}", visible(name)))
        }
    }
}

fn gates(facts: &Facts) -> Check {
    let what = "gates";
    match facts.evals.iter().find(|eval| eval.gates == 0) {
        None if facts.evals.is_empty() => lacks(Stage::Gated, what, "there is no eval", "write an eval first"),
        None => holds(Stage::Gated, what, "every eval has gates that stop a build"),
        Some(eval) => {
            let name = visible(&eval.name);
            let because = format!("the eval {name} has none that stops a build");
            lacks(
                Stage::Gated,
                what,
                because,
                format!("add `gates:` to evals/{name}.yaml; `carat eval {name}` tells the intervals to choose them by"),
            )
        }
    }
}

fn ci(facts: &Facts) -> Check {
    let what = "evals in CI";
    match &facts.run_in_ci {
        Some(run) => holds(Stage::Gated, what, format!("{} was made by a CI system", short(run))),
        None => lacks(
            Stage::Gated,
            what,
            "this store has no run that a CI system made",
            "run `carat eval` in CI: docs/ci.md has recipes, and `carat run import` takes such a run into this store",
        ),
    }
}

fn production() -> Check {
    let because = "carat does not watch production yet; `carat prompt check --against FILE` holds captured calls against their prompts";
    lacks(
        Stage::Monitored,
        "production",
        because,
        "capture calls in the application, and hold them against their prompts: docs/skew.md",
    )
}

pub(super) fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn short(run: &str) -> &str {
    run.get(..18).unwrap_or(run)
}
