//! Ctrl-C: once to finish what is in flight, twice to stop now.

use carat_eval::Stop;
use tokio::sync::watch;

use super::watch::Screen;

/// Listens for interrupts for as long as the run goes on.
pub(super) fn listen(screen: Screen) -> (watch::Receiver<Stop>, tokio::task::JoinHandle<()>) {
    let (wish, stop) = watch::channel(Stop::No);
    let listener = tokio::spawn(async move {
        interrupted().await;
        let _ = wish.send(Stop::WhenIdle);
        screen.say("interrupted: finishing what is in flight; once more to stop now");
        interrupted().await;
        let _ = wish.send(Stop::Now);
        screen.say("stopping now; what has arrived is recorded");
        // Whoever still holds on to the run's wish keeps it.
        std::future::pending::<()>().await;
    });
    (stop, listener)
}

/// Waits for Ctrl-C, or for the signal by which systems ask a program to end.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
