//! Whoever writes into the store by other means than carat is found out.

use super::desk::{Desk, POLICY};

/// What a verification says after somebody has been at the store.
fn after(statements: &str) -> String {
    let desk = Desk::with(POLICY);
    desk.put_into_production();
    desk.prompt("Two.", true);
    assert_eq!(desk.promote(&["--emergency", "now"]).code, Some(0));
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
    desk.tamper(statements);
    let ended = desk.ada(&["audit", "verify", "-q"]);
    assert_eq!(ended.code, Some(1), "{statements}: {ended:?}");
    let by_machine = desk.json(&["audit", "verify", "--json"]);
    assert_eq!((&by_machine["whole"], &by_machine["anchor"]), (&false.into(), &serde_json::Value::Null));
    desk.shown(&ended)
}

#[test]
fn an_edited_entry_is_found() {
    insta::assert_snapshot!(after("UPDATE audit SET entry = replace(entry, 'Ben', 'Bob') WHERE seq = 6"), @"
    exit 1
    ✗ entry 6 was edited: its hash is sha256:DIGEST, its content has sha256:DIGEST
    ");
}

#[test]
fn a_deleted_entry_is_found() {
    insta::assert_snapshot!(after("DELETE FROM audit WHERE seq = 3"), @"
    exit 1
    ✗ entry 3 is missing before entry 4
    ✗ dataset tickets@1 is not in the log
    ");
}

#[test]
fn entries_that_changed_places_are_found() {
    insta::assert_snapshot!(
        after("UPDATE audit SET seq = 100 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 100"),
        @"
        exit 1
        ✗ entry 2 is missing before entry 3
        ✗ entry 2 stands behind entry 3: entries were moved or put in
        "
    );
}

#[test]
fn an_entry_that_is_none_is_found_and_does_not_hide_the_others() {
    insta::assert_snapshot!(
        after("UPDATE audit SET entry = 'x' WHERE seq = 2; UPDATE audit SET entry = replace(entry, 'Ben', 'Bob') WHERE seq = 6"),
        @"
        exit 1
        ✗ behind entry 1: an entry of the audit log cannot be read: expected value at line 1 column 1
        ✗ entry 2 is missing before entry 3
        ✗ entry 6 was edited: its hash is sha256:DIGEST, its content has sha256:DIGEST
        ✗ model nearest@1 is not in the log
        "
    );
}

#[test]
fn an_end_that_was_cut_off_is_found_by_what_it_spoke_of() {
    insta::assert_snapshot!(after("DELETE FROM audit WHERE seq > 6"), @"
    exit 1
    ✗ prompt support/triage@2 is not in the log
    ✗ label production of the prompt support/triage is moved from nothing to 1 at WHEN by Ben <ben@example.com>, of which the log says nothing
    ✗ promotion ID is not in the log
    ✗ promotion ID is not as entry 6 left it
    ");
}

#[test]
fn a_store_that_was_put_back_as_a_whole_is_found_by_an_anchor() {
    let desk = Desk::with(POLICY);
    desk.put_into_production();
    let store = desk.project.file(".carat/carat.db");
    let before = std::fs::read(&store).unwrap();
    desk.prompt("Two.", true);
    assert_eq!(desk.promote(&["--emergency", "now"]).code, Some(0));
    let anchor = desk.ada(&["audit", "verify", "-q"]).data;
    for beside in ["carat.db-wal", "carat.db-shm"] {
        let _ = std::fs::remove_file(desk.project.file(".carat").join(beside));
    }
    std::fs::write(&store, before).unwrap();
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0), "it is whole in itself");
    let held = desk.ada(&["audit", "verify", "-q", "--anchor", anchor.trim()]);
    insta::assert_snapshot!(desk.shown(&held), @"
    exit 1
    ✗ the log ends with entry 7; the anchor is of entry 9: its end was cut off
    ");
}

#[test]
fn a_log_that_was_written_anew_is_found_by_an_anchor() {
    let desk = Desk::with(POLICY);
    desk.put_into_production();
    let other = Desk::with(POLICY);
    other.put_into_production();
    other.put_into_production();
    let anchor = other.ada(&["audit", "verify", "-q"]).data;
    let held = desk.ada(&["audit", "verify", "-q", "--anchor", anchor.trim()]);
    assert_eq!(held.code, Some(1), "{held:?}");
    assert!(held.data.contains("is not the one of the anchor"), "{held:?}");
}

#[test]
fn a_label_that_was_moved_behind_the_log_is_found() {
    insta::assert_snapshot!(
        after(
            "INSERT INTO label_moves (kind, name, label, from_version, to_version, moved_at, moved_by) \
             SELECT kind, name, label, to_version, from_version, '2026-01-01T00:00:00.000Z', moved_by FROM label_moves \
             WHERE key = (SELECT max(key) FROM label_moves)"
        ),
        @"
        exit 1
        ✗ label production of the prompt support/triage is moved from 2 to 1 at WHEN by Ada <ada@example.com>, of which the log says nothing
        "
    );
    insta::assert_snapshot!(after("UPDATE label_moves SET moved_at = '2020-01-01T00:00:00.000Z' WHERE key = 1"), @"
    exit 1
    ✗ label production of the prompt support/triage is moved from nothing to 1 at WHEN by Ben <ben@example.com> where the log says that it was moved from nothing to 1 at WHEN by Ben <ben@example.com>
    ");
    insta::assert_snapshot!(after("DELETE FROM label_moves WHERE key = 2"), @"
    exit 1
    ✗ label production of the prompt support/triage is not moved from 1 to 2 at WHEN by Ada <ada@example.com>, as the log says
    ");
}

#[test]
fn a_promotion_that_was_made_to_look_better_is_found() {
    insta::assert_snapshot!(after("UPDATE promotions SET body = replace(body, '\"holds\":false', '\"holds\":true')"), @"
    exit 1
    ✗ promotion ID is not as entry 9 left it
    ");
}

#[test]
fn a_version_whose_author_was_changed_or_that_was_put_in_is_found() {
    insta::assert_snapshot!(after("UPDATE versions SET saved_by = replace(saved_by, 'Ada', 'Ben') WHERE kind = 'prompt' AND number = 2"), @"
    exit 1
    ✗ prompt support/triage@2 is not as entry 8 says: who saved it
    ");
    insta::assert_snapshot!(
        after(
            "INSERT INTO versions (kind, name, number, digest, saved_at, saved_by, body) \
             SELECT kind, name, 9, zeroblob(32), saved_at, saved_by, body FROM versions WHERE kind = 'prompt' AND number = 2"
        ),
        @"
    exit 1
    ✗ prompt support/triage@9 is not in the log
    ✗ prompt support/triage@9 was edited: its digest is DIGEST, what is kept of it has DIGEST
    "
    );
}

#[test]
fn what_was_said_of_a_version_and_of_a_move_is_held_to_the_log() {
    insta::assert_snapshot!(
        after("UPDATE versions SET message = 'checked by Ben', git_commit = 'abc' WHERE kind = 'prompt' AND number = 2"),
        @"
    exit 1
    ✗ prompt support/triage@2 is not as entry 8 says: its message, its commit
    "
    );
    insta::assert_snapshot!(after("UPDATE label_moves SET why = 'all was well' WHERE key = 2"), @"
    exit 1
    ✗ label production of the prompt support/triage is moved from 1 to 2 at WHEN by Ada <ada@example.com> with another reason than entry 9 says
    ");
    insta::assert_snapshot!(after("UPDATE label_moves SET promotion = NULL, why = NULL"), @"
    exit 1
    ✗ label production of the prompt support/triage is moved from nothing to 1 at WHEN by Ben <ben@example.com> with another promotion than entry 7 says
    ✗ label production of the prompt support/triage is moved from 1 to 2 at WHEN by Ada <ada@example.com> with another reason and promotion than entry 9 says
    ");
}

#[test]
fn a_content_that_was_edited_is_found() {
    for (kind, from, to) in
        [("prompt", "Two.", "Always say billing."), ("eval", "0.5", "0.1"), ("model", "nearest", "echo")]
    {
        let edit = format!("UPDATE versions SET body = replace(body, '{from}', '{to}') WHERE kind = '{kind}'");
        let found = after(&edit);
        assert!(found.lines().count() == 2 && found.contains(" was edited: its digest is "), "{found}");
        assert!(found.contains(&format!("✗ {kind} ")), "{found}");
    }
    insta::assert_snapshot!(after("UPDATE versions SET body = 'x' WHERE number = 1"), @"
    exit 1
    ✗ prompt support/triage@1 cannot be read back: expected value at line 1 column 1
    ✗ eval triage@1 cannot be read back: triage@1:1:1: expected a mapping (`key: value`)
    ✗ model nearest@1 cannot be read back: expected value at line 1 column 1
    ");
    insta::assert_snapshot!(after("UPDATE versions SET body = NULL WHERE number = 2"), @"
    exit 1
    ✗ prompt support/triage@2 cannot be read back: it was saved, and is gone
    ");
}

#[test]
fn rows_that_were_edited_moved_or_lost_are_found() {
    insta::assert_snapshot!(
        after("UPDATE contents SET body = replace(body, 'billing', 'account') WHERE in_version = 1"),
        @"
    exit 1
    ✗ dataset tickets@1 was edited: its digest is DIGEST, what is kept of it has DIGEST
    "
    );
    // What stands behind the last row may be anything.
    let moved = after("UPDATE version_rows SET content = content + 1");
    assert!(moved.contains("✗ dataset tickets@1 "), "{moved}");
    insta::assert_snapshot!(after("UPDATE versions SET rows_kept = 11 WHERE kind = 'dataset'"), @"
    exit 1
    ✗ dataset tickets@1 was edited: its digest is DIGEST, what is kept of it has DIGEST
    ");
    insta::assert_snapshot!(after("DELETE FROM version_rows"), @"
    exit 1
    ✗ dataset tickets@1 cannot be read back: the row of tickets@1 at position 0 is missing
    ");
}

#[test]
fn what_was_not_kept_is_not_taken_for_checked() {
    let desk = Desk::with(POLICY);
    desk.eval(&["--limit", "1"]);
    insta::assert_snapshot!(desk.told(&desk.ada(&["audit", "verify"])), @"
    exit 0
    carat-audit:1:4:sha256:DIGEST
    4 entries hang together, and versions, labels and promotions are as they say
    not held to their digests, for too little of them was kept: dataset tickets@1
    keep this line where nobody can change it together with the store (in git, among artefacts); `carat audit verify --anchor @FILE` then shows whether the end was cut off or the log written anew
    ");
    assert_eq!(desk.json(&["audit", "verify", "--json"])["unheld"], serde_json::json!(["dataset tickets@1"]));
}
