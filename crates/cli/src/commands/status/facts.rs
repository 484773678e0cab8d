//! What can be looked up of a project.

use std::sync::Arc;

use carat_core::event::{PlanOutline, RunStatus};
use carat_core::spec::{GateMode, PolicySpec};
use carat_core::version::{Kind, Label, Pick, Source};
use carat_registry::Catalogue;
use carat_store::{RunRecord, Store};

use crate::commands::doctor::owners::{Idle, idle};
use crate::commands::doctor::policy::{Unmeetable, asks_for_nothing, unmeetable};
use crate::fault::Fault;
use crate::session::Session;

use super::promotions::Promotions;
use crate::commands::promote::bypassed::{Bypassed, bypassed};

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
    /// Patterns of owners that are of nothing.
    pub(super) idle_owners: Vec<Idle>,
    /// The labels that have a policy.
    pub(super) policies: Vec<PolicyFacts>,
    /// Needs of policies that nothing can meet.
    pub(super) unmeetable: Vec<Unmeetable>,
    pub(super) promotions: Promotions,
    /// Labels that have a policy and point where no promotion put them.
    pub(super) bypassed: Vec<Bypassed>,
    /// Whether there is a git repository.
    pub(super) is_in_git: bool,
}

#[derive(Debug)]
pub(super) struct EvalFacts {
    pub(super) name: String,
    /// How many gates stop a build.
    pub(super) gates: usize,
    /// The prompts that it names and that there are.
    pub(super) prompts: Vec<String>,
    /// Why it cannot be read.
    pub(super) broken: Option<String>,
}

#[derive(Debug)]
pub(super) struct PolicyFacts {
    pub(super) label: String,
    /// The evals that it needs.
    pub(super) needs: Vec<String>,
    /// Whether all may pass.
    pub(super) asks_for_nothing: bool,
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
            has_owners: project.spec.owners.values().any(|owner| !owner.trim().is_empty()),
            idle_owners: idle(project),
            policies: project.spec.policy.iter().map(PolicyFacts::of).collect(),
            unmeetable: unmeetable(project),
            promotions: Promotions::gather(&store).await?,
            bypassed: bypassed(session, &store).await?,
            is_in_git: session.commit().is_some(),
            ..Self::default()
        };
        facts.look_at_evals(&catalogue).await?;
        facts.look_at_runs(&store).await?;
        Ok(facts)
    }

    async fn look_at_evals(&mut self, catalogue: &Catalogue) -> Result<(), Fault> {
        for name in catalogue.project.evals() {
            let spec = match catalogue.project.eval(&name) {
                Ok(eval) => eval.spec,
                Err(error) => {
                    self.evals.push(EvalFacts { name, gates: 0, prompts: Vec::new(), broken: Some(error.to_string()) });
                    continue;
                }
            };
            let gates = spec.gates.iter().filter(|gate| gate.mode == GateMode::Block).count();
            let mut prompts = Vec::new();
            for prompt in &spec.prompts {
                prompts.extend(self.look_at_prompt(prompt, catalogue).await?);
            }
            self.evals.push(EvalFacts { name, gates, prompts, broken: None });
        }
        self.unsaved.sort();
        self.unsaved.dedup();
        Ok(())
    }

    /// The name of the prompt that a reference means.
    async fn look_at_prompt(&mut self, reference: &str, catalogue: &Catalogue) -> Result<Option<String>, Fault> {
        let Ok(found) = catalogue.prompt(reference).await else { return Ok(None) };
        let pick = Pick::Digest(found.prompt.digest().hex());
        if catalogue.store.version(Kind::Prompt, &found.prompt.name, &pick).await?.is_none() {
            self.unsaved.push(found.prompt.name.clone());
        }
        Ok(Some(found.prompt.name.clone()))
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

impl PolicyFacts {
    fn of((label, policy): (&Label, &PolicySpec)) -> Self {
        let needs = policy.needs.iter().map(|need| need.eval.clone()).collect();
        Self { label: label.to_string(), needs, asks_for_nothing: asks_for_nothing(policy) }
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
