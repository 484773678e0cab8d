//! `carat prompt show`

use carat_core::Prompt;
use carat_core::untrusted::visible;
use carat_core::version::Kind;
use serde_json::json;

use crate::commands::versions::Moment;
use crate::commands::versions::shelf::{Found, Shelf};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::session::Session;

pub(super) async fn run(reference: &str, moment: &Moment, json: bool, session: &Session) -> Result<Exit, Fault> {
    let shelf = Shelf::to_read(Kind::Prompt, session).await?;
    let looked = moment.look(&shelf, reference).await?;
    let Found::Prompt(found) = &looked.found else { return Err(Fault::bug("no prompt")) };
    let prompt = &found.prompt;
    if json {
        let (digest, content) = (prompt.digest(), prompt.content());
        let shown = json!({"format": 1, "name": prompt.name, "digest": digest, "content": content});
        out::json(&looked.json_with(shown))?;
        return Ok(Exit::Fine);
    }
    let name = found.version.as_ref().map_or_else(|| prompt.name.clone(), ToString::to_string);
    let head = format!("{}  {}\n", styled(STRONG, visible(&name)), styled(FAINT, prompt.digest()));
    out::data(&format!("{head}{}\n{}", looked.told(), content(prompt).trim_start_matches('\n')))?;
    Ok(Exit::Fine)
}

/// What it says. A version may have come from anywhere.
fn content(prompt: &Prompt) -> String {
    let mut text = String::new();
    for line in [&prompt.title, &prompt.description].into_iter().flatten() {
        text.push_str(&format!("{}\n", visible(line)));
    }
    for (name, input) in &prompt.inputs {
        let what = input.description.as_deref().map(|what| format!("  {}", styled(FAINT, visible(what))));
        text.push_str(&format!("  input {}: {}{}\n", visible(name), input.kind.as_str(), what.unwrap_or_default()));
    }
    for (name, value) in &prompt.parameters.0 {
        text.push_str(&format!("  {}: {}\n", visible(name), visible(&value.to_string())));
    }
    for (file, source) in prompt.sources() {
        text.push_str(&format!("\n{}\n{}\n", styled(FAINT, format!("── {}", visible(file))), visible(source)));
    }
    text
}
