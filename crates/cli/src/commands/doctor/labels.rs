//! Labels that have a policy: whether they are where promotions put them.

use super::finding::Finding;
use crate::commands::promote::bypassed::bypassed;
use crate::fault::Fault;
use crate::session::Session;

const CHECK: &str = "label";

/// A line for each label that somebody moved past its policy, as anybody can who takes the policy out of `carat.yaml` first.
/// A store that cannot be read has a line of its own.
pub(super) async fn look(session: &Session) -> Vec<Finding> {
    found(session).await.unwrap_or_default()
}

async fn found(session: &Session) -> Result<Vec<Finding>, Fault> {
    let Some(store) = session.store_if_there().await? else { return Ok(Vec::new()) };
    let bypassed = bypassed(session, &store).await;
    store.close().await;
    let finding = |it: &crate::commands::promote::bypassed::Bypassed| {
        Finding::note(CHECK, it.told()).about(it.label.as_str()).but(it.advice())
    };
    Ok(bypassed?.iter().map(finding).collect())
}
