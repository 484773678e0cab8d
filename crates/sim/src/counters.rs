//! What a simulation has seen and answered.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::endpoint::Endpoint;
use crate::fault_kind::FaultKind;
use crate::fingerprint::Fingerprint;
use crate::limits::Limit;

/// Everything a simulation has counted since it started or was reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// The numbers.
    #[serde(flatten)]
    pub totals: Totals,
    /// How often each distinct inference request was answered in full with 200, as a request of its own or as a line of a
    /// batch.
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
    /// Requests that arrived, by endpoint; of `batch_lines`, those that were worked on.
    pub requests: BTreeMap<Endpoint, u64>,
    /// Requests answered in full with 200, by endpoint; of `batch_lines`, those that were paid for.
    pub answered: BTreeMap<Endpoint, u64>,
    /// Faults that struck, by kind.
    pub faults: BTreeMap<FaultKind, u64>,
    /// Requests refused for want of a key.
    pub unauthorized: u64,
    /// Requests refused because `max_in_flight` were being answered.
    pub over_capacity: u64,
    /// Requests refused for one of the `limits`, by limit.
    #[serde(default)]
    pub refused: BTreeMap<Limit, u64>,
    /// The most inference requests that were being answered at once; those refused do not count.
    #[serde(default)]
    pub peak_concurrent: u64,
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

    /// Requests refused for a limit.
    pub fn refused(&self, limit: Limit) -> u64 {
        self.refused.get(&limit).copied().unwrap_or(0)
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
    refused: Mutex<BTreeMap<Limit, u64>>,
    concurrent: AtomicU64,
    peak_concurrent: AtomicU64,
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

    /// Takes one of the places of inference requests, of which there are `most`; `false` when none is free.
    pub(crate) fn take_place(&self, most: Option<u64>) -> bool {
        let free = |taken: u64| most.is_none_or(|most| taken < most).then_some(taken + 1);
        self.concurrent.fetch_update(Relaxed, Relaxed, free).is_ok()
    }

    /// Counts how many places are taken, once a request is sure of its own.
    pub(crate) fn note_concurrency(&self) {
        self.peak_concurrent.fetch_max(self.concurrent.load(Relaxed), Relaxed);
    }

    pub(crate) fn leave_place(&self) {
        self.concurrent.fetch_sub(1, Relaxed);
    }

    pub(crate) fn refuse(&self, limit: Limit) {
        *open(&self.refused).entry(limit).or_default() += 1;
        self.changed.notify_waiters();
    }

    /// Counts a line of a batch that is worked on.
    pub(crate) fn work_on_line(&self) {
        self.requests[Endpoint::BatchLines.place()].fetch_add(1, Relaxed);
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
            refused: open(&self.refused).clone(),
            peak_concurrent: self.peak_concurrent.load(Relaxed),
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
        self.peak_concurrent.store(self.concurrent.load(Relaxed), Relaxed);
        open(&self.faults).clear();
        open(&self.refused).clear();
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
