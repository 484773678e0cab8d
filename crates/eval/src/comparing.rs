//! Which variants of a run are compared with what: with the baseline where there is one; where there is none, prompts
//! with the first one on the same model, and models with the first one; and with whatever a gate names.

use carat_core::compare::{Comparison, Settings, Side, Sides, compare_all};
use carat_core::event::PlanOutline;
use carat_core::spec::GateSpec;

/// What a gate calls the run or file of `--baseline`.
pub const BASELINE: &str = "baseline";

/// What a run is compared with.
pub struct Baseline {
    /// Its sides.
    pub sides: Sides,
    /// The one that all variants are compared with, by its label; each with its like where there is none.
    pub variant: Option<String>,
}

impl Baseline {
    /// The side that a variant is compared with: the one that was named, the only one, or that of the same prompt and model.
    fn side_for(&self, side: &Side) -> Option<&Side> {
        match (&self.variant, self.sides.all()) {
            (Some(label), _) => self.sides.of_variant(label),
            (None, [only]) => Some(only),
            (None, several) => several.iter().find(|other| other.is_like(side)),
        }
    }
}

/// Everything that was compared.
pub struct Compared {
    /// What the report shows, at its confidence: corrected together.
    pub shown: Vec<Comparison>,
    /// What gates are held against, by the name of the reference and the confidence.
    for_gates: Vec<(String, f64, Vec<Comparison>)>,
    /// Why there is no baseline.
    no_baseline: String,
}

impl Compared {
    /// Nothing at all, because of this.
    pub fn nothing(why: impl Into<String>) -> Self {
        Self { shown: Vec::new(), for_gates: Vec::new(), no_baseline: why.into() }
    }

    /// Compares the sides of a run. `baseline` says why there is none.
    pub fn of_run(run: &Sides, baseline: Result<&Baseline, String>, plan: &PlanOutline, settings: &Settings) -> Self {
        let known = baseline.as_ref().ok().copied();
        let shown = compare_all(shown(run, known), settings);
        let mut compared = Self { shown, for_gates: Vec::new(), no_baseline: baseline.err().unwrap_or_default() };
        for gate in &plan.gates {
            if let Some(reference) = reference(gate) {
                compared.add(run, known, reference, confidence(gate, settings), settings);
            }
        }
        compared
    }

    fn add(&mut self, run: &Sides, baseline: Option<&Baseline>, reference: &str, confidence: f64, settings: &Settings) {
        if self.for_gates.iter().any(|(of, at, _)| of == reference && at.to_bits() == confidence.to_bits()) {
            return;
        }
        let settings = Settings { confidence, resamples: 0, everything: true, ..*settings };
        let comparisons = compare_all(sides(run, baseline, reference), &settings);
        self.for_gates.push((reference.to_owned(), confidence, comparisons));
    }

    /// The comparison that a gate asks for, of a variant.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn find(&self, gate: &GateSpec, variant: &str) -> Result<&Comparison, String> {
        let reference = reference(gate).ok_or("the gate compares nothing")?;
        let confidence = confidence(gate, &Settings::default());
        let made = self.for_gates.iter().find(|(of, at, _)| of == reference && at.to_bits() == confidence.to_bits());
        let found = made.and_then(|(.., all)| all.iter().find(|comparison| comparison.right.variant == variant));
        found.ok_or_else(|| match (reference, self.no_baseline.as_str()) {
            (BASELINE, "") => format!("the baseline has no variant like `{variant}`"),
            (BASELINE, why) => why.to_owned(),
            _ => format!("`{variant}` could not be compared with `{reference}`"),
        })
    }
}

/// What a gate is held against, if it compares.
pub(crate) fn reference(gate: &GateSpec) -> Option<&str> {
    let named = gate.no_worse_than.as_deref().or(gate.better_than.as_deref());
    named.or(gate.detectable_at_most.map(|_| BASELINE))
}

fn confidence(gate: &GateSpec, settings: &Settings) -> f64 {
    gate.confidence.unwrap_or(settings.confidence)
}

/// The sides of the comparisons that a report shows, in their order: left, right.
pub fn shown<'a>(run: &'a Sides, baseline: Option<&'a Baseline>) -> Vec<(&'a Side, &'a Side)> {
    sides(run, baseline, if baseline.is_some() { BASELINE } else { "" })
}

/// Every variant with what it is compared with: the baseline, the variant of this name, or the first of its like.
fn sides<'a>(run: &'a Sides, baseline: Option<&'a Baseline>, reference: &str) -> Vec<(&'a Side, &'a Side)> {
    let other = |side: &Side| match reference {
        BASELINE => baseline.and_then(|baseline| baseline.side_for(side)),
        "" => first_like(run.all(), side),
        name => named(run.all(), name, side),
    };
    let compared = run.all().iter().filter_map(|side| {
        let other = other(side).filter(|other| other.name() != side.name())?;
        Some((other, side))
    });
    compared.collect()
}

/// The variant of this label; or the prompt of this name on the same model, for another model would be another question.
fn named<'a>(all: &'a [Side], name: &str, side: &Side) -> Option<&'a Side> {
    let by_label = all.iter().find(|other| other.name().variant == name);
    let on_same_model =
        |other: &&Side| *other.variant.prompt.name == *name && other.variant.model.name == side.variant.model.name;
    by_label.or_else(|| all.iter().find(on_same_model))
}

/// The first prompt on the same model; where there is but one prompt, that on the first model.
fn first_like<'a>(all: &'a [Side], side: &Side) -> Option<&'a Side> {
    let one_prompt = all.iter().all(|other| other.variant.prompt == side.variant.prompt);
    if one_prompt {
        return all.first();
    }
    all.iter().find(|other| other.variant.model.name == side.variant.model.name)
}
