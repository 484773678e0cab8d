//! What has been asked lately, so that nobody pays twice for the same question while its answer is on its way.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carat_core::Digest;
use tokio::sync::OnceCell;

/// A question to one model: the digest of its request, and which of several answers to it.
pub(super) type Key = (Digest, u32);

/// The answers to the questions of late.
pub(super) struct Memo<A> {
    /// How many are kept.
    room: usize,
    at_hand: Mutex<AtHand<A>>,
}

struct AtHand<A> {
    answers: HashMap<Key, Arc<OnceCell<A>>>,
    order: VecDeque<Key>,
}

impl<A: Clone> Memo<A> {
    /// For so many questions.
    pub(super) fn new(room: usize) -> Self {
        Self { room, at_hand: Mutex::new(AtHand { answers: HashMap::new(), order: VecDeque::new() }) }
    }

    /// The answer to a question: of whoever asked it before, or by asking; and whether it was asked here. Who asks in vain
    /// leaves the question to the next one, by `is_lasting`.
    pub(super) async fn answer(
        &self,
        key: Key,
        ask: impl Future<Output = A>,
        is_lasting: impl FnOnce(&A) -> bool,
    ) -> (A, bool) {
        let cell = self.cell(key);
        let mut asked_here = false;
        let asked = async {
            asked_here = true;
            ask.await
        };
        let answer = cell.get_or_init(|| asked).await.clone();
        if asked_here && !is_lasting(&answer) {
            self.forget(&key);
        }
        (answer, asked_here)
    }

    fn cell(&self, key: Key) -> Arc<OnceCell<A>> {
        let mut at_hand = self.lock();
        if let Some(cell) = at_hand.answers.get(&key) {
            return Arc::clone(cell);
        }
        if at_hand.order.len() >= self.room
            && let Some(oldest) = at_hand.order.pop_front()
        {
            at_hand.answers.remove(&oldest);
        }
        at_hand.order.push_back(key);
        Arc::clone(at_hand.answers.entry(key).or_default())
    }

    fn forget(&self, key: &Key) {
        let mut at_hand = self.lock();
        at_hand.answers.remove(key);
        at_hand.order.retain(|known| known != key);
    }

    fn lock(&self) -> MutexGuard<'_, AtHand<A>> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
