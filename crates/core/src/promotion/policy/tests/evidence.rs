use super::*;

const NEEDS: &str = "needs: [{eval: triage}]";

fn with_run(policy: &str, change: impl FnOnce(&mut Evidence)) -> Known {
    let mut known = Known::with(policy);
    let mut run = run("nearest");
    change(&mut run);
    known.evidence.push(run);
    known
}

fn newer(saved_at: &str) -> Newer {
    Newer::Version { saved_at: saved_at.to_owned() }
}

#[test]
fn a_run_whose_gates_held_is_evidence() {
    let finding = with_run(NEEDS, |_| {}).finding();
    assert!(finding.holds);
    assert_eq!(finding.evidence, [run("nearest").id]);
    let because = "on nearest: 4 gates held in run 019abcde-f012 on tickets@3, which ended at 2026-11-26T10:00:00.000Z";
    assert_eq!(said(&finding), because);
}

#[test]
fn without_a_run_the_command_is_told() {
    let mut known = Known::with(NEEDS);
    let none = "on nearest: there is no run of support/triage@7; run carat eval triage --prompt support/triage@7";
    assert_eq!(known.said(), none);
    let mut other = run("nearest");
    other.subject = version(Kind::Prompt, "support/triage", 6).digest;
    known.evidence = vec![other.clone(), other];
    let of_others = "on nearest: there is no run of support/triage@7; 2 runs are of other versions of it; \
                     run carat eval triage --prompt support/triage@7";
    assert_eq!(known.said(), of_others);
    known.evidence = vec![Evidence { eval: "other".to_owned(), ..run("nearest") }];
    assert_eq!(known.said(), none, "what another eval says is nothing to this one");
}

#[test]
fn a_run_that_does_not_count_is_told_with_its_reason() {
    let because = |change: fn(&mut Evidence)| {
        let finding = with_run(NEEDS, change).finding();
        assert!(!finding.holds && finding.evidence.is_empty());
        let beginning = "on nearest: run 019abcde-f012 does not count: ";
        said(&finding).strip_prefix(beginning).unwrap_or_else(|| panic!("{}", said(&finding))).to_owned()
    };
    let again = "; run carat eval triage --prompt support/triage@7";
    let flaw = because(|run| run.flaw = Some("it was cut short".to_owned()));
    assert_eq!(flaw, format!("it was cut short{again}"));
    assert_eq!(because(|run| run.finished_at = None), format!("it has not ended{again}"));
    let dataset = because(|run| run.dataset_superseded = Some(newer("2026-11-26T11:59:59Z")));
    let since = "it ran on tickets@3, and there is a newer version since 2026-11-26T11:59:59Z";
    assert_eq!(dataset, format!("{since}{again}"));
    let odd = because(|run| run.finished_at = Some("yesterday".to_owned()));
    assert_eq!(odd, format!("the instants `yesterday` and `{NOW}` cannot be compared{again}"));
    let unsaved = because(|run| run.dataset_superseded = Some(Newer::Unsaved));
    let other = "it ran on tickets@3, and the file of tickets has other rows now, which nobody saved";
    assert_eq!(unsaved, format!("{other}{again}"));
}

#[test]
fn a_run_that_counts_and_has_not_passed_is_told_without_advice_to_run_it_once_more() {
    let because = |change: fn(&mut Evidence)| {
        let finding = with_run(NEEDS, change).finding();
        assert!(!finding.holds && finding.evidence.is_empty() && finding.commands.is_empty());
        let beginning = "on nearest: run 019abcde-f012 is the newest that counts, and ";
        said(&finding).strip_prefix(beginning).map(str::to_owned).unwrap_or_else(|| panic!("{}", said(&finding)))
    };
    let no_gates = because(|run| run.gates = 0);
    assert_eq!(no_gates, "it held no gates, which proves nothing; give evals/triage.yaml some");
    let failed = because(|run| run.failed_gates = ["a", "b", "c", "d", "e"].map(str::to_owned).into());
    assert_eq!(failed, "its gates do not hold: a, b, c and 2 more");
}

