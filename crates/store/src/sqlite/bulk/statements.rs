//! The statements that take many rows.

use std::sync::LazyLock;

/// How many rows a statement takes. The last is 1, so that any number can be made up.
pub(super) const SIZES: [usize; 6] = [64, 16, 8, 4, 2, 1];

/// One statement in each size.
pub(super) struct Bulk([String; SIZES.len()]);

impl Bulk {
    /// A head, the same item so many times, and a tail.
    fn new(head: &str, item: &str, tail: &str) -> Self {
        Self(SIZES.map(|size| format!("{head} {}{tail}", vec![item; size].join(","))))
    }

    /// The statement for the most of these rows, and how many that is.
    pub(super) fn within(&'static self, rows: usize) -> (&'static str, usize) {
        let fits = SIZES.iter().position(|size| *size <= rows).unwrap_or(SIZES.len() - 1);
        (&self.0[fits], SIZES[fits])
    }

    /// The smallest statement that has room for these rows, or the largest, and for how many that has room.
    pub(super) fn around(&'static self, rows: usize) -> (&'static str, usize) {
        let fits = SIZES.iter().rposition(|size| *size >= rows).unwrap_or(0);
        (&self.0[fits], SIZES[fits])
    }
}

pub(super) static CONTENTS: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::new("INSERT INTO contents (digest, body) VALUES", "(?,?)", " ON CONFLICT (digest) DO NOTHING")
});

/// As [`CONTENTS`], for those that stay.
pub(super) static CONTENTS_OF_VERSIONS: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::new(
        "INSERT INTO contents (digest, body, in_version) VALUES",
        "(?,?,1)",
        " ON CONFLICT (digest) DO UPDATE SET in_version = 1 WHERE contents.in_version = 0",
    )
});

pub(super) static IDS: LazyLock<Bulk> =
    LazyLock::new(|| Bulk::new("SELECT digest, id FROM contents WHERE digest IN (", "?", ")"));

pub(super) static VERSION_ROWS: LazyLock<Bulk> =
    LazyLock::new(|| Bulk::new("INSERT INTO version_rows (version, position, content, count) VALUES", "(?,?,?,?)", ""));

pub(super) static USES: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::new(
        "INSERT INTO uses (run, content) SELECT ?, id FROM contents WHERE digest IN (",
        "?",
        ") ON CONFLICT (content, run) DO NOTHING",
    )
});

pub(super) static SAMPLES: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::new(
        "INSERT INTO samples (run, seq, elapsed_us, variant, trial, row_id, row_digest, request_digest, outcome, attempts, \
         latency_us, verdicts, answer, request) VALUES",
        "(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "",
    )
});

pub(super) static JUDGEMENTS: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::new(
        "INSERT INTO judgements (run, seq, elapsed_us, variant, row_id, trial, scorer, model, model_digest, \
         request_digest, vote, body) VALUES",
        "(?,?,?,?,?,?,?,?,?,?,?,?)",
        "",
    )
});

pub(super) static EVENTS: LazyLock<Bulk> =
    LazyLock::new(|| Bulk::new("INSERT INTO events (run, seq, elapsed_us, kind, body) VALUES", "(?,?,?,?,?)", ""));

pub(super) static MARKS: LazyLock<Bulk> =
    LazyLock::new(|| Bulk::new("UPDATE samples SET superseded = ? WHERE run = ? AND seq IN (", "?", ")"));
