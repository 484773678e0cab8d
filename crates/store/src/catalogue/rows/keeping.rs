//! Writing the rows of a version while they are read.

use carat_core::version::{Actor, VersionId};
use carat_core::{Digest, RowStream};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{KeptDataset, RowsError};
use crate::StoreError;
use crate::catalogue::change::Change;
use crate::catalogue::versions::Held;
use crate::pool::Content;
use crate::record::{Nonsense, json};
use crate::sqlite::{Batch, Stretch, ids_of_contents};

/// As many rows as are written at once, and about as many bytes of them at most.
const TOGETHER: usize = 64;
const BYTES: usize = 4 << 20;

/// How many chunks of rows are read ahead.
const AHEAD: usize = 2;

/// Rows that are being read.
pub(super) struct Arriving {
    reading: JoinHandle<Result<Digest, RowsError>>,
    chunks: mpsc::Receiver<Vec<Content>>,
    next: Option<Vec<Content>>,
}

impl Arriving {
    /// Begins to read, and waits for the first rows: nobody else is to wait for them.
    pub(super) async fn begin(rows: RowStream) -> Self {
        let (sender, mut chunks) = mpsc::channel(AHEAD);
        let reading = tokio::task::spawn_blocking(move || read(rows, &sender));
        let next = chunks.recv().await;
        Self { reading, chunks, next }
    }

    /// Keeps them for a version that has its number, unless somebody has done so meanwhile, and says how many there are.
    pub(super) async fn keep(self, mut change: Change, id: &VersionId, by: &Actor, at: &str) -> Result<u64, RowsError> {
        let KeptDataset { key, rows } = change.kept_dataset(id).await?;
        if let Some(rows) = rows {
            return Ok(rows);
        }
        let (mut change, count) = self.write(change, key, id).await?;
        change.tell_kept(id, by, at, Held::Rows(count)).await?;
        change.commit_unlogged().await?;
        Ok(count)
    }

    /// Writes them within a change, and says how many there are.
    pub(super) async fn write(mut self, change: Change, key: i64, id: &VersionId) -> Result<(Change, u64), RowsError> {
        let mut keeping = Keeping::new(change, key);
        while let Some(chunk) = self.next.take() {
            keeping.keep(chunk).await?;
            self.next = self.chunks.recv().await;
        }
        let found = self.reading.await.map_err(|error| unreadable(&error))??;
        if found != id.digest {
            return Err(RowsError::Others { version: id.clone(), found });
        }
        Ok(keeping.finish().await?)
    }
}

fn unreadable(error: &tokio::task::JoinError) -> StoreError {
    StoreError::Unrecordable { what: "a dataset", cause: error.to_string() }
}

/// Reads rows to their end, or until nobody wants more, and gives the digest of them all. It reads files and computes, so
/// that it has a thread of its own.
fn read(rows: RowStream, sender: &mpsc::Sender<Vec<Content>>) -> Result<Digest, RowsError> {
    let mut whole = Sha256::new();
    let (mut chunk, mut bytes) = (Vec::with_capacity(TOGETHER), 0);
    for row in rows {
        let row = row?;
        let content = Content { digest: row.digest(), body: json(&row)? };
        whole.update(content.digest.as_bytes());
        bytes += content.body.len();
        chunk.push(content);
        if chunk.len() == TOGETHER || bytes > BYTES {
            bytes = 0;
            if sender.blocking_send(std::mem::take(&mut chunk)).is_err() {
                break;
            }
        }
    }
    if !chunk.is_empty() {
        // If nobody wants it, nobody wants to know.
        let _ = sender.blocking_send(chunk);
    }
    Ok(Digest::from_bytes(whole.finalize().into()))
}

/// The rows of a version that have been written so far.
struct Keeping {
    change: Change,
    version: i64,
    /// The stretch that the next row may belong to.
    last: Stretch,
}

impl Keeping {
    fn new(change: Change, version: i64) -> Self {
        Self { change, version, last: Stretch { position: 0, content: 0, count: 0 } }
    }

    /// Writes the next rows.
    async fn keep(&mut self, chunk: Vec<Content>) -> Result<(), StoreError> {
        let digests: Vec<Digest> = chunk.iter().map(|content| content.digest).collect();
        let mut batch = Batch::default();
        batch.contents_of_version(chunk);
        self.write(&batch).await?;
        let ids = ids_of_contents(&mut self.change.connection, &digests).await;
        let ids = ids.map_err(|error| self.change.error(&error))?;
        let mut ended = Vec::new();
        for digest in &digests {
            let id = ids.get(digest.as_bytes().as_slice()).copied();
            let id = id.ok_or_else(|| self.change.damaged(Nonsense(format!("content {digest} is lost"))))?;
            ended.extend(lengthen(&mut self.last, id));
        }
        self.place(ended).await
    }

    /// Says that there are no more rows, and how many there were.
    async fn finish(mut self) -> Result<(Change, u64), StoreError> {
        let count = self.last.position + self.last.count;
        if count > 0 {
            self.place(vec![self.last]).await?;
        }
        sqlx::query("UPDATE versions SET rows_kept = $1 WHERE key = $2")
            .bind(count)
            .bind(self.version)
            .execute(&mut self.change.connection)
            .await
            .map_err(|error| self.change.error(&error))?;
        Ok((self.change, count.unsigned_abs()))
    }

    async fn place(&mut self, stretches: Vec<Stretch>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.version_rows(self.version, stretches);
        self.write(&batch).await
    }

    async fn write(&mut self, batch: &Batch) -> Result<(), StoreError> {
        batch.execute(&mut self.change.connection).await.map_err(|error| self.change.error(&error))
    }
}

/// Adds the next row, whose content has this id, to the stretch; or ends the stretch and begins the next one with it.
fn lengthen(last: &mut Stretch, content: i64) -> Option<Stretch> {
    if last.count > 0 && last.content + last.count == content {
        last.count += 1;
        return None;
    }
    let next = Stretch { position: last.position + last.count, content, count: 1 };
    Some(std::mem::replace(last, next)).filter(|ended| ended.count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches(ids: &[i64]) -> Vec<[i64; 3]> {
        let mut last = Stretch { position: 0, content: 0, count: 0 };
        let mut all: Vec<Stretch> = ids.iter().filter_map(|id| lengthen(&mut last, *id)).collect();
        all.push(last);
        all.into_iter().map(|stretch| [stretch.position, stretch.content, stretch.count]).collect()
    }

    #[test]
    fn rows_whose_contents_follow_one_another_are_one_stretch() {
        assert_eq!(stretches(&[7, 8, 9]), [[0, 7, 3]]);
        assert_eq!(stretches(&[7, 8, 20, 9, 10]), [[0, 7, 2], [2, 20, 1], [3, 9, 2]]);
        assert_eq!(stretches(&[3, 3, 2]), [[0, 3, 1], [1, 3, 1], [2, 2, 1]]);
    }
}
