//! Bundles that something has happened to.

use carat::Prompts;
use carat::bundle::{Bundle, BundleError};
use proptest::prelude::*;

use crate::made::{TRIAGE, entry, place, saying, text_of};

fn text() -> String {
    text_of(vec![
        entry("support/triage", 6, &[], "user:\nHi"),
        entry("support/triage", 7, &["production"], TRIAGE),
        saying("z", 1, &["production"], "é"),
    ])
}

fn parse(bytes: &[u8]) -> Result<Bundle, BundleError> {
    Bundle::parse(bytes, "p.carat")
}

#[test]
fn a_bundle_that_is_cut_short_says_how_much_is_there() {
    let text = text();
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    let error = parse(&text.as_bytes()[..ends[2] + 10]).unwrap_err().to_string();
    insta::assert_snapshot!(error, @"p.carat is cut short: it has 2 of 3 prompts in full; copy it again, or export it again with `carat prompt export`");
    for cut in ends[0]..text.len() {
        let error = parse(&text.as_bytes()[..cut]).unwrap_err();
        let in_full = ends.iter().filter(|end| **end <= cut).count() - 1;
        let expected = BundleError::CutShort { file: "p.carat".to_owned(), there: in_full, promised: 3 };
        assert_eq!(error, expected, "{cut}");
    }
    for cut in 0..ends[0] {
        assert!(parse(&text.as_bytes()[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn a_bundle_that_was_edited_does_not_agree_with_its_checksum() {
    let changed =
        |text: String| assert_eq!(parse(text.as_bytes()), Err(BundleError::Changed { file: "p.carat".to_owned() }));
    changed(text().replace("one word", "two words"));
    changed(text() + "\n");
    changed(text() + &text());
    changed(text().replace('\n', "\r\n"));
    let error = parse(text().replace("production", "candidate").as_bytes()).unwrap_err().to_string();
    insta::assert_snapshot!(error, @"p.carat was changed after it was written: it does not agree with its checksum; copy it again (as a binary file, so that line ends stay), or export it again with `carat prompt export`");
}

#[test]
fn bytes_that_are_no_text_are_no_bundle() {
    let (_folder, path) = place();
    for bytes in [
        &b"\xff\xfe{\0"[..],
        b"\xef\xbb\xbf{\"carat\":\"bundle\"}\n",
        b"{\"carat\":\"bundle\",\"format\":1,\xff}\n",
        b"{}",
        b"{}\n{}\n",
    ] {
        std::fs::write(&path, bytes).unwrap();
        assert!(Prompts::open(&path).unwrap_err().to_string().contains("is no bundle of prompts"));
    }
}

#[test]
fn a_first_line_without_end_is_refused_without_reading_on() {
    let deep = format!("{{\"carat\":{}", "[".repeat(1_000_000));
    assert!(matches!(parse(deep.as_bytes()), Err(BundleError::NotABundle { .. })));
}

proptest! {
    #[test]
    fn no_changed_byte_goes_unnoticed(at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let mut bytes = text().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        match parse(&bytes) {
            Err(_) => {}
            // White space in the first line and the case of its digest's digits say nothing.
            Ok(same) => {
                prop_assert!(at < text().find('\n').unwrap());
                prop_assert_eq!(same, parse(text().as_bytes()).unwrap());
            }
        }
    }

    #[test]
    fn any_bytes_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), line in "\\PC*") {
        prop_assert!(parse(&bytes).is_err());
        let begun = format!("{{{line}");
        prop_assert!(parse(begun.as_bytes()).is_err());
        prop_assert!(parse(crate::made::signed(&[line]).as_bytes()).is_err());
    }
}
