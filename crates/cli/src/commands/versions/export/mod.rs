//! `carat NOUN export REF… --out FILE`: versions as a bundle for applications, or as the files that they were.

mod bundle;
mod files;
mod prompts;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use carat_core::spec::ModelSpec;
use carat_core::version::Kind;
use carat_import::{ImportedModel, models_yaml};
use carat_registry::{FoundDataset, FoundEval};
use serde_json::{Map, Value, json};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::report_files::Draft;

use super::shelf::{Found, Shelf};

pub(super) use bundle::fault as fault_of_bundle;
use files::Files;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which: NAME@3, NAME@production. Of prompts several; without any, for a bundle, all that labels point to and the newest
    #[arg(value_name = "REF")]
    references: Vec<String>,
    /// Of prompts: all that this label points to, and no other labels; may be given more than once
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    label: Vec<String>,
    /// Prompts: a .carat file is a bundle for applications, anything else a folder for their files. Datasets: a .jsonl file.
    /// Models and specs: a .yaml file. All but prompts: - is stdout
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// Of prompts as files: write what they take from beside their folder (`../shared/tone.jinja`) beside it
    #[arg(long)]
    beside: bool,
    /// Write over what is there; a bundle takes the place of another one without it
    #[arg(long)]
    force: bool,
    /// What was written, as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args, shelf: &Shelf) -> Result<Exit, Fault> {
    if args.json && args.out == Path::new("-") {
        return Err(Fault::mendable("--out - has stdout already; with --json, name a file"));
    }
    if args.beside && (shelf.kind != Kind::Prompt || has_ending(&args.out, &["carat"])) {
        return Err(Fault::mendable("--beside is for folders of prompts: all else is in one place"));
    }
    if shelf.kind == Kind::Prompt {
        return if has_ending(&args.out, &["carat"]) {
            bundle::export(args, shelf).await
        } else {
            prompts::export(args, shelf).await
        };
    }
    if !args.label.is_empty() {
        let (noun, label) = (shelf.noun(), args.label.join(","));
        return Err(Fault::mendable(format!("--label is for prompts; name the {noun}: NAME@{label}")));
    }
    let [reference] = args.references.as_slice() else {
        return Err(Fault::mendable(format!("name one {}, such as NAME@latest", shelf.noun())));
    };
    let found = shelf.find(reference).await?;
    // What is not fit to be kept is not written either: the settings of a model may hold a credential.
    let digest = found.digest()?;
    match &found {
        Found::Dataset(found) => dataset(args, found),
        Found::Eval(found) => spec(args, found),
        Found::Model(found) => one_file(args, &["yaml", "yml"], &model_yaml(&found.name, &found.spec)),
        Found::Prompt(_) => Err(Fault::bug("a prompt where none was asked for")),
    }?;
    if args.json {
        let number = found.version().map(|version| version.number);
        out::json(&json!({"format": 1, "kind": shelf.kind, "path": args.out, "name": found.name(), "number": number,
                          "digest": digest}))?;
    } else if args.out != Path::new("-") {
        shelf.session.talk(&format!("wrote {}", args.out.display()));
    }
    Ok(Exit::Fine)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| endings.contains(&ending))
}

fn refuse_other_endings(path: &Path, endings: &[&str]) -> Result<(), Fault> {
    if has_ending(path, endings) {
        return Ok(());
    }
    let ending = endings.first().copied().unwrap_or_default();
    Err(Fault::mendable(format!("--out {}: give a .{ending} file, or - for stdout", path.display())))
}

