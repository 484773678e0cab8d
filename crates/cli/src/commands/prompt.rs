//! `carat prompt list | show | render | check`

use std::collections::BTreeMap;

use carat_core::prompt::{Finding, Kind, Severity};
use carat_core::untrusted::visible;
use carat_core::{Part, Rows as _};
use carat_models::tokens;
use carat_registry::{PromptOnDisk, load_image};
use serde_json::{Map, Value, json};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, ODD, STRONG, styled};
use crate::session::Session;
use crate::table::{Cell, Table};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// All prompts
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// A prompt with what it includes, and the digest of its version
    Show {
        /// The prompt: support/triage is prompts/support/triage.prompty
        prompt: String,
        /// As JSON: all that reaches the model, which the digest is taken over
        #[arg(long)]
        json: bool,
    },
    /// The messages that a prompt comes to
    Render {
        /// The prompt
        prompt: String,
        /// With the row of a dataset: DATASET:ID
        #[arg(long, value_name = "DATASET:ID")]
        row: Option<String>,
        /// With this variable; JSON, unless the prompt declares it as text
        #[arg(long, value_name = "KEY=VALUE", value_parser = variable)]
        input: Vec<(String, String)>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Unused and undeclared variables, bad front matter, unknown parameters; and how many tokens
    Check {
        /// The prompts; all of them where none is named
        prompts: Vec<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    match &args.verb {
        Verb::List { json } => list(session, *json),
        Verb::Show { prompt, json } => show(session, prompt, *json),
        Verb::Render { prompt, row, input, json } => render(session, prompt, row.as_deref(), input, *json),
        Verb::Check { prompts, json } => check(session, prompts, *json),
    }
}

fn list(session: &Session, json: bool) -> Result<Exit, Fault> {
    let mut table = Table::new(["prompt", "digest", "title"]);
    let mut entries = Vec::new();
    for name in session.project.prompts() {
        match session.project.prompt(&name) {
            Ok(PromptOnDisk { prompt, .. }) => {
                let title = prompt.title.clone().unwrap_or_default();
                entries.push(json!({"name": name, "digest": prompt.digest(), "title": prompt.title}));
                table.row(vec![name.into(), Cell::styled(FAINT, prompt.digest().short()), title.into()]);
            }
            Err(error) => {
                entries.push(json!({"name": name, "error": error.to_string()}));
                table.row(vec![name.into(), Cell::styled(BAD, "broken"), error.to_string().into()]);
            }
        }
    }
    if json {
        out::json(&json!({"format": 1, "prompts": entries}))?;
    } else if table.is_empty() {
        session.talk("no prompts yet; put one into prompts/NAME.prompty");
    } else {
        out::data(&table.fitted())?;
    }
    Ok(Exit::Fine)
}

fn show(session: &Session, reference: &str, json: bool) -> Result<Exit, Fault> {
    let PromptOnDisk { prompt, .. } = session.project.prompt(reference)?;
    if json {
        out::json(&json!({"format": 1, "name": prompt.name, "digest": prompt.digest(), "content": prompt.content()}))?;
        return Ok(Exit::Fine);
    }
    let mut text = format!("{}  {}\n", styled(STRONG, &prompt.name), styled(FAINT, prompt.digest()));
    for line in [&prompt.title, &prompt.description].into_iter().flatten() {
        text.push_str(&format!("{line}\n"));
    }
    for (name, input) in &prompt.inputs {
        let what = input.description.as_deref().unwrap_or_default();
        text.push_str(&format!("  input {name}: {}  {}\n", input.kind.as_str(), styled(FAINT, what)));
    }
    for (name, value) in &prompt.parameters.0 {
        text.push_str(&format!("  {name}: {value}\n"));
    }
    for (file, source) in prompt.sources() {
        text.push_str(&format!("\n{}\n{source}\n", styled(FAINT, format!("── {file}"))));
    }
    out::data(&text)?;
    Ok(Exit::Fine)
}

fn render(
    session: &Session,
    reference: &str,
    row: Option<&str>,
    variables: &[(String, String)],
    json: bool,
) -> Result<Exit, Fault> {
    let PromptOnDisk { prompt, folder } = session.project.prompt(reference)?;
    let (mut input, conversation) = match row {
        Some(row) => row_of(session, row)?,
        None => (prompt.sample.clone(), Vec::new()),
    };
    for (name, text) in variables {
        let is_text = prompt.inputs.get(name).is_some_and(|input| matches!(input.kind, Kind::String | Kind::Image));
        let value = serde_json::from_str(text).ok().filter(|_| !is_text);
        input.insert(name.clone(), value.unwrap_or_else(|| Value::String(text.clone())));
    }
    let messages = prompt.render(&input, &conversation, &|path| load_image(session.project.root(), &folder, path))?;
    if json {
        out::json(&json!({"format": 1, "prompt": prompt.name, "digest": prompt.digest(), "messages": messages}))?;
        return Ok(Exit::Fine);
    }
    let mut text = String::new();
    for message in &messages {
        text.push_str(&format!("{}\n", styled(STRONG, format!("{}:", message.role.as_str()))));
        for part in &message.content {
            match part {
                Part::Text(words) => text.push_str(&format!("{}\n", visible(words))),
                Part::Image(image) => text.push_str(&format!("{}\n", styled(FAINT, format!("[image {}]", image.url)))),
            }
        }
        text.push('\n');
    }
    out::data(&text)?;
    Ok(Exit::Fine)
}

type Input = (Map<String, Value>, Vec<carat_core::Message>);

fn row_of(session: &Session, reference: &str) -> Result<Input, Fault> {
    let (dataset, id) = reference.split_once(':').ok_or_else(|| Fault::mendable("--row takes DATASET:ID"))?;
    let (_, rows) = session.project.dataset(dataset)?;
    for row in rows.open()? {
        let row = row?;
        if row.id.as_str() == id {
            return Ok((row.input, row.messages));
        }
    }
    Err(Fault::mendable(format!("{dataset} has no row `{id}`")))
}

/// What is said of a prompt, its file, and its tokens and whether they were counted exactly.
type Checked = (Vec<Finding>, String, Option<(u64, bool)>);

fn check(session: &Session, prompts: &[String], json: bool) -> Result<Exit, Fault> {
    let names = if prompts.is_empty() { session.project.prompts() } else { prompts.to_vec() };
    if names.is_empty() {
        return Err(Fault::nothing("there are no prompts under prompts/"));
    }
    let mut exit = Exit::Fine;
    let mut reports = BTreeMap::new();
    for name in names {
        let (findings, file, tokens) = match session.project.prompt(&name) {
            Ok(PromptOnDisk { prompt, .. }) => {
                let text: String = prompt.sources().map(|(_, source)| source).collect();
                // Without a model in the file the count is that of a common vocabulary, and an estimate.
                let model = prompt.intended_model.as_deref().unwrap_or_default();
                (prompt.check(), prompt.file.clone(), Some(tokens::count(model, &text)))
            }
            Err(error) if prompts.is_empty() || matches!(error, carat_registry::ProjectError::Prompt(_)) => {
                let finding = Finding { severity: Severity::Error, line: None, message: error.to_string() };
                (vec![finding], String::new(), None)
            }
            Err(error) => return Err(error.into()),
        };
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            exit = Exit::Mendable;
        }
        let tokens = tokens.map(|count| (count.tokens, count.exact));
        reports.insert(name, (findings, file, tokens));
    }
    if json {
        let entry = |(name, (findings, file, tokens)): (&String, &Checked)| {
            let tokens = tokens.map(|(count, exact)| json!({"template": count, "exact": exact}));
            json!({"name": name, "file": file, "findings": findings, "tokens": tokens})
        };
        out::json(&json!({"format": 1, "prompts": reports.iter().map(entry).collect::<Vec<_>>()}))?;
    } else {
        reports.iter().try_for_each(|(name, (findings, file, tokens))| tell(name, findings, file, *tokens))?;
    }
    Ok(exit)
}

fn tell(name: &str, findings: &[Finding], file: &str, tokens: Option<(u64, bool)>) -> Result<(), Fault> {
    let tokens = match tokens {
        Some((count, exact)) => format!("{}{count} tokens of template", if exact { "" } else { "about " }),
        None => String::new(),
    };
    let mut text = format!("{}  {}\n", styled(STRONG, name), styled(FAINT, tokens));
    for finding in findings {
        let (style, word) = match finding.severity {
            Severity::Error => (BAD, "error"),
            Severity::Warning => (ODD, "warning"),
            Severity::Note => (FAINT, "note"),
        };
        let place = finding.line.map(|line| format!("{file}:{line}: ")).unwrap_or_default();
        text.push_str(&format!("  {}: {place}{}\n", styled(style, word), visible(&finding.message)));
    }
    out::data(&text)
}
