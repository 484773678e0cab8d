//! What an application gives a prompt, as the variables that it declares.

use carat_prompt::nearest::did_you_mean;
use carat_prompt::{Prompt, PromptError};
use serde::Serialize;
use serde_json::{Map, Value};

/// A prompt cannot be rendered with what was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A variable that the prompt declares is not given, and has no default.
    #[error("{file}{}: the variable `{variable}` is not given{hint}", line.map(|line| format!(":{line}")).unwrap_or_default())]
    Missing {
        /// Its name.
        variable: String,
        /// The prompt's file, as the person who packed it knew it.
        file: String,
        /// The line of that file on which the template first uses it, if it does so itself.
        line: Option<u64>,
        /// What is given, and the nearest name.
        hint: String,
    },
    /// What was given has no names: a number, a text or a list.
    #[error("{name}: variables have names; give a struct or a map in place of {what}")]
    Nameless {
        /// The prompt's name.
        name: String,
        /// What was given.
        what: &'static str,
    },
    /// What was given cannot be written as JSON.
    #[error("{name}: the variables cannot be written as JSON: {cause}")]
    Unwritable {
        /// The prompt's name.
        name: String,
        /// Why not.
        cause: String,
    },
    /// Anything else that is wrong with a variable: what a template uses and nobody gives, a value of another kind than
    /// declared, a picture that is not there.
    #[error(transparent)]
    Prompt(#[from] PromptError),
}

/// The variables by name. What is null and declared as something that takes no null is left out, for that is what a field
/// of a struct is that has no value.
///
/// A variable that is declared and missing is told here and not by the prompt, because here the line counts: the person who
/// reads it has no row to look at.
pub(crate) fn given<V: Serialize + ?Sized>(prompt: &Prompt, variables: &V) -> Result<Map<String, Value>, RenderError> {
    let nameless = |what| Err(RenderError::Nameless { name: prompt.name.clone(), what });
    let written = serde_json::to_value(variables)
        .map_err(|error| RenderError::Unwritable { name: prompt.name.clone(), cause: error.to_string() })?;
    let mut given = match written {
        Value::Object(given) => given,
        Value::Null => Map::new(),
        Value::Bool(_) => return nameless("a boolean"),
        Value::Number(_) => return nameless("a number"),
        Value::String(_) => return nameless("a text"),
        Value::Array(_) => return nameless("a list"),
    };
    for (name, input) in &prompt.inputs {
        if given.get(name).is_some_and(Value::is_null) && !input.kind.takes(&Value::Null) {
            given.remove(name);
        }
        if input.required && input.default.is_none() && !given.contains_key(name) {
            return Err(missing(prompt, name, &given));
        }
    }
    Ok(given)
}

fn missing(prompt: &Prompt, variable: &str, given: &Map<String, Value>) -> RenderError {
    let names: Vec<&str> = given.keys().map(String::as_str).collect();
    let others = if names.is_empty() { "; nothing is".to_owned() } else { format!("; given are {}", names.join(", ")) };
    RenderError::Missing {
        variable: variable.to_owned(),
        file: prompt.file.clone(),
        line: prompt.line_of(variable),
        hint: others + &did_you_mean(variable, names),
    }
}
