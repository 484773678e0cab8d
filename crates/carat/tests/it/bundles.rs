//! Bundles as files.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;

use carat::bundle::{self, Bundle, BundleError};
use carat::{Digest, Prompts};
use carat_core::package::Picture;
use serde_json::{Value, json};

use crate::made::{TRIAGE, entry, package, packed, place, saying, signed, still, text_of, write};

/// Versions with everything that a version can have.
fn various() -> Vec<bundle::Entry> {
    let mut with_files = package("{% include 'tone.jinja' %}\nuser:\n![it](cat.png)");
    with_files.includes.insert("tone.jinja".to_owned(), "Be kind.\n".to_owned());
    let picture = Picture { media_type: "image/png".to_owned(), base64: "iVBORw==".to_owned() };
    with_files.pictures.insert("cat.png".to_owned(), picture);
    vec![
        entry("support/triage", 7, &["production", "latest"], TRIAGE),
        entry("support/triage", 6, &[], "user:\nsix: é \u{1F600} \u{2028} \"quoted\" \\ \t"),
        packed("a@b/pictures", 1, &["candidate"], with_files),
    ]
}

#[test]
fn what_is_written_is_read_back() {
    let (_folder, path) = place();
    let digest = write(&path, various());
    let mut expected = various();
    expected.sort_by_key(|entry| (entry.name.clone(), entry.version));
    assert_eq!(Bundle::read(&path).unwrap(), Bundle { prompts: expected });
    assert_eq!(still(&path).health().digest, digest);
}

#[test]
fn a_bundle_is_text_that_anybody_can_check() {
    let text = text_of(various());
    let (first, rest) = text.split_once('\n').unwrap();
    assert_eq!(
        first,
        format!(r#"{{"carat":"bundle","format":1,"digest":"{}","prompts":3}}"#, Digest::of_bytes(rest.as_bytes()))
    );
    let line: Value = serde_json::from_str(rest.lines().last().unwrap()).unwrap();
    let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["name", "version", "digest", "labels", "package", "front"]);
    assert_eq!((&line["labels"], &line["version"]), (&json!(["latest", "production"]), &json!(7)));
    assert_eq!(
        (&line["front"]["intended_model"], &line["front"]["parameters"]["temperature"]),
        (&json!("gpt-5-mini"), &json!(0))
    );
    assert!(rest.lines().all(|line| line.starts_with('{') && line.ends_with('}')) && rest.ends_with('\n'));
}

#[test]
fn the_same_versions_make_the_same_bytes() {
    let mut reversed = various();
    reversed.reverse();
    assert_eq!(text_of(various()), text_of(reversed));
}

/// The lines of a bundle, each changed by hand and signed again.
fn with_line(change: impl Fn(&mut Value)) -> String {
    let text = text_of(vec![entry("support/triage", 7, &["production"], TRIAGE)]);
    let mut line: Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
    change(&mut line);
    signed(&[line.to_string()])
}

fn error(text: &str) -> String {
    let strict = Bundle::parse(text.as_bytes(), "p.carat").unwrap_err().to_string();
    let (folder, path) = place();
    fs::write(&path, text).unwrap();
    let loaded = Prompts::open(&path).unwrap_err().to_string();
    assert_eq!(strict, loaded.replace(&format!("{}/prompts.carat", folder.path().display()), "p.carat"));
    strict
}

#[test]
fn a_line_that_is_not_as_it_should_be_is_told_with_its_number() {
    insta::assert_snapshot!(error(&with_line(|line| line["lables"] = json!([]))), @"p.carat:2: unknown field `lables`, expected one of `name`, `version`, `digest`, `labels`, `package`, `front`; did you mean `labels`?");
    insta::assert_snapshot!(error(&with_line(|line| line["package"]["txt"] = json!(""))), @"p.carat:2: unknown field `txt`, expected one of `file`, `text`, `includes`, `pictures`; did you mean `text`?");
    insta::assert_snapshot!(error(&with_line(|line| line["version"] = json!(0))), @"p.carat:2: support/triage: versions are numbered from 1");
    insta::assert_snapshot!(error(&with_line(|line| line["name"] = json!(""))), @"p.carat:2: `` cannot be the name of a prompt: it is empty");
    insta::assert_snapshot!(error(&with_line(|line| line["name"] = json!("a\nb"))), @r"p.carat:2: `a\nb` cannot be the name of a prompt: it holds a control character");
    insta::assert_snapshot!(error(&with_line(|line| line["labels"] = json!(["Production"]))), @"p.carat:2: support/triage@7: `Production` cannot be a label: a label is a word of lower-case letters, digits, `.`, `_` and `-` that begins with a letter");
    insta::assert_snapshot!(error(&with_line(|line| line["digest"] = json!("sha256:12"))), @"p.carat:2: `sha256:12` is not a digest (sha256: and 64 hexadecimal digits)");
    insta::assert_snapshot!(error(&with_line(|line| line["package"]["includes"] = json!({"a": 1}))), @"p.carat:2: invalid type: integer `1`, expected a string");
    insta::assert_snapshot!(error(&signed(&["{".to_owned()])), @"p.carat:2: EOF while parsing an object");
}

