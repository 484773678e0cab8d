use super::*;

const NEEDS: &str = "needs: [{eval: triage}]";

fn with_run(policy: &str, change: impl FnOnce(&mut Evidence)) -> Known {
    let mut known = Known::with(policy);
    let mut run = run("nearest");
    change(&mut run);
    known.evidence.push(run);
    known
}

#[test]
fn a_run_whose_gates_held_is_evidence() {
    let finding = with_run(NEEDS, |_| {}).finding();
    assert!(finding.holds);
    assert_eq!(finding.evidence, [run("nearest").id]);
    let because = "on nearest: 4 gates held in run 019abcde-f012 on tickets@3, which ended at 2026-11-26T10:00:00.000Z";
    assert_eq!(finding.because, because);
}

#[test]
fn without_a_run_the_command_is_told() {
    let mut known = Known::with(NEEDS);
    let none = "on nearest: there is no run of support/triage@7; run carat eval triage --prompt support/triage@7";
    assert_eq!(known.finding().because, none);
    let mut other = run("nearest");
    other.subject = version(Kind::Prompt, "support/triage", 6).digest;
    known.evidence = vec![other.clone(), other];
    let of_others = "on nearest: there is no run of support/triage@7; 2 runs are of other versions of it; \
                     run carat eval triage --prompt support/triage@7";
    assert_eq!(known.finding().because, of_others);
    known.evidence = vec![Evidence { eval: "other".to_owned(), ..run("nearest") }];
    assert_eq!(known.finding().because, none, "what another eval says is nothing to this one");
}

#[test]
fn a_run_that_does_not_count_is_told_with_its_reason() {
    let because = |change: fn(&mut Evidence)| {
        let finding = with_run(NEEDS, change).finding();
        assert!(!finding.holds && finding.evidence.is_empty());
        let beginning = "on nearest: run 019abcde-f012 does not count: ";
        finding.because.strip_prefix(beginning).unwrap_or_else(|| panic!("{}", finding.because)).to_owned()
    };
    let again = "; run carat eval triage --prompt support/triage@7";
    let flaw = because(|run| run.flaw = Some("it was cut short".to_owned()));
    assert_eq!(flaw, format!("it was cut short{again}"));
    assert_eq!(because(|run| run.finished_at = None), format!("it has not ended{again}"));
    let dataset = because(|run| run.dataset_superseded_at = Some("2026-11-26T11:59:59Z".to_owned()));
    let newer = "it ran on tickets@3, and there is a newer version since 2026-11-26T11:59:59Z";
    assert_eq!(dataset, format!("{newer}{again}"));
    let odd = because(|run| run.finished_at = Some("yesterday".to_owned()));
    assert_eq!(odd, format!("the instants `yesterday` and `{NOW}` cannot be compared{again}"));
    let no_gates = because(|run| run.gates = 0);
    assert_eq!(
        no_gates, "it held no gates, which proves nothing; give evals/triage.yaml some",
        "the same once more is no use"
    );
    let failed = because(|run| run.failed_gates = ["a", "b", "c", "d", "e"].map(str::to_owned).into());
    assert_eq!(failed, "its gates do not hold: a, b, c and 2 more");
}

#[test]
fn what_relative_gates_are_held_against_is_told() {
    let mut known = with_run(NEEDS, |run| run.failed_gates = vec!["queue.accuracy no worse than baseline".to_owned()]);
    known.current = Some(version(Kind::Prompt, "support/triage", 6));
    let because = known.finding().because;
    let relative = "its gates do not hold (relative to support/triage@6, where `production` points now): ";
    assert!(because.contains(relative), "{because}");
}

#[test]
fn a_run_may_be_exactly_as_old_as_is_allowed() {
    for (ended, holds) in [
        ("2026-11-19T12:00:00.000Z", true),
        ("2026-11-19T13:00:00+01:00", true),
        ("2026-11-19T11:59:59.999Z", false),
        ("2026-11-26T12:00:00.000Z", true),
        ("2026-11-26T12:00:00.001Z", false),
    ] {
        let known = with_run("needs: [{eval: triage, max_age: 7d}]", |run| run.finished_at = Some(ended.to_owned()));
        assert_eq!(known.holds(), holds, "{ended}");
    }
    let late = with_run("needs: [{eval: triage, max_age: 1h}]", |_| {}).finding().because;
    assert!(late.contains("it ended at 2026-11-26T10:00:00.000Z, more than 1h ago; run carat eval"), "{late}");
    let future = with_run(NEEDS, |run| run.finished_at = Some("2027-01-01T00:00:00Z".to_owned())).finding();
    let ahead = "it ended at 2027-01-01T00:00:00Z, which is yet to come by the clock here (2026-11-26T12:00:00.000Z)";
    assert!(!future.holds && future.because.contains(ahead), "{}", future.because);
}

