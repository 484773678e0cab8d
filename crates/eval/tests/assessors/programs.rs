//! Programs as scorers: real ones.

use std::path::Path;
use std::time::{Duration, Instant};

use carat_core::{Assessor, Score, Unscored, UnscoredKind};
use carat_eval::assessors::build;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::asked::{Given, Scripted, given, spec, surroundings, why, worth};

fn in_folder(folder: &Path, script: &str, more: Value) -> Box<dyn Assessor> {
    let mut program = json!({"command": ["sh", "-c", script]});
    let mut whole = json!({"name": "s"});
    for (key, value) in more.as_object().unwrap() {
        let settings = ["timeout", "output_limit", "concurrency"].contains(&key.as_str());
        (if settings { &mut program } else { &mut whole })[key] = value.clone();
    }
    whole["program"] = program;
    let spec = serde_json::from_value(whole).unwrap();
    build(&spec, &surroundings(folder, None)).unwrap().unwrap()
}

async fn assess(program: &dyn Assessor, given: &Given) -> Result<Score, Unscored> {
    program.assess(&given.answer(), &Scripted::silent()).await
}

async fn run_with(script: &str, more: Value) -> Result<Score, Unscored> {
    let folder = TempDir::new().unwrap();
    assess(&*in_folder(folder.path(), script, more), &given(None, "x")).await
}

async fn run(script: &str) -> Result<Score, Unscored> {
    run_with(script, json!({})).await
}

async fn failure(script: &str, more: Value) -> String {
    let (kind, detail) = why(run_with(script, more).await);
    assert_eq!(kind, UnscoredKind::ScorerFailed, "{detail}");
    detail
}