/// What is there stays, unless somebody says otherwise.
fn refuse_to_overwrite(file: &Path, force: bool) -> Result<(), Fault> {
    let name = file.display();
    match fs::symlink_metadata(file) {
        Ok(found) if !found.is_file() => {
            Err(Fault::mendable(format!("{name} is there and is no plain file; name another")))
        }
        Ok(_) if !force => Err(Fault::mendable(format!("{name} is there already; --force writes over it"))),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn unwritable(file: &Path, cause: &dyn std::fmt::Display) -> Fault {
    Fault::world(format!("cannot write {}: {cause}", file.display()))
}

/// The rows as JSON Lines, one at a time.
fn dataset(args: &Args, found: &FoundDataset) -> Result<(), Fault> {
    if args.out == Path::new("-") {
        return tokio::task::block_in_place(|| {
            for row in found.rows.open()? {
                out::json_line(&row?)?;
            }
            Ok(())
        });
    }
    refuse_other_endings(&args.out, &["jsonl", "ndjson"])?;
    refuse_to_overwrite(&args.out, args.force)?;
    let (draft, file) = Draft::beside(&args.out).map_err(|error| unwritable(&args.out, &error))?;
    tokio::task::block_in_place(|| {
        let mut out = io::BufWriter::new(file);
        for row in found.rows.open()? {
            let line = serde_json::to_string(&row?).map_err(Fault::bug)?;
            writeln!(out, "{line}").map_err(|error| unwritable(&args.out, &error))?;
        }
        let file = out.into_inner().map_err(|error| unwritable(&args.out, &error))?;
        file.sync_all().and_then(|()| draft.keep()).map_err(|error| unwritable(&args.out, &error))
    })
}

/// The spec as it was written, with the files that it names beside it.
fn spec(args: &Args, found: &FoundEval) -> Result<(), Fault> {
    if args.out == Path::new("-") || found.package.beside.is_empty() {
        return one_file(args, &["yaml", "yml"], &found.package.text);
    }
    refuse_other_endings(&args.out, &["yaml", "yml"])?;
    let folder = args.out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = args.out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut files = Files::into(folder);
    files.add(&name, found.package.text.clone().into_bytes())?;
    for (path, text) in &found.package.beside {
        files.add(path, text.clone().into_bytes())?;
    }
    files.write(args.force).map(drop)
}

fn one_file(args: &Args, endings: &[&str], text: &str) -> Result<(), Fault> {
    if args.out == Path::new("-") {
        return out::data(text);
    }
    refuse_other_endings(&args.out, endings)?;
    refuse_to_overwrite(&args.out, args.force)?;
    let (draft, mut file) = Draft::beside(&args.out).map_err(|error| unwritable(&args.out, &error))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| draft.keep());
    written.map_err(|error| unwritable(&args.out, &error))
}

/// The model as it stands in `carat.yaml`: what says nothing, or what would be so anyhow, is left out.
pub(crate) fn model_yaml(name: &str, spec: &ModelSpec) -> String {
    let bare: Option<ModelSpec> = serde_json::from_value(json!({"provider": spec.provider})).ok();
    let bare = json!(bare);
    let mut settings = match json!(spec) {
        Value::Object(settings) => settings,
        _ => Map::new(),
    };
    settings.retain(|key, value| key == "provider" || bare.get(key) != Some(value));
    for value in settings.values_mut() {
        if let Value::Object(fields) = value {
            fields.retain(|_, value| !value.is_null());
        }
    }
    models_yaml(&[ImportedModel { name: name.to_owned(), settings }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::spec::ProjectSpec;
    use carat_core::yaml;

    #[test]
    fn a_model_is_written_as_it_stands_in_the_projects_file_and_reads_back() {
        let text = "models:\n  gpt: { provider: openai, model: gpt-5-mini, base_url: \"https://example.com/v1\", \
                    parameters: { temperature: 0 }, limits: { concurrency: 4 }, timeout: 30s }\n";
        let read = |text: &str| yaml::read::<ProjectSpec>(text, "carat.yaml").unwrap().models["gpt"].clone();
        let spec = read(text);
        let written = model_yaml("gpt", &spec);
        assert_eq!(read(&written), spec, "{written}");
        insta::assert_snapshot!(written, @r#"
        models:
          gpt:
            provider: openai
            model: gpt-5-mini
            base_url: "https://example.com/v1"
            parameters: { temperature: 0 }
            limits: { concurrency: 4 }
            timeout: "30000ms"
        "#);
    }
}
