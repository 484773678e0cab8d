//! From the answers of a run to the metric of a corpus: through the events and the report, as every reader of results goes.

use carat_core::event::Event;
use carat_core::fold::{Metric, Progress, Report};
use carat_core::{Digest, Score};
use serde_json::{Value, json};

use crate::given::{near, score, scorer, spec};

/// An answer and what is expected of it.
type Pair = (String, Value);

fn pair(answer: &str, expected: Value) -> Pair {
    (answer.to_owned(), expected)
}

/// The scores of a scorer, answer by answer.
fn scores(text: &str, pairs: &[Pair]) -> Vec<Score> {
    let scorer = scorer(text);
    pairs.iter().map(|(answer, expected)| score(&*scorer, expected.clone(), answer).unwrap()).collect()
}

/// The metrics of a run in which these scores were given, row by row; each row has as many repeats as it has scores.
fn report(text: &str, rows: &[Vec<Score>]) -> impl Fn(&str) -> Option<Metric> {
    let mut progress = Progress::default();
    let mut tell = |event: Value| progress.apply(&serde_json::from_value::<Event>(event).unwrap());
    tell(
        json!({"seq": 0, "elapsed_us": 0, "kind": "run_started", "format": 1, "run": "r", "at": "2026-01-01T00:00:00Z",
                "plan": plan(text, rows)}),
    );
    for (row, repeats) in rows.iter().enumerate() {
        for (trial, score) in repeats.iter().enumerate() {
            tell(json!({"seq": 1, "elapsed_us": 1, "kind": "case_finished", "sample": sample(row, trial, score)}));
        }
    }
    let report = Report::of(&progress).unwrap();
    move |name| report.variants[0].metrics.get(name).cloned()
}

fn digest() -> Digest {
    Digest::of_bytes(b"")
}

fn plan(text: &str, rows: &[Vec<Score>]) -> Value {
    let settings = spec(text);
    let kind = settings.kind().unwrap();
    let (name, metric) = kind.corpus().unwrap();
    json!({
        "eval": "e", "spec_file": "evals/e.yaml", "spec_digest": digest(),
        "dataset": {"name": "d", "version": null, "digest": digest(), "rows": rows.len()},
        "variants": [{"number": 0, "label": "v", "prompt": {"name": "p", "version": null, "digest": digest()},
                      "model": {"name": "m", "digest": digest()}}],
        "trials": rows[0].len(), "cases": rows.iter().map(Vec::len).sum::<usize>(),
        "scorers": [{"name": "s", "kind": kind.as_str(), "digest": settings.digest(), "verdict": false,
                     "corpus": {"name": name, "metric": metric}}],
    })
}

fn sample(row: usize, trial: usize, score: &Score) -> Value {
    json!({
        "case": {"variant": 0, "row": format!("r{row}"), "trial": trial}, "row_digest": digest(), "request_digest": null,
        "outcome": "completed", "completion": {"text": "", "finish_reason": "stop"},
        "scores": [["s", score]], "unscored": [], "attempts": 1, "latency_us": null,
    })
}

/// The metric of a corpus, and the mean of its answers.
fn of_corpus(text: &str, pairs: &[Pair]) -> (Metric, Metric) {
    let rows: Vec<Vec<Score>> = scores(text, pairs).into_iter().map(|score| vec![score]).collect();
    let metrics = report(text, &rows);
    let name = spec(text).kind().unwrap().corpus().unwrap().0;
    (metrics(&format!("s.{name}")).unwrap(), metrics("s.mean").unwrap())
}

/// The corpora of the reference values, with answers in words that `wer` parts as jiwer does.
fn reference(metric: &str, size: usize) -> (Vec<Pair>, f64) {
    let file: Value = serde_json::from_str(include_str!("../measures_reference.json")).unwrap();
    let of = |case: &&Value| case["metric"] == metric && case["samples"].as_array().unwrap().len() == size;
    let all: Vec<&Value> = file["corpora"].as_array().unwrap().iter().filter(of).collect();
    let [case] = all.as_slice() else { panic!("{} corpora of {metric} with {size} samples", all.len()) };
    let samples = case["samples"].as_array().unwrap();
    let pairs = samples.iter().map(|sample| pair(sample[0].as_str().unwrap(), sample[1].clone())).collect();
    (pairs, case["score"].as_f64().unwrap())
}

