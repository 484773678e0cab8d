//! Judges of two answers, and their bias for a place.

use carat_core::{Request, Score, Unscored, UnscoredKind};
use serde_json::json;

use crate::asked::{Given, Scripted, assess, given, said, why};

const AGAINST_EXPECTED: &str = "judge: { model: judge, pairwise: { criterion: Which is clearer? } }";
const AGAINST_BASELINE: &str = "judge: { model: judge, pairwise: { criterion: Which is clearer?, against: baseline } }";

/// What stands in the first of the two places.
fn first(request: &Request) -> String {
    let user = request.messages[1].joined_text();
    let after = user.split("<<<BEGIN FIRST ANSWER ").nth(1).unwrap();
    after.split(">>>\n").nth(1).unwrap().split("\n<<<END").next().unwrap().to_owned()
}

/// Says this where the new answer stands first, and that where it stands second.
fn judge(new_first: &'static str, new_second: &'static str) -> Scripted {
    Scripted::new(move |_, request, _| {
        let verdict = if first(request) == "new" { new_first } else { new_second };
        Ok(said(&format!("Because.\nVERDICT: {verdict}")))
    })
}

fn told(score: Result<Score, Unscored>) -> (f64, Option<String>, Vec<u32>) {
    let score = score.unwrap();
    (score.value.get(), score.category, score.counts)
}

#[tokio::test]
async fn the_same_winner_in_both_orders_wins_and_anything_else_is_a_tie() {
    for (new_first, new_second, value, category, counts) in [
        ("FIRST", "SECOND", 1.0, "win", [1, 2]),
        ("SECOND", "FIRST", 0.0, "loss", [1, 2]),
        ("TIE", "TIE", 0.5, "tie", [0, 0]),
        ("FIRST", "TIE", 0.5, "tie", [1, 1]),
        ("TIE", "SECOND", 0.5, "tie", [0, 1]),
        ("SECOND", "TIE", 0.5, "tie", [0, 1]),
        ("FIRST", "FIRST", 0.5, "flipped", [2, 2]),
        ("SECOND", "SECOND", 0.5, "flipped", [0, 2]),
    ] {
        let judge = judge(new_first, new_second);
        let score = assess(AGAINST_EXPECTED, &given(json!("old"), "new"), &judge).await;
        assert_eq!(told(score), (value, Some(category.to_owned()), counts.to_vec()), "{new_first}, {new_second}");
        assert_eq!(judge.calls(), 2);
    }
}

#[tokio::test]
async fn the_reason_tells_both_verdicts() {
    let score = assess(AGAINST_EXPECTED, &given(json!("old"), "new"), &judge("FIRST", "TIE")).await.unwrap();
    let reason = "standing first: FIRST, Because.; standing second: TIE, Because.";
    assert_eq!((score.reason.as_deref(), score.pass), (Some(reason), None));
}

#[tokio::test]
async fn a_judge_that_always_prefers_a_place_shows_in_the_counts() {
    let (mut won, mut decided) = (0, 0);
    for answer in ["new", "newer", "newest"] {
        let score = assess(AGAINST_EXPECTED, &given(json!("old"), answer), &Scripted::saying("VERDICT: FIRST")).await;
        let (value, category, counts) = told(score);
        assert_eq!((value, category.as_deref()), (0.5, Some("flipped")));
        won += counts[0];
        decided += counts[1];
    }
    assert_eq!((won, decided), (6, 6));
}

#[tokio::test]
async fn the_same_answer_is_a_tie_without_a_question() {
    for text in [AGAINST_EXPECTED, AGAINST_BASELINE] {
        let given = given(json!("the old answer"), "the old answer");
        let score = assess(text, &given, &Scripted::silent()).await;
        assert_eq!(told(score), (0.5, Some("tie".into()), vec![0, 0]));
    }
}

#[tokio::test]
async fn answers_are_held_against_the_baseline_where_that_is_wanted() {
    let judge = judge("FIRST", "SECOND");
    assert_eq!(told(assess(AGAINST_BASELINE, &given(None, "new"), &judge).await).0, 1.0);
    assert!(judge.messages(1).1.contains("\nthe old answer\n"));
}

#[tokio::test]
async fn without_another_answer_there_is_no_score_and_no_question() {
    let kind = async |text: &str, given: &Given| why(assess(text, given, &Scripted::silent()).await).0;
    assert_eq!(kind(AGAINST_EXPECTED, &given(None, "new")).await, UnscoredKind::NoExpectation);
    let mut new_row = given(json!("old"), "new");
    new_row.row.id = "new-7".into();
    assert_eq!(kind(AGAINST_BASELINE, &new_row).await, UnscoredKind::NoExpectation);
}

#[tokio::test]
async fn one_order_without_a_verdict_is_no_score() {
    let (kind, detail) = why(assess(AGAINST_EXPECTED, &given(json!("old"), "new"), &judge("FIRST", "BOTH")).await);
    assert_eq!(kind, UnscoredKind::NoVerdict);
    assert!(detail.contains("“ BOTH”") || detail.contains("“BOTH”"), "{detail}");
}

#[tokio::test]
async fn the_parts_that_are_looked_at_are_compared() {
    let text = format!("on: {{ regex: '(?:old|new) \\w+' }}\n{AGAINST_BASELINE}");
    let judge = Scripted::saying("VERDICT: TIE");
    assess(&text, &given(None, "It is: new thing!"), &judge).await.unwrap();
    let (_, user) = judge.messages(0);
    assert!(user.contains("\nnew thing\n") && user.contains("\nold answer\n"), "{user}");
    let missing = assess(&text, &given(None, "nothing"), &Scripted::silent()).await.unwrap();
    assert_eq!((missing.value.get(), missing.category.as_deref()), (0.0, Some("loss")));
    let other = "on: { regex: 'new' }\njudge: { model: judge, pairwise: { criterion: C, against: baseline } }";
    let won = assess(other, &given(None, "new"), &Scripted::silent()).await.unwrap();
    assert_eq!((won.value.get(), won.reason.as_deref()), (1.0, Some("the other: no match of `new`")));
}

#[tokio::test]
async fn a_panel_decides_by_majority_and_adds_up_who_stood_first() {
    let panel = "judge: { panel: [a, b, c], pairwise: { criterion: C } }";
    let votes = |votes: [(&'static str, [&'static str; 2]); 3]| {
        Scripted::new(move |model, request, _| {
            let (_, [new_first, new_second]) = votes.iter().find(|(name, _)| *name == model).unwrap();
            Ok(said(&format!("VERDICT: {}", if first(request) == "new" { new_first } else { new_second })))
        })
    };
    let decided = async |ask: Scripted| told(assess(panel, &given(json!("old"), "new"), &ask).await);
    let win = votes([("a", ["FIRST", "SECOND"]), ("b", ["FIRST", "SECOND"]), ("c", ["SECOND", "FIRST"])]);
    assert_eq!(decided(win).await, (1.0, Some("win".into()), vec![3, 6]));
    let biased = votes([("a", ["FIRST", "FIRST"]), ("b", ["FIRST", "FIRST"]), ("c", ["TIE", "TIE"])]);
    assert_eq!(decided(biased).await, (0.5, Some("flipped".into()), vec![4, 4]));
    let split = votes([("a", ["FIRST", "SECOND"]), ("b", ["SECOND", "FIRST"]), ("c", ["TIE", "TIE"])]);
    let (kind, detail) = why(assess(panel, &given(json!("old"), "new"), &split).await);
    assert_eq!(kind, UnscoredKind::NoVerdict);
    assert!(detail.starts_with("no majority of the 3 judges: a: win, "), "{detail}");
}
