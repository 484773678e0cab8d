//! What models cost, as `carat.yaml` says, or as somebody looked it up.
//!
//! A price that nobody knows is not known: it is never taken for nothing.

mod check;
mod entry;
mod gap;
mod index;
mod processing;
mod table;

use carat_core::spec::{ModelSpec, Price, Provider};
use jiff::civil::Date;

use crate::error::ProjectError;
use crate::project::Project;
use crate::served::provider_of;

pub use entry::PriceEntry;
pub use gap::Gap;
pub use table::{LookUp, PriceTable};

/// The file with what models cost, unless `prices` in `carat.yaml` names another one.
pub const PRICES_FILE: &str = "prices.yaml";

/// How the table that is a part of the program is called.
pub const BUILT_IN: &str = "the built-in table";

/// All that is known of what models cost: the project's table, and the one that is built in.
#[derive(Debug, Clone)]
pub struct Prices {
    /// The first that has an entry for a model counts.
    tables: Vec<PriceTable>,
}

/// What is known of the price of one model.
#[derive(Debug, Clone, PartialEq)]
pub enum Priced<'a> {
    /// Its settings in `carat.yaml` say so.
    Written(Price),
    /// A table says so.
    Listed {
        /// The price.
        price: Price,
        /// The entry that says so.
        entry: &'a PriceEntry,
        /// What the table is called.
        table: &'a str,
    },
    /// Nobody charges for it, because it answers here and from what is there.
    Free,
    /// A table has prices of the model, and none for the day, or for how it is asked.
    Gap(Gap),
    /// Nobody says.
    Unknown {
        /// A name in the tables that may have been meant, of the same provider.
        nearest: Option<String>,
    },
}

impl Priced<'_> {
    /// The price, where it is known.
    pub const fn price(&self) -> Option<Price> {
        match self {
            Self::Written(price) | Self::Listed { price, .. } => Some(*price),
            Self::Free => Some(Price::FREE),
            Self::Gap(_) | Self::Unknown { .. } => None,
        }
    }
}

impl Prices {
    /// What is known in a project: the file that `prices` in `carat.yaml` names, or else `prices.yaml` if it is there; and
    /// the built-in table.
    ///
    /// # Errors
    /// The file cannot be read, or is not as it should be.
    pub fn of(project: &Project) -> Result<Self, ProjectError> {
        let own = match &project.spec.prices {
            Some(file) => Some(project.root().join(file)),
            None => Some(project.root().join(PRICES_FILE)).filter(|usual| usual.exists()),
        };
        let own = own.map(|path| PriceTable::open(&path, &project.shown(&path))).transpose()?;
        Ok(Self { tables: own.into_iter().chain([PriceTable::built_in()?]).collect() })
    }

    /// What is known of a model's price on a day: what its settings say, else the project's table, else the built-in one.
    /// The first of them that has an entry for the model counts, also where that entry is not for the day: what follows it is
    /// about another contract.
    ///
    /// A table applies to models at the provider's own address, by HTTPS on the usual port, and to standard processing. A model
    /// of the same name on a server of one's own, or one whose settings ask for another `service_tier`, has no known price; a
    /// baseline and recorded answers are free, and what a program costs only its settings can say.
    ///
    /// # Errors
    /// Two entries of a table say so equally well.
    pub fn of_model(&self, name: &str, spec: &ModelSpec, day: Date) -> Result<Priced<'_>, ProjectError> {
        if let Some(price) = spec.price {
            return Ok(Priced::Written(price));
        }
        if matches!(spec.provider, Provider::Baseline | Provider::Recorded) {
            return Ok(Priced::Free);
        }
        let Some(provider) = provider_of(spec) else { return Ok(Priced::Unknown { nearest: None }) };
        let model = spec.model.as_deref().unwrap_or(name);
        let mut likely = None;
        for table in &self.tables {
            match table.look_up(&provider, model, day)? {
                LookUp::Known(price, entry) => {
                    let other =
                        processing::other_than_standard(spec).map(|tier| Gap::of_tier(table.shown(), model, tier));
                    return Ok(other.map_or(Priced::Listed { price, entry, table: table.shown() }, Priced::Gap));
                }
                LookUp::Gap(gap) => return Ok(Priced::Gap(gap)),
                LookUp::Unknown { nearest } => likely = likely.or(nearest),
            }
        }
        Ok(Priced::Unknown { nearest: likely })
    }
}

#[cfg(test)]
mod tests;
