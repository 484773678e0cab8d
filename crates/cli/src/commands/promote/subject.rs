//! The version that is to be promoted.

use carat_core::version::VersionId;

use crate::commands::versions::save::save;
use crate::commands::versions::shelf::Shelf;
use crate::fault::Fault;

/// The version that somebody means. What the project has now becomes one first, and that is said.
///
/// # Errors
/// It means none, with what there is instead; or the file cannot be saved.
pub(super) async fn find(shelf: &Shelf, reference: &str) -> Result<VersionId, Fault> {
    let found = shelf.find(reference).await?;
    if let Some(version) = found.version() {
        return Ok(version.clone());
    }
    let saved = save(shelf, reference, None).await?;
    let digest = saved.id.digest.short();
    let what = if saved.is_new { "is saved as" } else { "as it is now is" };
    shelf.session.talk(&format!("{reference} {what} {}  {digest}", saved.id));
    Ok(saved.id)
}
