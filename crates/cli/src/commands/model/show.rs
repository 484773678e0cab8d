//! `carat model show`

use carat_core::untrusted::visible;
use carat_core::version::Kind;
use carat_models::{Problem, model_id};
use carat_registry::{FoundModel, Prices};
use serde_json::json;

use crate::commands::versions::shelf::{Found, Shelf};
use crate::commands::versions::{Moment, model_yaml};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::session::Session;

use super::price;

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
    refuse_credentials(found)?;
    let digest = looked.found.digest()?;
    let prices = Prices::of(&session.project)?;
    let priced = prices.of_model(&found.name, &found.spec, price::today())?;
    if args.json {
        let shown = json!({"format": 1, "name": found.name, "digest": digest, "settings": found.spec,
                           "price": price::json(&priced)});
        out::json(&looked.json_with(shown))?;
        return Ok(Exit::Fine);
    }
    let name = found.version.as_ref().map_or_else(|| found.name.clone(), ToString::to_string);
    let digest = digest.map_or_else(|| "known by its answers".to_owned(), |digest| digest.to_string());
    let settings = model_yaml(&found.name, &found.spec);
    out::data(&format!(
        "{}  {}\n{}{}\n{}",
        styled(STRONG, visible(&name)),
        styled(FAINT, digest),
        looked.told(),
        price::line(&priced),
        visible(&settings)
    ))?;
    Ok(Exit::Fine)
}

/// Recorded answers are not built to be shown, and a version may be older than the rule.
fn refuse_credentials(found: &FoundModel) -> Result<(), Fault> {
    match model_id(&found.name, &found.spec, None) {
        Err(error) if matches!(error.problem, Problem::Credential { .. }) => Err(error.into()),
        _ => Ok(()),
    }
}
