//! `carat NOUN save NAME…`: what the project has now becomes a version.

use carat_core::version::Pick;
use carat_store::Saved;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, GOOD, styled};

use super::instant::shown;
use super::shelf::{Found, Shelf};
use super::{shapes, told};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The names
    names: Vec<String>,
    /// All that the project has
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// What is to be said of the new versions
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args, shelf: &Shelf) -> Result<Exit, Fault> {
    let names = if args.all { shelf.names() } else { args.names.clone() };
    if names.is_empty() && !args.all {
        return Err(Fault::mendable("name what is to be saved, or give --all for everything"));
    }
    if names.is_empty() {
        return Err(Fault::nothing(format!("the project has no {} to save", shelf.noun())));
    }
    let (mut exit, mut entries, mut new) = (Exit::Fine, Vec::new(), 0);
    for name in &names {
        match save(shelf, name, args.message.as_deref()).await {
            Ok(saved) => {
                new += usize::from(saved.is_new);
                let since = since(shelf, &saved).await?;
                if args.json {
                    entries.push(shapes::version_with(&saved.id, json!({"new": saved.is_new, "since": since})));
                } else {
                    out::data(&line(&saved, &since))?;
                }
            }
            // Of many, the others are saved all the same.
            Err(fault) if names.len() > 1 => {
                exit = exit.graver(fault.exit);
                entries.push(json!({"name": name, "error": fault.message}));
                out::fault(&fault);
            }
            Err(fault) => return Err(fault),
        }
    }
    if args.json {
        out::json(&json!({"format": 1, "kind": shelf.kind, "saved": Value::from(entries)}))?;
    }
    if args.message.is_some() && new == 0 && exit == Exit::Fine {
        shelf
            .session
            .talk("nothing is new, so the message is not kept: it is said of a version when that is saved first");
    }
    Ok(exit)
}

/// Gives what the project has now under a name its number.
pub(crate) async fn save(shelf: &Shelf, name: &str, message: Option<&str>) -> Result<Saved, Fault> {
    let found = shelf.find(name).await?;
    if let Some(version) = found.version() {
        let advice = "give the name alone, to save what the project has now";
        return Err(Fault::mendable(format!("{version} is a version already; {advice}")));
    }
    let catalogue = &shelf.catalogue;
    Ok(match &found {
        Found::Prompt(prompt) => catalogue.save_prompt(prompt, message).await?,
        Found::Dataset(dataset) => catalogue.save_dataset(dataset, true, message).await?,
        Found::Eval(eval) => catalogue.save_eval(eval, message).await?,
        Found::Model(model) => {
            let digest = found.digest()?.ok_or_else(|| by_answers(&model.name))?;
            catalogue.save_model(model, digest, message).await?
        }
    })
}

/// Why a model that repeats recorded answers is not saved by itself.
pub(super) fn by_answers(name: &str) -> Fault {
    let why = "it is known by the answers that it repeats, which an eval reads; `carat eval` saves it";
    Fault::mendable(format!("{name}: {why}"))
}

/// Since when there is this version.
async fn since(shelf: &Shelf, saved: &Saved) -> Result<String, Fault> {
    let version = shelf.store().version(shelf.kind, &saved.id.name, &Pick::Number(saved.id.number)).await?;
    Ok(version.map(|version| version.provenance.at).unwrap_or_default())
}

fn line(saved: &Saved, since: &str) -> String {
    let Saved { id, is_new } = saved;
    let what = if *is_new {
        styled(GOOD, "(new)")
    } else {
        styled(FAINT, format!("(unchanged: has been version {} since {})", id.number, shown(since)))
    };
    format!("{} {} {what}\n", told::name(id), styled(FAINT, id.digest))
}