#[test]
fn bleu_of_three_answers_is_that_of_sacrebleu_for_the_corpus_and_not_their_mean() {
    // sacrebleu 2.6.0's own example, with two references each: 48.53.
    let (pairs, score) = reference("bleu", 3);
    let (bleu, mean) = of_corpus("bleu: {}", &pairs);
    near(bleu.value, score / 100.0, "the corpus");
    assert!((mean.value - bleu.value).abs() > 0.005, "{mean:?} {bleu:?}");
    assert_eq!((bleu.n, mean.n), (3, 3));
}

#[test]
fn a_corpus_has_the_value_that_the_references_compute() {
    for (text, metric, size, scale) in [
        ("bleu: {}", "bleu", 12, 100.0),
        ("chrf: {word_order: 2}", "chrf", 12, 100.0),
        ("chrf: {}", "chrf", 50, 100.0),
        ("ter: {}", "ter", 12, 100.0),
        ("wer: {}", "wer", 12, 1.0),
        ("cer: {}", "cer", 12, 1.0),
    ] {
        let (pairs, score) = reference(metric, size);
        let (corpus, mean) = of_corpus(text, &pairs);
        near(corpus.value, score / scale, text);
        assert!(corpus.low < corpus.value && corpus.value < corpus.high, "{text}: {corpus:?}");
        let as_quality =
            if text.starts_with("bleu") || text.starts_with("chrf") { corpus.value } else { 1.0 - corpus.value };
        assert!((mean.value - as_quality).abs() > 1e-3, "{text}: the mean {} is another thing", mean.value);
    }
}

#[test]
fn a_rate_of_a_corpus_may_exceed_one_where_scores_end_at_zero() {
    let pairs = [pair("a b c d e", json!("x")), pair("a b c", json!("y")), pair("z", json!("z"))];
    let (wer, mean) = of_corpus("wer: {}", &pairs);
    near(wer.value, 8.0 / 3.0, "eight errors, three words");
    near(mean.value, 1.0 / 3.0, "two answers of nothing, one of all");
}

#[test]
fn an_answer_without_the_part_counts_as_an_empty_one_in_the_corpus() {
    let pairs = [pair("ANSWER: a b", json!("a b")), pair("a b", json!("a b"))];
    let (wer, _) = of_corpus("wer: {}\non: {regex: 'ANSWER: (.*)'}", &pairs);
    near(wer.value, 0.5, "two of four words are missing");
}

#[test]
fn turned_around_the_mean_is_another_and_the_corpus_is_not() {
    let (pairs, _) = reference("wer", 12);
    let ((wer, mean), (same, turned)) = (of_corpus("wer: {}", &pairs), of_corpus("wer: {}\ninvert: true", &pairs));
    assert_eq!(wer, same);
    near(turned.value, 1.0 - mean.value, "the mean");
}

#[test]
fn repeats_are_summed_and_the_interval_is_over_rows() {
    let (pairs, score) = reference("bleu", 12);
    let rows: Vec<Vec<Score>> = scores("bleu: {}", &pairs).into_iter().map(|score| vec![score; 4]).collect();
    let (once, _) = of_corpus("bleu: {}", &pairs);
    let repeated = report("bleu: {}", &rows)("s.bleu").unwrap();
    near(repeated.value, score / 100.0, "four times the same");
    assert_eq!(repeated.n, 12);
    assert!(
        (repeated.low - once.low).abs() < 1e-6 && (repeated.high - once.high).abs() < 1e-6,
        "{repeated:?} {once:?}"
    );
}

