//! Versions of prompts as the files that they were.

use std::path::Path;

use carat_core::Package;
use carat_core::untrusted::one_line;
use carat_core::version::VersionId;
use serde_json::json;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, GOOD, ODD, styled};

use super::super::shelf::{Found, Shelf};
use super::super::told;
use super::files::{Files, What};
use super::{Args, bundle};

/// Prompts with what they include and show, below a folder that stands for `prompts/`.
pub(super) async fn export(args: &Args, shelf: &Shelf) -> Result<Exit, Fault> {
    if args.references.is_empty() && args.label.is_empty() {
        return Err(Fault::mendable("name the versions to write back, or write a bundle of all: --out prompts.carat"));
    }
    let chosen = bundle::choose(args, shelf).await?;
    let mut files = if args.beside { Files::beside(&args.out)? } else { Files::into(&args.out) };
    let mut wrote = Vec::new();
    for (id, _) in chosen.values() {
        let Found::Prompt(found) = shelf.found(id).await? else { return Err(Fault::bug("no prompt")) };
        add(&mut files, id, &found.package)?;
        wrote.push(id);
    }
    let written = files.write(args.force)?;
    if args.json {
        let file = |(path, what): &(&Path, What)| json!({"path": files.root.join(path), "written": what});
        let files: Vec<_> = written.iter().map(file).collect();
        out::json(&json!({"format": 1, "kind": shelf.kind, "path": args.out, "prompts": wrote, "files": files}))?;
        return Ok(Exit::Fine);
    }
    let mut told = String::new();
    for (path, what) in written {
        let (style, word) = match what {
            What::New => (GOOD, "wrote"),
            What::Over => (ODD, "wrote over"),
            What::AsItWas => (FAINT, "as it was"),
        };
        told.push_str(&format!(
            "{} {}\n",
            styled(style, word),
            one_line(&files.root.join(path).display().to_string(), 400)
        ));
    }
    out::data(&told)?;
    let wrote: Vec<String> = wrote.into_iter().map(told::name).collect();
    shelf.session.talk(&format!("these are {}", wrote.join(", ")));
    Ok(Exit::Fine)
}

fn add(files: &mut Files, id: &VersionId, package: &Package) -> Result<(), Fault> {
    let folder = id.name.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
    files.add(&format!("{}.prompty", id.name), package.text.clone().into_bytes())?;
    for (path, text) in &package.includes {
        files.add(&relative(&folder, path), text.clone().into_bytes())?;
    }
    for path in package.pictures.keys() {
        let image =
            package.image(path).map_err(|why| Fault::mendable(format!("{id}: {}: {why}", one_line(path, 200))))?;
        files.add(&relative(&folder, path), image.bytes.unwrap_or_default().to_vec())?;
    }
    Ok(())
}

/// A path relative to the prompt's folder; an absolute one stays so, and is refused.
fn relative(folder: &str, path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("{folder}{path}") }
}
