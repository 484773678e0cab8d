//! What a table that knows a model has no price for.

use std::fmt;

use jiff::civil::Date;

use super::PriceEntry;

/// A table has prices of a model, and not the one that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What the table is called.
    pub table: String,
    /// The model, as its provider calls it.
    pub model: String,
    /// What there is no price for.
    pub missing: Missing,
}

/// What a table has no price for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// A day.
    Day {
        /// The day.
        day: Date,
        /// The first day without a price before it; none where there was none before.
        until: Option<Date>,
        /// The first day with a price after it; none where there is none after.
        from: Option<Date>,
    },
    /// Processing that is not standard, as `service_tier` in the model's settings names it.
    Tier(String),
}

impl Gap {
    /// The gap that these entries leave; none of them is for the day.
    pub(super) fn between(entries: &[&PriceEntry], table: &str, model: &str, day: Date) -> Self {
        let until = entries.iter().filter_map(|entry| entry.until).filter(|until| *until <= day).max();
        let from = entries.iter().filter_map(|entry| entry.from).filter(|from| *from > day).min();
        Self { table: table.to_owned(), model: model.to_owned(), missing: Missing::Day { day, until, from } }
    }

    /// A table has the standard price of a model that is asked for with this tier.
    pub(super) fn of_tier(table: &str, model: &str, tier: String) -> Self {
        Self { table: table.to_owned(), model: model.to_owned(), missing: Missing::Tier(tier) }
    }
}

/// `prices.yaml knows gpt-x until 2026-06-01 and from 2026-07-01 on, and nothing for 2026-06-15`
impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, model, missing } = self;
        match missing {
            Missing::Day { day, until, from } => {
                let until = until.map(|day| format!("until {day}"));
                let from = from.map(|day| format!("from {day} on"));
                let known: Vec<String> = [until, from].into_iter().flatten().collect();
                write!(f, "{table} knows {model} {}, and nothing for {day}", known.join(" and "))
            }
            Missing::Tier(tier) => write!(
                f,
                "{table} knows the standard price of {model}, and `service_tier` asks for `{tier}`; write `price` with the \
                 model in carat.yaml"
            ),
        }
    }
}
