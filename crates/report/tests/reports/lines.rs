//! JSON, and JSON Lines.

use carat_core::fold::Report;
use carat_report::{Format, SampleLine};
use serde_json::{Value, json};

use crate::made::{Made, written};

#[test]
fn the_report_is_written_as_it_is() {
    let made = Made { rows: 40, hostile: true };
    let read: Report = serde_json::from_slice(&written(Format::Json, made)).unwrap();
    assert_eq!(read, made.folded().report);
}

#[test]
fn a_sample_is_a_line_of_the_documented_shape() {
    let text = String::from_utf8(written(Format::JsonLines, Made { rows: 1, hostile: false })).unwrap();
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        line,
        json!({
            "row": "t-00000",
            "variant": "support/triage@1×gpt-5-mini",
            "trial": 0,
            "outcome": "completed",
            "request_digest": format!("sha256:{}", "00".repeat(32)),
            "messages": [
                {"role": "system", "content": "You route support tickets. Answer with the queue and one sentence."},
                {"role": "user", "content": "I was charged twice for the spring box and would like to have one of the payments back."},
            ],
            "output": line["output"],
            "finish_reason": "stop",
            "expected": line["expected"],
            "scores": line["scores"],
            "unscored": {},
            "usage": {"input_tokens": line["usage"]["input_tokens"], "output_tokens": 21},
            "latency_ms": line["latency_ms"],
            "attempts": 1,
            "cached": false,
            "error": null,
        })
    );
    let keys: Vec<&String> = line["scores"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["queue", "close", "polite"], "in the order of the spec");
    assert_eq!(line["scores"]["polite"]["reason"], "it greets, and it does not blame");
}

#[test]
fn every_line_is_what_its_schema_says() {
    let schema = serde_json::to_value(schemars::schema_for!(SampleLine<'static>)).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let text = String::from_utf8(written(Format::JsonLines, Made { rows: 300, hostile: true })).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 600);
    for line in &lines {
        let wrong: Vec<String> = schema.iter_errors(line).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?} in {line}");
    }
    assert!(lines.iter().any(|line| line["outcome"] == "unanswered" && line["error"]["kind"] == "timeout"));
    assert!(lines.iter().any(|line| line["unscored"]["polite"]["reason"] == "no-verdict"));
    assert!(!schema.is_valid(&json!({"row": 1})));
}