#[tokio::test]
async fn a_program_reads_the_case_and_writes_a_score() {
    let folder = TempDir::new().unwrap();
    let program =
        in_folder(folder.path(), r#"cat > read.json; printf %s '{"score": 0.5, "reason": "half\nof it"}'"#, json!({}));
    let given = Given { trial: 2, ..given(json!("two days"), "It takes two days.") };
    let score = assess(&*program, &given).await.unwrap();
    assert_eq!((score.value.get(), score.pass, score.reason.as_deref()), (0.5, None, Some("half⏎of it")));
    let read: Value = serde_json::from_slice(&std::fs::read(folder.path().join("read.json")).unwrap()).unwrap();
    let expected = json!({
        "row": {"id": "r", "input": {}, "expected": "two days"},
        "output": "It takes two days.",
        "completion": {"text": "It takes two days.", "finish_reason": "stop"},
        "trial": 2,
        "latency_ms": 12.5,
    });
    assert_eq!(read, expected);
}

#[tokio::test]
async fn a_program_sees_the_part_that_is_looked_at_and_what_is_expected_as_a_template_makes_it() {
    let folder = TempDir::new().unwrap();
    let more = json!({"on": {"json_path": "$.reply"}, "expected": "{{ expected.days }}"});
    let program = in_folder(folder.path(), "cat > read.json; echo '{\"pass\": true}'", more);
    let answer = r#"{"reply": "Two."}"#;
    assert_eq!(worth(assess(&*program, &given(json!({"days": 2}), answer)).await), (1.0, Some(true), None));
    let read: Value = serde_json::from_slice(&std::fs::read(folder.path().join("read.json")).unwrap()).unwrap();
    assert_eq!(
        (&read["output"], &read["row"]["expected"], &read["completion"]["text"]),
        (&json!("Two."), &json!(2), &json!(answer))
    );
    std::fs::remove_file(folder.path().join("read.json")).unwrap();
    assert_eq!(worth(assess(&*program, &given(json!({"days": 2}), "prose")).await), (0.0, Some(false), None));
    assert!(!folder.path().join("read.json").exists(), "an answer without the part asks nobody");
}

#[tokio::test]
async fn a_program_may_pass_score_both_or_say_that_it_cannot_say() {
    assert_eq!(worth(run(r#"echo '{"pass": false}'"#).await), (0.0, Some(false), None));
    assert_eq!(worth(run(r#"echo '{"score": 0.2, "pass": true}'"#).await), (0.2, Some(true), None));
    let unscored = run(r#"echo '{"unscored": "no reference"}'"#).await;
    assert_eq!(why(unscored), (UnscoredKind::NoVerdict, "`sh`: no reference".to_owned()));
}

#[tokio::test]
async fn inversion_and_threshold_hold_for_programs_too() {
    let half = r#"echo '{"score": 0.25}'"#;
    assert_eq!(worth(run_with(half, json!({"threshold": 0.5})).await), (0.25, Some(false), None));
    assert_eq!(worth(run_with(half, json!({"threshold": 0.5, "invert": true})).await), (0.75, Some(true), None));
    let passed = r#"echo '{"score": 0.25, "pass": true}'"#;
    assert!(failure(passed, json!({"threshold": 0.5})).await.contains("contradicts the `threshold` of the spec"));
    assert!(failure(passed, json!({"threshold": 0.5, "invert": true})).await.contains("contradicts the `threshold`"));
    assert_eq!(worth(run_with(passed, json!({"threshold": 0.2})).await).1, Some(true));
    assert_eq!(worth(run_with(passed, json!({"invert": true})).await), (0.75, Some(false), None));
}

#[tokio::test]
async fn what_a_program_writes_amiss_is_a_failure_and_never_a_score() {
    for (script, part) in [
        ("true", "`sh` wrote nothing"),
        ("echo pass", "wrote what is not one JSON object"),
        (r#"echo '{"score": NaN}'"#, "NaN and Infinity are no numbers"),
        (r#"echo '{"score": 1e999}'"#, "out of range"),
        (r#"echo '{"score": 2}'"#, "gave the score 2, which is not from 0 to 1"),
        (r#"echo '{"score": 0, "pass": true}'"#, "contradicts itself"),
        (r#"echo '{}'"#, "neither `score` nor `pass`"),
        (r#"echo '{"score": 1}'; echo '{"score": 0}'"#, "trailing characters"),
        (r#"printf '\377'"#, "wrote what is not one JSON object"),
    ] {
        let detail = failure(script, json!({})).await;
        assert!(detail.contains(part) && detail.lines().count() == 1, "{script}: {detail}");
    }
}

#[tokio::test]
async fn a_crash_is_told_with_its_last_words_and_what_it_wrote_does_not_count() {
    let script = r#"echo '{"score": 1}'; for i in 1 2 3 4 5 6 7; do printf "line $i \033[31m\n" >&2; done; exit 3"#;
    let detail = failure(script, json!({})).await;
    let told = "`sh` ended with exit status: 3; stderr: line 3 ␛[31m | line 4 ␛[31m | line 5 ␛[31m | line 6 ␛[31m | line 7 ␛[31m";
    assert_eq!(detail, told);
    assert!(failure("kill -9 $$", json!({})).await.contains("signal: 9"));
}

#[tokio::test]
async fn a_program_that_hangs_is_stopped_with_all_that_it_started() {
    let folder = TempDir::new().unwrap();
    let script = "echo working >&2; (sleep 2; touch survived) & sleep 60; wait";
    let program = in_folder(folder.path(), script, json!({"timeout": "500ms"}));
    let started = Instant::now();
    let (kind, detail) = why(assess(&*program, &given(None, "x")).await);
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(kind, UnscoredKind::ScorerFailed);
    let told = "`sh` gave no answer within 500ms and was stopped; `program.timeout` sets the limit; stderr: working";
    assert_eq!(detail, told);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!folder.path().join("survived").exists());
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    let started = Instant::now();
    let detail = failure("yes", json!({})).await;
    assert!(detail.starts_with("`sh` wrote more than 1048576 bytes and was stopped"), "{detail}");
    assert!(failure("echo '{\"score\": 1}'", json!({"output_limit": 5})).await.contains("more than 5 bytes"));
    assert_eq!(worth(run_with("printf '{\"score\": 1}'", json!({"output_limit": 12})).await).0, 1.0);
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn noise_on_standard_error_holds_nobody_up() {
    let script = r#"i=0; while [ $i -lt 20000 ]; do echo "some words of a log, line $i" >&2; i=$((i+1)); done; echo '{"pass": true}'"#;
    assert_eq!(worth(run(script).await).1, Some(true));
}

#[tokio::test]
async fn a_program_need_not_read_what_it_is_given() {
    let folder = TempDir::new().unwrap();
    let program = in_folder(folder.path(), r#"exec <&-; echo '{"pass": true}'"#, json!({}));
    let long = given(None, &"x".repeat(1 << 20));
    assert_eq!(worth(assess(&*program, &long).await).1, Some(true));
}

#[tokio::test]
async fn what_a_program_leaves_behind_ends_with_it_and_keeps_nobody_waiting() {
    let folder = TempDir::new().unwrap();
    let script = r#"(sleep 2; touch survived; sleep 60) & echo '{"pass": true}'"#;
    let program = in_folder(folder.path(), script, json!({}));
    let started = Instant::now();
    assert_eq!(worth(assess(&*program, &given(None, "x")).await).1, Some(true));
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!folder.path().join("survived").exists());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_that_left_the_group_and_holds_the_pipes_is_not_waited_for() {
    let started = Instant::now();
    assert_eq!(worth(run(r#"setsid sleep 20 & echo '{"pass": true}'"#).await).1, Some(true));
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[tokio::test]
async fn an_assessment_that_is_given_up_kills_the_program() {
    let folder = TempDir::new().unwrap();
    let program = in_folder(folder.path(), "touch began; sleep 2; touch survived", json!({}));
    let given = given(None, "x");
    let given_up = tokio::time::timeout(Duration::from_secs(1), assess(&*program, &given)).await;
    assert!(given_up.is_err() && folder.path().join("began").exists());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!folder.path().join("survived").exists());
}

#[tokio::test]
async fn no_more_run_at_once_than_may_and_waiting_for_a_turn_takes_none_of_the_time() {
    let folder = TempDir::new().unwrap();
    let script = "mkdir taken || { echo '{\"pass\": false}'; exit; }; sleep 1; rmdir taken; echo '{\"pass\": true}'";
    let program = in_folder(folder.path(), script, json!({"concurrency": 1, "timeout": "2500ms"}));
    let given = given(None, "x");
    let (one, two, three) =
        tokio::join!(assess(&*program, &given), assess(&*program, &given), assess(&*program, &given));
    for score in [one, two, three] {
        assert_eq!(worth(score).1, Some(true));
    }
}

#[tokio::test]
async fn nothing_goes_through_a_shell_and_the_environment_is_inherited() {
    let folder = TempDir::new().unwrap();
    let text = "program: { command: [printf, '{\"reason\": \"%s\", \"pass\": true}', '$HOME; `id` > x'] }";
    let program = build(&spec(text), &surroundings(folder.path(), None)).unwrap().unwrap();
    let score = assess(&*program, &given(None, "x")).await.unwrap();
    assert_eq!(score.reason.as_deref(), Some("$HOME; `id` > x"));
    assert_eq!(worth(run(r#"[ -n "$PATH" ] && echo '{"pass": true}'"#).await).1, Some(true));
}