/// Numbers that look random, always the same (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Sentences with more or less of their words replaced, left out, doubled or moved.
fn translations(number: usize) -> Vec<Pair> {
    const WORDS: [&str; 24] = [
        "the", "a", "order", "refund", "was", "is", "sent", "on", "in", "your", "bank", "card", "we", "will", "have",
        "to", "wait", "three", "days", "for", "it", "letter", "arrives", "soon",
    ];
    let mut dice = Dice(7);
    let mut sentence = || {
        let length = 6 + dice.throw(20);
        let expected: Vec<&str> = (0..length).map(|_| WORDS[dice.throw(WORDS.len())]).collect();
        let spoilt = 1 + dice.throw(9);
        let mut answer = Vec::new();
        for word in &expected {
            match dice.throw(40) {
                n if n < spoilt => answer.push(WORDS[dice.throw(WORDS.len())]),
                n if n < spoilt + 2 => {}
                n if n < spoilt + 3 => answer.extend([*word, *word]),
                _ => answer.push(word),
            }
        }
        if dice.throw(4) == 0 {
            answer.rotate_left(2);
        }
        pair(&answer.join(" "), json!(expected.join(" ")))
    };
    (0..number).map(|_| sentence()).collect()
}

/// The middle 95 % of what the metric would be in samples drawn from these answers.
fn bootstrap(text: &str, scores: &[Score]) -> (f64, f64) {
    const DRAWS: usize = 2000;
    let (_, metric) = spec(text).kind().unwrap().corpus().unwrap();
    let mut dice = Dice(11);
    let mut values: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let mut sums = vec![0.0; metric.width()];
            for _ in scores {
                let drawn = &scores[dice.throw(scores.len())];
                sums.iter_mut().zip(&drawn.counts).for_each(|(sum, count)| *sum += f64::from(*count));
            }
            metric.value(&sums).unwrap()
        })
        .collect();
    values.sort_unstable_by(f64::total_cmp);
    (values[DRAWS / 40], values[DRAWS - 1 - DRAWS / 40])
}

#[test]
fn the_interval_of_a_corpus_is_about_as_wide_as_that_of_a_bootstrap() {
    let pairs = translations(200);
    for text in ["bleu: {}", "chrf: {}", "chrf: {word_order: 2}", "ter: {}", "wer: {}", "cer: {}"] {
        let (corpus, _) = of_corpus(text, &pairs);
        let (low, high) = bootstrap(text, &scores(text, &pairs));
        let (ours, theirs) = (corpus.high - corpus.low, high - low);
        assert!((ours / theirs - 1.0).abs() < 0.2, "{text}: {ours} beside {theirs}");
        let middle = (corpus.low + corpus.high) / 2.0;
        assert!(low < middle && middle < high, "{text}: {corpus:?} beside {low} to {high}");
        assert!(theirs > 0.01 && theirs < 0.2, "{text}: {theirs} is no test");
    }
}

#[test]
fn a_corpus_without_runs_of_four_words_in_common_does_not_claim_to_know_its_bleu() {
    let expected =
        ["the cat sat on the mat", "a dog ran in the park", "we wait for the bus here", "it was a very fine day"];
    let answers =
        ["the cat is not on a mat", "a dog sat in this park", "they wait on the bus now", "it was the very worst day"];
    let pairs: Vec<Pair> =
        answers.iter().zip(expected).map(|(answer, expected)| pair(answer, json!(expected))).collect();
    let (bleu, _) = of_corpus("bleu: {}", &pairs);
    // A bootstrap of these answers sees no match of four words either, and is as sure as can be that there are none.
    let (_, seen) = bootstrap("bleu: {}", &scores("bleu: {}", &pairs));
    assert!(bleu.value > 0.0 && bleu.low == 0.0 && bleu.high > seen, "{bleu:?} beside {seen}");
}

#[test]
fn a_perfect_corpus_is_not_taken_for_certainty() {
    let pairs: Vec<Pair> =
        translations(30).into_iter().map(|(_, expected)| (expected.as_str().unwrap().to_owned(), expected)).collect();
    for (text, value) in [("bleu: {}", 1.0), ("chrf: {}", 1.0), ("ter: {}", 0.0), ("wer: {}", 0.0), ("cer: {}", 0.0)] {
        let (corpus, _) = of_corpus(text, &pairs);
        near(corpus.value, value, text);
        assert!(corpus.high - corpus.low > 0.1 && corpus.high - corpus.low < 0.12, "{text}: {corpus:?}");
    }
}
