//! Exit codes: a public promise, documented in `docs/cli.md`.

use std::process::ExitCode;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All is well.
    Fine = 0,
    /// A gate failed.
    GateFailed = 1,
    /// The command line, the configuration or the data is not right; a person can mend it.
    Mendable = 2,
    /// The world failed: a provider, the store, the network.
    World = 3,
    /// There was nothing to run.
    Nothing = 4,
    /// The budget was used up before all was done.
    OverBudget = 5,
    /// A bug of carat.
    Bug = 70,
    /// A person or a signal stopped it.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// Of several ends, the one that a script has to hear of first.
    pub(crate) fn graver(self, other: Self) -> Self {
        let rank = |exit| match exit {
            Self::Fine => 0,
            Self::GateFailed => 1,
            Self::Nothing => 2,
            Self::Mendable => 3,
            Self::OverBudget => 4,
            Self::World => 5,
            Self::Interrupted => 6,
            Self::Bug => 7,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}
