//! Every reference value again, this time through a spec: what the settings are called must lead to what they mean.

use std::collections::BTreeMap;

use carat_eval::scorers::build;
use serde_json::{Value, json};

use crate::given::{near, score};

fn cases(file: &str, family: &str) -> Vec<Value> {
    let file: BTreeMap<String, Value> = serde_json::from_str(file).unwrap();
    file[family].as_array().unwrap().clone()
}

/// The value of an answer by a scorer of this kind with these settings.
fn value(kind: &str, settings: Value, expected: &Value, answer: &str) -> f64 {
    let spec = serde_json::from_value(json!({"name": "s", kind: settings})).unwrap();
    let scorer = build(&spec, &|_| Err(String::new())).unwrap().unwrap();
    score(&*scorer, expected.clone(), answer).unwrap().value.get()
}

/// Holds so many cases of a family against a scorer; those without settings that a spec has are left out.
fn hold(number: usize, cases: &[Value], scored: impl Fn(&Value) -> Option<(f64, f64)>) {
    let mut held = 0;
    for case in cases {
        if let Some((value, expected)) = scored(case) {
            assert!((value - expected).abs() < 1e-6, "{value} instead of {expected}: {case}");
            held += 1;
        }
    }
    assert_eq!(held, number, "cases that were held against a scorer");
}

fn answer(case: &Value) -> &str {
    case["output"].as_str().unwrap()
}

fn letters(case: &Value) -> &'static str {
    if case["lowercase"] == true { "ignore" } else { "exact" }
}

const MEASURES: &str = include_str!("../measures_reference.json");
const OTHERS: &str = include_str!("../measures_other.json");

#[test]
fn scores_are_those_of_the_reference_packages_or_differ_for_a_reason() {
    let reference: Value = serde_json::from_str(include_str!("../scorers_reference.json")).unwrap();
    let cases = ["agree", "differ"].map(|list| reference[list].as_array().unwrap());
    assert!(cases[0].len() > 100 && cases[1].len() > 5);
    for case in cases.into_iter().flatten() {
        let mut spec = case["scorer"].clone();
        spec["name"] = json!("s");
        let scorer = build(&serde_json::from_value(spec).unwrap(), &|_| Err(String::new())).unwrap().unwrap();
        let scored = score(&*scorer, case["expected"].clone(), case["answer"].as_str().unwrap());
        match (scored, case["value"].as_f64()) {
            (Ok(score), Some(value)) => near(score.value.get(), value, &case.to_string()),
            (scored, value) => assert_eq!((scored.is_err(), value), (true, None), "{case}"),
        }
    }
}

#[test]
fn rouge_is_that_of_rouge_score() {
    hold(288, &three_of_each(&cases(MEASURES, "rouge")), |case| {
        let (kind, measure) = (case["kind"].as_str().unwrap(), case["measure"].as_str().unwrap());
        let at = ["precision", "recall", "f1"].iter().position(|name| *name == measure).unwrap();
        let settings = json!({"type": kind, "measure": measure});
        (kind != "rouge3")
            .then(|| (value("rouge", settings, &case["reference"], answer(case)), case["score"][at].as_f64().unwrap()))
    });
}

/// The cases of ROUGE, once for each of its three numbers.
fn three_of_each(cases: &[Value]) -> Vec<Value> {
    let with = |case: &Value, measure: &str| {
        let mut case = case.clone();
        case["measure"] = json!(measure);
        case
    };
    cases.iter().flat_map(|case| ["precision", "recall", "f1"].map(|measure| with(case, measure))).collect()
}

#[test]
fn bleu_chrf_and_ter_are_those_of_sacrebleu() {
    hold(85, &cases(MEASURES, "bleu"), |case| {
        let usual = case["effective_order"] == true && case["smooth_method"].as_str().unwrap_or("exp") == "exp";
        let offered = usual && case["tokenize"] != "intl";
        let settings = json!({"tokenizer": case["tokenize"], "case": letters(case)});
        offered.then(|| {
            (value("bleu", settings, &case["references"], answer(case)), case["score"].as_f64().unwrap() / 100.0)
        })
    });
    hold(53, &cases(MEASURES, "chrf"), |case| {
        let offered = case["beta"].as_u64().unwrap_or(2) == 2 && case["whitespace"] != true;
        let order = |key: &str, usual: u64| case[key].as_u64().unwrap_or(usual);
        let settings =
            json!({"char_order": order("char_order", 6), "word_order": order("word_order", 0), "case": letters(case)});
        offered.then(|| {
            (value("chrf", settings, &case["references"], answer(case)), case["score"].as_f64().unwrap() / 100.0)
        })
    });
    hold(53, &cases(MEASURES, "ter"), |case| {
        let settings = json!({"case": if case["case_sensitive"] == true { "exact" } else { "ignore" }});
        let rate = case["score"].as_f64().unwrap() / 100.0;
        Some((value("ter", settings, &case["references"], answer(case)), (1.0 - rate).max(0.0)))
    });
}

#[test]
fn error_rates_are_those_of_jiwer_but_for_single_breaks() {
    hold(84, &cases(MEASURES, "error_rates"), |case| {
        let rate = case["rate"].as_str().unwrap();
        let (output, reference) = (answer(case), case["reference"].as_str().unwrap());
        // jiwer parts words at spaces, and at white space of two characters or more.
        let odd =
            |text: &str| text.chars().any(|c| c != ' ' && (c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)));
        let offered = rate == "cer" || (rate == "wer" && !odd(output) && !odd(reference));
        let expected = (1.0 - case["score"].as_f64().unwrap()).max(0.0);
        offered.then(|| (value(rate, json!({}), &case["reference"], output), expected))
    });
}

#[test]
fn other_measures_are_those_of_autoevals_and_rapidfuzz() {
    let same = |kind: &'static str| {
        move |case: &Value| {
            Some((value(kind, json!({}), &case["expected"], answer(case)), case["score"].as_f64().unwrap()))
        }
    };
    hold(25, &cases(OTHERS, "indel.ratio"), same("indel"));
    hold(25, &cases(OTHERS, "jaro_winkler"), same("jaro_winkler"));
    let written = |kind: &'static str, settings: fn(&Value) -> Value| {
        move |case: &Value| {
            let answer = case["output"].to_string();
            let expected = &case["expected"];
            (!expected.is_null())
                .then(|| (value(kind, settings(case), expected, &answer), case["score"].as_f64().unwrap()))
        }
    };
    hold(12, &cases(OTHERS, "autoevals.numeric_diff"), written("numeric_diff", |_| json!({})));
    hold(53, &cases(OTHERS, "autoevals.json_diff"), written("json_diff", |_| json!({})));
    let settings =
        |case: &Value| json!({"compare": "levenshtein", "allow_extra": case["params"]["allow_extra_entities"] == true});
    hold(17, &cases(OTHERS, "autoevals.list_contains"), written("list", settings));
}
