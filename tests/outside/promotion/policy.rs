//! Policies: labels that have none, reviewers, owners, quiet hours.

use super::desk::{ADA, BEN, CEM, Desk, POLICY};

#[test]
fn a_label_without_a_policy_is_moved_by_hand_and_not_promoted_to() {
    let desk = Desk::with("");
    let nothing = desk.promote(&[]);
    desk.policy(POLICY);
    let slip = desk.ada(&["prompt", "promote", "support/triage", "--to", "prodution"]);
    let latest = desk.ada(&["prompt", "promote", "support/triage", "--to", "latest"]);
    let version = desk.ada(&["prompt", "promote", "support/triage@1", "--to", "candidate"]);
    assert!(version.talk.contains("`carat prompt label support/triage@1 candidate` moves a label"), "{version:?}");
    let told = [nothing, slip, latest].map(|ended| desk.told(&ended)).join("");
    insta::assert_snapshot!(told, @"
    exit 2
    error: carat.yaml has no `policy`, so that nothing is asked for before `production` moves, and there is nothing to promote by; write what it asks for, as in `policy: { production: { needs: [{ eval: NAME }], reviewers: 1 } }`; `carat prompt label support/triage@latest production` moves a label that has no policy
    exit 2
    error: carat.yaml has no policy for the label `prodution` (it has production); did you mean `production`?; `carat prompt label support/triage@latest prodution` moves a label that has no policy
    exit 2
    error: `latest` cannot be a label: it is the newest saved version, and moves by itself
    ");
    let log = desk.ada(&["audit", "log"]);
    assert!(log.data.is_empty(), "nothing was saved for a label that cannot be promoted to: {log:?}");
}

#[test]
fn a_policy_that_asks_for_nothing_lets_everything_pass_and_says_so() {
    let desk = Desk::with("{}\n");
    insta::assert_snapshot!(desk.told(&desk.promote(&[])), @"
    exit 0
    support/triage@1 → production  (points to nothing yet)

    the policy asks for nothing
    production points to support/triage@1 (it pointed to nothing before)  promotion ID
    support/triage is saved as support/triage@1  DIGEST
    next: carat prompt export --label production --out prompts.carat    # applications serve the bundle
    there is nothing to go back to yet
    ");
}

#[test]
fn what_is_in_production_already_is_not_promoted_again() {
    let desk = Desk::with("{}\n");
    assert_eq!(desk.promote(&[]).code, Some(0));
    insta::assert_snapshot!(desk.shown(&desk.promote(&["--emergency", "again"])), @"
    exit 0
    production points to support/triage@1 already since WHEN, by Ada <ada@example.com>
    ");
    assert_eq!(desk.promotions().len(), 1);
}

#[test]
fn a_reference_that_leads_nowhere_is_told_with_what_there_is() {
    let desk = Desk::with(POLICY);
    let to = |reference: &str| desk.told(&desk.ada(&["prompt", "promote", reference, "--to", "production"]));
    let unsaved = to("support/triage@3");
    assert_eq!(desk.ada(&["prompt", "save", "support/triage"]).code, Some(0));
    insta::assert_snapshot!([unsaved, to("support/triage@3"), to("support/triag"), to("support/triage@candidate")].join(""), @"
    exit 2
    error: the prompt `support/triage` has no saved version yet; `carat prompt save support/triage` makes one of it as it is now
    exit 2
    error: the prompt `support/triage` has no version 3; there is version 1
    exit 2
    error: there is no prompt `support/triag` (prompts/support/triag.prompty); did you mean `support/triage`?
    exit 2
    error: the prompt `support/triage` has no label `candidate`; there is version 1
    ");
}

#[test]
fn whoever_wrote_or_proposed_a_version_does_not_review_it() {
    let desk = Desk::with("reviewers: 1\n");
    assert_eq!(desk.by(ADA, &["prompt", "save", "support/triage"]).code, Some(0));
    assert_eq!(desk.by(BEN, &["prompt", "promote", "support/triage", "--to", "production"]).code, Some(1));
    let id = desk.last_promotion();
    let approve = |who: &str| desk.told(&desk.by(who, &["promotion", "approve", &id]));
    insta::assert_snapshot!([approve("A. Lovelace <ADA@example.com>"), approve(BEN), approve(CEM)].join(""), @"
    exit 2
    error: A. Lovelace <ADA@example.com> saved the version, and the policy of `production` asks for the word of somebody else; ask a colleague, or let `author_may_approve` be true
    exit 2
    error: Ben <ben@example.com> proposed it, and the policy of `production` asks for the word of somebody else; ask a colleague, or let `author_may_approve` be true
    exit 0
    ✓ 1 reviewer
        Cem <cem@example.com> approves
    production points to support/triage@1 (it pointed to nothing before)  promotion ID
    next: carat prompt export --label production --out prompts.carat    # applications serve the bundle
    there is nothing to go back to yet
    ");
}

#[test]
fn an_author_may_approve_where_the_policy_lets_them() {
    let desk = Desk::with("reviewers: 1\n    author_may_approve: true\n");
    assert_eq!(desk.promote(&[]).code, Some(1));
    let ended = desk.by(ADA, &["promotion", "approve", &desk.last_promotion()]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(desk.in_production(), Some(1));
}

#[test]
fn two_reviewers_are_two_people() {
    let desk = Desk::with("reviewers: 2\n");
    assert_eq!(desk.promote(&[]).code, Some(1));
    let id = desk.last_promotion();
    let approve = |who: &str| {
        assert_eq!(desk.by(who, &["promotion", "approve", &id]).code, Some(0));
        desk.in_production()
    };
    assert_eq!(approve(BEN), None);
    assert_eq!(approve("Benjamin <ben@example.com>"), None);
    assert_eq!(approve(CEM), Some(1));
}

#[test]
fn what_somebody_has_said_is_not_recorded_once_more() {
    let desk = Desk::with("needs: [{ eval: triage }]\n    reviewers: 1\n");
    assert_eq!(desk.promote(&[]).code, Some(1));
    let id = desk.last_promotion();
    let approve = |more: &[&str]| desk.by(BEN, &[&["promotion", "approve", &id], more].concat());
    assert_eq!(approve(&[]).code, Some(0));
    let count = |desk: &Desk| desk.promotions()[0]["approvals"].as_array().unwrap().len();
    insta::assert_snapshot!(desk.told(&approve(&[])), @"
    exit 0
    ✗ eval triage
        on nearest: there is no run of support/triage@1
        run carat eval triage --prompt support/triage@1
    ✓ 1 reviewer
        Ben <ben@example.com> approves
    production was not moved to support/triage@1: your word is on record, and promotion ID is still open, for want of: eval triage
    Ben <ben@example.com> has said so already; it is not recorded once more
    next:
      carat prompt promote support/triage@1 --to production --run    # runs what is missing, and looks again
    ");
    assert_eq!(count(&desk), 1);
    assert_eq!(approve(&["--comment", "in spite of the tone"]).code, Some(0));
    assert_eq!(count(&desk), 2, "what somebody adds is kept");
    // It is a look all the same: what was missing is there by now.
    desk.eval(&[]);
    assert_eq!((approve(&[]).code, desk.in_production()), (Some(0), Some(1)));
    assert_eq!((count(&desk), desk.ada(&["audit", "verify"]).code), (2, Some(0)));
}

#[test]
fn what_would_change_is_shown_before_anybody_says_yes() {
    let desk = Desk::with("{}\n");
    assert_eq!(desk.promote(&[]).code, Some(0));
    desk.policy("reviewers: 1\n");
    desk.prompt("Name the queue.\nIn one word.", true);
    assert_eq!(desk.promote(&[]).code, Some(1));
    let id = desk.last_promotion();
    insta::assert_snapshot!(desk.shown(&desk.by(BEN, &["promotion", "show", &id])), @"
    exit 0
    support/triage@2 → production  proposed
      promotion ID
      version    prompt support/triage@2, DIGEST
      instead of support/triage@1
      proposed   WHEN by Ada <ada@example.com> (flag)
      since      WHEN proposed
      policy     DIGEST  1 reviewer, reviewers who are no authors

      1 line changed, 1 added
      - Name the queue of the ticket.
      + Name the queue.
      + In one word.
      carat prompt diff support/triage@1 support/triage@2

    ! what is asked for is not what it was when support/triage@1 was promoted to `production` at WHEN (promotion ID):
        the policy asks for 1 reviewer, which it did not then
        the policy asks for reviewers who are no authors, which it did not then
    ✗ 1 reviewer
        somebody has to approve
    ");
    desk.prompt(&"Name the queue.\n".repeat(100), true);
    let long = desk.promote(&[]);
    let command = "carat prompt diff support/triage@1 support/triage@3";
    assert!(long.data.contains(&format!(" more lines\n  {command}\n")), "{long:?}");
    assert!(long.data.lines().count() < 60, "{long:?}");
    // Of rows and settings as well.
    desk.policy("{}\n");
    for noun in [["dataset", "tickets"], ["model", "nearest"]] {
        assert_eq!(desk.ada(&[noun[0], "promote", noun[1], "--to", "production"]).code, Some(0));
    }
    desk.rows(11);
    let project = std::fs::read_to_string(desk.project.file("carat.yaml")).unwrap();
    desk.project
        .write("carat.yaml", project.replace("model: nearest", "model: nearest, parameters: { temperature: 1 }"));
    let told = [["dataset", "tickets"], ["model", "nearest"]]
        .map(|noun| desk.told(&desk.ada(&[noun[0], "promote", noun[1], "--to", "production"])));
    insta::assert_snapshot!(told.join(""), @"
    exit 0
    tickets@2 → production  (now tickets@1)
      1 row removed
      - t-11
      carat dataset diff tickets@1 tickets@2

    the policy asks for nothing
    production points to tickets@2 (was tickets@1)  promotion ID
    tickets is saved as tickets@2  DIGEST
    back: carat dataset rollback tickets --label production
    exit 0
    nearest@2 → production  (now nearest@1)
      parameters.temperature 1 added
      carat model diff nearest@1 nearest@2

    the policy asks for nothing
    production points to nearest@2 (was nearest@1)  promotion ID
    nearest is saved as nearest@2  DIGEST
    back: carat model rollback nearest --label production
    ");
}

#[test]
fn a_no_stands_until_the_same_person_says_yes() {
    let desk = Desk::with("reviewers: 1\n");
    assert_eq!(desk.promote(&[]).code, Some(1));
    let id = desk.last_promotion();
    let rejected = desk.by(BEN, &["promotion", "reject", &id, "--comment", "too curt"]);
    let approved = desk.by(CEM, &["promotion", "approve", &id]);
    insta::assert_snapshot!([desk.shown(&rejected), desk.shown(&approved)].join(""), @"
    exit 0
    ✗ 1 reviewer
        Ben <ben@example.com> says no, which only a later yes takes back
        somebody has to approve
    production was not moved to support/triage@1: your word is on record, and promotion ID is still open, for want of: 1 reviewer
    exit 0
    ✗ 1 reviewer
        Ben <ben@example.com> says no, which only a later yes takes back
        Cem <cem@example.com> approves
    production was not moved to support/triage@1: your word is on record, and promotion ID is still open, for want of: 1 reviewer
    ");
    assert_eq!(desk.in_production(), None);
    assert_eq!(desk.by(BEN, &["promotion", "approve", &id, "--comment", "better"]).code, Some(0));
    assert_eq!(desk.in_production(), Some(1));
    insta::assert_snapshot!(desk.shown(&desk.ada(&["promotion", "show", &id])), @"
    exit 0
    support/triage@1 → production  applied
      promotion ID
      version    prompt support/triage@1, DIGEST
      instead of nothing
      proposed   WHEN by Ada <ada@example.com> (flag)
      since      WHEN applied
      policy     DIGEST  1 reviewer, reviewers who are no authors

    ✓ 1 reviewer
        Cem <cem@example.com> and Ben <ben@example.com> approve

    no   WHEN  Ben <ben@example.com> (flag): too curt
    yes  WHEN  Cem <cem@example.com> (flag)
    yes  WHEN  Ben <ben@example.com> (flag): better

    production moved from nothing to support/triage@1  WHEN  Ben <ben@example.com> (flag)
    ");
}

#[test]
fn a_word_of_nobody_counts_for_nothing() {
    let desk = Desk::with("reviewers: 1\n");
    assert_eq!(desk.promote(&[]).code, Some(1));
    // No git, no CI, no login.
    let mut command = desk.project.command(&["promotion", "approve", &desk.last_promotion()]);
    command.env("PATH", "");
    let ended = command.output().unwrap().into();
    insta::assert_snapshot!(desk.told(&ended), @"
    exit 2
    error: nothing says who you are; give --actor NAME, or set CARAT_ACTOR
    ");
}

#[test]
fn an_owner_is_asked_for() {
    let desk = Desk::with("owner: true\n");
    insta::assert_snapshot!(desk.shown(&desk.promote(&[])), @"
    exit 1
    support/triage@1 → production  (points to nothing yet)

    ✗ an owner
        `owners` in carat.yaml names nobody for prompts/support/triage
        name somebody for it, or for a folder that it lies in
    production was not moved to support/triage@1; still open: an owner  promotion ID
    ");
    let project = std::fs::read_to_string(desk.project.file("carat.yaml")).unwrap();
    desk.project.write("carat.yaml", format!("{project}owners: {{ prompts/support: \"@support\" }}\n"));
    assert_eq!(desk.promote(&[]).code, Some(0));
}

#[test]
fn in_quiet_hours_nothing_moves() {
    let desk = Desk::with("quiet_hours: [{ why: nobody is here }]\n");
    insta::assert_snapshot!(desk.shown(&desk.promote(&[])), @"
    exit 1
    support/triage@1 → production  (points to nothing yet)

    ✗ outside quiet hours (every day all day UTC)
        they never end: nobody is here
    production was not moved to support/triage@1; still open: outside quiet hours (every day all day UTC)  promotion ID
    ");
    assert_eq!(desk.in_production(), None);
}

#[test]
fn what_is_over_is_not_approved_rejected_or_withdrawn() {
    let desk = Desk::with("reviewers: 1\n");
    assert_eq!(desk.promote(&[]).code, Some(1));
    let id = desk.last_promotion();
    let withdrawn = desk.by(BEN, &["promotion", "withdraw", &id, "--why", "not now"]);
    assert_eq!(
        desk.shown(&withdrawn),
        "exit 0\npromotion ID is withdrawn; production was not moved to support/triage@1\n"
    );
    let told = [
        &["approve", &id][..],
        &["reject", &id, "--comment", "no"],
        &["withdraw", &id],
        &["approve", "01"],
        &["approve", "zzzz"],
    ]
    .map(|args| desk.told(&desk.by(CEM, &[&["promotion"], args].concat())));
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: promotion ID was withdrawn at WHEN (not now); `carat prompt promote support/triage@1 --to production` makes a new one
    exit 2
    error: promotion ID was withdrawn at WHEN (not now); `carat prompt promote support/triage@1 --to production` makes a new one
    exit 2
    error: promotion ID was withdrawn at WHEN (not now); `carat prompt promote support/triage@1 --to production` makes a new one
    exit 2
    error: `01` is too short: at least 4 characters of an id are needed
    exit 2
    error: there is no promotion `zzzz`; the last ones are ID (support/triage@1 to production)
    ");
    // A new one can be proposed.
    assert_eq!(desk.promote(&[]).code, Some(1));
    assert_eq!(desk.promotions().len(), 2);
}

#[test]
fn a_proposal_is_about_what_the_label_pointed_to_then() {
    let desk = Desk::with("reviewers: 1\n");
    let propose = |instruction: &str| {
        desk.prompt(instruction, true);
        assert_eq!(desk.promote(&[]).code, Some(1));
        desk.last_promotion()
    };
    let (first, second) = (propose("One."), propose("Two."));
    assert_eq!(desk.by(BEN, &["promotion", "approve", &second]).code, Some(0));
    insta::assert_snapshot!(desk.told(&desk.by(BEN, &["promotion", "approve", &first])), @"
    exit 2
    error: promotion ID was withdrawn at WHEN (`production` went to support/triage@2 meanwhile); `carat prompt promote support/triage@1 --to production` makes a new one
    ");
    assert_eq!(desk.in_production(), Some(2));
    // Whoever proposes it anew is told what it would change now.
    let anew = desk.ada(&["prompt", "promote", "support/triage@1", "--to", "production"]);
    assert!(anew.data.contains("(now support/triage@2)"), "{anew:?}");
    assert_ne!(desk.last_promotion(), first);
}
