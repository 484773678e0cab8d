//! What holds for every scorer that holds a text against an expectation by a degree, shown for each of them.

use carat_core::spec::ScorerKind;
use carat_core::{Scorer, UnscoredKind};
use serde_json::{Value, json};

use crate::given::{completion, near, refusal, row, said, score, scorer, spec, unscored, value};

/// A scorer with an expectation, and answers to it.
struct Example {
    spec: &'static str,
    expected: Value,
    /// An answer that is all that is expected.
    right: &'static str,
    /// One that is a part of it, and how much.
    partly: (&'static str, f64),
    /// Expectations that it cannot compare with.
    bad: Vec<Value>,
}

fn example(
    spec: &'static str,
    expected: Value,
    right: &'static str,
    partly: (&'static str, f64),
    bad: Vec<Value>,
) -> Example {
    Example { spec, expected, right, partly, bad }
}

/// All of them. The values are those of autoevals 0.4.1, rapidfuzz 3.14.6, jiwer 4.0.0, rouge-score 0.1.2, sacrebleu 2.6.0
/// and of the official script of SQuAD.
fn examples() -> Vec<Example> {
    let no_texts = || vec![json!({"a": 1}), json!([]), json!([["a"]]), json!([null])];
    let no_lists = || vec![json!("a"), json!({"a": 1}), json!(5), json!(true)];
    vec![
        example(
            "numeric_diff: {}",
            json!(105),
            " 105.0\n",
            ("100", 0.975_609_756_097_561),
            vec![json!("60%"), json!(true), json!([1]), json!({"n": 1}), json!("inf")],
        ),
        example(
            "json_diff: {}",
            json!({"a": 1}),
            r#"{"a": 1.0}"#,
            (r#"{"a": 2}"#, 0.666_666_666_666_666_7),
            Vec::new(),
        ),
        example("list: {}", json!(["a", "b"]), r#"["b", "a"]"#, (r#"["a"]"#, 0.5), no_lists()),
        example("levenshtein: {}", json!("ac"), "ac", ("ab", 0.5), no_texts()),
        example("indel: {}", json!("Paris"), "Paris", ("paris", 0.8), no_texts()),
        example("jaro_winkler: {}", json!("3.140"), "3.140", ("3.14", 0.96), no_texts()),
        example("wer: {}", json!("a b c d"), "a b c d", ("a x c", 0.5), no_texts()),
        example("cer: {}", json!("60"), "60", ("60%", 0.5), no_texts()),
        example("rouge: {}", json!("the cat sat on the mat"), "The cat sat on the mat.", ("the cat", 0.5), no_texts()),
        example("bleu: {}", json!("Paris"), "Paris", ("Paris.", 0.5), no_texts()),
        example("chrf: {}", json!("Paris"), "Paris", ("Paris.", 0.924_479_166_667), no_texts()),
        example(
            "ter: {}",
            json!("The cat sat on the mat"),
            "the cat sat on the mat",
            ("A cat sat on a mat", 0.666_666_666_667),
            no_texts(),
        ),
        example("squad: {}", json!("Paris"), "paris.", (" The answer is Paris ", 0.5), vec![json!({}), json!([null])]),
    ]
}

fn with(spec: &str, more: &str) -> Box<dyn Scorer> {
    scorer(&format!("{spec}\n{more}"))
}

#[test]
fn every_degree_of_a_text_is_among_the_examples() {
    let given: Vec<String> =
        examples().iter().map(|example| spec(example.spec).kind().unwrap().as_str().to_owned()).collect();
    let verdicts = ["exact", "contains", "regex", "choice", "number", "json"];
    let of_the_whole = ["tool_calls", "refusal", "finish_reason", "length", "latency", "cost"];
    let asking = ["embedding", "judge", "program"];
    let elsewhere = |kind: &&&str| ![&verdicts[..], &of_the_whole, &asking].concat().contains(*kind);
    let missing: Vec<_> =
        ScorerKind::NAMES.iter().filter(elsewhere).filter(|kind| !given.iter().any(|given| given == **kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn right_is_one_a_part_is_a_part_and_nothing_is_zero() {
    for Example { spec, expected, right, partly, .. } in examples() {
        assert_eq!(value(spec, expected.clone(), right), 1.0, "{spec}");
        near(value(spec, expected.clone(), partly.0), partly.1, spec);
        let empty = score(&*scorer(spec), expected, "").unwrap();
        assert_eq!((empty.value.get(), empty.pass), (0.0, None), "{spec}");
    }
}

#[test]
fn without_an_expectation_a_row_is_unscored() {
    for Example { spec, .. } in examples() {
        assert_eq!(unscored(spec, None), UnscoredKind::NoExpectation, "{spec}");
        assert_eq!(unscored(spec, Value::Null), UnscoredKind::NoExpectation, "{spec}");
    }
}

#[test]
fn with_a_bad_expectation_a_row_is_unscored_whatever_the_answer_and_the_part() {
    for Example { spec, bad, right, .. } in examples() {
        for expected in bad {
            for (more, answer) in [("", right), ("", ""), ("on: {regex: nowhere}", right), ("invert: true", right)] {
                let why = score(&*with(spec, more), expected.clone(), answer).unwrap_err();
                assert_eq!(why.reason, UnscoredKind::BadExpectation, "{spec} {more} {expected}");
            }
        }
    }
}

#[test]
fn a_part_that_is_not_there_is_wrong_with_a_reason_and_stays_wrong_turned_around() {
    for Example { spec, expected, right, .. } in examples() {
        for more in ["on: {regex: nowhere}", "on: {regex: nowhere}\ninvert: true"] {
            let wrong = score(&*with(spec, more), expected.clone(), right).unwrap();
            assert_eq!((wrong.value.get(), wrong.pass), (0.0, None), "{spec} {more}");
            assert_eq!(wrong.reason.as_deref(), Some("no match of `nowhere`"), "{spec}");
        }
    }
}

#[test]
fn turned_around_a_value_is_one_minus_it() {
    for Example { spec, expected, right, partly, .. } in examples() {
        let turned = with(spec, "invert: true");
        assert_eq!(score(&*turned, expected.clone(), right).unwrap().value.get(), 0.0, "{spec}");
        near(score(&*turned, expected, partly.0).unwrap().value.get(), 1.0 - partly.1, spec);
    }
}

#[test]
fn a_threshold_is_met_at_its_very_edge_and_held_against_the_turned_value() {
    for Example { spec, expected, partly, .. } in examples() {
        let edge = value(spec, expected.clone(), partly.0);
        let pass = |threshold: f64, more: &str| {
            let judged =
                score(&*with(spec, &format!("threshold: {threshold:?}{more}")), expected.clone(), partly.0).unwrap();
            let turned = if more.is_empty() { edge } else { 1.0 - edge };
            assert_eq!(judged.value.get(), turned, "{spec}: the value stays");
            judged.pass.unwrap()
        };
        assert!(pass(edge, "") && !pass(edge.next_up(), ""), "{spec}");
        assert!(pass(1.0 - edge, "\ninvert: true") && !pass((1.0 - edge).next_up(), "\ninvert: true"), "{spec}");
        assert!(refusal(&format!("{spec}\nthreshold: 1.01")).contains("threshold: 1.01 is not a number from 0 to 1"));
    }
}

#[test]
fn what_is_expected_may_stand_elsewhere_in_the_row_and_keeps_its_type() {
    for Example { spec, expected, right, partly, .. } in examples() {
        let elsewhere = with(spec, "expected: '{{ metadata.want }}'");
        let mut with_want = row(json!({"not": ["this"]}));
        with_want.metadata.insert("want".into(), expected);
        let scored = |answer: &str| elsewhere.score(&said(&with_want, &completion(answer))).unwrap().value.get();
        assert_eq!(scored(right), 1.0, "{spec}");
        near(scored(partly.0), partly.1, spec);
        let why = score(&*elsewhere, json!("x"), right).unwrap_err();
        assert_eq!(why.reason, UnscoredKind::NoExpectation, "{spec}");
        let broken = refusal(&format!("{spec}\nexpected: '{{{{ metadata.want'"));
        assert!(broken.starts_with("scorer `s`: expected: "), "{broken}");
    }
}

#[test]
fn an_answer_is_told_in_a_reason_shortly_and_on_one_line() {
    let hostile = format!("[\"{}\\n\\u001b[2J\u{202e}{}\"]", "k".repeat(5000), "x\u{85}".repeat(5000));
    for Example { spec, expected, .. } in examples() {
        for answer in [hostile.clone(), format!("{{{}: 1}}", &hostile[1..hostile.len() - 1])] {
            let reason = score(&*scorer(spec), expected.clone(), &answer).unwrap().reason.unwrap_or_default();
            assert!(reason.chars().count() < 600, "{spec}: {} characters", reason.chars().count());
            assert!(!reason.chars().any(|c| c.is_control() || c == '\u{202e}'), "{spec}: {reason:?}");
        }
    }
}

#[test]
fn the_counts_of_a_corpus_are_there_for_every_answer_and_as_many_as_its_metric_asks_for() {
    let mut corpora = 0;
    for Example { spec: text, expected, right, partly, .. } in examples() {
        let settings = spec(text);
        let Some((name, metric)) = settings.kind().unwrap().corpus() else {
            assert!(score(&*scorer(text), expected, right).unwrap().counts.is_empty(), "{text}");
            continue;
        };
        corpora += 1;
        assert!(text.starts_with(&format!("{name}:")), "{text} adds up to {name}");
        let counts = |more: &str, answer: &str| {
            let counts = score(&*with(text, more), expected.clone(), answer).unwrap().counts;
            assert_eq!(counts.len(), metric.width(), "{text} {more} {answer}");
            counts
        };
        for answer in [right, partly.0, ""] {
            // Turned around, the score is another one, and what the corpus is computed from is not.
            assert_eq!(counts("invert: true", answer), counts("", answer), "{text}");
        }
        // An answer without the part is no reason to leave out of the corpus what was expected of it.
        assert_eq!(counts("on: {regex: nowhere}", right), counts("", ""), "{text}");
    }
    assert_eq!(corpora, 5);
}
