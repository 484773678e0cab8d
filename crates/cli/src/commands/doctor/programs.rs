//! Programs beside carat: whether they are there, and what they say.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::finding::Finding;

/// How long a program may take to say a line.
const PATIENCE: Duration = Duration::from_secs(3);

/// git, the repository around the project, and who commits.
pub(super) async fn git(folder: &Path) -> Finding {
    const CHECK: &str = "git";
    let Some(version) = says("git", &["--version"], folder).await else {
        return Finding::note(CHECK, "not found; versions of files and their authors are then not recorded");
    };
    let version = version.trim_start_matches("git version ").to_owned();
    if says("git", &["rev-parse", "--is-inside-work-tree"], folder).await.as_deref() != Some("true") {
        return Finding::note(CHECK, format!("{version}; the project is in no repository")).but("git init");
    }
    match says("git", &["config", "user.name"], folder).await.filter(|name| !name.is_empty()) {
        Some(name) => Finding::fine(CHECK, format!("{version}; in a repository, as {name}")),
        None => Finding::note(CHECK, format!("{version}; in a repository, but nobody knows who you are"))
            .but("git config user.name NAME"),
    }
}

/// How many bytes are free for us on the disk of a folder, as POSIX's `df` says; none where it does not.
pub(super) async fn free_space(folder: &Path) -> Option<u64> {
    let folder = folder.to_str()?;
    available(&says("df", &["-P", "-k", folder], Path::new(folder)).await?)
}

/// The column before the share that is used: names of disks and folders may have spaces.
fn available(said: &str) -> Option<u64> {
    let words: Vec<&str> = said.lines().nth(1)?.split_whitespace().collect();
    let share =
        words.iter().position(|word| word.strip_suffix('%').is_some_and(|number| number.parse::<u8>().is_ok()))?;
    let kilobytes: u64 = words.get(share.checked_sub(1)?)?.parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// What a program writes, without the end of the line; none where it is not there, fails, or takes too long.
async fn says(program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("LC_ALL", "C").kill_on_drop(true);
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let ended = tokio::time::timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    let text = String::from_utf8_lossy(&ended.stdout).trim().to_owned();
    ended.status.success().then_some(text)
}

/// Where a program is that a model names: a path from the project's folder, or a name that is looked up in `PATH`.
pub(super) fn find(program: &str, folder: &Path) -> Option<PathBuf> {
    let path = Path::new(program);
    if path.components().count() > 1 || program.starts_with('.') {
        return Some(folder.join(path)).filter(|path| can_run(path));
    }
    let places = std::env::var_os("PATH").unwrap_or_default();
    let names = [program.to_owned(), format!("{program}{}", std::env::consts::EXE_SUFFIX)];
    let found = std::env::split_paths(&places).flat_map(|place| names.clone().map(|name| place.join(name)));
    found.into_iter().find(|path| can_run(path))
}

fn can_run(path: &Path) -> bool {
    let Ok(found) = path.metadata() else { return false };
    #[cfg(unix)]
    let may = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may = true;
    found.is_file() && may
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_df_says_is_read_even_of_disks_with_spaces() {
        let said = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/my disk 100 40 60 40% /a b\n";
        assert_eq!(available(said), Some(60 * 1024));
        for wrong in ["", "one line", "a\nb c d", "a\n40%", "a\n99999999999999999999 1%"] {
            assert_eq!(available(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_program_is_found_where_it_would_be_run() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("answer.sh"), "").unwrap();
        assert_eq!(find("no-such-program-anywhere", folder.path()), None);
        assert_eq!(find("./none.sh", folder.path()), None);
        #[cfg(unix)]
        {
            assert_eq!(find("./answer.sh", folder.path()), None, "it is not executable");
            assert!(find("sh", folder.path()).is_some());
        }
    }
}
