//! Wishes to stop.

use tokio::sync::watch;

use super::Stop;

/// The stronger of two wishes to stop: a person's, and the run's own when nobody can record any more.
#[derive(Clone)]
pub(super) struct StopSignal {
    person: watch::Receiver<Stop>,
    run: watch::Receiver<Stop>,
}

impl StopSignal {
    pub(super) const fn new(person: watch::Receiver<Stop>, run: watch::Receiver<Stop>) -> Self {
        Self { person, run }
    }

    /// The wish as it is.
    pub(super) fn now(&self) -> Stop {
        (*self.person.borrow()).max(*self.run.borrow())
    }

    /// Waits until a wish changes; for ever when nobody can wish any more.
    pub(super) async fn changed(&mut self) {
        tokio::select! {
            Ok(()) = self.person.changed() => {}
            Ok(()) = self.run.changed() => {}
            else => std::future::pending().await,
        }
    }
}
