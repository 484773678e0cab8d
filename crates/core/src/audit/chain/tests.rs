use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::version::Source;

fn ada() -> Actor {
    Actor { name: "Ada <ada@example.com>".into(), source: Source::Git }
}

fn deed<'a>(by: &'a Actor, subject: &'a str, details: Value) -> Deed<'a> {
    let Value::Object(details) = details else { panic!("details are an object") };
    let (action, kind) = (Action::VersionSaved, Some(Kind::Prompt));
    Deed { at: "2026-11-26T09:00:00.000Z", by, action, kind, subject, details, tool: "0.1.0" }
}

/// A log with an entry for each subject.
fn log(subjects: &[String]) -> Vec<Entry> {
    let (by, mut end) = (ada(), None);
    let entries = subjects.iter().enumerate().map(|(index, subject)| {
        let entry = Chain::next(end, deed(&by, subject, json!({"number": index, "digest": GENESIS})));
        end = Some((entry.seq, entry.hash));
        entry
    });
    entries.collect()
}

/// A log of so many entries, all with the same subject.
fn plain(entries: usize) -> Vec<Entry> {
    log(&vec!["support/triage".to_owned(); entries])
}

/// Everything that is wrong with a log.
fn breaks(log: &[Entry], anchors: &[Anchor]) -> Vec<Broken> {
    let mut chain = Chain::held_to(anchors.iter().copied());
    let mut found: Vec<Broken> = log.iter().filter_map(|entry| chain.check(entry).err()).collect();
    found.extend(chain.finish().err());
    found
}

fn told(log: &[Entry], anchors: &[Anchor]) -> Vec<String> {
    breaks(log, anchors).iter().map(ToString::to_string).collect()
}

fn anchor(entry: &Entry) -> Anchor {
    Anchor { seq: entry.seq, hash: entry.hash }
}

#[test]
fn a_log_begins_with_zeros_and_goes_on_from_the_last_hash() {
    let log = plain(3);
    assert_eq!(log.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(log[0].prev.hex(), "0".repeat(64));
    assert_eq!((log[1].prev, log[2].prev), (log[0].hash, log[1].hash));
    let mut chain = Chain::default();
    assert_eq!(chain.end(), None);
    for entry in &log {
        assert_eq!(chain.check(entry), Ok(()));
    }
    assert_eq!(chain.end(), Some((3, log[2].hash)));
    assert_eq!(chain.finish(), Ok(()));
}

#[test]
fn the_hash_is_that_of_sha256sum_over_the_canonical_json() {
    let by = ada();
    let entry = Chain::next(None, deed(&by, "support/triage", json!({"number": 7, "message": "shorter – ü"})));
    let canonical = concat!(
        r#"{"action":"version_saved","at":"2026-11-26T09:00:00.000Z","#,
        r#""by":{"name":"Ada <ada@example.com>","source":"git"},"details":{"message":"shorter – ü","number":7},"#,
        r#""kind":"prompt","prev":"sha256:0000000000000000000000000000000000000000000000000000000000000000","#,
        r#""seq":1,"subject":"support/triage","tool":"0.1.0"}"#,
    );
    assert_eq!(entry.hash, Digest::of_bytes(canonical.as_bytes()));
}

#[test]
fn what_was_done_to_a_log_is_told_precisely() {
    let whole = plain(9);
    let mut edited = whole.clone();
    edited[4].subject = "support/other".into();
    let [edited] = told(&edited, &[]).try_into().unwrap();
    assert!(edited.starts_with("entry 5 was edited: its hash is sha256:"), "{edited}");

    let mut one_gone = whole.clone();
    one_gone.remove(4);
    assert_eq!(told(&one_gone, &[]), ["entry 5 is missing before entry 6"]);
    let mut several_gone = whole.clone();
    several_gone.drain(..3);
    assert_eq!(told(&several_gone, &[]), ["entries 1 to 3 are missing before entry 4"]);

    let mut swapped = whole.clone();
    swapped.swap(4, 5);
    let moved = "entry 5 stands behind entry 6: entries were moved or put in";
    assert_eq!(told(&swapped, &[]), ["entry 5 is missing before entry 6", moved]);

    let mut resealed = whole.clone();
    resealed[4].subject = "support/other".into();
    resealed[4].hash = hash_of(&resealed[4]);
    let unchained = "entry 6 was written behind another entry than the one before it: one of them was replaced";
    assert_eq!(told(&resealed, &[]), [unchained]);
}

#[test]
fn an_anchor_shows_what_a_chain_cannot() {
    let whole = plain(5);
    let anchors = [anchor(&whole[3])];
    assert!(breaks(&whole, &anchors).is_empty());
    assert_eq!(
        told(&whole[..3], &anchors),
        ["the log ends with entry 3; the anchor is of entry 4: its end was cut off"]
    );
    let nothing = "the log ends before its first entry; the anchor is of entry 4: its end was cut off";
    assert_eq!(told(&[], &anchors), [nothing]);

    let mut anew = whole[..2].to_vec();
    for _ in 2..5 {
        let by = ada();
        let end = anew.last().map(|last| (last.seq, last.hash));
        anew.push(Chain::next(end, deed(&by, "support/other", json!({}))));
    }
    assert!(breaks(&anew, &[]).is_empty(), "by itself it is whole");
    let rewritten = "entry 4 is not the one of the anchor: the log was written anew from there or from before";
    assert_eq!(told(&anew, &anchors), [rewritten]);
    assert!(breaks(&anew, &[anchor(&whole[1])]).is_empty(), "what stands before was not touched");
}

#[test]
fn numbers_that_some_language_would_round_are_texts() {
    let by = ada();
    let entry = Chain::next(None, deed(&by, "x", json!({"a": 0.5, "b": [u64::MAX, 7], "c": {"d": -0.0, "e": -3}})));
    let written = json!({"a": "0.5", "b": ["18446744073709551615", 7], "c": {"d": "-0.0", "e": -3}});
    assert_eq!(Value::Object(entry.details.clone()), written);

    let exact = Chain::next(None, deed(&by, "x", json!({"a": 9_007_199_254_740_991_u64})));
    assert_eq!(Chain::default().check(&exact), Ok(()));
    let mut inexact = Chain::next(None, deed(&by, "x", json!({})));
    inexact.details.insert("a".into(), json!(9_007_199_254_740_993_u64));
    inexact.hash = hash_of(&inexact);
    assert_eq!(Chain::default().check(&inexact), Err(Broken::Inexact { seq: 1 }));
}

#[test]
fn an_entry_is_read_back_as_it_was_written() {
    for entry in plain(2) {
        let json = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&json).unwrap(), entry);
    }
}

