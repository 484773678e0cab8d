//! What can be looked up of a project.

use std::sync::Arc;

use carat_core::event::{PlanOutline, RunStatus};
use carat_core::promotion::State;
use carat_core::spec::GateMode;
use carat_core::version::{Kind, Pick, Source};
use carat_registry::Catalogue;
use carat_store::{RunRecord, Store};

use crate::fault::Fault;
use crate::session::Session;

/// So many of the newest runs are looked at.
const LOOKED_AT: usize = 50;

/// What is known of a project.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) project: String,
    pub(super) prompts: Vec<String>,
    pub(super) datasets: Vec<String>,
    pub(super) evals: Vec<EvalFacts>,
    /// The newest finished run, over all rows that its eval takes.
    pub(super) last_whole_run: Option<RunFacts>,
    /// A finished run that a CI system made.
    pub(super) run_in_ci: Option<String>,
    /// Prompts that an eval names and that have no version with the content of their file.
    pub(super) unsaved: Vec<String>,
    pub(super) has_owners: bool,
    /// The labels that have a policy.
    pub(super) policies: Vec<String>,
    /// Promotions that are in force.
    pub(super) applied: usize,
    /// Whether there is a git repository.
    pub(super) is_in_git: bool,
}

#[derive(Debug)]
pub(super) struct EvalFacts {
    pub(super) name: String,
    /// How many gates stop a build.
    pub(super) gates: usize,
    /// Why it cannot be read.
    pub(super) broken: Option<String>,
}

#[derive(Debug)]
pub(super) struct RunFacts {
    pub(super) id: String,
    pub(super) eval: String,
    pub(super) at: String,
    /// The commit, with `+` behind it where files differed.
    pub(super) commit: Option<String>,
}

impl Facts {
    pub(super) async fn gather(session: &Session) -> Result<Self, Fault> {
        let store = Arc::new(session.only_looking().store().await?);
        let catalogue = session.catalogue_to_read(&store);
        let project = &session.project;
        let folder = || project.root().file_name().map(|name| name.to_string_lossy().into_owned());
        let mut facts = Self {
            project: project.spec.project.clone().or_else(folder).unwrap_or_else(|| "this project".to_owned()),
            prompts: project.prompts(),
            datasets: project.datasets(),
            has_owners: !project.spec.owners.is_empty(),
            policies: project.spec.policy.keys().map(ToString::to_string).collect(),
            is_in_git: session.commit().is_some(),
            ..Self::default()
        };
        let applied = store.promotions(None, None).await?;
        facts.applied = applied.iter().filter(|kept| kept.value.state == State::Applied).count();
        facts.look_at_evals(&catalogue).await?;
        facts.look_at_runs(&store).await?;
        Ok(facts)
    }

    async fn look_at_evals(&mut self, catalogue: &Catalogue) -> Result<(), Fault> {
        for name in catalogue.project.evals() {
            let spec = match catalogue.project.eval(&name) {
                Ok(eval) => eval.spec,
                Err(error) => {
                    self.evals.push(EvalFacts { name, gates: 0, broken: Some(error.to_string()) });
                    continue;
                }
            };
            let gates = spec.gates.iter().filter(|gate| gate.mode == GateMode::Block).count();
            self.evals.push(EvalFacts { name, gates, broken: None });
            for prompt in &spec.prompts {
                self.look_at_prompt(prompt, catalogue).await?;
            }
        }
        self.unsaved.sort();
        self.unsaved.dedup();
        Ok(())
    }

    async fn look_at_prompt(&mut self, reference: &str, catalogue: &Catalogue) -> Result<(), Fault> {
        let Ok(found) = catalogue.prompt(reference).await else { return Ok(()) };
        let pick = Pick::Digest(found.prompt.digest().hex());
        if catalogue.store.version(Kind::Prompt, &found.prompt.name, &pick).await?.is_none() {
            self.unsaved.push(found.prompt.name.clone());
        }
        Ok(())
    }

    async fn look_at_runs(&mut self, store: &Store) -> Result<(), Fault> {
        let runs = store.runs().await?;
        for run in runs.iter().filter(|run| run.status == Some(RunStatus::Finished)).take(LOOKED_AT) {
            let Some(plan) = store.plans(&run.id).await?.pop() else { continue };
            let made = plan.made.as_ref();
            if self.run_in_ci.is_none() && made.is_some_and(|made| made.by.source == Source::Ci) {
                self.run_in_ci = Some(run.id.to_string());
            }
            if self.last_whole_run.is_none() && is_whole(&plan) {
                self.last_whole_run = Some(RunFacts::of(run, &plan));
            }
        }
        Ok(())
    }
}

impl RunFacts {
    fn of(run: &RunRecord, plan: &PlanOutline) -> Self {
        Self {
            id: run.id.to_string(),
            eval: run.eval.clone(),
            at: run.started_at.clone(),
            commit: plan.made.as_ref().and_then(|made| made.commit.clone()),
        }
    }
}

/// Whether the run took all rows that its spec takes.
fn is_whole(plan: &PlanOutline) -> bool {
    plan.overrides.limit.is_none() && plan.overrides.only.is_empty() && plan.overrides.tags.is_empty()
}
