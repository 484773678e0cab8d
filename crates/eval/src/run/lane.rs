//! All cases of one model, as wide as its concurrency.

use std::sync::Arc;

use carat_core::DataError;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::Plan;
use crate::plan::Lane;
use crate::resume::Decisions;

use super::breaker::Breaker;
use super::case::{self, Desk, End as CaseEnd, Shared};
use super::memo::Memo;
use super::reader::{Reader, Record};
use super::scoring::Happened;
use super::stop::StopSignal;
use super::wire::Exchange;
use super::{Recordings, Stop};

/// So many answers are kept at hand for other cases that ask the same, while the journal writes them.
const SHARED: usize = 1024;

/// How a lane ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Every case has ended.
    Done,
    /// It was told to stop.
    Stopped,
    /// The model had to be given up.
    GivenUp,
}

/// What a lane works with.
pub(super) struct Station {
    pub(super) plan: Arc<Plan>,
    pub(super) lane: Arc<Lane>,
    pub(super) decisions: Arc<Decisions>,
    pub(super) recordings: Option<Arc<dyn Recordings>>,
    pub(super) out: mpsc::Sender<Happened>,
    pub(super) room: Arc<Semaphore>,
    pub(super) stop: StopSignal,
    pub(super) exchange: Arc<Exchange>,
}

impl Station {
    /// Works through the lane's cases.
    pub(super) async fn run(self) -> Result<End, DataError> {
        // Answers are shared where they are paid for, or wait for somebody's patience.
        let is_shared = self.lane.model.account().is_some() && !self.plan.outline.sharing.is_apart();
        let recordings = self.recordings.as_ref().filter(|_| is_shared).map(Arc::clone);
        let shared = recordings.as_ref().map(|record| Shared { memo: Memo::new(SHARED), here: record.here() });
        let model = self.lane.model.id().digest;
        let route = self.lane.route;
        let record = recordings.map(|recordings| Record { recordings, model, route });
        let desk = Arc::new(Desk {
            shared,
            lane: Arc::clone(&self.lane),
            recordings: self.recordings.clone(),
            wire: self.exchange.wire(&self.lane.model, self.lane.pace, self.lane.price),
            out: self.out.clone(),
            room: Arc::clone(&self.room),
            stop: self.stop.clone(),
        });
        let mut cases = Reader::start(self.plan, Arc::clone(&self.lane), self.decisions, record);
        let mut window = 0;
        let mut stop = self.stop;
        let mut under_way: JoinSet<CaseEnd> = JoinSet::new();
        let mut breaker = Breaker::default();
        let mut end = None;
        loop {
            match stop.now() {
                Stop::No => {}
                Stop::WhenIdle => end = end.or(Some(Ok(End::Stopped))),
                // Dropping what is under way breaks the calls off.
                Stop::Now => return Ok(End::Stopped),
            }
            if under_way.is_empty()
                && let Some(end) = end
            {
                return end;
            }
            // Cases that wait for their next attempt hold no slot; as many again may be waiting. Where few calls may be in
            // flight, no more cases than these are begun, so that one whose attempts all fail is not long in failing.
            window = window.max(2 * desk.wire.width());
            tokio::select! {
                biased;
                () = stop.changed() => {}
                Some(ended) = under_way.join_next(), if !under_way.is_empty() => match ended {
                    Ok(CaseEnd::Left) if matches!(end, None | Some(Ok(End::Done))) => end = Some(Ok(End::Stopped)),
                    Ok(ended) => {
                        // Also when every case has been begun: whether a model is given up is not to hang on who was first.
                        let open = matches!(end, None | Some(Ok(End::Done)));
                        if let Some(error) = breaker.after(ended).filter(|_| open) {
                            end = Some(Ok(End::GivenUp));
                            desk.give_up(error).await;
                        }
                    }
                    Err(broken) => std::panic::resume_unwind(broken.into_panic()),
                },
                case = cases.next(), if end.is_none() && under_way.len() < window => match case {
                    Ok(Some(ready)) => drop(under_way.spawn(case::carry_out(Arc::clone(&desk), ready))),
                    Ok(None) => end = Some(Ok(End::Done)),
                    Err(error) => end = Some(Err(error)),
                },
            }
        }
    }
}
