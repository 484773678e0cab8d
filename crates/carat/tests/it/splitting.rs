//! Splitting traffic.

use std::collections::BTreeMap;
use std::process::Command;

use carat::{GetError, Split};
use proptest::prelude::*;
use serde_json::Value;

use crate::made::{place, saying, still, write};

/// A line each: a split, a key, and the version that the key has.
const VECTORS: &str = include_str!("../vectors/split.jsonl");

/// So many keys are drawn where shares are counted.
const KEYS: u32 = 2000;

/// So many keys are drawn where each is looked at for itself.
const FEW: u32 = 300;

fn counts(split: &Split, keys: &[String]) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(split.choose(key)).or_default() += 1;
    }
    counts
}

fn written(weights: &[u32]) -> String {
    let arms: Vec<String> = weights.iter().enumerate().map(|(at, weight)| format!("arm-{at}:{weight}")).collect();
    format!("x@{{{}}}", arms.join(","))
}

fn keys(count: u32, of: &str) -> Vec<String> {
    (0..count).map(|number| format!("{of}-{number}")).collect()
}

#[test]
fn the_published_vectors_hold() {
    let mut lines = 0;
    for line in VECTORS.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let split = Split::read(vector["split"].as_str().unwrap()).unwrap();
        assert_eq!(split.choose(vector["key"].as_str().unwrap()), vector["version"].as_str().unwrap(), "{line}");
        lines += 1;
    }
    assert_eq!(lines, 60);
}

#[test]
fn the_python_of_the_page_agrees() {
    let page = include_str!("../../../../docs/library.md");
    let (_, code) = page.split_once("```python\n").unwrap();
    let (code, _) = code.split_once("```").unwrap();
    let check = "
import json, sys
for line in open(sys.argv[1], encoding='utf-8'):
    v = json.loads(line)
    name, arms = v['split'][:-1].rsplit('@{', 1)
    arms = {pick.strip(): int(weight) for pick, weight in (arm.rsplit(':', 1) for arm in arms.split(','))}
    assert f'{name}@{choose(name, arms, v[\"key\"])}' == v['version'], line
";
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/split.jsonl");
    let python = Command::new("python3").args(["-c", &format!("{code}{check}"), vectors]).output().unwrap();
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
}

#[test]
fn a_key_stays_with_its_version_whatever_order_the_arms_have() {
    let (_folder, path) = place();
    write(&path, vec![saying("x", 1, &["production"], "one"), saying("x", 2, &["candidate"], "two")]);
    let prompts = still(&path);
    for key in keys(FEW, "user") {
        let here = prompts.split("x@{production:95,candidate:5}", &key).unwrap();
        let there = prompts.split("x@{ candidate:5, production:95 }", &key).unwrap();
        assert_eq!(here.stamp(), there.stamp());
    }
}

#[test]
fn an_arm_that_is_not_there_fails_for_every_key() {
    let (_folder, path) = place();
    write(&path, vec![saying("x", 1, &["production"], "one")]);
    let prompts = still(&path);
    for key in ["a", "b", "c", "d"] {
        let error = prompts.split("x@{production:99,candidate:1}", key).unwrap_err();
        assert!(matches!(&error, GetError::UnknownVersion { pick, .. } if pick == "candidate"), "{error}");
    }
    assert!(matches!(prompts.split("x@{production}", "a"), Err(GetError::BadSplit(_))));
}

#[test]
fn a_small_share_of_many_is_right() {
    let split = Split::read("support/triage@{production:999,candidate:1}").unwrap();
    let candidates = (0..100_000).filter(|key| split.choose(&key.to_string()).ends_with("candidate")).count();
    // 100 are expected; six times their standard deviation of 10 on either side.
    assert!((40..=160).contains(&candidates), "{candidates}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn shares_are_as_the_weights(weights in prop::collection::vec(1..1000_u32, 1..5), of in "[a-z]{4}") {
        let counts = counts(&Split::read(&written(&weights)).unwrap(), &keys(KEYS, &of));
        let sum: u32 = weights.iter().sum();
        for (at, weight) in weights.iter().enumerate() {
            let share = f64::from(*weight) / f64::from(sum);
            let (expected, deviation) = (f64::from(KEYS) * share, (f64::from(KEYS) * share * (1.0 - share)).sqrt());
            let found = f64::from(counts.get(&format!("x@arm-{at}")).copied().unwrap_or(0));
            prop_assert!((found - expected).abs() <= 6.0 * deviation + 1.0, "{weights:?}: {counts:?}");
        }
    }

    #[test]
    fn a_share_that_grows_loses_no_key_and_only_it_gains(
        weights in prop::collection::vec(1..1000_u32, 2..5), more in 1..1000_u32, of in "[a-z]{4}"
    ) {
        let mut grown = weights.clone();
        grown[0] += more;
        let (before, after) = (Split::read(&written(&weights)).unwrap(), Split::read(&written(&grown)).unwrap());
        for key in keys(FEW, &of) {
            let (old, new) = (before.choose(&key), after.choose(&key));
            prop_assert!(old == new || new == "x@arm-0", "{key} went from {old} to {new}");
        }
    }

    #[test]
    fn taking_from_one_for_another_moves_no_key_away_from_the_one_that_grew(
        rest in 1..100_u32, share in 1..98_u32, of in "[a-z]{4}"
    ) {
        let of_percent = |share: u32| Split::read(&format!("x@{{production:{},candidate:{share},other:{rest}}}", 100 - share));
        let (before, after) = (of_percent(share).unwrap(), of_percent(share + 1).unwrap());
        for key in keys(FEW, &of) {
            let (old, new) = (before.choose(&key), after.choose(&key));
            prop_assert!(old != "x@candidate" || new == old, "{key} went from {old} to {new}");
            prop_assert!(new != "x@production" || new == old, "{key} went from {old} to {new}");
        }
    }

    #[test]
    fn weights_mean_their_proportion(weights in prop::collection::vec(1..1000_u32, 2..4), times in 2..1000_u32, of in "[a-z]{4}") {
        let many: Vec<u32> = weights.iter().map(|weight| weight * times).collect();
        let (a, b) = (Split::read(&written(&weights)).unwrap(), Split::read(&written(&many)).unwrap());
        prop_assert!(keys(FEW, &of).iter().all(|key| a.choose(key) == b.choose(key)));
    }
}
