//! Answers that were given before, to the very same questions: the cache of completions.
//!
//! The samples are the cache: nothing is kept a second time. A question is found by an index over the digest of its request;
//! which model was asked stands in the plan of the run that the sample belongs to.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use carat_core::audit::{Action, Entry};
use carat_core::{Completion, Digest, FinishReason, Origin, Question, RunId};
use sqlx::AssertSqlSafe;
use tokio::sync::OnceCell;

use crate::record::{self, JudgementBody, Nonsense, column, number, parsed};
use crate::sqlite;
use crate::text::{kept, restored};
use crate::{Store, StoreError};

/// How many questions a statement takes.
const TOGETHER: usize = 32;
/// How many bytes of a digest are in the index.
const PREFIX: usize = 8;

/// Looks for answers that were given before, in all runs of a store. What it learns of runs it remembers.
#[derive(Debug)]
pub struct Answers {
    store: Store,
    scope: Scope,
    runs: Mutex<HashMap<i64, Arc<Known>>>,
    imported: OnceCell<HashSet<String>>,
}

/// What is known of a run.
#[derive(Debug, Default)]
struct Known {
    /// Whether its answers may be used.
    may_be_used: bool,
    /// The models of its variants, and the ways to them, by the numbers of the variants.
    variants: HashMap<u32, (Digest, Option<Digest>)>,
    /// The ways to the models that judged, where they had one.
    judges: HashMap<Digest, Digest>,
}

/// Which runs are looked into.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Those that began then (RFC 3339 in UTC) or later.
    pub since: Option<String>,
    /// This one alone.
    pub only: Option<RunId>,
    /// Those alone that were made in this store, and not imported: an answer that somebody else's file has is their word.
    pub made_here: bool,
}

impl Answers {
    /// Of the runs of a store.
    pub fn of(store: Store, scope: Scope) -> Self {
        Self { store, scope, runs: Mutex::default(), imported: OnceCell::new() }
    }

    /// What a judge answered to this very question, when it was asked for this time: in the newest run that has it and may be
    /// used. None if it was never asked that.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn judged(&self, question: &Question) -> Result<Option<Completion>, StoreError> {
        let Question { model, route, request, trial } = question;
        let bodies: Result<Vec<(i64, String, String)>, _> = sqlx::query_as(JUDGED)
            .bind(model.as_bytes().as_slice())
            .bind(request.as_bytes().as_slice())
            .bind(i64::from(*trial))
            .bind(self.scope.since())
            .bind(self.scope.only())
            .fetch_all(&self.store.pool)
            .await;
        for (key, run, body) in self.store.place.doing("look for a judgement", bodies)? {
            let known = self.run(key, &RunId::from(restored(run))).await?;
            if !known.may_be_used || known.judges.get(model).copied() != *route {
                continue;
            }
            let body: JudgementBody<Completion> =
                parsed("judgement", &body).map_err(|nonsense| self.store.place.damaged(nonsense))?;
            // A copy would make what was said long ago look new, where age matters.
            let is_dated = !body.cached || self.scope.since.is_none();
            if is_dated && body.completion.finish_reason != FinishReason::ContentFilter {
                return Ok(Some(body.completion));
            }
        }
        Ok(None)
    }

    /// For each question the newest answer; none where it was not asked before, only failed, or a filter stopped the answer.
    /// What an answer took from an older one is not an answer of its own, so that an age is never made younger.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn find(&self, questions: &[Question]) -> Result<Vec<Option<Completion>>, StoreError> {
        let mut found = HashMap::new();
        for questions in questions.chunks(TOGETHER) {
            self.look_for(questions, &mut found).await?;
        }
        Ok(questions.iter().map(|question| found.get(question).cloned()).collect())
    }

    async fn look_for(
        &self,
        questions: &[Question],
        found: &mut HashMap<Question, Completion>,
    ) -> Result<(), StoreError> {
        let mut query =
            sqlx::query(AssertSqlSafe(CANDIDATES.as_str())).bind(self.scope.since()).bind(self.scope.only());
        // The last may come again, which fills the statement up.
        for number in 0..TOGETHER {
            let Some(question) = questions.get(number).or(questions.last()) else { return Ok(()) };
            query = query.bind(question.request.as_bytes()[..PREFIX].to_vec());
        }
        let rows = query.fetch_all(&self.store.pool).await;
        for row in &self.store.place.doing("look for an answer", rows)? {
            let candidate = Candidate::read(row).map_err(|nonsense| self.store.place.damaged(nonsense))?;
            let known = self.run(candidate.key, &candidate.run).await?;
            let Some((model, route)) = known.variants.get(&candidate.variant).copied() else { continue };
            let question = Question { model, route, request: candidate.request, trial: candidate.trial };
            if !questions.contains(&question) || found.contains_key(&question) {
                continue;
            }
            let completion: Completion =
                parsed("answer", &candidate.answer).map_err(|nonsense| self.store.place.damaged(nonsense))?;
            if completion.finish_reason != FinishReason::ContentFilter {
                let origin = Origin { run: candidate.run, since: candidate.since };
                found.insert(question, Completion { origin: Some(Box::new(origin)), ..completion });
            }
        }
        Ok(())
    }

    async fn may_be_used(&self, run: &RunId) -> Result<bool, StoreError> {
        Ok(!self.scope.made_here || !self.imported().await?.contains(run.as_str()))
    }

    /// The runs that were imported, by their ids: each import has its entry in the audit log.
    async fn imported(&self) -> Result<&HashSet<String>, StoreError> {
        let read = async || {
            let entries: Result<Vec<String>, _> =
                sqlx::query_scalar("SELECT entry FROM audit WHERE entry LIKE '%run_imported%'")
                    .fetch_all(&self.store.pool)
                    .await;
            let entries = self.store.place.doing("read the audit log of", entries)?;
            let entries = entries.iter().filter_map(|entry| serde_json::from_str::<Entry>(entry).ok());
            Ok(entries.filter(|entry| entry.action == Action::RunImported).map(|entry| entry.subject).collect())
        };
        self.imported.get_or_try_init(read).await
    }

    /// The models of a run, whichever of its plans they stand in.
    async fn run(&self, key: i64, run: &RunId) -> Result<Arc<Known>, StoreError> {
        let runs = || self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = runs().get(&key) {
            return Ok(Arc::clone(known));
        }
        let plans = self.store.plans(run).await?;
        let may_be_used = plans.iter().all(|plan| !plan.sharing.is_apart()) && self.may_be_used(run).await?;
        let mut known = Known { may_be_used, ..Known::default() };
        for plan in plans.iter().filter(|_| may_be_used) {
            let variants = plan.variants.iter();
            known.variants.extend(variants.map(|variant| (variant.number, (variant.model.digest, variant.route))));
            known.judges.extend(plan.judges.iter().filter_map(|judge| Some((judge.model.digest, judge.route?))));
        }
        let known = Arc::new(known);
        runs().insert(key, Arc::clone(&known));
        Ok(known)
    }
}

