//! Several judges.

use std::time::Duration;

use async_trait::async_trait;
use carat_core::{Ask, Completion, ModelError, Request, Score, Unscored, UnscoredKind};
use tokio::sync::Barrier;

use crate::asked::{Scripted, assess, assessor, given, said, why, worth};

const THREE: &str = "judge: { panel: [a, b, c], rubric: R }";
const FOUR: &str = "judge: { panel: [a, b, c, d], rubric: R }";
const SCALE: &str = "judge: { panel: [a, b, c, d, e], rubric: R, scale: { worst: 1, best: 5 } }";

const PASS: &str = "VERDICT: PASS";
const FAIL: &str = "VERDICT: FAIL";

async fn panel(text: &str, answers: &[(&'static str, &'static str)]) -> Result<Score, Unscored> {
    let ask = Scripted::by_name(answers);
    let score = assess(text, &given(None, "x"), &ask).await;
    assert_eq!(ask.calls(), answers.len());
    score
}

#[tokio::test]
async fn more_than_half_of_those_that_were_asked_decide() {
    assert_eq!(worth(panel(THREE, &[("a", PASS), ("b", PASS), ("c", FAIL)]).await), (1.0, Some(true), None));
    assert_eq!(worth(panel(THREE, &[("a", FAIL), ("b", "hm"), ("c", FAIL)]).await), (0.0, Some(false), None));
    assert_eq!(worth(panel(THREE, &[("a", FAIL), ("b", "-"), ("c", FAIL)]).await), (0.0, Some(false), None));
    assert_eq!(worth(panel(FOUR, &[("a", PASS), ("b", PASS), ("c", PASS), ("d", FAIL)]).await).1, Some(true));
}

#[tokio::test]
async fn half_is_no_majority_and_a_silent_judge_is_nobodys_vote() {
    let half = panel(FOUR, &[("a", PASS), ("b", PASS), ("c", FAIL), ("d", FAIL)]).await;
    let told = "no majority of the 4 judges: a: PASS; b: PASS; c: FAIL; d: FAIL";
    assert_eq!(why(half), (UnscoredKind::NoVerdict, told.to_owned()));
    let silent = panel(THREE, &[("a", PASS), ("b", "hm"), ("c", "")]).await;
    let (kind, detail) = why(silent);
    assert_eq!(kind, UnscoredKind::NoVerdict);
    assert!(detail.contains("a: PASS; b: no-verdict, the judge `b` gave no verdict"), "{detail}");
}

#[tokio::test]
async fn judges_that_failed_are_asked_again_only_where_they_could_still_decide() {
    let open = panel(THREE, &[("a", PASS), ("b", FAIL), ("c", "-")]).await;
    let (kind, detail) = why(open);
    assert_eq!(kind, UnscoredKind::JudgeFailed);
    assert!(detail.contains("c: judge-failed, the judge `c` gave no answer: overloaded"), "{detail}");
    let still_open = panel(FOUR, &[("a", PASS), ("b", FAIL), ("c", FAIL), ("d", "-")]).await;
    assert_eq!(why(still_open).0, UnscoredKind::JudgeFailed);
    let hopeless = panel(FOUR, &[("a", PASS), ("b", FAIL), ("c", "hm"), ("d", "-")]).await;
    assert_eq!(why(hopeless).0, UnscoredKind::NoVerdict);
    assert_eq!(why(panel(THREE, &[("a", "-"), ("b", "-"), ("c", "-")]).await).0, UnscoredKind::JudgeFailed);
}

#[tokio::test]
async fn reasons_are_put_together_with_their_judges() {
    let answers = [("a", "Kind.\nVERDICT: PASS"), ("b", "Rude.\nVERDICT: FAIL"), ("c", PASS)];
    let score = panel(THREE, &answers).await.unwrap();
    assert_eq!(score.reason.as_deref(), Some("a: PASS, Kind.; b: FAIL, Rude.; c: PASS"));
}

#[tokio::test]
async fn on_a_scale_the_median_counts_and_more_than_half_must_have_given_a_number() {
    let five = |numbers: [&'static str; 5]| {
        let names = ["a", "b", "c", "d", "e"];
        names.into_iter().zip(numbers).collect::<Vec<_>>()
    };
    let (one, two, four) = ("VERDICT: 1", "VERDICT: 2", "VERDICT: 4");
    assert_eq!(worth(panel(SCALE, &five([one, four, two, four, one])).await), (0.25, None, None));
    assert_eq!(worth(panel(SCALE, &five([one, four, "hm", "-", two])).await).0, 0.25);
    assert_eq!(worth(panel(SCALE, &five([one, four, two, four, "hm"])).await).0, 0.5);
    assert_eq!(why(panel(SCALE, &five([one, four, "hm", "hm", ""])).await).0, UnscoredKind::NoVerdict);
    assert_eq!(why(panel(SCALE, &five([one, four, "hm", "hm", "-"])).await).0, UnscoredKind::JudgeFailed);
}

#[tokio::test]
async fn a_judge_that_sits_twice_is_asked_for_two_answers() {
    let ask = Scripted::new(|_, _, vote| Ok(said(if vote == 1 { FAIL } else { PASS })));
    let score = assess("judge: { panel: [a, a, b, a], rubric: R }", &given(None, "x"), &ask).await;
    assert_eq!(worth(score).1, Some(true));
    let asked: Vec<_> = ask.asked.lock().unwrap().iter().map(|(model, _, vote)| format!("{model}{vote}")).collect();
    assert_eq!(asked, ["a0", "a1", "b0", "a2"]);
}

/// Answers nobody before all have asked.
struct Together(Barrier);

#[async_trait]
impl Ask for Together {
    async fn ask(&self, _: &str, _: Request, _: u32) -> Result<Completion, ModelError> {
        self.0.wait().await;
        Ok(said(PASS))
    }
}

#[tokio::test(start_paused = true)]
async fn all_judges_are_asked_at_once() {
    let (judges, given) = (assessor(THREE), given(None, "x"));
    let (answer, ask) = (given.answer(), Together(Barrier::new(3)));
    let score = tokio::time::timeout(Duration::from_secs(9), judges.assess(&answer, &ask)).await.unwrap();
    assert_eq!(worth(score).1, Some(true));
}
