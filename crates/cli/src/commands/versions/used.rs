//! `--used-by`: what used a version.

use carat_core::promotion::State;
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
    from: String,
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
    label: Label,
    state: State,
    since: String,
    emergency: bool,
}

impl UsedBy {
    /// What used the content with this digest, and what used it by the number of its version.
    pub(super) async fn of(store: &Store, digest: &Digest, version: Option<&VersionId>) -> Result<Self, Fault> {
        let runs = store.runs_with_version(digest).await?;
        let runs = runs.into_iter().map(|(run, variants)| UsedRun::of(run, variants)).collect();
        let Some(version) = version else { return Ok(Self { runs, ..Self::default() }) };
        let history = store.label_history(version.kind, &version.name, None).await?;
        let promotions = store.promotions(Some(version.kind), Some(&version.name)).await?.into_iter();
        let promotions = promotions.map(|kept| kept.value).filter(|promotion| promotion.subject == *version);
        let promotions = promotions.map(|promotion| Promoted {
            id: promotion.id,
            label: promotion.label,
            state: promotion.state,
            since: promotion.since,
            emergency: promotion.emergency.is_some(),
        });
        Ok(Self { labels: spans(&history, version), runs, promotions: promotions.collect() })
    }

    /// The runs that recorded a case of this very row.
    pub(crate) async fn of_row(store: &Store, row: &Digest) -> Result<Self, Fault> {
        let runs = store.runs_with_row(row).await?;
        let runs = runs.into_iter().map(|run| UsedRun::of(run, Vec::new())).collect();
        Ok(Self { runs, ..Self::default() })
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

/// The times in which labels pointed to a version, in the order in which they began.
fn spans(history: &[Move], version: &VersionId) -> Vec<Span> {
    let mut spans = Vec::new();
    for (at, moved) in history.iter().enumerate().filter(|(_, moved)| moved.to.as_ref() == Some(version)) {
        let next = history[at + 1..].iter().find(|next| next.label == moved.label);
        spans.push(Span {
            label: moved.label.clone(),
            from: moved.at.clone(),
            until: next.map(|next| next.at.clone()),
        });
    }
    spans
}

impl Span {
    fn told(&self) -> String {
        match &self.until {
            None => format!("{} since {}", self.label, shown(&self.from)),
            Some(until) => format!("{} from {} to {}", self.label, shown(&self.from), shown(until)),
        }
    }
}

impl UsedRun {
    fn of(run: RunRecord, variants: Vec<String>) -> Self {
        Self { id: run.id, eval: run.eval, started_at: run.started_at, variants }
    }

    fn told(&self) -> String {
        let variants = if self.variants.is_empty() { String::new() } else { format!("  {}", self.variants.join(", ")) };
        one_line(&format!("{}  {}  {}{variants}", self.id, self.eval, shown(&self.started_at)), LINE)
    }
}

impl Promoted {
    fn told(&self) -> String {
        let emergency = if self.emergency { styled(ODD, " (emergency)") } else { String::new() };
        let state = self.state.as_str().replace('_', " ");
        format!("{}  to {}, {state} {}{emergency}", self.id, self.label, shown(&self.since))
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
