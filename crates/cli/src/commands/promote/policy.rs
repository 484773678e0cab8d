//! Which policy a label has.

use carat_core::nearest::did_you_mean;
use carat_core::spec::PolicySpec;
use carat_core::version::{Kind, Label, Pick, Reference};
use carat_registry::PROJECT_FILE;

use crate::commands::versions::noun;
use crate::fault::Fault;
use crate::session::Session;

/// The policy of a label. A label without one is not promoted to: a slip of the pen would pass for a label that asks for
/// nothing.
///
/// # Errors
/// There is none; how the label is moved to what this reference means instead.
pub(crate) fn policy_of<'s>(
    session: &'s Session,
    label: &Label,
    (kind, reference): (Kind, &str),
) -> Result<&'s PolicySpec, Fault> {
    let policies = &session.project.spec.policy;
    if let Some(policy) = policies.get(label) {
        return Ok(policy);
    }
    let version = version_of(reference);
    let by_hand = format!("`carat {} label {version} {label}` moves a label that has no policy", noun(kind));
    if policies.is_empty() {
        return Err(Fault::mendable(format!(
            "{PROJECT_FILE} has no `policy`, so that nothing is asked for before `{label}` moves, and there is nothing to \
             promote by; write what it asks for, as in `policy: {{ {label}: {{ needs: [{{ eval: NAME }}], reviewers: 1 }} }}`; \
             {by_hand}"
        )));
    }
    let names: Vec<&str> = policies.keys().map(Label::as_str).collect();
    let hint = did_you_mean(label.as_str(), names.iter().copied());
    let listed = names.join(", ");
    Err(Fault::mendable(format!(
        "{PROJECT_FILE} has no policy for the label `{label}` (it has {listed}){hint}; {by_hand}"
    )))
}

/// The version that somebody asked for; of what the project has now, the newest that is saved.
fn version_of(reference: &str) -> String {
    match Reference::read(reference) {
        Ok(Reference { name, pick: Pick::Working }) => Reference { name, pick: Pick::Latest }.to_string(),
        Ok(reference) => reference.to_string(),
        Err(_) => reference.to_owned(),
    }
}

/// A label that somebody typed.
pub(super) fn label(text: &str) -> Result<Label, Fault> {
    Label::new(text).map_err(Fault::mendable)
}
