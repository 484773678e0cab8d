//! What differences allow to say: over rows, or over the clusters in which rows hang together.

mod clusters;

use crate::stats::{self, Estimate};

use super::differences::{Differences, Kind};
use super::paired::Paired;
use super::{BootstrapReport, Settings};

use clusters::Clustered;

/// Up to so many pairs, or clusters of them, the permutation test, which assumes nothing, takes the place of t.
const FEW: usize = 30;

/// So many rows, or clusters, have to differ before an exact test can find anything at 5 %: 2/2⁶ is below, 2/2⁵ is not.
const SPEAKING: usize = 6;

/// So often at least the signs are flipped, where they are too many to go through all.
const LEAST_FLIPS: u32 = 10_000;

/// Differences, and the clusters that they are in.
pub(super) struct Inference<'a> {
    differences: &'a Differences,
    clusters: Option<Clustered>,
}

impl<'a> Inference<'a> {
    /// # Errors
    /// All rows are of one cluster: nothing tells how far from it another one would lie.
    pub(super) fn of(differences: &'a Differences, paired: &Paired<'_>) -> Result<Self, String> {
        let clusters = paired.right.cluster_spec.as_ref().map(|spec| (spec, Clustered::of(differences, paired)));
        match clusters {
            Some((spec, clusters)) if clusters.len() < 2 => Err(format!(
                "all rows that have it on both sides are of one cluster by `{}`, and nothing tells how far from it another one \
                 would lie",
                spec.by()
            )),
            clusters => Ok(Self { differences, clusters: clusters.map(|(_, clusters)| clusters) }),
        }
    }

    /// How many clusters there are, where rows are clustered.
    pub(super) fn clusters(&self) -> Option<u64> {
        self.clusters.as_ref().map(|clusters| clusters.len() as u64)
    }

    /// How many there are that are independent of one another.
    fn units(&self) -> usize {
        self.clusters.as_ref().map_or(self.differences.values.len(), Clustered::len)
    }

    /// The interval of the difference, and how it was made.
    pub(super) fn interval(&self, confidence: f64) -> (Estimate, &'static str) {
        match &self.clusters {
            None => self.over_rows(confidence),
            Some(clusters) => self.over_clusters(clusters, confidence),
        }
    }

    fn over_rows(&self, confidence: f64) -> (Estimate, &'static str) {
        if let Some(tango) = self.tango(confidence) {
            return (tango, "tango");
        }
        match stats::paired_t(&self.differences.values, confidence) {
            Some(t) => (self.around((t.high - t.low) / 2.0), if self.is_linearised() { "delta" } else { "t" }),
            None => (self.without_spread(confidence), "score"),
        }
    }

    fn over_clusters(&self, clusters: &Clustered, confidence: f64) -> (Estimate, &'static str) {
        let Some(half) = clusters.half(confidence) else {
            return (self.without_spread(confidence), "clustered-score");
        };
        let mut interval = self.around(half);
        // Where next to no row differs t claims too much; clusters know no more than as many independent rows would.
        if let Some(tango) = self.tango(confidence) {
            interval.low = interval.low.min(tango.low);
            interval.high = interval.high.max(tango.high);
        }
        (interval, if self.is_linearised() { "clustered-delta" } else { "clustered-t" })
    }

    const fn is_linearised(&self) -> bool {
        matches!(self.differences.kind, Kind::Linearised)
    }

    /// Tango's interval of verdicts, for independent rows.
    fn tango(&self, confidence: f64) -> Option<Estimate> {
        let Kind::Verdicts(both, left, right, neither) = self.differences.kind else { return None };
        Some(stats::tango(both, left, right, neither, confidence))
    }

    /// The difference and as much on either side, as far as it can lie.
    fn around(&self, half: f64) -> Estimate {
        let delta = self.differences.delta();
        let interval = Estimate { value: delta, low: delta - half, high: delta + half };
        if self.differences.is_bounded() { interval.within(-1.0, 1.0) } else { interval }
    }

