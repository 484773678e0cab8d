//! Room in the file that nothing needs any more, and how the file system gets it back.
//!
//! A new store keeps track of where its pages belong (`auto_vacuum = INCREMENTAL`), so that the last ones can be moved into
//! the gaps and the file be cut, some pages at a time and with everybody else at work. That costs a page in 800 and hardly any
//! time. A store of an older carat does not know, and would have to be written anew as a whole, once; from then on it does.

use std::time::Instant;

use sqlx::{Executor as _, Row as _};

use super::connect::checkpoint;
use super::{Connection, Fault};

/// So many pages are given back at a time; others that write wait for no more than that.
const STEP: i64 = 2048;

/// The progress of a statement is looked at after so many steps of SQLite's machine, some tens of microseconds.
const LOOK: i32 = 10_000;

/// A store of an older carat is written anew only for more than so many bytes.
const LEAST_ANEW: u64 = 1 << 20;

/// The pages of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pages {
    /// How long each is, in bytes.
    size: u64,
    /// How many there are.
    all: u64,
    /// How many of them hold nothing.
    free: u64,
    /// Whether some can be given back without all being written.
    can_be_cut: bool,
}

impl Pages {
    /// How they are now.
    pub(crate) async fn of(connection: &mut Connection) -> Result<Self, sqlx::Error> {
        Ok(Self {
            size: pragma(connection, "PRAGMA page_size").await?,
            all: pragma(connection, "PRAGMA page_count").await?,
            free: pragma(connection, "PRAGMA freelist_count").await?,
            can_be_cut: pragma(connection, "PRAGMA auto_vacuum").await? > 0,
        })
    }

    /// How many bytes the file has.
    pub(crate) const fn bytes(self) -> u64 {
        self.size * self.all
    }

    /// How many of them hold nothing.
    pub(crate) const fn free_bytes(self) -> u64 {
        self.size * self.free
    }

    /// Whether writing all of it anew is worth it: there is less to be written than to be won.
    const fn is_worth_writing_anew(self) -> bool {
        self.free_bytes() >= LEAST_ANEW && self.free >= self.all - self.free
    }
}

async fn pragma(connection: &mut Connection, text: &'static str) -> Result<u64, sqlx::Error> {
    let value: i64 = connection.fetch_one(text).await?.try_get(0)?;
    Ok(value.unsigned_abs())
}

/// What came of giving room back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    /// The file has no room left that it does not need.
    All,
    /// The time was up, somebody else was in the way, or there was no room on the disk to work in.
    Some,
    /// All would have to be written anew, for less than that.
    NotWorthIt,
}

/// Gives the room that holds nothing back to the file system, until then at the latest.
pub(crate) async fn give_back(connection: &mut Connection, end: Instant) -> Result<Given, sqlx::Error> {
    let pages = Pages::of(connection).await?;
    let done = match pages {
        Pages { free: 0, .. } => Ok(Given::All),
        Pages { can_be_cut: true, .. } => cut(connection, end).await,
        pages if pages.is_worth_writing_anew() => write_anew(connection, end).await,
        _ => return Ok(Given::NotWorthIt),
    };
    let given = match done {
        Err(error) if is_in_the_way(&error) => Given::Some,
        done => done?,
    };
    // The file is cut when the log has been moved into it.
    checkpoint(connection).await?;
    Ok(given)
}

/// The file stays as it is then, and nothing is lost but the attempt.
fn is_in_the_way(error: &sqlx::Error) -> bool {
    matches!(Fault::of(error), Fault::Busy | Fault::Full | Fault::Interrupted)
}

/// Some pages at a time, each time in a transaction of their own.
async fn cut(connection: &mut Connection, end: Instant) -> Result<Given, sqlx::Error> {
    let step = format!("PRAGMA incremental_vacuum({STEP})");
    while Pages::of(connection).await?.free > 0 {
        if Instant::now() >= end {
            return Ok(Given::Some);
        }
        connection.execute(sqlx::AssertSqlSafe(step.as_str())).await?;
    }
    Ok(Given::All)
}

/// All in one transaction, which is given up when the time is.
async fn write_anew(connection: &mut Connection, end: Instant) -> Result<Given, sqlx::Error> {
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL").await?;
    connection.lock_handle().await?.set_progress_handler(LOOK, move || Instant::now() < end);
    let done = connection.execute("VACUUM").await;
    connection.lock_handle().await?.remove_progress_handler();
    done.map(|_| Given::All)
}

/// From which runs a run took answers. An answer is JSON, and is looked into by SQLite's own functions.
pub(crate) const ORIGINS: &str = "SELECT DISTINCT json_extract(answer, '$.origin.run') FROM samples \
                                  WHERE run = $1 AND attempts = 0 AND outcome IN (0, 3)";
