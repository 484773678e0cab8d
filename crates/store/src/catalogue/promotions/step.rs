//! One step of a promotion, with the move of its label where it makes one.

use carat_core::Digest;
use carat_core::audit::{Action, Deed};
use carat_core::promotion::{Finding, Promotion};
use carat_core::version::{Actor, Move, VersionId};
use serde_json::{Map, Value};

use super::{Kept, promotion};
use crate::catalogue::TOOL;
use crate::catalogue::change::{Act, Change};
use crate::catalogue::columns::in_details;
use crate::catalogue::labels::{Signpost, add_ends};
use crate::record::{bigint, json};
use crate::text::kept;
use crate::{Store, StoreError};

/// One step of a promotion: what it is from now on, who brought it there, and what that does to its label.
#[derive(Debug, Clone)]
pub struct Step<'a> {
    /// The revision that was seen; none for a promotion that is proposed by this step.
    pub before: Option<u64>,
    /// The promotion after this step.
    pub after: &'a Promotion,
    /// What is done.
    pub action: Action,
    /// By whom.
    pub by: &'a Actor,
    /// Now: RFC 3339 in UTC, to the millisecond.
    pub at: &'a str,
    /// Why, as far as that person says so.
    pub why: Option<&'a str>,
    /// How the label moves, for a step that applies the promotion or rolls it back.
    pub moves: Option<LabelMove>,
}

/// How the label of a promotion moves among the versions of its subject's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelMove {
    /// The number that it was seen to point to; none where it was seen to point nowhere.
    pub expected: Option<u32>,
    /// The number that it is to point to; none to take it away.
    pub to: Option<u32>,
}

impl Store {
    /// Takes a step of a promotion, moves its label and writes the entry in the audit log: all at once or, after an error,
    /// nothing. Returns the new revision.
    ///
    /// # Errors
    /// [`StoreError::Outrun`] if the promotion has another revision than the one that was seen, or the label points
    /// elsewhere than it was seen to; [`StoreError::NoSuchVersion`] for a subject, or an aim of the label, that is not in
    /// the store; [`StoreError::Unrecordable`] for a step that no promotion can take, a mistake of the caller; and whatever
    /// keeps a store from being written.
    pub async fn step(&self, step: &Step<'_>) -> Result<u64, StoreError> {
        check(step)?;
        let mut change = self.change("record a step of a promotion").await?;
        let revision = match step.before {
            None => change.propose(step.after).await?,
            Some(seen) => change.go_on(step.after, seen).await?,
        };
        let moved = match step.moves {
            Some(moves) => Some(change.follow(step, moves).await?),
            None => None,
        };
        let Promotion { subject: VersionId { kind, name, .. }, .. } = step.after;
        let details = details(step, moved.as_ref());
        let Step { at, by, action, .. } = *step;
        change.commit(Deed { at, by, action, kind: Some(*kind), subject: name, details, tool: TOOL }).await?;
        Ok(revision)
    }
}

impl Change {
    /// A promotion that was not there before.
    async fn propose(&mut self, new: &Promotion) -> Result<u64, StoreError> {
        let VersionId { kind, name, number, .. } = &new.subject;
        let (_, subject) = self.version_numbered(*kind, name, *number).await?;
        if subject != new.subject {
            return Err(StoreError::NoSuchVersion { version: format!("{} ({})", new.subject, new.subject.digest) });
        }
        if self.promotion(&new.id).await?.is_some() {
            return Err(StoreError::Outrun { what: format!("there is a promotion {} already", new.id) });
        }
        sqlx::query(
            "INSERT INTO promotions (id, kind, name, proposed_at, revision, body) VALUES ($1, $2, $3, $4, 1, $5)",
        )
        .bind(kept(&new.id))
        .bind(kind.as_str())
        .bind(kept(name))
        .bind(kept(&new.at))
        .bind(json(new)?)
        .execute(&mut self.connection)
        .await
        .map_err(|error| self.error(&error))?;
        Ok(1)
    }

