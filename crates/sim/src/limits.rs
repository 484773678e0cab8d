//! How much is answered at once and in a minute. What is beyond is refused.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::standing::{Standing, Standings};

/// What a client is told to wait when too many requests are answered at once, of which nobody knows how long they take.
const A_MOMENT: Duration = Duration::from_secs(1);

/// Limits of inference requests; what is beyond them is answered with 429 and the code `rate_limit_exceeded`.
///
/// Those of a minute are buckets that fill evenly, as OpenAI's and Anthropic's are: a limit of 60 gives back one request a
/// second. A refused request takes nothing from them. New settings fill them anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests answered at once, held ones included.
    pub concurrent: Option<u64>,
    /// Requests in a minute.
    pub requests_per_minute: Option<u64>,
    /// Tokens in a minute. A request takes its prompt tokens, or its `max_tokens` where that is more.
    pub tokens_per_minute: Option<u64>,
    /// Whether every answer, an error too, says what is left of the limits of a minute: in `x-ratelimit-*` headers, and
    /// in Anthropic's dialect in `anthropic-ratelimit-*` headers.
    pub headers: bool,
    /// How a refused client is told when to come back.
    pub retry_after: RetryAfter,
}

/// How a 429 says when to come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// Not at all.
    #[default]
    None,
    /// `retry-after`, in seconds, rounded up.
    Seconds,
    /// `retry-after-ms`, in milliseconds, rounded up.
    Ms,
}

/// Which of the [`Limits`] a request was refused for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Too many requests at once.
    Concurrent,
    /// Too many requests in a minute.
    Requests,
    /// Too many tokens in a minute.
    Tokens,
}

/// Why there is no room for a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lack {
    pub(crate) limit: Limit,
    pub(crate) most: u64,
    pub(crate) asked: u64,
    /// When there will be; `None` for a request that is too large for ever.
    pub(crate) wait: Option<Duration>,
}

impl Lack {
    pub(crate) fn of_places(most: u64) -> Self {
        Self { limit: Limit::Concurrent, most, asked: 1, wait: Some(A_MOMENT) }
    }
}

/// The buckets of the limits of a minute.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// `None` spares servers without limits the lock.
    buckets: Option<Mutex<Buckets>>,
}

#[derive(Debug)]
struct Buckets {
    requests: Option<Bucket>,
    tokens: Option<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    most: u64,
    left: f64,
    filled: Instant,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        let now = Instant::now();
        let bucket = |most: Option<u64>| most.map(|most| Bucket { most, left: most as f64, filled: now });
        let buckets =
            Buckets { requests: bucket(limits.requests_per_minute), tokens: bucket(limits.tokens_per_minute) };
        let any = buckets.requests.is_some() || buckets.tokens.is_some();
        Self { buckets: any.then(|| Mutex::new(buckets)) }
    }

    /// Takes one request of so many tokens, or nothing where either is lacking.
    pub(crate) fn take(&self, tokens: u64) -> Result<(), Lack> {
        self.with(|buckets| buckets.take(tokens)).unwrap_or(Ok(()))
    }

    /// What is left now.
    pub(crate) fn standings(&self) -> Standings {
        self.with(|buckets| Standings {
            requests: buckets.requests.as_ref().map(Bucket::standing),
            tokens: buckets.tokens.as_ref().map(Bucket::standing),
        })
        .unwrap_or_default()
    }

    fn with<T>(&self, look: impl FnOnce(&mut Buckets) -> T) -> Option<T> {
        let mut buckets = self.buckets.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let Buckets { requests, tokens } = &mut *buckets;
        requests.iter_mut().chain(tokens).for_each(|bucket| bucket.fill(now));
        Some(look(&mut buckets))
    }
}

impl Buckets {
    fn take(&mut self, tokens: u64) -> Result<(), Lack> {
        for (limit, bucket, asked) in [(Limit::Requests, &self.requests, 1), (Limit::Tokens, &self.tokens, tokens)] {
            if let Some(bucket) = bucket.as_ref().filter(|bucket| !bucket.holds(asked)) {
                return Err(Lack { limit, most: bucket.most, asked, wait: bucket.wait_for(asked) });
            }
        }
        for (bucket, asked) in [(&mut self.requests, 1), (&mut self.tokens, tokens)] {
            if let Some(bucket) = bucket {
                bucket.left = (bucket.left - asked as f64).max(0.0);
            }
        }
        Ok(())
    }
}

impl Bucket {
    fn fill(&mut self, now: Instant) {
        let gained = now.duration_since(self.filled).as_secs_f64() * self.most as f64 / 60.0;
        self.left = (self.left + gained).min(self.most as f64);
        self.filled = now;
    }

    /// A client that waited as long as it was told is not turned away for a rounding error.
    fn holds(&self, asked: u64) -> bool {
        self.left + 1e-6 >= asked as f64
    }

    fn wait_for(&self, asked: u64) -> Option<Duration> {
        (asked <= self.most).then(|| self.time_for(asked as f64 - self.left))
    }

    fn standing(&self) -> Standing {
        let reset = self.time_for(self.most as f64 - self.left);
        Standing { limit: self.most, remaining: (self.left + 1e-6) as u64, reset }
    }

    /// How long it takes until so much more is there.
    fn time_for(&self, missing: f64) -> Duration {
        let seconds = missing.max(0.0) * 60.0 / (self.most.max(1) as f64);
        // Whole microseconds: what rounding left over is no time to wait.
        Duration::from_micros((seconds * 1e6).round() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(requests: Option<u64>, tokens: Option<u64>) -> Limiter {
        Limiter::new(&Limits { requests_per_minute: requests, tokens_per_minute: tokens, ..Limits::default() })
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_waits_as_told_gets_in() {
        let limiter = limiter(Some(7), None);
        let mut waited = 0;
        for _ in 0..100 {
            if let Err(lack) = limiter.take(1) {
                tokio::time::sleep(lack.wait.unwrap()).await;
                waited += 1;
                limiter.take(1).unwrap();
            }
        }
        assert_eq!(waited, 93);
    }

    #[tokio::test(start_paused = true)]
    async fn what_lacks_tokens_takes_no_request() {
        let limiter = limiter(Some(10), Some(100));
        limiter.take(90).unwrap();
        let lack = limiter.take(40).unwrap_err();
        assert_eq!((lack.limit, lack.most, lack.asked), (Limit::Tokens, 100, 40));
        assert_eq!(lack.wait, Some(Duration::from_secs(18)));
        assert_eq!(limiter.standings().requests.map(|left| left.remaining), Some(9));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_larger_than_the_limit_is_never_let_in() {
        assert_eq!(limiter(None, Some(100)).take(101).unwrap_err().wait, None);
        assert_eq!(limiter(Some(0), None).take(1).unwrap_err().wait, None);
        let empty = limiter(Some(0), None).standings().requests.unwrap();
        assert_eq!(empty, Standing { limit: 0, remaining: 0, reset: Duration::ZERO });
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_is_whole_again_after_its_reset() {
        let limiter = limiter(Some(60), None);
        (0..3).for_each(|_| limiter.take(1).unwrap());
        let standing = limiter.standings().requests.unwrap();
        assert_eq!(standing, Standing { limit: 60, remaining: 57, reset: Duration::from_secs(3) });
        tokio::time::sleep(standing.reset).await;
        assert_eq!(limiter.standings().requests.unwrap().remaining, 60);
    }
}
