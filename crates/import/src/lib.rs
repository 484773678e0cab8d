//! Ways in: evals that were written for other tools, as files of a carat project.
//!
//! [`promptfoo()`] reads a configuration of promptfoo, [`openai_evals()`] a registry of OpenAI's evals or an eval object of
//! its API with its graders. Both give [`Imported`]: files to write, models for `carat.yaml`, and an account of all that is
//! not in them. Nothing is dropped in silence: each key of a source is either carried over or named in
//! [`Imported::left_out`], with the reason and what to do.
//!
//! The crate touches no disk: a source is read through [`Files`], and what is made of it is given back.

mod account;
mod fields;
mod files;
mod jinja;
mod made;
mod names;
mod openai;
mod pattern;
mod prompt_file;
mod promptfoo;
mod scoring;
mod template;
mod unread;
mod yaml;

use std::path::PathBuf;

use serde_json::{Map, Value};

pub use account::{LeftOut, Loss};
pub use files::{Files, ImportError, InMemory};
pub use openai::{GraderError, openai_evals, scorers_of_grader};
pub use promptfoo::promptfoo;
pub use unread::Unread;

/// What is made of a source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// The files, by their paths in the project's folder, sorted. Each reads back: prompts, eval specs, rows.
    pub files: Vec<(PathBuf, String)>,
    /// The models that the evals name, for `carat.yaml`.
    pub models: Vec<ImportedModel>,
    /// The names of the evals among the files that can be run as they are, in the order of the source.
    pub evals: Vec<String>,
    /// What is not carried over, or not as it was: what decides results first.
    pub left_out: Vec<LeftOut>,
}

/// A model for `carat.yaml`.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedModel {
    /// Its name in the project.
    pub name: String,
    /// Its settings, as they stand under the name.
    pub settings: Map<String, Value>,
}

/// What a person may decide about an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// What the eval, its dataset and the folder of its prompts are called; made from the source where this is none.
    pub name: Option<String>,
    /// The models to ask, by their names in `carat.yaml`, where the source names none.
    pub models: Vec<String>,
    /// The model that judges, by its name in `carat.yaml`, where the source names none.
    pub judge: Option<String>,
}

/// The `models:` of `carat.yaml` with these models, as YAML; nothing at all without any.
#[must_use]
pub fn models_yaml(models: &[ImportedModel]) -> String {
    if models.is_empty() {
        return String::new();
    }
    let models: Map<String, Value> =
        models.iter().map(|model| (model.name.clone(), Value::Object(model.settings.clone()))).collect();
    yaml::document(&Map::from_iter([("models".to_owned(), Value::Object(models))]))
}
