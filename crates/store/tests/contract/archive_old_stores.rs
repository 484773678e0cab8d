//! What an older carat recorded is kept, goes on, and can be exported.

use std::fs;
use std::path::Path;

use carat_core::{Grade, Labels, Outcome, Score, Sink};
use carat_store::Detail;
use serde_json::json;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, SqlSafeStr as _};

use crate::archive::{events_of, exported, opened};
use crate::fixtures::*;

const SHAPES: [&str; 2] = [
    include_str!("../../migrations/0001_journal_contents_versions.sql"),
    include_str!("../../migrations/0002_judgements.sql"),
];

/// An empty store of one of the shapes, counted from 1, that an older carat gave to it.
pub(crate) async fn of_shape(shape: usize, folder: &Path) -> SqliteConnection {
    let file = location(folder);
    fs::create_dir_all(Path::new(&file).parent().unwrap()).unwrap();
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let migration = |(number, text): (i64, &'static str)| {
        Migration::new(number, "as it was".into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    let shapes = (1..).zip(SHAPES).take(shape).map(migration).collect();
    Migrator::with_migrations(shapes).run_direct(None, &mut connection, false).await.unwrap();
    connection
}

/// A store of the first shape, with a run of two events: as the carat of then wrote it.
async fn old_store(folder: &Path) {
    let mut connection = of_shape(1, folder).await;
    let digest = row(1).digest();
    let started = json!({"kind": "run_started", "format": 1, "run": run(1), "at": AT, "plan": {
        "eval": "triage", "spec_file": "evals/triage.yaml", "spec_digest": digest, "variants": [], "trials": 1,
        "dataset": {"name": "tickets", "version": 1, "digest": digest, "rows": 1}, "cases": 1,
        "scorers": [{"name": "queue", "kind": "choice", "digest": digest, "verdict": true}]}});
    let verdicts = r#"{"scores":[["queue",1.0,true,null,["billing","billing"]],["close",0.5,null,null,null]]}"#;
    sqlx::query("INSERT INTO runs VALUES (1, $1, 'triage', NULL, $2)")
        .bind(run(1).to_string())
        .bind(AT)
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query("INSERT INTO events VALUES (1, 0, 0, 'run_started', $1)")
        .bind(started.to_string())
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query("INSERT INTO contents VALUES (1, $1, $2)")
        .bind(digest.as_bytes().as_slice())
        .bind(serde_json::to_string(&row(1)).unwrap())
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query("INSERT INTO uses VALUES (1, 1)").execute(&mut connection).await.unwrap();
    sqlx::query(
        "INSERT INTO samples VALUES (1, 1, 0, 1000, 0, 0, 't-1', $1, $2, 0, 1, 412000, $3, \
         '{\"text\":\"billing\",\"finish_reason\":\"stop\"}', '{\"messages\":[{\"role\":\"user\",\"content\":\"Which?\"}]}')",
    )
    .bind(digest.as_bytes().as_slice())
    .bind(request(&["Which?"]).digest().as_bytes().as_slice())
    .bind(verdicts)
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_store_of_the_first_shape_keeps_its_runs_and_takes_new_ones() {
    let folder = folder();
    old_store(folder.path()).await;
    let store = open(folder.path()).await;
    let runs = store.runs().await.unwrap();
    assert_eq!((runs.len(), runs[0].id.clone(), runs[0].samples), (1, run(1), 1));

    let mut expected = sample(0, row(1), request(&["Which?"]));
    let Outcome::Completed { scores, .. } = &mut expected.outcome else { panic!("it has an answer") };
    let labels = Labels { expected: "billing".into(), predicted: Some("billing".into()) };
    let close = Score::from(Grade::Value(carat_core::UnitInterval::new(0.5).unwrap()));
    *scores = vec![
        ("queue".into(), Score { labels: Some(labels), ..Score::from(Grade::Pass(true)) }),
        ("close".into(), close),
    ];
    let events = replayed(&store, &run(1), Detail::Full).await;
    assert_eq!(events[1], finished_case(1, expected));
    assert!(store.recorded(&run(1)).await.unwrap()[0].scored);
    assert_eq!(events_of(&opened(folder.path(), &exported(&store, &run(1)).await).unwrap(), Detail::Full), events);

    let mut journal = store.reopen_run(&run(1)).await.unwrap();
    let verdict = judged(2, judgement(1, "Is it polite?", "PASS"));
    journal.emit(std::slice::from_ref(&verdict)).await.unwrap();
    journal.close().await;
    store.close().await;
    let again = open(folder.path()).await;
    assert_eq!(replayed(&again, &run(1), Detail::Full).await, [events, vec![verdict]].concat());
}
