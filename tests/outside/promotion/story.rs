//! The whole way of a change into production, and back.

use super::desk::{BEN, Desk, POLICY};

#[test]
fn a_change_goes_into_production_with_evidence_and_a_second_pair_of_eyes_and_back_by_one_command() {
    let desk = Desk::with(POLICY);
    desk.put_into_production();
    desk.prompt("Name the queue of the ticket, in one word.", true);

    // Nothing is known of the new version.
    insta::assert_snapshot!(desk.told(&desk.promote(&["--why", "shorter answers"])), @"
    exit 1
    support/triage@2 → production  (now support/triage@1)
      1 line changed
      - Name the queue of the ticket.
      + Name the queue of the ticket, in one word.
      carat prompt diff support/triage@1 support/triage@2

    ✗ eval triage
        on nearest: there is no run of support/triage@2
        1 run is of another version of it
        run carat eval triage --prompt support/triage@2
    ✗ 1 reviewer
        somebody has to approve
    production was not moved to support/triage@2; still open: eval triage, 1 reviewer  promotion ID
    support/triage is saved as support/triage@2  DIGEST
    next:
      carat promotion approve ID    # somebody else
      carat prompt promote support/triage@2 --to production --run    # runs what is missing, and looks again
    ");
    assert_eq!(desk.in_production(), Some(1));

    // It is evaluated; somebody has to look at it still.
    desk.eval(&["--prompt", "support/triage@2"]);
    insta::assert_snapshot!(desk.told(&desk.promote(&[])), @"
    exit 1
    support/triage@2 → production  (now support/triage@1)
      1 line changed
      - Name the queue of the ticket.
      + Name the queue of the ticket, in one word.
      carat prompt diff support/triage@1 support/triage@2

    ✓ eval triage
        on nearest: 1 gate held in run ID on tickets@1, which ended at WHEN
    ✗ 1 reviewer
        somebody has to approve
    production was not moved to support/triage@2; still open: 1 reviewer  promotion ID
    support/triage as it is now is support/triage@2  DIGEST
    next:
      carat promotion approve ID    # somebody else
      carat prompt promote support/triage@2 --to production    # looks again
    ");
    assert_eq!(desk.promotions().len(), 2, "it is the same proposal");

    let id = desk.last_promotion();
    insta::assert_snapshot!(desk.told(&desk.by(BEN, &["promotion", "approve", &id, "--comment", "fine"])), @"
    exit 0
    ✓ eval triage
        on nearest: 1 gate held in run ID on tickets@1, which ended at WHEN
    ✓ 1 reviewer
        Ben <ben@example.com> approves
    production points to support/triage@2 (was support/triage@1)  promotion ID
    next: carat prompt export --label production --out prompts.carat    # applications serve the bundle
    back: carat prompt rollback support/triage --label production
    ");
    assert_eq!(desk.in_production(), Some(2));

    let back = desk.by(BEN, &["prompt", "rollback", "support/triage", "--label", "production", "--why", "complaints"]);
    insta::assert_snapshot!(desk.told(&back), @"
    exit 0
    production points to support/triage@1 again (was support/triage@2)  DIGEST, saved WHEN by Ada <ada@example.com>
    promotion ID is rolled back
    next: carat prompt export --label production --out prompts.carat    # applications serve the bundle
    ");
    assert_eq!(desk.in_production(), Some(1));

    insta::assert_snapshot!(desk.shown(&desk.ada(&["promotion", "show", &id])), @"
    exit 0
    support/triage@2 → production  rolled back
      promotion ID
      version    prompt support/triage@2, DIGEST
      instead of support/triage@1
      proposed   WHEN by Ada <ada@example.com> (flag)
      since      WHEN rolled back: complaints
      why        shorter answers
      policy     DIGEST  the eval triage, runs of triage that are no older than 7d, the newest rows of triage, 1 reviewer, reviewers who are no authors
      gates      of triage: queue.accuracy >= 0.5

      1 line changed
      - Name the queue of the ticket.
      + Name the queue of the ticket, in one word.
      carat prompt diff support/triage@1 support/triage@2

    ✓ eval triage
        on nearest: 1 gate held in run ID on tickets@1, which ended at WHEN
    ✓ 1 reviewer
        Ben <ben@example.com> approves

    yes  WHEN  Ben <ben@example.com> (flag): fine

    production moved from support/triage@1 to support/triage@2  WHEN  Ben <ben@example.com> (flag)
    production moved from support/triage@2 to support/triage@1  WHEN  Ben <ben@example.com> (flag)
    ");
    insta::assert_snapshot!(desk.shown(&desk.ada(&["promotion", "list"])), @"
    exit 0
    promotion      what                     label       was  state        since             not there  by
    ID  prompt support/triage@2  production  @1   rolled back  WHEN  –          Ada <ada@example.com>
    ID  prompt support/triage@1  production  –    applied      WHEN  –          Ada <ada@example.com>
    ");
    insta::assert_snapshot!(desk.shown(&desk.ada(&["audit", "log", "--subject", "support/triage"])), @"
    exit 0
        when                 who                    what                of what                how
    13  WHEN  Ben <ben@example.com>  rolled back         prompt support/triage  production @2 → @1  promotion ID  complaints
    12  WHEN  Ben <ben@example.com>  promotion applied   prompt support/triage  production @1 → @2  promotion ID  shorter answers
    11  WHEN  Ben <ben@example.com>  promotion approved  prompt support/triage  @2 → production  promotion ID  fine
    10  WHEN  Ada <ada@example.com>  promotion proposed  prompt support/triage  @2 → production  promotion ID
     9  WHEN  Ada <ada@example.com>  promotion proposed  prompt support/triage  @2 → production  promotion ID  shorter answers
     8  WHEN  Ada <ada@example.com>  version saved       prompt support/triage  @2
     7  WHEN  Ben <ben@example.com>  promotion applied   prompt support/triage  production nothing → @1  promotion ID
     6  WHEN  Ben <ben@example.com>  promotion approved  prompt support/triage  @1 → production  promotion ID
     5  WHEN  Ada <ada@example.com>  promotion proposed  prompt support/triage  @1 → production  promotion ID
     1  WHEN  Ada <ada@example.com>  version saved       prompt support/triage  @1
    ");
    insta::assert_snapshot!(desk.told(&desk.ada(&["audit", "verify"])), @"
    exit 0
    carat-audit:1:13:sha256:DIGEST
    13 entries hang together, and versions, labels and promotions are as they say
    keep this line where nobody can change it together with the store (in git, among artefacts); `carat audit verify --anchor @FILE` then shows whether the end was cut off or the log written anew
    ");
}
