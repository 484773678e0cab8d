//! The headers that tell a client how much it may still ask, in the words of each dialect.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::dialect::Dialect;

/// What is left of one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) limit: u64,
    pub(crate) remaining: u64,
    /// How long until all of it is there again.
    pub(crate) reset: Duration,
}

/// What is left of the limits that there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standings {
    pub(crate) requests: Option<Standing>,
    pub(crate) tokens: Option<Standing>,
}

/// Names of the headers for a limit, what remains and the reset.
type Names = [&'static str; 3];

const OPENAI_REQUESTS: Names =
    ["x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"];
const OPENAI_TOKENS: Names = ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"];
const ANTHROPIC_REQUESTS: Names = [
    "anthropic-ratelimit-requests-limit",
    "anthropic-ratelimit-requests-remaining",
    "anthropic-ratelimit-requests-reset",
];
const ANTHROPIC_TOKENS: Names =
    ["anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"];

impl Standings {
    /// A thousand requests and a million tokens a minute, of which so many requests are left.
    pub(crate) fn made_up(remaining: u64, reset: Duration) -> Self {
        let of = |limit| Some(Standing { limit, remaining: remaining * limit / 1_000, reset });
        Self { requests: of(1_000), tokens: of(1_000_000) }
    }

    /// Adds the headers; those that are there already stay.
    pub(crate) fn write(&self, headers: &mut HeaderMap, dialect: Dialect) {
        let (requests, tokens) = match dialect {
            Dialect::Anthropic => (ANTHROPIC_REQUESTS, ANTHROPIC_TOKENS),
            Dialect::OpenAi | Dialect::Azure | Dialect::Inference => (OPENAI_REQUESTS, OPENAI_TOKENS),
        };
        for (names, standing) in [(requests, self.requests), (tokens, self.tokens)] {
            if let Some(standing) = standing {
                standing.write(headers, names, dialect);
            }
        }
    }
}

impl Standing {
    fn write(&self, headers: &mut HeaderMap, names: Names, dialect: Dialect) {
        let reset = match dialect {
            Dialect::Anthropic => instant_in(self.reset),
            Dialect::OpenAi | Dialect::Azure | Dialect::Inference => spelled(self.reset),
        };
        for (name, value) in names.into_iter().zip([self.limit.to_string(), self.remaining.to_string(), reset]) {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.entry(HeaderName::from_static(name)).or_insert(value);
            }
        }
    }
}

/// A duration as OpenAI writes it, which is how Go does: `12ms`, `1s`, `8.64s`, `6m0s`, `1h0m0s`. Rounded up to a
/// millisecond.
pub(crate) fn spelled(time: Duration) -> String {
    let total = time.as_nanos().div_ceil(1_000_000);
    if (1..1_000).contains(&total) {
        return format!("{total}ms");
    }
    let (whole, rest) = (total / 1_000, total % 1_000);
    let (hours, minutes, seconds) = (whole / 3_600, whole / 60 % 60, whole % 60);
    let fraction = format!(".{rest:03}");
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    match (hours, minutes) {
        (0, 0) => format!("{seconds}{fraction}s"),
        (0, _) => format!("{minutes}m{seconds}{fraction}s"),
        _ => format!("{hours}h{minutes}m{seconds}{fraction}s"),
    }
}

/// The instant so far from now, as RFC 3339 has it, rounded up to a second.
fn instant_in(time: Duration) -> String {
    let whole = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    let now = jiff::Timestamp::now();
    let now = jiff::Timestamp::from_second(now.as_second()).unwrap_or(now);
    now.checked_add(Duration::from_secs(whole)).unwrap_or(now).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spelled_as_openai_spells_them() {
        let cases = [
            (0, "0s"),
            (12, "12ms"),
            (1_000, "1s"),
            (8_640, "8.64s"),
            (60_000, "1m0s"),
            (86_400, "1m26.4s"),
            (360_000, "6m0s"),
            (3_600_000, "1h0m0s"),
        ];
        for (milliseconds, expected) in cases {
            assert_eq!(spelled(Duration::from_millis(milliseconds)), expected);
        }
        assert_eq!(spelled(Duration::from_nanos(1)), "1ms");
    }

    #[test]
    fn what_stands_in_the_headers_is_not_replaced() {
        let mut headers = HeaderMap::new();
        Standings::made_up(0, Duration::from_secs(1)).write(&mut headers, Dialect::OpenAi);
        Standings::made_up(999, Duration::from_millis(60)).write(&mut headers, Dialect::OpenAi);
        assert_eq!(headers["x-ratelimit-remaining-tokens"], "0");
        assert_eq!(headers["x-ratelimit-reset-requests"], "1s");
        assert_eq!(headers.len(), 6);
    }
}
