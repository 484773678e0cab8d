//! Promotions go step by step, and of two who step at once one is told so.

use carat_core::audit::Action;
use carat_core::promotion::{Approval, EvidenceId, Finding, Promotion, State};
use carat_core::version::{Kind, Move, Pick, VersionId};
use carat_store::{Kept, LabelMove, ReferenceError, Step, Store, StoreError};

use super::*;

const NAME: &str = "support/triage";

fn version(number: u32) -> VersionId {
    VersionId { kind: Kind::Prompt, name: NAME.into(), number, digest: content(number) }
}

pub(super) fn promotion(id: &str, number: u32) -> Promotion {
    Promotion {
        id: id.into(),
        subject: version(number),
        label: label("production"),
        replaces: None,
        by: ada(),
        at: AT.into(),
        why: Some("shorter answers".into()),
        policy: Some(content(99).into()),
        findings: vec![Finding {
            what: "eval triage".into(),
            holds: false,
            asks_nothing: false,
            because: vec!["no run of triage@7".into()],
            commands: vec!["carat eval triage".into()],
            evidence: vec![EvidenceId { run: "r".into(), variant: "v".into(), dataset: version(1) }],
        }],
        approvals: vec![Approval { by: grace(), at: AT.into(), approves: true, comment: Some("\0".into()) }],
        state: State::Proposed,
        since: AT.into(),
        emergency: None,
    }
}

/// A step without a move.
fn step<'a>(before: Option<u64>, after: &'a Promotion, action: Action, by: &'a Actor) -> Step<'a> {
    Step { before, after, action, by, at: AT, why: None, moves: None }
}

pub(super) async fn proposed(store: &Store, id: &str, number: u32) -> Promotion {
    let promotion = promotion(id, number);
    let step = step(None, &promotion, Action::PromotionProposed, &promotion.by);
    assert_eq!(store.step(&step).await.unwrap(), 1);
    promotion
}

/// Applies a promotion in its first revision.
async fn apply(store: &Store, promotion: &Promotion, expected: Option<u32>) -> Result<u64, StoreError> {
    let after = Promotion { state: State::Applied, ..promotion.clone() };
    let moves = Some(LabelMove { expected, to: Some(after.subject.number) });
    let by = grace();
    store.step(&Step { moves, ..step(Some(1), &after, Action::PromotionApplied, &by) }).await
}

async fn production(store: &Store) -> Option<u32> {
    let pick = Pick::Label(label("production"));
    store.version(Kind::Prompt, NAME, &pick).await.unwrap().map(|version| version.id.number)
}

#[tokio::test]
async fn a_promotion_is_proposed_applied_and_rolled_back() {
    let store = with_versions(Store::in_memory().await.unwrap(), 2).await;
    store.move_label(Kind::Prompt, NAME, &label("production"), Some(1), &ada(), AT, None).await.unwrap();
    let mut promotion = proposed(&store, "019f-a", 2).await;
    assert_eq!(store.promotion("019f-a").await.unwrap(), Kept { value: promotion.clone(), revision: 1 });

    let by = grace();
    promotion.state = State::Approved;
    assert_eq!(store.step(&step(Some(1), &promotion, Action::PromotionApproved, &by)).await.unwrap(), 2);
    assert_eq!(production(&store).await, Some(1));

    promotion.state = State::Applied;
    let moves = Some(LabelMove { expected: Some(1), to: Some(2) });
    let applied = Step { moves, why: Some("now"), ..step(Some(2), &promotion, Action::PromotionApplied, &by) };
    assert_eq!(store.step(&applied).await.unwrap(), 3);
    assert_eq!(production(&store).await, Some(2));

    promotion.state = State::RolledBack;
    let moves = Some(LabelMove { expected: Some(2), to: Some(1) });
    let back = Step { moves, ..step(Some(3), &promotion, Action::RolledBack, &by) };
    assert_eq!(store.step(&back).await.unwrap(), 4);
    assert_eq!(production(&store).await, Some(1));

    assert_eq!(store.promotion("019f-a").await.unwrap(), Kept { value: promotion, revision: 4 });
    let history = store.label_history(Kind::Prompt, NAME, None).await.unwrap();
    let told = |moved: &Move| (moved.to.as_ref().map(|to| to.number), moved.promotion.clone(), moved.why.clone());
    let by_promotion = Some("019f-a".to_owned());
    assert_eq!(
        history.iter().map(told).collect::<Vec<_>>(),
        [(Some(1), None, None), (Some(2), by_promotion.clone(), Some("now".into())), (Some(1), by_promotion, None)]
    );
}