#[test]
fn an_old_dataset_may_be_allowed_for_a_while() {
    for (superseded, holds) in [
        ("2026-11-25T12:00:00.000Z", true),
        ("2026-11-25T11:59:59.999Z", false),
        ("2026-12-27T00:00:00.000Z", true),
        ("long ago", false),
    ] {
        let policy = "needs: [{eval: triage, max_dataset_age: 1d}]";
        let known = with_run(policy, |run| run.dataset_superseded_at = Some(superseded.to_owned()));
        assert_eq!(known.holds(), holds, "{superseded}");
    }
    assert!(with_run("needs: [{eval: triage, max_dataset_age: 1d}]", |_| {}).holds(), "the newest is never too old");
}

#[test]
fn every_model_that_is_named_needs_evidence_of_its_own() {
    let mut known = with_run(NEEDS, |_| {});
    known.evals = vec![eval("triage", true, &["nearest", "gpt-5"])];
    let finding = known.finding();
    assert!(!finding.holds);
    assert_eq!(finding.evidence, [run("nearest").id]);
    assert!(
        finding.because.contains("; on gpt-5: there is no run of support/triage@7; run carat eval"),
        "{}",
        finding.because
    );
    known.evidence.push(run("gpt-5"));
    assert_eq!(known.finding().evidence.len(), 2);
    assert!(known.holds());

    let mut chosen = with_run("needs: [{eval: triage, models: [nearest]}]", |_| {});
    chosen.evals = vec![eval("triage", true, &["nearest", "gpt-5"])];
    assert!(chosen.holds(), "the policy says on which models");
    chosen.evals = vec![eval("triage", true, &[])];
    chosen.policy.needs[0].models.clear();
    assert_eq!(chosen.finding().because, "neither the policy nor evals/triage.yaml names a model; name one");
}

#[test]
fn the_newest_run_that_counts_is_shown_and_a_newer_failure_is_told() {
    let mut known = Known::with(NEEDS);
    for (id, hour, failed) in [("old", 8, false), ("new", 10, false), ("newest", 11, true), ("older", 7, true)] {
        let mut run = run("nearest");
        run.id.run = id.to_owned();
        run.finished_at = Some(format!("2026-11-26T{hour:02}:00:00Z"));
        run.failed_gates.extend(failed.then(|| "queue.accuracy at least 0.9".to_owned()));
        known.evidence.push(run);
    }
    let finding = known.finding();
    assert!(finding.holds);
    assert_eq!(finding.evidence[0].run, "new");
    let newer = "(but of the newer run newest: its gates do not hold: queue.accuracy at least 0.9)";
    assert!(finding.because.ends_with(newer), "{}", finding.because);
    known.evidence.retain(|run| !run.failed_gates.is_empty());
    let because = known.finding().because;
    assert!(because.contains("run newest does not count") && because.contains(", run older does not"), "{because}");
}

#[test]
fn of_many_runs_that_do_not_count_a_few_are_told() {
    let mut known = Known::with(NEEDS);
    known.evidence = vec![Evidence { gates: 0, ..run("nearest") }; 1000];
    let because = known.finding().because;
    assert_eq!(because.matches("does not count").count(), 3);
    assert!(because.ends_with("nor do 997 older ones"), "{because}");
}

#[test]
fn a_thing_that_no_eval_asks_anything_of_cannot_be_promoted() {
    let mut known = Known::with("needs: [{eval: triage}, {eval: summary}]");
    known.evals = vec![eval("triage", false, &["nearest"]), eval("summary", false, &["nearest"])];
    let [triage, summary, none] = known.findings().try_into().unwrap();
    assert_eq!((triage.holds, triage.because.as_str()), (true, "it asks nothing of support/triage"));
    assert!(summary.holds && !none.holds);
    assert_eq!(none.what, "an eval of support/triage");
    let because = "of the evals that the policy of `production` needs (triage and summary) none asks anything of the prompt \
                   support/triage; add an eval of it";
    assert_eq!(none.because, because);
    known.evals[0].concerns = true;
    assert_eq!(known.findings().len(), 2);
}

#[test]
fn an_eval_that_does_not_exist_does_not_hold() {
    let mut known = with_run(NEEDS, |_| {});
    known.evals.clear();
    let because = "the project has no eval `triage`; write evals/triage.yaml, or take it out of the policy";
    assert_eq!((known.finding().holds, known.finding().because.as_str()), (false, because));
}

#[test]
fn of_a_model_only_what_it_answers_itself_is_evidence() {
    let mut known = Known::with(NEEDS);
    known.subject = version(Kind::Model, "gpt-5", 2);
    known.evals = vec![eval("triage", true, &["nearest", "gpt-5"])];
    let none = "on gpt-5: there is no run of gpt-5@2; run carat eval triage --model gpt-5";
    assert_eq!(known.finding().because, none);
    known.evidence.push(Evidence { subject: known.subject.digest, ..run("gpt-5") });
    assert!(known.holds());
    known.policy.needs[0].models = vec!["nearest".to_owned()];
    assert_eq!(known.findings().len(), 2, "no need is left that asks anything of this model");
    assert!(!known.holds());
}
