//! What all requests share.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::Deserialize;

use crate::answers::Answers;
use crate::counters::Tally;
use crate::faults::{FaultPlan, Faultable};
use crate::files::Files;
use crate::hash::Digest;
use crate::hold::Gate;
use crate::limits::Limiter;
use crate::refusal::Refusal;
use crate::settings::{Latency, ModelSettings, Settings, SettingsError};
use crate::visit::Fate;

/// How many standard deviations above the middle 95 of 100 lie.
const P95_DEVIATIONS: f64 = 1.6449;

/// One simulation: its settings, which can be replaced, and what it remembers.
#[derive(Debug)]
pub(crate) struct World {
    scene: RwLock<Arc<Scene>>,
    pub(crate) tally: Tally,
    pub(crate) gate: Gate,
    pub(crate) files: Files,
    numbers: AtomicU64,
}

/// Settings made ready for use.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) settings: Settings,
    pub(crate) answers: Answers,
    pub(crate) faults: FaultPlan,
    pub(crate) limiter: Limiter,
}

impl World {
    pub(crate) fn new(settings: Settings) -> Result<Self, SettingsError> {
        let scene = Scene::new(settings)?;
        let world = Self {
            tally: Tally::default(),
            gate: Gate::default(),
            files: Files::default(),
            numbers: AtomicU64::new(0),
            scene: RwLock::new(Arc::new(scene)),
        };
        world.arm();
        Ok(world)
    }

    pub(crate) fn scene(&self) -> Arc<Scene> {
        Arc::clone(&self.scene.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Behaves differently from now on; requests being answered keep the old ways.
    pub(crate) fn replace(&self, settings: Settings) -> Result<(), SettingsError> {
        self.set(Scene::new(settings)?);
        self.arm();
        Ok(())
    }

    /// Forgets counts, files and how often faults struck, and opens the gate.
    pub(crate) fn reset(&self) {
        let settings = self.scene().settings.clone();
        self.set(Scene::prepare(settings));
        self.gate.open();
        self.tally.reset();
        self.files.clear();
        self.arm();
    }

    /// A number that no other answer has.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Relaxed)
    }

    fn set(&self, scene: Scene) {
        *self.scene.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(scene);
    }

    fn arm(&self) {
        if let Some(count) = self.scene().settings.hold_after {
            self.gate.close_after(count);
        }
    }
}

impl Scene {
    fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.complete().map(Self::prepare)
    }

    fn prepare(settings: Settings) -> Self {
        let flickers = settings.flicker > 0.0;
        Self {
            answers: Answers::new(&settings.answers, &settings.wrong),
            faults: FaultPlan::new(&settings.faults, settings.seed, flickers),
            limiter: Limiter::new(&settings.limits),
            settings,
        }
    }

    pub(crate) fn model(&self, name: &str) -> Option<&ModelSettings> {
        if self.settings.models.is_empty() {
            return None;
        }
        self.settings.models.get(name)
    }

    /// Refuses a model that is not in the settings, where they are strict.
    pub(crate) fn check_model(&self, model: &str) -> Result<(), Refusal> {
        if model.is_empty() {
            return Err(Refusal::invalid("you must provide a model parameter"));
        }
        if !self.knows(model) {
            return Err(Refusal::unknown_model(model));
        }
        Ok(())
    }

    /// Whether a model of this name is there: all are, unless the settings are strict.
    pub(crate) fn knows(&self, model: &str) -> bool {
        !self.settings.strict_models || self.model(model).is_some()
    }

    /// Reads a JSON body.
    pub(crate) fn parse<'b, T: Deserialize<'b>>(&self, body: &'b [u8]) -> Result<T, Refusal> {
        serde_json::from_slice(body).map_err(|error| {
            let message = format!("We could not parse the JSON body of your request: {error}");
            if self.settings.quirks.malformed_request_is_500 {
                return Refusal::number_code(500, &message);
            }
            Refusal::invalid(message)
        })
    }

    /// Decides and counts which fault strikes this attempt.
    pub(crate) fn fate(&self, request: &Faultable<'_>, tally: &Tally) -> Fate {
        let attempt = self.faults.attempt(request.fingerprint);
        let fault = (!self.faults.is_empty()).then(|| self.faults.strike(request, attempt)).flatten();
        if let Some(fault) = fault {
            tally.strike(fault.kind);
        }
        Fate { fingerprint: request.fingerprint, attempt, fault }
    }

    pub(crate) fn accuracy(&self, model: &str) -> f64 {
        let own = self.model(model).and_then(|model| model.accuracy);
        own.unwrap_or(self.settings.accuracy)
    }

    /// How long an answer takes; `None` is no time at all.
    pub(crate) fn latency(&self, model: &str, digest: Digest) -> Option<Duration> {
        let own = self.model(model).and_then(|model| model.latency);
        own.unwrap_or(self.settings.latency).draw(digest)
    }
}

impl Latency {
    fn draw(self, digest: Digest) -> Option<Duration> {
        if self.p50_ms <= 0.0 {
            return None;
        }
        let spread = self.p95_ms.map_or(0.0, |p95| (p95 / self.p50_ms).max(1.0).ln() / P95_DEVIATIONS);
        let factor = if spread > 0.0 { (spread * normal(digest)).exp() } else { 1.0 };
        Some(Duration::from_secs_f64(self.p50_ms * factor / 1_000.0))
    }
}

/// A normally distributed number (Box and Muller), at most four deviations from 0.
fn normal(digest: Digest) -> f64 {
    let radius = (-2.0 * (1.0 - digest.number(11).unit()).ln()).sqrt();
    let angle = std::f64::consts::TAU * digest.number(12).unit();
    (radius * angle.cos()).clamp(-4.0, 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(latency: Latency, share: f64) -> f64 {
        let mut times: Vec<f64> = (0..10_000)
            .filter_map(|seed| latency.draw(Digest::new(seed)))
            .map(|time| time.as_secs_f64() * 1_000.0)
            .collect();
        times.sort_by(f64::total_cmp);
        times[(times.len() as f64 * share) as usize]
    }

    #[test]
    fn latencies_have_the_percentiles_asked_for() {
        let latency = Latency { p50_ms: 100.0, p95_ms: Some(300.0) };
        let (p50, p95) = (drawn(latency, 0.5), drawn(latency, 0.95));
        assert!((95.0..105.0).contains(&p50), "{p50}");
        assert!((280.0..320.0).contains(&p95), "{p95}");
    }

    #[test]
    fn no_latency_never_sleeps() {
        assert_eq!(Latency::default().draw(Digest::new(0)), None);
    }
}
