mod evidence;
pub(in crate::promotion) mod properties;
mod quiet;
mod reviewers;

use super::*;
use crate::Digest;
use crate::promotion::{EvidenceId, Newer, TakenIn};
use crate::spec::{Need, PolicySpec};
use crate::version::{Kind, Source};

const NOW: &str = "2026-11-26T12:00:00.000Z";

/// What a test owns, and changes before it asks.
#[derive(Debug, Clone)]
struct Known {
    now: String,
    policy: PolicySpec,
    subject: VersionId,
    label: Label,
    current: Option<VersionId>,
    bypassed: bool,
    proposer: Actor,
    authors: Vec<Actor>,
    commit: Option<Commit>,
    unwritten: Option<TakenIn>,
    approvals: Vec<Approval>,
    owner: Option<String>,
    evals: Vec<EvalFacts>,
    evidence: Vec<Evidence>,
}

impl Known {
    /// A prompt of Ada's that Ada proposed; an eval of it on one model, without any run.
    fn with(policy: &str) -> Self {
        Self {
            now: NOW.to_owned(),
            policy: crate::yaml::read(policy, "carat.yaml").unwrap(),
            subject: version(Kind::Prompt, "support/triage", 7),
            label: Label::new("production").unwrap(),
            current: None,
            bypassed: false,
            proposer: person("Ada <ada@example.com>"),
            authors: vec![person("Ada <ada@example.com>")],
            commit: None,
            unwritten: None,
            approvals: Vec::new(),
            owner: None,
            evals: vec![eval("triage", true, &["nearest"])],
            evidence: Vec::new(),
        }
    }

    fn findings(&self) -> Vec<Finding> {
        evaluate(&Facts {
            now: &self.now,
            policy: &self.policy,
            subject: &self.subject,
            label: &self.label,
            current: self.current.as_ref(),
            bypassed: self.bypassed,
            proposer: &self.proposer,
            authors: &self.authors,
            commit: self.commit.as_ref(),
            unwritten: self.unwritten.as_ref(),
            approvals: &self.approvals,
            owner: self.owner.as_deref(),
            evals: &self.evals,
            evidence: &self.evidence,
        })
    }

    /// The only finding.
    fn finding(&self) -> Finding {
        let [finding] = self.findings().try_into().unwrap();
        finding
    }

    /// What the only finding says.
    fn said(&self) -> String {
        said(&self.finding())
    }

    fn holds(&self) -> bool {
        self.findings().iter().all(|finding| finding.holds)
    }
}

/// What a finding says, in one text.
fn said(finding: &Finding) -> String {
    let commands = finding.commands.iter().map(|command| format!("run {command}"));
    finding.because.iter().cloned().chain(commands).collect::<Vec<_>>().join("; ")
}

fn person(name: &str) -> Actor {
    Actor { name: name.to_owned(), source: Source::Git }
}

fn version(kind: Kind, name: &str, number: u32) -> VersionId {
    VersionId { kind, name: name.to_owned(), number, digest: Digest::of_json(&(kind, name, number)) }
}

fn eval(name: &str, concerns: bool, models: &[&str]) -> EvalFacts {
    EvalFacts { eval: name.to_owned(), concerns, models: models.iter().map(|model| (*model).to_owned()).collect() }
}

fn says(name: &str, approves: bool) -> Approval {
    Approval { by: person(name), at: NOW.to_owned(), approves, comment: None }
}

/// A run of `triage` on version 7 that ended two hours ago with all its gates holding.
fn run(model: &str) -> Evidence {
    Evidence {
        id: EvidenceId {
            run: "019abcde-f012-7000-8000-000000000000".to_owned(),
            variant: format!("support/triage@7×{model}"),
            dataset: version(Kind::Dataset, "tickets", 3),
        },
        eval: "triage".to_owned(),
        model: model.to_owned(),
        subject: version(Kind::Prompt, "support/triage", 7).digest,
        finished_at: Some("2026-11-26T10:00:00.000Z".to_owned()),
        flaw: None,
        dataset_superseded: None,
        failed_gates: Vec::new(),
        gates: 4,
        taken_in: None,
        oldest_answer: None,
    }
}

#[test]
fn an_empty_policy_asks_for_nothing() {
    assert_eq!(Known::with("{}").findings(), []);
}

#[test]
fn everything_that_is_asked_for_is_listed_whether_it_is_there_or_not() {
    let policy = "needs: [{eval: triage}]\nreviewers: 1\nowner: true\nquiet_hours: [{days: [sat, sun]}]\n";
    let mut known = Known::with(policy);
    let listed =
        |known: &Known| known.findings().into_iter().map(|found| (found.what, found.holds)).collect::<Vec<_>>();
    let whats = ["eval triage", "1 reviewer", "an owner", "outside quiet hours (sat, sun all day UTC)"];
    assert_eq!(listed(&known), std::array::from_fn::<_, 4, _>(|at| (whats[at].to_owned(), at == 3)));

    known.evidence.push(run("nearest"));
    known.approvals.push(says("Bob", true));
    known.owner = Some("@support-ml".to_owned());
    assert_eq!(listed(&known), whats.map(|what| (what.to_owned(), true)));
}

#[test]
fn somebody_has_to_answer_for_it() {
    let mut known = Known::with("owner: true");
    let advice = "`owners` in carat.yaml names nobody for prompts/support/triage; name somebody for it, or for a folder that \
                  it lies in";
    assert_eq!(known.said(), advice);
    known.owner = Some(" ".to_owned());
    assert!(!known.holds());
    known.owner = Some("@support-ml".to_owned());
    assert_eq!(known.said(), "@support-ml answers for prompts/support/triage");
    assert!(known.holds());
}

#[test]
fn what_an_older_carat_found_can_still_be_read() {
    let written = r#"{"what": "eval triage", "holds": false, "because": "no run of it; run it"}"#;
    let finding: Finding = serde_json::from_str(written).unwrap();
    assert_eq!(finding.because, ["no run of it; run it"]);
    let now = serde_json::to_value(&finding).unwrap();
    assert_eq!(now, serde_json::json!({"what": "eval triage", "holds": false, "because": ["no run of it; run it"]}));
}
