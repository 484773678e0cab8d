//! A gate that lets so many completions pass and keeps the others until it is opened.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::counters::Tally;

#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// Spares the usual case, an open gate, the lock.
    armed: AtomicBool,
    state: Mutex<State>,
    opened: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// How many may still pass; `None` lets all pass.
    left: Option<u64>,
    /// Counts the holds, so that a pass from an earlier one is not given back to a later one.
    hold: u64,
}

/// The right to one answer. An answer that is not finished gives it back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pass {
    hold: u64,
}

/// Counts a waiting completion, also when its client gives up.
struct Waiting<'t>(&'t Tally);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.let_go();
    }
}

impl Gate {
    /// Lets `count` more answers pass; all others wait.
    pub(crate) fn close_after(&self, count: u64) {
        let mut state = self.state();
        state.left = Some(count);
        state.hold += 1;
        self.armed.store(true, Ordering::SeqCst);
        drop(state);
        self.opened.notify_waiters();
    }

    pub(crate) fn open(&self) {
        let mut state = self.state();
        state.left = None;
        self.armed.store(false, Ordering::SeqCst);
        drop(state);
        self.opened.notify_waiters();
    }

    /// Waits for the right to answer. An error answer waits as well, but uses up no pass.
    pub(crate) async fn enter(&self, uses_pass: bool, tally: &Tally) -> Option<Pass> {
        if !self.armed.load(Ordering::SeqCst) {
            return None;
        }
        let mut waiting = None;
        loop {
            let mut opened = std::pin::pin!(self.opened.notified());
            opened.as_mut().enable();
            if let Some(pass) = self.try_enter(uses_pass) {
                return pass;
            }
            waiting.get_or_insert_with(|| {
                tally.hold();
                Waiting(tally)
            });
            opened.await;
        }
    }

    /// `None` when the gate is closed.
    fn try_enter(&self, uses_pass: bool) -> Option<Option<Pass>> {
        let mut state = self.state();
        let hold = state.hold;
        match &mut state.left {
            None => Some(None),
            Some(0) => None,
            Some(_) if !uses_pass => Some(None),
            Some(left) => {
                *left -= 1;
                Some(Some(Pass { hold }))
            }
        }
    }

    /// Takes back the right to an answer that was never finished.
    pub(crate) fn give_back(&self, pass: Pass) {
        let mut state = self.state();
        if state.hold != pass.hold {
            return;
        }
        if let Some(left) = &mut state.left {
            *left += 1;
        }
        drop(state);
        self.opened.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
