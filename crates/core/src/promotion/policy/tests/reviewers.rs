use super::*;

/// What the policy says of these words (`+` is a yes, `-` a no), of which the last counts.
fn told(policy: &str, words: &[&str]) -> (bool, String) {
    let mut known = Known::with(policy);
    known.approvals = words.iter().map(|word| says(&word[1..], word.starts_with('+'))).collect();
    let finding = known.finding();
    (finding.holds, said(&finding))
}

#[test]
fn as_many_people_approve_as_the_policy_says() {
    for (policy, words, holds, because) in [
        ("reviewers: 1", &[][..], false, "somebody has to approve"),
        ("reviewers: 1", &["+Bob"], true, "Bob approves"),
        ("reviewers: 2", &["+Bob"], false, "Bob approves; somebody else has to approve"),
        ("reviewers: 2", &[], false, "2 people have to approve"),
        ("reviewers: 3", &["+Bob"], false, "Bob approves; 2 others have to approve"),
        ("reviewers: 2", &["+Bob", "+Carol"], true, "Bob and Carol approve"),
        ("reviewers: 1", &["+Bob", "+Carol", "+Dan"], true, "Bob, Carol and Dan approve"),
        ("reviewers: 2", &["+Bob", "+bob "], false, "Bob approves; somebody else has to approve"),
        ("reviewers: 2", &["+Bob <b@x>", "+Robert <B@X>"], false, "Bob <b@x> approves; somebody else has to approve"),
        ("reviewers: 2", &["+Bob <b@x>", "+Bob <b@y>"], true, "Bob <b@x> and Bob <b@y> approve"),
    ] {
        assert_eq!(told(policy, words), (holds, because.to_owned()), "{policy} {words:?}");
    }
}

#[test]
fn authors_and_proposers_count_where_the_policy_says_so() {
    let saved =
        "the word of Ada does not count: whoever saved the version does not review it; somebody else has to approve";
    assert_eq!(told("reviewers: 1", &["+Ada"]), (false, saved.to_owned()));
    assert_eq!(told("reviewers: 1", &["+Ada", "+Bob"]), (true, "Bob approves".to_owned()));
    assert!(told("reviewers: 1\nauthor_may_approve: true", &["+ada@example.com"]).0);

    let mut known = Known::with("reviewers: 1");
    known.proposer = person("Eve");
    known.approvals = vec![says("Eve", true)];
    let proposed =
        "the word of Eve does not count: whoever proposed it does not review it; somebody else has to approve";
    assert_eq!(known.said(), proposed);
}

#[test]
fn a_no_that_is_somebodys_last_word_blocks() {
    let blocked = "Bob says no, which only a later yes takes back; Carol approves";
    assert_eq!(told("reviewers: 1", &["-Bob", "+Carol"]), (false, blocked.to_owned()));
    assert_eq!(told("reviewers: 1", &["-Bob", "+Bob"]), (true, "Bob approves".to_owned()));
    let changed = "Bob says no, which only a later yes takes back; somebody has to approve";
    assert_eq!(told("reviewers: 1", &["+Bob", "-Bob"]), (false, changed.to_owned()));
    assert!(!told("reviewers: 1", &["+Bob", "-Ada"]).0, "an author may be against it");
    assert!(told("reviewers: 1", &["+Bob", "-Ada", "+Ada"]).0);
    let several = "Bob and Carol say no, which only a later yes takes back; Dan approves";
    assert_eq!(told("reviewers: 1", &["-Bob", "-Carol", "-Bob", "+Dan"]), (false, several.to_owned()));
}

#[test]
fn a_no_blocks_where_nobody_is_asked() {
    let mut known = Known::with("{}");
    known.approvals = vec![says("Bob", true)];
    assert_eq!(known.findings(), []);
    known.approvals = vec![says("Bob", false)];
    let finding = known.finding();
    assert_eq!((finding.what.as_str(), finding.holds), ("nobody against it", false));
}

#[test]
fn a_yes_of_nobody_known_does_not_count() {
    let mut known = Known::with("reviewers: 1\nauthor_may_approve: true");
    let by = Actor { name: "unknown".to_owned(), source: Source::Unknown };
    known.approvals = vec![Approval { by, ..says("", true) }];
    let because = "the word of unknown does not count: nothing said who it is; somebody else has to approve";
    assert_eq!(known.said(), because);
}

#[test]
fn whoever_wrote_the_last_commit_to_the_file_does_not_review_it_whoever_saved_it() {
    let mut known = Known::with("reviewers: 1");
    known.authors = vec![person("CI")];
    known.proposer = person("CI");
    let by = person("Eve <eve@example.com>");
    known.commit =
        Some(Commit { by, id: "0123456789abcdef".repeat(3), path: "prompts/support/triage.prompty".to_owned() });
    known.approvals = vec![says("Eve W. <Eve@Example.com>", true)];
    assert_eq!(
        known.said(),
        "the word of Eve W. <Eve@Example.com> does not count: whoever wrote its last commit does not review it; \
         somebody else has to approve; git has Eve <eve@example.com> for the author of the last commit to \
         prompts/support/triage.prompty (0123456789), who does not review it"
    );
    known.approvals.push(says("Bob", true));
    let finding = known.finding();
    assert!(finding.holds && finding.because.len() == 2, "it is on record all the same: {finding:?}");
    known.policy = crate::yaml::read("reviewers: 1\nauthor_may_approve: true", "carat.yaml").unwrap();
    known.approvals.truncate(1);
    assert_eq!(known.said(), "Eve W. <Eve@Example.com> approves");
}

#[test]
fn that_nobody_knows_who_wrote_what_was_imported_is_on_record_where_authors_do_not_review() {
    let mut known = Known::with("reviewers: 1");
    known.unwritten = Some(TakenIn { by: person("Bob"), at: NOW.to_owned() });
    known.approvals = vec![says("Cem", true)];
    assert_eq!(known.said(), format!("Cem approves; who wrote it is not known here: imported by Bob at {NOW}"));
    known.policy.author_may_approve = true;
    assert_eq!(known.said(), "Cem approves");
}