/// Every way to change one field of an entry.
fn edit(entry: &mut Entry, which: usize, text: &str) {
    match which {
        0 => entry.seq += 1,
        1 => entry.at.push_str(text),
        2 => entry.by.name.push_str(text),
        3 => entry.by.source = Source::Unknown,
        4 => entry.action = Action::RunDeleted,
        5 => entry.kind = None,
        6 => entry.subject.push_str(text),
        7 => drop(entry.details.insert(text.to_owned(), json!(1))),
        8 => entry.tool.push_str(text),
        9 => entry.prev = Digest::of_bytes(text.as_bytes()),
        _ => entry.hash = Digest::of_bytes(text.as_bytes()),
    }
}

fn subjects() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(".{0,8}", 2..9)
}

proptest! {
    #[test]
    fn any_edit_of_any_entry_is_found(subjects in subjects(), at in any::<prop::sample::Index>(), which in 0_usize..11, text in ".{1,5}") {
        let mut log = log(&subjects);
        let at = at.index(log.len());
        edit(&mut log[at], which, &text);
        prop_assert!(!breaks(&log, &[]).is_empty());
    }

    #[test]
    fn any_edit_that_is_sealed_again_is_found_unless_it_is_the_last(subjects in subjects(), at in any::<prop::sample::Index>(), which in 0_usize..10, text in ".{1,5}") {
        let mut log = log(&subjects);
        let anchors = [anchor(&log[log.len() - 1])];
        let at = at.index(log.len());
        edit(&mut log[at], which, &text);
        log[at].hash = hash_of(&log[at]);
        prop_assert!(at + 1 == log.len() || !breaks(&log, &[]).is_empty());
        prop_assert!(!breaks(&log, &anchors).is_empty());
    }

    #[test]
    fn any_deletion_but_that_of_the_end_is_found_and_that_with_an_anchor(subjects in subjects(), from in any::<prop::sample::Index>(), count in 1_usize..4) {
        let mut log = log(&subjects);
        let anchors = [anchor(&log[log.len() - 1])];
        let from = from.index(log.len());
        let to = (from + count).min(log.len());
        let is_end = to == log.len();
        log.drain(from..to);
        prop_assert_eq!(breaks(&log, &[]).is_empty(), is_end);
        prop_assert!(!breaks(&log, &anchors).is_empty());
    }

    #[test]
    fn any_swap_and_any_repetition_is_found(subjects in subjects(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let log = log(&subjects);
        let (a, b) = (a.index(log.len()), b.index(log.len()));
        let mut swapped = log.clone();
        swapped.swap(a, b);
        prop_assert_eq!(breaks(&swapped, &[]).is_empty(), a == b);
        let mut repeated = log.clone();
        repeated.insert(b, log[a].clone());
        prop_assert!(!breaks(&repeated, &[]).is_empty());
    }

    #[test]
    fn a_log_that_nobody_touched_is_whole(subjects in subjects(), at in any::<prop::sample::Index>()) {
        let log = log(&subjects);
        prop_assert!(breaks(&log, &[anchor(&log[at.index(log.len())])]).is_empty());
    }
}
