//! The front matter of a `.prompty` file, in both generations of the format.
//!
//! The first has `model: {api, configuration, parameters}`, `sample`, `inputs: {name: {type}}`; the second `model: {id,
//! provider, apiType, connection, options}`, `inputs` with `kind`, `outputs`, `tools`, `template`. What says where a model
//! is and with which key belongs to the project, not to a prompt: it is left out with a warning.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Parameters, ResponseFormat, Tool, yaml};

use super::{Finding, Input, Kind, PromptError, credentials, schema};

/// What the front matter comes to.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Front {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) intended_model: Option<String>,
    pub(super) inputs: BTreeMap<String, Input>,
    pub(super) sample: Map<String, Value>,
    pub(super) tools: Vec<Tool>,
    pub(super) response_format: Option<ResponseFormat>,
    pub(super) parameters: Parameters,
    pub(super) warnings: Vec<Finding>,
}

/// The front matter as written.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) authors: Vec<String>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) model: Value,
    #[serde(default)]
    pub(super) sample: Value,
    #[serde(default)]
    pub(super) inputs: Value,
    #[serde(default)]
    pub(super) outputs: Value,
    #[serde(default)]
    pub(super) tools: Value,
    #[serde(default)]
    pub(super) template: Value,
    #[serde(default)]
    pub(super) metadata: Map<String, Value>,
    #[serde(default)]
    pub(super) version: Value,
    #[serde(default)]
    pub(super) kind: Value,
}

/// Cuts a file into front matter, body and the number of lines before the body. A file without front matter is all body.
pub(super) fn split<'a>(text: &'a str, file: &str) -> Result<(&'a str, &'a str, u64), PromptError> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let Some(after) = text.strip_prefix("---").and_then(|rest| rest.strip_prefix("\r\n").or(rest.strip_prefix('\n')))
    else {
        return Ok(("", text, 0));
    };
    let mut at = 0;
    for (index, line) in after.split_inclusive('\n').enumerate() {
        if line.trim_end() == "---" {
            return Ok((&after[..at], &after[at + line.len()..], index as u64 + 2));
        }
        at += line.len();
    }
    let message = "the front matter that `---` opens is never closed by a line `---`".to_owned();
    Err(PromptError { file: file.to_owned(), line: Some(1), message })
}

/// Reads the front matter of the prompt `name`.
pub(super) fn read(text: &str, name: &str, file: &str) -> Result<Front, PromptError> {
    let written: Written = if text.trim().is_empty() {
        Written::default()
    } else {
        // One line stands before the front matter: the opening `---`.
        yaml::read(&format!("\n{text}"), file).map_err(|error| PromptError {
            file: error.file,
            line: Some(error.line),
            message: error.message,
        })?
    };
    credentials::refuse_in_front(&written, text, file)?;
    build(written, name).map_err(|(key, message)| {
        let line =
            text.lines().position(|line| line.trim_start().starts_with(&format!("{key}:"))).map(|at| at as u64 + 2);
        PromptError { file: file.to_owned(), line: line.or(Some(1)), message: format!("{key}: {message}") }
    })
}

