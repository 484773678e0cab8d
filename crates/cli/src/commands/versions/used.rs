//! `--used-by`: what used a version.

use carat_core::promotion::{Promotion, State};
use carat_core::untrusted::one_line;
use carat_core::version::{Label, Move, VersionId};
use carat_core::{Digest, RunId};
use carat_store::{RunRecord, Store};
use serde::Serialize;

use crate::fault::Fault;
use crate::out::{ODD, styled};

use super::instant::shown;
use super::told;

/// So many characters of a line are shown.
const LINE: usize = 400;

/// All that used a version.
#[derive(Debug, Default, Serialize)]
pub(crate) struct UsedBy {
    labels: Vec<Span>,
    /// Newest first.
    runs: Vec<UsedRun>,
    promotions: Vec<Promoted>,
}

/// A time in which a label pointed to it.
#[derive(Debug, Serialize)]
struct Span {
    label: Label,
    since: String,
    /// None where it points there now.
    until: Option<String>,
}

#[derive(Debug, Serialize)]
struct UsedRun {
    id: RunId,
    eval: String,
    started_at: String,
    /// The labels of the variants that used it.
    variants: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Promoted {
    id: String,
    #[serde(rename = "as")]
    role: Role,
    /// What was to be put there.
    subject: VersionId,
    label: Label,
    state: State,
    since: String,
    emergency: bool,
}

/// What a version is to a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    /// It was to be put there.
    Subject,
    /// A run that used it shows what the policy asks for.
    Evidence,
}

impl UsedBy {
    /// What used the content with this digest, and what used it by the number of its version.
    pub(super) async fn of(store: &Store, digest: &Digest, version: Option<&VersionId>) -> Result<Self, Fault> {
        let runs = store.runs_with_version(digest).await?;
        let runs: Vec<UsedRun> = runs.into_iter().map(|(run, variants)| UsedRun::of(run, variants)).collect();
        let promotions = promotions(store, &runs, version).await?;
        let labels = match version {
            Some(version) => spans(&store.label_history(version.kind, &version.name, None).await?, version),
            None => Vec::new(),
        };
        Ok(Self { labels, runs, promotions })
    }

    /// The runs that recorded a case of this very row, and the promotions that they are evidence for.
    pub(crate) async fn of_row(store: &Store, row: &Digest) -> Result<Self, Fault> {
        let runs = store.runs_with_row(row).await?;
        let runs: Vec<UsedRun> = runs.into_iter().map(|run| UsedRun::of(run, Vec::new())).collect();
        let promotions = promotions(store, &runs, None).await?;
        Ok(Self { labels: Vec::new(), runs, promotions })
    }

    /// The lines of it, under one key.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let spans = self.labels.iter().map(|span| format!("label {}", span.told()));
        let runs = self.runs.iter().map(|run| format!("run {}", run.told()));
        let promotions = self.promotions.iter().map(|promoted| format!("promotion {}", promoted.told()));
        let lines: Vec<String> = spans.chain(runs).chain(promotions).collect();
        if lines.is_empty() {
            return vec![("used by", "nothing yet".to_owned())];
        }
        lines.into_iter().enumerate().map(|(at, line)| (if at == 0 { "used by" } else { "" }, line)).collect()
    }

    /// The same as text.
    pub(crate) fn told(&self) -> String {
        told::keyed(&self.lines())
    }
}

/// The promotions of a version, and those that these runs are evidence for.
async fn promotions(store: &Store, runs: &[UsedRun], version: Option<&VersionId>) -> Result<Vec<Promoted>, Fault> {
    let kept = store.promotions(None, None).await?.into_iter().map(|kept| kept.value);
    let promoted = kept.filter_map(|promotion| {
        let role = Role::of(&promotion, runs, version)?;
        Some(Promoted::of(promotion, role))
    });
    Ok(promoted.collect())
}

