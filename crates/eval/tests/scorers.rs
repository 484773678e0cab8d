//! The scorers from outside: specs as people write them, rows and answers as they come.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::sync::LazyLock;

use carat_core::spec::ScorerSpec;
use carat_core::{Answer, Completion, Labels, Row, Score, Scorer, Unscored, UnscoredKind, yaml};
use carat_eval::scorers::{ScorerError, build};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn spec(text: &str) -> ScorerSpec {
    yaml::read(&format!("name: s\n{text}\n"), "eval.yaml").unwrap()
}

fn try_scorer(text: &str) -> Result<Box<dyn Scorer>, ScorerError> {
    build(&spec(text), &|path| Err(format!("no file `{path}` here"))).map(Option::unwrap)
}

fn scorer(text: &str) -> Box<dyn Scorer> {
    try_scorer(text).unwrap()
}

fn refusal(text: &str) -> String {
    try_scorer(text).err().map(|error| error.to_string()).unwrap_or_else(|| panic!("`{text}` was taken"))
}

fn row(expected: Option<Value>) -> Row {
    Row {
        id: "r".into(),
        input: Map::new(),
        expected,
        tags: Vec::new(),
        split: None,
        metadata: Map::new(),
        messages: Vec::new(),
    }
}

fn score(scorer: &dyn Scorer, expected: impl Into<Option<Value>>, answer: &str) -> Result<Score, Unscored> {
    let completion = Completion { text: answer.to_owned(), ..Completion::default() };
    scorer.score(&said(&row(expected.into()), &completion))
}

fn said<'a>(row: &'a Row, completion: &'a Completion) -> Answer<'a> {
    Answer { row, request: None, completion, trial: 0, latency: None, cost: None }
}

fn value(text: &str, expected: Value, answer: &str) -> f64 {
    score(&*scorer(text), expected, answer).unwrap().value.get()
}

fn passes(text: &str, expected: Value, answer: &str) -> bool {
    score(&*scorer(text), expected, answer).unwrap().pass.unwrap()
}

fn reason(text: &str, expected: impl Into<Option<Value>>, answer: &str) -> String {
    score(&*scorer(text), expected, answer).unwrap().reason.unwrap_or_default()
}

fn unscored(text: &str, expected: impl Into<Option<Value>>) -> UnscoredKind {
    score(&*scorer(text), expected, "anything").unwrap_err().reason
}

#[test]
fn a_scorer_has_the_name_of_its_spec_and_scores_the_text_of_the_answer() {
    let exact = scorer("exact: {}");
    assert_eq!(exact.name(), "s");
    let right = score(&*exact, json!("billing"), "billing").unwrap();
    assert_eq!((right.value.get(), right.pass, right.reason, right.labels), (1.0, Some(true), None, None));
    assert_eq!(score(&*exact, json!("billing"), "billing\n").unwrap().pass, Some(false));
}

#[test]
fn a_list_is_any_of_for_exact_levenshtein_and_number_and_all_of_for_contains() {
    assert!(passes("exact: {}", json!(["a", "b"]), "b"));
    assert!(passes("number: {}", json!([1, "2"]), "2"));
    assert_eq!(value("levenshtein: {}", json!(["xx", "ab"]), "ac"), 0.5);
    assert!(passes("contains: {}", json!(["a", "b"]), "cab"));
    assert!(!passes("contains: {}", json!(["a", "b"]), "ca"));
    assert!(passes("regex: {pattern: 'is (\\w)', capture: '1'}", json!(["a", "b"]), "it is b"));
}

