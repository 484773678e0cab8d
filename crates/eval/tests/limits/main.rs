//! The controller of an account: by itself, as a queue, and as stories of providers whose limits nobody is told.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed, in its helpers too")]

mod controller;
mod figure;
mod minute;
mod never;
mod slots;
mod stories;
mod world;
