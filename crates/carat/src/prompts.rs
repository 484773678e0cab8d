//! The prompts of an application, kept up to date in the background.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use carat_prompt::Digest;

use crate::options::{Options, Watch};
use crate::shelf::Shelf;
use crate::source::Source;
use crate::{GetError, OpenError, Prompt, Split};

/// The shortest time between two looks.
const SHORTEST: Duration = Duration::from_millis(10);

/// So often the thread that loads lets others go first before it no longer cares.
const PATIENCE: u32 = 1000;

/// The prompts of an application. Cheap to clone; clones share everything, and when the last one is dropped the thread that
/// looks for changes ends.
#[derive(Clone)]
pub struct Prompts(Arc<Shared>);

struct Shared {
    /// What is served. It is replaced as a whole, and nobody who reads it waits for that.
    shelf: ArcSwap<Shelf>,
    health: Mutex<Health>,
    /// Held while something is loaded, so that one load at a time goes on.
    source: Mutex<Source>,
    options: Options,
    /// Nothing is ever sent: the thread that looks for changes ends when this is dropped.
    _alive: Sender<()>,
}

/// How the prompts of an application are doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// When what is served was loaded.
    pub loaded_at: SystemTime,
    /// When it was last seen that what is served is what is there.
    pub checked_at: SystemTime,
    /// The name of all that is served: of a bundle, the digest in its first line.
    pub digest: Digest,
    /// How many versions are served.
    pub versions: usize,
    /// Why what is there now is not served; none where it is.
    pub last_error: Option<OpenError>,
}

/// What came of looking for changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reload {
    /// Something new is served.
    Loaded {
        /// The name of all that is served.
        digest: Digest,
        /// The name of what was served before.
        before: Digest,
    },
    /// What is there now cannot be used; what was served goes on being served.
    Refused(OpenError),
    /// What is there is again what is served, after it could not be used for a while.
    Recovered,
}

impl Prompts {
    /// Loads the prompts of a bundle, of a folder of working files, of a project, or, with the feature `store`, of a store;
    /// and keeps them up to date. See [`Options`] for other ways.
    ///
    /// # Errors
    /// There is nothing at that place, or something that is not as it should be.
    pub fn open(place: impl AsRef<Path>) -> Result<Self, OpenError> {
        Options::default().open(place)
    }

    /// Ways to open prompts.
    pub fn options() -> Options {
        Options::default()
    }

    pub(crate) fn open_with(place: &Path, options: Options) -> Result<Self, OpenError> {
        let mut source = Source::at(place)?;
        let not_there = || OpenError::NotThere { place: place.display().to_string() };
        let shelf = source.load(None)?.ok_or_else(not_there)?;
        options.refuse_missing(&shelf)?;
        let interval = match options.watch {
            Watch::AsUsual => Some(source.interval()),
            Watch::Every(interval) => Some(interval.max(SHORTEST)),
            Watch::Never => None,
        };
        let now = SystemTime::now();
        let health =
            Health { loaded_at: now, checked_at: now, digest: shelf.digest, versions: shelf.len(), last_error: None };
        let (alive, until) = channel();
        let shared = Arc::new(Shared {
            shelf: ArcSwap::from_pointee(shelf),
            health: Mutex::new(health),
            source: Mutex::new(source),
            options,
            _alive: alive,
        });
        if let Some(interval) = interval {
            watch(&shared, until, interval)?;
        }
        Ok(Self(shared))
    }

    /// The version that a reference names: `support/triage@production`, `support/triage@7`, `support/triage@latest`,
    /// `support/triage@9f2c41ab03de`; of a folder `support/triage`. It takes a look-up in memory, and never waits: not for
    /// the disk, not for the network, not for a reload.
    ///
    /// # Errors
    /// There is no such version: with the nearest name or label.
    pub fn get(&self, reference: &str) -> Result<Prompt, GetError> {
        self.0.shelf.load().get(reference)
    }

    /// The version that a key has in a split such as `support/triage@{production:95,candidate:5}`: for the same key always
    /// the same one, on every machine. See [`Split`].
    ///
    /// # Errors
    /// It is no split (with the place), or one of its versions is not there.
    pub fn split(&self, split: &str, key: &str) -> Result<Prompt, GetError> {
        self.choose(&Split::read(split)?, key)
    }

