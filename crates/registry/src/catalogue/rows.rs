//! The rows of a version, out of the store.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write as _};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use carat_core::version::VersionId;
use carat_core::{DataError, Row, RowStream, Rows};
use carat_store::Store;

use super::CatalogueError;
use crate::dataset::{Located, LocatedRows, LocatedStream};

/// So many rows are fetched at a time.
const PAGE: u32 = 64;

/// The rows of a version of a dataset, one JSON object a line in a file that has no name and is gone with the last reader.
///
/// Rows are read again and again – once by a survey, once for each model of a run – by threads that must not wait for the
/// store's answers: those may need that very thread. So they are fetched once, and memory does not grow with them.
#[derive(Debug)]
pub(super) struct FetchedRows {
    file: Arc<File>,
    /// `tickets@3`.
    shown: String,
}

impl FetchedRows {
    /// Fetches the rows of a version, which must have been kept.
    pub(super) async fn of(store: &Store, version: &VersionId) -> Result<Self, CatalogueError> {
        let shown = version.to_string();
        let full = |error: io::Error| {
            let advice = "set TMPDIR to a folder with room for them";
            let message = format!("its rows cannot be put into a file for the moment: {error}; {advice}");
            DataError { file: version.to_string(), line: None, message }
        };
        let mut file = BufWriter::new(tempfile::tempfile().map_err(full)?);
        let mut last = None;
        loop {
            let page = store.rows_after(version, last, PAGE).await?;
            let Some((position, _)) = page.last() else { break };
            last = Some(*position);
            for (_, row) in page {
                serde_json::to_writer(&mut file, &row).map_err(|error| full(error.into()))?;
                file.write_all(b"\n").map_err(full)?;
            }
        }
        let file = file.into_inner().map_err(|error| full(error.into_error()))?;
        Ok(Self { file: Arc::new(file), shown })
    }
}

impl Rows for FetchedRows {
    fn open(&self) -> Result<RowStream, DataError> {
        Ok(Box::new(self.located()?.map(|located| located.map(|located| located.row))))
    }
}

impl LocatedRows for FetchedRows {
    fn shown(&self) -> &str {
        &self.shown
    }

    fn located(&self) -> Result<LocatedStream, DataError> {
        let mut lines = Some(BufReader::new(FromStart { file: Arc::clone(&self.file), at: 0 }));
        let (shown, mut text, mut number) = (self.shown.clone(), String::new(), 0);
        Ok(Box::new(std::iter::from_fn(move || {
            text.clear();
            number += 1;
            let row = match lines.as_mut()?.read_line(&mut text) {
                Ok(0) => return None,
                Ok(_) => serde_json::from_str::<Row>(&text).map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            if row.is_err() {
                lines = None;
            }
            let located = row.map(|row| Located { line: number, row, loose: false });
            Some(located.map_err(|message| DataError { file: shown.clone(), line: Some(number), message }))
        })))
    }
}

/// Reads a file that others read as well, each from the start.
struct FromStart {
    file: Arc<File>,
    at: u64,
}

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}
