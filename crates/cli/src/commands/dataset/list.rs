//! `carat dataset list`

use carat_core::version::Kind;
use carat_registry::dataset::{self, Survey};
use serde_json::{Value, json};

use crate::commands::versions::shelf::Shelf;
use crate::commands::versions::{Standing, State};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT};
use crate::session::Session;
use crate::table::{Cell, Table};

pub(super) async fn run(json: bool, session: &Session) -> Result<Exit, Fault> {
    let shelf = Shelf::to_read(Kind::Dataset, session).await?;
    let mut table = Table::new(["dataset", ">version", "file", "labels", ">rows", "splits", "digest"]);
    let mut entries = Vec::new();
    let names = shelf.names();
    for name in &names {
        let standing = Standing::of(shelf.store(), Kind::Dataset, name).await?;
        let survey = tokio::task::block_in_place(|| survey(session, name));
        let state = standing.state(survey.as_ref().ok().map(|survey| &survey.digest));
        let [version, file, labels] = standing.cells(state);
        let (entry, rows, splits, digest) = match survey {
            Ok(survey) => {
                let splits: Vec<_> = survey.splits.iter().map(|(split, rows)| format!("{split} {rows}")).collect();
                let entry =
                    json!({"name": name, "rows": survey.rows, "splits": survey.splits, "digest": survey.digest});
                (entry, survey.rows.to_string(), splits.join(", "), Cell::styled(FAINT, survey.digest.short()))
            }
            Err(fault) => {
                out::fault(&fault);
                let entry = json!({"name": name, "error": fault.message});
                (entry, "–".to_owned(), "–".to_owned(), Cell::styled(BAD, "broken"))
            }
        };
        entries.push(standing.json_with(state, entry));
        table.row(vec![name.as_str().into(), version, file, labels, rows.into(), splits.into(), digest]);
    }
    for name in Standing::gone(shelf.store(), Kind::Dataset, &names).await? {
        let standing = Standing::of(shelf.store(), Kind::Dataset, &name).await?;
        let [version, file, labels] = standing.cells(State::Gone);
        entries.push(standing.json_with(State::Gone, json!({"name": name})));
        table.row(vec![name.into(), version, file, labels, "–".into(), "–".into(), "–".into()]);
    }
    if json {
        out::json(&json!({"format": 1, "datasets": Value::from(entries)}))?;
    } else if table.is_empty() {
        session.talk("no datasets yet; put one into datasets/");
    } else {
        out::data(&table.fitted())?;
    }
    Ok(Exit::Fine)
}

fn survey(session: &Session, name: &str) -> Result<Survey, Fault> {
    let (_, file) = session.project.dataset(name)?;
    Ok(dataset::survey(&file)?)
}
