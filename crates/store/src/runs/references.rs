//! Which runs are needed by other runs.

use std::collections::{BTreeMap, BTreeSet};

use carat_core::{EventKind, RunId};

use crate::record::{Nonsense, column, parsed};
use crate::sqlite;
use crate::text::restored;
use crate::{Store, StoreError};

/// How many plans are read at a time.
const PLANS: i64 = 64;

/// The plans that may have a baseline. The condition on the kind is that of an index.
const WITH_BASELINE: &str = "SELECT e.run, e.seq, e.body, r.id FROM events e JOIN runs r ON r.key = e.run \
     WHERE e.kind in ('run_started', 'run_resumed') AND (e.run, e.seq) > ($1, $2) \
     AND e.body LIKE '%\"baseline\":\"%' ORDER BY e.run, e.seq LIMIT $3";

impl Store {
    /// What runs are compared with by their plans: by the id of the run, the baseline as the plan names it, which is the id
    /// of a run, that with a variant behind a colon, or a file. Of several plans of a run the last one counts.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn baselines(&self) -> Result<BTreeMap<RunId, String>, StoreError> {
        let (mut found, mut after) = (BTreeMap::new(), (-1, -1));
        loop {
            let query = sqlx::query(WITH_BASELINE).bind(after.0).bind(after.1).bind(PLANS);
            let rows = self.place.doing("look through the runs", query.fetch_all(&self.pool).await)?;
            for row in &rows {
                let plan = Named::read(row).map_err(|nonsense| self.place.damaged(nonsense))?;
                after = plan.place;
                found.extend(plan.baseline.map(|baseline| (plan.run, baseline)));
            }
            if rows.is_empty() {
                return Ok(found);
            }
        }
    }

    /// By each of these runs, the others that took answers from it because they asked the same. Those have the answers
    /// themselves, whatever becomes of the run. Every sample of the others is looked at: a second for a million.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn runs_with_answers_of(
        &self,
        runs: &BTreeSet<RunId>,
    ) -> Result<BTreeMap<RunId, BTreeSet<RunId>>, StoreError> {
        let mut found: BTreeMap<RunId, BTreeSet<RunId>> = BTreeMap::new();
        for other in self.runs().await?.into_iter().filter(|other| !runs.contains(&other.id)) {
            let key = self.run_key(&other.id).await?;
            let query = sqlx::query_scalar(sqlite::ORIGINS).bind(key).fetch_all(&self.pool).await;
            let origins: Vec<Option<String>> = self.place.doing("look where answers come from", query)?;
            for origin in origins.into_iter().flatten().map(RunId::from).filter(|origin| runs.contains(origin)) {
                found.entry(origin).or_default().insert(other.id.clone());
            }
        }
        Ok(found)
    }
}

/// A plan, as far as it says what its run is compared with.
struct Named {
    /// Where it stands.
    place: (i64, i64),
    run: RunId,
    baseline: Option<String>,
}

impl Named {
    fn read(row: &sqlite::Row) -> Result<Self, Nonsense> {
        let event: EventKind = parsed("event", &column::<String>(row, "body")?)?;
        Ok(Self {
            place: (column(row, "run")?, column(row, "seq")?),
            run: RunId::from(restored(column(row, "id")?)),
            baseline: event.into_plan().and_then(|plan| plan.baseline),
        })
    }
}
