//! The program itself.

use carat_core::spec::Provider;

use super::finding::Finding;

/// Which carat this is, and what it can do.
pub(super) fn look() -> Finding {
    let providers = Provider::ALL.map(Provider::as_str).join(", ");
    let (version, system, machine) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    let built = if cfg!(debug_assertions) { ", built for debugging" } else { "" };
    Finding::fine("carat", format!("{version} on {system} {machine}{built}; models: {providers}; store: SQLite"))
}
