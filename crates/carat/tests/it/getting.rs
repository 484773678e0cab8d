//! Asking for prompts.

use std::sync::LazyLock;

use carat::{GetError, OpenError, Prompts};
use carat_core::version::{Pick, Reference};
use proptest::prelude::*;

use crate::made::{TRIAGE, entry, place, saying, says, signed, still, text_of, write};

fn three() -> (tempfile::TempDir, Prompts) {
    let (folder, path) = place();
    write(
        &path,
        vec![
            saying("support/triage", 5, &[], "five"),
            saying("support/triage", 7, &["production", "stable"], "seven"),
            saying("support/triage", 9, &["latest", "candidate"], "nine"),
            saying("orders/extract", 1, &["production"], "one"),
        ],
    );
    let prompts = still(&path);
    (folder, prompts)
}

/// The message, without the folder of this very test.
fn error(prompts: &Prompts, folder: &tempfile::TempDir, reference: &str) -> String {
    let error = prompts.get(reference).unwrap_err().to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_version_is_had_by_label_number_latest_or_digest() {
    let (_folder, prompts) = three();
    for reference in ["production", "stable", "7", "007"] {
        assert_eq!(says(&prompts, &format!("support/triage@{reference}")), "seven");
    }
    for reference in ["latest", "candidate", "9"] {
        assert_eq!(says(&prompts, &format!("support/triage@{reference}")), "nine");
    }
    let five = prompts.get("support/triage@5").unwrap();
    let hex = five.digest().hex();
    for digits in [&hex[..8], &hex, &hex.to_uppercase(), &format!("sha256:{hex}")] {
        assert_eq!(prompts.get(&format!("support/triage@{digits}")).unwrap().version(), Some(5));
    }
    assert_eq!(prompts.names(), ["orders/extract", "support/triage"]);
}

#[test]
fn what_is_not_there_is_told_with_the_nearest() {
    let (folder, prompts) = three();
    let error = |reference: &str| error(&prompts, &folder, reference);
    insta::assert_snapshot!(error("support/tirage@production"), @"there is no prompt `support/tirage` in prompts.carat; did you mean `support/triage`?");
    insta::assert_snapshot!(error("x@production"), @"there is no prompt `x` in prompts.carat; it has orders/extract, support/triage");
    insta::assert_snapshot!(error("support/triage@prodution"), @"prompts.carat has no `support/triage@prodution`; there are support/triage@candidate (9), support/triage@latest (9), support/triage@production (7), support/triage@stable (7), support/triage@5; did you mean `production`?");
    insta::assert_snapshot!(error("orders/extract@latest"), @"prompts.carat has no `orders/extract@latest`; there are orders/extract@production (1)");
    insta::assert_snapshot!(error("support/triage@6"), @"prompts.carat has no `support/triage@6`; there are support/triage@candidate (9), support/triage@latest (9), support/triage@production (7), support/triage@stable (7), support/triage@5");
    insta::assert_snapshot!(error("orders/extract"), @"`orders/extract` alone means a working file, and prompts.carat holds saved versions; say which one: there are orders/extract@production (1)");
    insta::assert_snapshot!(error("support/triage@Production"), @"`support/triage@Production` names no prompt: `Production` is no label: a label is a word of lower-case letters, digits, `.`, `_` and `-` that begins with a letter");
    insta::assert_snapshot!(error("@production"), @"`@production` names no prompt: nothing stands before the `@`");
}

#[test]
fn a_digest_that_several_versions_begin_with_is_ambiguous_and_twins_are_not() {
    let (_folder, path) = place();
    // Two texts whose digests begin alike in eight digits would take years to find; the same text is found at once.
    write(&path, vec![saying("a", 1, &[], "x"), saying("a", 2, &[], "x"), saying("a", 3, &[], "y")]);
    let prompts = still(&path);
    let hex = prompts.get("a@1").unwrap().digest().hex();
    assert_eq!(prompts.get(&format!("a@{}", &hex[..12])).unwrap().version(), Some(2));
}

#[test]
fn long_lists_are_cut() {
    let (folder, path) = place();
    write(&path, (1..=30).map(|number| saying("a", number, &[], "x")).collect());
    let message = error(&still(&path), &folder, "a@31");
    insta::assert_snapshot!(message, @"prompts.carat has no `a@31`; there are a@30, a@29, a@28, a@27, a@26, a@25, a@24, a@23, 22 more");
}

#[test]
fn what_is_required_and_not_there_is_not_opened() {
    let (_folder, path) = place();
    write(&path, vec![entry("support/triage", 1, &["production"], TRIAGE)]);
    let open = |reference: &str| Prompts::options().require(reference).open(&path);
    open("support/triage@production").unwrap();
    open("support/triage@{production:90,1:10}").unwrap();
    let error = open("support/triage@{production:90,candidate:10}").unwrap_err();
    assert!(matches!(error, OpenError::Required(GetError::UnknownVersion { .. })), "{error}");
    assert!(error.to_string().starts_with("what the application needs is not there: "), "{error}");
    assert!(matches!(open("x@{a}"), Err(OpenError::Required(GetError::BadSplit(_)))));
}

#[test]
fn what_is_no_place_for_prompts_is_told() {
    let (folder, path) = place();
    let error = |text: &[u8]| {
        std::fs::write(&path, text).unwrap();
        Prompts::open(&path).unwrap_err().to_string().replace(&format!("{}/", folder.path().display()), "")
    };
    insta::assert_snapshot!(error(b"hello"), @"prompts.carat is no bundle of prompts; `carat prompt export --out prompts.carat` makes one");
    insta::assert_snapshot!(error(b""), @"prompts.carat is no bundle of prompts; `carat prompt export --out prompts.carat` makes one");
    insta::assert_snapshot!(error(b"carat archive 1\n\0\x01"), @"prompts.carat is an exported run, and no bundle of prompts; `carat prompt export --out FILE.carat` makes one");
    std::fs::remove_file(&path).unwrap();
    let error = Prompts::open(&path).unwrap_err();
    assert_eq!(error, OpenError::NotThere { place: path.display().to_string() });
    let error = Prompts::open(folder.path()).unwrap_err();
    assert!(matches!(error, OpenError::NoPrompts { .. }), "{error}");
}

#[test]
fn a_name_with_an_at_in_its_path_is_a_name() {
    let (_folder, path) = place();
    write(&path, vec![saying("a@b/c", 1, &["production"], "x")]);
    assert_eq!(says(&still(&path), "a@b/c@production"), "x");
    let text = text_of(vec![saying("x", 1, &[], "x")]).replace("\"name\":\"x\"", "\"name\":\"x@7\"");
    std::fs::write(&path, signed(&[text.lines().nth(1).unwrap().to_owned()])).unwrap();
    let error = Prompts::open(&path).unwrap_err().to_string();
    assert!(
        error.ends_with(":2: `x@7` cannot be the name of a prompt: what follows its last `@` reads as a version"),
        "{error}"
    );
}

proptest! {
    #[test]
    fn a_reference_means_what_it_means_on_the_command_line(
        which in prop_oneof!["[a-z0-9._-]{0,12}", "[0-9]{1,12}", "(sha256:)?[0-9a-fA-F]{6,70}", "latest", "\\PC{0,8}", "[a-z]{60,70}"],
        name in prop_oneof!["[a-z]{0,3}", "a@b/c", "\\PC{0,4}"],
    ) {
        static PROMPTS: LazyLock<Prompts> = LazyLock::new(|| {
            let (_folder, path) = place();
            write(&path, vec![saying("a", 1, &["production"], "x")]);
            still(&path)
        });
        let text = format!("{name}@{which}");
        let there = Reference::read(&text);
        let here = PROMPTS.get(&text);
        match (&there, &here) {
            (Err(_), error) => prop_assert!(matches!(error, Err(GetError::BadReference(_))), "{:?}", error),
            (Ok(Reference { name, .. }), Err(GetError::UnknownName { name: mine, .. })) => prop_assert_eq!(name, mine),
            (Ok(Reference { pick, .. }), Err(GetError::UnknownVersion { pick: mine, .. })) => {
                let pick = match pick {
                    Pick::Working => String::new(),
                    Pick::Number(number) => number.to_string(),
                    Pick::Label(label) => label.to_string(),
                    Pick::Latest => "latest".to_owned(),
                    Pick::Digest(digits) => digits.clone(),
                };
                prop_assert_eq!(&pick, mine);
            }
            (Ok(Reference { pick, .. }), Err(GetError::WhichVersion { .. })) => prop_assert_eq!(pick, &Pick::Working),
            (Ok(Reference { name, .. }), Ok(prompt)) => prop_assert_eq!(name.as_str(), prompt.name()),
            (Ok(_), Err(other)) => prop_assert!(false, "{}", other),
        }
    }
}
