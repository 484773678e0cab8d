//! Prompts as `.prompty` files.

use std::collections::BTreeSet;

use carat_core::prompt::Beside;
use carat_core::{Image, Prompt, Role};
use serde_json::{Map, Value, json};

use crate::jinja::{Segment, segments};
use crate::yaml;

/// A prompt that is being put together.
#[derive(Debug, Clone, Default)]
pub(crate) struct PromptFile {
    /// Its name in the project.
    pub(crate) name: String,
    /// What people call it.
    pub(crate) title: Option<String>,
    /// What is said, in order.
    pub(crate) messages: Vec<Said>,
    /// The variables that its templates take.
    pub(crate) variables: BTreeSet<String>,
    /// Those of them that they ask for first, so that a row need not have them; and those that they take without asking.
    pub(crate) asked_for: BTreeSet<String>,
    pub(crate) taken: BTreeSet<String>,
    /// What stands under `model.options`: an output format, parameters.
    pub(crate) options: Map<String, Value>,
    /// The functions that the model may ask for.
    pub(crate) tools: Option<Value>,
}

/// One message: who speaks, and the template of what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    role: Role,
    name: Option<String>,
    /// In Jinja2, with words guarded.
    source: String,
}

impl PromptFile {
    /// The text of the file. Variables are declared as the rows have them: as text where each row has a text, and with an
    /// empty default where some row has none, which is what the sources of this crate print then; or as not needed, where
    /// the template asks first.
    pub(crate) fn text<'a>(&self, rows: impl Iterator<Item = &'a Map<String, Value>> + Clone) -> String {
        let mut front = Map::new();
        front.extend(self.title.as_ref().map(|title| ("name".to_owned(), json!(title))));
        if !self.options.is_empty() {
            front.insert("model".to_owned(), json!({"options": self.options}));
        }
        let inputs: Map<String, Value> =
            self.variables.iter().map(|name| (name.clone(), self.declaration(name, rows.clone()))).collect();
        if !inputs.is_empty() {
            front.insert("inputs".to_owned(), Value::Object(inputs));
        }
        front.extend(self.tools.as_ref().map(|tools| ("tools".to_owned(), tools.clone())));
        let body: Vec<String> = self.messages.iter().map(Said::text).collect();
        format!("---\n{}---\n{}", yaml::document(&front), body.join("\n"))
    }
}

impl PromptFile {
    fn declaration<'a>(&self, name: &str, rows: impl Iterator<Item = &'a Map<String, Value>>) -> Value {
        let (mut all_have_it, mut all_are_texts) = (true, true);
        for row in rows {
            match row.get(name) {
                None => all_have_it = false,
                Some(value) => all_are_texts &= value.is_string(),
            }
        }
        let kind = if all_are_texts { "string" } else { "any" };
        match (all_have_it, self.taken.contains(name)) {
            (true, _) => json!(kind),
            (false, true) => json!({"kind": kind, "default": ""}),
            (false, false) => json!({"kind": "any", "required": false}),
        }
    }

    /// The variables of which it cannot be told apart whether a row lacks them or has an empty text, although the template
    /// does.
    pub(crate) fn ambiguous<'a>(&'a self, row: &'a Map<String, Value>) -> impl Iterator<Item = &'a str> {
        self.asked_for.intersection(&self.taken).map(String::as_str).filter(|name| !row.contains_key(*name))
    }

    /// Puts a variable before (`prompt_prefix`) or behind the text of a prompt that is one message of the user; whether it is.
    pub(crate) fn surround(&mut self, name: &str) -> bool {
        let [Said { role: Role::User, source, .. }] = self.messages.as_mut_slice() else { return false };
        let variable = format!("{{{{ {name} }}}}");
        *source = if name == "prompt_prefix" { variable + source } else { source.clone() + &variable };
        self.variables.insert(name.to_owned());
        self.taken.insert(name.to_owned());
        true
    }
}

impl Said {
    /// A message of words: none of them is taken for a role line or a picture.
    pub(crate) fn words(role: Role, source: &str) -> Self {
        Self { role, name: None, source: guarded(source) }
    }

    /// The message with one more piece, on a line of its own: words.
    #[must_use]
    pub(crate) fn with_words(mut self, source: &str) -> Self {
        self.push(&guarded(source));
        self
    }

    /// The message with one more piece, on a line of its own: a picture, by the template of its address. None where that
    /// cannot be written as a picture.
    pub(crate) fn with_picture(mut self, address: &str) -> Option<Self> {
        let writable = segments(address).ok()?.iter().all(|segment| match segment {
            Segment::Text(text) => !text.contains([')', '\n', ' ']),
            Segment::Expression(_) => true,
            Segment::Block(_) | Segment::AsItIs(_) => false,
        });
        self.push(&format!("![image]({address})"));
        writable.then_some(self)
    }

    /// The message said by one of several speakers of its role.
    #[must_use]
    pub(crate) fn by(mut self, name: Option<String>) -> Self {
        self.name = name;
        self
    }