/// An error in the words of a person, with the top-level key that it is about.
type KeyError = (&'static str, String);

fn build(written: Written, name: &str) -> Result<Front, KeyError> {
    only_jinja(&written.template).map_err(|message| ("template", message))?;
    let mut warnings = Vec::new();
    let (inputs, second_generation) = inputs(&written.inputs).map_err(|message| ("inputs", message))?;
    let model = Model::read(&written.model, &mut warnings).map_err(|message| ("model", message))?;
    let mut tools = schema::tools(&written.tools).map_err(|message| ("tools", message))?;
    tools.extend(model.tools);
    let of_outputs = match second_generation || inputs.is_empty() {
        true => schema::response_format(&written.outputs, name).map_err(|message| ("outputs", message))?,
        false => None,
    };
    let from_metadata = |key: &str| -> Vec<String> {
        let list = written.metadata.get(key).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    Ok(Front {
        title: written.name,
        description: written.description,
        authors: if written.authors.is_empty() { from_metadata("authors") } else { written.authors },
        tags: if written.tags.is_empty() { from_metadata("tags") } else { written.tags },
        intended_model: model.id,
        inputs,
        sample: match written.sample {
            Value::Object(sample) => sample,
            _ => Map::new(),
        },
        tools,
        response_format: model.response_format.or(of_outputs),
        parameters: model.parameters,
        warnings,
    })
}

/// Other template languages than Jinja2 are refused rather than rendered wrongly.
fn only_jinja(template: &Value) -> Result<(), String> {
    let format = template.get("format").unwrap_or(template);
    let format = format.get("kind").unwrap_or(format);
    match format.as_str() {
        None | Some("jinja2" | "jinja") => Ok(()),
        Some(other) => Err(format!("the template language `{other}` is not read here; write the body in jinja2")),
    }
}

/// What `model:` comes to.
#[derive(Default)]
struct Model {
    id: Option<String>,
    parameters: Parameters,
    tools: Vec<Tool>,
    response_format: Option<ResponseFormat>,
}

impl Model {
    fn read(written: &Value, warnings: &mut Vec<Finding>) -> Result<Self, String> {
        let fields = match written {
            Value::Null => return Ok(Self::default()),
            Value::String(id) => return Ok(Self { id: Some(id.clone()), ..Self::default() }),
            Value::Object(fields) => fields,
            _ => return Err("expected a mapping or the name of a model".to_owned()),
        };
        let mut model = Self::default();
        for (key, value) in fields {
            match key.as_str() {
                "id" => model.id = value.as_str().map(str::to_owned),
                "api" | "apiType" | "provider" | "response" => {}
                "parameters" | "options" => model.read_options(value)?,
                "configuration" | "connection" => warn_of_connection(key, value, warnings),
                _ if is_credential(key) => warnings.push(not_from_a_prompt(&format!("model.{key}"))),
                _ => {
                    let known =
                        ["id", "api", "apiType", "provider", "parameters", "options", "configuration", "connection"];
                    return Err(format!("unknown key `{key}`{}", crate::nearest::did_you_mean(key, known)));
                }
            }
        }
        Ok(model)
    }

    fn read_options(&mut self, written: &Value) -> Result<(), String> {
        let Value::Object(options) = written else {
            return if written.is_null() { Ok(()) } else { Err("expected a mapping of parameters".to_owned()) };
        };
        let mut plain = Vec::new();
        for (key, value) in options {
            match key.as_str() {
                "tools" => self.tools = schema::tools(value)?,
                "response_format" | "responseFormat" => self.response_format = schema::written_format(value)?,
                _ => plain.push((key, value)),
            }
        }
        self.parameters = Parameters::from_written(plain).map_err(|error| error.to_string())?;
        Ok(())
    }
}

fn is_credential(key: &str) -> bool {
    let key = key.to_lowercase().replace(['_', '-'], "");
    [
        "endpoint",
        "apikey",
        "baseurl",
        "azureendpoint",
        "deployment",
        "azuredeployment",
        "apiversion",
        "headers",
        "token",
    ]
    .iter()
    .any(|word| key.contains(word))
}

fn warn_of_connection(key: &str, value: &Value, warnings: &mut Vec<Finding>) {
    let Value::Object(fields) = value else { return };
    for field in fields.keys().filter(|field| !matches!(field.as_str(), "type" | "kind" | "name")) {
        warnings.push(not_from_a_prompt(&format!("model.{key}.{field}")));
    }
}

fn not_from_a_prompt(key: &str) -> Finding {
    Finding::warning(None, format!("`{key}` is not used: where a model is, and with which key, stands in carat.yaml"))
}

/// The declared variables, and whether they are written in the second generation's way.
fn inputs(written: &Value) -> Result<(BTreeMap<String, Input>, bool), String> {
    let mut inputs = BTreeMap::new();
    let mut second_generation = false;
    for (name, fields) in schema::named(written)? {
        second_generation |= fields.get("kind").is_some();
        inputs.insert(name.to_owned(), input(fields).map_err(|message| format!("{name}: {message}"))?);
    }
    Ok((inputs, second_generation))
}

fn input(fields: &Value) -> Result<Input, String> {
    let object = match fields {
        Value::Object(object) => object,
        // `name: string` for short, `name: null` for a variable of any kind.
        Value::String(word) => return Ok(Input { kind: Kind::from_word(word)?, ..any() }),
        Value::Null => return Ok(any()),
        _ => return Err("expected a mapping with `kind`".to_owned()),
    };
    let known = [
        "kind",
        "type",
        "description",
        "default",
        "required",
        "sample",
        "example",
        "name",
        "strict",
        "title",
        "enumValues",
    ];
    if let Some(key) = object.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("unknown key `{key}`{}", crate::nearest::did_you_mean(key, known)));
    }
    let word = object.get("kind").or_else(|| object.get("type"));
    let kind = match word {
        None => Kind::Any,
        Some(Value::String(word)) => Kind::from_word(word)?,
        Some(_) => return Err("`kind` must be a word such as `string`".to_owned()),
    };
    let default = object.get("default").filter(|value| !value.is_null()).cloned();
    if let Some(default) = default.as_ref().filter(|default| !kind.takes(default)) {
        return Err(format!("the default {default} is not of the declared kind {}", kind.as_str()));
    }
    let description = object.get("description").and_then(Value::as_str).map(str::to_owned);
    let required = object.get("required").and_then(Value::as_bool).unwrap_or(true);
    Ok(Input { kind, description, default, required })
}

const fn any() -> Input {
    Input { kind: Kind::Any, description: None, default: None, required: true }
}
