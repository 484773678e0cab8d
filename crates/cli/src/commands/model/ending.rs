//! What is known of the end of a model: of the days that its provider and the project's calendar say, the earliest.

use std::collections::BTreeMap;
use std::sync::Arc;

use carat_core::untrusted::one_line;
use carat_registry::Calendar;
use jiff::civil::Date;

use super::listing::Listing;
use super::pinned::Pinned;
use crate::exit::Exit;

/// What is known of all models, on a day.
pub(super) struct Ended<'a> {
    pub(super) today: Date,
    /// How many days are soon.
    pub(super) within: i32,
    pub(super) models: Vec<End<'a>>,
}

/// What is known of the end of a model.
pub(super) struct End<'a> {
    pub(super) pinned: &'a Pinned,
    pub(super) status: Status,
    /// To the earliest day that anybody says; 0 and less where it has come.
    pub(super) days_left: Option<i32>,
    /// The earliest first.
    pub(super) said: Vec<Said>,
    /// What there is to say of the provider, where it said no day.
    pub(super) unheard: Option<Unheard>,
}

/// How near the end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// The day has come.
    ShutDown,
    /// It comes within the time that somebody asked about.
    Soon,
    /// It comes after that.
    Later,
    /// Nobody says.
    Unknown,
}

/// A day that somebody says.
pub(super) struct Said {
    pub(super) shutdown: Date,
    pub(super) replacement: Option<String>,
    /// Where it is written.
    pub(super) source: String,
    /// When it was read there; none where that was just now.
    pub(super) as_of: Option<Date>,
    /// The calendar's file; none where the provider says so itself.
    pub(super) calendar: Option<String>,
}

/// Why a provider said no day, and what that means for the exit code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unheard {
    pub(super) why: String,
    pub(super) exit: Exit,
}

/// A calendar, and what its file is called.
pub(super) struct Named {
    pub(super) calendar: Calendar,
    pub(super) shown: String,
}

/// Who says when models are shut down.
pub(super) struct Sources {
    pub(super) calendar: Option<Named>,
    /// By the names of models in `carat.yaml`.
    pub(super) heard: BTreeMap<String, Arc<Listing>>,
}

impl Status {
    /// The word in JSON.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::ShutDown => "shut_down",
            Self::Soon => "soon",
            Self::Later => "later",
            Self::Unknown => "unknown",
        }
    }
}

impl Sources {
    /// What is known of the end of a model, seen from today.
    pub(super) fn end<'a>(&self, pinned: &'a Pinned, today: Date, within: i32) -> End<'a> {
        let listing = pinned.name.as_ref().and_then(|name| self.heard.get(name));
        let (of_provider, unheard) = listing.map_or((None, None), |listing| heard(pinned, listing));
        let mut said: Vec<Said> = [of_provider, self.of_calendar(pinned)].into_iter().flatten().collect();
        said.sort_by_key(|said| said.shutdown);
        let days_left = said.first().map(|said| days_between(today, said.shutdown));
        let status = match days_left {
            None => Status::Unknown,
            Some(..=0) => Status::ShutDown,
            Some(days) if days <= within => Status::Soon,
            Some(_) => Status::Later,
        };
        End { pinned, status, days_left, said, unheard }
    }

    fn of_calendar(&self, pinned: &Pinned) -> Option<Said> {
        let Named { calendar, shown } = self.calendar.as_ref()?;
        let entry = calendar.says(pinned.provider.as_deref(), &pinned.model)?;
        Some(Said {
            shutdown: entry.shutdown,
            replacement: entry.replacement.clone(),
            source: entry.source.clone(),
            as_of: Some(entry.as_of),
            calendar: Some(shown.clone()),
        })
    }
}

