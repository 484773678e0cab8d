//! No statement looks through a large table as a whole, but for those that are named here with the reason.
//!
//! The statements are read from the sources, so that a new one is looked at without anybody having to think of it.

mod statements;

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, Executor as _, Row as _};

use crate::Store;
use crate::sqlite::Connection;

/// The tables that grow with the samples.
const LARGE: [&str; 6] = ["samples", "events", "judgements", "contents", "uses", "version_rows"];

/// Indices of a few rows each, which may be gone through from end to end.
const SMALL: [&str; 2] = ["events_with_plans", "samples_superseded"];

/// What may look through a large table: the table, words of the statement, and why.
const ALLOWED: [(&str, &str, &str); 5] = [
    ("uses", "INSERT INTO let_go", "a deletion is rare, and an index by run would be written with every row"),
    ("uses", "DELETE FROM uses WHERE run", "the same"),
    ("uses", "DELETE FROM runs WHERE key", "the same: that nothing of the run is left is looked after by SQLite"),
    ("uses", "INSERT INTO runs", "it would be, if a row had been put in before the run that it belongs to; none is"),
    ("uses", "SELECT coalesce(sum(octet_length(c.body)", "it is asked before a deletion, and for nothing else"),
];

/// The large tables that a statement looks through, by their names.
async fn scanned(connection: &mut Connection, statement: &str) -> Vec<&'static str> {
    let explained = connection.fetch_all(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"))).await;
    let steps = explained.map_err(|error| format!("{error}: {statement}")).unwrap();
    let aliases = aliases(statement);
    let of_step = |row: &crate::sqlite::Row| {
        let step: String = row.get("detail");
        let mut words = step.strip_prefix("SCAN ")?.split(' ');
        let name = words.next()?.to_owned();
        let is_small = words.any(|word| SMALL.contains(&word));
        aliases.get(&name).copied().filter(|_| !is_small)
    };
    steps.iter().filter_map(of_step).collect()
}

/// By what names a statement calls the large tables: their own, and those that it gives to them.
fn aliases(statement: &str) -> HashMap<String, &'static str> {
    let mut aliases: HashMap<String, &'static str> = LARGE.map(|table| (table.to_owned(), table)).into();
    let words: Vec<&str> = statement.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    for pair in words.windows(2) {
        if let Some(table) = LARGE.iter().find(|table| **table == pair[0]) {
            aliases.insert(pair[1].to_owned(), table);
        }
    }
    aliases
}

async fn connection() -> Connection {
    let store = Store::in_memory().await.unwrap();
    let mut connection = store.connect().await.unwrap();
    for table in statements::beginning_with(&["CREATE TEMP TABLE"]) {
        connection.execute(AssertSqlSafe(table)).await.unwrap();
    }
    connection
}

#[tokio::test]
async fn no_statement_looks_through_a_large_table() {
    let mut connection = connection().await;
    let (mut unexpected, mut allowed) = (Vec::new(), Vec::new());
    for statement in statements::beginning_with(&["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"]) {
        for table in scanned(&mut connection, &statement).await {
            match ALLOWED.iter().position(|(of, words, _)| *of == table && statement.contains(words)) {
                Some(number) => allowed.push(number),
                None => unexpected.push(format!("all of {table}: {statement}")),
            }
        }
    }
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    for (number, (table, words, _)) in ALLOWED.iter().enumerate() {
        assert!(allowed.contains(&number), "nothing looks through {table} any more with `{words}`");
    }
}

#[tokio::test]
async fn a_statement_that_looks_through_a_table_is_found_by_whatever_name() {
    let mut connection = connection().await;
    let unindexed = "SELECT s.seq FROM runs r JOIN samples s ON s.row_id = r.id";
    assert_eq!(scanned(&mut connection, unindexed).await, ["samples"]);
    assert_eq!(scanned(&mut connection, "SELECT body FROM contents WHERE in_version = 0").await, ["contents"]);
    assert!(scanned(&mut connection, "SELECT s.seq FROM samples s WHERE s.run = $1").await.is_empty());
}

#[test]
fn the_statements_of_the_sources_are_found_however_they_are_put_together() {
    let all = statements::beginning_with(&["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"]);
    for expected in [
        "SELECT key FROM runs WHERE id = $1",
        "DELETE FROM samples WHERE run = $1",
        "INSERT INTO contents (digest, body) VALUES (?,?),(?,?) ON CONFLICT (digest) DO NOTHING",
    ] {
        assert!(all.iter().any(|statement| statement == expected), "{expected}: {all:#?}");
    }
    let parts = [
        "FROM runs r LEFT JOIN events e ON e.run = r.key AND e.seq = (SELECT max(x.seq) FROM events x WHERE x.run = r.key) WHERE r.name = $1",
        "verdicts IS NOT NULL AS scored FROM samples WHERE run = $1 AND row_id = $2",
        "substr(s.request_digest, 1, 8) IN ($9)",
    ];
    for part in parts {
        assert!(all.iter().any(|statement| statement.contains(part)), "{part}: {all:#?}");
    }
}
