//! Whether everything but the version was in a run as the eval has it now.

use carat_core::event::{PlanOutline, Variant};
use carat_core::version::Kind;

use crate::commands::eval::measured;
use crate::commands::promote::matter::Matter;
use crate::fault::Fault;

use super::present::Present;
use super::runs::{Group, settings_of, spoken_of};

/// Everything but the version itself has to be as the eval has it now: a prompt is judged on the model as it is, a model on all
/// prompts of the eval, a dataset on both.
pub(super) async fn other_surroundings(matter: &Matter<'_>, present: &Present, group: &Group<'_>) -> Option<String> {
    let (catalogue, session) = (&matter.shelf.catalogue, matter.session());
    if matter.subject.kind != Kind::Model {
        let now = measured::model(present.model_reference(&group.model), catalogue, session).await;
        let now = match now {
            Ok(now) => now,
            Err(fault) => return Some(fault.message),
        };
        if group.variants.iter().any(|variant| settings_of(variant) != now) {
            return Some(format!("the settings of {} were others than those in carat.yaml now", group.model));
        }
    }
    if matter.subject.kind == Kind::Prompt {
        return None;
    }
    for reference in &present.eval.spec.prompts {
        let found = match catalogue.prompt(reference).await {
            Ok(found) => found,
            Err(error) => return Some(error.to_string()),
        };
        let (name, digest) = (&found.prompt.name, found.prompt.digest());
        match group.variants.iter().find(|variant| *variant.prompt.name == **name) {
            None => return Some(format!("it left out the prompt {name}")),
            Some(variant) if variant.prompt.digest != digest => {
                return Some(format!("it ran with another version of the prompt {name} than {reference} is now"));
            }
            Some(_) => {}
        }
    }
    None
}

/// A judge that prefers one of two answers must have been shown those of the version that the label points to.
pub(super) async fn compared_with_another(
    matter: &Matter<'_>,
    present: &Present,
    plan: &PlanOutline,
) -> Result<Option<String>, Fault> {
    let Some(current) = matter.base().filter(|_| present.prefers()) else { return Ok(None) };
    let reference = plan.baseline.as_deref().unwrap_or_default();
    let (run, label) = reference.split_once(':').map_or((reference, None), |(run, label)| (run, Some(label)));
    // What is no run of this store cannot be looked at.
    let other = match matter.store().find_run(run).await {
        Ok(record) => matter.store().plans(&record.id).await?.pop(),
        Err(_) => None,
    };
    let is_current = other.is_some_and(|other| {
        let is_named = |variant: &&Variant| label.is_none_or(|label| variant.label == label);
        let mut named = other.variants.iter().filter(is_named).peekable();
        named.peek().is_some() && named.all(|variant| spoken_of(&other, variant, current) == Some(current.digest))
    });
    let place = matter.place();
    Ok((!is_current).then(|| format!("its judge compared with `{reference}`, not with {current}, {place}")))
}
