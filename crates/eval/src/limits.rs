//! How many calls of one provider account may be in flight, and when the next one may begin.
//!
//! Nobody knows an account's limits but its provider, and they change. So each account has one [`Controller`], shared by all
//! that ask on it, which learns from how calls end:
//!
//! * **How many.** It starts small and doubles until the first refusal (429); a refusal cuts to 0.8 of what was in flight,
//!   once an episode. Then it is quickly back at the level that was refused, and goes beyond it seldom and by little.
//! * **When.** A provider that refuses everything is asked again after pauses; what its headers say is left is not
//!   overdrawn, as long as that proves right; limits that a person set for requests and tokens a minute are kept.
//!
//! The controller is a state machine without a clock; [`Slots`] puts it behind a queue that tasks wait in.
//!
//! Additive growth and multiplicative cuts are those of congestion control in networks (Chiu and Jain, 1989; RFC 5681); that
//! only what was used may grow is RFC 7661; that each answer opens at most one place more is slow start as TCP has it.

mod allowances;
mod belief;
mod controller;
mod history;
mod holding;
mod level;
mod opening;
mod outage;
mod per_minute;
mod slots;
mod waits;
mod wall;

pub use controller::{Controller, How, Settings, Start, Ticket};
pub use history::{Change, History};
pub use holding::{Hold, Why};
pub use slots::{Slot, Slots};
pub use waits::{Wait, Waits};
