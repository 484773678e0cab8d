//! The one variant of a recorded run whose answers are taken.

use carat_core::event::Variant;
use carat_core::nearest::did_you_mean;

use crate::fault::Fault;

/// The number of the variant with this label among those of a run; without a label, that of the only one. `run` is what a
/// person called the run.
pub(super) fn one_variant(run: &str, label: Option<&str>, variants: &[Variant]) -> Result<u32, Fault> {
    let labels = || variants.iter().map(|variant| variant.label.as_str());
    let listed = || labels().collect::<Vec<_>>().join(", ");
    match (label, variants) {
        (_, []) => Err(Fault::mendable(format!("{run} was killed before it began, and has no answers"))),
        (None, [only]) => Ok(only.number),
        (None, _) => {
            let why = "has several variants, and only the answers of one can be taken";
            Err(Fault::mendable(format!("{run} {why}; add `:` and one of {}", listed())))
        }
        (Some(label), all) => {
            let found = all.iter().find(|variant| variant.label == label);
            found.map(|variant| variant.number).ok_or_else(|| {
                let hint = did_you_mean(label, labels());
                Fault::mendable(format!("{run} has no variant `{label}` (there are {}){hint}", listed()))
            })
        }
    }
}
