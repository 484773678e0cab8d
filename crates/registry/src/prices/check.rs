//! Tables that contradict themselves.

use std::collections::HashMap;

use carat_core::yaml::YamlError;
use jiff::civil::Date;

use super::PriceEntry;
use crate::error::ProjectError;

fn wrong(shown: &str, line: u64, message: String) -> ProjectError {
    YamlError { file: shown.to_owned(), line, column: 1, message }.into()
}

/// A time that ends before it begins is a mistake.
///
/// # Errors
/// There is one.
pub(super) fn refuse_empty_times(entries: &[PriceEntry], shown: &str) -> Result<(), ProjectError> {
    let time = |entry: &PriceEntry| Some((entry.line, entry.from?, entry.until?));
    match entries.iter().filter_map(time).find(|(_, from, until)| until <= from) {
        Some((line, from, until)) => {
            let why = format!("from {from} until {until} is no time; `until` is the first day without this price");
            Err(wrong(shown, line, why))
        }
        None => Ok(()),
    }
}

/// Which of two prices for one day counts is for a person to say, and not for their order. No time is empty here.
///
/// # Errors
/// There are two.
pub(super) fn refuse_two_prices(entries: &[PriceEntry], shown: &str) -> Result<(), ProjectError> {
    let mut of_model: HashMap<(&str, &str), Vec<&PriceEntry>> = HashMap::new();
    for entry in entries {
        of_model.entry((&entry.provider, entry.model.as_str())).or_default().push(entry);
    }
    let clashes = of_model.into_values().filter_map(clash);
    let earliest = clashes.min_by_key(|clash| (clash.second.line, clash.second.model.as_str()));
    let Some(Clash { first, second, day }) = earliest else { return Ok(()) };
    let when = if day == Date::MIN { "for one day".to_owned() } else { format!("for {day}") };
    let (model, lines) = (second.model.as_str(), format!("{} and {}", first.line, second.line));
    Err(wrong(shown, second.line, format!("`{model}` has two prices {when}, on lines {lines}; end one with `until`")))
}

/// Two entries for one model and one day, in the order of the file.
struct Clash<'a> {
    first: &'a PriceEntry,
    second: &'a PriceEntry,
    day: Date,
}

/// Two of a model's entries that hold on one day. In the order of their beginnings only neighbours have to be compared: a
/// model may have thousands of prices, one for each day.
fn clash(mut entries: Vec<&PriceEntry>) -> Option<Clash<'_>> {
    entries.sort_by_key(|entry| entry.from);
    let mut entries = entries.into_iter();
    let mut last = entries.next()?;
    for entry in entries {
        if let Some(day) = last.day_of_both(entry) {
            let (first, second) = if last.line <= entry.line { (last, entry) } else { (entry, last) };
            return Some(Clash { first, second, day });
        }
        last = entry;
    }
    None
}
