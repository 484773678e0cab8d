//! What a provider says of what is left of an account's limits.
//!
//! OpenAI and those who do as it does say `x-ratelimit-remaining-requests: 59` and `x-ratelimit-reset-requests: 1m0.5s`;
//! Azure may say plain seconds; Anthropic says `anthropic-ratelimit-requests-remaining: 59` and an instant.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use carat_core::{Left, LimitHints};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};

/// What was heard last. Cheap where a provider says nothing.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    number: AtomicU64,
    last: Mutex<Option<LimitHints>>,
}

impl Heard {
    /// Takes the headers of an answer, of whatever status.
    pub(crate) fn hear(&self, headers: &HeaderMap, now: SystemTime) {
        let (requests, tokens) = (left(headers, "requests", now), left(headers, "tokens", now));
        if requests.is_none() && tokens.is_none() {
            return;
        }
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(LimitHints { number, requests, tokens });
    }

    /// What was said last.
    pub(crate) fn last(&self) -> Option<LimitHints> {
        if self.number.load(Ordering::Relaxed) == 0 {
            return None;
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is left of one kind. What cannot be read says nothing.
fn left(headers: &HeaderMap, kind: &str, now: SystemTime) -> Option<Left> {
    let value = |name: String| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let of = |remaining: String, reset: String| {
        let remaining = value(remaining)?.parse().ok()?;
        let reset = until(value(reset)?, now)?;
        Some(Left { remaining, reset_ms: u64::try_from(reset.as_millis()).ok()? })
    };
    of(format!("x-ratelimit-remaining-{kind}"), format!("x-ratelimit-reset-{kind}"))
        .or_else(|| of(format!("anthropic-ratelimit-{kind}-remaining"), format!("anthropic-ratelimit-{kind}-reset")))
}

/// How long until then: `6m0s`, `12ms`, seconds, or an instant.
fn until(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    if let Ok(span) = text.parse::<SignedDuration>() {
        return Duration::try_from(span).ok();
    }
    let then = SystemTime::from(text.parse::<Timestamp>().ok()?);
    Some(then.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(headers: &[(&'static str, &str)]) -> Option<LimitHints> {
        let header =
            |(name, value): &(&'static str, &str)| (http::HeaderName::from_static(name), value.parse().unwrap());
        let heard = Heard::default();
        // 2026-11-26T12:00:00Z
        heard.hear(&headers.iter().map(header).collect(), SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_694_400));
        heard.last()
    }

    fn reset(text: &str) -> Option<u64> {
        let headers = [("x-ratelimit-remaining-requests", "59"), ("x-ratelimit-reset-requests", text)];
        heard(&headers)?.requests.map(|left| left.reset_ms)
    }

    #[test]
    fn what_is_left_is_read_as_each_provider_says_it() {
        assert_eq!(reset("1s"), Some(1000));
        assert_eq!(reset("6m0s"), Some(360_000));
        assert_eq!(reset("12ms"), Some(12));
        assert_eq!(reset("2m59.56s"), Some(179_560));
        assert_eq!(reset("60"), Some(60_000));
        let of_anthropic = heard(&[
            ("anthropic-ratelimit-tokens-remaining", "9000"),
            ("anthropic-ratelimit-tokens-reset", "2026-11-26T12:00:30Z"),
        ]);
        assert_eq!(of_anthropic.unwrap().tokens, Some(Left { remaining: 9000, reset_ms: 30_000 }));
    }

    #[test]
    fn what_makes_no_sense_says_nothing() {
        for text in ["soon", "-1", "NaN", "inf", "", "-5s"] {
            assert_eq!(reset(text), None, "{text}");
        }
        assert_eq!(heard(&[("x-ratelimit-remaining-requests", "59")]), None);
        assert_eq!(heard(&[("x-ratelimit-remaining-tokens", "x"), ("x-ratelimit-reset-tokens", "1s")]), None);
    }

    #[test]
    fn each_answer_that_says_something_has_a_number_of_its_own() {
        let heard = Heard::default();
        let headers: HeaderMap = [("x-ratelimit-remaining-requests", "1"), ("x-ratelimit-reset-requests", "1s")]
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .into_iter()
            .collect();
        heard.hear(&headers, SystemTime::UNIX_EPOCH);
        heard.hear(&HeaderMap::new(), SystemTime::UNIX_EPOCH);
        assert_eq!(heard.last().unwrap().number, 1);
        heard.hear(&headers, SystemTime::UNIX_EPOCH);
        assert_eq!(heard.last().unwrap().number, 2);
    }

    proptest! {
        #[test]
        fn nothing_that_a_server_says_breaks_it(text in "[ -~]{0,30}") {
            let _ = reset(&text);
        }
    }
}
