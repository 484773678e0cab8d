//! `carat model check`: the models that a project uses, against the days on which they are shut down.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use carat_core::spec::ModelSpec;
use carat_models::{Surroundings, build};
use carat_registry::{Calendar, LIFECYCLES_FILE};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::ending::{self, Ended, Named, Status};
use super::listing::{Listing, ask_all};
use super::pinned::Pins;
use super::told;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::session::Session;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The models, by their names in carat.yaml or as providers call them, or by a label: main@production; all that the project
    /// uses where none is named
    names: Vec<String>,
    /// How soon is too soon: days or weeks
    #[arg(long, value_name = "TIME", default_value = "90d", value_parser = days)]
    within: i32,
    /// The calendar of shutdowns [default: what carat.yaml says, else lifecycles.yaml]
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// Ask no provider: what the calendar says, and nothing else
    #[arg(long)]
    offline: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// `90d`, `12w`, or a number of days.
fn days(text: &str) -> Result<i32, String> {
    let (digits, unit) = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(digits), _) => (digits, 1),
        (_, Some(digits)) => (digits, 7),
        _ => (text, 1),
    };
    let number = Some(digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let days = number.and_then(|digits| digits.parse::<i32>().ok()).and_then(|number| number.checked_mul(unit));
    days.filter(|days| *days <= 36_500).ok_or_else(|| "expected days or weeks, such as `90d` or `12w`".to_owned())
}

pub(super) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    let calendar = calendar(args, session)?;
    let mut pins = Pins::of(&session.project);
    let store = Arc::new(session.only_looking().store().await?);
    pins.add_labelled(&session.catalogue_to_read(&store)).await?;
    if !args.names.is_empty() {
        pins = pins.only(&args.names, &session.project)?;
    }
    for unread in &pins.unread {
        out::fault(&Fault::mendable(unread));
    }
    if args.offline && calendar.is_none() && !pins.models.is_empty() {
        let why =
            format!("there is no {LIFECYCLES_FILE}, and with --offline nothing else says when models are shut down");
        return Err(Fault::mendable(format!("{why}; see docs/lifecycles.md")));
    }
    let heard = if args.offline { BTreeMap::new() } else { listings(&pins, session).await };
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let sources = ending::Sources { calendar, heard };
    let end = |pinned| sources.end(pinned, today, args.within);
    let ends = Ended { today, within: args.within, models: pins.models.iter().map(end).collect() };
    if args.json {
        out::json(&told::json(&ends))?;
    } else if ends.models.is_empty() {
        session.talk("the project uses no model that somebody else serves");
    } else {
        out::data(&told::text(&ends))?;
    }
    Ok(exit(&ends, &pins))
}

/// A date that is near is what the command is for, and told before all else; then, that something could not be looked at:
/// a model that nobody could be asked about is not one of which no date is known.
fn exit(ends: &Ended<'_>, pins: &Pins) -> Exit {
    if ends.models.iter().any(|end| matches!(end.status, Status::ShutDown | Status::Soon)) {
        return Exit::GateFailed;
    }
    let unread = if pins.unread.is_empty() { Exit::Fine } else { Exit::Mendable };
    let unheard = ends.models.iter().filter(|end| end.status == Status::Unknown).filter_map(|end| end.unheard.as_ref());
    unheard.fold(unread, |exit, unheard| exit.graver(unheard.exit))
}

/// The calendar that somebody named has to be there; the usual one need not.
fn calendar(args: &Args, session: &Session) -> Result<Option<Named>, Fault> {
    let project = &session.project;
    let path = match (&args.calendar, &project.spec.lifecycles) {
        (Some(file), _) => file.clone(),
        (None, Some(file)) => project.root().join(file),
        (None, None) => {
            let usual = project.root().join(LIFECYCLES_FILE);
            if !usual.exists() {
                return Ok(None);
            }
            usual
        }
    };
    let shown = project.shown(&path);
    Ok(Some(Named { calendar: Calendar::open(&path, &shown)?, shown }))
}

/// What each provider says, or why it could not be asked, by the names of models in `carat.yaml`.
async fn listings(pins: &Pins, session: &Session) -> BTreeMap<String, Arc<Listing>> {
    let mut heard = BTreeMap::new();
    let mut askable: Vec<(&str, &ModelSpec)> = Vec::new();
    let env = |variable: &str| std::env::var(variable).ok();
    let surroundings = Surroundings { env: &env, folder: session.project.root(), recorded: None };
    for name in pins.models.iter().filter_map(|pinned| pinned.name.as_deref()) {
        let Some(spec) = session.project.spec.models.get(name) else { continue };
        match build(name, spec, &surroundings) {
            Ok(_) => askable.push((name, spec)),
            Err(error) => drop(heard.insert(name.to_owned(), Arc::new(Listing::Unfit(error.problem.to_string())))),
        }
    }
    heard.extend(ask_all(askable, &surroundings).await);
    heard
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_days_or_weeks() {
        assert_eq!((days("90d"), days("2w"), days("0"), days("7")), (Ok(90), Ok(14), Ok(0), Ok(7)));
        for wrong in ["", "d", "-1d", "+1d", "90h", "1.5w", "99999999999d", "999999999w", "36501"] {
            assert!(days(wrong).is_err(), "{wrong}");
        }
    }
}
