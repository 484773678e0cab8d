//! The scripts in `tests/independent` agree with the code, on what is published and on whatever there may be.

use std::io::Write as _;
use std::process::{Command, Stdio};

use carat_core::audit::{Anchor, Chain, Entry};
use carat_core::canonical::Canonical;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::vectors::{AUDIT, anchor, log};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests");

/// Whether a script finds everything right, and what it says.
fn run(script: &str, arguments: &[&str], input: &str) -> (bool, String) {
    let mut python = Command::new("python3");
    python.arg("-B").arg(format!("{FOLDER}/independent/{script}")).args(arguments);
    let python = python.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut python = python.expect("python3 is needed for the tests");
    let mut stdin = python.stdin.take().unwrap();
    // A script that does not read all of it has failed, and says so itself.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = python.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.success(), String::from_utf8(output.stdout).unwrap().trim_end().to_owned())
}

fn lines(values: &[impl serde::Serialize]) -> String {
    values.iter().map(|value| serde_json::to_string(value).unwrap() + "\n").collect()
}

#[test]
fn python_finds_the_published_digests_right() {
    let (is_right, said) = run("digests.py", &[&format!("{FOLDER}/vectors/digests.jsonl")], "");
    assert!(is_right, "{said}");
    let page = include_str!("../../../../docs/digests.md");
    assert!(said.ends_with(" digests are right") && page.contains(&said), "docs/digests.md says: {said}");
}

#[test]
fn python_finds_a_wrong_digest() {
    let wrong = json!({"content": {"a": 2}, "digest": "sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"});
    let (is_right, said) = run("digests.py", &["-"], &lines(&[&wrong]));
    assert!(!is_right && said.starts_with("line 1: sha256:"), "{said}");
    assert!(!run("digests.py", &["-"], "").0, "nothing is not right");
}

fn any_number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-330_i32..309, 1_u32..1000)
            .prop_map(|(power, digits)| json!(format!("{digits}e{power}").parse::<f64>().unwrap())),
        (-40_i64..40).prop_map(|by| json!((1_i64 << 53) + by)),
        (-9_999_i32..9_999, 1_i32..9_999).prop_map(|(over, under)| json!(f64::from(over) / f64::from(under))),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["\\PC{0,6}", any::<String>(), "[\u{0}-\u{ff}\u{d7f0}-\u{e010}\u{ff00}-\u{10040}]{0,3}"];
    let text = text.boxed();
    let leaf = prop_oneof![
        any_number(),
        text.clone().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null)
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

#[test]
fn python_and_the_code_give_whatever_there_may_be_the_same_digest() {
    let (strategy, mut runner, mut canonical) = (any_json(), TestRunner::deterministic(), Canonical::default());
    let mut any = || strategy.new_tree(&mut runner).unwrap().current();
    let named = (0..3000).map(|_| any()).map(|content| json!({"digest": canonical.json(&content), "content": content}));
    let (is_right, said) = run("digests.py", &["-"], &lines(&named.collect::<Vec<_>>()));
    assert!(is_right, "{said}");
    assert_eq!(said, "3000 digests are right");
}

fn python_finds_whole(log: &[Entry], anchor: Option<Anchor>) -> bool {
    let anchor = anchor.map(|anchor| anchor.to_string());
    let arguments: Vec<&str> = ["-"].into_iter().chain(anchor.as_deref()).collect();
    run("audit.py", &arguments, &lines(log)).0
}

fn code_finds_whole(log: &[Entry], anchor: Option<Anchor>) -> bool {
    let mut chain = Chain::held_to(anchor);
    let is_whole = log.iter().filter(|entry| chain.check(entry).is_err()).count() == 0;
    is_whole && chain.finish().is_ok()
}

#[test]
fn python_finds_the_published_log_whole() {
    let file = format!("{FOLDER}/vectors/audit.jsonl");
    let said = format!("{} entries are as they were written", AUDIT.lines().count());
    assert_eq!(run("audit.py", &[&file, &anchor(&log()).to_string()], ""), (true, said));
}

#[test]
fn python_and_the_code_find_the_same_logs_broken() {
    let whole = log();
    let end = anchor(&whole);
    let changed = |change: &dyn Fn(&mut Vec<Entry>)| {
        let mut log = whole.clone();
        change(&mut log);
        log
    };
    let resealed = |log: &mut Vec<Entry>| {
        let (before, entry) = (log[3].clone(), &mut log[4]);
        entry.subject = "support/other".into();
        let again = carat_core::audit::Deed {
            at: &entry.at,
            by: &entry.by,
            action: entry.action,
            kind: entry.kind,
            subject: &entry.subject,
            details: entry.details.clone(),
            tool: &entry.tool,
        };
        *entry = Chain::next(Some((before.seq, before.hash)), again);
    };
    for (what, log, alone, with_anchor) in [
        ("untouched", whole.clone(), true, true),
        ("edited", changed(&|log| log[4].subject.push('x')), false, false),
        ("edited in its details", changed(&|log| drop(log[0].details.remove("message"))), false, false),
        ("one deleted", changed(&|log| drop(log.remove(4))), false, false),
        ("swapped", changed(&|log| log.swap(4, 5)), false, false),
        ("repeated", changed(&|log| log.insert(4, log[4].clone())), false, false),
        ("one sealed again", changed(&resealed), false, false),
        ("its beginning cut off", changed(&|log| drop(log.drain(..2))), false, false),
        ("its end cut off", changed(&|log| log.truncate(9)), true, false),
        ("empty", Vec::new(), true, false),
        (
            "written anew",
            changed(&|log| {
                log.truncate(5);
                resealed(log)
            }),
            true,
            false,
        ),
    ] {
        assert_eq!(
            (python_finds_whole(&log, None), python_finds_whole(&log, Some(end))),
            (alone, with_anchor),
            "{what}"
        );
        assert_eq!((code_finds_whole(&log, None), code_finds_whole(&log, Some(end))), (alone, with_anchor), "{what}");
    }
}
