//! Files that no report may replace: a slip of the command line must not cost a project its data.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use carat_registry::PROJECT_FILE;

/// The folders of a project that hold what is not to be replaced, and what they are to a person.
const FOLDERS: [(&str, &str); 4] = [
    ("prompts", "prompts/ is for the prompts of the project"),
    ("evals", "evals/ is for the evals of the project"),
    ("datasets", "datasets/ is for the datasets of the project"),
    (".carat", ".carat/ is for the store of the project"),
];

/// How every SQLite database begins.
const DATABASE: &[u8; 16] = b"SQLite format 3\0";

/// What SQLite puts after the name of a database for the files that belong to it.
const BESIDE_A_DATABASE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Refuses a file that a project or a store needs, with the reason.
pub(super) fn refuse(file: &Path) -> io::Result<()> {
    let why = if file.file_name().is_some_and(|name| name == PROJECT_FILE) {
        format!("{PROJECT_FILE} is the project itself")
    } else if is_database(file) || is_beside_a_database(file) {
        "it belongs to a database, such as the store of the runs".to_owned()
    } else if let Some(why) = in_a_folder_of_a_project(file)? {
        why.to_owned()
    } else {
        return Ok(());
    };
    Err(io::Error::other(why))
}

/// Whether it is a store; whatever its name is, for a store may be anywhere.
fn is_database(file: &Path) -> bool {
    let mut beginning = [0; DATABASE.len()];
    // Opening what is no ordinary file may wait for somebody else.
    file.is_file()
        && File::open(file).is_ok_and(|mut file| file.read_exact(&mut beginning).is_ok() && beginning == *DATABASE)
}

fn is_beside_a_database(file: &Path) -> bool {
    let Some(name) = file.to_str() else { return false };
    BESIDE_A_DATABASE
        .iter()
        .any(|ending| name.strip_suffix(ending).is_some_and(|database| is_database(Path::new(database))))
}

/// Whether a folder above has a project, and the file is in one of the folders that the project keeps things in.
fn in_a_folder_of_a_project(file: &Path) -> io::Result<Option<&'static str>> {
    let file: PathBuf = std::path::absolute(file)?;
    let within = |root: &Path| {
        let first = file.strip_prefix(root).ok()?.components().next()?;
        FOLDERS.iter().find(|(folder, _)| first.as_os_str() == *folder).map(|(_, why)| *why)
    };
    let folders = file.ancestors().skip(1).filter_map(|root| Some((root, within(root)?)));
    Ok(folders.into_iter().find(|(root, _)| root.join(PROJECT_FILE).is_file()).map(|(_, why)| why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_project_and_a_store_need_is_refused_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for folder in ["project/evals/deep", "project/reports"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        std::fs::write(root.join("project/carat.yaml"), "models: {}").unwrap();
        std::fs::write(root.join("runs.csv"), b"SQLite format 3\0 and more").unwrap();
        std::fs::write(root.join("short.csv"), b"SQLite").unwrap();
        for file in [
            "project/carat.yaml",
            "project/prompts/a.md",
            "project/evals/deep/a.yaml",
            "project/reports/../datasets/a.jsonl",
            "project/.carat/carat.db",
            "runs.csv",
            "runs.csv-wal",
            "runs.csv-shm",
        ] {
            assert!(refuse(&root.join(file)).is_err(), "{file}");
        }
        for file in
            ["project/a.csv", "project/reports/evals.md", "project/evals.md", "evals/a.csv", "short.csv", "b-wal"]
        {
            assert!(refuse(&root.join(file)).is_ok(), "{file}");
        }
    }
}
