//! `carat prompt list`

use carat_core::version::Kind;
use serde_json::json;

use crate::commands::versions::shelf::Shelf;
use crate::commands::versions::{Standing, State};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT};
use crate::session::Session;
use crate::table::{Cell, Table};

pub(super) async fn run(json: bool, session: &Session) -> Result<Exit, Fault> {
    let shelf = Shelf::to_read(Kind::Prompt, session).await?;
    let mut table = Table::new(["prompt", ">version", "file", "labels", "digest", "title"]);
    let mut entries = Vec::new();
    let names = shelf.names();
    for name in &names {
        let standing = Standing::of(shelf.store(), Kind::Prompt, name).await?;
        let (prompt, title, digest) = match session.project.prompt(name) {
            Ok(found) => (
                Ok(found.prompt.digest()),
                found.prompt.title.clone(),
                Cell::styled(FAINT, found.prompt.digest().short()),
            ),
            Err(error) => (Err(error.to_string()), Some(error.to_string()), Cell::styled(BAD, "broken")),
        };
        let state = standing.state(prompt.as_ref().ok());
        let [version, file, labels] = standing.cells(state);
        entries.push(match &prompt {
            Ok(digest) => standing.json_with(state, json!({"name": name, "digest": digest, "title": title})),
            Err(error) => standing.json_with(state, json!({"name": name, "error": error})),
        });
        table.row(vec![name.as_str().into(), version, file, labels, digest, title.unwrap_or_default().into()]);
    }
    for name in Standing::gone(shelf.store(), Kind::Prompt, &names).await? {
        let standing = Standing::of(shelf.store(), Kind::Prompt, &name).await?;
        let [version, file, labels] = standing.cells(State::Gone);
        entries.push(standing.json_with(State::Gone, json!({"name": name})));
        table.row(vec![name.into(), version, file, labels, Cell::from("–"), Cell::from("–")]);
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
