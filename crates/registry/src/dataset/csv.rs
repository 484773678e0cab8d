//! Tables as text: a header, then one record a row.

use carat_core::DataError;
use csv_core::{ReadRecordResult, ReaderBuilder};
use serde_json::Value;

use super::columns::{self, Column};
use super::row::Draft;
use super::text::{Lines, ROW_LIMIT};
use super::{Fault, Located, Reading, Source};

mod quotes;

use quotes::Quotes;

/// Rows of a CSV or TSV file.
pub(super) struct Csv {
    source: Source,
    records: Records,
    columns: Vec<Column>,
}

impl Csv {
    /// Opens the file and reads its header; an empty file has no columns and no rows.
    pub(super) fn open(source: &Source, delimiter: u8) -> Result<Self, DataError> {
        let mut records = Records::open(source, delimiter)?;
        let columns = match records.advance().map_err(|fault| fault.error)? {
            None => Vec::new(),
            Some(line) => header(&records, delimiter).map_err(|message| source.error(line, message))?,
        };
        Ok(Self { source: source.clone(), records, columns })
    }

    fn row(&self, line: u64) -> Result<Located, String> {
        if self.records.len() != self.columns.len() {
            return Err(self.ragged(line));
        }
        let mut draft = Draft::default();
        for (column, cell) in self.columns.iter().zip(self.records.cells()) {
            if let Some(value) = value(column, cell)? {
                draft.set(column, value)?;
            }
        }
        let (row, loose) = draft.finish()?;
        Ok(Located { line, row, loose })
    }

    fn ragged(&self, line: u64) -> String {
        let (wanted, found) = (self.columns.len(), self.records.len());
        let last = self.records.lines.number();
        let advice = if last > line {
            format!("; the row runs on to line {last}: is a quote left open?")
        } else if found > wanted {
            "; a cell that has the separator in it stands in double quotes".to_owned()
        } else {
            String::new()
        };
        format!("expected {wanted} columns as in the header, found {found}{advice}")
    }
}

impl Iterator for Csv {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        match self.records.advance() {
            Ok(None) => None,
            Ok(Some(line)) => Some(self.row(line).map_err(|message| self.source.error(line, message).into())),
            Err(fault) => Some(Err(fault)),
        }
    }
}

fn header(records: &Records, delimiter: u8) -> Result<Vec<Column>, String> {
    let names: Vec<&str> = records.cells().collect();
    if let [name] = names.as_slice() {
        let other = [(';', "semicolons"), ('\t', "tabs"), (',', "commas")].into_iter().find(|(c, _)| name.contains(*c));
        if let Some((_, other)) = other {
            let advice =
                if delimiter == b'\t' { "a .tsv file has tabs" } else { "a .csv file has commas, a .tsv file tabs" };
            return Err(format!("the header's names seem to be separated by {other}; {advice}"));
        }
    }
    columns::plan(names)
}

/// What a cell says; none where an empty one says nothing.
fn value(column: &Column, cell: &str) -> Result<Option<Value>, String> {
    let text = || Value::String(cell.to_owned());
    Ok(match column {
        Column::Input | Column::InputAt(_) => Some(text()),
        _ if cell.is_empty() => None,
        Column::Id | Column::Split | Column::MetadataAt(_) | Column::Ignored => Some(text()),
        Column::Expected => Some(structure(cell).unwrap_or_else(text)),
        Column::Tags => Some(tags(cell)?),
        Column::Metadata => Some(json("metadata", cell, "a JSON object")?),
        Column::Messages => Some(json("messages", cell, "a JSON list of messages")?),
    })
}

/// The JSON object or list that a cell is, if it is one.
fn structure(cell: &str) -> Option<Value> {
    let trimmed = cell.trim_start();
    if !trimmed.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(trimmed).ok()
}

/// Tags as text: separated by semicolons, or a JSON list.
pub(super) fn tags(cell: &str) -> Result<Value, String> {
    if cell.trim_start().starts_with('[') {
        return json("tags", cell, "a JSON list, as in [\"de\", \"long\"]");
    }
    Ok(cell.split(';').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).map(Value::String).collect())
}

fn json(name: &str, cell: &str, wanted: &str) -> Result<Value, String> {
    serde_json::from_str(cell).map_err(|error| format!("`{name}` is not {wanted}: {error}"))
}

