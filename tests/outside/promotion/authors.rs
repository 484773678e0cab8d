//! An author does not review their own work by letting another save it.

use super::desk::{ADA, BEN, CEM, Desk};

fn git(desk: &Desk, who: &str, args: &[&str]) {
    let (name, address) = who.trim_end_matches('>').split_once(" <").unwrap();
    let mut git = std::process::Command::new("git");
    git.args(["-c", &format!("user.name={name}"), "-c", &format!("user.email={address}")]).args(args);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let ended = git.current_dir(desk.project.path()).output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
}

/// Ada wrote the prompt, Cem everything else since; Ben saved it, and proposes it.
fn saved_by_another(policy: &str) -> Desk {
    let desk = Desk::with(policy);
    desk.project.write(".gitignore", ".carat/\n");
    git(&desk, BEN, &["init", "-q"]);
    git(&desk, ADA, &["add", "prompts"]);
    git(&desk, ADA, &["commit", "-qm", "The prompt"]);
    git(&desk, CEM, &["add", "."]);
    git(&desk, CEM, &["commit", "-qm", "The rest"]);
    assert_eq!(desk.by(BEN, &["prompt", "save", "support/triage"]).code, Some(0));
    desk
}

fn propose(desk: &Desk, noun: &str, name: &str) -> String {
    let ended = desk.by(BEN, &[noun, "promote", name, "--to", "production"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    desk.last_promotion()
}

#[test]
fn whoever_git_has_for_the_author_of_the_file_does_not_review_it() {
    let desk = saved_by_another("reviewers: 1\n");
    // What is committed later is no part of the version.
    desk.prompt("Later.", true);
    git(&desk, CEM, &["commit", "-qam", "Another prompt"]);
    let id = propose(&desk, "prompt", "support/triage@1");
    let said = |who: &str| desk.shown(&desk.by(who, &["promotion", "approve", &id]));
    let refused = desk.by("A. Lovelace <ADA@example.com>", &["promotion", "approve", &id]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.talk.contains("wrote its last commit, as git says"), "{refused:?}");
    let approved = said(CEM);
    assert!(approved.contains("production points to support/triage@1"), "{approved}");
    let because = desk.promotions()[0]["findings"][0]["because"].to_string();
    assert!(
        because.contains(
            "git has Ada <ada@example.com> for the author of the last commit to prompts/support/triage.prompty"
        ),
        "{because}"
    );
}

#[test]
fn a_dataset_and_a_model_have_authors_by_their_files() {
    let desk = saved_by_another("reviewers: 1\n");
    for (noun, name) in [("dataset", "tickets"), ("model", "nearest")] {
        let id = propose(&desk, noun, name);
        let refused = desk.by(CEM, &["promotion", "approve", &id]);
        assert!(refused.talk.contains("wrote its last commit"), "{refused:?}");
        let approved = desk.by(ADA, &["promotion", "approve", &id]);
        assert!(approved.data.contains(&format!("production points to {name}@1")), "{approved:?}");
    }
}

#[test]
fn where_authors_may_approve_or_git_knows_nothing_nobody_is_kept_from_it() {
    let desk = saved_by_another("reviewers: 1\n    author_may_approve: true\n");
    let id = propose(&desk, "prompt", "support/triage");
    let approved = desk.by(ADA, &["promotion", "approve", &id]);
    assert!(approved.data.contains("production points to"), "{approved:?}");
    assert!(!approved.data.contains("git has"), "{approved:?}");

    let desk = saved_by_another("reviewers: 1\n");
    std::fs::remove_dir_all(desk.project.file(".git")).unwrap();
    let id = propose(&desk, "prompt", "support/triage");
    let approved = desk.by(ADA, &["promotion", "approve", &id]);
    assert!(approved.data.contains("production points to"), "{approved:?}");
}

/// What is on record of who wrote what was proposed last.
fn on_record(desk: &Desk) -> String {
    desk.promotions()[0]["findings"][0]["because"].to_string()
}

#[test]
fn what_was_saved_before_it_was_committed_is_nobodys_until_it_is() {
    let desk = saved_by_another("reviewers: 1\n");
    desk.prompt("Two.", true);
    assert_eq!(desk.by(BEN, &["prompt", "save", "support/triage"]).code, Some(0));
    propose(&desk, "prompt", "support/triage@2");
    assert!(!on_record(&desk).contains("git has"), "Ada wrote another version: {}", on_record(&desk));
    git(&desk, CEM, &["commit", "-qam", "Another prompt"]);
    propose(&desk, "prompt", "support/triage@2");
    assert!(on_record(&desk).contains("git has Cem <cem@example.com> for the author"), "{}", on_record(&desk));
    // Where something else had not been committed, the file was as it was.
    desk.project.write("datasets/more.jsonl", "{\"id\": \"a\", \"input\": {\"body\": \"a\"}}\n");
    git(&desk, CEM, &["add", "."]);
    desk.prompt("Three.", true);
    git(&desk, ADA, &["commit", "-qm", "A third", "prompts"]);
    assert_eq!(desk.by(BEN, &["prompt", "save", "support/triage"]).code, Some(0));
    desk.prompt("Four.", true);
    git(&desk, CEM, &["commit", "-qam", "A fourth"]);
    propose(&desk, "prompt", "support/triage@3");
    assert!(on_record(&desk).contains("git has Ada <ada@example.com> for the author"), "{}", on_record(&desk));
}

#[test]
fn of_what_was_imported_git_is_asked_by_its_content_and_where_that_is_unknown_it_is_said() {
    let there = saved_by_another("reviewers: 1\n");
    there.prompt("Two.", true);
    assert_eq!(there.ada(&["prompt", "save", "support/triage"]).code, Some(0));
    let bundle = ["prompt", "export", "support/triage@1", "support/triage@2", "--out", "all.carat"];
    assert_eq!(there.ada(&bundle).code, Some(0));
    let desk = saved_by_another("reviewers: 1\n");
    std::fs::remove_dir_all(desk.project.file(".carat")).unwrap();
    let file = there.project.file("all.carat");
    assert_eq!(desk.by(BEN, &["prompt", "import", file.to_str().unwrap()]).code, Some(0));
    let id = propose(&desk, "prompt", "support/triage@1");
    assert!(on_record(&desk).contains("git has Ada <ada@example.com> for the author"), "{}", on_record(&desk));
    let refused = desk.by(ADA, &["promotion", "approve", &id]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    propose(&desk, "prompt", "support/triage@2");
    let told = "who wrote it is not known here: imported by Ben <ben@example.com> at ";
    assert!(on_record(&desk).contains(told), "{}", on_record(&desk));
}