    /// As [`Prompts::split`], with a split that was read before.
    ///
    /// # Errors
    /// One of its versions is not there, whether or not it is the one for this key.
    pub fn choose(&self, split: &Split, key: &str) -> Result<Prompt, GetError> {
        self.0.shelf.load().choose(split, key)
    }

    /// The names of all prompts, sorted.
    pub fn names(&self) -> Vec<String> {
        self.0.shelf.load().names()
    }

    /// How things are: for a health check, and for a metric.
    pub fn health(&self) -> Health {
        lock(&self.0.health).clone()
    }

    /// Loads again, now, and tells whether something new is served. Where what is there cannot be used, what was served goes
    /// on being served.
    ///
    /// # Errors
    /// As [`Prompts::open`].
    pub fn reload(&self) -> Result<bool, OpenError> {
        let source = lock(&self.0.source);
        self.0.load(source)
    }
}

impl std::fmt::Debug for Prompts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prompts").field("health", &self.health()).finish_non_exhaustive()
    }
}

impl Shared {
    /// Looks whether something has changed, and loads it if so.
    fn look(&self) {
        let mut source = lock(&self.source);
        if source.may_have_changed() {
            // Whoever asks for the health is told, and so is whoever wanted to be called.
            drop(self.load(source));
        } else {
            let mut health = lock(&self.health);
            if health.last_error.is_none() {
                health.checked_at = SystemTime::now();
            }
        }
    }

    fn load(&self, mut source: MutexGuard<'_, Source>) -> Result<bool, OpenError> {
        let loaded = source.load(Some(&self.shelf.load())).and_then(|shelf| match shelf {
            Some(shelf) => self.options.refuse_missing(&shelf).map(|()| Some(shelf)),
            None => Ok(None),
        });
        let (outcome, news) = self.settle(loaded);
        // Whoever is called may well want to load.
        drop(source);
        if let Some(news) = &news {
            self.options.tell(news);
        }
        outcome
    }

    /// Takes what was loaded, and tells what is new about that.
    fn settle(&self, loaded: Result<Option<Shelf>, OpenError>) -> (Result<bool, OpenError>, Option<Reload>) {
        let mut health = lock(&self.health);
        let shelf = match loaded {
            Ok(shelf) => shelf,
            Err(error) => {
                let is_new = health.last_error.as_ref() != Some(&error);
                health.last_error = Some(error.clone());
                return (Err(error.clone()), is_new.then_some(Reload::Refused(error)));
            }
        };
        health.checked_at = SystemTime::now();
        let had_failed = health.last_error.take().is_some();
        let before = health.digest;
        match shelf.filter(|shelf| shelf.digest != before) {
            Some(shelf) => {
                (health.digest, health.versions, health.loaded_at) = (shelf.digest, shelf.len(), health.checked_at);
                let news = Reload::Loaded { digest: shelf.digest, before };
                retire(&self.shelf.swap(Arc::new(shelf)));
                (Ok(true), Some(news))
            }
            None => (Ok(false), had_failed.then_some(Reload::Recovered)),
        }
    }
}

/// Starts the thread that looks for changes, until the prompts are dropped.
fn watch(shared: &Arc<Shared>, until: Receiver<()>, interval: Duration) -> Result<(), OpenError> {
    let shared: Weak<Shared> = Arc::downgrade(shared);
    let watching = move || {
        while until.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
            let Some(shared) = shared.upgrade() else { return };
            shared.look();
        }
    };
    let thread = std::thread::Builder::new().name("carat-prompts".to_owned()).spawn(watching);
    thread.map(drop).map_err(|error| OpenError::NoThread { cause: error.to_string() })
}

/// Waits a moment for whoever is looking something up in what was just replaced: to take that apart takes longer than a
/// request should wait, and is for the thread that loads.
fn retire(old: &Arc<Shelf>) {
    for _ in 0..PATIENCE {
        if Arc::strong_count(old) == 1 {
            return;
        }
        std::thread::yield_now();
    }
}

/// What is locked is whole at every moment, so that a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
