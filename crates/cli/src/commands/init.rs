//! `carat init [DIR]`

mod template;
mod writing;

use std::path::{Path, PathBuf};

use carat_core::untrusted::visible;
use carat_registry::{PROJECT_FILE, Project};
use serde_json::json;

use crate::args::Global;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, GOOD, ODD, styled};

use writing::{Plan, What};

/// The first thing to do in a new project.
const FIRST: &str = "carat eval triage";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder, which is made where there is none [default: the current one]
    dir: Option<PathBuf>,
    /// What was written, as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, global: &Global) -> Result<Exit, Fault> {
    let folder = args.dir.as_deref().or(global.project.as_deref()).unwrap_or(Path::new("."));
    refuse_project(folder)?;
    let plan = Plan::new(folder, &template::files(&name_of(folder)))?;
    plan.carry_out()?;
    let next = next(folder);
    if args.json {
        let file = |file: &writing::File| json!({"path": file.path, "what": file.what.as_str()});
        let files: Vec<_> = plan.files.iter().map(file).collect();
        out::json(&json!({"format": 1, "folder": folder.display().to_string(), "files": files, "next": next}))?;
    } else {
        out::data(&plan.files.iter().map(told).collect::<String>())?;
    }
    if !global.quiet {
        remarks(folder, &plan);
        out::talk(&format!("next: {next}"));
    }
    Ok(Exit::Fine)
}

/// Nobody's project is written over, nor what only looks like one.
fn refuse_project(folder: &Path) -> Result<(), Fault> {
    if folder.join(PROJECT_FILE).symlink_metadata().is_ok() {
        let advice = "`carat init` begins a project and changes none";
        return Err(Fault::mendable(format!("there is a {PROJECT_FILE} in {} already; {advice}", folder.display())));
    }
    if folder.exists() && !folder.is_dir() {
        return Err(Fault::mendable(format!("{} is a file; name a folder", folder.display())));
    }
    Ok(())
}

/// What the project is called: as its folder.
fn name_of(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    // `carat init ../here` ends in a name, `carat init ..` does not.
    let real = absolute.canonicalize().unwrap_or(absolute);
    real.file_name().map_or_else(|| "my-project".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn told(file: &writing::File) -> String {
    let (style, word) = match file.what {
        What::New => (GOOD, "wrote"),
        What::Longer => (GOOD, "added to"),
        What::Unchanged => (FAINT, "as it was"),
        What::Kept => (ODD, "kept"),
    };
    format!("{} {}\n", styled(style, word), visible(&file.path))
}

/// What the person should know of what was there before.
fn remarks(folder: &Path, plan: &Plan) {
    if plan.files.iter().any(|file| file.what == What::Kept) {
        out::talk("what was there is kept as it was; the example may not fit it");
    }
    let above = std::path::absolute(folder).ok().and_then(|folder| folder.parent().map(Path::to_owned));
    if let Some(project) = above.and_then(|above| Project::find(&above).ok()) {
        let root = project.root().display().to_string();
        out::talk(&format!(
            "this project lies inside of another one, {}; here, its own carat.yaml counts",
            visible(&root)
        ));
    }
}

/// One command, which works from where the person is.
fn next(folder: &Path) -> String {
    let is_here = match (folder.canonicalize(), Path::new(".").canonicalize()) {
        (Ok(folder), Ok(here)) => folder == here,
        _ => false,
    };
    if is_here { FIRST.to_owned() } else { format!("{FIRST} --project {}", in_shell(&folder.display().to_string())) }
}

/// A path as a shell takes it for one word.
fn in_shell(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+' | '@' | ':' | '\\');
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", visible(path).replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_for_a_shell() {
        assert_eq!(in_shell("help/desk-1"), "help/desk-1");
        assert_eq!(in_shell("the team's desk"), r"'the team'\''s desk'");
        assert_eq!(in_shell("a;rm -r b"), "'a;rm -r b'");
    }

    #[test]
    fn a_project_is_called_as_its_folder_is() {
        let folder = tempfile::Builder::new().prefix("desk-").tempdir().unwrap();
        let inner = folder.path().join("support");
        assert_eq!(name_of(&inner), "support", "a folder that is not there yet");
        std::fs::create_dir(&inner).unwrap();
        assert_eq!(name_of(&inner.join("..").join("support")), "support");
        assert_eq!(name_of(Path::new("/")), "my-project");
    }
}
