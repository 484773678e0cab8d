//! The registry of OpenAI's evals: `evals/*.yaml`, `data/`, `modelgraded/`.

use serde_json::{Map, Value};

use super::aliases::{self, Entry, Title};
use super::class::{self, Eval};
use super::samples;
use crate::account::{Loss, Note};
use crate::fields::Fields;
use crate::files::{self, Files, ImportError, ending, folder, join};
use crate::made::{EvalDraft, Making, answered};
use crate::names::{self, Unique};
use crate::prompt_file::PromptFile;

/// What the prompt of all evals is called: rows bring their conversations.
const PROMPT: &str = "conversation";

/// A registry that is being read.
pub(super) struct Registry<'a> {
    pub(super) files: &'a dyn Files,
    /// Its folder.
    pub(super) root: String,
}

/// Reads a registry, or one file of it.
///
/// # Errors
/// There is no registry, or its evals cannot be read.
pub(super) fn read(making: &mut Making<'_>, files: &dyn Files, path: &str) -> Result<(), ImportError> {
    let (root, sources) = sources(files, path)?;
    let registry = Registry { files, root };
    let mut entries: Vec<Entry> = Vec::new();
    for source in sources {
        if let Value::Object(map) = files::document(files, &source)? {
            entries.extend(map.into_iter().map(|(name, value)| (source.clone(), name, value)));
        }
    }
    let titles = aliases::titles(making.account, &entries);
    let mut unique = Unique::default();
    let evals: Vec<_> = entries.iter().filter(|(_, _, value)| aliases::is_eval(value)).collect();
    if evals.is_empty() {
        return Err(ImportError::new(path, "it is no registry of evals: nothing in it has a `class`"));
    }
    for (source, entry, value) in evals {
        let title = titles.get(entry);
        let name = title.map_or(entry.as_str(), |title| title.name.as_str());
        let wished = making.options.name.clone().unwrap_or_else(|| names::word(name, &['-']));
        let name = unique.name(&wished, "-");
        one(making, &registry, &format!("{source}: {entry}"), value, &name, title);
    }
    Ok(())
}

/// The folder of the registry, and the files of its evals.
fn sources(files: &dyn Files, path: &str) -> Result<(String, Vec<String>), ImportError> {
    if !path.is_empty() && matches!(ending(path), "yaml" | "yml") {
        return Ok((join(folder(path), ".."), vec![path.to_owned()]));
    }
    for root in ["", "registry", "evals/registry"] {
        let root = join(path, root);
        let evals = join(&root, "evals");
        let is_spec = |file: &String| matches!(ending(file), "yaml" | "yml") && folder(file) == evals;
        let found: Vec<String> = files.below(&evals).into_iter().filter(is_spec).collect();
        if !found.is_empty() {
            return Ok((root, found));
        }
    }
    Err(ImportError::new(
        if path.is_empty() { "." } else { path },
        "there is no registry here: no folder `evals` with .yaml files",
    ))
}

fn one(
    making: &mut Making<'_>,
    registry: &Registry<'_>,
    place: &str,
    value: &Value,
    name: &str,
    title: Option<&Title>,
) {
    let Some(fields) = Fields::of(making.account, place, Some(value)) else { return };
    for key in ["metrics", "description", "disclaimer", "key", "group"] {
        fields.leave(key, Loss::Incidental, "it says nothing that an eval here has a place for", "");
    }
    let class = fields.text("class").unwrap_or_default();
    if let Some(note) = class::unknown(&class) {
        // What belongs to an eval that is left out is left out with it.
        fields.rest();
        making.account.note(place, note);
        return;
    }
    let empty = Map::new();
    let args = fields.inner("args").unwrap_or_else(|| Fields::new(making.account, fields.at("args"), &empty));
    let read = args
        .text("samples_jsonl")
        .ok_or_else(|| Note::lost("an eval", "it has no `samples_jsonl`", "correct it and import again"))
        .and_then(|path| samples::read(making.account, registry.files, &registry.root, &path));
    let samples = match read {
        Ok(samples) => samples,
        Err(note) => {
            args.rest();
            making.account.note(place, note);
            return;
        }
    };
    let mut eval = Eval { samples, parameters: Map::new() };
    let scored = match class::scorers(making, registry, &class, &args, &mut eval) {
        Ok(scored) => scored,
        Err(note) => {
            args.rest();
            making.account.note(place, note);
            return;
        }
    };
    drop(args);
    drop(fields);
    write(making, place, name, title, eval, scored);
}

fn write(making: &mut Making<'_>, place: &str, name: &str, title: Option<&Title>, eval: Eval, scored: class::Scored) {
    let mut rows: Vec<_> = eval.samples.into_iter().map(|sample| sample.row).collect();
    let mut scorers = scored.scorers;
    for (row, added) in rows.iter_mut().zip(scored.added) {
        row.tags.extend(added.tags);
        row.expected = added.expected.or_else(|| row.expected.take());
        if !added.values.is_empty() {
            row.metadata.insert("assert".to_owned(), Value::Object(added.values));
        }
    }
    if rows.is_empty() {
        making.account.note(place, Note::lost("an eval", "it has no samples", ""));
        return;
    }
    if scorers.is_empty() {
        making
            .account
            .note(place, Note::differs("no check is carried over", "`answered` asks whether there is an answer", ""));
        scorers.push(answered());
    }
    let prompt = PromptFile {
        name: PROMPT.to_owned(),
        title: Some("The conversation of the row".to_owned()),
        ..PromptFile::default()
    };
    making.prompt(place, &prompt, &rows);
    making.dataset(name, rows);
    let models = making.some_models(place.split(": ").next().unwrap_or(place), "the registry names no model");
    let source = place.to_owned();
    let description = title.and_then(|title| title.description.clone());
    let prompts = vec![PROMPT.to_owned()];
    let (name, dataset) = (name.to_owned(), name.to_owned());
    making.eval(&EvalDraft {
        name,
        source,
        description,
        prompts,
        models,
        dataset,
        parameters: eval.parameters,
        scorers,
        ..EvalDraft::default()
    });
}
