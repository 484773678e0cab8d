//! Parts of datasets, and what they amount to.

use std::sync::Arc;

use carat_core::{Digest, Rows};
use carat_registry::dataset::{LocatedRows, Selection, survey};

use super::Folder;

const ROWS: &str = r#"{"id": "a-1", "tags": ["de", "long"], "split": "test", "body": "1", "expected": "x"}
{"id": "a-2", "tags": ["de"], "split": "dev", "body": "2"}

{"id": "b/1", "tags": ["en", "long"], "split": "test", "body": "3", "expected": "x"}
{"id": "b/2", "tags": ["long", "de"], "body": "4", "expected": "x"}
"#;

fn chosen(selection: Selection) -> Vec<String> {
    let folder = Folder::of(&[("t.jsonl", ROWS)]);
    let selected = selection.of(Arc::new(folder.dataset("t.jsonl"))).unwrap();
    selected.open().unwrap().map(|row| row.unwrap().id.to_string()).collect()
}

#[test]
fn rows_are_chosen_by_split_tags_name_and_number() {
    let all = Selection::default();
    assert_eq!(chosen(all.clone()), ["a-1", "a-2", "b/1", "b/2"]);
    assert_eq!(chosen(Selection { split: Some("test".into()), ..all.clone() }), ["a-1", "b/1"]);
    assert_eq!(chosen(Selection { tags: vec!["de".into(), "long".into()], ..all.clone() }), ["a-1", "b/2"]);
    assert_eq!(chosen(Selection { only: vec!["b*".into(), "a-2".into()], ..all.clone() }), ["a-2", "b/1", "b/2"]);
    assert_eq!(chosen(Selection { only: vec!["*1".into()], limit: Some(1), ..all.clone() }), ["a-1"]);
    assert!(chosen(Selection { limit: Some(0), ..all }).is_empty());
}

#[test]
fn an_error_is_not_filtered_away() {
    let folder = Folder::of(&[("t.jsonl", "{\"id\": \"a\"}\n7\n")]);
    let none = Selection { split: Some("test".into()), ..Selection::default() };
    let selected = none.of(Arc::new(folder.dataset("t.jsonl"))).unwrap();
    assert!(selected.open().unwrap().next().unwrap().is_err());
}

#[test]
fn a_pattern_that_means_nothing_is_refused() {
    let folder = Folder::of(&[("t.jsonl", ROWS)]);
    let bad = Selection { only: vec!["a[".into()], ..Selection::default() };
    let error = bad.of(Arc::new(folder.dataset("t.jsonl"))).err().unwrap();
    insta::assert_snapshot!(error, @"`a[` is not a pattern for row ids: unclosed character class; missing ']'");
}

#[test]
fn a_survey_counts_and_names_the_rows() {
    let folder = Folder::of(&[("t.jsonl", ROWS)]);
    let dataset = folder.dataset("t.jsonl");
    let survey = survey(&dataset).unwrap();
    let digests: Vec<u8> = dataset.open().unwrap().flat_map(|row| *row.unwrap().digest().as_bytes()).collect();
    assert_eq!(survey.digest, Digest::of_bytes(&digests));
    assert_eq!((survey.rows, survey.expected), (4, 3));
    assert_eq!(survey.splits, [("dev".to_owned(), 1), ("test".to_owned(), 2)].into());
    assert_eq!(survey.tags, [("de".to_owned(), 3), ("en".to_owned(), 1), ("long".to_owned(), 3)].into());
}

#[test]
fn the_digest_follows_the_rows_and_not_the_file() {
    let rows = "{\"id\": \"1\", \"input\": {\"a\": \"x\", \"b\": \"y\"}, \"tags\": [\"t\"]}\n";
    let folder = Folder::of(&[
        ("a.jsonl", rows),
        ("b.jsonl", "\n{\"tags\": [\"t\"], \"b\": \"y\", \"a\": \"x\", \"id\": 1}"),
        ("c.csv", "b,a,id,tags\ny,x,1,t\n"),
        ("d.csv", "b,a,id,tags\ny,z,1,t\n"),
    ]);
    let digest = |name: &str| survey(&folder.dataset(name)).unwrap().digest;
    assert_eq!(digest("a.jsonl"), digest("b.jsonl"));
    assert_eq!(digest("a.jsonl"), digest("c.csv"));
    assert_ne!(digest("a.jsonl"), digest("d.csv"));
}

#[test]
fn lines_are_those_of_the_file_in_a_selection_too() {
    let folder = Folder::of(&[("t.jsonl", ROWS)]);
    let long = Selection { tags: vec!["long".into()], ..Selection::default() };
    let selected = long.of(Arc::new(folder.dataset("t.jsonl"))).unwrap();
    let lines: Vec<u64> = selected.located().unwrap().map(|located| located.unwrap().line).collect();
    assert_eq!(lines, [1, 4, 5]);
}
