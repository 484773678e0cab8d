//! The way to one model: how hard it may be asked, and what asking it costs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carat_core::spec::Price;
use carat_core::{Call, Completion, Digest, EventKind, Model, ModelError, ModelErrorKind};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::Instant;

use super::Stop;
use super::patience::Patience;
use super::stop::StopSignal;
use crate::limits::{Change, How, Settings, Slot, Slots, Waits};
use crate::plan::{Judge, Lane, Pace};
use crate::purse::{Exhausted, Expense, Purse, SetAside};

/// What all ways share: the slots of each account, the purse, and who is told when that is empty.
pub(super) struct Exchange {
    accounts: HashMap<u64, Arc<Slots>>,
    purse: Arc<Purse>,
    halt: watch::Sender<Stop>,
}

impl Exchange {
    /// For the models of a run.
    pub(super) fn new(lanes: &[Arc<Lane>], judges: &[Judge], purse: Arc<Purse>, halt: watch::Sender<Stop>) -> Self {
        let paces = lanes.iter().map(|lane| (&lane.model, lane.pace));
        let paces = paces.chain(judges.iter().map(|judge| (&judge.model, judge.pace)));
        let mut settings: HashMap<u64, Settings> = HashMap::new();
        for (model, pace) in paces {
            if let Some(account) = model.account() {
                settings.entry(account.id).and_modify(|known| *known = both(known, pace)).or_insert_with(|| of(pace));
            }
        }
        let accounts = settings.into_iter().map(|(id, settings)| (id, Arc::new(Slots::new(&settings)))).collect();
        Self { accounts, purse, halt }
    }

    /// Lets others see what the calls of each account wait for.
    pub(super) fn show(&self, lanes: &[Arc<Lane>], judges: &[Judge], waits: &Waits) {
        let models = lanes.iter().map(|lane| &lane.model).chain(judges.iter().map(|judge| &judge.model));
        let names: HashMap<u64, &Arc<str>> =
            models.filter_map(|model| model.account()).map(|account| (account.id, &account.name)).collect();
        for (id, slots) in &self.accounts {
            names.get(id).into_iter().for_each(|name| waits.watch(name, slots));
        }
    }

    /// The way to a model.
    pub(super) fn wire(self: &Arc<Self>, model: &Arc<dyn Model>, pace: Pace, price: Option<Price>) -> Wire {
        let account = model.account();
        let shared = account.and_then(|account| self.accounts.get(&account.id)).map(Arc::clone);
        Wire {
            model: Arc::clone(model),
            pace,
            price,
            account: account.map(|account| Arc::clone(&account.name)),
            own: Semaphore::new(pace.concurrency),
            shared,
            patience: Mutex::default(),
            given_up: watch::Sender::new(false),
            exchange: Arc::clone(self),
        }
    }

    /// Whether the money ran out.
    pub(super) fn is_exhausted(&self) -> bool {
        self.purse.is_exhausted()
    }

    fn stop_spending(&self) {
        self.halt.send_if_modified(|stop| {
            let changes = *stop < Stop::WhenIdle;
            *stop = (*stop).max(Stop::WhenIdle);
            changes
        });
    }
}

fn of(pace: Pace) -> Settings {
    Settings {
        start: pace.at_first,
        floor: 1,
        ceiling: pace.concurrency,
        requests_per_minute: pace.requests_per_minute,
        tokens_per_minute: pace.tokens_per_minute,
    }
}

/// Of two models with one account: as many calls as the more patient one bears, and no more a minute than either may make.
fn both(known: &Settings, pace: Pace) -> Settings {
    let least = |one: Option<u64>, other: Option<u64>| one.into_iter().chain(other).min();
    let requests = least(known.requests_per_minute.map(u64::from), pace.requests_per_minute.map(u64::from));
    Settings {
        start: known.start.max(pace.at_first),
        floor: 1,
        ceiling: known.ceiling.max(pace.concurrency),
        requests_per_minute: requests.and_then(|requests| u32::try_from(requests).ok()),
        tokens_per_minute: least(known.tokens_per_minute, pace.tokens_per_minute),
    }
}

/// The way to one model.
pub(super) struct Wire {
    pub(super) model: Arc<dyn Model>,
    pub(super) pace: Pace,
    price: Option<Price>,
    account: Option<Arc<str>>,
    /// The most calls in flight of this very model.
    own: Semaphore,
    /// The slots of its account, if it has one.
    shared: Option<Arc<Slots>>,
    /// How long it is waited for.
    patience: Mutex<Patience>,
    /// Whether it was given up, so that nobody waits for it any more.
    given_up: watch::Sender<bool>,
    exchange: Arc<Exchange>,
}

/// Leave to make one call.
pub(super) struct Leave<'a> {
    wire: &'a Wire,
    slot: Option<Slot<'a>>,
    set_aside: Option<SetAside>,
    _own: SemaphorePermit<'a>,
}

