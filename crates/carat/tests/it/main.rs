//! The library as an application sees it.

#![expect(clippy::unwrap_used, reason = "a test breaks loudly, in its helpers too")]

mod bundles;
mod crowd;
mod damage;
mod folders;
mod getting;
mod made;
mod manifest;
mod reloading;
mod rendering;
mod splitting;
mod stores;
mod wire;
