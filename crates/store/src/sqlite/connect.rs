//! How connections are made and what they are told first.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteAutoVacuum, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Executor};

use super::{Connection, Options, Pool};

/// Begins a transaction that writes. It waits for its turn here rather than failing half-way.
pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";

/// How long a statement waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// After so many pages (4 kB each) the write-ahead log is moved into the file. More than the default of 1000: small
/// batches fill the log quickly, and moving it waits for the disk.
const PAGES_IN_LOG: &str = "4000";

/// To so many bytes the log's file is cut when it is begun anew.
const LEAST_LOG: &str = "67108864";

/// So many kilobytes of pages each connection keeps at hand (negative means kilobytes). Digests come in no order, so that
/// every one needs another page of their index; with the default of 2 MB a new row takes 10 µs more at 40,000 rows.
const CACHE: &str = "-16384";

/// For a file. After the loss of power the last commits may be missing, but nothing is broken; after the death of the
/// process nothing is missing.
pub(crate) fn options_for_file(file: &Path) -> Options {
    let options = Options::new().filename(file).create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    common(options).synchronous(SqliteSynchronous::Normal)
}

/// For the first connection to a file that is not there yet, so that room can be given back later. It is for the first one
/// alone, because to say so writes to the file each time.
pub(crate) fn options_for_new_file(file: &Path) -> Options {
    options_for_file(file).auto_vacuum(SqliteAutoVacuum::Incremental)
}

/// For a database in memory that all connections with these options share.
pub(crate) fn options_for_memory() -> Result<Options, sqlx::Error> {
    Options::from_str("sqlite::memory:").map(common)
}

/// For a file that cannot be written, the likeliest first. Where its folder cannot be written either, SQLite has to be told
/// that nobody writes; which is not so, and would hide what was recorded last, where there is a write-ahead log.
pub(crate) fn options_for_reading(file: &Path) -> Vec<Options> {
    let reading = Options::new().filename(file).read_only(true).disable_statement_logging();
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    match std::fs::metadata(log) {
        Ok(log) if log.len() > 0 => vec![reading],
        _ => vec![reading.clone(), reading.immutable(true)],
    }
}

fn common(options: Options) -> Options {
    options
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        .pragma("wal_autocheckpoint", PAGES_IN_LOG)
        .pragma("journal_size_limit", LEAST_LOG)
        .pragma("cache_size", CACHE)
        .disable_statement_logging()
}

/// Connections for everything but journals. They stay, because a database in memory lasts as long as its last connection.
pub(crate) fn pool(options: Options) -> Pool {
    SqlitePoolOptions::new()
        .max_connections(4)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

/// Moves the write-ahead log into the file as far as nobody else is in the way, and makes the log's file short.
pub(crate) async fn checkpoint(connection: &mut Connection) -> Result<(), sqlx::Error> {
    connection.execute("PRAGMA busy_timeout = 200").await?;
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    Ok(())
}
