//! OpenAI's evals: the registry of the open-source tool, and the eval objects of the API.

mod aliases;
mod class;
mod eval_object;
mod formula;
mod grader;
mod judge;
mod modelgraded;
mod registry;
mod run;
mod samples;
mod words;

use crate::account::Account;
use crate::files::{self, Files, ImportError, ending};
use crate::made::Making;
use crate::{Imported, Options};

pub use grader::{GraderError, scorers_of_grader};

/// What evals of OpenAI come to. `path` is relative to the folder of `files`:
///
/// * empty: that folder is a registry, or holds one in `registry` or `evals/registry`. Every eval of it is carried over.
/// * a `.yaml` file: the evals of this file of a registry.
/// * a `.json` file: an eval object of the API (`testing_criteria`, `data_source_config`), alone, in a list, or with the runs
///   that bring its rows and prompt under `run` or `runs`; or a grader.
///
/// # Errors
/// The source cannot be read, or is nothing of the kind. A single eval that cannot be carried over is no error but left out.
pub fn openai_evals(files: &dyn Files, path: &str, options: &Options) -> Result<Imported, ImportError> {
    let account = Account::default();
    let mut making = Making::new(&account, options);
    match ending(path) {
        "json" => {
            let document = files::document(files, path)?;
            eval_object::read(&mut making, path, &document)?;
        }
        "" | "yaml" | "yml" => registry::read(&mut making, files, path)?,
        _ => {
            return Err(ImportError::new(
                path,
                "evals are read from a registry's folder, a .yaml file of it, or a .json file",
            ));
        }
    }
    let imported = making.finish();
    Ok(Imported { left_out: account.close(), ..imported })
}
