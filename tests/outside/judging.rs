//! Models that judge and embed, and programs that score, through the binary and a server.

use std::fmt::Write as _;

use carat_sim::{AnswerRule, Running, Settings, Simulation};
use serde_json::Value;

use super::project::Project;

/// A server on which the model `m` answers, and the judge says these words as they stand.
fn server(rules: Vec<AnswerRule>) -> Running {
    let mut rules: Vec<_> =
        rules.into_iter().map(|rule| AnswerRule { model: Some("judge".to_owned()), verbatim: true, ..rule }).collect();
    rules.push(AnswerRule { model: Some("m".to_owned()), ..AnswerRule::always("Gladly. It is in the drawer.") });
    Simulation::new(Settings { rules, ..Settings::default() }).start_on_thread("127.0.0.1:0").unwrap()
}

/// Twelve questions, two thirds of whose answers a person found polite.
fn project(server: &Running, scorers: &str) -> Project {
    let project = Project::empty();
    let url = server.base_url();
    project.write(
        "carat.yaml",
        format!(
            "models:\n  m: {{ provider: openai, base_url: \"{url}\" }}\n  \
             judge: {{ provider: openai, base_url: \"{url}\", price: {{ input: 10, output: 20 }} }}\n  \
             vectors: {{ provider: openai, api: embeddings, base_url: \"{url}\" }}\n"
        ),
    );
    project.write("prompts/ask.prompty", "---\ninputs:\n  q: { kind: string }\n---\nuser:\n{{ q }}\n");
    let rows = (0..12).fold(String::new(), |mut rows, row| {
        let human = if row % 3 == 0 { "FAIL" } else { "PASS" };
        writeln!(
            rows,
            "{{\"id\": \"q-{row}\", \"input\": {{\"q\": \"question {row}.\"}}, \"expected\": \"In the drawer.\", \
             \"metadata\": {{\"human\": \"{human}\"}}}}"
        )
        .unwrap();
        rows
    });
    project.write("datasets/questions.jsonl", rows);
    has_scorers(&project, scorers);
    project
}

fn has_scorers(project: &Project, scorers: &str) {
    let spec = format!("prompts: [ask]\nmodels: [m]\ndataset: questions\nscorers:\n{scorers}");
    project.write("evals/questions.yaml", spec);
}

const POLITE: &str =
    "  - { name: polite, judge: { model: judge, rubric: Is it polite?, human: \"{{ metadata.human }}\" } }\n";

fn calls(server: &Running) -> u64 {
    server.counters().totals.requests.values().sum()
}

fn variant(project: &Project) -> Value {
    project.report("@last")["variants"][0].clone()
}

