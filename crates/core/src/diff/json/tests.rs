use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Every change on a line: where, where it was, what it was, what it is.
fn told(left: &Value, right: &Value) -> Vec<String> {
    let show = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), Value::to_string);
    let diff = changes(left, right).unwrap_or(JsonDiff { changes: Vec::new(), more: 0 });
    let line = |change: &JsonChange| {
        let was = change.left_path.as_ref().map_or(String::new(), |path| format!(" (was {path})"));
        format!("{}{was}: {} → {}", change.path, show(&change.left), show(&change.right))
    };
    diff.changes.iter().map(line).collect()
}

#[test]
fn every_place_is_told_with_what_stands_there() {
    let left = json!({"total": 3, "items": [{"sku": "A1", "qty": 1}], "gone": {"x": 1}, "n": null});
    let right = json!({"items": [{"sku": "A2", "qty": 1.0}], "total": "3", "new key": [], "n": null});
    assert_eq!(
        told(&left, &right),
        [
            r#"$.items[0].sku: "A1" → "A2""#,
            r#"$.total: 3 → "3""#,
            "$['new key']: nothing → []",
            r#"$.gone: {"x":1} → nothing"#
        ]
    );
    assert_eq!(told(&json!({"a": null}), &json!({})), ["$.a: null → nothing"]);
    assert_eq!(told(&json!([]), &json!({})), ["$: [] → {}"]);
    assert_eq!(changes(&right, &right), None);
}

#[test]
fn items_that_were_inserted_or_removed_do_not_change_those_behind_them() {
    assert_eq!(told(&json!([1, 2, 3]), &json!([0, 1, 2, 3])), ["$[0]: nothing → 0"]);
    assert_eq!(told(&json!([1, 2, 3, 4]), &json!([1, 3, 4, 5])), ["$[1]: 2 → nothing", "$[3]: nothing → 5"]);
    assert_eq!(told(&json!(["a", "b", "c"]), &json!(["a", "x", "c"])), [r#"$[1]: "b" → "x""#]);
}

#[test]
fn an_item_that_moved_and_changed_is_told_with_both_places() {
    let left = json!({"items": [{"sku": "A", "qty": 1, "price": 5}, {"sku": "B", "qty": 1, "price": 7}]});
    let right = json!({"items": [
        {"sku": "N", "qty": 4, "price": 2}, {"sku": "A", "qty": 2, "price": 5}, {"sku": "B", "qty": 1, "price": 7}
    ]});
    assert_eq!(
        told(&left, &right),
        [r#"$.items[0]: nothing → {"sku":"N","qty":4,"price":2}"#, "$.items[1].qty (was $.items[0].qty): 1 → 2",]
    );
    let left = json!(["The parcel is late.", "Nobody called back."]);
    let right = json!(["Something new.", "The parcel is very late.", "Nobody called back."]);
    assert_eq!(
        told(&left, &right),
        [
            r#"$[0]: nothing → "Something new.""#,
            r#"$[1] (was $[0]): "The parcel is late." → "The parcel is very late.""#
        ]
    );
}

#[test]
fn items_that_have_nothing_in_common_change_in_their_places() {
    assert_eq!(told(&json!([1, 2, 3]), &json!([4, "2", [3]])), ["$[0]: 1 → 4", r#"$[1]: 2 → "2""#, "$[2]: 3 → [3]"]);
    assert_eq!(told(&json!([1]), &json!([2, 3])), ["$[0]: 1 → 2", "$[1]: nothing → 3"]);
}

#[test]
fn the_first_changes_are_told_and_the_others_counted() {
    let numbers = |from: u32| json!((from..from + 250).collect::<Vec<_>>());
    let diff = changes(&numbers(0), &numbers(1000)).unwrap();
    assert_eq!((diff.changes.len(), diff.more), (MOST_CHANGES, 50));
    assert_eq!(diff.changes[199].path, "$[199]");
}

#[test]
fn long_keys_are_not_told_over_and_over() {
    let under = |value: u32| json!({"k".repeat(300_000): (value..value + 100).collect::<Vec<_>>()});
    let diff = changes(&under(0), &under(1000)).unwrap();
    assert_eq!((diff.changes.len(), diff.more), (4, 96));
}

#[test]
fn long_lists_are_compared_within_the_bound_of_work() {
    let list = |factor: u64| json!((0..300_000_u64).map(|n| n * factor % 99_991).collect::<Vec<_>>());
    let diff = changes(&list(7), &list(11)).unwrap();
    // The first item is the same; beyond the bound all others are compared place by place.
    assert_eq!((diff.changes.len(), &*diff.changes[0].path), (MOST_CHANGES, "$[1]"));
    assert!(diff.more > 290_000);
}

/// Any JSON, with few keys and values so that two of them have some in common.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2_i64..3).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ab ]{0,5}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[a-c' \\\\é\n]{0,2}", inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// What stands at a path, read back by hand.
fn at<'v>(mut value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut rest = path.strip_prefix('$').unwrap();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("['") {
            let (key, behind) = unquoted(quoted);
            (value, rest) = (value.get(key)?, behind);
        } else if let Some(place) = rest.strip_prefix('[') {
            let (place, behind) = place.split_once(']').unwrap();
            (value, rest) = (value.get(place.parse::<usize>().unwrap())?, behind);
        } else {
            let key = rest.strip_prefix('.').unwrap();
            let end = key.find(['.', '[']).unwrap_or(key.len());
            (value, rest) = (value.get(&key[..end])?, &key[end..]);
        }
    }
    Some(value)
}

fn unquoted(text: &str) -> (String, &str) {
    let (mut key, mut chars) = (String::new(), text.chars());
    loop {
        match chars.next().unwrap() {
            '\'' => return (key, chars.as_str().strip_prefix(']').unwrap()),
            '\\' => key.push(match chars.next().unwrap() {
                'n' => '\n',
                c => c,
            }),
            c => key.push(c),
        }
    }
}

proptest! {
    #[test]
    fn paths_lead_to_what_is_told(left in tree(), right in tree()) {
        for change in changes(&left, &right).map_or(Vec::new(), |diff| diff.changes) {
            let JsonChange { path, left_path, left: before, right: after } = &change;
            if after.is_some() {
                prop_assert_eq!(at(&right, path), after.as_ref(), "{}", path);
            }
            if before.is_some() {
                prop_assert_eq!(at(&left, left_path.as_ref().unwrap_or(path)), before.as_ref(), "{}", path);
            }
            prop_assert!(before != after && (before.is_some() || left_path.is_none()));
        }
    }

    #[test]
    fn what_is_the_same_has_no_changes_and_what_is_not_has_some_either_way(left in tree(), right in tree()) {
        prop_assert_eq!(changes(&left, &left.clone()), None);
        // Canonical JSON knows neither the order of keys nor the notation of numbers.
        let same = crate::Digest::of_json(&left) == crate::Digest::of_json(&right);
        prop_assert_eq!(changes(&left, &right).is_none(), same);
        prop_assert_eq!(changes(&right, &left).is_none(), same);
    }
}