#[test]
fn a_prompt_that_is_another_than_its_line_says_is_refused() {
    let (said, found) =
        (Digest::of_bytes(b"x").to_string(), package(TRIAGE).prompt("support/triage").unwrap().digest());
    let message = error(&with_line(|line| line["digest"] = json!(said)));
    let message = message.replace(&said, "SAID").replace(&found.to_string(), "FOUND");
    insta::assert_snapshot!(message, @"p.carat:2: support/triage@7 should have the digest SAID, and what is packed has FOUND; export it again with `carat prompt export`");
    let without_include = with_line(|line| line["package"]["text"] = json!("user:\n{% include 'a.jinja' %}"));
    insta::assert_snapshot!(error(&without_include), @"p.carat:2: support/triage@7 cannot be read: prompts/support/triage.prompty:2: cannot include `a.jinja`: it is not in the prompt's package");
}

#[test]
fn front_matter_of_another_prompt_is_noticed_where_it_reaches_the_model() {
    let text = with_line(|line| line["front"]["parameters"]["temperature"] = json!(1));
    let (_folder, path) = place();
    fs::write(&path, &text).unwrap();
    let error = Prompts::open(&path).unwrap_err().to_string();
    assert!(error.contains(":2: support/triage@7 should have the digest"), "{error}");
    // Whoever takes a bundle apart reads the text itself.
    Bundle::parse(text.as_bytes(), "p.carat").unwrap();
}

#[test]
fn a_bundle_without_front_matter_as_json_serves_the_same() {
    let (_folder, path) = place();
    write(&path, vec![entry("support/triage", 7, &["production"], TRIAGE)]);
    let quick = still(&path).get("support/triage@7").unwrap();
    let without = with_line(|line| drop(line.as_object_mut().unwrap().remove("front")));
    // As one of a later version may be, which says more.
    let other = with_line(|line| line["front"]["more"] = json!(1));
    for text in [without, other] {
        fs::write(&path, text).unwrap();
        let slow = still(&path).get("support/triage@7").unwrap();
        assert_eq!(slow.stamp(), quick.stamp());
        assert_eq!((slow.inputs(), slow.intended_model()), (quick.inputs(), quick.intended_model()));
    }
}

#[test]
fn a_first_line_that_is_not_as_it_should_be_is_told() {
    let with_header = |header: Value| {
        let text = text_of(vec![entry("a", 1, &[], TRIAGE)]);
        let (first, rest) = text.split_once('\n').unwrap();
        let mut first: Value = serde_json::from_str(first).unwrap();
        first.as_object_mut().unwrap().extend(header.as_object().unwrap().clone());
        error(&format!("{first}\n{rest}"))
    };
    insta::assert_snapshot!(with_header(json!({"format": 2, "packed": "zstd"})), @"p.carat was written by a newer carat (format 2; this one reads 1); link a newer version of this library, or export the bundle with the carat that belongs to it");
    insta::assert_snapshot!(with_header(json!({"format": 0})), @"p.carat:1: there is no format 0; export it again with `carat prompt export`");
    insta::assert_snapshot!(with_header(json!({"carat": "crate"})), @"p.carat is no bundle of prompts; `carat prompt export --out p.carat` makes one");
    insta::assert_snapshot!(with_header(json!({"made": "today"})), @"p.carat:1: unknown field `made`, expected one of `carat`, `format`, `digest`, `prompts`; export it again with `carat prompt export`");
    insta::assert_snapshot!(with_header(json!({"prompts": 0})), @"p.carat:1: it promises 0 prompts, and 1 lines follow; export it again with `carat prompt export`");
    insta::assert_snapshot!(error(&signed(&[])), @"p.carat: it holds no prompt");
}

