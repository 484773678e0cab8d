//! Parquet files, written by the library's own writer.

use std::sync::Arc;

use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::json;

use super::Folder;
use carat_registry::dataset::{Kind, check, survey};

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// Writes the next column: its values, and its definition and repetition levels.
fn put<T: DataType>(group: &mut Group<'_>, values: &[T::T], defined: Option<&[i16]>, repeated: Option<&[i16]>) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, defined, repeated).unwrap();
    column.close().unwrap();
}

fn texts(texts: &[&str]) -> Vec<ByteArray> {
    texts.iter().map(|text| ByteArray::from(text.as_bytes().to_vec())).collect()
}

fn file(schema: &str, groups: &[&dyn Fn(&mut Group<'_>)]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    for fill in groups {
        let mut group = writer.next_row_group().unwrap();
        fill(&mut group);
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

const SCHEMA: &str = "message rows {
    required int64 id;
    required binary body (UTF8);
    optional double amount;
    required float share;
    required boolean urgent;
    required int64 at (TIMESTAMP(MICROS, true));
    required int64 seen (TIMESTAMP(NANOS, false));
    required int32 day (DATE);
    required int32 price (DECIMAL(9, 2));
    optional binary expected (UTF8);
    optional group tags (LIST) { repeated group list { optional binary element (UTF8); } }
    optional group metadata { optional binary source (UTF8); optional int64 page; }
    optional int64 __index_level_0__;
}";

fn full(first: i64) -> impl Fn(&mut Group<'_>) {
    move |group| {
        put::<Int64Type>(group, &[first, first + 1], None, None);
        put::<ByteArrayType>(group, &texts(&["héllo", ""]), None, None);
        put::<DoubleType>(group, &[1.5], Some(&[1, 0]), None);
        put::<FloatType>(group, &[0.1, f32::NAN], None, None);
        put::<BoolType>(group, &[true, false], None, None);
        put::<Int64Type>(group, &[1_700_000_000_123_456, 0], None, None);
        put::<Int64Type>(group, &[1_700_000_000_000_000_001, 0], None, None);
        put::<Int32Type>(group, &[19_723, -1], None, None);
        put::<Int32Type>(group, &[-1205, 5], None, None);
        put::<ByteArrayType>(group, &texts(&["{\"a\": 1}"]), Some(&[1, 0]), None);
        put::<ByteArrayType>(group, &texts(&["de", "long"]), Some(&[3, 3, 0]), Some(&[0, 1, 0]));
        put::<ByteArrayType>(group, &texts(&["s"]), Some(&[2, 0]), None);
        put::<Int64Type>(group, &[7], Some(&[2, 0]), None);
        put::<Int64Type>(group, &[0, 1], Some(&[1, 1]), None);
    }
}

#[test]
fn types_are_kept_and_times_are_text() {
    let folder = Folder::new();
    folder.put("t.parquet", file(SCHEMA, &[&full(1), &full(3)]));
    let rows = folder.read("t.parquet").unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(
        serde_json::to_value(&rows[0]).unwrap(),
        json!({
            "id": "1",
            "input": {
                "body": "héllo", "amount": 1.5, "share": 0.1, "urgent": true, "at": "2023-11-14T22:13:20.123456Z",
                "seen": "2023-11-14T22:13:20.000000001Z", "day": "2024-01-01", "price": "-12.05",
            },
            "expected": "{\"a\": 1}",
            "tags": ["de", "long"],
            "metadata": {"source": "s", "page": 7},
        })
    );
    assert_eq!(
        serde_json::to_value(&rows[3]).unwrap(),
        json!({
            "id": "4",
            "input": {
                "body": "", "amount": null, "share": null, "urgent": false, "at": "1970-01-01T00:00:00Z",
                "seen": "1970-01-01T00:00:00Z", "day": "1969-12-31", "price": "0.05",
            },
        })
    );
}

#[test]
fn rows_are_numbered_across_row_groups() {
    let folder = Folder::new();
    folder.put("t.parquet", file(SCHEMA, &[&full(1), &full(2)]));
    insta::assert_snapshot!(
        survey(&folder.dataset("t.parquet")).unwrap_err(),
        @"t.parquet:3: the id `2` is that of line 2 already; rename one of the two rows, or delete it"
    );
}

#[test]
fn an_input_struct_and_a_conversation_are_read() {
    let schema = "message rows {
        optional group input { optional binary body (UTF8); }
        optional group messages (LIST) { repeated group list { optional group element {
            optional binary role (UTF8); optional binary content (UTF8); } } }
    }";
    let fill = |group: &mut Group<'_>| {
        put::<ByteArrayType>(group, &texts(&["a"]), Some(&[2]), None);
        put::<ByteArrayType>(group, &texts(&["user", "assistant"]), Some(&[4, 4]), Some(&[0, 1]));
        put::<ByteArrayType>(group, &texts(&["hi"]), Some(&[4, 3]), Some(&[0, 1]));
    };
    let folder = Folder::new();
    folder.put("t.parquet", file(schema, &[&fill]));
    let rows = folder.read("t.parquet").unwrap();
    assert_eq!(rows[0].input["body"], "a");
    assert_eq!(rows[0].messages[0].joined_text(), "hi");
    assert!(rows[0].messages[1].content.is_empty());
}

#[test]
fn what_has_no_json_is_refused_and_the_rest_still_checked() {
    let schema = "message rows { required int64 id; required binary picture; required double weight; }";
    let fill = |group: &mut Group<'_>| {
        put::<Int64Type>(group, &[1, 2, 3], None, None);
        let bytes = [vec![0xff, 0xd8], b"plain".to_vec(), b"plain".to_vec()];
        put::<ByteArrayType>(group, &bytes.map(ByteArray::from), None, None);
        put::<DoubleType>(group, &[1.0, f64::INFINITY, 2.0], None, None);
    };
    let folder = Folder::new();
    folder.put("t.parquet", file(schema, &[&fill]));
    let findings = check(&folder.dataset("t.parquet"));
    assert_eq!(findings.rows, 1);
    let unreadable = findings.findings.iter().filter(|finding| finding.kind == Kind::Unreadable);
    let said: Vec<String> = unreadable.map(|f| format!("{}: {}", f.rows[0].line, f.message)).collect();
    assert_eq!(
        said,
        [
            "1: column `picture`: holds bytes that are not text; drop the column, or write it as text (base64)",
            "2: column `weight`: holds an infinite number, which JSON does not have",
        ]
    );
}

#[test]
fn a_damaged_file_is_an_error_and_never_a_panic() {
    let whole = file(SCHEMA, &[&full(1)]);
    let folder = Folder::new();
    let mut refused = 0;
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        folder.put("t.parquet", &damaged);
        refused += u32::from(folder.read("t.parquet").is_err());
    }
    assert!(refused > 20, "only {refused} damages were seen");
}
