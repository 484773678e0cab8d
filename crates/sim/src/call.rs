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
}

impl Call {
    /// Counts a request in; also returns how many are in flight with it.
    pub(crate) fn arrive(world: Arc<World>, endpoint: Endpoint) -> (Self, u64) {
        let in_flight = world.tally.arrive(endpoint);
        let call = Self { world, endpoint, pass: None, receipt: None };
        (call, in_flight)
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
        self.world.tally.leave();
    }
}
