//! `carat NOUN diff [A [B]]`: what differs between two versions, or between a version and what the project has now.

mod columns;
pub(crate) mod lines;
mod prompts;
mod rendered;
pub(crate) mod rows;
mod structure;

use carat_core::untrusted::one_line;
use carat_core::version::Kind;
use carat_registry::catalogue::diff;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};

use super::instant::shown;
use super::listed::Standing;
use super::shelf::{Found, Shelf};
use super::told;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// NAME is its newest version, held against what the project has now; NAME@3 that one. Without it, all that has changed
    #[arg(value_name = "A")]
    left: Option<String>,
    /// What A is held against, instead of what the project has now
    #[arg(value_name = "B")]
    right: Option<String>,
    /// Of prompts: what both come to with this row, side by side
    #[arg(long, value_name = "DATASET:ID", requires = "left")]
    row: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Why two settings of a model may differ and be one version.
const MODEL: &str = "provider, model, address, API and parameters are the same";

/// What is held against what.
pub(super) struct Pair {
    pub(super) left: Found,
    pub(super) right: Found,
}

/// How the two of a pair differ: for a terminal, and as JSON.
struct Difference {
    told: String,
    json: Value,
    /// What a script has to hear of.
    exit: Exit,
}

pub(super) async fn run(args: &Args, shelf: &Shelf) -> Result<Exit, Fault> {
    let (pairs, mut exit) = match (&args.left, &args.right) {
        (Some(left), Some(right)) => {
            (vec![Pair { left: shelf.find(left).await?, right: shelf.find(right).await? }], Exit::Fine)
        }
        (Some(left), None) => (vec![against_now(shelf, left).await?], Exit::Fine),
        (None, _) => all_that_changed(shelf).await?,
    };
    let row = match &args.row {
        Some(row) => Some(rendered::Row::find(row, shelf).await?),
        None => None,
    };
    let (mut text, mut entries) = (String::new(), Vec::new());
    for pair in &pairs {
        let difference = match &row {
            Some(row) => rendered::difference(pair, row)?,
            None => difference(pair)?,
        };
        exit = exit.graver(difference.exit);
        if args.json {
            let (left, right) = (side_json(shelf.kind, &pair.left), side_json(shelf.kind, &pair.right));
            entries.push(json!({"left": left, "right": right, "diff": difference.json}));
        } else {
            let gap = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format!(
                "{gap}{}{}{}",
                head('A', &pair.left, shelf).await?,
                head('B', &pair.right, shelf).await?,
                difference.told
            ));
        }
    }
    if args.json {
        out::json(&json!({"format": 1, "kind": shelf.kind, "diffs": entries}))?;
    } else {
        out::data(&text)?;
    }
    Ok(exit)
}

/// A version against what the project has now under its name; for a name alone its newest version.
async fn against_now(shelf: &Shelf, reference: &str) -> Result<Pair, Fault> {
    let found = shelf.find(reference).await?;
    if found.version().is_some() {
        let right = shelf.find(found.name()).await?;
        return Ok(Pair { left: found, right });
    }
    let newest = shelf.newest(found.name()).await?;
    Ok(Pair { left: shelf.found(&newest.id).await?, right: found })
}

/// All that is not as its newest version is. What cannot be read is told as it comes.
async fn all_that_changed(shelf: &Shelf) -> Result<(Vec<Pair>, Exit), Fault> {
    let (mut pairs, mut exit, mut unsaved) = (Vec::new(), Exit::Fine, Vec::new());
    for name in shelf.names() {
        match changed(shelf, &name, &mut unsaved).await {
            Ok(pair) => pairs.extend(pair),
            Err(fault) => {
                exit = exit.graver(fault.exit);
                out::fault(&fault);
            }
        }
    }
    if !unsaved.is_empty() {
        shelf.session.talk(&format!("not saved yet: {}", one_line(&unsaved.join(", "), 400)));
    }
    if pairs.is_empty() && exit == Exit::Fine && unsaved.len() < shelf.names().len() {
        shelf.session.talk("all that has a version is as its newest one");
    }
    Ok((pairs, exit))
}

async fn changed(shelf: &Shelf, name: &str, unsaved: &mut Vec<String>) -> Result<Option<Pair>, Fault> {
    let standing = Standing::of(shelf.store(), shelf.kind, name).await?;
    let Some(newest) = standing.newest() else {
        unsaved.push(name.to_owned());
        return Ok(None);
    };
    let right = shelf.find(name).await?;
    if right.digest()? == Some(newest.id.digest) {
        return Ok(None);
    }
    Ok(Some(Pair { left: shelf.found(&newest.id).await?, right }))
}

fn difference(pair: &Pair) -> Result<Difference, Fault> {
    let told = |(told, json): (String, Value)| Difference { told, json, exit: Exit::Fine };
    Ok(match (&pair.left, &pair.right) {
        (Found::Prompt(left), Found::Prompt(right)) => told(prompts::told(&diff::prompts(left, right))?),
        (Found::Dataset(left), Found::Dataset(right)) => told(rows::told(left, right)?),
        (Found::Model(left), Found::Model(right)) => {
            let is_one = pair.left.digest()? == pair.right.digest()?;
            told(structure::whole(diff::models(&left.spec, &right.spec), is_one, MODEL)?)
        }
        (Found::Eval(left), Found::Eval(right)) => {
            let is_one = left.eval.digest() == right.eval.digest();
            told(structure::whole(diff::evals(&left.eval.spec, &right.eval.spec), is_one, "")?)
        }
        _ => return Err(Fault::bug("two kinds of things were compared")),
    })
}

/// `A  support/triage@3  saved 2026-10-03 12:00`
async fn head(letter: char, found: &Found, shelf: &Shelf) -> Result<String, Fault> {
    let what = match found.version() {
        Some(id) => {
            let version = shelf.version(&id.to_string()).await?;
            let at = styled(FAINT, format!("saved {}", shown(&version.provenance.at)));
            format!("{}  {at}", styled(STRONG, told::name(id)))
        }
        None => format!("{}  {}", styled(STRONG, one_line(found.name(), 200)), styled(FAINT, "as it is now")),
    };
    Ok(format!("{letter}  {what}\n"))
}

/// A version, or without a number what the project has now.
fn side_json(kind: Kind, found: &Found) -> Value {
    let digest = found.digest().ok().flatten();
    let number = found.version().map(|id| id.number);
    json!({"kind": kind, "name": found.name(), "number": number, "digest": digest})
}

/// What is said where nothing differs.
fn nothing() -> String {
    format!("{}\n", styled(FAINT, "nothing differs"))
}
