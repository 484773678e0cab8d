//! The shape of the tables, and how a store gets it.

use sqlx::Connection as _;
use sqlx::migrate::{MigrateError, Migrator};

use super::{BEGIN, Connection};
use crate::StoreError;
use crate::open::Place;
use crate::record::Nonsense;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Brings the tables to the present shape.
pub(crate) async fn bring_to_shape(connection: &mut Connection, place: &Place) -> Result<(), StoreError> {
    let applied = applied_migrations(connection).await.map_err(|error| place.error("read the shape of", &error))?;
    let Some(applied) = applied else {
        let what = "it is a database of another program".to_owned();
        return Err(StoreError::NotAStore { file: place.to_string(), what });
    };
    if let Some(version) = applied.iter().copied().find(|version| !MIGRATIONS.version_exists(*version)) {
        return Err(StoreError::Newer { file: place.to_string(), version });
    }
    if applied.len() == MIGRATIONS.iter().count() {
        return Ok(());
    }
    // In one transaction, so that of two processes that make a store at once the second finds it made.
    let doing = "bring to its present shape";
    let mut transaction = connection.begin_with(BEGIN).await.map_err(|error| place.error(doing, &error))?;
    MIGRATIONS.run_direct(None, &mut *transaction, false).await.map_err(|error| migration_error(place, error))?;
    transaction.commit().await.map_err(|error| place.error(doing, &error))
}

/// The numbers of the migrations that were applied, or none if the tables are somebody else's.
async fn applied_migrations(connection: &mut Connection) -> Result<Option<Vec<i64>>, sqlx::Error> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(&mut *connection).await?;
    if tables.is_empty() {
        return Ok(Some(Vec::new()));
    }
    if !["_sqlx_migrations", "runs", "samples"].iter().all(|ours| tables.iter().any(|table| table == ours)) {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(connection).await.map(Some)
}

fn migration_error(place: &Place, error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            place.error("bring to its present shape", &error)
        }
        MigrateError::VersionMissing(version) => StoreError::Newer { file: place.to_string(), version },
        other => place.damaged(Nonsense(other.to_string())),
    }
}
