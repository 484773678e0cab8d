//! Versions and labels: what is saved, shown, compared, labelled, and carried elsewhere.

mod carried;
mod diff;
mod errors;
mod export;
mod kept;
mod labels;
mod log;
mod show;

use super::project::{Ended, Project};

/// A project whose changes are Ada's.
pub(super) fn desk() -> Project {
    let mut project = Project::small();
    project.set("CARAT_ACTOR", "Ada Lovelace <ada@example.com>");
    project.write("prompts/support/triage.prompty", TRIAGE);
    project.write("prompts/support/_queues.jinja", "The queues are billing, technical and other.\n");
    project
}

/// The program in the project; it ends well.
pub(super) fn well(project: &Project, args: &[&str]) -> Ended {
    let ended = project.carat(args);
    assert_eq!(ended.code, Some(0), "{args:?}: {ended:?}");
    ended
}

/// What a command says when it ends well.
pub(super) fn said(project: &Project, args: &[&str]) -> String {
    seen(&well(project, args))
}

/// All that a command says and how it ends, whatever that is.
pub(super) fn told(project: &Project, args: &[&str]) -> String {
    let ended = project.carat(args);
    let code = ended.code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
    format!("exit {code}\n{}", seen(&ended).replace(&project.path().display().to_string(), "PROJECT"))
}

/// What it said, without what differs each time: moments, and the ids of runs; and without the digests of bundles, which are
/// the business of their format.
fn seen(ended: &Ended) -> String {
    let text = timeless(&format!("{}{}", ended.data, ended.talk));
    let mut parts = text.split("the bundle is sha256:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |seen, part| {
        seen + "the bundle is sha256:…" + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}

/// Moments for people keep their width, those for programs become `WHEN`, ids of runs and promotions `ID`.
fn timeless(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_start = !out.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
        let found = SHAPES.iter().find(|(shape, _)| is_start && fits(rest, shape));
        let (length, shown) = found.map_or((c.len_utf8(), None), |(shape, shown)| (shape.len(), Some(*shown)));
        match shown {
            Some(shown) => out.push_str(shown),
            None => out.push(c),
        }
        rest = &rest[length..];
    }
    out
}

/// What differs each time: `d` is a digit, `x` a hexadecimal one.
const SHAPES: [(&str, &str); 3] = [
    ("dddd-dd-ddTdd:dd:dd.dddZ", "WHEN"),
    ("dddd-dd-dd dd:dd", "YYYY-MM-DD HH:MM"),
    ("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "ID"),
];

fn fits(text: &str, shape: &str) -> bool {
    let fits = |(want, c): (char, char)| match want {
        'd' => c.is_ascii_digit(),
        'x' => c.is_ascii_hexdigit(),
        want => c == want,
    };
    text.chars().count() >= shape.len() && shape.chars().zip(text.chars()).all(fits)
}

#[test]
fn moments_and_ids_are_told_apart_from_other_words() {
    let text = "2026-10-03 12:00  ada\n\"2026-10-03T12:00:05.123Z\", 01a21645-deee-7334-ae7c-d6ae361b71c3: x@2026-1 2026-10-03";
    assert_eq!(timeless(text), "YYYY-MM-DD HH:MM  ada\n\"WHEN\", ID: x@2026-1 2026-10-03");
}

/// The text of the prompt `sort` with another first line.
fn sort(instruction: &str) -> String {
    format!(
        "---\nname: Sort fruit\ninputs:\n  thing: {{ kind: string }}\n---\nsystem:\n{instruction}\nuser:\n{{{{ thing }}}}\n"
    )
}

const TRIAGE: &str = "---
name: Ticket triage
description: Names the queue that a ticket belongs to.
model:
  options: { temperature: 0 }
inputs:
  body: { kind: string }
---
system:
You sort the incoming tickets.
Answer with one word.

{% include \"_queues.jinja\" %}

user:
{{ body }}
";
