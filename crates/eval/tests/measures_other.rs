//! Measures of single answers against values that others computed or state in their tests: rapidfuzz 3.14.6, autoevals
//! 0.4.1, and the normalising and F1 of SQuAD as openai/evals has them.
//!
//! A case marked as a trap is a surprise of the reference that is kept here, and that the measure's documentation tells of.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use carat_eval::measures::assignment::{Surplus, matching_texts};
use carat_eval::measures::json_diff::{Texts, json_similarity};
use carat_eval::measures::numeric::numeric_similarity;
use carat_eval::measures::refusal;
use carat_eval::measures::similarity::{
    indel_ratio, jaro_winkler, levenshtein_distance, levenshtein_ratio, osa_distance,
};
use carat_eval::measures::squad::{self, Convention};
use serde_json::Value;

static CASES: LazyLock<BTreeMap<String, Vec<Value>>> =
    LazyLock::new(|| serde_json::from_str(include_str!("measures_other.json")).unwrap());

/// Holds every case of a family against the measure, and the number of cases against what it has to be.
fn holds(family: &str, number: usize, measure: impl Fn(&Value) -> f64) {
    let cases = &CASES[family];
    assert_eq!(cases.len(), number, "cases of {family}");
    for case in cases {
        let (value, wanted) = (measure(case), case["score"].as_f64().unwrap());
        assert!((value - wanted).abs() < 1e-6, "{family}: {value} rather than {wanted} for {case}");
    }
}

fn text<'c>(case: &'c Value, key: &str) -> &'c str {
    case[key].as_str().unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(members) => members.iter().map(|member| member.as_str().unwrap()).collect(),
        one => vec![one.as_str().unwrap()],
    }
}

fn of_texts(measure: impl Fn(&str, &str) -> f64) -> impl Fn(&Value) -> f64 {
    move |case| measure(text(case, "output"), text(case, "expected"))
}

#[test]
fn levenshtein_is_that_of_rapidfuzz_and_autoevals() {
    holds(
        "levenshtein.distance",
        26,
        of_texts(|output, expected| levenshtein_distance(output, expected).unwrap() as f64),
    );
    holds("autoevals.levenshtein", 21, of_texts(|output, expected| levenshtein_ratio(output, expected).unwrap()));
}

#[test]
fn indel_osa_and_jaro_winkler_are_those_of_rapidfuzz() {
    holds("indel.ratio", 25, of_texts(|output, expected| indel_ratio(output, expected).unwrap()));
    holds("osa.distance", 27, of_texts(|output, expected| osa_distance(output, expected).unwrap() as f64));
    holds("jaro_winkler", 25, of_texts(jaro_winkler));
}

#[test]
fn squad_is_that_of_its_first_convention_in_openai_evals() {
    holds("squad.exact", 35, |case| {
        let exact = squad::exact(text(case, "output"), &texts(&case["expected"]), Convention::One).unwrap();
        f64::from(u8::from(exact))
    });
    holds("squad.f1", 43, |case| squad::f1(text(case, "output"), &texts(&case["expected"]), Convention::One).unwrap());
}

#[test]
fn squad_normalises_as_openai_evals_does() {
    let cases = &CASES["squad.normalize"];
    assert_eq!(cases.len(), 24);
    for case in cases {
        assert_eq!(squad::normalise(text(case, "output")), text(case, "score"), "{case}");
    }
}

#[test]
fn numbers_are_compared_as_in_autoevals() {
    holds("autoevals.numeric_diff", 12, |case| {
        numeric_similarity(case["output"].as_f64().unwrap(), case["expected"].as_f64().unwrap()).unwrap()
    });
}

#[test]
fn json_is_compared_as_in_autoevals() {
    holds("autoevals.json_diff", 54, |case| json_similarity(&case["output"], &case["expected"], Texts::Read).unwrap());
}

#[test]
fn lists_are_matched_as_in_autoevals() {
    holds("autoevals.list_contains", 17, |case| {
        let allowed = case["params"]["allow_extra_entities"] == true;
        let surplus = if allowed { Surplus::Allowed } else { Surplus::Counts };
        matching_texts(&texts(&case["output"]), &texts(&case["expected"]), surplus).unwrap().score
    });
}

#[test]
fn no_family_is_left_out() {
    assert_eq!(CASES.len(), 11, "{:?}", CASES.keys());
    let traps = CASES.values().flatten().filter(|case| case["trap"] == true).count();
    assert_eq!(traps, 17);
}

#[test]
fn refusals_are_told_from_answers_in_eleven_languages() {
    let told: Value = serde_json::from_str(include_str!("measures_other_refusals.json")).unwrap();
    let (refusals, answers) = (told["refusals"].as_array().unwrap(), told["answers"].as_array().unwrap());
    assert_eq!((refusals.len(), answers.len()), (211, 207));
    let language = |text: &Value| refusal::opens_with_refusal(text.as_str().unwrap());
    let unseen = refusals.iter().filter(|told| language(&told[1]) != told[0].as_str());
    let seen = answers.iter().filter(|text| language(text).is_some());
    let wrong: Vec<&Value> = unseen.chain(seen).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
