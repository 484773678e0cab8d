//! The walls of the house: which crate may lean on which, and who is the only one with what. `ARCHITECTURE.md` has the
//! table and the reasons; it, this file and the manifests change together.

#![expect(clippy::unwrap_used, reason = "a test breaks loudly, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What each crate of the house may lean on.
const ARROWS: &[(&str, &[&str])] = &[
    ("carat-prompt", &[]),
    ("carat-core", &["carat-prompt"]),
    ("carat-store", &["carat-core"]),
    ("carat-models", &["carat-core"]),
    ("carat-eval", &["carat-core"]),
    ("carat-import", &["carat-core"]),
    // A version is what stood in a file once: what is meant by `support/triage@production` is found in the store.
    ("carat-registry", &["carat-core", "carat-store"]),
    ("carat-report", &["carat-core"]),
    // What applications link. The store is a feature of it, which is off unless it is asked for.
    ("carat", &["carat-prompt", "carat-store"]),
    (
        "carat-cli",
        &[
            "carat",
            "carat-core",
            "carat-store",
            "carat-models",
            "carat-eval",
            "carat-import",
            "carat-registry",
            "carat-report",
        ],
    ),
    // For tests and benchmarks only.
    ("carat-sim", &[]),
];

/// Packages that only some crates of the house may use: one, or two where it says here why.
const ONLY_WITH: &[(&str, &[&str])] = &[
    ("minijinja", &["carat-prompt"]),
    ("serde-saphyr", &["carat-prompt"]),
    ("statrs", &["carat-core"]),
    ("similar", &["carat-core"]),
    ("sqlx", &["carat-store"]),
    // One talks to servers, the other gives an application its request types, as a feature.
    ("async-openai", &["carat-models", "carat"]),
    ("tower", &["carat-models"]),
    ("tiktoken-rs", &["carat-models"]),
    // Scoring wants all cores, and so does the bootstrap, which stands beside the other statistics.
    ("rayon", &["carat-core", "carat-eval"]),
    ("jsonschema", &["carat-eval"]),
    ("csv-core", &["carat-registry"]),
    // One reads the tables of other tools, the other writes samples.
    ("csv", &["carat-import", "carat-report"]),
    // One reads golden rows, the other writes samples.
    ("parquet", &["carat-registry", "carat-report"]),
    ("clap", &["carat-cli"]),
    ("indicatif", &["carat-cli"]),
];

/// Crates whose libraries may not touch the world; their `clippy.toml` bans what would.
const PURE: &[&str] = &["prompt", "core", "import"];

struct Manifest {
    name: String,
    dependencies: BTreeSet<String>,
    text: String,
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn manifests() -> BTreeMap<String, Manifest> {
    let folders = std::fs::read_dir(root().join("crates")).unwrap();
    let manifests = folders.map(|entry| {
        let text = std::fs::read_to_string(entry.unwrap().path().join("Cargo.toml")).unwrap();
        let name = text.lines().find_map(|line| line.strip_prefix("name = ")).unwrap().trim_matches('"').to_owned();
        (name.clone(), Manifest { name, dependencies: dependencies(&text), text })
    });
    manifests.collect()
}

/// The packages that a manifest names outside its tests: in `[dependencies]`, `[build-dependencies]`, those of a target, and
/// in sections of their own (`[dependencies.x]`).
fn dependencies(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let ours = section.contains("dependencies") && !section.contains("dev-dependencies");
            inside = ours && section.ends_with("dependencies");
            let own = section.rsplit_once("dependencies.").filter(|_| ours);
            names.extend(own.map(|(_, name)| name.to_owned()));
        } else if inside {
            names.extend(line.split(['.', '=', ' ']).next().map(str::to_owned));
        }
    }
    names
}

#[test]
fn dependencies_are_found_wherever_they_stand() {
    let text = "[dependencies]\na.workspace = true\n# b\n[dev-dependencies]\nc = 1\n[dependencies.d]\nversion = 1\n\
                [target.'cfg(unix)'.dependencies]\ne = { workspace = true }\n[target.x.dev-dependencies]\nf.workspace = true\n";
    assert_eq!(dependencies(text), ["a", "d", "e"].map(str::to_owned).into());
}

#[test]
fn every_crate_leans_only_on_lower_ones() {
    let manifests = manifests();
    for (name, manifest) in &manifests {
        let (_, allowed) =
            ARROWS.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name} is not in the table"));
        let ours = manifest.dependencies.iter().filter(|dependency| dependency.starts_with("carat"));
        for dependency in ours {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not lean on {dependency}");
        }
    }
    for (name, _) in ARROWS {
        assert!(manifests.contains_key(*name), "{name} is in the table, but not in the house");
    }
}

#[test]
fn what_only_some_may_have_only_they_have() {
    for manifest in manifests().values() {
        for (package, owners) in ONLY_WITH {
            let has = manifest.dependencies.contains(*package);
            // The simulated server is no part of the house.
            let may = owners.contains(&manifest.name.as_str()) || manifest.name == "carat-sim";
            assert!(!has || may, "{} has {package}, which belongs to {}", manifest.name, owners.join(" and "));
        }
    }
}

#[test]
fn every_crate_takes_lints_and_versions_from_the_workspace() {
    for manifest in manifests().values() {
        assert!(manifest.text.contains("[lints]\nworkspace = true"), "{} has no workspace lints", manifest.name);
        let version = manifest.text.lines().find(|line| line.contains("version = \""));
        assert_eq!(version, None, "{} names a version; versions stand in the workspace's Cargo.toml", manifest.name);
    }
}

#[test]
fn pure_crates_ban_what_touches_the_world() {
    for folder in PURE {
        let text = std::fs::read_to_string(root().join("crates").join(folder).join("clippy.toml")).unwrap();
        for banned in [
            "std::time::SystemTime::now",
            "std::time::Instant::now",
            "std::env::var",
            "std::fs::read",
            "std::fs::File::open",
        ] {
            assert!(text.contains(banned), "crates/{folder}/clippy.toml does not ban {banned}");
        }
    }
}

#[test]
fn the_architecture_page_has_every_crate() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (name, _) in ARROWS {
        assert!(page.contains(&format!("`{name}`")), "ARCHITECTURE.md does not speak of {name}");
    }
}
