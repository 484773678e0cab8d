//! How fast a catalogue takes versions and the rows of a dataset, and gives them back.
//!
//! ```sh
//! cargo run --release -p carat-store --example catalogue_speed [ROWS [FOLDER]]
//! ```

#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::error::Error;
use std::time::Instant;

use carat_core::version::{Actor, Kind, Pick, Source, VersionId};
use carat_core::{Digest, Row, RowStream};
use carat_store::{NewVersion, Store};
use serde_json::json;

const AT: &str = "2026-05-01T12:00:00Z";

/// How many versions are saved, and found again.
const VERSIONS: u64 = 1000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().map_or(Ok(100_000), |number| number.parse())?;
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("carat-catalogue-speed"), Into::into);
    let store = Store::open(&folder.join("carat.db").to_string_lossy()).await?;

    let body = "x".repeat(2000);
    let start = Instant::now();
    for number in 0..VERSIONS {
        save(&store, Kind::Prompt, Digest::of_bytes(&number.to_be_bytes()), Some(&body)).await?;
    }
    tell("saving a version", start, VERSIONS);
    let start = Instant::now();
    for number in 0..VERSIONS {
        save(&store, Kind::Prompt, Digest::of_bytes(&number.to_be_bytes()), Some(&body)).await?;
    }
    tell("finding that it has a number", start, VERSIONS);
    let start = Instant::now();
    store.version(Kind::Prompt, "speed", &Pick::Latest).await?;
    tell("finding the latest", start, 1);

    let digests = rows(count)?.map(|row| row.map(|row| row.digest()));
    let digests = digests.collect::<Result<Vec<Digest>, _>>()?;
    let whole: Vec<u8> = digests.iter().flat_map(|digest| *digest.as_bytes()).collect();
    let id = save(&store, Kind::Dataset, Digest::of_bytes(&whole), None).await?;
    let start = Instant::now();
    let by = Actor { name: "speed".to_owned(), source: Source::Unknown };
    store.keep_rows(&id, rows(count)?, &by, AT).await?;
    tell("keeping a row", start, count);
    let (start, mut last) = (Instant::now(), None);
    while let Some((position, _)) = store.rows_after(&id, last, 256).await?.pop() {
        last = Some(position);
    }
    tell("reading a row", start, count);
    store.close().await;
    println!("{:<32}{:>12}", "bytes on disk", std::fs::metadata(folder.join("carat.db"))?.len());
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn tell(what: &str, start: Instant, count: u64) {
    println!("{what:<32}{:>12.1} µs", start.elapsed().as_secs_f64() * 1e6 / count as f64);
}

async fn save(store: &Store, kind: Kind, digest: Digest, body: Option<&str>) -> Result<VersionId, Box<dyn Error>> {
    let by = &Actor { name: "speed".to_owned(), source: Source::Unknown };
    let new = NewVersion { kind, name: "speed", digest, body, by, at: AT, message: None, commit: None };
    Ok(store.save_version(&new).await?.id)
}

/// Tickets of some 300 characters.
fn rows(count: u64) -> Result<RowStream, Box<dyn Error>> {
    let row = json!({ "id": "", "input": { "body": "I was charged twice. ".repeat(14) }, "expected": "billing" });
    let row: Row = serde_json::from_value(row)?;
    Ok(Box::new((0..count).map(move |number| Ok(Row { id: format!("t-{number}").into(), ..row.clone() }))))
}