/// The times in which labels pointed to a version, in the order in which they began.
fn spans(history: &[Move], version: &VersionId) -> Vec<Span> {
    let mut spans = Vec::new();
    for (at, moved) in history.iter().enumerate().filter(|(_, moved)| moved.to.as_ref() == Some(version)) {
        let next = history[at + 1..].iter().find(|next| next.label == moved.label);
        spans.push(Span {
            label: moved.label.clone(),
            since: moved.at.clone(),
            until: next.map(|next| next.at.clone()),
        });
    }
    spans
}

impl Span {
    fn told(&self) -> String {
        match &self.until {
            None => format!("{} since {}", self.label, shown(&self.since)),
            Some(until) => format!("{} from {} to {}", self.label, shown(&self.since), shown(until)),
        }
    }
}

impl Role {
    fn of(promotion: &Promotion, runs: &[UsedRun], version: Option<&VersionId>) -> Option<Self> {
        if version == Some(&promotion.subject) {
            return Some(Self::Subject);
        }
        let mut evidence = promotion.findings.iter().flat_map(|finding| &finding.evidence);
        let is_shown = evidence.any(|evidence| runs.iter().any(|run| run.shows(&evidence.run, &evidence.variant)));
        is_shown.then_some(Self::Evidence)
    }
}

impl UsedRun {
    fn of(run: RunRecord, variants: Vec<String>) -> Self {
        Self { id: run.id, eval: run.eval, started_at: run.started_at, variants }
    }

    /// Whether this variant of this run used it. All variants of a run have its rows.
    fn shows(&self, run: &str, variant: &str) -> bool {
        let is_used = || self.variants.is_empty() || self.variants.iter().any(|used| used == variant);
        self.id.as_str() == run && is_used()
    }

    fn told(&self) -> String {
        let variants = if self.variants.is_empty() { String::new() } else { format!("  {}", self.variants.join(", ")) };
        one_line(&format!("{}  {}  {}{variants}", self.id, self.eval, shown(&self.started_at)), LINE)
    }
}

impl Promoted {
    fn of(promotion: Promotion, role: Role) -> Self {
        Self {
            id: promotion.id,
            role,
            subject: promotion.subject,
            label: promotion.label,
            state: promotion.state,
            since: promotion.since,
            emergency: promotion.emergency.is_some(),
        }
    }

    fn told(&self) -> String {
        let emergency = if self.emergency { styled(ODD, " (emergency)") } else { String::new() };
        let state = self.state.as_str().replace('_', " ");
        let subject = match self.role {
            Role::Subject => String::new(),
            Role::Evidence => format!("{} ", told::name(&self.subject)),
        };
        let evidence = if self.role == Role::Evidence { ", as evidence" } else { "" };
        format!("{}  {subject}to {}, {state} {}{emergency}{evidence}", self.id, self.label, shown(&self.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::version::{Actor, Kind, Source};

    fn version(number: u32) -> VersionId {
        let digest = Digest::of_bytes(&number.to_be_bytes());
        VersionId { kind: Kind::Prompt, name: "triage".to_owned(), number, digest }
    }

    fn moved(label: &str, to: Option<u32>, at: &str) -> Move {
        Move {
            label: Label::new(label).unwrap(),
            from: None,
            to: to.map(version),
            at: format!("2026-10-{at}T00:00:00.000Z"),
            by: Actor { name: "ada".to_owned(), source: Source::Flag },
            why: None,
            promotion: None,
        }
    }

    #[test]
    fn a_label_points_somewhere_until_its_own_next_move() {
        let history = [
            moved("a", Some(1), "01"),
            moved("b", Some(1), "02"),
            moved("a", Some(2), "03"),
            moved("b", None, "04"),
            moved("a", Some(1), "05"),
        ];
        let told: Vec<String> = spans(&history, &version(1)).iter().map(Span::told).collect();
        assert_eq!(
            told,
            [
                "a from 2026-10-01 00:00 to 2026-10-03 00:00",
                "b from 2026-10-02 00:00 to 2026-10-04 00:00",
                "a since 2026-10-05 00:00",
            ]
        );
    }
}
