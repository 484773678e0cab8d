//! What is to be promoted to where, and whether all is there that is asked for.

use std::sync::Arc;

use carat_core::Digest;
use carat_core::promotion::{Approval, Facts, Finding, evaluate, owner_of};
use carat_core::spec::PolicySpec;
use carat_core::version::{Actor, Label, Pick, VersionId};
use carat_store::Store;

use crate::commands::versions::shelf::Shelf;
use crate::fault::Fault;
use crate::session::{Session, now};

use super::evidence::{self, Gathered};
use super::policy_of;

/// What is to be promoted to where, and how things stand.
pub(crate) struct Matter<'s> {
    pub(crate) shelf: &'s Shelf,
    /// The version that is to be put there.
    pub(crate) subject: VersionId,
    pub(crate) label: Label,
    pub(crate) policy: &'s PolicySpec,
    /// Where the label points now.
    pub(crate) current: Option<VersionId>,
    /// Who saved the version.
    authors: Vec<Actor>,
}

impl<'s> Matter<'s> {
    /// Looks where the label points.
    ///
    /// # Errors
    /// The label has no policy.
    pub(crate) async fn of(shelf: &'s Shelf, subject: VersionId, label: Label) -> Result<Self, Fault> {
        let (kind, name) = (subject.kind, &subject.name);
        let policy = policy_of(&shelf.session, &label, (kind, name))?;
        let store = shelf.store();
        let saved = store.version(kind, name, &Pick::Number(subject.number)).await?;
        let current = store.version(kind, name, &Pick::Label(label.clone())).await?;
        let authors = saved.map(|version| version.provenance.by).into_iter().collect();
        let current = current.map(|version| version.id);
        Ok(Self { shelf, subject, label, policy, current, authors })
    }

    pub(crate) const fn session(&self) -> &'s Session {
        &self.shelf.session
    }

    pub(crate) fn store(&self) -> &'s Arc<Store> {
        &self.shelf.catalogue.store
    }

    /// Looks for everything that the policy asks for.
    pub(crate) async fn weigh(&self, proposer: &Actor, approvals: &[Approval]) -> Result<Vec<Finding>, Fault> {
        let gathered = evidence::gather(self).await?;
        let mut findings = self.findings(self.policy, &gathered, proposer, approvals);
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
        Ok(findings)
    }

    /// The same of what has been gathered, under some policy.
    pub(super) fn findings(
        &self,
        policy: &PolicySpec,
        gathered: &Gathered,
        proposer: &Actor,
        approvals: &[Approval],
    ) -> Vec<Finding> {
        let owners = &self.session().project.spec.owners;
        evaluate(&Facts {
            now: &now(),
            policy,
            subject: &self.subject,
            label: &self.label,
            current: self.current.as_ref(),
            proposer,
            authors: &self.authors,
            approvals,
            owner: owner_of(owners, self.subject.kind, &self.subject.name),
            evals: &gathered.evals,
            evidence: &gathered.evidence,
        })
    }

    /// Whether somebody saved the version.
    pub(crate) fn is_author(&self, by: &Actor) -> bool {
        self.authors.iter().any(|author| author.is(by))
    }

    /// The name of what is asked for, which goes on record.
    pub(crate) fn policy_digest(&self) -> Digest {
        Digest::of_json(self.policy)
    }
}

/// Whether all is there.
pub(crate) fn all_hold(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.holds)
}
