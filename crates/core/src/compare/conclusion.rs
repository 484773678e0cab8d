//! What is told of one metric.

use super::aggregate::Measured;
use super::inference::Inference;
use super::paired::Paired;
use super::{Finding, MetricComparison, NotCompared, Settings, sentence};

impl MetricComparison {
    /// Before its p-value is corrected, which [concludes](Self::conclude) it.
    ///
    /// # Errors
    /// Why it cannot be compared.
    pub(super) fn of(measured: Measured, paired: &Paired<'_>, settings: &Settings) -> Result<Self, NotCompared> {
        let Measured { metric, differences, flipped } = measured;
        let differences = match differences {
            Ok(differences) => differences,
            Err(because) => return Err(NotCompared { metric, because }),
        };
        let inference = match Inference::of(&differences, paired) {
            Ok(inference) => inference,
            Err(because) => return Err(NotCompared { metric, because }),
        };
        let (interval, how) = inference.interval(settings.confidence);
        let (p, test) = inference.test(settings);
        let (wins, losses, ties) = differences.outcome;
        Ok(Self {
            metric,
            higher_is_better: differences.higher_is_better,
            left: differences.left,
            right: differences.right,
            pairs: differences.values.len() as u64,
            clusters: inference.clusters(),
            lost: differences.lost,
            delta: differences.delta(),
            low: interval.low,
            high: interval.high,
            interval: how.to_owned(),
            confidence: settings.confidence,
            p: Some(p),
            test: test.to_owned(),
            adjusted_p: None,
            wins,
            losses,
            ties,
            flipped,
            detectable: inference.detectable(),
            bootstrap: inference.bootstrap(settings),
            finding: Finding::NotShown,
            sentence: String::new(),
        })
    }

    /// Draws the conclusion, once the p-value has been corrected over a family of so many tests.
    pub(super) fn conclude(&mut self, family: u64) {
        let shown = self.adjusted_p.is_some_and(|p| p < 1.0 - self.confidence) && (self.low > 0.0 || self.high < 0.0);
        self.finding = match (shown, (self.delta > 0.0) == self.higher_is_better) {
            (false, _) => Finding::NotShown,
            (true, true) => Finding::Better,
            (true, false) => Finding::Worse,
        };
        self.sentence = sentence::of(self, family);
    }
}