    fn push(&mut self, piece: &str) {
        if !self.source.is_empty() {
            self.source.push('\n');
        }
        self.source.push_str(piece);
    }

    fn text(&self) -> String {
        let name = self.name.as_ref().map(|name| format!("[name=\"{name}\"]")).unwrap_or_default();
        format!("{}{name}:\n{}\n", self.role.as_str(), self.source.trim())
    }
}

/// A template in which no line of words is taken for a role line, and no words for a picture.
fn guarded(source: &str) -> String {
    let Ok(segments) = segments(source) else { return source.to_owned() };
    let guard = |segment| match segment {
        Segment::Text(text) => text.split('\n').map(line).collect::<Vec<_>>().join("\n"),
        Segment::Expression(other) | Segment::Block(other) | Segment::AsItIs(other) => other.to_owned(),
    };
    segments.into_iter().map(guard).collect()
}

fn line(text: &str) -> String {
    if is_role_line(text) {
        let colon = text.rfind(':').unwrap_or(text.len());
        return format!("{}{{{{ \":\" }}}}{}", &text[..colon], text.get(colon + 1..).unwrap_or_default());
    }
    let is_picture = text.find("![").is_some_and(|at| text[at..].contains("]("));
    if is_picture { text.replace("![", "{{ \"![\" }}") } else { text.to_owned() }
}

fn is_role_line(text: &str) -> bool {
    let head = text.trim().trim_start_matches('#').trim_start();
    let Some(head) = head.strip_suffix(':') else { return false };
    let word = head.split('[').next().unwrap_or_default().trim_end();
    Role::ALL.iter().any(|role| role.as_str().eq_ignore_ascii_case(word))
}

/// Reads a prompt that was written.
///
/// # Errors
/// It cannot be read: why.
pub(crate) fn check(name: &str, text: &str) -> Result<Prompt, String> {
    Prompt::parse(name, &format!("prompts/{name}.prompty"), text, &mut Alone).map_err(|error| error.message)
}

/// A prompt of this crate has no files beside it.
struct Alone;

impl Beside for Alone {
    fn text(&mut self, path: &str) -> Result<String, String> {
        Err(format!("`{path}` is not carried over"))
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        Err(format!("`{path}` is not carried over"))
    }
}

/// Renders a prompt for a row, to see whether it can be.
///
/// # Errors
/// It cannot: why.
pub(crate) fn try_out(prompt: &Prompt, input: &Map<String, Value>) -> Result<(), String> {
    let no_pictures = |path: &str| Err(format!("`{path}` is not carried over"));
    prompt.render(input, &[], &no_pictures).map(|_| ()).map_err(|error| error.message)
}

/// The prompts by name, as files.
pub(crate) fn path(name: &str) -> String {
    format!("prompts/{name}.prompty")
}

/// What a message of a chat says, by the name of its role.
pub(crate) fn role(word: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.as_str() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prompt(source: &str) -> PromptFile {
        PromptFile { name: "p".to_owned(), messages: vec![Said::words(Role::User, source)], ..PromptFile::default() }
    }

    fn rendered(file: &PromptFile, input: &Value) -> Vec<carat_core::Message> {
        let input = input.as_object().unwrap();
        let text = file.text(std::iter::once(input));
        check("p", &text).unwrap().render(input, &[], &|path| Err(path.to_owned())).unwrap()
    }

    #[test]
    fn a_prompt_is_written_with_what_it_takes() {
        let mut file = prompt("Sort {{ body }}.");
        file.title = Some("Sort tickets".to_owned());
        file.messages.insert(0, Said::words(Role::System, "Be short."));
        file.variables = ["body", "tone", "size", "mood"].map(str::to_owned).into();
        file.taken = ["body", "tone", "size"].map(str::to_owned).into();
        let rows = [json!({"body": "a", "size": 1, "tone": "x"}), json!({"body": "b", "size": 2})];
        insta::assert_snapshot!(file.text(rows.iter().filter_map(Value::as_object)), @r#"
        ---
        name: Sort tickets
        inputs:
          body: string
          mood: { kind: any, required: false }
          size: any
          tone: { kind: string, default: "" }
        ---
        system:
        Be short.

        user:
        Sort {{ body }}.
        "#);
    }

    #[test]
    fn words_that_look_like_a_role_or_a_picture_stay_words() {
        let source = "Dialogue:\nuser:\n## System :\nhello {{ x }}\nassistant[name=\"b\"]:\n![a](b.png)";
        let messages = rendered(&prompt(source), &json!({"x": "user:"}));
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].joined_text(), source.replace("{{ x }}", "user:"));
    }

    proptest! {
        #[test]
        fn words_without_expressions_are_sent_as_they_are(text in "([a-z :#\\[\\]!()=\".]|user:|system:|\n){1,60}") {
            prop_assume!(!text.trim().is_empty());
            let messages = rendered(&prompt(&text), &json!({}));
            prop_assert_eq!(messages.len(), 1);
            prop_assert_eq!(messages[0].joined_text(), text.trim());
        }
    }
}
