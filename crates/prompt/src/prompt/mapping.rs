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

/// What a template sees of a row.
#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    input: &'a Map<String, Value>,
    metadata: &'a Map<String, Value>,
    tags: &'a [String],
    /// Not for prompts, which must not see the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a Value>,
}

/// What a scorer holds answers against, as a template over the row: like a variable of a prompt, but it sees what the row
/// expects as well.
#[derive(Debug)]
pub struct ExpectedTemplate(InputMapping);

impl ExpectedTemplate {
    /// Takes the template.
    ///
    /// # Errors
    /// It does not parse: the reason.
    pub fn new(template: &str) -> Result<Self, String> {
        let written = BTreeMap::from([(EXPECTED.to_owned(), template.to_owned())]);
        let mapping = InputMapping::new(&written).map_err(without_place)?;
        mapping.refuse_unknown().map(|()| Self(mapping))
    }

    /// What is expected of a row; none where the row has no such field.
    ///
    /// # Errors
    /// The template cannot be filled in, for another reason than that a field is not there.
    pub fn value(&self, row: &Row) -> Result<Option<Value>, String> {
        let view = minijinja::Value::from(Serde(&View::with_expected(row)));
        let Some((name, rule)) = self.0.variables.first() else { return Ok(None) };
        match self.0.value(name, rule, &view) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == minijinja::ErrorKind::UndefinedError => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What a row has.
const KNOWN: [&str; 5] = ["id", "input", "metadata", "tags", "expected"];

/// The name under which the one template of a scorer is kept.
const EXPECTED: &str = "expected";

fn without_place(error: String) -> String {
    error.strip_prefix("inputs.expected: ").map(str::to_owned).unwrap_or(error)
}

impl<'a> View<'a> {
    fn of(row: &'a Row) -> Self {
        Self { id: row.id.as_str(), input: &row.input, metadata: &row.metadata, tags: &row.tags, expected: None }
    }

    fn with_expected(row: &'a Row) -> Self {
        Self { expected: row.expected.as_ref(), ..Self::of(row) }
    }
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
        let view = minijinja::Value::from(Serde(&View::of(row)));
        let mut input = Map::new();
        for (name, rule) in &self.variables {
            let value = self.value(name, rule, &view).map_err(|error| format!("inputs.{name}: {error}"))?;
            input.insert(name.clone(), value);
        }
        Ok(std::borrow::Cow::Owned(input))
    }

    /// Whether every filter, test and function is there, which the engine finds out only when it comes to one: tried on
    /// nothing, where nothing that is missing is an error.
    fn refuse_unknown(&self) -> Result<(), String> {
        use minijinja::ErrorKind::{UnknownFilter, UnknownFunction, UnknownMethod, UnknownTest};
        let mut lenient = Self { environment: self.environment.clone(), variables: Vec::new() };
        lenient.environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        let nothing = minijinja::Value::from(Serde(&View {
            id: "",
            input: &Map::new(),
            metadata: &Map::new(),
            tags: &[],
            expected: None,
        }));
        for (name, rule) in &self.variables {
            self.refuse_unknown_variable(name, rule)?;
            if let Err(error) = lenient.value(name, rule, &nothing)
                && matches!(error.kind(), UnknownFilter | UnknownFunction | UnknownMethod | UnknownTest)
            {
                return Err(error.to_string());
            }
        }
        Ok(())
    }

    /// A name that no row has is a slip of the pen, and told before anything is paid for.
    fn refuse_unknown_variable(&self, name: &str, rule: &Rule) -> Result<(), String> {
        let used = match rule {
            Rule::Template => self.environment.get_template(name).map(|template| template.undeclared_variables(false)),
            Rule::Expression(text) => {
                self.environment.compile_expression(text).map(|expression| expression.undeclared_variables(false))
            }
        };
        let used = used.map_err(|error| error.to_string())?;
        // Functions of the engine are names as well.
        let is_known = |used: &&String| {
            KNOWN.contains(&used.as_str()) || self.environment.globals().any(|(global, _)| global == used.as_str())
        };
        match used.iter().find(|used| !is_known(used)) {
            None => Ok(()),
            Some(unknown) => {
                let hint = crate::nearest::did_you_mean(unknown, KNOWN);
                Err(format!("there is no `{unknown}`; a row has {}{hint}", KNOWN.join(", ")))
            }
        }
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
