//! `carat prompt render`

use carat_core::Part;
use carat_core::prompt::Kind as InputKind;
use carat_core::untrusted::visible;
use carat_core::version::Kind;
use serde_json::{Value, json};

use crate::commands::versions::shelf::{Found, Shelf};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::session::Session;

use super::given::{Given, row_of};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The prompt, or a version of it: support/triage@production
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
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

pub(super) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    let shelf = Shelf::to_read(Kind::Prompt, session).await?;
    let Found::Prompt(found) = shelf.find(&args.prompt).await? else { return Err(Fault::bug("no prompt")) };
    let prompt = &found.prompt;
    let mut given = match &args.row {
        Some(row) => row_of(&shelf.catalogue, row).await?,
        None => Given { input: prompt.sample.clone(), ..Given::default() },
    };
    for (name, text) in &args.input {
        let is_text =
            prompt.inputs.get(name).is_some_and(|input| matches!(input.kind, InputKind::String | InputKind::Image));
        let value = serde_json::from_str(text).ok().filter(|_| !is_text);
        given.input.insert(name.clone(), value.unwrap_or_else(|| Value::String(text.clone())));
    }
    let messages = prompt.render(&given.input, &given.conversation, &|path| found.image(path))?;
    if args.json {
        let version = found.version.as_ref().map(|version| version.number);
        out::json(
            &json!({"format": 1, "prompt": prompt.name, "version": version, "digest": prompt.digest(), "messages": messages}),
        )?;
        return Ok(Exit::Fine);
    }
    let mut text = String::new();
    for message in &messages {
        text.push_str(&format!("{}\n", styled(STRONG, format!("{}:", message.role.as_str()))));
        for part in &message.content {
            match part {
                Part::Text(words) => text.push_str(&format!("{}\n", visible(words))),
                Part::Image(image) => {
                    text.push_str(&format!("{}\n", styled(FAINT, format!("[image {}]", visible(&image.url)))))
                }
            }
        }
        text.push('\n');
    }
    out::data(&text)?;
    Ok(Exit::Fine)
}
