//! When something goes wrong.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::endpoint::Endpoint;
use crate::fault_kind::FaultKind;
use crate::fingerprint::Fingerprint;
use crate::hash::Digest;

/// When a fault happens: on every request for which all that is given holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// What happens.
    pub kind: FaultKind,
    /// On this share of the attempts, by their hash, so that a retry can succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// On the first so many requests that the rule is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// On the first so many attempts of every distinct request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u64>,
    /// When the last user message holds this text.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// At most so many times in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// When this model is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// On this endpoint; without it, wherever a model works on a request (chat, responses, embeddings, messages, infer).
    /// Lines of batches are struck where it is `batch_lines`, or where the kind is one that only they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// What a 429 asks the client to wait; 1,000 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<u64>,
    /// The status of an error, in place of the one that its kind has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

impl FaultRule {
    /// A rule that strikes every request; narrow it by setting its fields.
    pub fn always(kind: FaultKind) -> Self {
        Self {
            kind,
            rate: None,
            first: None,
            attempts: None,
            text: None,
            times: None,
            model: None,
            endpoint: None,
            wait_ms: None,
            status: None,
        }
    }

    /// A rule that strikes the first so many requests.
    pub fn first(kind: FaultKind, count: u64) -> Self {
        Self { first: Some(count), ..Self::always(kind) }
    }

    /// A rule that strikes this share of all attempts.
    pub fn rate(kind: FaultKind, rate: f64) -> Self {
        Self { rate: Some(rate), ..Self::always(kind) }
    }

    fn is_about(&self, request: &Faultable<'_>) -> bool {
        let here = match self.endpoint {
            Some(endpoint) => endpoint == request.endpoint,
            None => request.endpoint.is_inference() || self.kind.is_of_lines(),
        };
        here && self.kind.shows_on(request.endpoint, request.stream)
            && self.model.as_deref().is_none_or(|model| model == request.model)
            && self.text.as_deref().is_none_or(|text| request.question.contains(text))
    }
}

/// What rules look at in a request.
#[derive(Debug)]
pub(crate) struct Faultable<'a> {
    pub(crate) endpoint: Endpoint,
    pub(crate) stream: bool,
    pub(crate) model: &'a str,
    pub(crate) question: &'a str,
    pub(crate) fingerprint: Fingerprint,
}

/// A fault that strikes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Struck {
    pub(crate) kind: FaultKind,
    pub(crate) wait_ms: u64,
    pub(crate) status: Option<u16>,
}

impl From<&FaultRule> for Struck {
    fn from(rule: &FaultRule) -> Self {
        Self { kind: rule.kind, wait_ms: rule.wait_ms.unwrap_or(1_000), status: rule.status }
    }
}

/// The rules of a simulation with how often each was considered and struck.
#[derive(Debug)]
pub(crate) struct FaultPlan {
    rules: Vec<(FaultRule, RuleTally)>,
    counts_attempts: bool,
    attempts: Mutex<HashMap<Fingerprint, u64>>,
    seed: u64,
}

#[derive(Debug, Default)]
struct RuleTally {
    considered: AtomicU64,
    struck: AtomicU64,
}

impl FaultPlan {
    /// `counts_attempts` is for a caller that needs attempt numbers even without rules.
    pub(crate) fn new(rules: &[FaultRule], seed: u64, counts_attempts: bool) -> Self {
        let by_attempt = |rule: &FaultRule| rule.rate.is_some() || rule.attempts.is_some();
        Self {
            counts_attempts: counts_attempts || rules.iter().any(by_attempt),
            rules: rules.iter().map(|rule| (rule.clone(), RuleTally::default())).collect(),
            attempts: Mutex::default(),
            seed,
        }
    }

    /// Whether there is nothing to decide.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// How many attempts of this request came before; counts this one. Always 0 when nothing depends on it.
    pub(crate) fn attempt(&self, fingerprint: Fingerprint) -> u64 {
        if !self.counts_attempts {
            return 0;
        }
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = attempts.entry(fingerprint).or_default();
        *count += 1;
        *count - 1
    }

    /// The fault that strikes this attempt, if any.
    pub(crate) fn strike(&self, request: &Faultable<'_>, attempt: u64) -> Option<Struck> {
        self.rules
            .iter()
            .enumerate()
            .filter(|(_, (rule, _))| rule.is_about(request))
            .find(|(place, (rule, tally))| {
                let draw =
                    Digest::new(self.seed).number(*place as u64).number(request.fingerprint.number()).number(attempt);
                tally.strikes(rule, draw.unit(), attempt)
            })
            .map(|(_, (rule, _))| Struck::from(rule))
    }
}

impl RuleTally {
    fn strikes(&self, rule: &FaultRule, draw: f64, attempt: u64) -> bool {
        let considered = self.considered.fetch_add(1, Relaxed);
        let due = rule.first.is_none_or(|count| considered < count)
            && rule.attempts.is_none_or(|count| attempt < count)
            && rule.rate.is_none_or(|rate| draw < rate);
        due && self
            .struck
            .fetch_update(Relaxed, Relaxed, |struck| {
                rule.times.is_none_or(|times| struck < times).then_some(struck + 1)
            })
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(fingerprint: u64) -> Faultable<'static> {
        Faultable {
            endpoint: Endpoint::Chat,
            stream: false,
            model: "m",
            question: "What is 2+2?",
            fingerprint: Fingerprint::of(fingerprint),
        }
    }

    fn strikes(plan: &FaultPlan, fingerprint: u64) -> bool {
        let request = chat(fingerprint);
        let attempt = plan.attempt(request.fingerprint);
        plan.strike(&request, attempt).is_some()
    }

    #[test]
    fn a_rate_strikes_attempts_and_not_requests_for_ever() {
        let plan = FaultPlan::new(&[FaultRule::rate(FaultKind::ServerError, 0.5)], 1, false);
        let struck: Vec<bool> = (0..64).map(|_| strikes(&plan, 5)).collect();
        assert!(struck.contains(&true) && struck.contains(&false));
    }

    #[test]
    fn every_request_fails_its_first_attempts() {
        let rule = FaultRule { attempts: Some(1), ..FaultRule::always(FaultKind::ServerError) };
        let plan = FaultPlan::new(&[rule], 1, false);
        assert!(strikes(&plan, 1) && strikes(&plan, 2));
        assert!(!strikes(&plan, 1) && !strikes(&plan, 2));
    }

    #[test]
    fn a_rule_with_times_stops() {
        let rule: FaultRule = serde_json::from_str(r#"{"kind": "server_error", "match": "2+2", "times": 2}"#).unwrap();
        let plan = FaultPlan::new(&[rule], 1, false);
        let struck = (0..5).filter(|_| strikes(&plan, 1)).count();
        assert_eq!(struck, 2);
    }

    #[test]
    fn a_fault_of_streams_is_not_spent_on_other_requests() {
        let plan = FaultPlan::new(&[FaultRule::first(FaultKind::TruncatedStream, 1)], 1, false);
        assert!(!strikes(&plan, 1));
        let stream = Faultable { stream: true, ..chat(1) };
        assert!(plan.strike(&stream, 0).is_some());
    }
}
