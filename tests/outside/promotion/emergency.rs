//! An emergency goes past the policy, and never past the record.

use super::desk::{Desk, POLICY};

#[test]
fn an_emergency_moves_the_label_and_what_was_missing_is_seen_everywhere() {
    let desk = Desk::with(&format!("{POLICY}    quiet_hours: [{{}}]\n"));
    insta::assert_snapshot!(desk.told(&desk.promote(&["--emergency", "the old one insults people"])), @"
    exit 0
    support/triage@1 → production  (points to nothing yet)

    ✗ eval triage
        on nearest: there is no run of support/triage@1
        run carat eval triage --prompt support/triage@1
    ✗ 1 reviewer
        somebody has to approve
    ✗ outside quiet hours (every day all day UTC)
        they never end
    production points to support/triage@1 (it pointed to nothing before)  promotion ID
    emergency: the old one insults people
    not there: eval triage, 1 reviewer, outside quiet hours (every day all day UTC)
    support/triage is saved as support/triage@1  DIGEST
    next: carat prompt export --label production --out prompts.carat    # applications serve the bundle
    there is nothing to go back to yet
    ");
    assert_eq!(desk.in_production(), Some(1));
    let id = desk.last_promotion();
    let told = [
        &["promotion", "list"][..],
        &["promotion", "show", &id],
        &["audit", "log"],
        &["prompt", "log", "support/triage", "--labels"],
    ]
    .map(|args| desk.shown(&desk.ada(args)));
    insta::assert_snapshot!(told.join("\n"), @"
    exit 0
    promotion      what                     label       was  state                since             not there                                                             by
    ID  prompt support/triage@1  production  –    applied (emergency)  WHEN  eval triage, 1 reviewer, outside quiet hours (every day all day UTC)  Ada <ada@example.com>

    exit 0
    support/triage@1 → production  applied (emergency)
      promotion ID
      version    prompt support/triage@1, DIGEST
      instead of nothing
      proposed   WHEN by Ada <ada@example.com> (flag)
      since      WHEN applied (emergency)
      emergency  the old one insults people
      policy     DIGEST  the eval triage, runs of triage that are no older than 7d, the newest rows of triage, 1 reviewer, reviewers who are no authors, quiet hours (every day all day UTC)
      gates      of triage: queue.accuracy >= 0.5

    ✗ eval triage
        on nearest: there is no run of support/triage@1
        run carat eval triage --prompt support/triage@1
    ✗ 1 reviewer
        somebody has to approve
    ✗ outside quiet hours (every day all day UTC)
        they never end

    production moved from nothing to support/triage@1  WHEN  Ada <ada@example.com> (flag)

    exit 0
       when                 who                    what               of what                how
    2  WHEN  Ada <ada@example.com>  emergency applied  prompt support/triage  production nothing → @1  promotion ID  not there: eval triage, 1 reviewer, outside quiet hours (every day all day UTC)  emergency: the old one insults people
    1  WHEN  Ada <ada@example.com>  version saved      prompt support/triage  @1

    exit 0
    when              label       from  to  who                           promotion                             why
    WHEN  production     –   1  Ada <ada@example.com> (flag)  ID  emergency: the old one insults people (not there: eval triage, 1 reviewer, outside quiet hours (every day all day UTC))
    ");
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
}

#[test]
fn an_emergency_in_which_nothing_was_missing_is_none() {
    let desk = Desk::with("{}\n");
    let ended = desk.promote(&["--emergency", "just in case"]);
    assert!(ended.talk.contains("nothing was missing"), "{ended:?}");
    assert_eq!(desk.promotions()[0]["emergency"], serde_json::Value::Null);
}

#[test]
fn an_emergency_needs_a_reason() {
    let desk = Desk::with(POLICY);
    let ended = desk.promote(&["--emergency", " "]);
    assert_eq!(desk.told(&ended), "exit 2\nerror: --emergency is empty; say why\n");
    assert_eq!(desk.in_production(), None);
}

#[test]
fn an_eval_that_cannot_be_read_does_not_stop_an_emergency() {
    let desk = Desk::with(POLICY);
    desk.project.write("evals/triage.yaml", "{");
    let ended = desk.promote(&["--emergency", "now"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}
