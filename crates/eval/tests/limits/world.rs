//! A provider with limits that nobody is told, and thousands of tasks that ask it, on paused time.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use carat_core::{Left, LimitHints};
use carat_eval::limits::{History, How, Settings, Slots};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

/// How long a refusal takes there.
const REFUSAL: Duration = Duration::from_millis(10);

/// Something that happens to the provider at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Turn {
    /// From now on it bears so many calls at a time.
    Bears(usize),
    /// It refuses everything for so long.
    Storm(Duration),
    /// It fails with a 5xx for so long.
    Breaks(Duration),
}

/// What the provider is like, and what happens to it.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// How many calls it bears at a time.
    pub bears: usize,
    /// How long an answer takes in the middle.
    pub latency: Duration,
    /// How far from the middle it may be: 0.5 is from half as long to half as long again.
    pub spread: f64,
    /// How many calls it takes in each minute.
    pub requests_per_minute: Option<u64>,
    /// Whether it says what is left of that.
    pub tells: bool,
    /// How long refusals ask to wait; in a window that is used up, until the next one if anything.
    pub retry_after: Option<Duration>,
    /// The share of calls that it refuses for no reason.
    pub moods: f64,
    pub turns: Vec<(Duration, Turn)>,
    pub settings: Settings,
    /// How long all this goes on.
    pub lasts: Duration,
    pub seed: u64,
}

impl World {
    pub(crate) fn new(bears: usize, latency_ms: u64) -> Self {
        Self {
            bears,
            latency: Duration::from_millis(latency_ms),
            spread: 0.5,
            requests_per_minute: None,
            tells: false,
            retry_after: None,
            moods: 0.0,
            turns: Vec::new(),
            settings: Settings::adaptive(16, 1000),
            lasts: Duration::from_secs(30),
            seed: 1,
        }
    }

    /// Lets it all happen.
    pub(crate) async fn live(self) -> Seen {
        let tasks = (self.bears * 3).clamp(1000, 3000);
        let provider = Rc::new(Provider::new(self));
        let local = LocalSet::new();
        for _ in 0..tasks {
            local.spawn_local(ask_on_and_on(Rc::clone(&provider)));
        }
        let lasts = provider.world.lasts;
        local.run_until(sleep(lasts)).await;
        provider.seen()
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub history: History,
    /// The mean of calls in service over each second.
    pub busy: Vec<f64>,
    /// Calls that came in each second, and those of them that were refused.
    pub came: Vec<(u64, u64)>,
}

impl Seen {
    /// How many calls came from one second to another, and how many of them were refused.
    pub(crate) fn came(&self, from: usize, to: usize) -> (u64, u64) {
        self.came[from..to].iter().fold((0, 0), |(came, refused), second| (came + second.0, refused + second.1))
    }

    /// The share of calls that were refused from one second to another.
    pub(crate) fn refused(&self, from: usize, to: usize) -> f64 {
        let (came, refused) = self.came(from, to);
        refused as f64 / (came as f64).max(1.0)
    }

    /// The mean of calls in service from one second to another.
    pub(crate) fn mean(&self, from: usize, to: usize) -> f64 {
        self.busy[from..to].iter().sum::<f64>() / (to - from) as f64
    }

    /// In which second as many calls were first in service, over the whole of it.
    pub(crate) fn reached(&self, calls: f64) -> Option<usize> {
        self.busy.iter().position(|&busy| busy >= calls)
    }
}

struct Provider {
    world: World,
    slots: Slots,
    began: Instant,
    dice: Cell<u64>,
    in_service: Cell<usize>,
    counted_until: Cell<Duration>,
    answers: Cell<u64>,
    window: Cell<(u64, u64)>,
    busy: RefCell<Vec<f64>>,
    came: RefCell<Vec<(u64, u64)>>,
    /// How many changes of the limit callers were told of.
    told: Cell<u64>,
}

impl Provider {
    fn new(world: World) -> Self {
        let seconds = world.lasts.as_secs() as usize + 1;
        Self {
            slots: Slots::new(&world.settings),
            began: Instant::now(),
            dice: Cell::new(world.seed),
            in_service: Cell::new(0),
            counted_until: Cell::new(Duration::ZERO),
            answers: Cell::new(0),
            window: Cell::new((0, 0)),
            busy: RefCell::new(vec![0.0; seconds]),
            came: RefCell::new(vec![(0, 0); seconds]),
            told: Cell::new(0),
            world,
        }
    }

    fn seen(&self) -> Seen {
        self.serve(0);
        let history = self.slots.history();
        assert_eq!(
            history.changes.len() as u64 + history.left_out,
            self.told.get(),
            "a change that nobody was told of"
        );
        Seen { history, busy: self.busy.take(), came: self.came.take() }
    }