#[tokio::test]
async fn a_step_from_a_revision_that_is_past_is_told_so_and_changes_nothing() {
    let store = with_versions(Store::in_memory().await.unwrap(), 2).await;
    let mut promotion = proposed(&store, "019f-a", 2).await;
    let by = grace();
    promotion.state = State::Withdrawn;
    store.step(&step(Some(1), &promotion, Action::PromotionWithdrawn, &by)).await.unwrap();
    let log = whole_log(&store).await;

    let error = apply(&store, &promotion, None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "promotion 019f-a has been changed since it was looked at, and is withdrawn now: somebody else was faster; see how \
         it stands, and decide again"
    );
    assert!(matches!(error, StoreError::Outrun { .. }), "{error:?}");
    assert_eq!((production(&store).await, whole_log(&store).await), (None, log));
}

#[tokio::test]
async fn a_step_whose_label_has_gone_elsewhere_is_told_so_and_changes_nothing() {
    let store = with_versions(Store::in_memory().await.unwrap(), 3).await;
    let promotion = proposed(&store, "019f-a", 2).await;
    store.move_label(Kind::Prompt, NAME, &label("production"), Some(3), &ada(), AT, None).await.unwrap();
    let log = whole_log(&store).await;

    let error = apply(&store, &promotion, None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`production` of support/triage points to version 3 now, and no longer to no version: somebody else was faster; see \
         how it stands, and decide again"
    );
    assert!(matches!(error, StoreError::Outrun { .. }), "{error:?}");
    let kept = store.promotion("019f-a").await.unwrap();
    assert_eq!((kept.value.state, kept.revision, whole_log(&store).await), (State::Proposed, 1, log));
    assert_eq!(apply(&store, &promotion, Some(3)).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_promotions_at_once_one_moves_the_label_and_the_other_is_outrun() {
    let folder = folder();
    let stores = [with_versions(open(folder.path()).await, 3).await, open(folder.path()).await];
    let mut expected = None;
    for round in 0..10 {
        // Both move the label: one that leaves it where it is outruns nobody.
        let elsewhere = (1..=3).filter(|number| Some(*number) != expected);
        let mut tasks = Vec::new();
        for ((rival, number), store) in ["a", "b"].into_iter().zip(elsewhere).zip(&stores) {
            let promotion = proposed(store, &format!("{round}-{rival}"), number).await;
            let store = store.clone();
            tasks.push(tokio::spawn(async move { apply(&store, &promotion, expected).await.map(|_| number) }));
        }
        let mut done = Vec::new();
        for task in tasks {
            done.push(task.await.unwrap());
        }
        let winner = done.iter().find_map(|done| done.as_ref().ok()).copied();
        let outrun = done.iter().filter(|done| matches!(done, Err(StoreError::Outrun { .. }))).count();
        assert_eq!((winner.is_some(), outrun), (true, 1), "{done:?}");
        assert_eq!(production(&stores[0]).await, winner);
        expected = winner;
    }
    whole_log(&stores[0]).await;
}

#[tokio::test]
async fn a_step_that_no_promotion_can_take_is_refused() {
    let store = with_versions(Store::in_memory().await.unwrap(), 3).await;
    let promotion = proposed(&store, "019f-a", 2).await;
    let (log, by) = (whole_log(&store).await, grace());
    let seen = Some(1);
    let applied = Promotion { state: State::Applied, ..promotion.clone() };
    let other = Promotion { subject: version(3), ..promotion.clone() };
    let unknown = Promotion { id: "019f-b".into(), ..promotion.clone() };
    let to = |to| Some(LabelMove { expected: None, to });
    let rolled_back = Promotion { state: State::RolledBack, ..promotion.clone() };
    let steps = [
        step(seen, &applied, Action::PromotionApplied, &by),
        Step { moves: to(Some(2)), ..step(seen, &promotion, Action::PromotionApproved, &by) },
        Step { moves: to(Some(3)), ..step(seen, &applied, Action::PromotionApplied, &by) },
        Step { moves: to(None), ..step(seen, &applied, Action::EmergencyApplied, &by) },
        step(seen, &promotion, Action::VersionSaved, &by),
        step(seen, &other, Action::PromotionApproved, &by),
        step(seen, &unknown, Action::PromotionApproved, &by),
        Step { moves: to(None), ..step(seen, &rolled_back, Action::RolledBack, &by) },
    ];
    for step in steps {
        let error = store.step(&step).await.unwrap_err();
        assert!(matches!(error, StoreError::Unrecordable { .. }), "{error} for {step:?}");
    }
    let again = store.step(&step(None, &promotion, Action::PromotionProposed, &by)).await.unwrap_err();
    assert!(matches!(again, StoreError::Outrun { .. }), "{again}");
    assert_eq!(store.promotion("019f-a").await.unwrap(), Kept { value: promotion, revision: 1 });
    assert_eq!(whole_log(&store).await, log);
}

#[tokio::test]
async fn nothing_is_proposed_that_is_not_in_the_store() {
    let store = with_versions(Store::in_memory().await.unwrap(), 1).await;
    let other_content = Promotion { subject: VersionId { digest: content(7), ..version(1) }, ..promotion("a", 1) };
    for promotion in [promotion("a", 2), other_content] {
        let error = store.step(&step(None, &promotion, Action::PromotionProposed, &promotion.by)).await.unwrap_err();
        assert!(matches!(error, StoreError::NoSuchVersion { .. }), "{error}");
    }
    assert_eq!(store.promotions(None, None).await.unwrap(), []);
}

#[tokio::test]
async fn promotions_are_listed_newest_first_by_kind_and_name() {
    let store = with_versions(Store::in_memory().await.unwrap(), 1).await;
    let listed = async |kind, name| {
        let found = store.promotions(kind, name).await.unwrap();
        found.into_iter().map(|promotion| promotion.value.id).collect::<Vec<_>>()
    };
    proposed(&store, "1", 1).await;
    proposed(&store, "2", 1).await;
    let model = save(&store, Kind::Model, "mini", content(1)).await;
    let later = Promotion { subject: model, at: "2026-05-02T00:00:00Z".into(), ..promotion("0", 1) };
    store.step(&step(None, &later, Action::PromotionProposed, &later.by)).await.unwrap();
    assert_eq!(listed(None, None).await, ["0", "2", "1"]);
    assert_eq!(listed(Some(Kind::Prompt), None).await, ["2", "1"]);
    assert_eq!(listed(Some(Kind::Prompt), Some("other")).await, [""; 0]);
    assert_eq!(listed(None, Some("mini")).await, ["0"]);
}

#[tokio::test]
async fn a_promotion_is_found_by_the_beginning_of_its_id() {
    let store = with_versions(Store::in_memory().await.unwrap(), 2).await;
    let refused = async |id: &str| store.promotion(id).await.unwrap_err();
    assert_eq!(refused("019f").await, StoreError::Reference(ReferenceError::NoPromotions));
    for (id, number) in [("019faa01", 1), ("019faa02", 2), ("0200", 1)] {
        proposed(&store, id, number).await;
    }
    for (reference, id) in [("019faa01", "019faa01"), ("019FAA02", "019faa02"), ("0200", "0200")] {
        assert_eq!(store.promotion(reference).await.unwrap().value.id, id);
    }
    assert_eq!(
        refused("019f").await.to_string(),
        "`019f` could be 019faa02 (support/triage@2 to production) or 019faa01 (support/triage@1 to production); write some \
         more of it"
    );
    assert_eq!(refused("02").await.to_string(), "`02` is too short: at least 4 characters of an id are needed");
    assert_eq!(
        refused("019fab01").await.to_string(),
        "there is no promotion `019fab01`; did you mean 019faa01 (support/triage@1 to production)?"
    );
    assert_eq!(
        refused("dead").await.to_string(),
        "there is no promotion `dead`; the last ones are 0200 (support/triage@1 to production), 019faa02 (support/triage@2 to \
         production), 019faa01 (support/triage@1 to production)"
    );
}
