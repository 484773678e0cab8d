//! What is to be promoted to where, and whether all is there that is asked for.

use std::sync::Arc;

use carat_core::promotion::{Bypass, Course, Facts, Finding, Otherwise, Promotion, Stay, Terms, evaluate, owner_of};
use carat_core::spec::PolicySpec;
use carat_core::version::{Actor, Label, Pick, VersionId};
use carat_store::{Store, Version};

use crate::commands::versions::shelf::Shelf;
use crate::fault::Fault;
use crate::session::{Session, now};

use super::courses::Courses;
use super::evidence::{self, Gathered};
use super::policy_of;
use super::written::Written;

/// What is to be promoted to where, and how things stand.
pub(crate) struct Matter<'s> {
    pub(crate) shelf: &'s Shelf,
    /// The version that is to be put there.
    pub(crate) subject: VersionId,
    pub(crate) label: Label,
    pub(crate) policy: &'s PolicySpec,
    /// Where the label points now.
    pub(crate) current: Option<VersionId>,
    /// By which move the label points where no promotion put it.
    pub(crate) bypass: Option<Bypass>,
    /// Who saved the version.
    authors: Vec<Actor>,
    /// Who wrote it, as far as git knows and the policy cares.
    written: Written,
    /// How the label came to where it is, in all names that have it.
    courses: Courses,
}

/// What was found, and what it was held against.
pub(crate) struct Weighed {
    pub(crate) findings: Vec<Finding>,
    pub(crate) terms: Terms,
}

impl<'s> Matter<'s> {
    /// Looks where the label points, and how it came there.
    ///
    /// # Errors
    /// The label has no policy.
    pub(crate) async fn of(shelf: &'s Shelf, subject: VersionId, label: Label) -> Result<Self, Fault> {
        let (kind, name) = (subject.kind, subject.name.as_str());
        let policy = policy_of(&shelf.session, &label, (kind, &subject.to_string()))?;
        let store = shelf.store();
        let saved = store.version(kind, name, &Pick::Number(subject.number)).await?;
        let current = store.version(kind, name, &Pick::Label(label.clone())).await?.map(|version| version.id);
        let kept = store.promotions(None, None).await?.into_iter().map(|kept| kept.value);
        let promotions: Vec<Promotion> = kept.filter(|promotion| promotion.label == label).collect();
        let history = store.label_history(kind, name, Some(&label)).await?;
        let bypass = Course::of(&history, &promotions).bypass();
        let courses = Courses::of(store, promotions).await?;
        let written = written(shelf, policy, saved.as_ref()).await;
        let authors = saved.map(|version| version.provenance.by).into_iter().collect();
        Ok(Self { shelf, subject, label, policy, current, bypass, authors, written, courses })
    }