    /// One call, there and back.
    async fn call(&self) -> (How, Option<LimitHints>) {
        sleep(self.way()).await;
        let how = self.arrived();
        let hints = self.hints();
        match how {
            How::Answered { .. } => {
                self.serve(1);
                sleep(self.world.latency.mul_f64(1.0 + self.world.spread * (2.0 * self.roll() - 1.0))).await;
                self.serve(-1);
            }
            _ => sleep(REFUSAL.mul_f64(0.5 + self.roll())).await,
        }
        sleep(self.way()).await;
        (how, hints)
    }

    /// The way to the provider, and the way back: for quick answers it cannot be far.
    fn way(&self) -> Duration {
        (self.world.latency / 25).min(Duration::from_millis(20))
    }

    fn arrived(&self) -> How {
        let now = self.began.elapsed();
        let turn = self.world.turns.iter().rev().find(|(at, turn)| match turn {
            Turn::Bears(_) => false,
            Turn::Storm(lasts) | Turn::Breaks(lasts) => (*at..*at + *lasts).contains(&now),
        });
        let full = self.in_service.get() >= self.bears(now) || self.roll() < self.world.moods;
        let (minute, taken) = self.window(now);
        let used_up = self.world.requests_per_minute.is_some_and(|most| taken >= most);
        let refused = full || used_up || matches!(turn, Some((_, Turn::Storm(_))));
        let mut came = self.came.borrow_mut();
        let second = &mut came[now.as_secs() as usize];
        *second = (second.0 + 1, second.1 + u64::from(refused));
        if refused {
            let until_next = Duration::from_secs((minute + 1) * 60).saturating_sub(now);
            let retry_after = if used_up { self.world.retry_after.map(|_| until_next) } else { self.world.retry_after };
            return How::RateLimited { retry_after };
        }
        self.window.set((minute, taken + 1));
        if matches!(turn, Some((_, Turn::Breaks(_)))) { How::Failed } else { How::Answered { tokens: None } }
    }

    fn bears(&self, now: Duration) -> usize {
        let mut turns = self.world.turns.iter().rev();
        let last = turns.find_map(|(at, turn)| match turn {
            Turn::Bears(calls) if *at <= now => Some(*calls),
            _ => None,
        });
        last.unwrap_or(self.world.bears)
    }

    /// Which minute it is, and how many calls were taken in it.
    fn window(&self, now: Duration) -> (u64, u64) {
        let minute = now.as_secs() / 60;
        let (known, taken) = self.window.get();
        (minute, if known == minute { taken } else { 0 })
    }

    fn hints(&self) -> Option<LimitHints> {
        let most = self.world.requests_per_minute.filter(|_| self.world.tells)?;
        let now = self.began.elapsed();
        let (minute, taken) = self.window(now);
        self.answers.set(self.answers.get() + 1);
        let reset_ms = ((minute + 1) * 60_000).saturating_sub(now.as_millis() as u64);
        let requests = Some(Left { remaining: most - taken, reset_ms });
        Some(LimitHints { number: self.answers.get(), requests, tokens: None })
    }

    /// Counts the time that was served, then one call more or less.
    fn serve(&self, change: isize) {
        let (now, calls) = (self.began.elapsed(), self.in_service.get());
        let mut from = self.counted_until.replace(now);
        while from < now {
            let second = from.as_secs() as usize;
            let to = now.min(Duration::from_secs(second as u64 + 1));
            self.busy.borrow_mut()[second] += calls as f64 * (to - from).as_secs_f64();
            from = to;
        }
        self.in_service.set(calls.saturating_add_signed(change));
    }

    /// From 0 to 1: SplitMix64.
    fn roll(&self) -> f64 {
        let seed = self.dice.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.dice.set(seed);
        let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((seed ^ (seed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A task that always has another question, and asks it as the runner does: a refused call gives its slot back, waits, and
/// comes again.
async fn ask_on_and_on(provider: Rc<Provider>) {
    let mut attempts = 0;
    loop {
        let slot = provider.slots.acquire(0).await;
        let (how, hints) = provider.call().await;
        let change = slot.end(how, hints);
        provider.told.set(provider.told.get() + u64::from(change.is_some()));
        let asked = match how {
            How::Answered { .. } | How::Abandoned => {
                attempts = 0;
                continue;
            }
            How::RateLimited { retry_after } => retry_after,
            How::Failed => None,
        };
        let back_off = Duration::from_millis(500 << attempts).min(Duration::from_secs(60));
        attempts = (attempts + 1) % 5;
        match asked {
            Some(asked) => sleep(asked + Duration::from_millis(500).mul_f64(provider.roll())).await,
            None => sleep(back_off.mul_f64(0.5 + 0.5 * provider.roll())).await,
        }
    }
}
