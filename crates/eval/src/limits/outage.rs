//! When a provider refuses everything.

use std::time::Duration;

/// So many refusals in a row, with hardly a call between them that was not refused, and the account as a whole is refused.
const IN_A_ROW: u64 = 3;
/// The first pause; it doubles with each call that is refused after it.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause that nobody asked for.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// The longest pause that a provider gets by asking.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// Tells a provider that has no room for one call more, which answers most of what is asked, from one that refuses everyone:
/// because a window of a minute is used up, or because it is not well. The first goes on being asked, whatever its refusals
/// say of waiting; the second is asked one call a pause, and the pause is as long as it says, until it answers.
///
/// What counts are calls that began after the first refusal of a row was heard. An answer to one of them ends the row.
#[derive(Debug, Default)]
pub(super) struct Outage {
    row: Option<Row>,
}

#[derive(Debug)]
struct Row {
    /// How many calls had begun when the row did.
    since: u64,
    begun: u64,
    refused: u64,
    pause: Option<Pause>,
}

#[derive(Debug)]
struct Pause {
    /// How many calls had begun when it did.
    since: u64,
    length: Duration,
    until: Duration,
}

impl Outage {
    /// Whether the account as a whole is refused.
    pub(super) fn is_on(&self) -> bool {
        self.pause().is_some()
    }

    /// When the next call may begin, where the account as a whole is refused.
    pub(super) fn ready(&self) -> Option<Duration> {
        self.pause().map(|pause| pause.until)
    }

    fn pause(&self) -> Option<&Pause> {
        self.row.as_ref()?.pause.as_ref()
    }

    /// A call begins.
    pub(super) fn begun(&mut self, now: Duration) {
        if let Some(row) = &mut self.row {
            row.begun += 1;
            if let Some(pause) = &mut row.pause {
                pause.until = now + pause.length;
            }
        }
    }

    /// The account's `number`-th call was answered. Whether that ended an outage.
    pub(super) fn answered(&mut self, number: u64) -> bool {
        self.row.take_if(|row| number > row.since).is_some_and(|row| row.pause.is_some())
    }

    /// The account's `number`-th call was refused, when `begun` had begun.
    pub(super) fn refused(&mut self, now: Duration, number: u64, begun: u64, asked: Option<Duration>) {
        let row = self.row.get_or_insert(Row { since: begun, begun: 0, refused: 0, pause: None });
        if number <= row.since {
            return;
        }
        row.refused += 1;
        let length = match &row.pause {
            Some(pause) if number <= pause.since => return,
            Some(pause) => (pause.length * 2).min(LONGEST_PAUSE),
            None if row.refused >= IN_A_ROW && row.refused * 2 >= row.begun => FIRST_PAUSE,
            None => return,
        };
        let asked = asked.unwrap_or_default().min(LONGEST_ASKED);
        row.pause = Some(Pause { since: begun, length, until: now + length.max(asked) });
    }
}
