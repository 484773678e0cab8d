//! Where a program is.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The file that a program's name means: a bare name is looked up in `PATH`, a path is meant from the project's folder.
///
/// # Errors
/// There is none, or it may not be run; where it was looked for, and what to do.
pub(super) fn find(program: &str, folder: &Path) -> Result<PathBuf, String> {
    find_in(program, folder, std::env::var_os("PATH").as_deref())
}

fn find_in(program: &str, folder: &Path, path: Option<&OsStr>) -> Result<PathBuf, String> {
    if is_path(program) {
        return at(program, folder);
    }
    let named = |folder: PathBuf| std::path::absolute(folder.join(program)).ok();
    let folders = path.into_iter().flat_map(std::env::split_paths);
    folders.filter_map(named).find(|file| may_be_run(file)).ok_or_else(|| {
        let advice = if folder.join(program).is_file() {
            format!("; for the one in the project's folder write `./{program}`")
        } else {
            "; install it, or write a path from the project's folder".to_owned()
        };
        format!("there is no program `{program}` in PATH{advice}")
    })
}

/// Whether a name says where the program is.
pub(super) fn is_path(program: &str) -> bool {
    Path::new(program).components().count() > 1 || program.starts_with('.')
}

fn at(program: &str, folder: &Path) -> Result<PathBuf, String> {
    let file = folder.join(program);
    if may_be_run(&file) {
        return std::path::absolute(&file).map_err(|error| format!("`{program}` cannot be found: {error}"));
    }
    if file.is_file() {
        return Err(format!(
            "`{program}` may not be run: make it executable (chmod +x), or put its interpreter in front of it"
        ));
    }
    let what = if file.is_dir() { "is a folder" } else { "is not there" };
    Err(format!("`{program}` {what}; paths are meant from the project's folder, {}", folder.display()))
}

#[cfg(unix)]
fn may_be_run(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn may_be_run(file: &Path) -> bool {
    file.is_file() || file.with_extension("exe").is_file()
}
