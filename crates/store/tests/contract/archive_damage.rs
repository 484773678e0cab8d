//! What is not whole, or not what was written, is refused before anything of it is used.

use std::path::Path;

use carat_core::Digest;
use carat_store::Detail;
use carat_store::archive::{Archive, ArchiveError};

use crate::archive::*;
use crate::fixtures::*;

const EXPORT_AGAIN: &str = "export it again with `carat run export`";

fn refused(folder: &Path, bytes: &[u8]) -> ArchiveError {
    let error = opened(folder, bytes).unwrap_err();
    let file = folder.join("run.carat");
    assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
    error
}

fn small() -> Vec<u8> {
    archived(&[started(0, run(1)), case(1), case(2)])
}

#[test]
fn a_file_that_was_cut_anywhere_is_refused_as_cut_short() {
    let (folder, whole) = (folder(), small());
    for length in 0..whole.len() {
        let error = refused(folder.path(), &whole[..length]);
        assert!(matches!(error, ArchiveError::CutShort { bytes, .. } if bytes == length as u64), "{length}: {error}");
        assert!(error.to_string().contains(EXPORT_AGAIN), "{error}");
    }
}

#[test]
fn a_file_with_any_bit_flipped_is_refused_as_changed() {
    let (folder, whole) = (folder(), small());
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            let error = refused(folder.path(), &bytes);
            // Within its first words it is not known for an archive, or not for one of this carat.
            let is_told = at < 15 || matches!(error, ArchiveError::Changed { .. });
            assert!(is_told, "bit {bit} of byte {at} of {}: {error}", whole.len());
        }
    }
}

#[test]
fn a_file_that_went_through_a_change_of_line_ends_is_refused_as_changed() {
    let (folder, whole) = (folder(), small());
    let mut bytes = Vec::new();
    for byte in whole {
        bytes.extend_from_slice(if byte == b'\n' { b"\r\n" } else { std::slice::from_ref(&byte) });
    }
    let error = refused(folder.path(), &bytes);
    assert!(matches!(error, ArchiveError::Changed { .. }), "{error}");
    assert!(error.to_string().contains(EXPORT_AGAIN), "{error}");
}

#[test]
fn what_stands_behind_the_end_is_refused_and_counted() {
    let (folder, whole) = (folder(), small());
    for rest in [&b"\n"[..], b"\0\0\0\0", &whole] {
        let error = refused(folder.path(), &[&whole, rest].concat());
        assert!(matches!(error, ArchiveError::GoesOn { bytes, .. } if bytes == rest.len() as u64), "{error}");
        assert!(error.to_string().contains(EXPORT_AGAIN), "{error}");
    }
}

#[test]
fn an_archive_of_a_newer_carat_is_refused_with_its_format() {
    let folder = folder();
    let error = refused(folder.path(), b"carat archive 12\nwhatever comes then");
    assert!(matches!(error, ArchiveError::Newer { format: 12, .. }), "{error}");
    assert!(
        error.to_string().contains("was written by a newer carat (format 12; this one reads 1 and older)"),
        "{error}"
    );
}

#[test]
fn anything_else_is_not_an_archive() {
    let folder = folder();
    for bytes in [&b"{\"row\": \"t-1\"}\n"[..], b"SQLite format 3\0 and more", b"carat", b"\n", &[0xff; 4096]] {
        let error = refused(folder.path(), bytes);
        let is_told = matches!(error, ArchiveError::NotAnArchive { .. });
        assert!(is_told || bytes == b"carat" && matches!(error, ArchiveError::CutShort { .. }), "{error}");
    }
    for path in [folder.path().to_owned(), folder.path().join("none.carat")] {
        assert!(matches!(Archive::open(&path), Err(ArchiveError::Unreadable { .. })), "{path:?}");
    }
}

