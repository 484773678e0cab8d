//! What a program says of an answer.

use carat_core::untrusted::one_line;
use carat_core::{Grade, Score, UnitInterval};
use serde::Deserialize;

/// The most characters of a reason that are kept.
const LONGEST_REASON: usize = 300;

/// The most characters of an answer that are quoted where it is none.
const LONGEST_QUOTE: usize = 120;

/// What it writes. A field that is not known may be a misspelt one, whose loss would change the score.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    score: Option<f64>,
    pass: Option<bool>,
    reason: Option<String>,
    unscored: Option<String>,
}

/// The score, or why the program gives none; or what is wrong with what it wrote.
pub(super) fn read(written: &[u8]) -> Result<Result<Score, String>, String> {
    let quoted = || format!("“{}”", one_line(&String::from_utf8_lossy(written), LONGEST_QUOTE));
    if written.trim_ascii().is_empty() {
        return Err(r#"wrote nothing; an answer is {"score": 0.5} or {"pass": true}"#.to_owned());
    }
    let told: Told = serde_json::from_slice(written).map_err(|error| {
        let hint = if [&b"NaN"[..], b"Infinity"].iter().any(|word| contains(written, word)) {
            "; NaN and Infinity are no numbers"
        } else {
            ""
        };
        format!("wrote what is not one JSON object with `score` or `pass` ({error}{hint}): {}", quoted())
    })?;
    let Told { score, pass, reason, unscored } = told;
    let (score, pass) = match (score, pass, unscored) {
        (None, None, Some(why)) => return Ok(Err(one_line(&why, LONGEST_REASON))),
        (_, _, Some(_)) => return Err(format!("contradicts itself: unscored, and yet scored: {}", quoted())),
        (None, None, None) => return Err(format!("wrote neither `score` nor `pass`: {}", quoted())),
        (None, Some(pass), None) => (Score::from(Grade::Pass(pass)), Some(pass)),
        (Some(score), pass, None) => {
            let value =
                UnitInterval::new(score).ok_or_else(|| format!("gave the score {score}, which is not from 0 to 1"))?;
            (Score::from(Grade::Value(value)), pass)
        }
    };
    let wrong = match pass {
        Some(true) => score.value == UnitInterval::ZERO,
        Some(false) => score.value == UnitInterval::ONE,
        None => false,
    };
    if wrong {
        return Err(format!("contradicts itself: the score says one thing and `pass` another: {}", quoted()));
    }
    let reason = reason.map(|reason| one_line(&reason, LONGEST_REASON)).filter(|reason| !reason.is_empty());
    Ok(Ok(Score { pass, reason, ..score }))
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn score(written: &str) -> (f64, Option<bool>) {
        let score = read(written.as_bytes()).unwrap().unwrap();
        (score.value.get(), score.pass)
    }

    #[test]
    fn a_score_or_a_verdict_is_enough_and_both_may_stand_together() {
        assert_eq!(score(r#"{"score": 0.5}"#), (0.5, None));
        assert_eq!(score(r#"{"score": 1}"#), (1.0, None));
        assert_eq!(score(r#"{"pass": true}"#), (1.0, Some(true)));
        assert_eq!(score(" {\"pass\": false, \"reason\": \"too long\"}\n"), (0.0, Some(false)));
        assert_eq!(score(r#"{"score": 0.3, "pass": true}"#), (0.3, Some(true)));
        assert_eq!(score(r#"{"score": 0.3, "pass": null, "unscored": null}"#), (0.3, None));
    }

    #[test]
    fn a_program_may_say_that_it_cannot_say() {
        assert_eq!(read(br#"{"unscored": "no reference\nfound"}"#), Ok(Err("no reference⏎found".to_owned())));
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        for (written, part) in [
            ("", "wrote nothing"),
            (" \n", "wrote nothing"),
            ("0.5", "not one JSON object"),
            ("{}", "neither `score` nor `pass`"),
            (r#"{"score": null}"#, "neither"),
            (r#"{"score": NaN}"#, "NaN and Infinity are no numbers"),
            (r#"{"score": -Infinity}"#, "NaN and Infinity are no numbers"),
            (r#"{"score": 1e999}"#, "out of range"),
            (r#"{"score": 1.5}"#, "gave the score 1.5, which is not from 0 to 1"),
            (r#"{"score": -0.1}"#, "not from 0 to 1"),
            (r#"{"score": "0.5"}"#, "invalid type"),
            (r#"{"pass": 1}"#, "invalid type"),
            (r#"{"score": 0.5, "passed": false}"#, "unknown field `passed`"),
            (r#"{"score": 0.5, "score": 0.6}"#, "duplicate field"),
            ("{\"score\": 0.5}\n{\"score\": 0.6}", "trailing characters"),
            (r#"{"score": 0, "pass": true}"#, "contradicts itself"),
            (r#"{"score": 1, "pass": false}"#, "contradicts itself"),
            (r#"{"score": 1, "unscored": "x"}"#, "contradicts itself"),
            ("Traceback (most recent call last):", "“Traceback (most recent call last):”"),
        ] {
            let what = read(written.as_bytes()).unwrap_err();
            assert!(what.contains(part), "{written}: {what}");
        }
        assert!(read(b"{\"reason\": \"\xff\"}").is_err());
    }

    proptest! {
        #[test]
        fn nothing_that_a_program_writes_is_too_strange(written in any::<Vec<u8>>(), text in "[{}\":,a-z0-9 .-]{0,40}") {
            let _ = read(&written);
            let _ = read(text.as_bytes());
        }
    }
}
