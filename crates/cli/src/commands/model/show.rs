//! `carat model show`

use carat_core::untrusted::visible;
use carat_core::version::Kind;
use serde_json::json;

use crate::commands::versions::shelf::{Found, Shelf};
use crate::commands::versions::{Moment, model_yaml};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::session::Session;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The model: its name in carat.yaml; gpt@3, gpt@production, gpt@latest are versions of its settings
    #[arg(value_name = "REF")]
    model: String,
    #[command(flatten)]
    moment: Moment,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    let shelf = Shelf::to_read(Kind::Model, session).await?;
    let looked = args.moment.look(&shelf, &args.model).await?;
    let Found::Model(found) = &looked.found else { return Err(Fault::bug("no model")) };
    let digest = looked.found.digest()?;
    if args.json {
        let shown = json!({"format": 1, "name": found.name, "digest": digest, "settings": found.spec});
        out::json(&looked.json_with(shown))?;
        return Ok(Exit::Fine);
    }
    let name = found.version.as_ref().map_or_else(|| found.name.clone(), ToString::to_string);
    let digest = digest.map_or_else(|| "known by its answers".to_owned(), |digest| digest.to_string());
    let settings = model_yaml(&found.name, &found.spec);
    out::data(&format!(
        "{}  {}\n{}\n{}",
        styled(STRONG, visible(&name)),
        styled(FAINT, digest),
        looked.told(),
        visible(&settings)
    ))?;
    Ok(Exit::Fine)
}
