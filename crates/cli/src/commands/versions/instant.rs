//! Moments as people write them: `2026-10-03T12:00Z`, or shorter.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A moment that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Instant {
    /// RFC 3339 in UTC, to the millisecond, as the store has its moments.
    pub(super) utc: String,
    /// As it was written.
    written: String,
    /// Whether it was written without an offset.
    is_bare: bool,
    timestamp: Timestamp,
}

impl Instant {
    /// Reads a date, or a date with a time to the minute or finer, with or without an offset. Without one it is UTC: what
    /// moved where at that moment must not depend on the machine that asks.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let with_offset = text.parse::<Timestamp>().ok();
        let with_zone = || text.parse::<Zoned>().ok().map(|zoned| zoned.timestamp());
        let bare = || text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(DateTime::from)).ok();
        let in_utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
        let with_offset = with_offset.or_else(with_zone);
        let timestamp = with_offset.or_else(|| bare().and_then(in_utc)).ok_or(
            "expected a moment such as 2026-10-03T12:00Z, 2026-10-03T14:00+02:00 or 2026-10-03; without an offset it is UTC",
        )?;
        let utc = timestamp.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        Ok(Self { utc, written: text.to_owned(), is_bare: with_offset.is_none(), timestamp })
    }

    /// What the person should know of how it was read.
    pub(super) fn remark(&self) -> Option<String> {
        self.is_bare.then(|| format!("{} is taken for {}: without an offset, moments are UTC", self.written, self.utc))
    }

    /// Whether it has not come yet.
    pub(super) fn lies_ahead(&self) -> bool {
        self.timestamp > Timestamp::now()
    }
}

/// A moment of the store for a person: `2026-10-03 12:00`, in UTC.
pub(crate) fn shown(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them_and_are_utc_without_an_offset() {
        for (written, utc, is_bare) in [
            ("2026-10-03T12:00:05.1234Z", "2026-10-03T12:00:05.123Z", false),
            ("2026-10-03T12:00Z", "2026-10-03T12:00:00.000Z", false),
            ("2026-10-03T12:00+02:00", "2026-10-03T10:00:00.000Z", false),
            ("2026-10-03 12:00-05:30", "2026-10-03T17:30:00.000Z", false),
            ("2026-10-03T12:00", "2026-10-03T12:00:00.000Z", true),
            ("2026-10-03 12:00:07", "2026-10-03T12:00:07.000Z", true),
            ("2026-10-03", "2026-10-03T00:00:00.000Z", true),
        ] {
            let instant = Instant::read(written).unwrap();
            assert_eq!((instant.utc.as_str(), instant.is_bare), (utc, is_bare), "{written}");
            assert_eq!(instant.remark().is_some(), is_bare);
        }
    }

    #[test]
    fn what_is_no_moment_is_refused_with_an_example() {
        for written in ["", "yesterday", "12:00", "2026-13-01", "2026-10-03T25:00Z", "3.10.2026", "1790000000"] {
            assert!(Instant::read(written).unwrap_err().contains("2026-10-03T12:00Z"), "{written}");
        }
    }

    #[test]
    fn what_is_to_come_lies_ahead() {
        assert!(Instant::read("2999-01-01").unwrap().lies_ahead());
        assert!(!Instant::read("2020-01-01").unwrap().lies_ahead());
    }
}
