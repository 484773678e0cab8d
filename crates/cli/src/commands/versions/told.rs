//! Who, when and why, for a terminal.

use carat_core::untrusted::{one_line, visible};
use carat_core::version::{Actor, Move, Provenance, VersionId};

use crate::out::{FAINT, styled};

use super::instant::shown;

/// So much of a name, a commit or a reason is shown on one line.
const WORDS: usize = 160;

/// `Ada Lovelace <ada@example.com> (git)`: a claim, and where it came from.
pub(super) fn who(actor: &Actor) -> String {
    format!("{} {}", one_line(&actor.name, WORDS), styled(FAINT, format!("({})", actor.source.as_str())))
}

/// `2026-10-03 12:00  Ada (git)  commit 1a2b3c4d5e+`
pub(super) fn saved(provenance: &Provenance) -> String {
    let commit = provenance.commit.as_deref().map(|commit| format!("  commit {}", short_commit(commit)));
    format!("{}  {}{}", shown(&provenance.at), who(&provenance.by), commit.unwrap_or_default())
}

/// The first ten digits of a commit, and the mark of a state that no commit has.
fn short_commit(commit: &str) -> String {
    let (hash, mark) = commit.strip_suffix('+').map_or((commit, ""), |hash| (hash, "+"));
    format!("{}{mark}", one_line(hash.get(..10).unwrap_or(hash), WORDS))
}

/// What a person wrote, on lines of its own.
pub(super) fn indented(text: &str, by: &str) -> String {
    visible(text.trim()).lines().map(|line| format!("{by}{line}\n")).collect()
}

/// `2026-10-03 12:00  Ada (git)  promotion 019f…  fewer words`
pub(super) fn moved(moved: &Move, why: Option<&str>) -> String {
    let promotion = moved.promotion.as_deref().map(|id| format!("  promotion {}", one_line(id, WORDS)));
    let why = why.map(|why| format!("  {why}"));
    format!("{}  {}{}{}", shown(&moved.at), who(&moved.by), promotion.unwrap_or_default(), why.unwrap_or_default())
}

/// `no run`, `1 run`, `2 runs`
pub(super) fn counted(count: usize, one: &str, more: &str) -> String {
    match count {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        _ => format!("{count} {more}"),
    }
}

/// `support/triage@7`. Names are nobody's to trust.
pub(super) fn name(id: &VersionId) -> String {
    one_line(&id.to_string(), 200)
}

/// Lines that say what is behind each of them, aligned.
pub(super) fn keyed(lines: &[(&str, String)]) -> String {
    let width = lines.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    lines.iter().map(|(key, value)| format!("{}  {value}\n", styled(FAINT, format!("{key:<width$}")))).collect()
}
