//! One line of a table.

use carat_core::spec::Price;
use carat_core::yaml::OnLine;
use jiff::civil::Date;
use serde::Deserialize;

use crate::served::list::{day, day_if_any};
use crate::served::{ModelPattern, provider};

/// What a model costs, or all models whose names fit a pattern, for some time.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceEntry {
    /// Who serves the model: `openai`, `anthropic`, `azure`, or the host of another provider's address, in lower case.
    pub provider: String,
    /// The model as the provider calls it.
    pub model: ModelPattern,
    /// What it costs.
    pub price: Price,
    /// The first day on which it does; from ever where there is none.
    pub from: Option<Date>,
    /// The first day on which it does not any more; for good where there is none.
    pub until: Option<Date>,
    /// Where that is written.
    pub source: String,
    /// The day on which somebody read it there.
    pub as_of: Date,
    /// What else there is to say.
    pub note: Option<String>,
    /// The line of the table that it begins on.
    pub line: u64,
}

impl PriceEntry {
    /// Whether it is for this day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// A day on which both hold, if there is one: the first.
    pub(super) fn day_of_both(&self, other: &Self) -> Option<Date> {
        let first = self.from.max(other.from).unwrap_or(Date::MIN);
        (self.holds_on(first) && other.holds_on(first)).then_some(first)
    }
}

/// An entry as it is written: all on one level, for tables are read by people.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    #[serde(deserialize_with = "provider")]
    provider: String,
    model: ModelPattern,
    #[serde(deserialize_with = "Price::dollars")]
    input: f64,
    #[serde(default, deserialize_with = "Price::dollars_if_any")]
    cached_input: Option<f64>,
    #[serde(deserialize_with = "Price::dollars")]
    output: f64,
    #[serde(default, deserialize_with = "Price::dollars_if_any")]
    reasoning: Option<f64>,
    #[serde(default, deserialize_with = "Price::part_if_any")]
    batch: Option<f64>,
    #[serde(default)]
    up_to: Option<u64>,
    #[serde(default, deserialize_with = "day_if_any")]
    from: Option<Date>,
    #[serde(default, deserialize_with = "day_if_any")]
    until: Option<Date>,
    source: String,
    #[serde(deserialize_with = "day")]
    as_of: Date,
    #[serde(default)]
    note: Option<String>,
}

impl From<OnLine<Written>> for PriceEntry {
    fn from(OnLine { value, line }: OnLine<Written>) -> Self {
        let Written { input, cached_input, output, reasoning, batch, up_to, .. } = value;
        Self {
            provider: value.provider,
            model: value.model,
            price: Price { input, output, cached_input, reasoning, batch, up_to },
            from: value.from,
            until: value.until,
            source: value.source,
            as_of: value.as_of,
            note: value.note,
            line,
        }
    }
}
