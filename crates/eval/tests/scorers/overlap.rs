//! `rouge`, `bleu` and `chrf`.

use serde_json::json;

use crate::given::{near, score, scorer, value};

#[test]
fn rouge_measures_what_its_settings_say() {
    let expected = || json!("the cat sat on the mat");
    let of = |settings: &str, answer: &str| value(&format!("rouge: {settings}"), expected(), answer);
    // Two of six words, in order; one of five pairs.
    near(of("{}", "the cat"), 0.5, "F1 of 1 and 1/3");
    near(of("{measure: precision}", "the cat"), 1.0, "precision");
    near(of("{measure: recall}", "the cat"), 1.0 / 3.0, "recall");
    near(of("{type: rouge2, measure: recall}", "the cat"), 0.2, "pairs");
    // All words, in another order: a half of them is a common subsequence.
    near(of("{type: rouge1}", "on the mat the cat sat"), 1.0, "words");
    near(of("{type: rougeL}", "on the mat the cat sat"), 0.5, "the order of words");
    // Line by line, the order of lines does not matter.
    let summary = |text: &str| value(text, json!("the cat sat\non the mat"), "on the mat\nthe cat sat");
    near(summary("rouge: {type: rougeLsum}"), 1.0, "lines");
    near(summary("rouge: {type: rougeL}"), 0.5, "no lines");
}

#[test]
fn the_rouge_of_reference_sees_a_to_z_and_digits_alone() {
    assert_eq!(value("rouge: {}", json!("東京は日本の首都です"), "東京は日本の首都です"), 0.0);
    assert_eq!(value("rouge: {tokenizer: unicode}", json!("東京は日本の首都です"), "東京は日本の首都です"), 1.0);
    assert_eq!(value("rouge: {type: rouge1}", json!("The CAT!"), "the cat"), 1.0);
    assert_eq!(value("rouge: {}", json!(""), ""), 0.0);
}

#[test]
fn of_several_expectations_the_best_counts_for_rouge() {
    assert_eq!(value("rouge: {}", json!(["a dog", "a cat"]), "a cat"), 1.0);
    near(value("rouge: {measure: recall}", json!(["a b c d", "x"]), "a b"), 0.5, "the best recall");
}

#[test]
fn bleu_of_an_answer_is_the_sentence_bleu_of_sacrebleu() {
    // sacrebleu 2.6.0: smoothing exp, effective order.
    for (text, answer, expected, bleu) in [
        ("bleu: {}", "Paris.", "Paris", 0.5),
        ("bleu: {tokenizer: char}", "Paris.", "Paris", 0.759_835_685_652),
        ("bleu: {tokenizer: char}", " The answer is Paris ", "Paris", 0.228_941_568_607),
        ("bleu: {tokenizer: none}", "Paris.", "Paris", 0.0),
        ("bleu: {}", "paris", "Paris", 0.0),
        ("bleu: {case: ignore}", "paris", "Paris", 1.0),
        ("bleu: {}", "", "", 0.0),
    ] {
        near(value(text, json!(expected), answer), bleu, &format!("{text} {answer}"));
    }
}

#[test]
fn bleu_takes_several_expectations_together() {
    // Of four words each stands in one of the two, and two of three pairs do.
    let both = score(&*scorer("bleu: {tokenizer: none}"), json!(["a b", "c d e f"]), "a b c d").unwrap();
    assert_eq!(both.counts, [4, 4, 4, 2, 0, 0, 4, 3, 2, 1]);
}

#[test]
fn chrf_of_an_answer_is_that_of_sacrebleu() {
    // sacrebleu 2.6.0: beta 2.
    for (text, answer, expected, chrf) in [
        ("chrf: {}", "Paris.", "Paris", 0.924_479_166_667),
        ("chrf: {}", "The total is $1,234.56.", "1234.56", 0.487_324_096_405),
        ("chrf: {word_order: 2}", "The total is $1,234.56.", "1234.56", 0.417_706_368_347),
        ("chrf: {word_order: 2}", "paris", "Paris", 0.452_777_777_778),
        ("chrf: {word_order: 2, case: ignore}", "paris", "Paris", 1.0),
        ("chrf: {}", "", "Paris", 0.0),
    ] {
        near(value(text, json!(expected), answer), chrf, &format!("{text} {answer}"));
    }
    assert_eq!(value("chrf: {char_order: 1}", json!("abc"), "cba"), 1.0);
    assert_eq!(value("chrf: {}", json!(["x", "Paris"]), "Paris"), 1.0);
}
