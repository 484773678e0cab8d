//! What a run may spend.

use carat_sim::Settings;

use super::{calls, ends, project, server};

#[test]
fn a_run_stops_before_its_budget_is_passed_and_goes_on_when_it_is_raised() {
    let server = server(Settings::default());
    let project = project(&server, 50, ", parameters: { max_tokens: 10 }, limits: { concurrency: 2 }");
    let stopped = ends(&project, 5, &["eval", "questions", "--max-tokens", "300"]);
    assert!(stopped.talk.contains("the budget is used up: "), "{}", stopped.talk);
    assert!(stopped.talk.contains("spent, and the next call may cost "), "{}", stopped.talk);
    let report = project.report("@last");
    assert_eq!(report["run"]["status"], "over_budget");
    let tokens = &report["variants"][0]["tokens"];
    let used = tokens["input"].as_u64().unwrap() + tokens["output"].as_u64().unwrap();
    assert!((200..=300).contains(&used), "{used}");
    let asked = calls(&server);
    ends(&project, 5, &["run", "resume"]);
    assert_eq!(calls(&server), asked, "the same budget is still used up");
    ends(&project, 0, &["eval", "--resume", "@last", "--max-tokens", "100000"]);
    assert_eq!((calls(&server), server.counters().repeated()), (50, 0));
}

#[test]
fn what_came_from_the_record_takes_nothing_of_a_budget() {
    let server = server(Settings::default());
    let project = project(&server, 10, ", price: { input: 1, output: 2 }");
    ends(&project, 0, &["eval", "questions"]);
    ends(&project, 0, &["eval", "questions", "--max-cost", "0"]);
    assert_eq!(calls(&server), 10);
}

#[test]
fn a_budget_in_dollars_needs_every_price() {
    let server = server(Settings::default());
    let project = project(&server, 10, "");
    let refused = ends(&project, 2, &["eval", "questions", "--max-cost", "1"]);
    insta::assert_snapshot!(refused.told(&project), @"
    exit 2
    error: --max-cost needs to know what each model costs, and the price of `m` is not known; write it into carat.yaml as `models: { m: { price: { input: USD, output: USD } } }` (for a million tokens), or bound the run with --max-tokens instead
    ");
    assert_eq!(calls(&server), 0);
    ends(&project, 2, &["eval", "questions", "--max-cost", "-1"]);
    ends(&project, 2, &["eval", "questions", "--max-cost", "a lot"]);
}

#[test]
fn a_resume_forgets_nothing_that_was_paid_for_whatever_has_changed() {
    let server = server(Settings::default());
    let project = project(&server, 50, ", parameters: { max_tokens: 10 }, limits: { concurrency: 2 }");
    ends(&project, 5, &["eval", "questions", "--max-tokens", "300"]);
    let asked = calls(&server);
    for change in ["one", "another"] {
        project.write("prompts/ask.prompty", format!("system:\nAnswer in {change} word.\nuser:\n{{{{ q }}}}\n"));
        let stopped = ends(&project, 5, &["run", "resume"]);
        assert_eq!(calls(&server), asked, "every question has changed, and the money is gone");
        assert!(stopped.talk.contains(" of 300 tokens spent"), "{}", stopped.talk);
        assert!(!stopped.talk.contains(": 0 of 300"), "{}", stopped.talk);
    }
}

#[test]
fn a_budget_holds_for_all_evals_of_a_command_together() {
    let server = server(Settings::default());
    let project = project(&server, 50, ", parameters: { max_tokens: 10 }, limits: { concurrency: 2 }");
    let evals = ["questions", "again"];
    std::fs::copy(project.file("evals/questions.yaml"), project.file("evals/again.yaml")).unwrap();
    ends(&project, 5, &["eval", evals[0], evals[1], "--no-cache", "--max-tokens", "300"]);
    let used = |run: &str| {
        let tokens = &project.report(run)["variants"][0]["tokens"];
        let part = |name: &str| tokens[name].as_u64().unwrap_or(0);
        part("input") + part("output")
    };
    let used = (used("@last~1"), used("@last"));
    assert!(used.0 > 200 && used.0 + used.1 <= 300, "{used:?}");
}
