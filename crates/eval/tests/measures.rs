//! Text metrics against their references: values of sacrebleu 2.6.0, rouge-score 0.1.2 and jiwer 4.0.0, to six digits on the
//! scale of each; and what must hold whatever the texts.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use carat_core::corpus::{CorpusMetric, Smoothing};
use carat_eval::measures::bleu::Tokeniser;
use carat_eval::measures::error_rates::{self, Breaks};
use carat_eval::measures::rouge::{self, Rouge, Words};
use carat_eval::measures::{bleu, chrf, ter};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

static REFERENCE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("measures_reference.json")).unwrap());

/// The cases of a family, of which there must be so many.
fn cases(family: &str, count: usize) -> &'static [Value] {
    let cases = REFERENCE[family].as_array().unwrap();
    assert_eq!(cases.len(), count, "cases of {family}");
    cases
}

fn same(value: f64, expected: f64, case: &Value) {
    assert!((value - expected).abs() < 1e-6, "{value} instead of {expected}: {case}");
}

fn text<'v>(case: &'v Value, key: &str) -> &'v str {
    case[key].as_str().unwrap_or_else(|| panic!("no {key}: {case}"))
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn small(case: &Value, key: &str, otherwise: u8) -> u8 {
    case.get(key).map_or(otherwise, |value| u8::try_from(value.as_u64().unwrap()).unwrap())
}

fn flag(case: &Value, key: &str) -> bool {
    case.get(key).is_some_and(|value| value.as_bool().unwrap())
}

fn bleu_settings(case: &Value) -> bleu::Settings {
    let tokeniser = match text(case, "tokenize") {
        "13a" => Tokeniser::V13a,
        "intl" => Tokeniser::Intl,
        "char" => Tokeniser::Char,
        "none" => Tokeniser::None,
        other => panic!("no tokeniser {other}"),
    };
    let value = case["smooth_value"].as_f64();
    let smoothing = match case["smooth_method"].as_str() {
        None | Some("exp") => Smoothing::Exp,
        Some("none") => Smoothing::None,
        Some("floor") => Smoothing::Floor { value: value.unwrap() },
        Some("add-k") => Smoothing::AddK { value: value.unwrap() },
        Some(other) => panic!("no smoothing {other}"),
    };
    bleu::Settings { tokeniser, smoothing, lowercase: flag(case, "lowercase"), ..bleu::Settings::default() }
}

fn chrf_settings(case: &Value) -> chrf::Settings {
    chrf::Settings {
        char_order: small(case, "char_order", 6),
        word_order: small(case, "word_order", 0),
        beta: small(case, "beta", 2),
        lowercase: flag(case, "lowercase"),
        whitespace: flag(case, "whitespace"),
    }
}

fn errors(rate: &str, output: &str, reference: &str) -> [u32; 2] {
    let counts = match rate {
        "wer" => error_rates::word_errors(output, reference, Breaks::Spaces),
        "cer" => error_rates::character_errors(output, reference),
        "mer" => error_rates::match_errors(output, reference, Breaks::Spaces),
        other => panic!("no rate {other}"),
    };
    counts.unwrap()
}

