//! Ways to open prompts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use crate::shelf::Shelf;
use crate::{OpenError, Prompts, Reload};

/// How prompts are opened and kept up to date.
///
/// ```no_run
/// let prompts = carat::Prompts::options()
///     .interval(std::time::Duration::from_secs(5))
///     .require("support/triage@production")
///     .on_reload(|news| eprintln!("prompts: {news:?}"))
///     .open("prompts.carat")?;
/// # Ok::<(), carat::OpenError>(())
/// ```
#[derive(Default)]
pub struct Options {
    pub(crate) watch: Watch,
    required: Vec<String>,
    on_reload: Option<Box<OnReload>>,
}

type OnReload = dyn Fn(&Reload) + Send + Sync;

/// How often to look for changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Watch {
    #[default]
    AsUsual,
    Every(Duration),
    Never,
}

impl Options {
    /// Looks for changes this often: every second for files and every ten seconds for a store, where nothing is said; never
    /// more often than every ten milliseconds. A look at a bundle is one call of the file system.
    #[must_use]
    pub fn interval(self, interval: Duration) -> Self {
        Self { watch: Watch::Every(interval), ..self }
    }

    /// Looks for changes only when [`Prompts::reload`] is called, and starts no thread.
    #[must_use]
    pub fn without_watching(self) -> Self {
        Self { watch: Watch::Never, ..self }
    }

    /// Says that the application needs this version, or all versions of this split. Without it nothing is opened, and a
    /// reload without it is refused, so that [`Prompts::get`] never fails for it.
    #[must_use]
    pub fn require(mut self, reference: impl Into<String>) -> Self {
        self.required.push(reference.into());
        self
    }

    /// Calls this when something new is served, when what is there cannot be used (once for each reason, not at every
    /// look), and when it can be again. It is called on the thread that looks for changes, or on the one that called
    /// [`Prompts::reload`], and may be called once more while the last handle is being dropped. A panic in it is caught. It
    /// must not hold the prompts themselves, which would keep them for ever.
    #[must_use]
    pub fn on_reload(self, call: impl Fn(&Reload) + Send + Sync + 'static) -> Self {
        Self { on_reload: Some(Box::new(call)), ..self }
    }

    /// Loads the prompts. See [`Prompts::open`].
    ///
    /// # Errors
    /// As [`Prompts::open`]; what is required is not there.
    pub fn open(self, place: impl AsRef<Path>) -> Result<Prompts, OpenError> {
        Prompts::open_with(place.as_ref(), self)
    }

    pub(crate) fn refuse_missing(&self, shelf: &Shelf) -> Result<(), OpenError> {
        self.required.iter().try_for_each(|reference| shelf.has(reference).map_err(OpenError::Required))
    }

    /// Tells whoever wanted to be called. The thread that looks for changes must outlive a mistake made there.
    pub(crate) fn tell(&self, news: &Reload) {
        if let Some(call) = &self.on_reload {
            drop(catch_unwind(AssertUnwindSafe(|| call(news))));
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("watch", &self.watch)
            .field("required", &self.required)
            .field("on_reload", &self.on_reload.is_some())
            .finish()
    }
}
