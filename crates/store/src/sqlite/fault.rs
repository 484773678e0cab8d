//! What SQLite's result codes mean to a caller.

/// What kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Busy,
    CannotOpen,
    Damaged,
    Disk,
    Full,
    Interrupted,
    NotADatabase,
    Other,
    ReadOnly,
    Taken,
}

impl Fault {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else { return Self::Other };
        let code = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(0);
        // The lowest byte is the code, what is above it says more: https://www.sqlite.org/rescode.html
        match code & 0xff {
            5 | 6 => Self::Busy,
            3 | 8 => Self::ReadOnly,
            9 => Self::Interrupted,
            10 => Self::Disk,
            11 => Self::Damaged,
            13 => Self::Full,
            14 => Self::CannotOpen,
            19 if database.is_unique_violation() => Self::Taken,
            26 => Self::NotADatabase,
            _ => Self::Other,
        }
    }
}