#[test]
fn rouge_is_that_of_rouge_score() {
    for case in cases("rouge", 98) {
        let (output, reference) = (text(case, "output"), text(case, "reference"));
        let rouge = match text(case, "kind") {
            "rougeL" => rouge::rouge_l(output, reference, Words::Latin).unwrap(),
            "rougeLsum" => rouge::rouge_lsum(output, reference, Words::Latin).unwrap(),
            kind => {
                rouge::rouge_n(kind.strip_prefix("rouge").unwrap().parse().unwrap(), output, reference, Words::Latin)
            }
        };
        let expected: Vec<f64> =
            case["score"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
        same(rouge.precision, expected[0], case);
        same(rouge.recall, expected[1], case);
        same(rouge.f1, expected[2], case);
    }
}

#[test]
fn bleu_of_a_sentence_is_that_of_sacrebleu() {
    for case in cases("bleu", 156) {
        let settings = bleu_settings(case);
        let counts = bleu::counts(text(case, "output"), &texts(&case["references"]), &settings).unwrap();
        let metric = if flag(case, "effective_order") { settings.sentence() } else { settings.corpus() };
        same(metric.of(&counts).unwrap() * 100.0, case["score"].as_f64().unwrap(), case);
    }
}

#[test]
fn chrf_of_a_sentence_is_that_of_sacrebleu() {
    for case in cases("chrf", 65) {
        let settings = chrf_settings(case);
        let counts = chrf::counts(text(case, "output"), &texts(&case["references"]), &settings).unwrap();
        same(chrf::sentence(&counts, &settings).unwrap() * 100.0, case["score"].as_f64().unwrap(), case);
    }
}

#[test]
fn ter_of_a_sentence_is_that_of_sacrebleu() {
    for case in cases("ter", 53) {
        let settings = ter::Settings { case_sensitive: flag(case, "case_sensitive") };
        let counts = ter::counts(text(case, "output"), &texts(&case["references"]), settings).unwrap().unwrap();
        same(ter::sentence(&counts).unwrap() * 100.0, case["score"].as_f64().unwrap(), case);
    }
}

#[test]
fn error_rates_are_those_of_jiwer() {
    for case in cases("error_rates", 138) {
        let counts = errors(text(case, "rate"), text(case, "output"), text(case, "reference"));
        same(error_rates::rate(counts), case["score"].as_f64().unwrap(), case);
    }
}

/// The metric of a corpus, and the counts of one of its samples.
fn counted(case: &Value, output: &str, references: &[&str]) -> (CorpusMetric, Vec<u32>, f64) {
    match text(case, "metric") {
        "bleu" => {
            let settings = bleu_settings(case);
            (settings.corpus(), bleu::counts(output, references, &settings).unwrap(), 100.0)
        }
        "chrf" => {
            let settings = chrf_settings(case);
            (settings.corpus(), chrf::counts(output, references, &settings).unwrap(), 100.0)
        }
        "ter" => {
            let counts = ter::counts(output, references, ter::Settings::default()).unwrap().unwrap();
            (CorpusMetric::Ter, counts.to_vec(), 100.0)
        }
        rate => (CorpusMetric::ErrorRate, errors(rate, output, references[0]).to_vec(), 1.0),
    }
}

fn sums(counts: &[Vec<u32>]) -> Vec<f64> {
    let width = counts[0].len();
    (0..width).map(|at| counts.iter().map(|counts| f64::from(counts[at])).sum()).collect()
}

#[test]
fn the_score_of_a_corpus_is_that_of_its_summed_counts_and_of_their_means() {
    for case in cases("corpora", 10) {
        let samples = case["samples"].as_array().unwrap();
        let counted: Vec<_> =
            samples.iter().map(|sample| counted(case, sample[0].as_str().unwrap(), &texts(&sample[1]))).collect();
        let (metric, _, scale) = counted[0];
        let counts: Vec<Vec<u32>> = counted.into_iter().map(|(_, counts, _)| counts).collect();
        assert!(counts.iter().all(|counts| counts.len() == metric.width()), "{case}");
        let sums = sums(&counts);
        same(metric.value(&sums).unwrap() * scale, case["score"].as_f64().unwrap(), case);
        if let Some(expected) = case["counts"].as_array() {
            assert_eq!(sums, expected.iter().map(|count| count.as_f64().unwrap()).collect::<Vec<f64>>(), "{case}");
        }
        let means: Vec<f64> = sums.iter().map(|sum| sum / samples.len() as f64).collect();
        assert!(!metric.depends_on_size(&sums), "{case}");
        same(metric.value(&means).unwrap() * scale, case["score"].as_f64().unwrap(), case);
    }
}

#[test]
fn no_kind_of_case_is_missing() {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for family in ["rouge", "error_rates"] {
        for case in REFERENCE[family].as_array().unwrap() {
            let kind = case["kind"].as_str().or(case["rate"].as_str()).unwrap();
            *kinds.entry(kind.to_owned()).or_default() += 1;
        }
    }
    let expected = [
        ("cer", 45),
        ("mer", 47),
        ("rouge1", 25),
        ("rouge2", 29),
        ("rouge3", 2),
        ("rougeL", 27),
        ("rougeLsum", 15),
        ("wer", 46),
    ];
    assert_eq!(kinds, expected.map(|(kind, count)| (kind.to_owned(), count)).into());
}

/// Texts with words of a small vocabulary, so that they share some, among anything else that Unicode has.
fn lively() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        6 => "[abc]{1,2}",
        2 => "[.,;-]|&amp;|1[.,]5|<skipped>|-\n",
        1 => "é|東京|👍🏽|\u{301}|नम|İ|ß",
        1 => any::<String>(),
    ];
    let space = prop_oneof![4 => Just(" "), 1 => Just("\n"), 1 => Just("\t "), 1 => Just("")];
    vec((word, space), 0..25).prop_map(|words| words.into_iter().map(|(word, space)| word + space).collect())
}

fn bleu_of(output: &str, references: &[&str], settings: &bleu::Settings) -> f64 {
    bleu::sentence(&bleu::counts(output, references, settings).unwrap(), settings).unwrap()
}

fn chrf_of(output: &str, references: &[&str], settings: &chrf::Settings) -> f64 {
    chrf::sentence(&chrf::counts(output, references, settings).unwrap(), settings).unwrap()
}

fn ter_of(output: &str, references: &[&str]) -> f64 {
    ter::sentence(&ter::counts(output, references, ter::Settings::default()).unwrap().unwrap()).unwrap()
}

