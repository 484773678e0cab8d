//! What a simulation has seen and answered.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::sync::Notify;

use crate::endpoint::Endpoint;
use crate::faults::FaultKind;
use crate::hash::Digest;

/// Identifies a request by its endpoint and every byte of its body: model, messages and parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) fn of_body(endpoint: Endpoint, body: &[u8]) -> Self {
        Self(Digest::new(endpoint as u64).bytes(body).value())
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }

    #[cfg(test)]
    pub(crate) fn of(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = u64::from_str_radix(&text, 16).map_err(serde::de::Error::custom)?;
        Ok(Self(number))
    }
}

/// Everything a simulation has counted since it started or was reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// The numbers.
    #[serde(flatten)]
    pub totals: Totals,
    /// How often each distinct inference request was answered in full with 200.
    pub answered_calls: HashMap<Fingerprint, u64>,
}

impl Counters {
    /// How many distinct requests were answered in full more than once. Zero proves that nothing was paid for twice,
    /// provided that the client never asks the same on purpose.
    pub fn repeated(&self) -> usize {
        self.answered_calls.values().filter(|times| **times > 1).count()
    }
}

/// The numbers of [`Counters`], cheap to copy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Requests that arrived, by endpoint.
    pub requests: BTreeMap<Endpoint, u64>,
    /// Requests answered in full with 200, by endpoint.
    pub answered: BTreeMap<Endpoint, u64>,
    /// Faults that struck, by kind.
    pub faults: BTreeMap<FaultKind, u64>,
    /// Requests refused for want of a key.
    pub unauthorized: u64,
    /// Requests refused because `max_in_flight` were being answered.
    pub over_capacity: u64,
    /// Requests being answered now, held ones included.
    pub in_flight: u64,
    /// The most requests that were being answered at once.
    pub peak_in_flight: u64,
    /// Completions that wait for a release now.
    pub held: u64,
    /// Prompt tokens of all answers.
    pub prompt_tokens: u64,
    /// Completion tokens of all answers.
    pub completion_tokens: u64,
}

impl Totals {
    /// Requests that arrived at an endpoint.
    pub fn requests(&self, endpoint: Endpoint) -> u64 {
        self.requests.get(&endpoint).copied().unwrap_or(0)
    }

    /// Requests to an endpoint that were answered in full with 200.
    pub fn answered(&self, endpoint: Endpoint) -> u64 {
        self.answered.get(&endpoint).copied().unwrap_or(0)
    }

    /// How often a fault struck.
    pub fn faults(&self, kind: FaultKind) -> u64 {
        self.faults.get(&kind).copied().unwrap_or(0)
    }
}

/// The live side of [`Counters`].
#[derive(Debug, Default)]
pub(crate) struct Tally {
    requests: [AtomicU64; Endpoint::ALL.len()],
    answered: [AtomicU64; Endpoint::ALL.len()],
    faults: Mutex<BTreeMap<FaultKind, u64>>,
    pub(crate) unauthorized: AtomicU64,
    pub(crate) over_capacity: AtomicU64,
    in_flight: AtomicU64,
    peak_in_flight: AtomicU64,
    held: AtomicU64,
    prompt_tokens: AtomicU64,
    completion_tokens: AtomicU64,
    answered_calls: Mutex<HashMap<Fingerprint, u64>>,
    /// Told of every change.
    pub(crate) changed: Notify,
}

/// Which answer was given in full, and what it cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receipt {
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
}

impl Tally {
    /// Counts a request in; returns how many are in flight with it.
    pub(crate) fn arrive(&self, endpoint: Endpoint) -> u64 {
        self.requests[endpoint.place()].fetch_add(1, Relaxed);
        let in_flight = self.in_flight.fetch_add(1, Relaxed) + 1;
        self.peak_in_flight.fetch_max(in_flight, Relaxed);
        self.changed.notify_waiters();
        in_flight
    }

    /// Counts a request out, answered or not.
    pub(crate) fn leave(&self) {
        self.in_flight.fetch_sub(1, Relaxed);
        self.changed.notify_waiters();
    }

    pub(crate) fn answer(&self, endpoint: Endpoint, receipt: Receipt) {
        self.answered[endpoint.place()].fetch_add(1, Relaxed);
        self.prompt_tokens.fetch_add(receipt.prompt_tokens, Relaxed);
        self.completion_tokens.fetch_add(receipt.completion_tokens, Relaxed);
        if let Some(fingerprint) = receipt.fingerprint {
            *open(&self.answered_calls).entry(fingerprint).or_default() += 1;
        }
    }

    pub(crate) fn strike(&self, kind: FaultKind) {
        *open(&self.faults).entry(kind).or_default() += 1;
        self.changed.notify_waiters();
    }

    pub(crate) fn hold(&self) {
        self.held.fetch_add(1, Relaxed);
        self.changed.notify_waiters();
    }

    pub(crate) fn let_go(&self) {
        self.held.fetch_sub(1, Relaxed);
        self.changed.notify_waiters();
    }

    pub(crate) fn totals(&self) -> Totals {
        Totals {
            requests: by_endpoint(&self.requests),
            answered: by_endpoint(&self.answered),
            faults: open(&self.faults).clone(),
            unauthorized: self.unauthorized.load(Relaxed),
            over_capacity: self.over_capacity.load(Relaxed),
            in_flight: self.in_flight.load(Relaxed),
            peak_in_flight: self.peak_in_flight.load(Relaxed),
            held: self.held.load(Relaxed),
            prompt_tokens: self.prompt_tokens.load(Relaxed),
            completion_tokens: self.completion_tokens.load(Relaxed),
        }
    }

    pub(crate) fn counters(&self) -> Counters {
        let answered_calls = open(&self.answered_calls).clone();
        let totals = self.totals();
        Counters { totals, answered_calls }
    }

    /// Forgets everything but what is in flight and held, which goes on.
    pub(crate) fn reset(&self) {
        let counts = self.requests.iter().chain(&self.answered).chain([
            &self.unauthorized,
            &self.over_capacity,
            &self.prompt_tokens,
            &self.completion_tokens,
        ]);
        for count in counts {
            count.store(0, Relaxed);
        }
        self.peak_in_flight.store(self.in_flight.load(Relaxed), Relaxed);
        open(&self.faults).clear();
        open(&self.answered_calls).clear();
        self.changed.notify_waiters();
    }
}

fn by_endpoint(counts: &[AtomicU64; Endpoint::ALL.len()]) -> BTreeMap<Endpoint, u64> {
    Endpoint::ALL
        .into_iter()
        .map(|endpoint| (endpoint, counts[endpoint.place()].load(Relaxed)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// Counts stay true even when a thread panicked while it held them.
fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_survive_json() {
        let tally = Tally::default();
        tally.arrive(Endpoint::Chat);
        tally.strike(FaultKind::Overloaded);
        let receipt = Receipt { fingerprint: Some(Fingerprint::of(255)), prompt_tokens: 3, completion_tokens: 2 };
        tally.answer(Endpoint::Chat, receipt);
        tally.answer(Endpoint::Chat, receipt);
        let counters = tally.counters();
        assert_eq!(counters.repeated(), 1);
        let text = serde_json::to_string(&counters).unwrap();
        assert!(text.contains(r#""00000000000000ff":2"#), "{text}");
        assert_eq!(serde_json::from_str::<Counters>(&text).unwrap(), counters);
    }
}
