//! Every bad file, and what a person is told of it.

use insta::assert_snapshot;

use super::{Folder, read, refusal};
use carat_registry::dataset::{Dataset, survey};

const GOOD: &str = "{\"id\": 1, \"input\": {\"body\": \"a\"}}\n";

fn jsonl(line: &str) -> String {
    refusal("t.jsonl", format!("{GOOD}{line}\n{GOOD}"))
}

#[test]
fn a_line_that_is_not_json_is_refused_with_its_column() {
    assert_snapshot!(jsonl(r#"{"id": "é" "input": {}}"#), @"t.jsonl:2: column 12 is not JSON: expected `,` or `}`");
    assert_snapshot!(
        jsonl("{'id': 'a'}"),
        @"t.jsonl:2: column 2 is not JSON: key must be a string; this looks like Python, whose `json.dumps(row)` writes JSON"
    );
    assert_snapshot!(
        jsonl(r#"{"x": NaN}"#),
        @"t.jsonl:2: column 7 is not JSON: expected value; JSON has no NaN, Infinity or None, so write null"
    );
    assert_snapshot!(
        jsonl(r#"{"x": 1} {"x": 2}"#),
        @"t.jsonl:2: column 10 is not JSON: trailing characters; a line has one row, so something stands behind it"
    );
}

#[test]
fn a_row_over_several_lines_is_refused_with_the_command_that_joins_them() {
    assert_snapshot!(
        refusal("t.jsonl", "{\n  \"id\": 1\n}\n"),
        @"t.jsonl:1: the row does not end on its line (EOF while parsing an object); a row stands on one line: `jq -c . t.jsonl > rows-t.jsonl`"
    );
}

#[test]
fn a_file_that_was_cut_off_is_refused() {
    assert_snapshot!(
        refusal("t.jsonl", format!("{GOOD}{{\"id\": 2, \"inp")),
        @"t.jsonl:2: the file ends in the middle of a row; was it cut off? Write it again, or delete this line"
    );
}

#[test]
fn a_line_that_is_not_an_object_is_refused() {
    assert_snapshot!(jsonl("7"), @"t.jsonl:2: a row is an object on one line, and this is a number");
    assert_snapshot!(
        jsonl("[{\"id\": 1}]"),
        @"t.jsonl:2: a row is an object on one line, and this is a list; `jq -c '.[]' t.jsonl > rows-t.jsonl` writes a list's items so"
    );
}

#[test]
fn fields_of_the_wrong_type_are_refused() {
    assert_snapshot!(jsonl(r#"{"tags": "de"}"#), @r#"t.jsonl:2: `tags` is a string, not a list of strings, as in ["de", "long"]"#);
    assert_snapshot!(jsonl(r#"{"tags": [1]}"#), @"t.jsonl:2: a tag in `tags` is a number, not a string");
    assert_snapshot!(jsonl(r#"{"id": 1.5}"#), @"t.jsonl:2: `id` is a number, not a string or an integer");
    assert_snapshot!(jsonl(r#"{"id": ""}"#), @"t.jsonl:2: `id` is empty; leave it out or give the row a name");
    assert_snapshot!(jsonl(r#"{"split": ["test"]}"#), @r#"t.jsonl:2: `split` is a list, not a string, as in "test""#);
    assert_snapshot!(jsonl(r#"{"metadata": "x"}"#), @r#"t.jsonl:2: `metadata` is a string, not an object, as in {"source": "2026-05"}"#);
    assert_snapshot!(
        jsonl(r#"{"messages": [{"role": "usr", "content": "x"}]}"#),
        @"t.jsonl:2: message 1: nobody has the role `usr`; did you mean `user`?"
    );
}

#[test]
fn a_misspelt_field_beside_an_input_object_is_refused() {
    assert_snapshot!(
        jsonl(r#"{"expcted": "x", "input": {}}"#),
        @"t.jsonl:2: unknown key `expcted` beside `input`; did you mean `expected`?"
    );
    assert_snapshot!(
        jsonl(r#"{"input": {}, "source": "x"}"#),
        @"t.jsonl:2: unknown key `source` beside `input`; put it into `input` if prompts use it, else into `metadata`"
    );
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    assert_snapshot!(jsonl(r#"{"id": 1, "id": 2}"#), @"t.jsonl:2: the key `id` stands twice in the row; keep one");
    assert_snapshot!(jsonl(r#"{"body": 1, "body": 2}"#), @"t.jsonl:2: the key `body` stands twice in the row; keep one");
}

#[test]
fn nothing_comes_after_an_error() {
    let folder = Folder::of(&[("t.jsonl", &format!("{GOOD}7\n{GOOD}"))]);
    let rows = carat_core::Rows::open(&folder.dataset("t.jsonl")).unwrap();
    assert_eq!(rows.map(|row| row.is_ok()).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn ragged_records_are_refused() {
    assert_snapshot!(refusal("t.csv", "id,body\n1,a\n2\n"), @"t.csv:3: expected 2 columns as in the header, found 1");
    assert_snapshot!(
        refusal("t.csv", "id,body\n1,a\n\n2,b,c\n"),
        @"t.csv:4: expected 2 columns as in the header, found 3; a cell that has the separator in it stands in double quotes"
    );
    assert_snapshot!(
        refusal("t.csv", "id,body\r\n1,\"a\r\n2,b\",c\r\n"),
        @"t.csv:2: expected 2 columns as in the header, found 3; the row runs on to line 3: is a quote left open?"
    );
}

#[test]
fn text_behind_a_closing_quote_is_refused_rather_than_swallowing_a_row() {
    assert_snapshot!(
        refusal("t.csv", "id,body\n1,\"a\n2,\"b\"\n"),
        @"t.csv:3: column 4: text stands behind a closing quote; the row began on line 2: is a quote left open there?"
    );
    assert_snapshot!(
        refusal("t.csv", "id,body\n1,\"a\" b\n"),
        @"t.csv:2: column 6: text stands behind a closing quote; a quote within a cell is doubled"
    );
}

#[test]
fn a_quote_that_is_never_closed_is_refused_rather_than_swallowing_the_rest() {
    assert_snapshot!(
        refusal("t.csv", "id,body\n1,\"a\n2,b\n3,c\n"),
        @"t.csv:2: a quote is opened in this row and never closed: the file ends within it"
    );
}

#[test]
fn a_header_that_cannot_be_is_refused() {
    assert_snapshot!(
        refusal("t.csv", "id,body,id\n"),
        @"t.csv:1: the header names `id` twice, in columns 1 and 3; rename one"
    );
    assert_snapshot!(
        refusal("t.csv", ",body\n0,a\n"),
        @"t.csv:1: column 1 has no name in the header; pandas writes its index so, `to_csv(index=False)` does not"
    );
    assert_snapshot!(
        refusal("t.csv", "id;body\n1;a\n"),
        @"t.csv:1: the header's names seem to be separated by semicolons; a .csv file has commas, a .tsv file tabs"
    );
}

#[test]
fn cells_that_should_be_json_and_are_not_are_refused() {
    assert_snapshot!(
        refusal("t.csv", "tags\n[de\n"),
        @r#"t.csv:2: `tags` is not a JSON list, as in ["de", "long"]: expected value at line 1 column 2"#
    );
    assert_snapshot!(
        refusal("t.csv", "metadata\nx\n"),
        @"t.csv:2: `metadata` is not a JSON object: expected value at line 1 column 1"
    );
}

#[test]
fn text_that_is_not_utf8_is_refused_with_the_command_that_makes_it_so() {
    assert_snapshot!(
        refusal("t.csv", b"id,body\n1,caf\xe9\n"),
        @"t.csv:2: byte 13 of the file (0xe9) is not UTF-8; the text looks like WINDOWS-1252: `iconv -f WINDOWS-1252 -t UTF-8 t.csv > utf8-t.csv`"
    );
    assert_snapshot!(
        refusal("t.jsonl", b"\xef\xbb\xbf{\"body\": \"\xc3\xa9\xff\"}\n"),
        @"t.jsonl:1: byte 15 of the file (0xff) is not UTF-8; the text around it is UTF-8, so the file is probably damaged there"
    );
    let utf16: Vec<u8> = "id,body\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_snapshot!(
        refusal("t.csv", [&[0xff, 0xfe], utf16.as_slice()].concat()),
        @"t.csv:1: the file is UTF-16, not UTF-8: `iconv -f UTF-16 -t UTF-8 t.csv > utf8-t.csv`"
    );
    assert_snapshot!(
        refusal("t.csv", utf16),
        @"t.csv:1: the file is UTF-16LE, not UTF-8: `iconv -f UTF-16LE -t UTF-8 t.csv > utf8-t.csv`"
    );
    assert_snapshot!(
        refusal("t.jsonl", b"PAR1\x15\x04"),
        @"t.jsonl:1: the file is Parquet, not text; give it the ending .parquet"
    );
}

#[test]
fn a_row_of_fifty_megabytes_is_read_and_one_of_sixty_five_is_not() {
    let row = |megabytes: usize| format!("{{\"body\": \"{}\"}}\n", "x".repeat(megabytes << 20));
    assert_eq!(read("t.jsonl", row(50)).unwrap()[0].input["body"].as_str().unwrap().len(), 50 << 20);
    assert_snapshot!(
        refusal("t.jsonl", row(65)),
        @"t.jsonl:1: the row is larger than 64 MB; keep large things in files of their own and name them in the row"
    );
    assert_snapshot!(
        refusal("t.csv", format!("body\n\"{}", format!("{}\n", "x".repeat(1 << 16)).repeat(1100))),
        @"t.csv:2: the row is larger than 64 MB; is a quote left open?"
    );
}

#[test]
fn files_that_cannot_be_opened_are_refused() {
    let folder =
        Folder::of(&[("tickets.jsonl", ""), ("a.json", ""), ("a.txt", ""), ("a.csv.gz", ""), ("in/x.csv", "")]);
    let refuse = |name: &str| Dataset::open(&folder.path(name), name).unwrap_err().to_string();
    assert_snapshot!(refuse("tikets.jsonl"), @"tikets.jsonl: there is no such file; did you mean `tickets.jsonl`?");
    assert_snapshot!(refuse("data/a.csv"), @"data/a.csv: there is no such file; nor is there its folder");
    assert_snapshot!(refuse("in"), @"in: is a folder; name a dataset file in it");
    assert_snapshot!(
        refuse("a.json"),
        @"a.json: is JSON, and a dataset has one row a line: `jq -c '.[]' a.json > a.jsonl`"
    );
    assert_snapshot!(refuse("a.csv.gz"), @"a.csv.gz: is compressed: `gunzip -k a.csv.gz`");
    assert_snapshot!(
        refuse("a.txt"),
        @"a.txt: `.txt` is not a kind of dataset; those are .jsonl, .ndjson, .csv, .tsv and .parquet"
    );
}

#[test]
fn rows_of_one_name_are_refused_with_both_lines() {
    let refuse = |name: &str, text: &str| {
        let folder = Folder::of(&[(name, text)]);
        survey(&folder.dataset(name)).unwrap_err().to_string()
    };
    assert_snapshot!(
        refuse("t.jsonl", "{\"id\": 7}\n\n{\"id\": \"7\", \"x\": 1}\n"),
        @"t.jsonl:3: the id `7` is that of line 1 already; rename one of the two rows, or delete it"
    );
    assert_snapshot!(
        refuse("t.csv", "body\n\"a\nb\"\nc\n\"a\nb\"\n"),
        @"t.csv:5: asks the same as line 2, and neither row has an `id`; delete one, or give each an `id`"
    );
}

#[test]
fn a_parquet_file_that_is_none_is_refused() {
    assert_snapshot!(
        refusal("t.parquet", "PAR1 and then nothing"),
        @"t.parquet: is not a Parquet file that can be read: Invalid Parquet file. Corrupt footer; was it written or copied to its end?"
    );
    assert_snapshot!(
        refusal("t.parquet", ""),
        @"t.parquet: is empty, and even a Parquet file without rows has a schema; write it again"
    );
}
