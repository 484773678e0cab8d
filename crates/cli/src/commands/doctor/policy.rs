//! What `policy` in `carat.yaml` asks for: whether there is such a thing.

use carat_core::nearest::did_you_mean;
use carat_core::spec::{Need, PolicySpec};
use carat_core::version::Label;
use carat_registry::{PROJECT_FILE, Project};

use super::finding::Finding;

const CHECK: &str = "policy";

/// A need that nothing can meet.
#[derive(Debug)]
pub(crate) struct Unmeetable {
    /// Of which label.
    pub(crate) label: String,
    /// What is needed, and that there is none.
    pub(crate) why: String,
}

/// A line for each policy that asks for what there is not, or for nothing.
pub(super) fn look(project: &Project) -> Vec<Finding> {
    let advice = format!("correct `needs` in {PROJECT_FILE}; nothing gets the label before");
    let unmeetable = unmeetable(project).into_iter();
    let mut findings: Vec<Finding> =
        unmeetable.map(|need| Finding::mend(CHECK, need.why).about(&need.label).but(&advice)).collect();
    let empty = project.spec.policy.iter().filter(|(_, policy)| asks_for_nothing(policy));
    findings.extend(empty.map(|(label, _)| {
        let finding = Finding::note(CHECK, "it asks for nothing: every version may get the label");
        finding.about(label.as_str()).but("let `needs` name an eval, or `reviewers` ask for somebody")
    }));
    findings
}

/// The needs that name an eval or a model that the project does not have.
pub(crate) fn unmeetable(project: &Project) -> Vec<Unmeetable> {
    let evals = project.evals();
    let models: Vec<&str> = project.spec.models.keys().map(String::as_str).collect();
    let of_label = |(label, policy): (&Label, &PolicySpec)| -> Vec<Unmeetable> {
        let whys = policy.needs.iter().flat_map(|need| missing(need, &evals, &models));
        whys.map(|why| Unmeetable { label: label.to_string(), why }).collect()
    };
    project.spec.policy.iter().flat_map(of_label).collect()
}

fn missing(need: &Need, evals: &[String], models: &[&str]) -> Vec<String> {
    let Need { eval, .. } = need;
    let mut whys = Vec::new();
    if !evals.contains(eval) {
        let near = did_you_mean(eval, evals.iter().map(String::as_str));
        whys.push(format!("it needs the eval `{eval}`, and there is no evals/{eval}.yaml{near}"));
    }
    let unknown = need.models.iter().filter(|model| !models.contains(&model.as_str()));
    whys.extend(unknown.map(|model| {
        let near = did_you_mean(model, models.iter().copied());
        format!("it needs the eval `{eval}` on the model `{model}`, which {PROJECT_FILE} does not name{near}")
    }));
    whys
}

/// Whether everything may pass: who may approve is no matter where nobody has to.
pub(crate) fn asks_for_nothing(policy: &PolicySpec) -> bool {
    PolicySpec { author_may_approve: false, ..policy.clone() } == PolicySpec::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_asks_for_nothing_where_whatever_it_says_lets_all_pass() {
        let policy = |text: &str| carat_core::yaml::read::<PolicySpec>(text, "carat.yaml").unwrap();
        for nothing in ["{}", "{ needs: [] }", "{ reviewers: 0, owner: false }", "{ author_may_approve: true }"] {
            assert!(asks_for_nothing(&policy(nothing)), "{nothing}");
        }
        for something in
            ["{ needs: [{ eval: x }] }", "{ reviewers: 1 }", "{ owner: true }", "{ quiet_hours: [{ days: [sun] }] }"]
        {
            assert!(!asks_for_nothing(&policy(something)), "{something}");
        }
    }
}
