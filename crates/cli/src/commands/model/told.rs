//! The end of models, in words and as JSON.

use carat_core::untrusted::one_line;
use serde_json::{Value, json};

use super::ending::{End, Ended, Said, Status};
use super::pinned::Place;
use crate::out::{BAD, FAINT, GOOD, ODD, STRONG, styled};
use crate::table::prose;

/// What a person reads: those that end first, first.
pub(super) fn text(ended: &Ended<'_>) -> String {
    let mut models: Vec<&End<'_>> = ended.models.iter().collect();
    // Of which no day is known come last.
    models.sort_by_key(|end| (end.days_left.is_none(), end.days_left));
    prose(models.into_iter().map(model).collect(), 13)
}

fn model(end: &End<'_>) -> String {
    let (style, sign) = match end.status {
        Status::ShutDown => (BAD, "✗"),
        Status::Soon => (ODD, "!"),
        Status::Later => (GOOD, "✓"),
        Status::Unknown => (FAINT, "·"),
    };
    let name = styled(STRONG, one_line(&end.pinned.model, 120));
    let mut text = format!("{} {name}  {}\n", styled(style, sign), sentence(end));
    let mut line =
        |what: &str, said: &str| text.push_str(&format!("    {}{said}\n", styled(FAINT, format!("{what:<13}"))));
    let places: Vec<String> = end.pinned.places.iter().map(place).collect();
    line("pinned in", &places.join(", "));
    if let Some(said) = end.said.first() {
        if let Some(replacement) = &said.replacement {
            line("replacement", &one_line(replacement, 120));
        }
        line("source", &source(said));
    }
    for other in
        end.said.iter().skip(1).filter(|other| Some(other.shutdown) != end.said.first().map(|said| said.shutdown))
    {
        line("but", &format!("{} by {}", other.shutdown, source(other)));
    }
    if let Some(unheard) = &end.unheard {
        line("provider", &one_line(&unheard.why, 300));
    }
    text
}

fn sentence(end: &End<'_>) -> String {
    let Some((said, days)) = end.said.first().zip(end.days_left) else { return "no date is known".to_owned() };
    let day = said.shutdown;
    let length = |days: i32| if days.abs() == 1 { "1 day".to_owned() } else { format!("{} days", days.abs()) };
    match days {
        0 => format!("is shut down today, {day}"),
        1.. => format!("is shut down on {day}, in {}", length(days)),
        _ => format!("was shut down on {day}, {} ago", length(days)),
    }
}

fn place(Place { file, key, .. }: &Place) -> String {
    one_line(&format!("{file} ({key})"), 120)
}

fn source(said: &Said) -> String {
    let source = one_line(&said.source, 200);
    match (&said.calendar, said.as_of) {
        (Some(calendar), Some(as_of)) => format!("{source}, looked up on {as_of} ({calendar})"),
        (Some(calendar), None) => format!("{source} ({calendar})"),
        (None, _) => source,
    }
}

/// The same for programs; documented in `docs/lifecycles.md`.
pub(super) fn json(ended: &Ended<'_>) -> Value {
    let said = |said: &Said| {
        json!({"shutdown": said.shutdown.to_string(), "replacement": said.replacement, "source": said.source,
               "as_of": said.as_of.map(|day| day.to_string()), "calendar": said.calendar})
    };
    let model = |end: &End<'_>| {
        json!({"model": end.pinned.model, "provider": end.pinned.provider, "status": end.status.as_str(),
               "shutdown": end.said.first().map(|said| said.shutdown.to_string()), "days_left": end.days_left,
               "pinned_in": end.pinned.places, "said": end.said.iter().map(said).collect::<Vec<_>>(),
               "provider_did_not_say": end.unheard.as_ref().map(|unheard| &unheard.why)})
    };
    json!({"format": 1, "today": ended.today.to_string(), "within_days": ended.within,
           "models": ended.models.iter().map(model).collect::<Vec<_>>()})
}
