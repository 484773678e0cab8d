//! CSV and Parquet, read back.

use carat_report::Format;
use parquet::basic::{LogicalType, Type};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::{Field, Row};

use crate::made::{HOSTILE, Made, written};

const COLUMNS: [&str; 35] = [
    "row",
    "variant",
    "trial",
    "outcome",
    "input",
    "tags",
    "split",
    "expected",
    "output",
    "refusal",
    "tool_calls",
    "finish_reason",
    "queue.value",
    "queue.pass",
    "queue.reason",
    "queue.category",
    "queue.unscored",
    "close.value",
    "close.pass",
    "close.reason",
    "close.category",
    "close.unscored",
    "polite.value",
    "polite.pass",
    "polite.reason",
    "polite.category",
    "polite.unscored",
    "latency_ms",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "attempts",
    "cached",
    "error_kind",
    "error",
];

fn place(name: &str) -> usize {
    COLUMNS.iter().position(|column| *column == name).unwrap()
}

#[test]
fn csv_has_a_record_a_sample_and_no_formula() {
    let made = Made { rows: 300, hostile: true };
    let bytes = written(Format::Csv, made);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 600);
    for (number, record) in records.iter().enumerate() {
        let sample = made.sample(number as u64);
        assert_eq!(&record[place("row")], sample.case.row.as_str());
        assert_eq!(record[place("latency_ms")].parse::<f64>().unwrap(), sample.latency_us.unwrap() as f64 / 1000.0);
        for cell in record {
            assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{cell}");
        }
    }
    assert!(records.iter().any(|record| record[place("output")].contains(HOSTILE)));
    assert!(
        records.iter().any(|record| &record[place("error_kind")] == "timeout" && record[place("output")].is_empty())
    );
    assert!(records.iter().any(|record| record[place("polite.unscored")].starts_with("no-verdict: ")));
}

fn rows(bytes: Vec<u8>) -> (SerializedFileReader<bytes::Bytes>, Vec<Row>) {
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    (reader, rows)
}

fn value(row: &Row, name: &str) -> Field {
    row.get_column_iter().find(|(column, _)| *column == name).unwrap().1.clone()
}

#[test]
fn parquet_says_what_the_samples_say() {
    let made = Made { rows: 300, hostile: true };
    let (reader, rows) = rows(written(Format::Parquet, made));
    let schema = reader.metadata().file_metadata().schema_descr();
    let names: Vec<&str> = schema.columns().iter().map(|column| column.name()).collect();
    assert_eq!(names, COLUMNS);
    let physical = |name: &str| schema.column(place(name)).physical_type();
    assert_eq!(physical("queue.value"), Type::DOUBLE);
    assert_eq!(physical("queue.pass"), Type::BOOLEAN);
    assert_eq!(physical("input_tokens"), Type::INT64);
    assert_eq!(schema.column(place("input")).logical_type_ref(), Some(&LogicalType::Json));
    assert_eq!(schema.column(place("output")).logical_type_ref(), Some(&LogicalType::String));
    assert_eq!(rows.len(), 600);
    for (number, row) in rows.iter().enumerate() {
        let sample = made.sample(number as u64);
        assert_eq!(value(row, "row"), Field::Str(sample.case.row.to_string()));
        let answer = carat_core_text(&sample);
        assert_eq!(value(row, "output"), answer.map_or(Field::Null, Field::Str));
        assert_eq!(value(row, "attempts"), Field::Long(1));
        assert_eq!(value(row, "cached"), Field::Bool(false));
    }
    let costs = rows.iter().filter_map(|row| match value(row, "cost_usd") {
        Field::Double(usd) => Some(usd),
        _ => None,
    });
    let costs: f64 = costs.sum();
    let reported: f64 = made.folded().report.variants.iter().filter_map(|variant| variant.cost.usd).sum();
    assert!((costs - reported).abs() < 1e-9, "{costs} {reported}");
}

fn carat_core_text(sample: &carat_core::Sample) -> Option<String> {
    match &sample.outcome {
        carat_core::Outcome::Completed { completion, .. } => Some(completion.text.clone()),
        _ => None,
    }
}

#[test]
fn parquet_closes_a_row_group_before_it_holds_too_much() {
    let (reader, rows) = rows(written(Format::Parquet, Made { rows: 6_000, hostile: false }));
    assert_eq!(rows.len(), 12_000);
    let groups: Vec<i64> = reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(groups, [10_000, 2_000]);
}

#[test]
fn a_run_without_samples_is_a_table_without_rows() {
    let made = Made { rows: 0, hostile: false };
    let (reader, rows) = rows(written(Format::Parquet, made));
    assert!(rows.is_empty());
    assert_eq!(reader.metadata().file_metadata().schema_descr().num_columns(), COLUMNS.len());
    assert_eq!(written(Format::Csv, made), (COLUMNS.join(",") + "\n").into_bytes());
}