#[test]
fn what_relative_gates_are_held_against_is_told() {
    let mut known = with_run(NEEDS, |run| run.failed_gates = vec!["queue.accuracy no worse than baseline".to_owned()]);
    known.current = Some(version(Kind::Prompt, "support/triage", 6));
    let because = known.said();
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
    let late = with_run("needs: [{eval: triage, max_age: 1h}]", |_| {}).said();
    assert!(late.contains("it ended at 2026-11-26T10:00:00.000Z, more than 1h ago; run carat eval"), "{late}");
    let future = with_run(NEEDS, |run| run.finished_at = Some("2027-01-01T00:00:00Z".to_owned())).finding();
    let ahead = "it ended at 2027-01-01T00:00:00Z, which is yet to come by the clock here (2026-11-26T12:00:00.000Z)";
    assert!(!future.holds && said(&future).contains(ahead), "{}", said(&future));
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
        let known = with_run(policy, |run| run.dataset_superseded = Some(newer(superseded)));
        assert_eq!(known.holds(), holds, "{superseded}");
    }
    assert!(with_run("needs: [{eval: triage, max_dataset_age: 1d}]", |_| {}).holds(), "the newest is never too old");
    let unsaved =
        with_run("needs: [{eval: triage, max_dataset_age: 1d}]", |run| run.dataset_superseded = Some(Newer::Unsaved));
    assert!(unsaved.holds(), "rows that have no version yet are as new as can be");
}

#[test]
fn every_model_that_is_named_needs_evidence_of_its_own() {
    let mut known = with_run(NEEDS, |_| {});
    known.evals = vec![eval("triage", true, &["nearest", "gpt-5"])];
    let finding = known.finding();
    assert!(!finding.holds);
    assert_eq!(finding.evidence, [run("nearest").id]);
    assert!(
        said(&finding).ends_with(
            "; on gpt-5: there is no run of support/triage@7; run carat eval triage --prompt support/triage@7 --model gpt-5"
        ),
        "{}",
        said(&finding)
    );
    known.evidence.push(run("gpt-5"));
    assert_eq!(known.finding().evidence.len(), 2);
    assert!(known.holds());

    let mut chosen = with_run("needs: [{eval: triage, models: [nearest]}]", |_| {});
    chosen.evals = vec![eval("triage", true, &["nearest", "gpt-5"])];
    assert!(chosen.holds(), "the policy says on which models");
    chosen.evals = vec![eval("triage", true, &[])];
    chosen.policy.needs[0].models.clear();
    assert_eq!(chosen.said(), "neither the policy nor evals/triage.yaml names a model; name one");
}

/// Runs by what they are called, when they ended, and whether their gates held.
fn with_runs(runs: &[(&str, u8, bool)]) -> Known {
    let mut known = Known::with(NEEDS);
    for (id, hour, passed) in runs {
        let mut run = run("nearest");
        run.id.run = (*id).to_owned();
        run.finished_at = Some(format!("2026-11-26T{hour:02}:00:00Z"));
        run.failed_gates.extend((!passed).then(|| "queue.accuracy at least 0.9".to_owned()));
        known.evidence.push(run);
    }
    known
}

#[test]
fn of_the_runs_that_count_the_newest_decides() {
    let mut known = with_runs(&[("old", 8, true), ("newest", 11, false), ("new", 10, true)]);
    let failed =
        "on nearest: run newest is the newest that counts, and its gates do not hold: queue.accuracy at least 0.9";
    assert_eq!((known.finding().holds, known.said().as_str()), (false, failed));

    // One that does not count decides nothing, and is told.
    known.evidence.push(Evidence { flaw: Some("it was cut short".to_owned()), ..known.evidence[0].clone() });
    known.evidence[3].id.run = "cut".to_owned();
    known.evidence[3].finished_at = Some("2026-11-26T11:30:00Z".to_owned());
    assert_eq!(known.said(), format!("{failed}; run cut does not count: it was cut short"));

    known.evidence[1].flaw = Some("it was cut short".to_owned());
    assert_eq!(known.finding().evidence[0].run, "new");
    assert!(known.holds() && with_runs(&[("bad", 9, false), ("good", 10, true)]).holds());
}

#[test]
fn of_two_that_ended_together_the_one_that_failed_decides() {
    for runs in [[("good", 9, true), ("bad", 9, false)], [("bad", 9, false), ("good", 9, true)]] {
        assert!(!with_runs(&runs).holds());
    }
}

#[test]
fn of_many_runs_that_do_not_count_a_few_are_told() {
    let mut known = Known::with(NEEDS);
    known.evidence = vec![Evidence { flaw: Some("it failed".to_owned()), ..run("nearest") }; 1000];
    let because = known.finding().because;
    assert_eq!(because.iter().filter(|part| part.contains("does not count")).count(), 3);
    assert_eq!(because.last().map(String::as_str), Some("nor do 997 older ones"));
}

