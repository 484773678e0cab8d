//! What every scorer has around it: a name, the part that is looked at, what is expected, tags, a threshold, a weight.

use carat_core::spec::{OVERALL, ScorerSpec};
use carat_core::{Labels, Row, UnscoredKind};
use carat_eval::scorers::build;
use serde_json::{Value, json};

use crate::given::{completion, passes, refusal, row, said, score, scorer, unscored};

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
        ("squad: {measure: exact}\non: {regex: z}\ninvert: true", "no match of `z`"),
    ] {
        let wrong = score(&*scorer(text), json!("5"), "hello").unwrap();
        let wrong = (wrong.value.get(), wrong.pass, wrong.reason.as_deref().map(str::to_owned));
        assert_eq!(wrong, (0.0, Some(false), Some(because.to_owned())), "{text}");
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
fn a_verdict_is_turned_around_and_what_is_unscored_stays_so() {
    let turned = "contains: {}\ninvert: true";
    assert!(passes(turned, json!("secret"), "Nothing to see."));
    assert!(!passes(turned, json!("secret"), "The secret is 42."));
    assert_eq!(unscored(turned, None), UnscoredKind::NoExpectation);
    assert_eq!(unscored(turned, json!({})), UnscoredKind::BadExpectation);
}

/// A row with input, metadata and tags.
fn full_row() -> Row {
    let mut row = row(json!({"queue": "billing", "sizes": [1, 2], "note": null}));
    row.input.insert("body".into(), json!("Where is my refund?"));
    row.metadata.insert("limit".into(), json!(5));
    row.tags = vec!["en".to_owned(), "refund".to_owned()];
    row
}

#[test]
fn what_is_expected_is_what_the_template_makes_of_the_row() {
    let row = full_row();
    for (text, answer) in [
        ("exact: {}\nexpected: '{{ expected.queue }}'", "billing"),
        ("exact: {}\nexpected: '{{ expected.queue | upper }} {{ metadata.limit }}'", "BILLING 5"),
        ("number: {}\nexpected: '{{ metadata.limit }}'", "5"),
        ("number: {}\nexpected: '{{ metadata.limit + 1 }}'", "6"),
        ("json_diff: {}\nexpected: '{{ expected.sizes }}'", "[1, 2]"),
        ("list: {}\nexpected: '{{ tags }}'", r#"["refund", "en"]"#),
        ("exact: {}\nexpected: '{{ id }}: {{ input.body }}'", "r: Where is my refund?"),
        ("exact: {}\nexpected: billing", "billing"),
    ] {
        let score = scorer(text).score(&said(&row, &completion(answer))).unwrap();
        assert_eq!(score.value.get(), 1.0, "{text}: {:?}", score.reason);
    }
}

#[test]
fn a_template_over_what_is_not_there_expects_nothing() {
    let row = full_row();
    let why = |text: &str| scorer(text).score(&said(&row, &completion("x"))).unwrap_err().reason;
    for template in ["{{ expected.queu }}", "{{ metadata.none }}", "queue {{ metadata.none }}", "{{ expected.note }}"] {
        assert_eq!(why(&format!("exact: {{}}\nexpected: '{template}'")), UnscoredKind::NoExpectation, "{template}");
    }
    // Not a matter of a field that is missing, but of one that is no number.
    assert_eq!(why("exact: {}\nexpected: '{{ expected.queue + 1 }}'"), UnscoredKind::BadExpectation);
}

#[test]
fn a_template_is_read_before_anything_is_asked() {
    for template in ["{{ expected", "{% if %}", "{{ 1 + }}", "{% for x in %}{% endfor %}"] {
        let told = refusal(&format!("exact: {{}}\nexpected: '{template}'"));
        assert!(told.starts_with("scorer `s`: expected: "), "{template}: {told}");
    }
}

#[test]
fn a_template_that_nobody_would_look_at_is_refused() {
    for text in [
        "contains: {any: [a]}",
        "regex: {pattern: a}",
        "json: {}",
        "refusal: {}",
        "refusal: {wanted: refusal}",
        "finish_reason: {one_of: [stop]}",
        "length: {at_most: 5}",
        "latency: {at_most: 1s}",
        "cost: {at_most: 1}",
    ] {
        let kind = text.split(':').next().unwrap();
        let told = format!(
            "scorer `s`: expected: has no effect: this `{kind}` does not look at what is expected; leave it out"
        );
        assert_eq!(refusal(&format!("{text}\nexpected: '{{{{ expected }}}}'")), told);
    }
    for text in ["contains: {}", "regex: {pattern: '(a)', capture: '1'}", "json: {fields: {a: equal}}"] {
        scorer(&format!("{text}\nexpected: '{{{{ expected }}}}'"));
    }
}

#[test]
fn a_scorer_with_tags_speaks_of_rows_that_have_all_of_them() {
    let row = full_row();
    for (tags, applies) in [("[]", true), ("[en]", true), ("[refund, en]", true), ("[en, de]", false), ("[EN]", false)]
    {
        for text in ["wer: {}", "latency: {at_most: 1s}", "tool_calls: {}"] {
            assert_eq!(scorer(&format!("{text}\ntags: {tags}")).applies(&row), applies, "{text} {tags}");
        }
    }
}

#[test]
fn a_name_is_there_and_is_not_that_of_the_sum() {
    let named = |name: &str| {
        let spec: ScorerSpec = serde_json::from_value(json!({"name": name, "bleu": {}, "weight": 1})).unwrap();
        build(&spec, &|_| Err(String::new()))
            .map(|scorer| scorer.unwrap().name().to_owned())
            .map_err(|error| error.to_string())
    };
    assert_eq!(named("quality"), Ok("quality".to_owned()));
    let told =
        "scorer `overall`: name: `overall` is the weighted mean of the scorers that have a weight; take another name";
    assert_eq!(named(OVERALL), Err(told.to_owned()));
    assert_eq!(named(" "), Err("scorer ` `: name: a scorer needs a name; scores are reported under it".to_owned()));
}

#[test]
fn a_weight_is_a_number_from_zero_on() {
    for weight in ["0", "0.5", "1000"] {
        scorer(&format!("bleu: {{}}\nweight: {weight}"));
    }
    for weight in ["-1", ".nan", ".inf"] {
        let told = "scorer `s`: weight: a weight is a number from 0 on";
        assert_eq!(refusal(&format!("bleu: {{}}\nweight: {weight}")), told);
    }
}
