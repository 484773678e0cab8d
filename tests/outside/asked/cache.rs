//! Answers that were given before.

use carat_sim::Settings;

use super::{calls, ends, project, server};

#[test]
fn what_was_asked_before_is_not_asked_again_and_costs_nothing() {
    let server = server(Settings::default());
    let project = project(&server, 20, ", price: { input: 1, output: 2 }");
    ends(&project, 0, &["eval", "questions"]);
    let first = project.report("@last");
    let again = ends(&project, 0, &["eval", "questions"]);
    assert_eq!(calls(&server), 20);
    let report = project.report("@last");
    assert_eq!((&report["run"]["cached"], &report["variants"][0]["cached"]), (&20.into(), &20.into()));
    assert_eq!(report["variants"][0]["cost"]["usd"], first["variants"][0]["cost"]["usd"], "what the answers are worth");
    assert_eq!(report["variants"][0]["cost"]["paid_usd"], 0.0, "what was paid");
    assert_eq!(report["variants"][0]["metrics"]["right.accuracy"], first["variants"][0]["metrics"]["right.accuracy"]);
    let told = again.data.lines().find(|line| line.contains("given before")).unwrap();
    assert!(told.contains("20 of 20 answers were given before, and cost nothing now; $0.0000 paid of $"), "{told}");
    let row = ends(&project, 0, &["run", "show", "--row", "q-3"]);
    assert!(row.data.contains("so that it cost nothing now"), "{}", row.data);
}

#[test]
fn a_miss_is_explained_by_the_part_of_the_question_that_changed() {
    let server = server(Settings::default());
    let project = project(&server, 5, "");
    ends(&project, 0, &["eval", "questions"]);
    project.write("prompts/ask.prompty", "system:\nAnswer in two words.\nuser:\n{{ q }}\n");
    ends(&project, 0, &["eval", "questions", "--set", "temperature=0.5"]);
    assert_eq!(calls(&server), 10);
    let told = ends(&project, 0, &["run", "show", "--why-miss", "q-3"]);
    insta::assert_snapshot!(told.shown(&project), @r#"
    exit 0
    q-3  ask@2×m
      the nearest question that was asked before (ask@1×m in run RUN)
      messages[0].content changed:
      - A      Answer in one word.
      + B      Answer in two words.
      parameters: nothing → {"temperature":0.5}
    "#);
    let hit = ends(&project, 0, &["eval", "questions", "--set", "temperature=0.5"]);
    assert_eq!(hit.code, Some(0));
    let told = ends(&project, 0, &["run", "show", "--why-miss", "q-3"]);
    assert!(told.data.contains("it was no miss: the answer is from run"), "{}", told.data);
    let unknown = ends(&project, 2, &["run", "show", "--why-miss", "q-33"]);
    assert!(unknown.talk.contains("did you mean `q-3`?"), "{}", unknown.talk);
}

#[test]
fn what_is_taken_from_the_record_and_given_to_it_is_what_the_flags_say() {
    let server = server(Settings::default());
    let project = project(&server, 5, "");
    ends(&project, 0, &["eval", "questions", "--no-cache"]);
    ends(&project, 0, &["eval", "questions"]);
    assert_eq!(calls(&server), 10, "--no-cache gives nothing to others");
    ends(&project, 0, &["eval", "questions", "--refresh"]);
    assert_eq!(calls(&server), 15);
    ends(&project, 0, &["eval", "questions", "--cache-age", "1h"]);
    assert_eq!(calls(&server), 15);
    ends(&project, 0, &["eval", "questions", "--no-cache"]);
    assert_eq!(calls(&server), 20);
    ends(&project, 2, &["eval", "questions", "--refresh", "--cache-age", "1h"]);
    ends(&project, 2, &["eval", "questions", "--cache-age", "soon"]);
}

#[test]
fn repeats_are_kept_apart() {
    let server = server(Settings::default());
    let project = project(&server, 5, "");
    ends(&project, 0, &["eval", "questions", "--trials", "2"]);
    ends(&project, 0, &["eval", "questions", "--trials", "3"]);
    assert_eq!(calls(&server), 15);
}

#[test]
fn another_model_of_the_same_server_is_asked_for_itself() {
    let server = server(Settings::default());
    let project = project(&server, 5, "");
    ends(&project, 0, &["eval", "questions"]);
    let url = server.base_url();
    let models = format!("models:\n  m: {{ provider: openai, base_url: \"{url}\", model: other }}\n");
    project.write("carat.yaml", models);
    ends(&project, 0, &["eval", "questions"]);
    assert_eq!(calls(&server), 10, "it has the same name in the project, and is another model");
    let told = ends(&project, 0, &["run", "show", "--why-miss", "q-3"]);
    assert!(told.data.contains("the model's settings differ"), "{}", told.data);
}
