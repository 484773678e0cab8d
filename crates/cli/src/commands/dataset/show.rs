//! `carat dataset show`

use carat_core::untrusted::one_line;
use carat_core::version::Kind;
use carat_core::{Row, RowStream, Rows as _};
use serde_json::{Value, json};

use crate::commands::versions::shelf::{Found, Shelf};
use crate::commands::versions::{Moment, UsedBy};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The dataset: tickets is datasets/tickets.*, or a path; tickets@3, @latest are versions
    #[arg(value_name = "REF")]
    dataset: String,
    /// At most so many rows
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Only the rows of this split
    #[arg(long, value_name = "SPLIT")]
    split: Option<String>,
    /// One row, in full; with --used-by the runs that used it as it is here
    #[arg(long, visible_alias = "row", value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    moment: Moment,
    /// As JSON, a row a line
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    match session.project.dataset(&args.dataset) {
        // A file that is only looked at needs no store.
        Ok((_, file)) if !args.moment.is_asked() => return tokio::task::block_in_place(|| show(args, file.open()?)),
        Err(error) if !args.dataset.contains('@') && !args.moment.is_asked() => return Err(error.into()),
        Ok(_) | Err(_) => {}
    }
    let shelf = Shelf::to_read(Kind::Dataset, session).await?;
    let of_row = args.id.is_some() && args.moment.used_by;
    let moment = if of_row { args.moment.without_use() } else { args.moment.clone() };
    let looked = moment.look(&shelf, &args.dataset).await?;
    let Found::Dataset(found) = &looked.found else { return Err(Fault::bug("no dataset")) };
    if of_row {
        return row_used_by(args, &shelf, found.rows.open()?).await;
    }
    if args.json && args.moment.used_by {
        let (name, digest, rows) = (&found.name, found.digest, found.survey.rows);
        out::json(&looked.json_with(json!({"format": 1, "name": name, "digest": digest, "rows": rows})))?;
        return Ok(Exit::Fine);
    }
    if !args.json && args.id.is_none() {
        let name = found.version.as_ref().map_or_else(|| found.name.clone(), ToString::to_string);
        let rows = if found.survey.rows == 1 { "1 row".to_owned() } else { format!("{} rows", found.survey.rows) };
        out::data(&format!(
            "{}  {rows}  {}\n{}\n",
            styled(STRONG, one_line(&name, 200)),
            styled(FAINT, found.digest),
            looked.told()
        ))?;
    }
    let rows = found.rows.open()?;
    tokio::task::block_in_place(|| show(args, rows))
}

/// A row, and the runs that recorded a case of it.
async fn row_used_by(args: &Args, shelf: &Shelf, rows: RowStream) -> Result<Exit, Fault> {
    let row = tokio::task::block_in_place(|| one(args, rows))?;
    let used_by = UsedBy::of_row(shelf.store(), &row.digest()).await?;
    if args.json {
        out::json(&json!({"format": 1, "row": row, "digest": row.digest(), "used_by": used_by}))?;
    } else {
        out::json(&row)?;
        out::data(&used_by.told())?;
    }
    Ok(Exit::Fine)
}

fn one(args: &Args, rows: RowStream) -> Result<Row, Fault> {
    let id = args.id.as_deref().unwrap_or_default();
    for row in rows {
        let row = row?;
        if row.id.as_str() == id {
            return Ok(row);
        }
    }
    Err(Fault::mendable(format!("{} has no row `{id}`", args.dataset)))
}

fn show(args: &Args, rows: RowStream) -> Result<Exit, Fault> {
    let mut table = Table::new(["row", "split", "expected", "tags", "input"]);
    let mut shown = 0;
    for row in rows {
        let row = row?;
        let is_wanted = args.split.as_ref().is_none_or(|split| row.split.as_ref() == Some(split))
            && args.id.as_ref().is_none_or(|id| row.id.as_str() == id);
        if !is_wanted {
            continue;
        }
        if shown == args.limit {
            break;
        }
        shown += 1;
        if args.json {
            out::json_line(&row)?;
        } else if args.id.is_some() {
            out::json(&row)?;
        } else {
            let expected = row.expected.as_ref().map_or_else(|| "–".to_owned(), plain);
            let input: Vec<_> = row.input.iter().map(|(key, value)| format!("{key}: {}", plain(value))).collect();
            table.row(vec![
                row.id.as_str().into(),
                row.split.as_deref().unwrap_or("–").into(),
                one_line(&expected, 24).into(),
                one_line(&row.tags.join(" "), 16).into(),
                one_line(&input.join("  "), 80).into(),
            ]);
        }
    }
    match (shown, &args.id) {
        (0, Some(id)) => return Err(Fault::mendable(format!("{} has no row `{id}`", args.dataset))),
        (0, None) => return Err(Fault::nothing(format!("{} has no such rows", args.dataset))),
        _ if !table.is_empty() => out::data(&table.fitted())?,
        _ => {}
    }
    Ok(Exit::Fine)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