/// The records of a file, and where each begins.
///
/// The parser is fed line by line, so that line numbers, the limit of a row and quotes left open are known for sure.
struct Records {
    source: Source,
    lines: Lines,
    parser: csv_core::Reader,
    quotes: Quotes,
    /// How much of the current line has been parsed.
    at: usize,
    cells: Vec<u8>,
    cells_len: usize,
    ends: Vec<usize>,
    ends_len: usize,
}

impl Records {
    fn open(source: &Source, delimiter: u8) -> Result<Self, DataError> {
        Ok(Self {
            source: source.clone(),
            lines: Lines::open(source)?,
            parser: ReaderBuilder::new().delimiter(delimiter).build(),
            quotes: Quotes::new(delimiter),
            at: 0,
            cells: vec![0; 1 << 12],
            cells_len: 0,
            ends: vec![0; 32],
            ends_len: 0,
        })
    }

    /// Reads the next record; the line on which it begins, or none at the end.
    fn advance(&mut self) -> Result<Option<u64>, Fault> {
        (self.cells_len, self.ends_len) = (0, 0);
        let mut begun = None;
        loop {
            if self.at >= self.lines.current().len() && !self.next_line(begun)? {
                return Ok(None);
            }
            let rest = &self.lines.current()[self.at..];
            if begun.is_none() && rest.trim_matches(['\r', '\n', ' ']).is_empty() {
                self.at = self.lines.current().len();
                continue;
            }
            let line = *begun.get_or_insert(self.lines.number());
            if self.feed() {
                return Ok(Some(line));
            }
            if self.cells_len > ROW_LIMIT {
                return Err(self.source.fatal(line, "the row is larger than 64 MB; is a quote left open?"));
            }
        }
    }

    /// Goes to the next line; false where the file ends, which it may not do within a record.
    fn next_line(&mut self, begun: Option<u64>) -> Result<bool, Fault> {
        self.at = 0;
        match self.lines.advance() {
            Ok(true) => match self.quotes.follow(self.lines.current()) {
                Ok(()) => Ok(true),
                Err(column) => Err(self.broken_off(self.stray(column, begun).into(), begun)),
            },
            Ok(false) => begun.map_or(Ok(false), |line| {
                Err(self.source.fatal(line, "a quote is opened in this row and never closed: the file ends within it"))
            }),
            Err(fault) => Err(self.broken_off(fault, begun)),
        }
    }

    /// Leaves the record, so that the next begins on the next line.
    fn broken_off(&mut self, fault: Fault, begun: Option<u64>) -> Fault {
        self.at = self.lines.current().len();
        self.parser.reset();
        self.quotes.reset();
        // Within a record nobody knows whether the rest of it stands in quotes.
        Fault { fatal: fault.fatal || begun.is_some(), ..fault }
    }

    fn stray(&self, column: usize, begun: Option<u64>) -> DataError {
        let advice = match begun {
            Some(line) => format!("the row began on line {line}: is a quote left open there?"),
            None => "a quote within a cell is doubled".to_owned(),
        };
        self.source.error(self.lines.number(), format!("column {column}: text stands behind a closing quote; {advice}"))
    }

    /// Parses on in the current line; true when the record is whole.
    fn feed(&mut self) -> bool {
        loop {
            let rest = &self.lines.current().as_bytes()[self.at..];
            if rest.is_empty() {
                // To the parser no bytes mean the end of the file.
                return false;
            }
            let (result, read, cells, ends) =
                self.parser.read_record(rest, &mut self.cells[self.cells_len..], &mut self.ends[self.ends_len..]);
            self.at += read;
            self.cells_len += cells;
            self.ends_len += ends;
            match result {
                ReadRecordResult::InputEmpty => return false,
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => return true,
            }
        }
    }

    const fn len(&self) -> usize {
        self.ends_len
    }

    fn cells(&self) -> impl Iterator<Item = &str> {
        // The lines were UTF-8 and are only ever parted at ASCII, so every cell is UTF-8 too.
        let text = std::str::from_utf8(&self.cells[..self.cells_len]).unwrap_or_default();
        let ends = &self.ends[..self.ends_len];
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(move |(start, end)| text.get(start..*end).unwrap_or_default())
    }
}
