//! A table of samples as CSV.

use std::borrow::Cow;
use std::io;

use carat_core::Sample;

use super::columns::{self, Cell};
use crate::format::Out;
use crate::{Pairs, Subject, Writer};

/// Samples as CSV: a header, then one record a sample; separated by commas, quoted where needed, lines ended by `\n`, in
/// UTF-8.
pub(crate) struct Csv<'a> {
    out: csv::Writer<Out<'a>>,
    subject: Subject<'a>,
}

impl<'a> Csv<'a> {
    pub(crate) fn open(out: Out<'a>, subject: Subject<'a>) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        let columns = columns::of(&subject);
        out.write_record(columns.iter().map(|column| guarded(&column.name).into_owned()))?;
        Ok(Self { out, subject })
    }
}

impl Writer for Csv<'_> {
    fn sample(&mut self, sample: &Sample) -> io::Result<()> {
        let Some((_, variant)) = self.subject.variant(sample) else { return Ok(()) };
        for cell in columns::cells(&self.subject, variant, sample) {
            match cell {
                Cell::Nothing => self.out.write_field("")?,
                Cell::Text(text) => self.out.write_field(guarded(&text).as_bytes())?,
                Cell::Whole(number) => self.out.write_field(number.to_string())?,
                Cell::Number(number) => self.out.write_field(number.to_string())?,
                Cell::Flag(flag) => self.out.write_field(if flag { "true" } else { "false" })?,
            }
        }
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    fn finish(mut self: Box<Self>, _: &mut dyn Pairs) -> io::Result<()> {
        self.out.flush()
    }
}

/// A text that no spreadsheet takes for a formula: where it begins with a character that starts one, a `'` stands before it
/// (OWASP, "CSV Injection"). Numbers of our own are never changed.
fn guarded(text: &str) -> Cow<'_, str> {
    const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(STARTS) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_only_a_text() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["", "a=1", "1-1", "'=1", " =1"] {
            assert_eq!(guarded(text), text);
        }
    }
}