impl Scope {
    /// An empty text comes before every instant, and means every run.
    fn since(&self) -> String {
        self.since.clone().unwrap_or_default()
    }

    fn only(&self) -> String {
        self.only.as_ref().map(|run| kept(run.as_str()).into_owned()).unwrap_or_default()
    }
}

/// A sample that may be an answer to one of the questions.
struct Candidate {
    key: i64,
    run: RunId,
    since: String,
    variant: u32,
    trial: u32,
    request: Digest,
    answer: String,
}

impl Candidate {
    fn read(row: &sqlite::Row) -> Result<Self, Nonsense> {
        Ok(Self {
            key: column(row, "key")?,
            run: RunId::from(restored(column(row, "id")?)),
            since: restored(column(row, "started_at")?),
            variant: number(row, "variant")?,
            trial: number(row, "trial")?,
            request: record::digest(column(row, "request_digest")?)?,
            answer: column(row, "answer")?,
        })
    }
}

/// The newest first.
const JUDGED: &str = "SELECT runs.key, runs.id, judgements.body FROM judgements JOIN runs ON runs.key = judgements.run \
     WHERE model_digest = $1 AND request_digest = $2 AND vote = $3 \
     AND runs.started_at >= $4 AND ($5 = '' OR runs.id = $5) \
     ORDER BY runs.started_at DESC, judgements.run DESC, seq DESC";

/// The newest first. What stands in the index's condition stands here word for word, so that it is used.
static CANDIDATES: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let places: Vec<String> = (0..TOGETHER).map(|number| format!("${}", number + 3)).collect();
    format!(
        "SELECT r.key, r.id, r.started_at, s.variant, s.trial, s.request_digest, s.answer \
         FROM samples s JOIN runs r ON r.key = s.run \
         WHERE s.outcome IN (0, 3) AND s.attempts > 0 AND substr(s.request_digest, 1, 8) IN ({}) AND r.started_at >= $1 AND ($2 = '' OR r.id = $2) \
         ORDER BY r.started_at DESC, r.key DESC, s.seq DESC",
        places.join(", ")
    )
});

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Row as _;

    #[tokio::test]
    async fn the_index_of_questions_is_used() {
        let store = Store::in_memory().await.unwrap();
        let explained = format!("EXPLAIN QUERY PLAN {}", *CANDIDATES);
        let rows = sqlx::query(AssertSqlSafe(explained)).fetch_all(&store.pool).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        assert!(plan.iter().any(|step| step.contains("samples_by_question")), "{plan:?}");
    }
}
