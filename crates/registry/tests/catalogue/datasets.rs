//! Datasets as files and as versions.

use std::fmt::Write as _;

use carat_core::version::Kind;
use carat_core::{Row, Rows as _};
use carat_registry::dataset::{Selection, diff, survey};
use carat_registry::{CatalogueError, FoundDataset};
use serde_json::json;

use super::World;

const FILE: &str = "datasets/tickets.jsonl";

/// More rows than are read at a time, each with everything that a row may have.
fn many(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let row = json!({
            "id": format!("t-{number}"),
            "input": {"body": format!("mail {number}\u{0}\n"), "at": 0.1 + number as f64},
            "expected": {"class": number % 3},
            "tags": ["de"],
            "split": if number % 2 == 0 { "dev" } else { "test" },
            "metadata": {"big": 1e300, "null": null},
            "messages": [{"role": "user", "content": "hello"}],
        });
        writeln!(text, "{row}").unwrap();
        text
    })
}

fn rows(found: &FoundDataset) -> Vec<Row> {
    found.rows.open().unwrap().collect::<Result<_, _>>().unwrap()
}

async fn save(world: &World, keep_rows: bool) -> u32 {
    let found = world.catalogue.dataset("tickets").await.unwrap();
    world.catalogue.save_dataset(&found, keep_rows, None).await.unwrap().id.number
}

#[tokio::test]
async fn the_rows_of_an_old_version_read_back_equal() {
    let mut world = World::of(&[(FILE, &many(300))]).await;
    let before = world.catalogue.dataset("tickets").await.unwrap();
    assert_eq!(save(&world, true).await, 1);
    world.put(FILE, "{\"id\": 1}\n");
    assert_eq!(save(&world, true).await, 2);
    world.delete(FILE);

    let found = world.catalogue.dataset("tickets@1").await.unwrap();
    assert_eq!(rows(&found), rows_of_text(&many(300)));
    assert_eq!((found.digest, &found.survey, found.rows.shown()), (before.digest, &before.survey, "tickets@1"));
    let lines: Vec<u64> = found.rows.located().unwrap().map(|located| located.unwrap().line).collect();
    assert!(lines.into_iter().eq(1..=300));
    // Again from the start, as often as wanted, and by whoever blocks the only thread of the runtime.
    assert_eq!(survey(&*found.rows).unwrap(), before.survey);
    assert_eq!(found.rows.open().unwrap().take(130).count(), 130);
    let odd = Selection { split: Some("test".to_owned()), ..Selection::default() }.of(found.rows).unwrap();
    assert_eq!(odd.open().unwrap().count(), 150);
}

fn rows_of_text(text: &str) -> Vec<Row> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn the_same_rows_in_another_format_are_the_same_version() {
    let mut world = World::of(&[(FILE, "{\"id\": \"1\", \"body\": \"a\"}\n{\"id\": 2, \"body\": \"b\"}\n")]).await;
    assert_eq!(save(&world, true).await, 1);
    world.delete(FILE);
    world.put("datasets/tickets.csv", "body,id\na,1\nb,2\n");
    assert_eq!(save(&world, true).await, 1);
    world.put("datasets/tickets.csv", "body,id\nb,2\na,1\n");
    assert_eq!(save(&world, true).await, 2);
}

#[tokio::test]
async fn a_dataset_below_another_folder_has_a_name_of_its_own() {
    let world =
        World::of(&[("datasets/a/mails.jsonl", "{\"id\": 1}\n"), ("datasets/b/mails.jsonl", "{\"id\": 2}\n")]).await;
    for (reference, name) in
        [("a/mails", "a/mails"), ("datasets/b/mails.jsonl", "b/mails"), ("b/mails.jsonl", "b/mails")]
    {
        assert_eq!(world.catalogue.dataset(reference).await.unwrap().name, name, "{reference}");
    }
}

#[tokio::test]
async fn rows_that_were_not_kept_are_read_from_the_file_as_long_as_it_is_the_same() {
    let mut world = World::of(&[(FILE, &many(3))]).await;
    assert_eq!(save(&world, false).await, 1);
    let found = world.catalogue.dataset("tickets@1").await.unwrap();
    assert_eq!((rows(&found).len(), found.version.as_ref().map(|id| id.number)), (3, Some(1)));
    world.put(FILE, "{\"id\": 1}\n");
    let error = world.catalogue.dataset("tickets@1").await.unwrap_err();
    insta::assert_snapshot!(error, @"of the dataset tickets@1 (aec603688ad0) only the name is known: its rows were not kept, and the file has changed since; they are kept when all of them are evaluated, and by `carat dataset save`");
}

#[tokio::test]
async fn rows_are_kept_once_the_whole_is_saved() {
    let mut world = World::of(&[(FILE, &many(3))]).await;
    assert_eq!(save(&world, false).await, 1);
    // A version that is read from the file can be kept as well.
    let found = world.catalogue.dataset("tickets@1").await.unwrap();
    let saved = world.catalogue.save_dataset(&found, true, None).await.unwrap();
    assert_eq!((saved.id.number, saved.is_new), (1, false));
    assert_eq!(save(&world, true).await, 1);
    world.put(FILE, "{\"id\": 1}\n");
    assert_eq!(rows(&world.catalogue.dataset("tickets@1").await.unwrap()), rows_of_text(&many(3)));
}

#[tokio::test]
async fn a_file_that_changes_between_two_readings_makes_no_version_of_other_rows() {
    let mut world = World::of(&[(FILE, &many(3))]).await;
    let found = world.catalogue.dataset("tickets").await.unwrap();
    world.put(FILE, many(4));
    let error = world.catalogue.save_dataset(&found, true, None).await.unwrap_err();
    assert!(matches!(error, CatalogueError::Changed(_)), "{error:?}");
    assert_eq!(world.catalogue.store.versions(Kind::Dataset, "tickets").await.unwrap(), []);
    assert_eq!(world.catalogue.store.audit_head().await.unwrap(), None);
}

#[tokio::test]
async fn a_version_is_compared_with_the_file_row_by_row() {
    let mut world = World::of(&[(FILE, "{\"id\": 1, \"body\": \"a\"}\n{\"id\": 2, \"body\": \"b\"}\n")]).await;
    assert_eq!(save(&world, true).await, 1);
    world.put(FILE, "{\"id\": 3, \"body\": \"c\"}\n{\"id\": 2, \"body\": \"b\", \"expected\": \"x\"}\n");
    assert_eq!(save(&world, true).await, 2);
    let (one, two) =
        (world.catalogue.dataset("tickets@1").await.unwrap(), world.catalogue.dataset("tickets@2").await.unwrap());
    let file = world.catalogue.dataset("tickets").await.unwrap();
    for after in [two, file] {
        assert_eq!(
            json!(diff(&*one.rows, &*after.rows).unwrap()),
            json!({
                "added": [{"line": 1, "id": "3"}],
                "removed": [{"line": 1, "id": "1"}],
                "changed": [{"id": "2", "before": 2, "after": 2, "input": false, "expected": true, "other": false}],
                "unchanged": 0,
            })
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_readers_of_one_version_read_the_same() {
    let world = World::of(&[(FILE, &many(300))]).await;
    save(&world, true).await;
    let found = world.catalogue.dataset("tickets@1").await.unwrap();
    let read = |_| {
        let found = found.clone();
        tokio::task::spawn_blocking(move || rows(&found).len())
    };
    for reader in (0..8).map(read).collect::<Vec<_>>() {
        assert_eq!(reader.await.unwrap(), 300);
    }
}
