//! Ctrl-C: once to finish what is in flight, twice to stop now, three times to leave without another word.

use carat_eval::Stop;
use tokio::sync::watch;

use crate::exit::Exit;

use super::watch::Screen;

/// Listens for interrupts for as long as the run goes on.
pub(super) fn listen(screen: Screen) -> (watch::Receiver<Stop>, tokio::task::JoinHandle<()>) {
    let (wish, stop) = watch::channel(Stop::No);
    let mut interrupts = Interrupts::listen();
    let listener = tokio::spawn(async move {
        interrupts.next().await;
        let _ = wish.send(Stop::WhenIdle);
        screen.say("interrupted: finishing what is in flight; once more to stop now");
        interrupts.next().await;
        let _ = wish.send(Stop::Now);
        screen.say("stopping now; what has arrived is recorded");
        // Stopping can take a while where the store has to wait for room. What is recorded survives the process.
        interrupts.next().await;
        std::process::exit(Exit::Interrupted as i32);
    });
    (stop, listener)
}

/// Ctrl-C, and the signal by which systems ask a program to end. Listened for from the first moment on and without a gap,
/// so that none is missed.
#[cfg(unix)]
struct Interrupts {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Interrupts {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self { interrupt: signal(SignalKind::interrupt()).ok(), terminate: signal(SignalKind::terminate()).ok() }
    }

    async fn next(&mut self) {
        let Self { interrupt, terminate } = self;
        tokio::select! {
            () = received(interrupt) => {}
            () = received(terminate) => {}
        }
    }
}

/// Waits for the signal; for ever where it cannot be listened for.
#[cfg(unix)]
async fn received(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct Interrupts;

#[cfg(not(unix))]
impl Interrupts {
    const fn listen() -> Self {
        Self
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
