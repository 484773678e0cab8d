//! Hours in which nothing is promoted.

use jiff::Timestamp;

use super::Finding;
use crate::spec::{Day, QuietHours, TimeOfDay};

const DAY: i64 = 24 * 60;

/// Whether it is not quiet hours.
pub(super) fn finding(quiet: &QuietHours, now: &str) -> Finding {
    let what = format!("outside quiet hours ({})", in_words(quiet));
    let (holds, because) = match minute(quiet, now) {
        None => (false, format!("the instant `{now}` cannot be read")),
        Some(minute) => match until(quiet, minute) {
            Until::Now => (true, format!("it is {}", shown(quiet, minute))),
            Until::Minute(end) => (false, with_reason(quiet, &format!("they last until {}", shown(quiet, end)))),
            Until::Never => (false, with_reason(quiet, "they never end")),
        },
    };
    Finding::told(what, holds, vec![because])
}

/// The minute of the place's clock, counted from the beginning of 1970 there.
fn minute(quiet: &QuietHours, now: &str) -> Option<i64> {
    let now: Timestamp = now.parse().ok()?;
    Some(now.as_second().div_euclid(60) + i64::from(quiet.offset.unwrap_or_default().minutes()))
}

enum Until {
    Now,
    Minute(i64),
    Never,
}

/// When the quiet hours end in which this minute lies, and those that begin as they end.
fn until(quiet: &QuietHours, minute: i64) -> Until {
    let mut end = minute;
    // After a week everything repeats.
    while end < minute + 8 * DAY {
        match end_of(quiet, end) {
            Some(later) => end = later,
            None if end == minute => return Until::Now,
            None => return Until::Minute(end),
        }
    }
    Until::Never
}

/// When those quiet hours end that hold this minute: they began today or yesterday.
fn end_of(quiet: &QuietHours, minute: i64) -> Option<i64> {
    let of_day = |time: Option<TimeOfDay>| i64::from(time.unwrap_or(TimeOfDay::MIDNIGHT).minutes());
    let (from, to) = (of_day(quiet.from), of_day(quiet.to));
    let length = if to > from { to - from } else { to - from + DAY };
    let today = minute.div_euclid(DAY);
    let days =
        [today - 1, today].into_iter().filter(|day| quiet.days.is_empty() || quiet.days.contains(&weekday(*day)));
    let starts = days.map(|day| day * DAY + from);
    starts.filter(|start| (*start..start + length).contains(&minute)).map(|start| start + length).max()
}

/// The day of the week of a day counted from the beginning of 1970, which was a Thursday.
fn weekday(day: i64) -> Day {
    let index = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
    Day::ALL[index]
}

/// `2026-11-26 16:00 +02:00`
fn shown(quiet: &QuietHours, minute: i64) -> String {
    let offset = quiet.offset.unwrap_or_default();
    let clock = Timestamp::from_second(minute.saturating_mul(60));
    let clock = clock.map(|clock| clock.strftime("%Y-%m-%d %H:%M").to_string());
    let place = if offset.minutes() == 0 { "UTC".to_owned() } else { offset.to_string() };
    clock.map_or_else(|_| "the end of time".to_owned(), |clock| format!("{clock} {place}"))
}

fn with_reason(quiet: &QuietHours, said: &str) -> String {
    let why = quiet.why.as_deref().map(str::trim).filter(|why| !why.is_empty());
    why.map_or_else(|| said.to_owned(), |why| format!("{said}: {why}"))
}

/// `fri, sat 16:00–08:00 +02:00`, `sun all day UTC`
pub(in crate::promotion) fn in_words(quiet: &QuietHours) -> String {
    let days: Vec<&str> = quiet.days.iter().map(|day| day.as_str()).collect();
    let days = if days.is_empty() { "every day".to_owned() } else { days.join(", ") };
    let (from, to) = (quiet.from.unwrap_or(TimeOfDay::MIDNIGHT), quiet.to.unwrap_or(TimeOfDay::MIDNIGHT));
    let hours = if from == to && from == TimeOfDay::MIDNIGHT { "all day".to_owned() } else { format!("{from}–{to}") };
    let offset = quiet.offset.filter(|offset| offset.minutes() != 0);
    format!("{days} {hours} {}", offset.map_or_else(|| "UTC".to_owned(), |offset| offset.to_string()))
}
