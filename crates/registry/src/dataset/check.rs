//! Everything that is odd about a dataset.

mod expectations;
mod finding;
mod shapes;
mod twins;

use carat_core::RowId;

use super::{Dataset, Located, LocatedRows, Reading};
use expectations::Expectations;
pub use finding::{Finding, Findings, Kind, RowRef, Severity};
use finding::{Report, Several};
use shapes::Shapes;
use twins::Twins;

/// Looks at every row of a dataset, bad ones included, and says what a person should know before trusting it.
///
/// Never fails: a file that cannot be read is a finding. Reads once; memory grows by some 400 bytes a row, whatever its
/// size. Of each kind at most [`Findings::MOST`] findings are listed, and of each finding at most [`Finding::MOST`] rows.
pub fn check(dataset: &Dataset) -> Findings {
    let mut report = Report::default();
    let mut inspection = Inspection::default();
    match dataset.readings() {
        Err(error) => report.unreadable(error),
        Ok(readings) => inspection.read(readings, &mut report),
    }
    let rows = inspection.places.0.len() as u64;
    inspection.report(&mut report);
    report.finish(dataset.shown(), rows)
}

/// What is gathered on the way through the rows.
#[derive(Default)]
struct Inspection {
    places: Places,
    expectations: Expectations,
    shapes: Shapes,
    twins: Twins,
}

impl Inspection {
    fn read(&mut self, readings: impl Iterator<Item = Reading>, report: &mut Report) {
        for reading in readings {
            match reading {
                Ok(located) => self.take(&located),
                Err(fault) => {
                    report.unreadable(fault.error);
                    if fault.fatal {
                        break;
                    }
                }
            }
        }
    }

    fn take(&mut self, located: &Located) {
        let number = self.places.take(located);
        self.expectations.take(number, &located.row);
        self.shapes.take(number, located);
        self.twins.take(number, &located.row);
    }

    fn report(self, report: &mut Report) {
        if self.places.0.is_empty() && report.is_empty() {
            let said = "the file has no rows".to_owned();
            report.say(Severity::Error, Kind::Empty, said, Several::default(), &self.places);
        }
        self.twins.report(&self.places, report);
        self.shapes.report(&self.places, report, self.expectations.any());
        self.expectations.report(&self.places, report);
    }
}

/// Where each row stands, by its number in the file, from 0.
#[derive(Default)]
struct Places(Vec<Place>);

struct Place {
    line: u64,
    id: RowId,
    split: Option<Box<str>>,
}

impl Places {
    fn take(&mut self, located: &Located) -> u32 {
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let split = located.row.split.as_deref().map(Box::from);
        self.0.push(Place { line: located.line, id: located.row.id.clone(), split });
        number
    }

    fn get(&self, number: u32) -> Option<&Place> {
        self.0.get(number as usize)
    }
}