#[test]
fn a_number_or_a_label_that_is_there_twice_is_refused() {
    let lines = |entries: Vec<bundle::Entry>| {
        let texts = entries.into_iter().map(|entry| text_of(vec![entry]).lines().nth(1).unwrap().to_owned());
        signed(&texts.collect::<Vec<_>>())
    };
    let twice = vec![saying("a", 1, &[], "x"), saying("a", 1, &[], "y")];
    insta::assert_snapshot!(error(&lines(twice.clone())), @"p.carat: a@1 stands in it twice");
    let labels = vec![saying("a", 1, &["production"], "x"), saying("a", 2, &["production"], "y")];
    insta::assert_snapshot!(error(&lines(labels.clone())), @"p.carat: the label `production` of a points to version 1 and to version 2");
    for prompts in [twice, labels] {
        assert!(matches!(Bundle { prompts }.to_text(), Err(BundleError::Unfit { .. })));
    }
}

#[test]
fn what_cannot_be_a_bundle_is_not_written() {
    let (_folder, path) = place();
    let refused = |prompts: Vec<bundle::Entry>| {
        let error = bundle::write(&path, &Bundle { prompts }).unwrap_err();
        assert!(matches!(error, BundleError::Unfit { .. }), "{error}");
        assert!(!path.exists());
        error.to_string()
    };
    insta::assert_snapshot!(refused(Vec::new()), @"cannot write a bundle: there is no prompt to put into it");
    let good = || entry("support/triage", 7, &[], TRIAGE);
    let other = bundle::Entry { digest: Digest::of_bytes(b"x"), ..good() };
    assert!(
        refused(vec![other]).starts_with("cannot write a bundle: support/triage@7 should have the digest sha256:2d71")
    );
    let broken = bundle::Entry { package: package("user:\n{% if %}"), ..good() };
    assert!(
        refused(vec![broken])
            .starts_with("cannot write a bundle: support/triage@7 cannot be read: prompts/support/triage.prompty:2:")
    );
    let unnamed = bundle::Entry { name: "a@production".to_owned(), ..good() };
    assert!(refused(vec![unnamed]).contains("reads as a version"));
}

#[test]
fn whoever_reads_a_bundle_while_another_is_written_sees_the_old_one_whole() {
    let (_folder, path) = place();
    write(&path, various());
    let (before, mut open) = (fs::read(&path).unwrap(), fs::File::open(&path).unwrap());
    write(&path, vec![saying("a", 1, &[], "x")]);
    let mut seen = Vec::new();
    open.read_to_end(&mut seen).unwrap();
    assert_eq!(seen, before);
    assert_ne!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_bundle_that_cannot_be_written_leaves_nothing_behind() {
    let (folder, path) = place();
    fs::create_dir(&path).unwrap();
    fs::write(path.join("x"), "in the way").unwrap();
    let error = bundle::write(&path, &Bundle { prompts: various() }).unwrap_err();
    assert!(matches!(error, BundleError::Unwritable { .. }), "{error}");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["prompts.carat"]);
    let error = bundle::write(&folder.path().join("no/such/p.carat"), &Bundle { prompts: various() }).unwrap_err();
    assert!(matches!(error, BundleError::Unwritable { .. }), "{error}");
}

#[test]
fn a_big_bundle_is_read_as_a_whole() {
    let (_folder, path) = place();
    let text = |number: u32| {
        format!("---\ninputs: {{ x: string }}\n---\nsystem:\n{}\nuser:\n{{{{ x }}}} {number}", "Rules. ".repeat(2000))
    };
    write(&path, (1..=300).map(|number| entry("big", number, &[], &text(number))).collect());
    assert!(fs::metadata(&path).unwrap().len() > 4_000_000);
    let prompts = still(&path);
    assert_eq!(prompts.health().versions, 300);
    let mut numbers = BTreeMap::new();
    for number in 1..=300 {
        let rendered = prompts.get(&format!("big@{number}")).unwrap().render(&json!({"x": "it is"})).unwrap();
        numbers.insert(rendered.messages()[1].joined_text().into_owned(), number);
    }
    assert_eq!((numbers.len(), numbers["it is 77"]), (300, 77));
}

#[test]
fn of_several_broken_prompts_the_first_is_told() {
    let good = text_of(vec![saying("a", 1, &[], "x")]).lines().nth(1).unwrap().to_owned();
    let mut lines = vec![good; 200];
    lines[150] = "{}".to_owned();
    lines[40] = "[]".to_owned();
    let error = Bundle::parse(signed(&lines).as_bytes(), "p.carat").unwrap_err();
    assert!(matches!(error, BundleError::Line { line: 42, .. }), "{error}");
}