/// An archive that agrees with its checksum, made of these lines by somebody else.
fn made_up(blocks: &[&[u8]], lines: usize) -> Vec<u8> {
    let mut bytes = b"carat archive 1\n".to_vec();
    for block in blocks {
        let packed = zstd::bulk::compress(block, 3).unwrap();
        bytes.extend_from_slice(&(packed.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&(block.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&packed);
    }
    sealed(bytes, lines)
}

fn sealed(mut bytes: Vec<u8>, lines: usize) -> Vec<u8> {
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(format!("\nend of carat archive, {lines:020} lines, sha256:").as_bytes());
    let digest = Digest::of_bytes(&bytes).hex();
    bytes.extend_from_slice(format!("{digest}\n").as_bytes());
    bytes
}

const RUN: &str = r#"{"run":{"id":"r","eval":"e","started_at":"2026-05-01T12:00:00Z"}}"#;

fn of_lines(lines: &[&str]) -> Vec<u8> {
    let text: String = [RUN].iter().chain(lines).map(|line| format!("{line}\n")).collect();
    made_up(&[text.as_bytes()], lines.len() + 1)
}

fn event_line(number: &str) -> String {
    format!(r#"{{"event":{number},"elapsed_us":0,"body":{{"kind":"run_finished","at":"","status":"finished"}}}}"#)
}

/// A sample of a row that stands under this digest.
fn sample_line(row: &str, request: &str) -> String {
    format!(
        r#"{{"sample":1,"elapsed_us":0,"variant":0,"trial":0,"row_id":"t-1","row_digest":"{row}","request_digest":null,"outcome":1,"attempts":0,"latency_us":null,"answer":"no","request":{request}}}"#
    )
}

#[test]
fn an_archive_can_be_made_by_anybody_who_keeps_to_the_format() {
    let (folder, line) = (folder(), event_line("7"));
    let archive = opened(folder.path(), &of_lines(&[&line])).unwrap();
    let events = events_of(&archive, Detail::Full);
    assert_eq!((archive.run().eval.as_str(), events.len(), events[0].seq), ("e", 1, 7));
}

#[test]
fn lines_that_make_no_sense_are_refused_when_the_file_is_opened() {
    let folder = folder();
    let (first, second) = (event_line("1"), event_line("2"));
    for (lines, why) in [
        (vec![second.as_str(), first.as_str()], "event 1 comes where 3 or more is due"),
        (vec![first.as_str(), first.as_str()], "event 1 comes where 2 or more is due"),
        (vec![RUN], "the line of the run is not the first one, or there are several"),
        (vec![r#"{"secret":1}"#], "a line begins with"),
        (vec![r#"{"event":-1,"elapsed_us":0}"#], "a line begins with"),
        (vec![r#"{"content":"sha256:12","body":1}"#], "a line begins with"),
        (vec![r#"{"event":1,"body":"run_finished"}"#], "the line of an event cannot be read"),
        (vec![""], "a line begins with"),
    ] {
        let error = refused(folder.path(), &of_lines(&lines));
        assert!(matches!(&error, ArchiveError::Nonsense { what, .. } if what.starts_with(why)), "{why}: {error}");
    }
}

#[test]
fn blocks_that_are_not_what_they_say_are_refused() {
    let folder = folder();
    let line = format!("{RUN}\n");
    let mut longer = made_up(&[line.as_bytes()], 1);
    // It says that there is one byte more, and its checksum says so too.
    longer[20] += 1;
    longer.truncate(longer.len() - 127);
    let mut huge = b"carat archive 1\n\x01\0\0\0".to_vec();
    huge.extend_from_slice(&u32::MAX.to_le_bytes());
    huge.push(0);
    for bytes in [
        sealed(longer, 1),
        sealed(huge, 1),
        sealed(b"carat archive 1\n\x04\0\0\0\x04\0\0\0zstd".to_vec(), 1),
        made_up(&[line.as_bytes()], 2),
        made_up(&[RUN.as_bytes()], 1),
        made_up(&[b"\xff\n"], 1),
        made_up(&[], 0),
    ] {
        let error = refused(folder.path(), &bytes);
        assert!(matches!(error, ArchiveError::Nonsense { .. } | ArchiveError::Changed { .. }), "{error}");
    }
}

/// The first thing that the events of these lines come to, if that is an error.
fn error_of(folder: &Path, lines: &[&str]) -> String {
    let archive = opened(folder, &of_lines(lines)).unwrap();
    let mut events = archive.replay(Detail::Full);
    let error = events.find_map(Result::err).unwrap();
    assert!(events.next().is_none(), "after an error there is nothing");
    assert_eq!(archive.sample_at(1), Err(error.clone()));
    error.to_string()
}

#[test]
fn what_is_missing_or_is_another_thing_is_told_where_it_is_needed() {
    let folder = folder();
    let (right, wrong) = (row(1).digest().to_string(), row(2).digest().to_string());
    let body = serde_json::to_string(&row(1)).unwrap();
    let content = |digest: &str, body: &str| format!(r#"{{"content":"{digest}","body":{body}}}"#);
    let missing = error_of(folder.path(), &[&sample_line(&right, "null")]);
    assert!(missing.contains("the golden row of a sample is missing"), "{missing}");
    let another = error_of(folder.path(), &[&content(&wrong, &body), &sample_line(&wrong, "null")]);
    assert!(another.contains("is another one"), "{another}");
    let request = error_of(folder.path(), &[&content(&right, &body), &sample_line(&right, &format!("\"{wrong}\""))]);
    assert!(request.contains("the request sha256:"), "{request}");
}

#[test]
fn a_document_of_endless_depth_is_refused_without_a_stack_of_that_depth() {
    let folder = folder();
    let digest = row(1).digest().to_string();
    let deep = format!("{}{}", "[".repeat(1 << 20), "]".repeat(1 << 20));
    let content = format!(r#"{{"content":"{digest}","body":{{"id":"t-1","input":{{"body":{deep}}}}}}}"#);
    let error = error_of(folder.path(), &[&content, &sample_line(&digest, "null")]);
    assert!(error.contains("recursion limit"), "{error}");
}
