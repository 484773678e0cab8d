//! What is said to who asks for something that is not there, or brings something that is broken.

use super::log::three_versions;
use super::{desk, told, well};
use crate::outside::project::Project;

#[test]
fn what_does_not_exist_is_told_with_what_does() {
    let project = three_versions();
    for (reference, expected) in [
        (
            "sort@stabel",
            "the prompt `sort` has no label `stabel`; there are versions 1 to 3 (candidate is 3, stable is 1); did you mean `stable`?",
        ),
        ("sort@4", "the prompt `sort` has no version 4; there are versions 1 to 3 (candidate is 3, stable is 1)"),
        ("sort@0", "`sort@0` names no version: versions are numbered from 1"),
        (
            "sort@",
            "`sort@` names no version: nothing stands behind the `@`; give a number, a label, `latest` or a digest",
        ),
        (
            "sort@deadbeef",
            "the prompt `sort` has no version with a digest that begins with deadbeef; there are versions 1 to 3 (candidate is 3, stable is 1)",
        ),
        ("sotr@1", "there is no prompt `sotr`, neither as a file nor as a version; did you mean `sort`?"),
    ] {
        for verb in ["show", "render", "diff"] {
            assert_eq!(told(&project, &["prompt", verb, reference]), format!("exit 2\nerror: {expected}\n"), "{verb}");
        }
    }
}

#[test]
fn a_name_without_versions_is_told_how_to_get_one() {
    let project = desk();
    for args in [
        &["prompt", "log", "sort"][..],
        &["prompt", "diff", "sort"],
        &["prompt", "show", "sort@latest"],
        &["prompt", "render", "sort@stable"],
    ] {
        assert_eq!(
            told(&project, args),
            "exit 2\nerror: the prompt `sort` has no saved version yet; `carat prompt save sort` makes one of it as it is now\n",
            "{args:?}"
        );
    }
    insta::assert_snapshot!(told(&project, &["prompt", "export", "--out", "all.carat"]), @"
    exit 4
    error: there are no versions of prompts yet; `carat prompt save --all` makes some
    ");
    assert!(!project.file(".carat").exists(), "who only looks makes no store");
    insta::assert_snapshot!(told(&project, &["prompt", "save"]), @"
    exit 2
    error: name what is to be saved, or give --all for everything
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "label", "sort", "stable"]), @"
    exit 2
    error: the prompt `sort` has no saved version yet; `carat prompt save sort` makes one of it as it is now
    ");
}

#[test]
fn two_versions_whose_digests_begin_alike_are_told_apart_by_more_of_them() {
    let project = desk();
    // Found by trying: both digests begin with 9b0f95e1.
    for question in [5446, 83400] {
        project.write("prompts/twin.prompty", format!("---\nname: x\n---\nuser:\nQuestion {question}\n"));
        well(&project, &["prompt", "save", "twin"]);
    }
    insta::assert_snapshot!(told(&project, &["prompt", "show", "twin@9b0f95e1"]), @"
    exit 2
    error: `9b0f95e1` could be twin@1 (9b0f95e1c60f277e325008d87939f32c39bcf1bd5844477da56475bef0e359ee) or twin@2 (9b0f95e13a6d34139c98e6237722f11e2292e14baf2a3e9f7148c2bbc9823130); write some more of it
    ");
    let exact = told(&project, &["prompt", "show", "twin@9b0f95e13a6d"]);
    assert!(exact.starts_with("exit 0\n"), "{exact}");
}

#[test]
fn words_that_are_no_labels_are_refused() {
    let project = three_versions();
    for (label, why) in [
        ("latest", "it is the newest saved version, and moves by itself"),
        ("Prod", "a label is a word of lower-case letters, digits, `.`, `_` and `-` that begins with a letter"),
        ("7", "a label is a word of lower-case letters, digits, `.`, `_` and `-` that begins with a letter"),
        ("deadbeef", "it reads as the beginning of a digest"),
        ("a@b", "a label is a word of lower-case letters, digits, `.`, `_` and `-` that begins with a letter"),
    ] {
        assert_eq!(
            told(&project, &["prompt", "label", "sort@1", label]),
            format!("exit 2\nerror: `{label}` cannot be a label: {why}\n")
        );
    }
    insta::assert_snapshot!(told(&project, &["prompt", "label", "sort", "stable"]), @"
    exit 2
    error: a label points to a version; what the project has now is sort@3: carat prompt label sort@3 stable
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "label", "sort", "nothing", "--remove"]), @"
    exit 2
    error: the prompt `sort` has no label `nothing`; there are versions 1 to 3 (candidate is 3, stable is 1)
    ");
}

