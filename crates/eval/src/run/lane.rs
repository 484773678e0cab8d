//! All cases of one model, as wide as its concurrency.

use std::sync::Arc;

use carat_core::DataError;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::Plan;
use crate::plan::Lane;
use crate::resume::Decisions;

use super::breaker::Breaker;
use super::case::{self, Desk, End as CaseEnd};
use super::reader::Reader;
use super::scoring::Happened;
use super::stop::StopSignal;
use super::{Recordings, Stop};

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
}

impl Station {
    /// Works through the lane's cases.
    pub(super) async fn run(self) -> Result<End, DataError> {
        let desk = Arc::new(Desk {
            lane: Arc::clone(&self.lane),
            recordings: self.recordings.clone(),
            slots: Semaphore::new(self.lane.pace.concurrency),
            out: self.out.clone(),
            room: Arc::clone(&self.room),
            stop: self.stop.clone(),
        });
        let mut cases = Reader::start(self.plan, Arc::clone(&self.lane), self.decisions);
        // Cases that wait for their next attempt hold no slot; as many again may be waiting.
        let window = self.lane.pace.concurrency * 2;
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
