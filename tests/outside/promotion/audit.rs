//! The audit log for people, and for others to check.

use super::desk::{BEN, Desk, POLICY, python, settled};

/// A little history.
fn desk() -> Desk {
    let desk = Desk::with(POLICY);
    desk.put_into_production();
    desk
}

#[test]
fn nothing_has_happened_yet() {
    let desk = Desk::with(POLICY);
    let told = [&["log"][..], &["verify"], &["export"]].map(|args| desk.told(&desk.ada(&[&["audit"], args].concat())));
    insta::assert_snapshot!(told.join(""), @"
    exit 0
    the audit log says nothing
    exit 4
    the audit log is empty: nothing has been changed yet, and there is nothing to verify
    exit 0
    ");
    assert!(!desk.project.file(".carat").exists(), "who looks makes no store");
}

#[test]
fn the_newest_comes_first_and_can_be_asked_for_by_name() {
    let desk = desk();
    insta::assert_snapshot!(desk.shown(&desk.ada(&["audit", "log"])), @"
    exit 0
       when                 who                    what                of what                how
    7  WHEN  Ben <ben@example.com>  promotion applied   prompt support/triage  production nothing → @1  promotion ID
    6  WHEN  Ben <ben@example.com>  promotion approved  prompt support/triage  @1 → production  promotion ID
    5  WHEN  Ada <ada@example.com>  promotion proposed  prompt support/triage  @1 → production  promotion ID
    4  WHEN  Ada <ada@example.com>  version saved       eval triage            @1
    3  WHEN  Ada <ada@example.com>  version saved       dataset tickets        @1
    2  WHEN  Ada <ada@example.com>  version saved       model nearest          @1
    1  WHEN  Ada <ada@example.com>  version saved       prompt support/triage  @1
    ");
    let one = desk.ada(&["audit", "log", "--limit", "1"]);
    assert_eq!((one.data.lines().count(), one.talk.contains("older ones; --limit shows them")), (2, true), "{one:?}");
    let of = |subject: &str| {
        desk.json(&["audit", "log", "--json", "--subject", subject])["entries"].as_array().unwrap().len()
    };
    assert_eq!(of("tickets"), 1);
    assert_eq!(of(&desk.last_promotion()[..13]), 3);
    assert_eq!(of("nobody"), 0);
}

#[test]
fn a_name_with_a_slip_is_told_the_nearest_one_and_no_entries_at_all_cannot_be_asked_for() {
    let desk = desk();
    let told = [["--subject", "triag"], ["--subject", "support/triag"], ["--subject", "nobody"]]
        .map(|args| desk.told(&desk.ada(&[&["audit", "log"], &args[..]].concat())));
    insta::assert_snapshot!(told.join(""), @"
    exit 0
    the audit log says nothing of triag; did you mean triage?
    exit 0
    the audit log says nothing of support/triag; did you mean support/triage?
    exit 0
    the audit log says nothing of nobody
    ");
    let none = desk.ada(&["audit", "log", "--limit", "0"]);
    assert_eq!((none.code, none.talk.contains("'--limit <N>'")), (Some(2), true), "{none:?}");
}

#[test]
fn a_label_that_was_promoted_and_is_moved_by_hand_is_marked() {
    let desk = desk();
    desk.policy("");
    desk.prompt("Two.", true);
    for args in [
        &["save", "support/triage"][..],
        &["label", "support/triage@2", "candidate"],
        &["label", "support/triage@2", "production"],
    ] {
        let ended = desk.ada(&[&["prompt"], args].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    insta::assert_snapshot!(desk.shown(&desk.ada(&["audit", "log", "--limit", "3"])), @"
    exit 0
        when                 who                    what           of what                how
    10  WHEN  Ada <ada@example.com>  label moved    prompt support/triage  production @1 → @2  by hand, past its promotions
     9  WHEN  Ada <ada@example.com>  label moved    prompt support/triage  candidate nothing → @2
     8  WHEN  Ada <ada@example.com>  version saved  prompt support/triage  @2
    ");
    assert_eq!(desk.json(&["audit", "log", "--json"])["past_promotions"], serde_json::json!([10]));
    assert_eq!(desk.ada(&["audit", "verify"]).code, Some(0), "it is on record as what it was");
}

#[test]
fn the_exported_log_is_checked_by_twenty_lines_of_python() {
    let desk = desk();
    let ended = desk.ada(&["audit", "export", "--out", "audit.jsonl"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let piped = desk.ada(&["audit", "export"]);
    assert_eq!(
        piped.data.lines().count(),
        std::fs::read_to_string(desk.project.file("audit.jsonl")).unwrap().lines().count()
    );
    let anchor = desk.ada(&["audit", "verify", "-q"]).data;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/independent/audit.py");
    let check = || {
        let checked =
            python(&["-B", script, "audit.jsonl", anchor.trim()]).current_dir(desk.project.path()).output().unwrap();
        (checked.status.code(), String::from_utf8_lossy(&checked.stdout).into_owned())
    };
    assert_eq!(check().0, Some(0), "{}", check().1);
    let log = std::fs::read_to_string(desk.project.file("audit.jsonl")).unwrap();
    desk.project.write("audit.jsonl", log.replacen("Ben", "Bob", 1));
    assert_eq!(check().0, Some(1), "{}", check().1);
    desk.project.write("audit.jsonl", "{}\nnot JSON\n[\n".to_owned() + &log);
    assert_eq!(check(), (Some(1), "line 1 is no entry\nline 2 is no entry\nline 3 is no entry\n".to_owned()));
    let again = desk.ada(&["audit", "export", "--out", "audit.jsonl"]);
    assert_eq!(desk.told(&again), "exit 2\nerror: audit.jsonl is there already; --force overwrites it\n");
}

#[test]
fn an_anchor_is_a_text_or_a_file() {
    let desk = desk();
    let anchor = desk.ada(&["audit", "verify", "-q"]).data;
    desk.project.write("anchor.txt", &anchor);
    desk.eval(&["--limit", "1"]);
    for given in [anchor.trim(), "@anchor.txt"] {
        let ended = desk.by(BEN, &["audit", "verify", "--anchor", given]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    desk.project.write("empty.txt", "\n");
    let told = ["carat-audit:1:3", "@nowhere.txt", "@empty.txt"]
        .map(|given| desk.told(&desk.by(BEN, &["audit", "verify", "--anchor", given])));
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: `carat-audit:1:3` is no anchor of an audit log: one reads `carat-audit:1:42:sha256:` and 64 hexadecimal digits
    exit 2
    error: --anchor @nowhere.txt: No such file or directory (os error 2)
    exit 2
    error: --anchor @empty.txt: the file is empty
    ");
}

#[test]
fn json_says_the_same() {
    let desk = desk();
    let verified = desk.json(&["audit", "verify", "--json"]);
    assert_eq!((&verified["whole"], &verified["unheld"]), (&true.into(), &serde_json::json!([])));
    assert_eq!(format!("{}\n", verified["anchor"].as_str().unwrap()), desk.ada(&["audit", "verify", "-q"]).data);
    let entries = desk.json(&["audit", "log", "--json"])["entries"].as_array().unwrap().clone();
    assert_eq!(verified["entries"], entries.len());
    assert_eq!(entries[0]["action"], "promotion_applied");
    assert_eq!(entries[0]["details"]["to"]["number"], 1, "{}", settled(&entries[0].to_string()));
}