#[test]
fn a_row_without_an_expectation_is_unscored_where_one_is_needed() {
    let needy = ["exact: {}", "contains: {}", "number: {}", "levenshtein: {}", "choice: {options: [a, b]}"];
    for text in needy.into_iter().chain(["regex: {pattern: '(a)', capture: '1'}", "json: {fields: {'*': equal}}"]) {
        assert_eq!(unscored(text, None), UnscoredKind::NoExpectation, "{text}");
        assert_eq!(unscored(text, Value::Null), UnscoredKind::NoExpectation, "{text}");
    }
    for text in ["contains: {none: [sorry]}", "regex: {pattern: any}", "regex: {pattern: any}\non: {last_line: true}"] {
        assert_eq!(score(&*scorer(text), None, "anything").unwrap().pass, Some(true), "{text}");
    }
    assert_eq!(score(&*scorer("json: {}"), None, "{}").unwrap().pass, Some(true));
}

#[test]
fn an_expectation_that_cannot_be_compared_with_is_unscored_whatever_the_answer() {
    for text in ["exact: {}", "contains: {}", "number: {}", "levenshtein: {}", "choice: {options: [a, b]}"] {
        for expected in [json!({"a": 1}), json!([]), json!([["a"]])] {
            assert_eq!(unscored(text, expected.clone()), UnscoredKind::BadExpectation, "{text} {expected}");
        }
    }
    assert_eq!(unscored("contains: {}", json!("")), UnscoredKind::BadExpectation);
    assert_eq!(unscored("number: {}", json!("60%")), UnscoredKind::BadExpectation);
    assert_eq!(unscored("number: {}", json!(true)), UnscoredKind::BadExpectation);
    assert_eq!(unscored("choice: {options: [a, b]}", json!("c")), UnscoredKind::BadExpectation);
    assert_eq!(unscored("choice: {options: [a, b]}", json!(["a"])), UnscoredKind::BadExpectation);
    assert_eq!(unscored("exact: {trim: true}\non: {regex: nowhere}", json!("  ")), UnscoredKind::BadExpectation);
}

#[test]
fn a_part_that_cannot_be_found_makes_a_wrong_answer_and_not_an_unscored_one() {
    for (text, because) in [
        ("exact: {}\non: {json_path: $.a}", "no value at `$.a`: not JSON: expected value at line 1 column 1"),
        ("number: {}\non: {regex: 'ANSWER: (.*)'}", "no match of `ANSWER: (.*)`"),
    ] {
        let wrong = score(&*scorer(text), json!("5"), "hello").unwrap();
        assert_eq!(
            (wrong.value.get(), wrong.pass, wrong.reason.as_deref()),
            (0.0, Some(false), Some(because)),
            "{text}"
        );
    }
    let blank = score(&*scorer("levenshtein: {}\non: {last_line: true}"), json!("x"), " \n").unwrap();
    assert_eq!((blank.value.get(), blank.pass), (0.0, None));
    let labels = score(&*scorer("choice: {options: [a, b]}\non: {regex: x}"), json!("A"), "a").unwrap().labels;
    assert_eq!(labels, Some(Labels { expected: "a".into(), predicted: None }));
}

