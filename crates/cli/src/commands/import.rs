//! `carat import promptfoo | openai-evals PATH`

mod source;
mod writing;

use std::path::{Path, PathBuf};

use carat_core::untrusted::{one_line, visible};
use carat_import::{Imported, LeftOut, Loss, Options, models_yaml};
use serde_json::json;

use crate::args::Global;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD, ODD, STRONG, styled};

use source::Source;
use writing::{Plan, What};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, clap::Subcommand)]
enum From {
    /// A configuration of promptfoo: its file, or its folder
    Promptfoo(Import),
    /// A registry of OpenAI's evals (its folder, or one .yaml file), or an eval object of OpenAI's API (.json)
    OpenaiEvals(Import),
}

#[derive(Debug, clap::Args)]
struct Import {
    /// What to import
    path: PathBuf,
    /// What the eval, its dataset and the folder of its prompts are called [default: made from the source]
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// The models to ask, by their names in carat.yaml, where the source names none
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    model: Vec<String>,
    /// The model that judges, by its name in carat.yaml, where the source names none
    #[arg(long, value_name = "NAME")]
    judge: Option<String>,
    /// Write over files that are there
    #[arg(long)]
    force: bool,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The account as JSON
    #[arg(long)]
    json: bool,
}

fn name(text: &str) -> Result<String, String> {
    let fits = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    if fits { Ok(text.to_owned()) } else { Err("a name has letters, digits, `-` and `_`".to_owned()) }
}

pub(crate) fn run(args: &Args, global: &Global) -> Result<Exit, Fault> {
    let (import, is_promptfoo) = match &args.from {
        From::Promptfoo(import) => (import, true),
        From::OpenaiEvals(import) => (import, false),
    };
    let source = if is_promptfoo { Source::at(&import.path) } else { Source::of_registry(&import.path) }?;
    let options = Options {
        name: import.name.clone().or_else(|| source.folder_name().filter(|_| is_promptfoo)),
        models: import.model.clone(),
        judge: import.judge.clone(),
    };
    let read = if is_promptfoo { carat_import::promptfoo } else { carat_import::openai_evals };
    let imported = read(&source, source.file(), &options).map_err(Fault::mendable)?;
    let plan = Plan::new(&imported, &target(global)?, import.force)?;
    if !import.dry_run {
        plan.carry_out()?;
    }
    if import.json {
        account(import, &imported, &plan)?;
    } else {
        tell(import, &imported, &plan)?;
    }
    if !global.quiet {
        next(import, &imported, &plan);
    }
    let lost = imported.left_out.iter().any(|left| left.loss == Loss::Lost);
    Ok(if lost { Exit::Mendable } else { Exit::Fine })
}

/// The folder to write into: that of the project, or the current one where there is none yet.
fn target(global: &Global) -> Result<PathBuf, Fault> {
    match &global.project {
        Some(folder) if folder.is_dir() => Ok(folder.clone()),
        Some(folder) => Err(Fault::mendable(format!("there is no folder {}", folder.display()))),
        None => Ok(carat_registry::Project::find(Path::new("."))
            .map_or_else(|_| PathBuf::from("."), |project| project.root().to_owned())),
    }
}

/// Tells a person what was made and what was not.
fn tell(import: &Import, imported: &Imported, plan: &Plan) -> Result<(), Fault> {
    let mut text = String::new();
    for file in &plan.files {
        let (style, word) = match (file.what, import.dry_run) {
            (What::Unchanged, _) => (FAINT, "as it was"),
            (What::New, true) => (GOOD, "would write"),
            (What::Over, true) => (ODD, "would write over"),
            (What::New, false) => (GOOD, "wrote"),
            (What::Over, false) => (ODD, "wrote over"),
        };
        text.push_str(&format!("{} {}\n", styled(style, word), visible(&file.path.display().to_string())));
    }
    if !plan.to_add.is_empty() {
        text.push_str(&format!("\n{}\n", styled(STRONG, "to add to carat.yaml")));
        text.push_str(&visible(&models_yaml(&plan.to_add)));
    }
    if !imported.left_out.is_empty() {
        text.push_str(&format!("\n{}\n", styled(STRONG, "not carried over, or not as it was")));
        text.extend(imported.left_out.iter().map(left_out));
    }
    out::data(&text)
}

fn left_out(left: &LeftOut) -> String {
    let (style, sign) = match left.loss {
        Loss::Lost => (BAD, "✗"),
        Loss::Differs => (ODD, "≠"),
        Loss::Incidental => (FAINT, "·"),
    };
    let more = if left.more > 0 { format!(" and {} more", left.more) } else { String::new() };
    let head = format!("{}  {}{more}", one_line(&left.what, 200), one_line(&left.place, 120));
    let lines = [("", &left.why), ("→ ", &left.advice)].into_iter().filter(|(_, text)| !text.is_empty());
    let reason: String = lines
        .map(|(sign, text)| format!("    {}\n", styled(FAINT, format!("{sign}{}", one_line(text, 400)))))
        .collect();
    format!("{} {head}\n{reason}", styled(style, format!("{sign} {:<10}", left.loss.as_str())))
}

/// The same as JSON.
fn account(import: &Import, imported: &Imported, plan: &Plan) -> Result<(), Fault> {
    let files: Vec<_> = plan
        .files
        .iter()
        .map(|file| json!({"path": file.path.display().to_string(), "what": file.what.as_str()}))
        .collect();
    let models: serde_json::Map<_, _> =
        imported.models.iter().map(|model| (model.name.clone(), json!(model.settings))).collect();
    let to_add: Vec<&str> = plan.to_add.iter().map(|model| model.name.as_str()).collect();
    out::json(&json!({
        "format": 1,
        "source": import.path.display().to_string(),
        "written": !import.dry_run,
        "files": files,
        "evals": imported.evals,
        "models": models,
        "models_to_add": to_add,
        "left_out": imported.left_out,
    }))
}

/// Says what to do now.
fn next(import: &Import, imported: &Imported, plan: &Plan) {
    if import.dry_run {
        out::talk("nothing has been written; leave out --dry-run to write it");
        return;
    }
    if !plan.to_add.is_empty() {
        out::talk("carat.yaml is left as it is: add the models above to it");
    }
    match imported.evals.as_slice() {
        [] if !imported.files.iter().any(|(path, _)| path.starts_with("evals")) => {
            out::talk("no eval has been made of it; why is said above");
        }
        [] => out::talk("next: complete the eval, as said above"),
        [eval] => out::talk(&format!("next: carat eval {eval} --dry-run")),
        [eval, ..] => {
            out::talk(&format!("next: carat eval {eval} --dry-run, or one of {} others", imported.evals.len() - 1));
        }
    }
}
