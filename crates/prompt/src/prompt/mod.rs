//! Prompts: `.prompty` files, rendered into messages.
//!
//! A prompt is YAML front matter, then a Jinja2 body in which a line such as `user:` begins a message. Two promises carry
//! this module:
//!
//! * **A value can never create, end or change a message.** Role lines and images are found in the template's *source*,
//!   where they become marks made of Unicode noncharacters; every value that is printed has those characters escaped, and
//!   is protected from trimming.
//! * **A version is its content.** [`Prompt::digest`] covers everything that reaches the model – the template without its
//!   comments, what it includes, defaults, tools, output format, parameters – and nothing that does not.

mod check;
mod credentials;
mod environment;
mod front;
mod inputs;
mod mapping;
mod marks;
mod schema;
mod source;

use std::collections::BTreeMap;

use minijinja::Environment;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::canonical::Canonical;
use crate::{Digest, Image, Message, Parameters, ResponseFormat, Tool};

pub use check::{Finding, Severity};
pub use inputs::{Input, Kind};
pub use mapping::{ExpectedTemplate, InputMapping};

/// A prompt that is ready to be rendered.
pub struct Prompt {
    /// The name in the project: `support/triage`.
    pub name: String,
    /// The file, as the person knows it.
    pub file: String,
    /// What people call it.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The model that its author had in mind. An eval names its models itself.
    pub intended_model: Option<String>,
    /// The declared variables; empty when the file declares none.
    pub inputs: BTreeMap<String, Input>,
    /// Values to try it with.
    pub sample: Map<String, Value>,
    /// The functions that the model may ask to be called.
    pub tools: Vec<Tool>,
    /// What the answer has to look like.
    pub response_format: Option<ResponseFormat>,
    /// Temperature and the like.
    pub parameters: Parameters,
    /// What was found in the file and is not used, such as endpoints; and what looks like a credential in the template.
    pub warnings: Vec<Finding>,
    /// The template and what it includes, by the path relative to the prompt's folder; the template itself is first.
    templates: Vec<Template>,
    /// The pictures that are named by a path written out, with the digests of their bytes.
    pictures: BTreeMap<String, Digest>,
    digest: Digest,
    environment: Environment<'static>,
}

/// One source file of a prompt.
#[derive(Debug, Clone)]
struct Template {
    /// The path relative to the prompt's folder.
    name: String,
    source: String,
    /// How many lines stand before the source in its file.
    lines_before: u64,
}

/// A prompt cannot be read or rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PromptError {
    /// The file, as the person knows it.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<u64>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl std::fmt::Display for PromptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// How the files beside a prompt are fetched, by their paths relative to the prompt's folder.
pub trait Beside {
    /// The text of a file that the prompt includes.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn text(&mut self, path: &str) -> Result<String, String>;

    /// A picture that the prompt names by a path written out, with its digest: it reaches the model like the words do.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn picture(&mut self, path: &str) -> Result<Image, String>;
}

/// How a picture that a prompt names by path is fetched: the path relative to the prompt's folder in, the picture with
/// digest, media type and bytes or the reason out.
pub type LoadImage<'a> = dyn Fn(&str) -> Result<Image, String> + 'a;

impl Prompt {
    /// Reads a prompt from the text of its file.
    ///
    /// `name` is its name in the project, `file` its path as the person knows it; `beside` fetches the files beside it.
    ///
    /// # Errors
    /// Bad front matter, a credential in it, a template that does not parse, an include whose name is not written out, a file
    /// that cannot be fetched: with file and line. A credential is not repeated.
    pub fn parse(name: &str, file: &str, text: &str, beside: &mut dyn Beside) -> Result<Self, PromptError> {
        let (front, body, lines_before) = front::split(text, file)?;
        let mut prompt = Self::build(name, file, front::read(front, name, file)?, (body, lines_before), beside)?;
        // Here alone: of what was read before, whoever wrote it has been told.
        prompt.warnings.extend(credentials::warn_of_templates(&prompt.templates, file));
        Ok(prompt)
    }

    /// As [`Prompt::parse`], in a third of the time: `front_json` is what [`Prompt::front_json`] gave for this very text, and
    /// is taken on trust; where it cannot be read, the text's own front matter is. The digest is taken over what was read, so
    /// that it differs where the front matter of another prompt came along.
    ///
    /// # Errors
    /// As [`Prompt::parse`].
    pub fn parse_with_front(
        name: &str,
        file: &str,
        text: &str,
        front_json: &str,
        beside: &mut dyn Beside,
    ) -> Result<Self, PromptError> {
        let (front, body, lines_before) = front::split(text, file)?;
        let front = serde_json::from_str(front_json).or_else(|_| front::read(front, name, file))?;
        Self::build(name, file, front, (body, lines_before), beside)
    }

