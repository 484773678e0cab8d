//! All cases of one model, as wide as its concurrency.

use std::sync::Arc;

use carat_core::{DataError, EventKind, ModelError};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use crate::Plan;
use crate::plan::Lane;
use crate::resume::Decisions;

use super::breaker::Breaker;
use super::case::{self, Desk, End as CaseEnd};
use super::reader::{self, Ready};
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
    pub(super) out: mpsc::Sender<EventKind>,
    pub(super) stop: StopSignal,
}

impl Station {
    /// Works through the lane's cases.
    pub(super) async fn run(self) -> Result<End, DataError> {
        let concurrency = self.lane.pace.concurrency;
        let (ready, mut cases) = mpsc::channel(concurrency);
        let reading = self.start_reading(ready);
        let desk = Arc::new(Desk {
            lane: Arc::clone(&self.lane),
            recordings: self.recordings.clone(),
            slots: Semaphore::new(concurrency),
            out: self.out.clone(),
            stop: self.stop.clone(),
        });
        let end = self.work(&desk, &mut cases).await;
        drop(cases);
        match end {
            // The reader has come to the end of the rows, or to an error.
            End::Done => read_to_the_end(reading).await.map(|()| End::Done),
            End::Stopped | End::GivenUp => Ok(end),
        }
    }

    async fn work(&self, desk: &Arc<Desk>, cases: &mut mpsc::Receiver<Ready>) -> End {
        // Cases that wait for their next attempt hold no slot; as many again may be waiting.
        let window = self.lane.pace.concurrency * 2;
        let mut stop = self.stop.clone();
        let mut under_way: JoinSet<CaseEnd> = JoinSet::new();
        let mut breaker = Breaker::default();
        let mut end = None;
        loop {
            match stop.now() {
                Stop::No => {}
                Stop::WhenIdle => end = end.or(Some(End::Stopped)),
                // Dropping what is under way breaks the calls off.
                Stop::Now => return End::Stopped,
            }
            if let (Some(end), true) = (end, under_way.is_empty()) {
                return end;
            }
            tokio::select! {
                biased;
                () = stop.changed() => {}
                Some(ended) = under_way.join_next(), if !under_way.is_empty() => {
                    if let Some(error) = breaker.after(ended.unwrap_or(CaseEnd::Abandoned)).filter(|_| end.is_none()) {
                        end = Some(End::GivenUp);
                        self.give_up(error).await;
                    }
                }
                case = cases.recv(), if end.is_none() && under_way.len() < window => match case {
                    Some(ready) => drop(under_way.spawn(case::carry_out(Arc::clone(desk), ready))),
                    None => end = Some(End::Done),
                },
            }
        }
    }

    async fn give_up(&self, error: ModelError) {
        let model = Arc::clone(&self.lane.model.id().name);
        let _ = self.out.send(EventKind::ModelGivenUp { model, error }).await;
    }

    fn start_reading(&self, ready: mpsc::Sender<Ready>) -> JoinHandle<Result<(), DataError>> {
        let (plan, lane, decisions) = (Arc::clone(&self.plan), Arc::clone(&self.lane), Arc::clone(&self.decisions));
        tokio::task::spawn_blocking(move || reader::read(&plan, &lane, &decisions, &ready))
    }
}

async fn read_to_the_end(reading: JoinHandle<Result<(), DataError>>) -> Result<(), DataError> {
    match reading.await {
        Ok(read) => read,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
