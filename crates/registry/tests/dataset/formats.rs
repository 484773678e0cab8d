//! What JSONL and CSV say.

use carat_core::{Row, RowId};
use serde_json::{Map, Value, json};

use super::read;

fn row(value: Value) -> Row {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_full_row_of_jsonl_is_read() {
    let line = r#"{"id": "t-1", "input": {"body": "a", "n": 1}, "expected": {"queue": "x"}, "tags": ["de"], "split": "test", "metadata": {"source": "s"}, "messages": [{"role": "user", "content": "hi"}]}"#;
    let whole: Value = serde_json::from_str(line).unwrap();
    assert_eq!(read("t.jsonl", line).unwrap(), [row(whole)]);
}

#[test]
fn without_an_input_object_the_other_keys_are_the_inputs() {
    let rows = read("t.ndjson", "{\"id\": 1, \"body\": \"a\", \"n\": null}\n{\"id\": 2, \"input\": \"b\"}\n").unwrap();
    assert_eq!(
        rows,
        [row(json!({"id": "1", "input": {"body": "a", "n": null}})), row(json!({"id": "2", "input": {"input": "b"}}))]
    );
}

#[test]
fn a_null_is_the_same_as_nothing() {
    let line = r#"{"id": "a", "input": {}, "expected": null, "tags": null, "split": null, "metadata": null, "messages": null}"#;
    assert_eq!(read("t.jsonl", line).unwrap(), [row(json!({"id": "a", "input": {}}))]);
}

#[test]
fn blank_lines_byte_order_marks_and_windows_line_ends_do_not_matter() {
    let plain = read("t.jsonl", "{\"id\": 1}\n{\"id\": 2}\n").unwrap();
    assert_eq!(read("t.jsonl", "\u{feff}{\"id\": 1}\r\n\r\n  \n{\"id\": 2}").unwrap(), plain);
    let plain = read("t.csv", "id,body\n1,a\n2,b\n").unwrap();
    assert_eq!(read("t.csv", "\u{feff}id,body\r\n1,a\r\n\r\n2,b").unwrap(), plain);
    assert_eq!(read("t.csv", "id,body\r1,a\r2,b\r").unwrap(), plain, "line ends of old Macs");
}

#[test]
fn an_empty_file_has_no_rows() {
    for (name, text) in
        [("t.jsonl", ""), ("t.jsonl", "\n\n"), ("t.csv", ""), ("t.csv", "id,body\n"), ("t.tsv", "\u{feff}")]
    {
        assert_eq!(read(name, text).unwrap(), [], "{name} {text:?}");
    }
}

#[test]
fn the_columns_of_csv_are_the_fields_and_the_rest_is_input() {
    let text = "id,body,input.user.name,expected,tags,split,metadata.source\n\
                t-1,\"a, \"\"b\"\"\nc\",Ada,billing,de; long ;,test,2026-05\n\
                t-2,,,,,,\n";
    assert_eq!(
        read("t.csv", text).unwrap(),
        [
            row(json!({
                "id": "t-1", "input": {"body": "a, \"b\"\nc", "user": {"name": "Ada"}}, "expected": "billing",
                "tags": ["de", "long"], "split": "test", "metadata": {"source": "2026-05"},
            })),
            row(json!({"id": "t-2", "input": {"body": "", "user": {"name": ""}}})),
        ]
    );
}

#[test]
fn an_expected_cell_is_json_where_it_is_an_object_or_a_list_and_else_text() {
    let text = "id\texpected\ttags\n1\t{\"a\": 1}\t[\"x;y\"]\n2\t[1, 2]\t\n3\t12\t\n4\t{not json}\t\n5\ttrue\t\n";
    let rows = read("t.tsv", text).unwrap();
    let expected: Vec<Value> = rows.iter().map(|row| row.expected.clone().unwrap()).collect();
    assert_eq!(expected, [json!({"a": 1}), json!([1, 2]), json!("12"), json!("{not json}"), json!("true")]);
    assert_eq!(rows[0].tags, ["x;y"]);
}

#[test]
fn a_row_without_an_id_is_named_by_what_it_asks_in_every_format() {
    let input: Map<String, Value> = json!({"body": "hello"}).as_object().cloned().unwrap();
    let name = RowId::from(format!("#{}", &Row::input_digest(&input, &[]).hex()[..16]));
    for (file, text) in [
        ("t.jsonl", r#"{"input": {"body": "hello"}, "expected": "x"}"#),
        ("t.jsonl", r#"{"body": "hello"}"#),
        ("t.csv", "id,body\n,hello\n"),
    ] {
        assert_eq!(read(file, text).unwrap()[0].id, name, "{text}");
    }
}

#[test]
fn a_conversation_may_stand_in_a_cell() {
    let rows = read("t.csv", "messages\n\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": \"\"hi\"\"}]\"\n").unwrap();
    assert_eq!(rows[0].messages[0].joined_text(), "hi");
    assert!(rows[0].input.is_empty());
}
