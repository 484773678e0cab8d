//! `carat spec list | show`, and the commands of versions

use carat_core::untrusted::visible;
use carat_core::version::Kind;
use serde_json::json;

use crate::commands::versions::shelf::{Found, Shelf};
use crate::commands::versions::{self, Moment, Standing, State};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, STRONG, styled};
use crate::session::Session;
use crate::table::{Cell, Table};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// All eval specs, with their newest versions and their labels, and whether the files differ from these; digests are the files'
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// An eval spec; which version it is, and what points to it
    Show {
        /// The spec: triage is evals/triage.yaml; triage@3, @latest are versions
        #[arg(value_name = "REF")]
        spec: String,
        #[command(flatten)]
        moment: Moment,
        /// As JSON: all that it says, which the digest is taken over
        #[arg(long)]
        json: bool,
    },
    #[command(flatten)]
    Versions(versions::Verb),
}

pub(crate) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    match &args.verb {
        Verb::List { json } => list(*json, session).await,
        Verb::Show { spec, moment, json } => show(spec, moment, *json, session).await,
        Verb::Versions(verb) => versions::run(verb, Kind::Eval, session).await,
    }
}

async fn list(json: bool, session: &Session) -> Result<Exit, Fault> {
    let shelf = Shelf::to_read(Kind::Eval, session).await?;
    let mut table = Table::new(["spec", ">version", "file", "labels", "dataset", "digest"]);
    let mut entries = Vec::new();
    let names = shelf.names();
    for name in &names {
        let standing = Standing::of(shelf.store(), Kind::Eval, name).await?;
        let eval = session.project.eval(name).map_err(|error| error.to_string());
        let digest = eval.as_ref().ok().map(carat_registry::EvalOnDisk::digest);
        let state = standing.state(digest.as_ref());
        let [version, file, labels] = standing.cells(state);
        let (entry, dataset, digest) = match &eval {
            Ok(eval) => {
                let digest = eval.digest();
                let entry = json!({"name": name, "digest": digest, "dataset": eval.spec.dataset});
                (entry, eval.spec.dataset.clone(), Cell::styled(FAINT, digest.short()))
            }
            Err(error) => (json!({"name": name, "error": error}), error.clone(), Cell::styled(BAD, "broken")),
        };
        entries.push(standing.json_with(state, entry));
        table.row(vec![name.as_str().into(), version, file, labels, dataset.into(), digest]);
    }
    for name in Standing::gone(shelf.store(), Kind::Eval, &names).await? {
        let standing = Standing::of(shelf.store(), Kind::Eval, &name).await?;
        let [version, file, labels] = standing.cells(State::Gone);
        entries.push(standing.json_with(State::Gone, json!({"name": name})));
        table.row(vec![name.into(), version, file, labels, "–".into(), "–".into()]);
    }
    if json {
        out::json(&json!({"format": 1, "specs": entries}))?;
    } else if table.is_empty() {
        session.talk("no eval specs yet; put one into evals/NAME.yaml");
    } else {
        out::data(&table.fitted())?;
    }
    Ok(Exit::Fine)
}

async fn show(reference: &str, moment: &Moment, json: bool, session: &Session) -> Result<Exit, Fault> {
    let shelf = Shelf::to_read(Kind::Eval, session).await?;
    let looked = moment.look(&shelf, reference).await?;
    let Found::Eval(found) = &looked.found else { return Err(Fault::bug("no eval")) };
    if json {
        let (name, digest, content) = (&found.eval.name, found.eval.digest(), &found.eval.spec);
        out::json(&looked.json_with(json!({"format": 1, "name": name, "digest": digest, "content": content})))?;
        return Ok(Exit::Fine);
    }
    let name = found.version.as_ref().map_or_else(|| found.eval.name.clone(), ToString::to_string);
    let mut text =
        format!("{}  {}\n{}", styled(STRONG, visible(&name)), styled(FAINT, found.eval.digest()), looked.told());
    text.push_str(&format!("\n{}\n", visible(found.package.text.trim_end())));
    for (file, beside) in &found.package.beside {
        text.push_str(&format!(
            "\n{}\n{}\n",
            styled(FAINT, format!("── {}", visible(file))),
            visible(beside.trim_end())
        ));
    }
    out::data(&text)?;
    Ok(Exit::Fine)
}
