//! How an eval turns a row into a prompt's variables.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::Row;

use super::source::{Segment, segments};

/// The `inputs:` of an eval spec, ready to be applied to rows.
pub struct InputMapping {
    environment: Environment<'static>,
    variables: Vec<(String, Rule)>,
}

/// How one variable comes about.
enum Rule {
    /// `{{ … }}` and nothing else: the value itself, with its type.
    Expression(String),
    /// A text with expressions in it, by the name of its template.
    Template,
}

/// What a mapping sees of a row.
#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    input: &'a Map<String, Value>,
    metadata: &'a Map<String, Value>,
    tags: &'a [String],
}

impl InputMapping {
    /// Takes the templates by variable. None at all means the fields of `input` by name.
    ///
    /// # Errors
    /// A template does not parse: the variable and the reason.
    pub fn new(written: &BTreeMap<String, String>) -> Result<Self, String> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        let mut variables = Vec::with_capacity(written.len());
        for (name, template) in written {
            let refuse = |error: Error| format!("inputs.{name}: {error}");
            let rule = match segments(template.trim()).as_slice() {
                [Segment::Expression(expression)] => {
                    let inner = expression[2..expression.len() - 2].trim_matches(['-', '+']).trim().to_owned();
                    environment.compile_expression(&inner).map_err(refuse)?;
                    Rule::Expression(inner)
                }
                _ => {
                    environment.add_template_owned(name.clone(), template.clone()).map_err(refuse)?;
                    Rule::Template
                }
            };
            variables.push((name.clone(), rule));
        }
        Ok(Self { environment, variables })
    }

    /// The prompt's variables for a row.
    ///
    /// # Errors
    /// A variable cannot be made of this row: which, and why.
    pub fn apply<'a>(&self, row: &'a Row) -> Result<std::borrow::Cow<'a, Map<String, Value>>, String> {
        if self.variables.is_empty() {
            return Ok(std::borrow::Cow::Borrowed(&row.input));
        }
        let view = View { id: row.id.as_str(), input: &row.input, metadata: &row.metadata, tags: &row.tags };
        let view = minijinja::Value::from(Serde(&view));
        let mut input = Map::new();
        for (name, rule) in &self.variables {
            let value = self.value(name, rule, &view).map_err(|error| format!("inputs.{name}: {error}"))?;
            input.insert(name.clone(), value);
        }
        Ok(std::borrow::Cow::Owned(input))
    }

    fn value(&self, name: &str, rule: &Rule, view: &minijinja::Value) -> Result<Value, Error> {
        match rule {
            Rule::Template => Ok(Value::String(self.environment.get_template(name)?.render(view.clone())?)),
            Rule::Expression(expression) => {
                let value = self.environment.compile_expression(expression)?.eval(view.clone())?;
                if value.is_undefined() {
                    return Err(Error::new(
                        minijinja::ErrorKind::UndefinedError,
                        format!("`{expression}` is undefined"),
                    ));
                }
                serde_json::to_value(value)
                    .map_err(|error| Error::new(minijinja::ErrorKind::BadSerialization, error.to_string()))
            }
        }
    }
}

impl std::fmt::Debug for InputMapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.variables.iter().map(|(name, _)| name)).finish()
    }
}
