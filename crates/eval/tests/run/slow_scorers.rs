//! However slow a scorer is, an answer is recorded when it arrives.

use std::sync::Arc;
use std::time::Duration;

use carat_core::{Answer, EventKind, Grade, Score, Scorer, Unscored};
use carat_eval::Stop;
use carat_eval::jury::Jury;
use carat_eval::resume::Decisions;
use tokio::sync::watch;

use crate::scripted::{Act, Scripted};
use crate::story::{Keeper, Story, tell};

/// Right, after a while.
struct Slow;

impl Scorer for Slow {
    fn name(&self) -> &str {
        "right"
    }

    fn score(&self, _: &Answer<'_>) -> Result<Score, Unscored> {
        std::thread::sleep(Duration::from_millis(400));
        Ok(Grade::Pass(true).into())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_slow_to_score_is_told_of_before_its_scores() {
    let model = Scripted::new(Duration::ZERO, |_, _| Act::Answer("yes"));
    let mut plan = Story::of(8).plan(Arc::new(model));
    Arc::get_mut(&mut plan).unwrap().jury = Arc::new(Jury::new(&[], vec![Box::new(Slow)], Vec::new()));
    let (_wish, stop) = watch::channel(Stop::No);
    let told = tell(&plan, Decisions::default(), stop, &mut Keeper::default()).await;
    let answered = told.events.iter().filter(|event| matches!(event.kind, EventKind::CaseAnswered { .. }));
    assert_eq!(answered.count(), 8);
    assert_eq!(told.samples().len(), 8);
    let first_finished = told.events.iter().find(|event| matches!(event.kind, EventKind::CaseFinished { .. })).unwrap();
    let before = told
        .events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::CaseAnswered { .. }) && event.seq < first_finished.seq);
    assert!(before.count() >= 4, "what arrived together was told of together");
    assert_eq!(told.report().variants[0].metrics["right.accuracy"].n, 8, "and counted once");
}