/// A project, and a bundle in it.
fn with_bundle() -> (Project, String) {
    let project = three_versions();
    well(&project, &["prompt", "export", "sort@1", "sort@2", "--out", "good.carat"]);
    let bundle = std::fs::read_to_string(project.file("good.carat")).unwrap();
    (project, bundle)
}

#[test]
fn a_bundle_that_is_not_whole_is_refused_and_nothing_of_it_is_taken() {
    let (project, bundle) = with_bundle();
    let other = desk();
    let cut = bundle.len() - 20;
    for (name, text) in [
        ("cut.carat", bundle[..cut].to_owned()),
        ("edited.carat", bundle.replace("Is it a fruit?", "Is it a truit?")),
        ("newer.carat", bundle.replacen("\"format\":1", "\"format\":2", 1)),
        ("other.carat", "hello\n".to_owned()),
    ] {
        other.write(name, text);
    }
    for (name, snapshot) in [
        (
            "cut.carat",
            "cut.carat is cut short: it has 1 of 2 prompts in full; copy it again, or export it again with `carat prompt export`",
        ),
        (
            "edited.carat",
            "edited.carat was changed after it was written: it does not agree with its checksum; copy it again (as a binary file, so that line ends stay), or export it again with `carat prompt export`",
        ),
        (
            "newer.carat",
            "newer.carat was written by a newer carat (format 2; this one reads 1); link a newer version of this library, or export the bundle with the carat that belongs to it",
        ),
        ("other.carat", "other.carat is no bundle of prompts; `carat prompt export --out other.carat` makes one"),
    ] {
        assert_eq!(told(&other, &["prompt", "import", name]), format!("exit 2\nerror: {snapshot}\n"));
    }
    insta::assert_snapshot!(told(&other, &["prompt", "import", "missing.carat"]), @"
    exit 2
    error: there is no file missing.carat
    ");
    insta::assert_snapshot!(told(&other, &["prompt", "log", "sort"]), @"
    exit 2
    error: the prompt `sort` has no saved version yet; `carat prompt save sort` makes one of it as it is now
    ");
    drop(project);
}

#[test]
fn an_exported_run_is_no_bundle_and_a_bundle_is_no_run() {
    let (project, _) = with_bundle();
    well(&project, &["eval", "fruit", "--model", "echo", "-q"]);
    well(&project, &["run", "export", "@last", "run.carat"]);
    insta::assert_snapshot!(told(&project, &["prompt", "import", "run.carat"]), @"
    exit 2
    error: run.carat is an exported run, and no bundle of prompts; `carat prompt export --out FILE.carat` makes one
    ");
    let ended = project.carat(&["run", "import", "good.carat"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[test]
fn a_hostile_bundle_writes_nowhere_else() {
    let project = desk();
    // By the rules of bundles, but for where their names lead.
    for (name, head, line) in HOSTILE {
        project.write(name, format!("{head}\n{line}\n"));
    }
    insta::assert_snapshot!(told(&project, &["prompt", "import", "name.carat"]), @"
    exit 2
    error: name.carat:2: `../../x` cannot be the name of a prompt: it is no path of a file below one folder, such as `support/triage`
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "import", "include.carat"]), @"
    exit 0
    x@1 sha256:7333c391516e8422caca865446e4673808db76f795449a8e4f6730621b871b7c (new)
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "export", "x@1", "--out", "inside/there"]), @"
    exit 2
    error: ../../evil.sh would lie outside of inside/there, so nothing is written
    ");
    assert!(!project.file("evil.sh").exists() && !project.file("inside").exists());
}

/// Bundles by their file, first line and prompt.
const HOSTILE: [(&str, &str, &str); 2] = [
    (
        "name.carat",
        r#"{"carat":"bundle","format":1,"digest":"sha256:28cf104af645f6e6f8f7a93c71719f2661fe6ad0143a011b1d4e5224f381c81d","prompts":1}"#,
        r#"{"name":"../../x","version":1,"digest":"sha256:cdb86e557f5bf5284457bda0e9f8cd396393a274086eb6c174c8f3dfb9d0694d","labels":[],"package":{"file":"x.prompty","text":"---\nname: x\n---\nuser:\nhi\n"}}"#,
    ),
    (
        "include.carat",
        r#"{"carat":"bundle","format":1,"digest":"sha256:ccbfc9840001d546a38225c4b5a43715bfbf372d58f908921583354e0b117b26","prompts":1}"#,
        r#"{"name":"x","version":1,"digest":"sha256:7333c391516e8422caca865446e4673808db76f795449a8e4f6730621b871b7c","labels":[],"package":{"file":"x.prompty","text":"---\nname: x\n---\nuser:\n{% include \"../../evil.sh\" %}\n","includes":{"../../evil.sh":"rm -r"}}}"#,
    ),
];

#[test]
fn what_belongs_to_other_kinds_is_refused() {
    let project = three_versions();
    for kind in ["dataset", "spec"] {
        well(&project, &[kind, "save", "fruit"]);
    }
    insta::assert_snapshot!(told(&project, &["dataset", "export", "fruit@1", "--label", "x", "--out", "-"]), @"
    exit 2
    error: --label is for prompts; name the dataset: NAME@x
    ");
    insta::assert_snapshot!(told(&project, &["spec", "export", "--out", "-"]), @"
    exit 2
    error: name one spec, such as NAME@latest
    ");
    insta::assert_snapshot!(told(&project, &["dataset", "import", "datasets/fruit.jsonl", "--labels"]), @"
    exit 2
    error: --labels is for bundles: nothing else has labels
    ");
    insta::assert_snapshot!(told(&project, &["prompt", "export", "--out", "folder"]), @"
    exit 2
    error: name the versions to write back, or write a bundle of all: --out prompts.carat
    ");
}

#[test]
fn a_credential_is_neither_kept_nor_shown() {
    const KEY: &str = "sk-live-0123456789abcdefghijklmnop";
    let project = desk();
    for settings in [
        format!("api_key_env: {KEY}"),
        format!("base_url: \"https://me:{KEY}@example.com/v1\""),
        format!("headers: {{ Authorization: \"Bearer {KEY}\" }}"),
    ] {
        project.write("carat.yaml", "models:\n  m: { provider: openai }\n");
        well(&project, &["model", "save", "m"]);
        project.write("carat.yaml", format!("models:\n  m: {{ provider: openai, {settings} }}\n"));
        for args in [
            &["model", "save", "m"][..],
            &["model", "show", "m"],
            &["model", "show", "m", "--json"],
            &["model", "diff", "m"],
            &["model", "diff", "m", "--json"],
            &["model", "export", "m", "--out", "-"],
            &["model", "import", "carat.yaml"],
        ] {
            let ended = project.carat(args);
            assert_eq!(ended.code, Some(2), "{args:?}: {ended:?}");
            assert!(!format!("{ended:?}").contains(KEY), "{args:?}: {ended:?}");
        }
        let store = std::fs::read(project.file(".carat/carat.db")).unwrap();
        assert!(!store.windows(KEY.len()).any(|bytes| bytes == KEY.as_bytes()));
        well(&project, &["model", "list"]);
    }
}