#[test]
fn a_judge_is_counted_priced_and_held_against_people() {
    let server = server(vec![
        AnswerRule::on("question 3.", r#"{"reason": "Curt.", "verdict": "FAIL"}"#),
        AnswerRule::on("question 6.", r#"{"reason": "Curt.", "verdict": "FAIL"}"#),
        AnswerRule::always(r#"{"reason": "Friendly.", "verdict": "PASS"}"#),
    ]);
    let project = project(&server, POLITE);
    let ended = project.carat(&["eval", "questions"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let report = project.report("@last");
    let judge = &report["judges"][0];
    assert_eq!((judge["model"].as_str(), judge["answers"].as_u64()), (Some("judge"), Some(12)));
    assert!(judge["cost"]["usd"].as_f64().unwrap() > 0.0);
    let variant = &report["variants"][0];
    assert_eq!(variant["metrics"]["polite.accuracy"]["value"], 10.0 / 12.0);
    // People failed rows 0, 3, 6 and 9; the judge failed 3 and 6: agreement 10/12, by chance 5/9 + 1/18.
    let kappa = variant["metrics"]["polite.kappa"]["value"].as_f64().unwrap();
    let chance = (8.0 * 10.0 + 4.0 * 2.0) / 144.0;
    assert!((kappa - (10.0 / 12.0 - chance) / (1.0 - chance)).abs() < 1e-9, "{kappa}");
    assert_eq!(variant["confusion"]["polite"]["FAIL"]["PASS"], 2);
}

#[test]
fn a_judge_without_a_verdict_passes_nothing_and_fails_nothing() {
    for prose in [
        "I would say this is fine.",
        "Das ist höflich.",
        r#"{"reason": "Friendly."}"#,
        "VERDICT: PASS\nOn second thought,\nVERDICT: MAYBE",
        "The answer says GRADE: PASS, but I cannot decide.",
    ] {
        let server = server(vec![AnswerRule::always(prose)]);
        let project = project(&server, POLITE);
        let ended = project.carat(&["eval", "questions", "--gate", "polite.accuracy >= 0.1"]);
        assert_eq!(ended.code, Some(1), "{prose}: {ended:?}");
        let variant = variant(&project);
        assert_eq!(variant["unscored"], 12, "{prose}");
        assert_eq!(variant["unscored_because"]["polite"]["no-verdict"], 12, "{prose}");
        assert!(variant["metrics"].get("polite.accuracy").is_none(), "{prose}");
    }
}

#[test]
fn scoring_again_asks_a_judge_nothing_that_it_has_answered() {
    let server = server(vec![AnswerRule::always(r#"{"reason": "Friendly.", "verdict": "PASS"}"#)]);
    let project = project(&server, POLITE);
    assert_eq!(project.carat(&["eval", "questions"]).code, Some(0));
    let asked = calls(&server);
    assert_eq!(asked, 24);
    has_scorers(&project, &format!("{POLITE}  - {{ name: short, length: {{ at_most: 3 }} }}\n"));
    let ended = project.carat(&["eval", "--rescore", "@last"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(calls(&server), asked, "neither the model nor the judge was asked");
    let variant = variant(&project);
    assert_eq!(variant["metrics"]["short.accuracy"]["value"], 0.0);
    assert_eq!(variant["metrics"]["polite.accuracy"]["value"], 1.0);
    // Another run that is to ask again pays for its answers and its verdicts; any other for nothing.
    assert_eq!(project.carat(&["eval", "questions"]).code, Some(0));
    assert_eq!(calls(&server), asked);
    assert_eq!(project.carat(&["eval", "questions", "--refresh"]).code, Some(0));
    assert_eq!(calls(&server), 2 * asked);
}

#[test]
fn a_judge_that_was_away_is_asked_when_the_run_goes_on() {
    let away = server(Vec::new());
    let project = project(&away, POLITE);
    let settings = std::fs::read_to_string(project.file("carat.yaml")).unwrap();
    let judge = format!("judge: {{ provider: openai, base_url: \"{}\"", away.base_url());
    let nowhere = "judge: { provider: openai, retries: 0, base_url: \"http://127.0.0.1:9/v1\"";
    project.write("carat.yaml", settings.replace(&judge, nowhere));
    let ended = project.carat(&["eval", "questions"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert_eq!(variant(&project)["unscored_because"]["polite"]["judge-failed"], 12);
    let there = server(vec![AnswerRule::always(r#"{"reason": "Friendly.", "verdict": "PASS"}"#)]);
    project.write("carat.yaml", settings.replace(&judge, &judge.replace(&away.base_url(), &there.base_url())));
    let ended = project.carat(&["run", "resume", "@last"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(variant(&project)["metrics"]["polite.accuracy"]["n"], 12);
    assert_eq!(calls(&there), 12, "the judge alone was asked");
}

#[test]
fn embeddings_and_programs_score_as_well() {
    let server = server(Vec::new());
    let project = project(
        &server,
        "  - { name: near, embedding: { model: vectors }, threshold: 0.1 }\n  \
         - { name: own, program: { command: [sh, score.sh] } }\n",
    );
    project.write("score.sh", "cat > /dev/null\necho '{\"score\": 0.25, \"reason\": \"a quarter\"}'\n");
    let ended = project.carat(&["eval", "questions"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let variant = variant(&project);
    let near = variant["metrics"]["near.mean"]["value"].as_f64().unwrap();
    assert!(near > 0.1 && near < 1.0, "{near}");
    assert_eq!(variant["metrics"]["own.mean"]["value"], 0.25);
}

#[test]
fn a_program_that_says_nan_or_nothing_leaves_its_rows_unscored() {
    let server = server(Vec::new());
    for said in ["{\"score\": NaN}", "", "{\"score\": 7}", "no json"] {
        let project = project(&server, "  - { name: own, program: { command: [sh, score.sh] } }\n");
        project.write("score.sh", format!("cat > /dev/null\necho '{said}'\n"));
        let ended = project.carat(&["eval", "questions"]);
        assert_eq!(ended.code, Some(2), "{said}: {ended:?}");
        assert_eq!(variant(&project)["unscored_because"]["own"]["scorer-failed"], 12, "{said}");
        assert!(ended.data.contains("unscored"), "{said}: {ended:?}");
    }
}

#[test]
fn what_cannot_judge_is_refused_before_anything_is_paid_for() {
    let server = server(Vec::new());
    let project = project(&server, POLITE);
    for (scorer, words) in [
        ("judge: { model: jugde, rubric: Is it polite? }", "did you mean `judge`"),
        ("judge: { model: vectors, rubric: Is it polite? }", "embeds"),
        ("embedding: { model: judge }", "api: embeddings"),
        ("judge: { model: judge, rubric: Is it polite?, scale: { worst: 5, best: 1 } }", "scale"),
        ("judge: { model: judge }", "rubric"),
        ("judge: { model: judge, pairwise: { criterion: Which is better?, against: baseline } }", "baseline"),
        ("judge: { model: judge, rubric: Is it polite? }, threshold: 1.5", "threshold"),
        ("program: { command: [no-such-program-here] }", "no-such-program-here"),
    ] {
        has_scorers(&project, &format!("  - {{ name: s, {scorer} }}\n"));
        let ended = project.carat(&["eval", "questions"]);
        assert_eq!(ended.code, Some(2), "{scorer}: {ended:?}");
        assert!(ended.talk.contains(words), "{scorer}: {}", ended.talk);
    }
    assert_eq!(calls(&server), 0);
}

#[test]
fn openai_graders_are_read_as_scorers() {
    let server = server(Vec::new());
    let project = project(&server, "  - { name: short, length: { at_most: 100 } }\n");
    let spec = std::fs::read_to_string(project.file("evals/questions.yaml")).unwrap();
    project.write("evals/questions.yaml", format!("{spec}graders: [drawer.json]\n"));
    project.write(
        "evals/drawer.json",
        r#"{"type": "string_check", "name": "drawer", "input": "{{ sample.output_text }}", "operation": "like", "reference": "drawer"}"#,
    );
    let ended = project.carat(&["eval", "questions"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(variant(&project)["metrics"]["drawer.accuracy"]["value"], 1.0);
    project.write(
        "evals/drawer.json",
        r#"{"type": "python", "name": "own", "source": "def grade(sample, item): return 1"}"#,
    );
    let ended = project.carat(&["eval", "questions"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.talk.contains("program"), "{}", ended.talk);
}
