//! Which runs used what.

use std::collections::{BTreeMap, BTreeSet};

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

/// All plans of runs that are whole.
const ALL_PLANS: &str = "SELECT e.run, e.seq, e.body FROM events e JOIN runs r ON r.key = e.run \
                         WHERE e.kind in ('run_started', 'run_resumed') AND (e.run, e.seq) > ($1, $2) \
                         AND r.id NOT LIKE 'importing-%' ORDER BY e.run, e.seq LIMIT $3";

impl Store {
    /// How many runs used each of these versions, which are named by their digests: as many as [`Store::runs_with_version`]
    /// has. Every plan is looked at once, however many versions there are; those that no run used are left out.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn count_of_runs(&self, digests: &BTreeSet<Digest>) -> Result<BTreeMap<Digest, usize>, StoreError> {
        let (mut runs, mut after) = (BTreeMap::<Digest, BTreeSet<i64>>::new(), (-1, -1));
        loop {
            let query = sqlx::query(ALL_PLANS).bind(after.0).bind(after.1).bind(PLANS);
            let rows = self.place.doing("look through the runs", query.fetch_all(&self.pool).await)?;
            for row in &rows {
                let (place, plan) = plan(row).map_err(|nonsense| self.place.damaged(nonsense))?;
                after = place;
                for digest in plan.iter().flat_map(used_in).filter(|digest| digests.contains(digest)) {
                    runs.entry(digest).or_default().insert(place.0);
                }
            }
            if rows.is_empty() {
                return Ok(runs.into_iter().map(|(digest, runs)| (digest, runs.len())).collect());
            }
        }
    }

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

/// What all variants of a plan use: its rows, those of which they are a part, and its spec.
fn used_by_all(plan: &PlanOutline) -> impl Iterator<Item = Digest> {
    let spec = plan.spec_version.as_ref().map(|spec| spec.digest);
    [Some(plan.dataset.digest), plan.dataset.whole, spec].into_iter().flatten()
}

/// What a variant uses: its prompt, and the settings of its model.
fn used_by(variant: &Variant) -> [Digest; 2] {
    let settings = variant.settings.as_ref().map(|settings| settings.digest);
    [variant.prompt.digest, settings.unwrap_or(variant.model.digest)]
}

/// Every version that a plan uses.
fn used_in(plan: &PlanOutline) -> impl Iterator<Item = Digest> {
    let by_all = used_by_all(plan).filter(|_| !plan.variants.is_empty());
    by_all.chain(plan.variants.iter().flat_map(used_by))
}

/// The variants of a plan that use the version.
fn labels(plan: PlanOutline, digest: &Digest) -> Vec<String> {
    let all = used_by_all(&plan).any(|used| used == *digest);
    let variants = plan.variants.into_iter();
    let used = variants.filter(|variant| all || used_by(variant).contains(digest));
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
