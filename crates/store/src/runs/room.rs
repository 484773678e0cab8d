//! How much room runs take, and how it is given back when they are gone.

use std::time::{Duration, Instant};

use carat_core::RunId;
use sqlx::Executor as _;

use crate::sqlite::{self, Connection, Given, Pages};
use crate::{Store, StoreError};

/// How much room a store takes on its disk, without its write-ahead log, which is short when nobody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// The length of its file, in bytes.
    pub bytes: u64,
    /// How many of them hold nothing, and are used for what comes next.
    pub free: u64,
}

/// Why a store is not as short as it could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBack {
    /// It is.
    All,
    /// The time was up, another program was in the way, or the disk had no room to work in. The next attempt goes on.
    Some,
    /// It was made by an older carat, all of it would have to be written anew, and there is more of that than could be won.
    NotWorthIt,
}

/// The runs that are asked about.
const GOING: &str = "CREATE TEMP TABLE going (run bigint primary key)";
const GOES: &str = "INSERT INTO going (run) SELECT key FROM runs WHERE id = $1 ON CONFLICT (run) DO NOTHING";

/// What rows take: their long texts, and so many bytes besides in the table and its indices. It need not look into the texts.
const OF_RUNS: [&str; 3] = [
    "SELECT coalesce(sum(octet_length(answer) + coalesce(octet_length(request), 0) + coalesce(octet_length(verdicts), 0) \
     + 2 * octet_length(row_id) + 140), 0) FROM samples WHERE run IN (SELECT run FROM going)",
    "SELECT coalesce(sum(octet_length(body) + 220), 0) FROM judgements WHERE run IN (SELECT run FROM going)",
    "SELECT coalesce(sum(octet_length(body) + 60), 0) FROM events WHERE run IN (SELECT run FROM going)",
];

/// What contents take that only these runs use. That is looked through as a whole which says who uses what.
const OF_CONTENTS: &str = "SELECT coalesce(sum(octet_length(c.body) + 90), 0) FROM contents c WHERE c.in_version = 0 AND c.id IN \
     (SELECT u.content FROM uses u WHERE u.run IN (SELECT run FROM going)) AND NOT EXISTS \
     (SELECT 1 FROM uses x WHERE x.content = c.id AND x.run NOT IN (SELECT run FROM going))";

impl Store {
    /// About how many bytes it frees to delete these runs, all of them together; a run that is not there takes none. Time
    /// grows with the samples of these runs, and with the contents that all runs use.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn room_of(&self, runs: &[RunId]) -> Result<u64, StoreError> {
        let measured = measured(&mut self.connect().await?, runs).await;
        self.place.doing("measure runs", measured)
    }

    /// How much room the store takes.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn room(&self) -> Result<Room, StoreError> {
        let pages = Pages::of(&mut self.connect().await?).await;
        let pages = self.place.doing("measure", pages)?;
        Ok(Room { bytes: pages.bytes(), free: pages.free_bytes() })
    }

    /// Gives the room that holds nothing back to the file system, and works on that for so long at most. Others can write
    /// meanwhile, but for a moment now and then; where a store of an older carat is written anew they wait until that is done.
    /// Whoever is killed meanwhile leaves a store that is whole.
    ///
    /// # Errors
    /// Whatever keeps a store from being written, but for a lock and a full disk, which leave it as it is.
    pub async fn give_back(&self, at_most: Duration) -> Result<GivenBack, StoreError> {
        let given = sqlite::give_back(&mut self.connect().await?, Instant::now() + at_most).await;
        Ok(match self.place.doing("give room back", given)? {
            Given::All => GivenBack::All,
            Given::Some => GivenBack::Some,
            Given::NotWorthIt => GivenBack::NotWorthIt,
        })
    }
}

async fn measured(connection: &mut Connection, runs: &[RunId]) -> Result<u64, sqlx::Error> {
    connection.execute(GOING).await?;
    for run in runs {
        sqlx::query(GOES).bind(crate::text::kept(run.as_str())).execute(&mut *connection).await?;
    }
    let mut bytes = 0;
    for text in OF_RUNS.into_iter().chain([OF_CONTENTS]) {
        let sum: i64 = sqlx::query_scalar(text).fetch_one(&mut *connection).await?;
        bytes += sum.unsigned_abs();
    }
    Ok(bytes)
}
