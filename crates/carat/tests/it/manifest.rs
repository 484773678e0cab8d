//! The library stays light: every application that links it compiles what it leans on.

use std::collections::BTreeSet;

/// What an application compiles that asks for no feature, beside what these lean on.
const ALWAYS: [&str; 6] = ["arc-swap", "base64", "carat-prompt", "serde", "serde_json", "thiserror"];

const OPTIONAL: [&str; 3] = ["async-openai", "carat-store", "tokio"];

#[test]
fn an_application_compiles_six_packages_and_what_it_asks_for() {
    let manifest = include_str!("../../Cargo.toml");
    let (_, dependencies) = manifest.split_once("\n[dependencies]\n").unwrap();
    let (dependencies, _) = dependencies.split_once("\n[").unwrap();
    let named = |optional: bool| -> BTreeSet<&str> {
        let lines = dependencies.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mine = lines.filter(|line| line.contains("optional = true") == optional);
        mine.map(|line| line.split(['.', ' ', '=']).next().unwrap()).collect()
    };
    assert_eq!(named(false), ALWAYS.into());
    assert_eq!(named(true), OPTIONAL.into());
    assert!(manifest.contains("\ndefault = []\n"), "no feature is on by itself");
    assert!(!manifest.contains("target.'"), "and nothing is hidden behind a platform");
}
