//! `levenshtein`, `indel` and `jaro_winkler`.

use serde_json::{Value, json};

use crate::given::{near, score, scorer, value};

#[test]
fn indel_is_the_ratio_of_rapidfuzz() {
    // rapidfuzz 3.14.6, fuzz.ratio / 100.
    for (answer, expected, ratio) in [
        (" The answer is Paris ", "Paris", 0.384_615_384_6),
        ("cat cat cat", "cat", 0.428_571_428_6),
        ("Paris", "", 0.0),
        ("", "", 1.0),
        ("İstanbul", "istanbul", 0.875),
        ("東京は日本の首都です", "東京は日本の首都です。", 0.952_380_952_4),
    ] {
        near(value("indel: {}", json!(expected), answer), ratio, answer);
    }
}

#[test]
fn jaro_winkler_is_that_of_rapidfuzz() {
    // rapidfuzz 3.14.6, JaroWinkler with a prefix weight of 0.1.
    for (answer, expected, similarity) in [
        ("cat cat cat", "cat", 0.830_303_030_3),
        ("1e3", "1000", 0.527_777_777_8),
        ("naïve café", "naive cafe", 0.893_333_333_3),
        ("北京", "东京", 0.666_666_666_7),
        ("-5", "5", 0.0),
        ("", "", 1.0),
    ] {
        near(value("jaro_winkler: {}", json!(expected), answer), similarity, answer);
    }
}

#[test]
fn texts_are_made_alike_as_named_and_the_nearest_expectation_counts() {
    for kind in ["levenshtein", "indel", "jaro_winkler"] {
        let plain =
            |settings: &str, expected: Value, answer: &str| value(&format!("{kind}: {settings}"), expected, answer);
        assert_eq!(plain("{trim: true, case: ignore, articles: ignore}", json!("The Paris"), " paris"), 1.0, "{kind}");
        assert!(plain("{}", json!("Paris"), "paris") < 1.0, "{kind}");
        assert_eq!(plain("{nfc: true}", json!("é"), "e\u{301}"), 1.0, "{kind}");
        assert_eq!(plain("{}", json!(["Berlin", "Paris", 5]), "Paris"), 1.0, "{kind}");
        assert_eq!(plain("{}", json!([5, "x"]), "5"), 1.0, "{kind}");
    }
}

#[test]
fn texts_that_are_too_long_to_compare_are_unscored_and_say_so() {
    let (answer, expected) = ("a".repeat(300_000), "b".repeat(40_000));
    for text in ["levenshtein: {}", "indel: {}"] {
        let why = score(&*scorer(text), json!(expected.clone()), &answer).unwrap_err();
        assert_eq!(why.reason.as_str(), "scorer-failed", "{text}");
        assert!(why.detail.contains("too long"), "{text}: {}", why.detail);
    }
    // Equal texts are equal whatever their length.
    assert_eq!(value("indel: {}", json!(answer.clone()), &answer), 1.0);
}
