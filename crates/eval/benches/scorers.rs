//! How many pairs of texts a second one core compares, by metric.
//!
//! `cargo bench -p carat-eval --bench scorers` prints them all; a word behind `--` picks some: `rouge`, `bleu`, … The texts
//! have 200 characters, of words of a small vocabulary; outputs are references with a few words replaced, left out, put in
//! and moved, and every eighth has nothing to do with its reference. Each line is the median of several rounds, with the
//! least and the most.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and breaks loudly")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use carat_eval::measures::error_rates::{self, Breaks};
use carat_eval::measures::rouge::{self, Words};
use carat_eval::measures::similarity;
use carat_eval::measures::{bleu, chrf, ter};

const PAIRS: usize = 256;
const CHARACTERS: usize = 200;
const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_millis(200);

const VOCABULARY: [&str; 40] = [
    "the",
    "a",
    "your",
    "order",
    "refund",
    "ticket",
    "is",
    "was",
    "has",
    "been",
    "we",
    "will",
    "please",
    "reply",
    "with",
    "account",
    "number",
    "3.5",
    "days",
    "business",
    "charged",
    "twice",
    "card",
    "card's",
    "login",
    "password",
    "reset",
    "link",
    "sorry",
    "for",
    "delay",
    "shipping",
    "address",
    "cancel",
    "subscription",
    "billing",
    "error",
    "page",
    "export",
    "api",
];

type Pair = (String, String);
type Measure = fn(&Pair) -> f64;

fn main() {
    let all: Vec<String> = std::env::args().skip(1).collect();
    // Cargo says so when it wants figures; a test runner that looks for tests here finds none.
    if !all.iter().any(|arg| arg == "--bench") {
        return;
    }
    let wanted: Vec<&String> = all.iter().filter(|arg| !arg.starts_with("--")).collect();
    let pairs = pairs();
    println!("{:<28} {:>12} {:>12} {:>12}  promised", "pairs a second", "median", "least", "most");
    for (name, promised, measure) in MEASURES {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            print(name, promised, rates(&pairs, measure));
        }
    }
}

const MEASURES: [(&str, u32, Measure); 13] = [
    ("rouge-1", 0, |(output, reference)| rouge::rouge_n(1, output, reference, Words::Latin).f1),
    ("rouge-2", 0, |(output, reference)| rouge::rouge_n(2, output, reference, Words::Latin).f1),
    ("rouge-l", 50_000, |(output, reference)| rouge::rouge_l(output, reference, Words::Latin).unwrap().f1),
    ("rouge-l, unicode words", 0, |(output, reference)| rouge::rouge_l(output, reference, Words::Unicode).unwrap().f1),
    ("rouge-lsum", 0, |(output, reference)| rouge::rouge_lsum(output, reference, Words::Latin).unwrap().f1),
    ("bleu of a sentence", 30_000, |(output, reference)| {
        let settings = bleu::Settings::default();
        bleu::sentence(&bleu::counts(output, &[reference], &settings).unwrap(), &settings).unwrap()
    }),
    ("chrf", 0, |(output, reference)| chrf_of(output, reference, 0)),
    ("chrf++", 0, |(output, reference)| chrf_of(output, reference, 2)),
    ("ter", 0, |(output, reference)| {
        ter::sentence(&ter::counts(output, &[reference], ter::Settings::default()).unwrap().unwrap()).unwrap()
    }),
    ("word error rate", 0, |(output, reference)| {
        error_rates::rate(error_rates::word_errors(output, reference, Breaks::Spaces).unwrap())
    }),
    ("match error rate", 0, |(output, reference)| {
        error_rates::rate(error_rates::match_errors(output, reference, Breaks::Spaces).unwrap())
    }),
    ("character error rate", 0, |(output, reference)| {
        error_rates::rate(error_rates::character_errors(output, reference).unwrap())
    }),
    ("levenshtein", 500_000, |(output, reference)| similarity::levenshtein_distance(output, reference).unwrap() as f64),
];

fn chrf_of(output: &str, reference: &str, word_order: u8) -> f64 {
    let settings = chrf::Settings { word_order, ..chrf::Settings::default() };
    chrf::sentence(&chrf::counts(output, &[reference], &settings).unwrap(), &settings).unwrap()
}

/// Pairs a second, round by round, from the least to the most.
fn rates(pairs: &[Pair], measure: Measure) -> Vec<f64> {
    let mut rates: Vec<f64> = (0..=ROUNDS)
        .map(|_| {
            let (start, mut done) = (Instant::now(), 0);
            while start.elapsed() < ROUND {
                pairs.iter().for_each(|pair| {
                    black_box(measure(black_box(pair)));
                });
                done += pairs.len();
            }
            done as f64 / start.elapsed().as_secs_f64()
        })
        .skip(1)
        .collect();
    rates.sort_by(f64::total_cmp);
    rates
}

fn print(name: &str, promised: u32, rates: Vec<f64>) {
    let (least, median, most) = (rates[0], rates[rates.len() / 2], rates[rates.len() - 1]);
    let promised = if promised == 0 { String::new() } else { format!("at least {promised}") };
    println!("{name:<28} {median:>12.0} {least:>12.0} {most:>12.0}  {promised}");
}

/// Numbers that look random and are the same every time: Steele, Lea and Flood 2014, SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn word(&mut self) -> &'static str {
        VOCABULARY[self.below(VOCABULARY.len())]
    }

    fn words(&mut self) -> Vec<&'static str> {
        let mut words = Vec::new();
        while words.iter().map(|word: &&str| word.len() + 1).sum::<usize>() < CHARACTERS {
            words.push(self.word());
        }
        words
    }

    fn edit(&mut self, words: &mut Vec<&'static str>) {
        let at = self.below(words.len());
        match self.below(4) {
            0 => words[at] = self.word(),
            1 => drop(words.remove(at)),
            2 => words.insert(at, self.word()),
            _ => {
                let moved: Vec<_> = words.drain(at..words.len().min(at + 3)).collect();
                let to = self.below(words.len() + 1);
                words.splice(to..to, moved);
            }
        }
    }
}

fn pairs() -> Vec<Pair> {
    let mut random = Random(1);
    let pairs = (0..PAIRS).map(|number| {
        let reference = random.words();
        let mut output = if number % 8 == 0 { random.words() } else { reference.clone() };
        (0..random.below(7)).for_each(|_| random.edit(&mut output));
        (text(&output), text(&reference))
    });
    pairs.collect()
}

/// Words as a text of exactly so many characters.
fn text(words: &[&str]) -> String {
    let text = words.join(" ");
    format!("{text:<CHARACTERS$.CHARACTERS$}")
}