    fn build(
        name: &str,
        file: &str,
        front: front::Front,
        (body, lines_before): (&str, u64),
        beside: &mut dyn Beside,
    ) -> Result<Self, PromptError> {
        let base = file.rsplit('/').next().unwrap_or(file).to_owned();
        let main = Template { name: base, source: body.replace("\r\n", "\n"), lines_before };
        let templates = source::closure(main, file, beside)?;
        let marked: Vec<String> = templates.iter().map(|template| source::marked(&template.source)).collect();
        let pictures = source::pictures(&templates, &marked, file, beside)?;
        let digest = content_digest(&front, &templates, &pictures);
        let environment = environment::build(&templates, marked, file)?;
        Ok(Self {
            name: name.to_owned(),
            file: file.to_owned(),
            title: front.title,
            description: front.description,
            authors: front.authors,
            tags: front.tags,
            intended_model: front.intended_model,
            inputs: front.inputs,
            sample: front.sample,
            tools: front.tools,
            response_format: front.response_format,
            parameters: front.parameters,
            warnings: front.warnings,
            templates,
            pictures,
            digest,
            environment,
        })
    }

    /// What the front matter of the prompt `name` comes to, as JSON for [`Prompt::parse_with_front`]; none where it cannot be
    /// read, or says nothing.
    pub fn front_json(name: &str, text: &str) -> Option<String> {
        let (front, ..) = front::split(text, "").ok().filter(|(front, ..)| !front.trim().is_empty())?;
        front::read(front, name, "").ok().and_then(|front| serde_json::to_string(&front).ok())
    }

    /// The name of the version: the digest of all that reaches the model.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// All that reaches the model, as the JSON that the digest is taken over.
    pub fn content(&self) -> Value {
        let content = Content {
            model: self.intended_model.as_deref(),
            pictures: &self.pictures,
            ..Content::new(&self.templates, &self.inputs, &self.tools, &self.response_format, &self.parameters)
        };
        serde_json::to_value(content).unwrap_or(Value::Null)
    }

    /// Renders the messages for one row's variables. `conversation` is what had been said before, if the row records that;
    /// it follows the prompt's own messages.
    ///
    /// # Errors
    /// A variable is missing, undefined or of another type than declared, or a picture cannot be had: with file and line.
    pub fn render(
        &self,
        input: &Map<String, Value>,
        conversation: &[Message],
        load_image: &LoadImage<'_>,
    ) -> Result<Vec<Message>, PromptError> {
        let context = inputs::context(&self.inputs, input).map_err(|message| self.error(None, message))?;
        let rendered = environment::render(self, context)?;
        let mut messages = marks::messages(&rendered, load_image).map_err(|message| self.error(None, message))?;
        messages.extend_from_slice(conversation);
        if messages.is_empty() {
            return Err(self.error(None, "the prompt renders to no message at all".to_owned()));
        }
        Ok(messages)
    }

    /// What is questionable about the prompt, the file's warnings included. See [`Finding`].
    pub fn check(&self) -> Vec<Finding> {
        check::check(self)
    }

    /// The first line of the prompt's file on which its own template uses the variable; none where only what it includes
    /// does, or nothing.
    pub fn line_of(&self, variable: &str) -> Option<u64> {
        check::line_of(self, variable)
    }

    /// The prompt's own template, and the files that it includes with their paths relative to its folder.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.templates.iter().map(|template| (template.name.as_str(), template.source.as_str()))
    }

    fn error(&self, line: Option<u64>, message: String) -> PromptError {
        PromptError { file: self.file.clone(), line, message }
    }
}

impl std::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prompt").field("name", &self.name).field("digest", &self.digest).finish_non_exhaustive()
    }
}

/// All that reaches the model.
#[derive(Serialize)]
struct Content<'a> {
    /// The model that an application asks unless it names another one itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    /// The template, without comments.
    template: String,
    /// What it includes, by path relative to the prompt's folder, without comments.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    includes: BTreeMap<&'a str, String>,
    /// The pictures that it names by a path written out, by that path.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pictures: &'a BTreeMap<String, Digest>,
    /// The values that stand in for variables that a row does not have.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    defaults: BTreeMap<&'a str, &'a Value>,
    #[serde(skip_serializing_if = "<[Tool]>::is_empty")]
    tools: &'a [Tool],
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: &'a Option<ResponseFormat>,
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    parameters: &'a Parameters,
}

impl<'a> Content<'a> {
    fn new(
        templates: &'a [Template],
        inputs: &'a BTreeMap<String, Input>,
        tools: &'a [Tool],
        response_format: &'a Option<ResponseFormat>,
        parameters: &'a Parameters,
    ) -> Self {
        let mut sources =
            templates.iter().map(|template| (template.name.as_str(), source::without_comments(&template.source)));
        let template = sources.next().map(|(_, source)| source).unwrap_or_default();
        let defaults = inputs.iter().filter_map(|(name, input)| Some((name.as_str(), input.default.as_ref()?)));
        let (includes, defaults) = (sources.collect(), defaults.collect());
        Self { model: None, template, includes, pictures: &NO_PICTURES, defaults, tools, response_format, parameters }
    }
}

/// Most prompts have none.
static NO_PICTURES: BTreeMap<String, Digest> = BTreeMap::new();

fn content_digest(front: &front::Front, templates: &[Template], pictures: &BTreeMap<String, Digest>) -> Digest {
    let content = Content::new(templates, &front.inputs, &front.tools, &front.response_format, &front.parameters);
    let content = Content { model: front.intended_model.as_deref(), pictures, ..content };
    // A value first, for of that there is the faster writer.
    serde_json::to_value(&content).map_or_else(|_| Digest::of_json(&content), |value| Canonical::default().json(&value))
}

#[cfg(test)]
mod tests;
