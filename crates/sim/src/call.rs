//! One request from its arrival to its last byte.

use std::sync::Arc;

use crate::counters::Receipt;
use crate::endpoint::Endpoint;
use crate::hold::Pass;
use crate::world::World;

/// Keeps a request in the counters for as long as it lives.
#[derive(Debug)]
pub(crate) struct Call {
    world: Arc<World>,
    endpoint: Endpoint,
    pass: Option<Pass>,
    receipt: Option<Receipt>,
    /// Whether it has one of the places of inference requests.
    placed: bool,
}

impl Call {
    /// Counts a request in; also returns how many are in flight with it.
    pub(crate) fn arrive(world: Arc<World>, endpoint: Endpoint) -> (Self, u64) {
        let in_flight = world.tally.arrive(endpoint);
        let call = Self { world, endpoint, pass: None, receipt: None, placed: false };
        (call, in_flight)
    }

    /// Takes one of the places of inference requests until the answer is over; `false` when none is free.
    pub(crate) fn take_place(&mut self, most: Option<u64>) -> bool {
        self.placed = self.world.tally.take_place(most);
        self.placed
    }

    /// Gives the place back before the end.
    pub(crate) fn leave_place(&mut self) {
        if std::mem::take(&mut self.placed) {
            self.world.tally.leave_place();
        }
    }

    /// Notes the right to answer, given back unless the answer is finished.
    pub(crate) fn hold_pass(&mut self, pass: Option<Pass>) {
        self.pass = pass;
    }

    /// What is counted when the last byte is written. Without it the request counts as not answered.
    pub(crate) fn owe(&mut self, receipt: Receipt) {
        self.receipt = Some(receipt);
    }

    /// The last byte is about to be written.
    pub(crate) fn finish(mut self) {
        if let Some(receipt) = self.receipt.take() {
            self.world.tally.answer(self.endpoint, receipt);
            self.pass = None;
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(pass) = self.pass.take() {
            self.world.gate.give_back(pass);
        }
        self.leave_place();
        self.world.tally.leave();
    }
}