    /// Where every row, or every cluster, differs by the same, t would claim to know the difference for certain. Amounts are
    /// held against the larger of the two, for they have no bounds of their own.
    fn without_spread(&self, confidence: f64) -> Estimate {
        let Differences { left, right, .. } = self.differences;
        let delta = self.differences.delta();
        let scale = if self.differences.is_bounded() { 1.0 } else { left.abs().max(right.abs()).max(delta.abs()) };
        let none = Estimate { value: delta, low: delta, high: delta };
        if scale == 0.0 {
            return none;
        }
        let share = stats::unvaried(delta / scale, self.units() as u64, confidence);
        share.map_or(none, |share| Estimate { value: delta, low: share.low * scale, high: share.high * scale })
    }

    /// The two-sided p-value, and the test.
    pub(super) fn test(&self, settings: &Settings) -> (f64, &'static str) {
        let flipped = |values: &[f64]| stats::sign_flip(values, settings.resamples.max(LEAST_FLIPS), settings.seed).p;
        let values = &self.differences.values;
        match (&self.clusters, &self.differences.kind) {
            (None, Kind::Verdicts(_, left, right, _)) => (stats::mcnemar(*left, *right).exact_p, "mcnemar"),
            (None, _) => match stats::paired_t(values, settings.confidence) {
                Some(t) if values.len() > FEW => (t.p, "t"),
                _ => (flipped(values), "sign-flip"),
            },
            // The sides of a whole cluster are swapped, so that it does not matter how alike its rows are. Of verdicts, which
            // may differ on few rows, that is what McNemar's test is of single ones.
            (Some(clusters), kind) => match clusters.p() {
                Some(p) if clusters.len() > FEW && !matches!(kind, Kind::Verdicts(..)) => (p, "clustered-t"),
                _ => (flipped(clusters.sums()), "clustered-sign-flip"),
            },
        }
    }

    /// The smallest true difference that so many pairs show four times in five.
    ///
    /// With fewer than [`SPEAKING`] rows, or clusters of them, no test can speak, whatever they say. Verdicts differ by whole
    /// rows, so that as many of them are the least that can be seen; by whole clusters, where none differs and nothing says
    /// how alike their rows are. Degrees may differ a little on every row: their spread alone decides, and without any, how far
    /// off the difference may still be.
    pub(super) fn detectable(&self) -> Option<f64> {
        let units = self.units();
        if units < SPEAKING {
            return None;
        }
        let sd = match &self.clusters {
            None => stats::paired_t(&self.differences.values, stats::CONFIDENCE).map(|t| t.sd),
            // That of a unit, of which there are as many as clusters.
            Some(clusters) => clusters.se().map(|se| se * (units as f64).sqrt()),
        };
        let spread = sd.and_then(|sd| stats::detectable_difference(sd, units as u64, 0.05, 0.8));
        if matches!(self.differences.kind, Kind::Verdicts(..)) {
            let least = |of: usize| SPEAKING as f64 / of as f64;
            return Some(spread.map_or(least(units), |spread| spread.max(least(self.differences.values.len()))));
        }
        spread.or_else(|| {
            let unseen = self.without_spread(stats::CONFIDENCE);
            Some((unseen.high - unseen.low) / 2.0).filter(|half| *half > 0.0)
        })
    }

    /// The same interval from drawing rows, or whole clusters, again.
    pub(super) fn bootstrap(&self, settings: &Settings) -> Option<BootstrapReport> {
        let Settings { confidence, resamples, seed, .. } = *settings;
        if resamples == 0 || self.units() < 2 {
            return None;
        }
        let made = match &self.clusters {
            None => stats::paired_bootstrap(&self.differences.values, resamples, confidence, seed),
            Some(clusters) => {
                stats::clustered_bootstrap(clusters.sums(), clusters.sizes(), resamples, confidence, seed)
            }
        };
        let estimate = made?.estimate;
        Some(BootstrapReport { low: estimate.low, high: estimate.high, resamples, seed })
    }
}
