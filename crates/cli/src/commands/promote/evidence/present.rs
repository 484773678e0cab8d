//! An eval as it is today, and how a recorded run differs from it.

use carat_core::Digest;
use carat_core::event::{PlanOutline, RunStatus};
use carat_core::promotion::{EvalFacts, EvalTerms};
use carat_core::spec::{EvalSpec, GateMode, GateSpec, Rival, ScorerSpec};
use carat_core::version::{Kind, Reference, VersionId};
use carat_eval::gates::written;
use carat_registry::EvalOnDisk;

use crate::commands::eval::measured;
use crate::commands::promote::matter::Matter;
use crate::fault::Fault;
use crate::session::Session;

/// An eval as it is today.
pub(super) struct Present {
    pub(super) eval: EvalOnDisk,
    /// The digest of its spec as it is written.
    spec: Digest,
}

/// What is known of a run besides its plan.
pub(super) struct Ended {
    pub(super) status: Option<RunStatus>,
    /// Whether somebody is writing it.
    pub(super) is_running: bool,
    /// The spec that it was run by, where the store has it.
    pub(super) spec: Option<EvalSpec>,
}

impl Present {
    pub(super) async fn read(matter: &Matter<'_>, name: &str) -> Result<Self, Fault> {
        let catalogue = &matter.shelf.catalogue;
        let eval = measured::present(name, catalogue).await?;
        // Graders are read as scorers in the one, and stand as they were written in the other.
        Ok(Self { eval, spec: catalogue.eval(name).await?.eval.digest() })
    }

    /// What the spec says of the thing that is to be promoted.
    pub(super) fn facts(&self, session: &Session, subject: &VersionId) -> EvalFacts {
        let spec = &self.eval.spec;
        let models: Vec<String> = spec.models.iter().map(|model| name_of(model)).collect();
        let concerns = match subject.kind {
            Kind::Prompt => spec.prompts.iter().any(|prompt| prompt_name(session, prompt) == subject.name),
            Kind::Dataset => is_dataset(session, &spec.dataset, &subject.name),
            Kind::Model => models.contains(&subject.name),
            Kind::Eval => false,
        };
        EvalFacts { eval: self.eval.name.clone(), concerns, models }
    }

    /// What it asks for.
    pub(super) fn terms(&self, facts: &EvalFacts) -> EvalTerms {
        let gates = self.gates().iter().map(written).collect();
        EvalTerms { eval: facts.eval.clone(), spec: self.spec, models: facts.models.clone(), gates }
    }

    /// How the spec refers to a model: by its name, unless it names a version.
    pub(super) fn model_reference<'a>(&'a self, name: &'a str) -> &'a str {
        self.eval.spec.models.iter().find(|model| name_of(model) == name).map_or(name, String::as_str)
    }

    /// Whether a judge prefers one of two answers, one of them of the baseline.
    pub(super) fn prefers(&self) -> bool {
        self.eval.spec.scorers.iter().any(compares_with_baseline)
    }

    /// The gates that have to hold. Those that only warn are nobody's condition.
    pub(super) fn gates(&self) -> Vec<GateSpec> {
        self.eval.spec.gates.iter().filter(|gate| gate.mode == GateMode::Block).cloned().collect()
    }

    /// Why a run says nothing of what the eval measures today, whatever it measured itself. Its gates are no matter: those of
    /// today are held against what it measured.
    pub(super) async fn flaw(
        &self,
        matter: &Matter<'_>,
        plan: &PlanOutline,
        ended: &Ended,
    ) -> Result<Option<String>, Fault> {
        if let Some(flaw) = cut_short(ended).or_else(|| of_a_part(plan)) {
            return Ok(Some(flaw));
        }
        let asked = self.eval.spec.clone().with(&plan.overrides);
        if let Some(flaw) = self.asked_otherwise(&asked, plan, ended.spec.as_ref()) {
            return Ok(Some(flaw));
        }
        if self.prefers() && plan.baseline.is_none() {
            return Ok(Some("its judge had nothing to compare with".to_owned()));
        }
        let now = measured::scorers(&self.eval, plan, &matter.shelf.catalogue, matter.session()).await?;
        Ok((now != plan.scorers).then(|| format!("its scorers were not those of {} now", self.eval.file)))
    }

