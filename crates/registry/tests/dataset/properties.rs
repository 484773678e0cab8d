//! What holds for any rows and any bytes.

use carat_core::{Message, Role, Row, RowId};
use carat_registry::dataset::check;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{Folder, read};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        ".*".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{0,4}", inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn any_map() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((".{0,4}", any_json()), 0..4).prop_map(|pairs| pairs.into_iter().collect())
}

prop_compose! {
    fn any_row()(
        id in ".+",
        input in any_map(),
        expected in any_json().prop_map(|value| Some(value).filter(|value| !value.is_null())),
        tags in prop::collection::vec(".*", 0..3),
        split in prop::option::of(".*"),
        metadata in any_map(),
        messages in prop::collection::vec(".*".prop_map(|text| Message::text(Role::User, text)), 0..2),
    ) -> Row {
        Row { id: RowId::from(id), input, expected, tags, split, metadata, messages }
    }
}

prop_compose! {
    /// A row that CSV can say: cells are text, an empty one is none, and keys are columns.
    fn tabular_row()(
        id in ".+",
        body in ".*",
        subject in ".*",
        expected in prop::option::of(prop_oneof!["[^\\[{]+", any_map().prop_map(|map| Value::Object(map).to_string())]),
        tags in prop::collection::vec(".*", 0..3),
        split in prop::option::of(".+"),
        source in prop::option::of(".+"),
    ) -> Row {
        let expected = expected.filter(|text| !text.trim_start().starts_with(['[', '{']) || text.starts_with('{'));
        let expected = expected.map(|text| match serde_json::from_str(&text) {
            Ok(map @ Value::Object(_)) => map,
            _ => Value::String(text),
        });
        let input = [("body", body), ("a subject", subject)].map(|(key, text)| (key.to_owned(), Value::from(text)));
        let metadata = source.map(|source| ("source".to_owned(), Value::from(source))).into_iter().collect();
        Row { id: RowId::from(id), input: input.into_iter().collect(), expected, tags, split, metadata, messages: vec![] }
    }
}

fn as_csv(rows: &[Row], delimiter: u8) -> Vec<u8> {
    let mut csv = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    csv.write_record(["id", "body", "a subject", "expected", "tags", "split", "metadata.source"]).unwrap();
    for row in rows {
        let text = |value: Option<&Value>| match value {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        csv.write_record([
            row.id.to_string(),
            text(row.input.get("body")),
            text(row.input.get("a subject")),
            text(row.expected.as_ref()),
            Value::from(row.tags.clone()).to_string(),
            row.split.clone().unwrap_or_default(),
            text(row.metadata.get("source")),
        ])
        .unwrap();
    }
    csv.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_written_as_jsonl_are_read_back(rows in prop::collection::vec(any_row(), 0..4)) {
        let text: String = rows.iter().map(|row| serde_json::to_string(row).unwrap() + "\n").collect();
        prop_assert_eq!(read("t.jsonl", text).unwrap(), rows);
    }

    #[test]
    fn rows_written_as_csv_are_read_back(rows in prop::collection::vec(tabular_row(), 0..4)) {
        prop_assert_eq!(&read("t.csv", as_csv(&rows, b',')).unwrap(), &rows);
        prop_assert_eq!(&read("t.tsv", as_csv(&rows, b'\t')).unwrap(), &rows);
    }

    #[test]
    fn any_bytes_are_rows_or_an_error_and_never_a_panic(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "([{}\\[\\]\":,;\r\n\t \u{e9}]|id|input|tags|messages|role|true|1e9){0,60}".prop_map(String::into_bytes),
        ],
    ) {
        let folder = Folder::new();
        for name in ["t.jsonl", "t.csv", "t.tsv", "t.parquet"] {
            folder.put(name, &bytes);
            let read = folder.read(name);
            let findings = check(&folder.dataset(name));
            // What stops a run is an error of the check, too.
            prop_assert!(read.is_ok() || findings.findings.iter().any(|f| f.kind == carat_registry::dataset::Kind::Unreadable));
            if let Ok(rows) = read {
                prop_assert_eq!(rows.len() as u64, findings.rows);
            }
        }
    }
}