    /// The next revision of a promotion.
    async fn go_on(&mut self, after: &Promotion, seen: u64) -> Result<u64, StoreError> {
        let Some(Kept { value: before, revision }) = self.promotion(&after.id).await? else {
            return Err(unrecordable(format!("there is no promotion {}", after.id)));
        };
        if revision != seen {
            let (id, state) = (&after.id, before.state.as_str().replace('_', " "));
            let what = format!("promotion {id} has been changed since it was looked at, and is {state} now");
            return Err(StoreError::Outrun { what });
        }
        if (&before.subject, &before.label) != (&after.subject, &after.label) {
            return Err(unrecordable(format!(
                "promotion {} is one of {} to {}",
                after.id, before.subject, before.label
            )));
        }
        if before.state != after.state && !before.state.may_become(after.state) {
            let (from, to) = (before.state.as_str(), after.state.as_str());
            return Err(unrecordable(format!("promotion {} is {from} and cannot become {to}", after.id)));
        }
        sqlx::query("UPDATE promotions SET body = $1, revision = $2 WHERE id = $3")
            .bind(json(after)?)
            .bind(bigint("a revision", seen + 1)?)
            .bind(kept(&after.id))
            .execute(&mut self.connection)
            .await
            .map_err(|error| self.error(&error))?;
        Ok(seen + 1)
    }

    /// The move of the label, if that points where it was seen to.
    async fn follow(&mut self, step: &Step<'_>, moves: LabelMove) -> Result<Move, StoreError> {
        let Promotion { id, subject, label, .. } = step.after;
        let signpost = Signpost { kind: subject.kind, name: &subject.name, label };
        let from = self.points_to(signpost).await?;
        let found = from.as_ref().map(|(_, version)| version.number);
        if found != moves.expected {
            let (found, expected) = (pointing(found), pointing(moves.expected));
            let what = format!("`{label}` of {} points to {found} now, and no longer to {expected}", subject.name);
            return Err(StoreError::Outrun { what });
        }
        let to = self.target(signpost, moves.to).await?;
        self.put(signpost, from, to, Act { by: step.by, at: step.at, why: step.why }, Some(id)).await
    }

    async fn promotion(&mut self, id: &str) -> Result<Option<Kept<Promotion>>, StoreError> {
        let row = sqlx::query("SELECT body, revision FROM promotions WHERE id = $1")
            .bind(kept(id))
            .fetch_optional(&mut self.connection)
            .await
            .map_err(|error| self.error(&error))?;
        row.as_ref().map(promotion).transpose().map_err(|nonsense| self.damaged(nonsense))
    }
}

fn pointing(number: Option<u32>) -> String {
    number.map_or_else(|| "no version".to_owned(), |number| format!("version {number}"))
}

/// Whether action and move belong together.
fn check(step: &Step<'_>) -> Result<(), StoreError> {
    let action = step.action.as_str();
    let moves_label = match step.action {
        Action::PromotionApplied | Action::EmergencyApplied | Action::RolledBack => true,
        Action::PromotionProposed
        | Action::PromotionApproved
        | Action::PromotionRejected
        | Action::PromotionWithdrawn => false,
        Action::VersionSaved | Action::ContentKept | Action::LabelMoved | Action::RunDeleted | Action::RunImported => {
            return Err(unrecordable(format!("`{action}` is none")));
        }
    };
    match step.moves {
        None if moves_label => Err(unrecordable(format!("`{action}` moves a label"))),
        Some(_) if !moves_label => Err(unrecordable(format!("`{action}` moves no label"))),
        Some(moves) if step.action != Action::RolledBack && moves.to != Some(step.after.subject.number) => {
            Err(unrecordable(format!("`{action}` moves the label to {}", step.after.subject)))
        }
        _ => Ok(()),
    }
}

fn unrecordable(cause: String) -> StoreError {
    StoreError::Unrecordable { what: "a step of a promotion", cause }
}

/// What the audit log says of a step. The digest of the whole document stands for its findings, evidence and approvals, so
/// that none of them can be changed later without being seen.
fn details(step: &Step<'_>, moved: Option<&Move>) -> Map<String, Value> {
    let after = step.after;
    let mut details = Map::new();
    let mut add = |name: &str, value: Value| drop(details.insert(name.to_owned(), value));
    add("promotion", after.id.as_str().into());
    add("label", after.label.as_str().into());
    add("version", in_details(&after.subject));
    add("state", after.state.as_str().into());
    add("document", Digest::of_json(after).to_string().into());
    if let Some(policy) = &after.policy {
        add("policy", policy.to_string().into());
    }
    if let Some(why) = step.why {
        add("why", why.into());
    }
    if step.action == Action::EmergencyApplied {
        let missing = after.findings.iter().filter(|finding| !finding.holds);
        add("missing", missing.map(|Finding { what, .. }| what.as_str()).collect());
    }
    if let Some(moved) = moved {
        add_ends(&mut details, moved);
    }
    details
}