impl Wire {
    /// Waits for a slot, and sets aside what the call may cost. None when the run is to stop: nothing new is begun then.
    pub(super) async fn leave(&self, call: Call<'_>, stop: &StopSignal) -> Option<Leave<'_>> {
        let mut stop = stop.clone();
        let waiting = async {
            let own = self.own.acquire().await.ok()?;
            let needs_count = self.is_charged() || self.pace.tokens_per_minute.is_some();
            let input_tokens = if needs_count { self.model.input_tokens(call.request) } else { 0 };
            let expense = Expense::of(&self.model.id().name, self.price, call.request, input_tokens);
            let slot = match &self.shared {
                Some(slots) => Some(slots.acquire(input_tokens).await),
                None => None,
            };
            let set_aside = match self.is_charged() {
                false => None,
                true => match self.exchange.purse.set_aside(&expense).await {
                    Ok(set_aside) => Some(set_aside),
                    Err(Exhausted) => {
                        self.exchange.stop_spending();
                        return None;
                    }
                },
            };
            Some(Leave { wire: self, slot, set_aside, _own: own })
        };
        tokio::pin!(waiting);
        loop {
            if stop.now() != Stop::No {
                return None;
            }
            tokio::select! {
                biased;
                () = self.is_given_up() => return None,
                leave = &mut waiting => return leave.filter(|_| stop.now() == Stop::No),
                () = stop.changed() => {}
            }
        }
    }

    /// Whether its calls are charged to a budget: not so what this machine does for nothing, such as a baseline.
    fn is_charged(&self) -> bool {
        let is_free = self.shared.is_none() && self.price.is_some_and(|price| price.is_free());
        !is_free && !self.exchange.purse.is_boundless()
    }

    /// Nobody is to wait for it any more: what waits is left for a resume.
    pub(super) fn give_up(&self) {
        self.given_up.send_replace(true);
    }

    /// Waits until it is given up.
    pub(super) async fn is_given_up(&self) {
        let _ = self.given_up.subscribe().wait_for(|given_up| *given_up).await;
    }

    /// Waits until it is given up because nothing was ever answered: nobody waits for what is in flight then.
    pub(super) async fn is_dead(&self) {
        self.is_given_up().await;
        if !self.patience().is_dead(Instant::now()) {
            std::future::pending().await
        }
    }

    /// Hears how a question ended that took so long.
    pub(super) fn hear(&self, question: Digest, result: &Result<Completion, ModelError>, took: Duration) {
        self.patience().hear(Instant::now(), question, result, took);
    }

    /// The error to end with, where nobody would wait for more.
    pub(super) fn out_of_patience(&self, error: &ModelError) -> Option<ModelError> {
        self.patience().end(Instant::now(), error, self.pace.total_timeout)
    }

    /// How many calls have been answered.
    pub(super) fn answers(&self) -> u64 {
        self.patience().answers()
    }

    /// Whether it refuses whatever it is asked.
    pub(super) fn refuses_everything(&self) -> bool {
        self.patience().refuses_everything()
    }

    /// Whether it answers, but for some calls that it refuses.
    pub(super) fn is_answering(&self) -> bool {
        self.patience().is_answering()
    }

    /// How many calls of it may be in flight at the moment.
    pub(super) fn width(&self) -> usize {
        let most = self.pace.concurrency;
        self.shared.as_ref().map_or(most, |slots| slots.limit().min(most))
    }

    fn patience(&self) -> MutexGuard<'_, Patience> {
        self.patience.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leave<'_> {
    /// Gives back what the call held, and says how its end changed what may be in flight. Where nobody says what the call
    /// used, the result is told what it was charged for.
    pub(super) fn end(self, result: &mut Result<Completion, ModelError>) -> Option<EventKind> {
        if let Some(set_aside) = self.set_aside {
            match result {
                Ok(completion) => set_aside.answered(completion),
                Err(error) => set_aside.failed(error),
            }
        }
        let change = self.slot?.end(how(result), self.wire.model.limits())?;
        self.wire.account.as_ref().map(|account| told(account, &change))
    }
}

fn told(account: &Arc<str>, change: &Change) -> EventKind {
    let calls = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    EventKind::LimitChanged {
        account: Arc::clone(account),
        from: calls(change.from),
        to: calls(change.to),
        why: change.why,
    }
}

/// What a call's end says of the limits of its account.
fn how(result: &Result<Completion, ModelError>) -> How {
    let error = match result {
        Ok(completion) => {
            return How::Answered { tokens: completion.usage.map(|usage| usage.total()) };
        }
        Err(error) => error,
    };
    match error.kind {
        ModelErrorKind::RateLimited => {
            How::RateLimited { retry_after: error.retry_after_ms.map(Duration::from_millis) }
        }
        ModelErrorKind::Server | ModelErrorKind::Connection | ModelErrorKind::Timeout | ModelErrorKind::Malformed => {
            How::Failed
        }
        ModelErrorKind::Authentication
        | ModelErrorKind::NotFound
        | ModelErrorKind::BadRequest
        | ModelErrorKind::NoExamples
        | ModelErrorKind::NotRecorded
        | ModelErrorKind::Program => How::Abandoned,
    }
}
