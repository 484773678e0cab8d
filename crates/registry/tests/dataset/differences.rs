//! Two datasets side by side.

use carat_registry::dataset::{DatasetDiff, diff};
use serde_json::json;

use super::Folder;

#[test]
fn every_kind_of_change_is_told_apart() {
    let folder = Folder::of(&[
        (
            "before.jsonl",
            r#"{"id": "same", "body": "1", "expected": "x", "tags": ["t"]}
{"id": "gone", "body": "2"}
{"id": "asked", "body": "3", "expected": "x"}
{"id": "expected", "body": "4", "expected": "x"}
{"id": "tagged", "body": "5", "metadata": {"a": 1}}
{"id": "all", "body": "6", "expected": "x", "split": "dev"}
{"body": "nameless"}
"#,
        ),
        (
            "after.csv",
            "tags,id,body,expected,split\n,asked,3!,x,\n,new,7,,\nt,same,1,x,\n,expected,4,,\n,tagged,5,,\n,all,6!,y,test\n,,nameless,,\n",
        ),
    ]);
    let found = diff(&folder.dataset("before.jsonl"), &folder.dataset("after.csv")).unwrap();
    let change = |id: &str, before: u64, after: u64, parts: [bool; 3]| json!({"id": id, "before": before, "after": after, "input": parts[0], "expected": parts[1], "other": parts[2]});
    assert_eq!(
        serde_json::to_value(&found).unwrap(),
        json!({
            "added": [{"line": 3, "id": "new"}],
            "removed": [{"line": 2, "id": "gone"}],
            "changed": [
                change("asked", 3, 2, [true, false, false]),
                change("expected", 4, 5, [false, true, false]),
                change("tagged", 5, 6, [false, false, true]),
                change("all", 6, 7, [true, true, true]),
            ],
            "unchanged": 2,
        })
    );
    assert!(!found.is_empty());
}

#[test]
fn the_same_rows_in_another_order_are_no_change() {
    let folder = Folder::of(&[("a.jsonl", "{\"id\": 1}\n{\"id\": 2}\n"), ("b.jsonl", "{\"id\": 2}\n{\"id\": 1}\n")]);
    let found = diff(&folder.dataset("a.jsonl"), &folder.dataset("b.jsonl")).unwrap();
    assert_eq!(found, DatasetDiff { unchanged: 2, ..DatasetDiff::default() });
    assert!(found.is_empty());
}

#[test]
fn rows_of_one_name_are_refused_on_either_side() {
    let folder = Folder::of(&[("a.jsonl", "{\"id\": 1}\n"), ("b.jsonl", "{\"id\": 2}\n{\"id\": 2}\n")]);
    for (before, after) in [("a.jsonl", "b.jsonl"), ("b.jsonl", "a.jsonl")] {
        let error = diff(&folder.dataset(before), &folder.dataset(after)).unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("b.jsonl", Some(2)));
    }
}
