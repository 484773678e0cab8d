//! Which runs there are, and what people call them.

use carat_core::RunId;
use carat_core::event::RunStatus;
use carat_core::nearest::nearest;

use crate::open::Place;
use crate::record::{self, Nonsense, RUN_FINISHED, column, number};
use crate::reference::{RunReference, after_all_that_begin_with};
use crate::sqlite::{self, Fault, Query};
use crate::text::{kept, restored};
use crate::{Journal, ReferenceError, Store, StoreError};

mod deleting;
mod references;
mod room;

pub use room::{GivenBack, Room};

/// A run, as a list of runs shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Its id.
    pub id: RunId,
    /// The eval's name.
    pub eval: String,
    /// The name that a person gave to it.
    pub name: Option<String>,
    /// When it began, as it was given to [`Store::begin_run`].
    pub started_at: String,
    /// How it ended; none if it has not, because it is running or was cut off.
    pub status: Option<RunStatus>,
    /// How many samples it has, without those that a resume has superseded.
    pub samples: u64,
}

/// So many characters of an id tell runs apart.
const LEAST_PREFIX: usize = 4;

/// How many runs an error names.
const NAMED: usize = 3;

/// All of a run's record, however the run is found.
macro_rules! select_runs {
    ($rest:literal) => {
        concat!(
            "SELECT r.key, r.id, r.eval, r.name, r.started_at, e.seq AS last_event, e.kind, e.body, \
             (SELECT max(s.seq) FROM samples s WHERE s.run = r.key) AS last_sample, \
             (SELECT count(*) FROM samples s WHERE s.run = r.key) \
             - (SELECT count(*) FROM samples s WHERE s.run = r.key AND s.superseded <> 0) AS samples \
             FROM runs r \
             LEFT JOIN events e ON e.run = r.key AND e.seq = (SELECT max(x.seq) FROM events x WHERE x.run = r.key) ",
            $rest
        )
    };
}

pub(crate) use select_runs;

impl Store {
    /// Begins the journal of a new run. `at` is when it began, RFC 3339 in UTC.
    ///
    /// # Errors
    /// [`StoreError::RunExists`] if the id is taken, [`StoreError::Running`] if another process has just claimed it, and
    /// whatever keeps a store from being written.
    pub async fn begin_run(
        &self,
        run: &RunId,
        eval: &str,
        name: Option<&str>,
        at: &str,
    ) -> Result<Journal, StoreError> {
        let claim = self.claims.claim(run).await?;
        let connection = self.connect().await?;
        // All rows, not the first one: the statement commits when it has come to its end, and a full disk is only told then.
        let keys: Vec<i64> =
            sqlx::query_scalar("INSERT INTO runs (id, eval, name, started_at) VALUES ($1, $2, $3, $4) RETURNING key")
                .bind(kept(run.as_str()))
                .bind(kept(eval))
                .bind(name.map(kept))
                .bind(kept(at))
                .fetch_all(&self.pool)
                .await
                .map_err(|error| match Fault::of(&error) {
                    Fault::Taken => StoreError::RunExists { run: run.clone() },
                    _ => self.place.error("begin a run", &error),
                })?;
        let key = keys
            .first()
            .copied()
            .ok_or_else(|| StoreError::NoSuchRun { run: run.clone(), file: self.place.name().to_owned() })?;
        Ok(Journal::new(run.clone(), key, connection, claim, self.place.clone()))
    }

    /// Goes on with the journal of a run.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], [`StoreError::Running`] if it is being written, and whatever keeps a store from being
    /// read.
    pub async fn reopen_run(&self, run: &RunId) -> Result<Journal, StoreError> {
        let key = self.run_key(run).await?;
        let claim = self.claims.claim(run).await?;
        let mut journal = Journal::new(run.clone(), key, self.connect().await?, claim, self.place.clone());
        journal.find_next_seq().await?;
        Ok(journal)
    }

    /// Whether somebody, in whatever process, has the journal of this run.
    ///
    /// # Errors
    /// The lock cannot be looked at.
    pub fn is_running(&self, run: &RunId) -> Result<bool, StoreError> {
        self.claims.is_claimed(run)
    }