/// The day that a provider says, or why it says none.
fn heard(pinned: &Pinned, listing: &Listing) -> (Option<Said>, Option<Unheard>) {
    let because = |why: String, exit| (None, Some(Unheard { why, exit }));
    match listing {
        Listing::Models(_) => match listing.of(&pinned.model) {
            None => because("its provider does not list it, or no longer".to_owned(), Exit::Fine),
            Some(listed) => match (&listed.shutdown, &listed.unread) {
                (Some(day), _) => (Some(of_provider(pinned, *day)), None),
                (None, Some(said)) => {
                    because(format!("its provider says {}, which is no day", one_line(said, 60)), Exit::World)
                }
                (None, None) => (None, None),
            },
        },
        Listing::NoList(why) => because(format!("its provider does not say: {why}"), Exit::Fine),
        Listing::Refused(status) => {
            because(format!("its provider does not say: the key is missing or refused ({status})"), Exit::Mendable)
        }
        Listing::Failed(why) => because(format!("its provider cannot be asked: {why}"), Exit::World),
        Listing::Unfit(why) => because(format!("its provider has not been asked: {why}"), Exit::Mendable),
    }
}

fn of_provider(pinned: &Pinned, shutdown: Date) -> Said {
    let source = format!("the list of models of {}", pinned.provider.as_deref().unwrap_or_default());
    Said { shutdown, replacement: None, source, as_of: None, calendar: None }
}

fn days_between(from: Date, to: Date) -> i32 {
    // Both are between the years -9999 and 9999.
    i32::try_from(from.duration_until(to).as_hours() / 24).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::listing::Listed;
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn pinned() -> Pinned {
        let (model, provider) = ("m-1".to_owned(), Some("openai".to_owned()));
        Pinned { model, provider, name: Some("m".to_owned()), places: Vec::new() }
    }

    /// What is known where the calendar and the provider say these days.
    fn known(calendar: Option<&str>, provider: Option<&str>) -> (Status, Option<i32>, usize) {
        let entry =
            |day: &str| format!("- {{provider: openai, model: m-1, shutdown: {day}, source: s, as_of: 2026-01-01}}");
        let text = calendar.map(entry).unwrap_or_default();
        let calendar = Some(Named { calendar: Calendar::read(&text, "x").unwrap(), shown: "x".to_owned() });
        let listed = Listed { name: "m-1".to_owned(), shutdown: provider.map(day), unread: None };
        let heard = [("m".to_owned(), Arc::new(Listing::Models(vec![listed])))].into();
        let pinned = pinned();
        let end = Sources { calendar, heard }.end(&pinned, day("2026-11-26"), 90);
        (end.status, end.days_left, end.said.len())
    }

    #[test]
    fn the_earliest_day_that_anybody_says_counts() {
        assert_eq!(known(None, None), (Status::Unknown, None, 0));
        assert_eq!(known(Some("2026-12-11"), None), (Status::Soon, Some(15), 1));
        assert_eq!(known(Some("2027-12-11"), Some("2026-12-11")), (Status::Soon, Some(15), 2));
        assert_eq!(known(Some("2026-11-27"), Some("2026-12-11")), (Status::Soon, Some(1), 2));
        assert_eq!(known(None, Some("2026-11-26")), (Status::ShutDown, Some(0), 1));
    }

    #[test]
    fn soon_is_up_to_the_last_day_that_was_asked_about() {
        assert_eq!(known(Some("2027-02-24"), None), (Status::Soon, Some(90), 1));
        assert_eq!(known(Some("2027-02-25"), None), (Status::Later, Some(91), 1));
    }

    #[test]
    fn days_are_counted_as_on_a_calendar() {
        assert_eq!(days_between(day("2028-02-28"), day("2028-03-01")), 2);
        assert_eq!(days_between(day("2026-11-26"), day("2024-01-04")), -1057);
    }

    #[test]
    fn what_a_provider_cannot_say_is_told_with_whose_fault_it_is() {
        let exit = |listing| heard(&pinned(), &listing).1.map(|unheard| unheard.exit);
        assert_eq!(exit(Listing::Models(Vec::new())), Some(Exit::Fine));
        assert_eq!(exit(Listing::NoList(String::new())), Some(Exit::Fine));
        assert_eq!(exit(Listing::Refused(401)), Some(Exit::Mendable));
        assert_eq!(exit(Listing::Unfit(String::new())), Some(Exit::Mendable));
        assert_eq!(exit(Listing::Failed(String::new())), Some(Exit::World));
        let unread = Listed { name: "m-1".to_owned(), shutdown: None, unread: Some("\"soon\"".to_owned()) };
        assert_eq!(exit(Listing::Models(vec![unread])), Some(Exit::World));
    }
}
