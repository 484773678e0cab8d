//! The kinds of files that hold rows.

use std::path::Path;

/// How rows are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line (`.jsonl`, `.ndjson`).
    Jsonl,
    /// Comma-separated values with a header (`.csv`).
    Csv,
    /// Tab-separated values with a header (`.tsv`), quoted as CSV is.
    Tsv,
    /// Apache Parquet (`.parquet`).
    Parquet,
}

impl Format {
    /// Every file ending that is read, with the format it stands for.
    pub const ENDINGS: [(&'static str, Self); 5] = [
        ("jsonl", Self::Jsonl),
        ("ndjson", Self::Jsonl),
        ("csv", Self::Csv),
        ("tsv", Self::Tsv),
        ("parquet", Self::Parquet),
    ];

    /// The format that the file's ending stands for, in any case.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Self::ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, format)| *format)
    }
}

/// Why a file with this ending is not a dataset, and how it becomes one.
pub(super) fn foreign(path: &Path) -> String {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "json" => format!("is JSON, and a dataset has one row a line: `jq -c '.[]' {name} > {stem}.jsonl`"),
        "gz" => format!("is compressed: `gunzip -k {name}`"),
        "zst" => format!("is compressed: `zstd -d {name}`"),
        "xlsx" | "xls" | "ods" => "is a spreadsheet; save it as CSV (UTF-8)".to_owned(),
        "" => "has no ending; a dataset is a .jsonl, .ndjson, .csv, .tsv or .parquet file".to_owned(),
        _ => format!("`.{ending}` is not a kind of dataset; those are .jsonl, .ndjson, .csv, .tsv and .parquet"),
    }
}
