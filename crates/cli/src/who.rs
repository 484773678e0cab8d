//! Who does something, and from which state of the project: claims, recorded with where they came from.

use std::path::Path;
use std::process::{Command, Stdio};

use carat_core::version::{Actor, Source};

/// The variables by which CI systems say who set them going, where `CI` is set: GitHub, GitLab (twice), Buildkite, CircleCI,
/// Azure Pipelines, Jenkins.
const IN_CI: [&str; 7] = [
    "GITHUB_ACTOR",
    "GITLAB_USER_EMAIL",
    "GITLAB_USER_LOGIN",
    "BUILDKITE_BUILD_CREATOR",
    "CIRCLE_USERNAME",
    "BUILD_REQUESTEDFOR",
    "CHANGE_AUTHOR",
];

/// The variables by which a machine says who is logged in.
const LOGIN: [&str; 3] = ["USER", "LOGNAME", "USERNAME"];

/// Who sits before the program: what the command line (`flag`) says, else a CI system, else git, else the machine.
pub(crate) fn actor(flag: Option<&str>, project: &Path) -> Actor {
    let by = |source: Source| move |name: String| Actor { name, source };
    let in_ci = || variable("CI").and_then(|_| IN_CI.iter().find_map(|name| variable(name)));
    let flag = flag.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    let found = flag.map(by(Source::Flag));
    let found = found.or_else(|| in_ci().map(by(Source::Ci)));
    let found = found.or_else(|| in_git(project).map(by(Source::Git)));
    let found = found.or_else(|| LOGIN.iter().find_map(|name| variable(name)).map(by(Source::Login)));
    found.unwrap_or_else(|| Actor { name: "unknown".to_owned(), source: Source::Unknown })
}

/// The commit that the project's folder is at, with `+` behind it where tracked files below the folder differ from it; none
/// outside a repository, before its first commit, and where there is no git.
pub(crate) fn commit(project: &Path) -> Option<String> {
    let head = git(project, &["rev-parse", "--verify", "--quiet", "HEAD"])?;
    let changed = git(project, &["status", "--porcelain", "--untracked-files=no", "--", "."]);
    let mark = if changed.is_none_or(|changed| changed.is_empty()) { "" } else { "+" };
    Some(format!("{head}{mark}"))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// `Ada Lovelace <ada@example.com>`, as git would sign a commit.
fn in_git(project: &Path) -> Option<String> {
    let set = |key: &str| git(project, &["config", "--get", key]).filter(|value| !value.is_empty());
    match (set("user.name"), set("user.email")) {
        (Some(name), Some(email)) => Some(format!("{name} <{email}>")),
        (name, email) => name.or(email),
    }
}

/// What git prints; none where it fails. It neither asks a person nor takes a lock.
fn git(folder: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .args(["--no-optional-locks", "-C"])
        .arg(folder)
        .args(args)
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