    /// Whether the questions and the data were the same.
    fn asked_otherwise(&self, asked: &EvalSpec, plan: &PlanOutline, recorded: Option<&EvalSpec>) -> Option<String> {
        let file = &self.eval.file;
        if !plan.overrides.parameters.is_empty() {
            let keys: Vec<&str> = plan.overrides.parameters.keys().map(String::as_str).collect();
            return Some(format!("it was run with other parameters (--set {})", keys.join(", ")));
        }
        if plan.trials < self.eval.spec.trials {
            return Some(format!("it asked {} times where {file} asks {} times", plan.trials, self.eval.spec.trials));
        }
        if asked.slices != plan.slices || asked.cluster != plan.cluster {
            return Some(format!("its slices or clusters were not those of {file} now"));
        }
        // Everything else of the spec is in its digest; what was changed besides, a description or a further prompt, can be
        // told from what matters only where the spec itself was kept.
        if Digest::of_json(asked) == plan.spec_digest {
            return None;
        }
        match recorded {
            Some(recorded) => {
                changed_since(&self.eval.spec, recorded).map(|what| format!("{what} of {file} changed since"))
            }
            None => Some(format!("{file} was changed since")),
        }
    }
}

/// Whether a scorer sets an answer beside that of the baseline.
pub(in crate::commands::promote) fn compares_with_baseline(scorer: &ScorerSpec) -> bool {
    let pairwise = scorer.judge.as_ref().and_then(|judge| judge.pairwise.as_ref());
    pairwise.is_some_and(|pairwise| pairwise.against == Rival::Baseline)
}

/// What decides the questions and is not in a plan.
fn changed_since(now: &EvalSpec, then: &EvalSpec) -> Option<&'static str> {
    let same = [
        ("the dataset", now.dataset == then.dataset),
        ("the split", now.split == then.split),
        ("the tags", now.tags == then.tags),
        ("the inputs", now.inputs == then.inputs),
        ("the parameters", now.parameters == then.parameters),
    ];
    same.into_iter().find(|(_, is_same)| !is_same).map(|(what, _)| what)
}

fn cut_short(ended: &Ended) -> Option<String> {
    let why = match ended.status {
        Some(RunStatus::Finished) => return None,
        Some(RunStatus::Interrupted) => "it was interrupted",
        Some(RunStatus::Failed) => "it failed",
        Some(RunStatus::OverBudget) => "its budget was used up before it was done",
        None if ended.is_running => "it is still running",
        None => "it was killed",
    };
    Some(why.to_owned())
}

fn of_a_part(plan: &PlanOutline) -> Option<String> {
    let overrides = &plan.overrides;
    let flags = [
        overrides.limit.map(|limit| format!("--limit {limit}")),
        (!overrides.only.is_empty()).then(|| format!("--only {}", overrides.only.join(" "))),
        (!overrides.tags.is_empty()).then(|| format!("--tag {}", overrides.tags.join(","))),
    ];
    let flags: Vec<String> = flags.into_iter().flatten().collect();
    (!flags.is_empty()).then(|| format!("it took a part of the rows ({})", flags.join(" ")))
}

/// The name in a reference.
fn name_of(reference: &str) -> String {
    Reference::read(reference).map_or_else(|_| reference.to_owned(), |reference| reference.name)
}

fn prompt_name(session: &Session, reference: &str) -> String {
    let name = name_of(reference);
    let is_path = name.ends_with(".prompty");
    let by_path = is_path.then(|| session.project.prompt(&name).ok()).flatten();
    by_path.map_or(name, |on_disk| on_disk.prompt.name)
}

fn is_dataset(session: &Session, reference: &str, name: &str) -> bool {
    let written = name_of(reference);
    written == name || session.project.dataset(&written).is_ok_and(|(found, _)| found == name)
}