#[test]
fn a_thing_that_no_eval_asks_anything_of_cannot_be_promoted() {
    let mut known = Known::with("needs: [{eval: triage}, {eval: summary}]");
    known.evals = vec![eval("triage", false, &["nearest"]), eval("summary", false, &["nearest"])];
    let [triage, summary, none] = known.findings().try_into().unwrap();
    assert_eq!((triage.holds, said(&triage).as_str()), (true, "it asks nothing of support/triage"));
    assert!(triage.asks_nothing && summary.asks_nothing && !none.asks_nothing);
    assert!(summary.holds && !none.holds);
    assert_eq!(none.what, "an eval of support/triage");
    let because = "of the evals that the policy of `production` needs (triage and summary) none asks anything of the prompt \
                   support/triage; add an eval of it";
    assert_eq!(said(&none), because);
    known.evals[0].concerns = true;
    assert_eq!(known.findings().len(), 2);
}

#[test]
fn an_eval_that_does_not_exist_does_not_hold() {
    let mut known = with_run(NEEDS, |_| {});
    known.evals.clear();
    let because = "the project has no eval `triage`; write evals/triage.yaml, or take it out of the policy";
    assert_eq!((known.finding().holds, known.said().as_str()), (false, because));
}

#[test]
fn of_a_model_only_what_it_answers_itself_is_evidence() {
    let mut known = Known::with(NEEDS);
    known.subject = version(Kind::Model, "gpt-5", 2);
    known.evals = vec![eval("triage", true, &["nearest", "gpt-5"])];
    let none = "on gpt-5: there is no run of gpt-5@2; run carat eval triage --model gpt-5@2";
    assert_eq!(known.said(), none);
    known.evidence.push(Evidence { subject: known.subject.digest, ..run("gpt-5") });
    assert!(known.holds());
    known.policy.needs[0].models = vec!["nearest".to_owned()];
    assert_eq!(known.findings().len(), 2, "no need is left that asks anything of this model");
    assert!(!known.holds());
}

#[test]
fn evidence_is_as_old_as_the_oldest_answer_that_it_rests_on() {
    let aged = |since: &str| {
        with_run("needs: [{eval: triage, max_age: 7d}]", |run| run.oldest_answer = Some(since.to_owned())).finding()
    };
    assert!(aged("2026-11-26T09:00:00.000Z").holds);
    let finding = aged("2026-11-01T09:00:00.000Z");
    assert!(!finding.holds);
    assert!(
        finding
            .because
            .iter()
            .any(|why| why.contains("some of its answers were taken from a run that began at 2026-11-01")),
        "{finding:?}"
    );
}

fn taken_in() -> Option<TakenIn> {
    Some(TakenIn { by: person("Bob"), at: "2026-11-26T11:00:00.000Z".to_owned() })
}

#[test]
fn a_run_that_was_imported_counts_and_is_told_to_be_one() {
    let finding = with_run(NEEDS, |run| run.taken_in = taken_in()).finding();
    assert!(finding.holds);
    let because = "on nearest: 4 gates held in run 019abcde-f012 on tickets@3, which ended at 2026-11-26T10:00:00.000Z; \
                   measured elsewhere; imported by Bob at 2026-11-26T11:00:00.000Z";
    assert_eq!(said(&finding), because);
}

#[test]
fn a_policy_can_refuse_runs_that_were_imported_and_an_older_one_made_here_decides_then() {
    let policy = "needs: [{eval: triage, imported: refuse}]";
    let mut known = with_run(policy, |run| run.taken_in = taken_in());
    assert_eq!(
        known.said(),
        "on nearest: run 019abcde-f012 does not count: it was measured elsewhere (imported by Bob at \
         2026-11-26T11:00:00.000Z), and the policy of `production` takes no imported run of this eval; \
         run carat eval triage --prompt support/triage@7"
    );
    let here = Evidence { finished_at: Some("2026-11-26T09:00:00.000Z".to_owned()), ..run("nearest") };
    known.evidence.push(here);
    assert!(known.holds());
}

#[test]
fn what_relative_gates_are_held_against_is_where_the_label_stood_if_somebody_moved_it_by_hand() {
    let mut known = with_run(NEEDS, |run| run.failed_gates = vec!["a gate".to_owned()]);
    known.current = Some(version(Kind::Prompt, "support/triage", 6));
    known.bypassed = true;
    let told = known.said();
    let relative = "(relative to support/triage@6, where `production` stood before it was moved by hand)";
    assert!(told.contains(relative), "{told}");
}