fn rouges(output: &str, reference: &str, words: Words) -> [Rouge; 4] {
    [
        rouge::rouge_n(1, output, reference, words),
        rouge::rouge_n(2, output, reference, words),
        rouge::rouge_l(output, reference, words).unwrap(),
        rouge::rouge_lsum(output, reference, words).unwrap(),
    ]
}

const TOKENISERS: [Tokeniser; 4] = [Tokeniser::V13a, Tokeniser::Intl, Tokeniser::Char, Tokeniser::None];

proptest! {
    #[test]
    fn scores_keep_their_ranges(output in lively(), reference in lively(), other in lively()) {
        let references = [reference.as_str(), other.as_str()];
        for tokeniser in TOKENISERS {
            let settings = bleu::Settings { tokeniser, ..bleu::Settings::default() };
            prop_assert!((0.0..=1.0 + 1e-12).contains(&bleu_of(&output, &references, &settings)));
        }
        let settings = chrf::Settings { word_order: 2, ..chrf::Settings::default() };
        prop_assert!((0.0..=1.0 + 1e-12).contains(&chrf_of(&output, &references, &settings)));
        prop_assert!(ter_of(&output, &references) >= 0.0);
        for words in [Words::Latin, Words::Unicode] {
            for Rouge { precision, recall, f1 } in rouges(&output, &reference, words) {
                prop_assert!([precision, recall, f1].iter().all(|value| (0.0..=1.0).contains(value)));
                prop_assert!(f1 <= precision.max(recall) + 1e-12 && f1 >= precision.min(recall) - 1e-12);
            }
        }
        let mer = error_rates::rate(errors("mer", &output, &reference));
        prop_assert!((0.0..=1.0).contains(&mer));
    }

    #[test]
    fn a_text_has_the_best_score_against_itself(text in lively(), other in lively()) {
        let references = [other.as_str(), text.as_str()];
        for tokeniser in TOKENISERS {
            let settings = bleu::Settings { tokeniser, ..bleu::Settings::default() };
            let counts = bleu::counts(&text, &references[1..], &settings).unwrap();
            let expected = if counts[0] == 0 { 0.0 } else { 1.0 };
            prop_assert!((bleu_of(&text, &references[1..], &settings) - expected).abs() < 1e-12);
        }
        let chrf = chrf_of(&text, &references, &chrf::Settings::default());
        let blank = text.chars().all(|c| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c));
        let expected = if blank { 0.0 } else { 1.0 };
        prop_assert!((chrf - expected).abs() < 1e-12);
        prop_assert_eq!(ter_of(&text, &references[1..]), 0.0);
        for rouge in rouges(&text, &text, Words::Unicode) {
            prop_assert!(rouge.f1 == 1.0 || rouge == Rouge::default());
        }
        prop_assert!(["wer", "cer", "mer"].iter().all(|rate| errors(rate, &text, &text)[0] == 0));
    }

    #[test]
    fn precision_and_recall_change_places_with_the_texts(output in lively(), reference in lively()) {
        let turned = rouges(&reference, &output, Words::Unicode);
        for (rouge, turned) in rouges(&output, &reference, Words::Unicode)[..3].iter().zip(turned) {
            prop_assert_eq!((rouge.precision, rouge.recall), (turned.recall, turned.precision));
        }
    }

    #[test]
    fn an_alignment_has_as_many_errors_as_the_distance_and_all_words_of_both(output in lively(), reference in lively()) {
        for breaks in [Breaks::Spaces, Breaks::AnyWhiteSpace] {
            let alignment = error_rates::align(&output, &reference, breaks).unwrap();
            let [errors, words] = error_rates::word_errors(&output, &reference, breaks).unwrap();
            prop_assert_eq!(alignment.errors(), errors as usize);
            prop_assert_eq!(alignment.hits + alignment.substitutions + alignment.deletions, words as usize);
        }
    }

    #[test]
    fn shifts_only_save_edits(output in lively(), reference in lively()) {
        let [edits, ..] = ter::counts(&output, &[&reference], ter::Settings::default()).unwrap().unwrap();
        let (output, reference) = (output.to_lowercase(), reference.to_lowercase());
        let [errors, _] = error_rates::word_errors(&output, &reference, Breaks::AnyWhiteSpace).unwrap();
        prop_assert!(edits <= errors);
    }

    #[test]
    fn a_corpus_does_not_depend_on_the_order_of_its_samples(
        samples in vec((lively(), lively()), 1..6).prop_shuffle(),
        turn in 0usize..6,
    ) {
        let settings = bleu::Settings::default();
        let mut counts: Vec<_> = samples.iter().map(|(a, b)| bleu::counts(a, &[b], &settings).unwrap()).collect();
        let before = settings.corpus().value(&sums(&counts));
        let turn = turn % counts.len();
        counts.rotate_left(turn);
        prop_assert_eq!(settings.corpus().value(&sums(&counts)), before);
    }
}
