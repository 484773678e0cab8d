//! Who answers for what.

use carat_core::promotion::owner_of;
use carat_core::version::Kind;
use carat_registry::{PROJECT_FILE, Project};

use super::finding::Finding;

/// How many are named.
const NAMED: usize = 5;

/// The prompts and datasets that nobody answers for, where there are some.
pub(super) fn look(project: &Project) -> Option<Finding> {
    let prompts = project.prompts().into_iter().map(|name| (Kind::Prompt, name));
    let datasets = project.datasets().into_iter().map(|name| (Kind::Dataset, name));
    let is_nobodys = |(kind, name): &(Kind, String)| {
        owner_of(&project.spec.owners, *kind, name).is_none_or(|owner| owner.trim().is_empty())
    };
    let mut nobodys: Vec<String> =
        prompts.chain(datasets).filter(is_nobodys).map(|(kind, name)| format!("{}/{name}", kind.plural())).collect();
    // A dataset may lie there in two formats.
    nobodys.dedup();
    let finding = Finding::note("owners", format!("nobody answers for {}", enumerated(&nobodys)));
    (!nobodys.is_empty()).then(|| finding.but(format!("name somebody under `owners` in {PROJECT_FILE}")))
}

/// The first few, and how many more there are.
fn enumerated(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names[..names.len() - more].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_named_and_the_rest_is_counted() {
        let names: Vec<String> = (1..=7).map(|number| format!("prompts/{number}")).collect();
        assert_eq!(enumerated(&names[..1]), "prompts/1");
        assert_eq!(enumerated(&names[..5]), "prompts/1, prompts/2, prompts/3, prompts/4, prompts/5");
        assert_eq!(enumerated(&names), "prompts/1, prompts/2, prompts/3, prompts/4, prompts/5 and 2 more");
    }
}