    pub(crate) const fn session(&self) -> &'s Session {
        &self.shelf.session
    }

    pub(crate) fn store(&self) -> &'s Arc<Store> {
        &self.shelf.catalogue.store
    }

    /// The move by which the label points to the version already, past its policy: it is held to the policy all the same.
    pub(crate) fn found_there(&self) -> Option<&Bypass> {
        self.bypass.as_ref().filter(|_| self.current.as_ref() == Some(&self.subject))
    }

    /// The same, or that the label was taken away past its policy: neither spares the version what it would be set beside.
    fn past_policy(&self) -> Option<&Bypass> {
        self.bypass.as_ref().filter(|_| self.current.as_ref().is_none_or(|current| *current == self.subject))
    }

    /// What the version is to take the place of: what the label points to, or stood at before it was moved to the version, or
    /// taken away, past its policy, for nothing is judged by setting it beside itself, or beside nothing.
    pub(crate) fn base(&self) -> Option<&VersionId> {
        self.past_policy().map_or(self.current.as_ref(), |bypass| bypass.stood.as_ref())
    }

    /// What that is to the label, in words.
    pub(super) fn place(&self) -> String {
        let label = &self.label;
        let verb = if self.past_policy().is_some() { "stood before it was moved by hand" } else { "points" };
        format!("where `{label}` {verb}")
    }

    /// Looks for everything that the policy asks for of a promotion.
    pub(crate) async fn weigh(&self, promotion: &Promotion) -> Result<Weighed, Fault> {
        let gathered = evidence::gather(self).await?;
        let mut findings = self.findings(self.policy, &gathered, promotion);
        for finding in &mut findings {
            let Some(eval) = finding.what.strip_prefix("eval ") else { continue };
            if let Some(why) = gathered.unreadable.get(eval) {
                finding.because = vec![format!("the eval cannot be read: {why}")];
                finding.holds = false;
            }
            finding.because.extend(gathered.remarks.get(eval).into_iter().flatten().cloned());
            let command = gathered.baseline_commands.get(eval).filter(|_| !finding.holds);
            finding.commands.extend(command.cloned());
        }
        let terms = self.compared(Terms::of(self.policy, gathered.terms)).await?;
        Ok(Weighed { findings, terms })
    }

    /// What is asked for, with how that differs from what it was.
    async fn compared(&self, terms: Terms) -> Result<Terms, Fault> {
        let before: Option<Stay<'_>> = self.courses.compared_with(&self.subject, &self.label);
        let otherwise = match before.and_then(|stay| stay.promotion?.policy.as_ref()) {
            Some(then) => evidence::otherwise(self, &terms, then).await?,
            None => Otherwise::new(),
        };
        Ok(terms.since(before, &otherwise))
    }

    /// The same of what has been gathered, under some policy.
    fn findings(&self, policy: &PolicySpec, gathered: &Gathered, promotion: &Promotion) -> Vec<Finding> {
        evaluate(&Facts { approvals: &promotion.approvals, ..self.facts(policy, gathered, &promotion.by, &now()) })
    }

    /// Whether a policy that asks for nothing but evals is met by what has been gathered.
    pub(super) fn is_met(&self, policy: &PolicySpec, gathered: &Gathered) -> bool {
        let nobody = self.session().actor();
        all_hold(&evaluate(&self.facts(policy, gathered, &nobody, &now())))
    }

    /// What is known, but for what people said.
    fn facts<'a>(
        &'a self,
        policy: &'a PolicySpec,
        gathered: &'a Gathered,
        proposer: &'a Actor,
        now: &'a str,
    ) -> Facts<'a> {
        Facts {
            now,
            policy,
            subject: &self.subject,
            label: &self.label,
            current: self.base(),
            bypassed: self.past_policy().is_some(),
            proposer,
            authors: &self.authors,
            commit: self.written.commit.as_ref(),
            unwritten: self.written.unwritten.as_ref(),
            approvals: &[],
            owner: owner_of(&self.session().project.spec.owners, self.subject.kind, &self.subject.name),
            evals: &gathered.evals,
            evidence: &gathered.evidence,
        }
    }

    /// What somebody has to do with the version that keeps them from reviewing it, as in `Ada saved the version`.
    pub(crate) fn part_in(&self, promotion: &Promotion, by: &Actor) -> Option<&'static str> {
        if self.authors.iter().any(|author| author.is(by)) {
            return Some("saved the version");
        }
        if promotion.by.is(by) {
            return Some("proposed it");
        }
        self.written.commit.as_ref().filter(|commit| commit.by.is(by)).map(|_| "wrote its last commit, as git says")
    }
}

/// Who wrote a version; git is asked only where the policy excludes authors.
async fn written(shelf: &Shelf, policy: &PolicySpec, version: Option<&Version>) -> Written {
    let is_asked = policy.reviewers > 0 && !policy.author_may_approve;
    match version.filter(|_| is_asked) {
        Some(version) => Written::of(shelf, version).await,
        None => Written::default(),
    }
}

/// Whether all is there.
pub(crate) fn all_hold(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.holds)
}