#[test]
fn the_part_that_is_found_is_what_is_scored() {
    assert!(passes("number: {}\non: {json_path: '$.total'}", json!(5), r#"{"total": 5.0}"#));
    assert!(passes("choice: {options: [a, b]}\non: {last_line: true}", json!("b"), "a, or rather:\nB.\n\n"));
    assert!(passes("json: {fenced: true}\non: {json_path: '$.inner'}", Value::Null, "```\n{\"inner\": [1]}\n```"));
}

#[test]
fn a_threshold_turns_a_degree_into_a_verdict_and_leaves_the_degree() {
    let near = scorer("levenshtein: {}\nthreshold: 0.8");
    let edge = score(&*near, json!("abcdefghij"), "abcdefghXX").unwrap();
    assert_eq!((edge.value.get(), edge.pass), (0.8, Some(true)));
    let below = score(&*near, json!("abcdefghij"), "abcdefgXXX").unwrap();
    assert_eq!((below.value.get(), below.pass), (0.7, Some(false)));
    let nowhere = score(&*scorer("levenshtein: {}\nthreshold: 0\non: {regex: z}"), json!("a"), "a").unwrap();
    assert_eq!((nowhere.value.get(), nowhere.pass), (0.0, Some(true)));
}

#[test]
fn contains_says_what_is_lacking_or_forbidden() {
    let text = "contains: {all: [refund, order], any: [sorry, apologise], none: ['as an ai'], case: ignore}";
    assert!(passes(text, Value::Null, "Sorry, your REFUND for the order is on its way."));
    assert_eq!(reason(text, None, "Sorry, your refund."), "lacks `order`");
    assert_eq!(reason(text, None, "Refund of the order."), "contains none of `any`");
    assert_eq!(reason(text, None, "Sorry, as an AI I refund no order."), "contains `as an ai`");
    assert_eq!(reason("contains: {}", json!(["a", 5]), "a"), "lacks `5`");
}

#[test]
fn regex_compares_the_captured_text_with_what_is_expected() {
    let text = "regex: {pattern: 'QUEUE: *(?<queue>\\w+)', capture: queue, text: {case: ignore}}";
    assert!(passes(text, json!("Billing"), "QUEUE: billing"));
    assert_eq!(reason(text, json!("billing"), "QUEUE: other"), "captured `other`");
    assert_eq!(reason(text, json!("billing"), "billing"), "no match");
    assert_eq!(reason("regex: {pattern: 'a(b)?', capture: '1'}", json!("b"), "a"), "no text in the group");
    assert!(passes("regex: {pattern: '\\d+', capture: '0'}", json!(12), "twelve (12)"));
    assert!(passes("regex: {pattern: '^[A-Z]{2}-\\d{4}$'}", Value::Null, "AB-1234"));
}

#[test]
fn choice_fills_a_cell_of_the_confusion_matrix() {
    let whole = scorer("choice: {options: [Billing, technical, account, other]}");
    let cell = |answer: &str| {
        let labels = score(&*whole, json!("billing"), answer).unwrap().labels.unwrap();
        assert_eq!(labels.expected, "Billing");
        labels.predicted
    };
    for named in ["billing", " **Billing**.\n", "\"BILLING.\"", "`billing`", "“billing”", "_billing_"] {
        assert_eq!(cell(named).as_deref(), Some("Billing"), "{named}");
    }
    assert_eq!(cell("Technical").as_deref(), Some("technical"));
    for none in ["", "The queue is billing", "billing technical", "\"billing", "bill", "***"] {
        assert_eq!(cell(none), None, "{none}");
    }
    assert_eq!(score(&*whole, json!("billing"), "Technical").unwrap().pass, Some(false));
}

#[test]
fn choice_by_word_takes_exactly_one_class() {
    let text = "choice: {options: [billing, technical], find: word}";
    assert!(passes(text, json!("billing"), "The queue is **billing**, I think."));
    assert_eq!(
        reason(text, json!("billing"), "billing, not technical"),
        "several classes stand in the answer: billing, technical"
    );
    assert_eq!(reason(text, json!("billing"), "rebilling"), "no class stands in the answer");
}

#[test]
fn a_class_with_marks_of_its_own_is_still_recognised() {
    assert!(passes("choice: {options: ['**', '***']}", json!("**"), "\"**\""));
    assert!(passes("choice: {options: [U.S., U.K.]}", json!("u.s."), "U.S."));
    assert!(passes("choice: {options: [1, 2]}".replace("1, 2", "'1', '2'").as_str(), json!(1), "1"));
}

#[test]
fn number_reads_and_compares_as_the_spec_says() {
    assert!(passes("number: {which: last, thousands: true, currency: true}", json!(1234), "First 5, then $1,234."));
    assert!(passes("number: {which: first}", json!(5), "First 5, then 6."));
    assert!(passes("number: {percent: fraction}", json!("60%"), "0.6"));
    assert!(!passes("number: {}", json!(0.3), "0.30000000000000004"));
    assert!(passes("number: {absolute: 0.1}", json!(1), "1.1"));
    assert_eq!(reason("number: {}", json!(5), "5 apples"), "no number: `5 apples`");
    assert_eq!(reason("number: {which: last}", json!(5), "five"), "no number in the answer");
    assert_eq!(reason("number: {}", json!(5), "6"), "read as 6");
}

#[test]
fn json_without_fields_is_valid_or_not() {
    let schema = "json: {schema: {type: object, required: [sku], properties: {n: {type: integer}}}}";
    assert!(passes("json: {}", Value::Null, "[1]"));
    assert!(passes(schema, Value::Null, r#"{"sku": "A", "n": 2}"#));
    assert_eq!(
        reason(schema, None, r#"{"sku": "A", "n": "2"}"#),
        "not by the schema: /n: value is not of type \"integer\""
    );
    assert!(reason(schema, None, "{}").contains("\"sku\" is a required property"), "{}", reason(schema, None, "{}"));
    assert!(reason("json: {}", None, "```json\n{}\n```").contains("`fenced: true`"));
}

#[test]
fn json_with_fields_scores_the_share_that_agrees() {
    let text = "json: {fields: {'*': equal, customer: text, total: number, tags: set, note: ignore}}";
    let expected = json!({"customer": "Ada L.", "total": 10, "tags": ["a", "b"], "id": 7, "note": "x", "coupon": null});
    let right = r#"{"customer": "ada  l.", "total": 10.000001, "tags": ["b", "a"], "id": 7.0, "more": 1}"#;
    assert_eq!(
        score(&*scorer(text), expected.clone(), right).unwrap(),
        Score::from(carat_core::Grade::Value(carat_core::UnitInterval::ONE))
    );
    let wrong = r#"{"customer": "ada l.", "total": "10", "tags": ["b"], "id": 7}"#;
    assert_eq!(value(text, expected.clone(), wrong), 0.6);
    assert_eq!(reason(text, expected.clone(), wrong), "differs in tags, total");
    assert_eq!(value(text, expected.clone(), "no JSON"), 0.0);
    assert_eq!(value(text, Value::from(expected.to_string()), right), 1.0);
}

#[test]
fn json_needs_an_expectation_that_has_the_named_fields() {
    let text = "json: {fields: {customer: text}}";
    let lacking = score(&*scorer(text), json!({"custmer": "x"}), "{}").unwrap_err();
    assert_eq!(lacking.reason, UnscoredKind::BadExpectation);
    assert_eq!(lacking.detail, "the expectation has no field `customer`; did you mean `custmer`?");
    for expected in [json!({"customer": ["x"]}), json!("no json"), json!([1])] {
        assert_eq!(unscored(text, expected), UnscoredKind::BadExpectation);
    }
    assert_eq!(unscored("json: {fields: {'*': equal}}", json!({})), UnscoredKind::BadExpectation);
    assert_eq!(
        value(
            "json: {fields: {items.0.sku: equal, '*': equal}}",
            json!({"items": [{"sku": 1}], "n": 1}),
            r#"{"items": [{"sku": 1}]}"#
        ),
        0.5
    );
}

#[test]
fn a_schema_may_stand_in_a_file() {
    let files = |path: &str| match path {
        "order.schema.json" => Ok(r#"{"type": "object"}"#.to_owned()),
        "broken.json" => Ok("{".to_owned()),
        _ => Err("no such file".to_owned()),
    };
    let with = |path: &str| build(&spec(&format!("json: {{schema: {path}}}")), &files);
    let orders = with("order.schema.json").unwrap();
    assert_eq!(score(&*orders, None, "{}").unwrap().pass, Some(true));
    assert_eq!(score(&*orders, None, "[]").unwrap().pass, Some(false));
    let told = |path: &str| with(path).err().unwrap().to_string();
    assert_eq!(told("missing.json"), "scorer `s`: json.schema: missing.json: no such file");
    assert!(told("broken.json").starts_with("scorer `s`: json.schema: broken.json is not JSON: "));
}

#[test]
fn whatever_is_wrong_in_a_spec_is_said_when_the_scorer_is_made() {
    for (text, told) in [
        ("regex: {pattern: 'a(b'}", "scorer `s`: regex.pattern: at character 2 of `a(b`: unclosed group"),
        (
            "regex: {pattern: '(?<queue>a)', capture: quue}",
            "scorer `s`: regex.capture: `(?<queue>a)` has no group `quue`; did you mean `queue`? (its groups are numbered up to 1)",
        ),
        (
            "regex: {pattern: 'a', capture: '1'}",
            "scorer `s`: regex.capture: `a` has no group `1` (its groups are numbered up to 0)",
        ),
        (
            "regex: {pattern: 'a', text: {trim: true}}",
            "scorer `s`: regex.text: only a captured text is normalised; name the group in `capture`",
        ),
        (
            "choice: {options: [Other, b, other]}",
            "scorer `s`: choice.options: `Other` and `other` are the same class, apart from case",
        ),
        ("choice: {options: [a]}", "scorer `s`: choice.options: a choice needs at least two classes"),
        ("choice: {options: [a, ' ']}", "scorer `s`: choice.options: a class without letters cannot be named"),
        ("contains: {all: [a, '']}", "scorer `s`: contains.all: an empty text is in every answer; leave it out"),
        (
            "contains: {all: [Sorry], none: [sorry], case: ignore}",
            "scorer `s`: contains.none: `sorry` is in `sorry`, which `all` asks for: no answer can pass",
        ),
        ("number: {absolute: -1}", "scorer `s`: number.absolute: -1 is not a tolerance; it is 0 or more"),
        ("number: {relative: .nan}", "scorer `s`: number.relative: NaN is not a tolerance; it is 0 or more"),
        ("levenshtein: {}\nthreshold: 1.5", "scorer `s`: threshold: 1.5 is not a number from 0 to 1"),
        ("levenshtein: {}\nthreshold: .nan", "scorer `s`: threshold: NaN is not a number from 0 to 1"),
        (
            "exact: {}\nthreshold: 0.5",
            "scorer `s`: threshold: `exact` says right or wrong, so there is no degree to compare with; leave it out",
        ),
        (
            "json: {}\nthreshold: 0.5",
            "scorer `s`: threshold: `json without fields` says right or wrong, so there is no degree to compare with; leave it out",
        ),
        ("json: {schema: 5}", "scorer `s`: json.schema: expected a JSON Schema, or the path of a file that holds one"),
        ("json: {fields: {a: ignore}}", "scorer `s`: json.fields: every field is ignored, so that none is compared"),
        (
            "json: {fields: {a: equal, a.b: ignore}}",
            "scorer `s`: json.fields: `a.b` is a part of `a`, which is named as a whole; name one of them",
        ),
        ("json: {fields: {a..b: equal}}", "scorer `s`: json.fields: `a..b` is not a field; write `items.0.sku`"),
        (
            "exact: {}\non: {last_line: false}",
            "scorer `s`: on.last_line: `false` names no part of the answer; leave `on` out",
        ),
        ("exact: {}\non: {regex: '['}", "scorer `s`: on.regex: at character 1 of `[`: unclosed character class"),
        (
            "exact: {}\non: {json_path: 'a.b'}",
            "scorer `s`: on.json_path: at character 1 of `a.b`: not an RFC 9535 JSON path; a path begins with `$`",
        ),
        (
            "exact: {}\non: {json_path: '$.é['}",
            "scorer `s`: on.json_path: at character 4 of `$.é[`: not an RFC 9535 JSON path",
        ),
        ("exact: {}\nnumber: {}", "scorer `s` is both `exact` and `number`; make two scorers of it"),
    ] {
        assert_eq!(refusal(text), told, "{text}");
    }
    assert!(refusal("json: {schema: {type: strnig}}").starts_with("scorer `s`: json.schema: "));
    assert!(refusal("json: {schema: {$ref: 'https://example.org/x'}}").starts_with("scorer `s`: json.schema: "));
}

#[test]
fn scores_are_those_of_the_reference_packages_or_differ_for_a_reason() {
    let reference: Value = serde_json::from_str(include_str!("scorers_reference.json")).unwrap();
    let cases = ["agree", "differ"].map(|list| reference[list].as_array().unwrap());
    assert!(cases[0].len() > 100 && cases[1].len() > 5);
    for case in cases.into_iter().flatten() {
        let mut spec = case["scorer"].clone();
        spec["name"] = json!("s");
        let scorer = build(&serde_json::from_value(spec).unwrap(), &|_| Err(String::new())).unwrap();
        let scored = score(&*scorer, case["expected"].clone(), case["answer"].as_str().unwrap());
        match (scored, case["value"].as_f64()) {
            (Ok(score), Some(value)) => assert!((score.value.get() - value).abs() < 1e-9, "{case}: {score:?}"),
            (scored, value) => assert_eq!((scored.is_err(), value), (true, None), "{case}"),
        }
    }
}

#[test]
fn every_example_of_the_manual_can_be_used() {
    let manual = include_str!("../../../docs/scorers.md");
    let examples = manual.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut made = 0;
    for example in examples {
        let read: Value = yaml::read(example, "docs/scorers.md").unwrap();
        let scorers = read.get("scorers").unwrap_or(&read).as_array().unwrap();
        for spec in scorers {
            let spec: ScorerSpec = serde_json::from_value(spec.clone()).unwrap();
            build(&spec, &|_| Ok("{}".to_owned())).unwrap_or_else(|error| panic!("{error}"));
            made += 1;
        }
    }
    assert!(made > 10, "only {made} examples were found");
}

/// Made once: it is the scoring that is repeated.
static EVERY_SCORER: LazyLock<Vec<(Box<dyn Scorer>, Value)>> = LazyLock::new(make_every_scorer);

/// One scorer of each kind and setting that changes its way, with an expectation that it can compare with.
fn make_every_scorer() -> Vec<(Box<dyn Scorer>, Value)> {
    let all = "{trim: true, case: ignore, nfc: true, punctuation: ignore, articles: ignore}";
    let schema = "{type: object, properties: {a: {type: string, pattern: '^(a+)+$'}}}";
    [
        ("exact: {}".to_owned(), json!("a")),
        (format!("exact: {all}"), json!(["b", "-5."])),
        ("contains: {}".to_owned(), json!(["é", "5"])),
        ("contains: {any: [a], none: [b], case: ignore, nfc: true}".to_owned(), Value::Null),
        (format!("regex: {{pattern: '(?<x>\\w+)[.]?', capture: x, text: {all}}}"), json!("x")),
        ("choice: {options: [a, b, '5']}".to_owned(), json!("b")),
        ("choice: {options: [a, b, '5', a b], find: word}".to_owned(), json!(5)),
        ("number: {}".to_owned(), json!(5)),
        ("number: {which: first, percent: number}".to_owned(), json!(5)),
        (
            "number: {which: last, thousands: true, currency: true, percent: fraction, relative: 0.1}".to_owned(),
            json!("5%"),
        ),
        ("json: {}".to_owned(), Value::Null),
        (format!("json: {{schema: {schema}, fields: {{'*': text}}, fenced: true}}"), json!({"a": "x"})),
        ("json: {fields: {a: set, b: number, c: equal}}".to_owned(), json!({"a": [1], "b": 2, "c": {"d": null}})),
        ("levenshtein: {}".to_owned(), json!("kitten")),
        (format!("levenshtein: {all}\nthreshold: 0.5"), json!(["kitten", 5])),
        ("exact: {}\non: {json_path: '$..a'}".to_owned(), json!("a")),
        ("exact: {}\non: {regex: '(\\d+)|x'}".to_owned(), json!("5")),
        ("exact: {}\non: {last_line: true}".to_owned(), json!("a")),
    ]
    .into_iter()
    .map(|(text, expected)| (scorer(&text), expected))
    .collect()
}

#[test]
fn hostile_answers_are_scored_in_the_time_of_reading_them() {
    const LONG: usize = 200_000;
    let answers = [
        "a".repeat(LONG),
        "\0".repeat(LONG),
        "5 ".repeat(LONG / 2),
        "1,234 567 ".repeat(LONG / 10),
        "5)".repeat(LONG / 2),
        "$5-".repeat(LONG / 3),
        "a b ".repeat(LONG / 4),
        "\"".repeat(LONG),
        "**a".repeat(LONG / 3),
        "e\u{301}".repeat(LONG / 3),
        format!("e{}", "\u{301}\u{323}".repeat(LONG / 4)),
        "[".repeat(LONG),
        "{\"a\":".repeat(LONG / 5),
        format!("[{}1]", "1,".repeat(LONG / 2)),
        format!("{{\"a\": \"{}b\"}}", "a".repeat(LONG)),
        "```\n".repeat(LONG / 4),
        "\n".repeat(LONG),
        format!("1{}", "0".repeat(LONG)),
        "1e999".to_owned(),
        "the ".repeat(LONG / 4),
        "\u{202e}\u{feff}\u{fffd}".to_owned(),
    ];
    for (scorer, expected) in EVERY_SCORER.iter() {
        for answer in &answers {
            let started = std::time::Instant::now();
            let scored = score(&**scorer, expected.clone(), answer).unwrap();
            assert!(scored.reason.is_none_or(|reason| reason.chars().count() < 400));
            let taken = started.elapsed();
            assert!(
                taken.as_secs() < 10,
                "{}… took {taken:?} with {expected}",
                &answer.chars().take(9).collect::<String>()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whether_a_row_is_scored_does_not_depend_on_the_answer(answer in any::<String>(), other in "[ab5é.,{}\"` \n-]{0,30}") {
        for (scorer, expected) in EVERY_SCORER.iter() {
            for answer in [&answer, &other] {
                prop_assert!(score(&**scorer, expected.clone(), answer).is_ok());
            }
        }
    }

    #[test]
    fn no_expectation_is_too_strange_to_be_read(text in any::<String>(), number in any::<f64>(), answer in any::<String>()) {
        for expected in [json!(text), json!(number), json!([text, number]), json!({text.as_str(): [number]})] {
            for (scorer, _) in EVERY_SCORER.iter() {
                let scored = score(&**scorer, expected.clone(), &answer).is_ok();
                prop_assert_eq!(score(&**scorer, expected.clone(), "").is_ok(), scored);
            }
        }
    }

    #[test]
    fn what_is_expected_is_itself_a_right_answer(text in "\\PC{1,40}") {
        for spec in ["exact: {}", "exact: {nfc: true, case: ignore}", "levenshtein: {}\nthreshold: 1", "contains: {}"] {
            prop_assert!(passes(spec, json!(text), &text), "{}", spec);
        }
    }

    #[test]
    fn json_that_is_expected_is_itself_a_right_answer(key in "[a-z]{1,5}", number in any::<f64>(), text in any::<String>()) {
        let expected = json!({key.as_str(): [number, text], "*": {"x": number}, "n": null});
        for how in ["'*': equal", "'*': equal, n: set"] {
            prop_assert_eq!(value(&format!("json: {{fields: {{{how}}}}}"), expected.clone(), &expected.to_string()), 1.0);
        }
    }
}
