//! Whether the clocks of those who wrote the log agreed.
//!
//! Entries have the time of the machine that wrote them. A clock that is wrong breaks nothing, and no chain can tell it from
//! a time that somebody made up; but what a label meant at a moment is looked up by these times, so that it is to be known.

use carat_core::audit::Entry;
use jiff::{SignedDuration, Timestamp};

/// So much two clocks may differ without a word.
const SLACK: SignedDuration = SignedDuration::from_secs(60);

/// So many entries are named.
const NAMED: usize = 20;

/// The times of a log so far.
pub(super) struct Clocks {
    now: Timestamp,
    last: Option<(u64, Timestamp)>,
    odd: Vec<String>,
    more: usize,
}

impl Clocks {
    pub(super) const fn at(now: Timestamp) -> Self {
        Self { now, last: None, odd: Vec::new(), more: 0 }
    }

    /// Takes the next entry.
    pub(super) fn take(&mut self, entry: &Entry) {
        let seq = entry.seq;
        let Ok(at) = entry.at.parse::<Timestamp>() else {
            return self.tell(format!("entry {seq} has no time that can be read"));
        };
        if at.duration_since(self.now) > SLACK {
            self.tell(format!("entry {seq} is of {at}, which lies ahead of this machine's clock"));
        }
        if let Some((last, before)) = self.last.replace((seq, at))
            && before.duration_since(at) > SLACK
        {
            self.tell(format!("entry {seq} is of {at}, which is earlier than {before} of entry {last} before it"));
        }
    }

    fn tell(&mut self, odd: String) {
        if self.odd.len() < NAMED { self.odd.push(odd) } else { self.more += 1 }
    }

    /// What is odd about them, each in a sentence.
    pub(super) fn told(mut self) -> Vec<String> {
        if self.more > 0 {
            self.odd.push(format!("the times of {} more entries are like that", self.more));
        }
        self.odd
    }
}

#[cfg(test)]
mod tests {
    use carat_core::audit::{Action, Chain, Deed};
    use carat_core::version::{Actor, Source};

    use super::*;

    fn told(times: &[&str]) -> Vec<String> {
        let (by, mut last) = (Actor { name: "ada".to_owned(), source: Source::Git }, None);
        let mut clocks = Clocks::at("2026-11-26T12:00:00Z".parse().unwrap());
        for at in times {
            let (action, details) = (Action::RunDeleted, Default::default());
            let entry = Chain::next(last, Deed { at, by: &by, action, kind: None, subject: "x", details, tool: "0" });
            last = Some((entry.seq, entry.hash));
            clocks.take(&entry);
        }
        clocks.told()
    }

    #[test]
    fn times_that_go_back_or_lie_ahead_by_more_than_a_minute_are_told() {
        assert_eq!(told(&[]), [""; 0]);
        let within = ["2026-11-26T11:59:00Z", "2026-11-26T11:58:00.000Z", "2026-11-26T12:01:00Z"];
        assert_eq!(told(&within), [""; 0], "a minute is nothing");
        let found =
            told(&["2026-11-26T11:00:00Z", "2026-11-26T10:58:59.999Z", "2026-11-26T11:30:00Z", "2026-11-26T12:01:01Z"]);
        insta::assert_snapshot!(found.join("\n"), @"
        entry 2 is of 2026-11-26T10:58:59.999Z, which is earlier than 2026-11-26T11:00:00Z of entry 1 before it
        entry 4 is of 2026-11-26T12:01:01Z, which lies ahead of this machine's clock
        ");
        assert_eq!(told(&["yesterday"]), ["entry 1 has no time that can be read"]);
    }

    #[test]
    fn of_many_the_first_are_named() {
        let found = told(&["2027-01-01T00:00:00Z"; 50]);
        assert_eq!((found.len(), found[20].as_str()), (21, "the times of 30 more entries are like that"));
    }
}
