//! Which runs used what.

use std::collections::BTreeMap;

use carat_core::event::{PlanOutline, Variant};
use carat_core::{Digest, EventKind};

use crate::record::{Nonsense, column, parsed};
use crate::runs::select_runs;
use crate::sqlite;
use crate::{RunRecord, Store, StoreError};

/// How many plans are read at a time.
const PLANS: i64 = 256;

/// The plans that have a text in them. The condition on the kind is that of an index.
const NEXT_PLANS: &str = "SELECT run, seq, body FROM events WHERE kind in ('run_started', 'run_resumed') \
                          AND (run, seq) > ($1, $2) AND body LIKE $3 ORDER BY run, seq LIMIT $4";

impl Store {
    /// The runs that used the version with this digest, newest first, each with the labels of the variants that did: those
    /// whose prompt or model it is, or all of them if it is the dataset, that of which they took a part, or the spec.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn runs_with_version(&self, digest: &Digest) -> Result<Vec<(RunRecord, Vec<String>)>, StoreError> {
        let found = self.labels_of_variants(digest).await?;
        let mut runs = Vec::with_capacity(found.len());
        for (key, labels) in found {
            let query = sqlx::query(select_runs!("WHERE r.key = $1 AND r.id NOT LIKE 'importing-%'")).bind(key);
            runs.extend(self.records(query).await?.into_iter().map(|run| (run, labels.clone())));
        }
        runs.sort_by(|(a, _), (b, _)| (&b.started_at, b.id.as_str()).cmp(&(&a.started_at, a.id.as_str())));
        Ok(runs)
    }

    /// The runs that recorded a case of this very row, newest first.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn runs_with_row(&self, row: &Digest) -> Result<Vec<RunRecord>, StoreError> {
        let query = sqlx::query(select_runs!(
            "WHERE r.id NOT LIKE 'importing-%' AND r.key IN \
             (SELECT u.run FROM uses u JOIN contents c ON c.id = u.content WHERE c.digest = $1) \
             ORDER BY r.started_at DESC, r.id DESC"
        ));
        self.records(query.bind(row.as_bytes().as_slice())).await
    }

    /// By the keys of runs.
    async fn labels_of_variants(&self, digest: &Digest) -> Result<BTreeMap<i64, Vec<String>>, StoreError> {
        let pattern = format!("%{digest}%");
        let (mut found, mut after) = (BTreeMap::<i64, Vec<String>>::new(), (-1, -1));
        loop {
            let query = sqlx::query(NEXT_PLANS).bind(after.0).bind(after.1).bind(&pattern).bind(PLANS);
            let rows = self.place.doing("look through the runs", query.fetch_all(&self.pool).await)?;
            for row in &rows {
                let (place, plan) = plan(row).map_err(|nonsense| self.place.damaged(nonsense))?;
                after = place;
                let labels = plan.map(|plan| labels(plan, digest)).unwrap_or_default();
                if !labels.is_empty() {
                    add(found.entry(place.0).or_default(), labels);
                }
            }
            if rows.is_empty() {
                return Ok(found);
            }
        }
    }
}

/// The variants of a plan that use the version.
fn labels(plan: PlanOutline, digest: &Digest) -> Vec<String> {
    let dataset = &plan.dataset;
    let all = dataset.digest == *digest
        || dataset.whole.as_ref() == Some(digest)
        || plan.spec_version.is_some_and(|spec| spec.digest == *digest);
    let is_model = |variant: &Variant| {
        let settings = variant.settings.map(|settings| settings.digest);
        settings.unwrap_or(variant.model.digest) == *digest
    };
    let variants = plan.variants.into_iter();
    let used = variants.filter(|variant| all || variant.prompt.digest == *digest || is_model(variant));
    used.map(|variant| variant.label).collect()
}

/// Adds what is new; a resume has the variants of the plan before.
fn add(labels: &mut Vec<String>, more: Vec<String>) {
    for label in more {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
}

fn plan(row: &sqlite::Row) -> Result<((i64, i64), Option<PlanOutline>), Nonsense> {
    let event: EventKind = parsed("event", &column::<String>(row, "body")?)?;
    Ok(((column(row, "run")?, column(row, "seq")?), event.into_plan()))
}
