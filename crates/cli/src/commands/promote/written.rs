//! Who wrote what a version consists of, as far as git knows.

use std::process::Stdio;
use std::time::Duration;

use carat_core::promotion::{Commit, TakenIn};
use carat_core::spec::ProjectSpec;
use carat_core::version::{Actor, Kind, Source};
use carat_core::{Package, yaml};
use carat_registry::{PROJECT_FILE, Project};
use carat_store::Version;
use tokio::process::Command;

use crate::commands::versions::shelf::{Found, Shelf, digest_of_model};

/// How long git may look. What it has not found by then is not known, as in a repository without the commit.
const PATIENCE: Duration = Duration::from_secs(5);

/// How every message begins of a version that was imported.
const IMPORTED: &str = "imported from ";

/// What is known of who wrote a version.
#[derive(Default)]
pub(super) struct Written {
    /// The last commit that touched its file when that had its content.
    pub(super) commit: Option<Commit>,
    /// Who imported it, where there is no such commit.
    pub(super) unwritten: Option<TakenIn>,
}

impl Written {
    pub(super) async fn of(shelf: &Shelf, version: &Version) -> Self {
        let commit = last_commit(shelf, version).await;
        let provenance = &version.provenance;
        let says_so = provenance.message.as_ref().is_some_and(|message| message.starts_with(IMPORTED));
        let is_imported = provenance.commit.is_none() && says_so;
        let taken_in = || TakenIn { by: provenance.by.clone(), at: provenance.at.clone() };
        Self { unwritten: (is_imported && commit.is_none()).then(taken_in), commit }
    }
}

/// As of the commit that the project was at when the version was saved; where that commit has not the file as it was then, or is
/// not known here, as of the newest commit, if the file has the version's content there. None where there is no such commit.
async fn last_commit(shelf: &Shelf, version: &Version) -> Option<Commit> {
    let project = &shelf.session.project;
    let path = path(project, version)?;
    let saved_at = version.provenance.commit.as_deref().unwrap_or_default();
    let at = saved_at.trim_end_matches('+');
    // It comes from the store, and must not be taken for an option.
    if is_name(at) {
        let is_whole = at == saved_at || has(shelf, version, at, &path).await;
        if is_whole && let Some(commit) = touching(project, at, &path).await {
            return Some(commit);
        }
    }
    if !has(shelf, version, "HEAD", &path).await {
        return None;
    }
    touching(project, "HEAD", &path).await
}

/// The last commit to a file, as of a commit.
async fn touching(project: &Project, at: &str, path: &str) -> Option<Commit> {
    let said = git(project, &["log", "-1", "--format=%H%x00%an%x00%ae", at, "--", path]).await?;
    let (id, name, address) = parts(&said)?;
    let by = Actor { name: format!("{name} <{address}>"), source: Source::Git };
    Some(Commit { by, id: id.to_owned(), path: path.to_owned() })
}

/// Whether a file has the version's content in a commit.
async fn has(shelf: &Shelf, version: &Version, at: &str, path: &str) -> bool {
    let project = &shelf.session.project;
    if version.id.kind == Kind::Dataset {
        // Rows may be many, and are not read twice.
        return git(project, &["diff", "--quiet", at, "--", path]).await.is_some() && has_rows(shelf, version).await;
    }
    let Some(text) = git(project, &["cat-file", "blob", &format!("{at}:./{path}")]).await else { return false };
    match version.id.kind {
        Kind::Prompt => has_prompt(shelf, version, text).await,
        Kind::Model => has_model(version, &text),
        Kind::Dataset | Kind::Eval => false,
    }
}

/// Whether this text, with what the version includes, is that version.
async fn has_prompt(shelf: &Shelf, version: &Version, text: String) -> bool {
    let Ok(Found::Prompt(found)) = shelf.found(&version.id).await else { return false };
    let prompt = Package { text, ..found.package }.prompt(&version.id.name);
    prompt.is_ok_and(|prompt| prompt.digest() == version.id.digest)
}

/// Whether a project of this text has the model with these settings.
fn has_model(version: &Version, text: &str) -> bool {
    let Ok(project) = yaml::read::<ProjectSpec>(text, PROJECT_FILE) else { return false };
    let spec = project.models.get(&version.id.name);
    spec.is_some_and(|spec| digest_of_model(&version.id.name, spec).ok().flatten() == Some(version.id.digest))
}

/// Whether the file has these rows now.
async fn has_rows(shelf: &Shelf, version: &Version) -> bool {
    shelf.catalogue.dataset(&version.id.name).await.is_ok_and(|found| found.digest == version.id.digest)
}

fn is_name(commit: &str) -> bool {
    matches!(commit.len(), 40 | 64) && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn parts(said: &str) -> Option<(&str, &str, &str)> {
    let mut parts = said.trim_end_matches('\n').split('\0');
    let found = (parts.next()?, parts.next()?, parts.next()?);
    is_name(found.0).then_some(found)
}

/// The file, from the project's folder: git takes no other separator than `/`.
fn path(project: &Project, version: &Version) -> Option<String> {
    let name = &version.id.name;
    match version.id.kind {
        Kind::Prompt => Some(format!("prompts/{name}.prompty")),
        Kind::Dataset => {
            let (_, dataset) = project.dataset(name).ok()?;
            Some(project.shown(dataset.path()).replace('\\', "/"))
        }
        Kind::Model => Some(PROJECT_FILE.to_owned()),
        Kind::Eval => None,
    }
}

/// What git says; none where it fails, is not there, or takes too long. It neither asks a person nor fetches anything.
async fn git(project: &Project, args: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.args(["--no-optional-locks", "--literal-pathspecs", "-C"]).arg(project.root()).args(args);
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_NO_LAZY_FETCH", "1").kill_on_drop(true);
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let ended = tokio::time::timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    ended.status.success().then(|| String::from_utf8_lossy(&ended.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_is_taken_apart_whatever_a_name_has_in_it() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(parts(&format!("{id}\0Ada; <x>\0ada@example.com\n")), Some((id, "Ada; <x>", "ada@example.com")));
        for odd in ["", "\n", "--all\0a\0b", id] {
            assert_eq!(parts(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn only_the_name_of_a_commit_is_one() {
        assert!(is_name(&"a".repeat(40)) && is_name(&"0".repeat(64)));
        for odd in ["", "HEAD", "--output=x", &"g".repeat(40), &"a".repeat(41)] {
            assert!(!is_name(odd), "{odd}");
        }
    }
}
