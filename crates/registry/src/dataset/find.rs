//! From the name of a dataset to its file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use carat_core::DataError;
use carat_core::nearest::nearest;

use super::Format;

/// The file that a reference means: `tickets` is `FOLDER/tickets.jsonl` (or `.ndjson`, `.csv`, `.tsv`, `.parquet`),
/// `support/tickets` lies in a folder within, and a path (as it stands, or from `folder` or the folder around it) is that
/// file.
///
/// # Errors
/// There is no such dataset (the nearest name is given), or there are two of that name.
pub fn find(folder: &Path, reference: &str) -> Result<PathBuf, DataError> {
    let refuse = |message: String| Err(DataError { file: reference.to_owned(), line: None, message });
    let named: Vec<PathBuf> = with_endings(folder, reference).collect();
    match named.as_slice() {
        [] => {}
        [one] => return Ok(one.clone()),
        several => {
            let names: Vec<String> = several.iter().map(|path| format!("`{}`", path.display())).collect();
            return refuse(format!("there are {}; name the one you mean with its ending", names.join(" and ")));
        }
    }
    match as_path(folder, reference) {
        Some(path) => Ok(path),
        None => refuse(unknown(folder, reference)),
    }
}

/// Whether a reference means a file, or several.
pub(crate) fn is_there(folder: &Path, reference: &str) -> bool {
    with_endings(folder, reference).next().is_some() || as_path(folder, reference).is_some()
}

fn with_endings(folder: &Path, name: &str) -> impl Iterator<Item = PathBuf> {
    let named = Format::ENDINGS.iter().map(move |(ending, _)| folder.join(format!("{name}.{ending}")));
    named.filter(|path| path.is_file())
}

fn as_path(folder: &Path, reference: &str) -> Option<PathBuf> {
    let around = folder.parent().map(|around| around.join(reference));
    let paths = [Some(PathBuf::from(reference)), Some(folder.join(reference)), around];
    paths.into_iter().flatten().find(|path| path.is_file())
}

fn unknown(folder: &Path, reference: &str) -> String {
    let place = folder.display();
    let (mut names, mut files) = (BTreeSet::new(), BTreeSet::new());
    gather(folder, Path::new(""), &mut names, &mut files);
    let hint = nearest(reference, names.iter().chain(&files).map(String::as_str));
    match hint {
        Some(hint) => format!("there is no such dataset in `{place}`; did you mean `{hint}`?"),
        None if names.is_empty() => format!("there is no such dataset, nor any other, in `{place}`"),
        None => {
            let listed: Vec<&str> = names.iter().map(String::as_str).take(10).collect();
            let more = if names.len() > listed.len() { ", …" } else { "" };
            format!("there is no such dataset in `{place}`; there are {}{more}", listed.join(", "))
        }
    }
}

/// Collects the names of the datasets below a folder, without and with their endings.
fn gather(folder: &Path, below: &Path, names: &mut BTreeSet<String>, files: &mut BTreeSet<String>) {
    // A symbolic link that leads back up would have no end.
    const DEEPEST: usize = 4;
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let inside = below.join(entry.file_name());
        if entry.path().is_dir() && inside.components().count() < DEEPEST {
            gather(&entry.path(), &inside, names, files);
        } else if Format::of(&inside).is_some() {
            names.insert(inside.with_extension("").display().to_string());
            files.insert(inside.display().to_string());
        }
    }
}