    /// All runs, newest first.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        self.records(sqlx::query(select_runs!(
            "WHERE r.id NOT LIKE 'importing-%' ORDER BY r.started_at DESC, r.id DESC"
        )))
        .await
    }

    /// The run that a person means: by its id, its name (the newest run of that name), the beginning of its id (at least
    /// four characters), or as `@last` and `@last~N`. A name that is also the beginning of an id means the run of that
    /// name.
    ///
    /// # Errors
    /// A [`ReferenceError`] if that names no run, or several; and whatever keeps a store from being read.
    pub async fn find_run(&self, reference: &str) -> Result<RunRecord, StoreError> {
        let found = match RunReference::read(reference) {
            RunReference::Last(back) => self.run_before_last(back).await?,
            RunReference::Called(text) => self.run_called(text).await?,
        };
        match found {
            Some(run) => Ok(run),
            None => Err(self.unknown_run(reference).await?.into()),
        }
    }

    /// The key of a run in the tables.
    pub(crate) async fn run_key(&self, run: &RunId) -> Result<i64, StoreError> {
        let key = sqlx::query_scalar("SELECT key FROM runs WHERE id = $1")
            .bind(kept(run.as_str()))
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.place.error("look for a run", &error))?;
        key.ok_or_else(|| StoreError::NoSuchRun { run: run.clone(), file: self.place.to_string() })
    }

    async fn run_before_last(&self, back: u64) -> Result<Option<RunRecord>, StoreError> {
        let Ok(back) = i64::try_from(back) else { return Ok(None) };
        let query = sqlx::query(select_runs!(
            "WHERE r.id NOT LIKE 'importing-%' ORDER BY r.started_at DESC, r.id DESC LIMIT 1 OFFSET $1"
        ))
        .bind(back);
        Ok(self.records(query).await?.pop())
    }

    async fn run_called(&self, text: &str) -> Result<Option<RunRecord>, StoreError> {
        let by_id = sqlx::query(select_runs!("WHERE r.id = $1")).bind(kept(text));
        if let Some(run) = self.records(by_id).await?.pop() {
            return Ok(Some(run));
        }
        let by_name = sqlx::query(select_runs!("WHERE r.name = $1 ORDER BY r.started_at DESC, r.id DESC LIMIT 1"))
            .bind(kept(text));
        if let Some(run) = self.records(by_name).await?.pop() {
            return Ok(Some(run));
        }
        if text.chars().count() < LEAST_PREFIX {
            return Ok(None);
        }
        self.run_that_begins_with(&text.to_ascii_lowercase()).await
    }

    async fn run_that_begins_with(&self, prefix: &str) -> Result<Option<RunRecord>, StoreError> {
        let Some(end) = after_all_that_begin_with(prefix) else { return Ok(None) };
        let query = sqlx::query(select_runs!("WHERE r.id >= $1 AND r.id < $2 ORDER BY r.id LIMIT 5"));
        let mut found = self.records(query.bind(kept(prefix)).bind(kept(&end))).await?;
        if found.len() > 1 {
            let candidates = found.iter().map(|run| format!("{} ({})", run.id, label(run))).collect();
            return Err(ReferenceError::Ambiguous { reference: prefix.to_owned(), candidates }.into());
        }
        Ok(found.pop())
    }

    /// What to say of a reference that leads nowhere.
    async fn unknown_run(&self, reference: &str) -> Result<ReferenceError, StoreError> {
        let runs = self.runs().await?;
        let reference = reference.to_owned();
        if runs.is_empty() {
            return Ok(ReferenceError::NoRuns);
        }
        if matches!(RunReference::read(&reference), RunReference::Last(_)) {
            return Ok(ReferenceError::TooFarBack { reference, runs: runs.len() as u64 });
        }
        if let Some(name) = nearest(&reference, runs.iter().filter_map(|run| run.name.as_deref()).chain(["@last"])) {
            let hint = format!("; did you mean `{name}`?");
            return Ok(ReferenceError::UnknownRun { reference, hint });
        }
        if reference.chars().count() < LEAST_PREFIX {
            return Ok(ReferenceError::TooShort { reference, least: LEAST_PREFIX });
        }
        let last: Vec<String> = runs.iter().take(NAMED).map(|run| format!("{} ({})", run.id, label(run))).collect();
        Ok(ReferenceError::UnknownRun { reference, hint: format!("; the last runs are {}", last.join(", ")) })
    }

    /// The runs that [`select_runs!`] finds.
    pub(crate) async fn records(&self, query: Query<'_>) -> Result<Vec<RunRecord>, StoreError> {
        let rows = self.place.doing("list the runs", query.fetch_all(&self.pool).await)?;
        rows.iter().map(|row| run_record(row, &self.place)).collect()
    }
}

/// The name of a run, else of its eval.
fn label(run: &RunRecord) -> &str {
    run.name.as_deref().unwrap_or(&run.eval)
}

fn run_record(row: &sqlite::Row, place: &Place) -> Result<RunRecord, StoreError> {
    let read = || -> Result<RunRecord, Nonsense> {
        Ok(RunRecord {
            id: RunId::from(restored(column(row, "id")?)),
            eval: restored(column(row, "eval")?),
            name: column::<Option<String>>(row, "name")?.map(restored),
            started_at: restored(column(row, "started_at")?),
            status: status(row)?,
            samples: number(row, "samples")?,
        })
    };
    read().map_err(|nonsense| place.damaged(nonsense))
}

/// A run has ended if that is the last thing that happened.
fn status(row: &sqlite::Row) -> Result<Option<RunStatus>, Nonsense> {
    if column::<Option<String>>(row, "kind")?.as_deref() != Some(RUN_FINISHED) {
        return Ok(None);
    }
    if column::<Option<i64>>(row, "last_sample")? > column::<Option<i64>>(row, "last_event")? {
        return Ok(None);
    }
    record::status(&column::<String>(row, "body")?)
}
