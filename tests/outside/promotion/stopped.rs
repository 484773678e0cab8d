//! Whoever is stopped in the middle leaves something whole.

use std::process::Stdio;
use std::time::Duration;

use super::desk::{BEN, Desk};

#[test]
fn an_approval_that_could_not_move_the_label_is_on_record_and_the_next_look_moves_it() {
    let desk = Desk::with("reviewers: 1\n");
    assert_eq!(desk.promote(&[]).code, Some(1));
    let id = desk.last_promotion();
    // The second step fails, as if the machine had been switched off after the first.
    desk.tamper("CREATE TRIGGER stop BEFORE INSERT ON label_moves BEGIN SELECT raise(ABORT, 'stopped'); END");
    let stopped = desk.by(BEN, &["promotion", "approve", &id]);
    assert_eq!(stopped.code, Some(3), "{stopped:?}");
    desk.tamper("DROP TRIGGER stop");
    assert_eq!(desk.in_production(), None);
    assert_eq!(desk.promotions()[0]["state"], "approved");
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0));
    let again = desk.promote(&[]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(desk.in_production(), Some(1));
    assert_eq!(desk.promotions().len(), 1);
}

#[test]
fn a_promotion_killed_at_any_moment_leaves_a_whole_record() {
    let desk = Desk::with("reviewers: 1\n");
    assert_eq!(desk.promote(&[]).code, Some(1));
    let mut applied = 0;
    for round in 0..12 {
        desk.prompt(&format!("Round {round}."), true);
        assert_eq!(desk.promote(&[]).code, Some(1));
        let id = desk.last_promotion();
        let mut command = desk.project.command(&["promotion", "approve", &id, "--actor", BEN]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(6 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let verified = desk.ada(&["audit", "verify"]);
        assert_eq!(verified.code, Some(0), "{verified:?}");
        let promotion = &desk.promotions()[0];
        let number = promotion["subject"]["number"].as_u64();
        assert_eq!(promotion["state"] == "applied", desk.in_production() == number, "{promotion}");
        if promotion["state"] != "applied" {
            let approved = desk.by(BEN, &["promotion", "approve", &id]);
            assert_eq!(approved.code, Some(0), "{approved:?}");
        }
        assert_eq!(desk.in_production(), number);
        applied += 1;
    }
    assert_eq!(applied, 12);
}
