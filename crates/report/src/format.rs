//! The formats, and the port to whatever writes one.

use std::io::{self, Write};
use std::path::Path;

use carat_core::Sample;

use crate::html::Page;
use crate::json::{Lines, Whole};
use crate::junit::Junit;
use crate::markdown::Comment;
use crate::table::{Csv, Parquet};
use crate::{Pairs, Subject};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// The report as it is: one JSON document.
    Json,
    /// One sample a line, as JSON.
    JsonLines,
    /// JUnit's XML, for CI systems: a test suite a variant, a test case a sample, and the gates.
    Junit,
    /// Markdown for the comment on a pull request.
    Markdown,
    /// One page for a browser, with all that it needs.
    Html,
    /// One sample a row, as CSV.
    Csv,
    /// One sample a row, as Parquet.
    Parquet,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::Json, Self::JsonLines, Self::Junit, Self::Markdown, Self::Html, Self::Csv, Self::Parquet];

    /// The word for it: `json`, `jsonl`, `junit`, `markdown`, `html`, `csv`, `parquet`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    /// The format that a file's ending asks for; none for an ending that nobody knows.
    pub fn of_file(file: &Path) -> Option<Self> {
        let ending = file.extension()?.to_str()?.to_ascii_lowercase();
        Some(match ending.as_str() {
            "json" => Self::Json,
            "jsonl" | "ndjson" => Self::JsonLines,
            "xml" => Self::Junit,
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" => Self::Html,
            "csv" => Self::Csv,
            "parquet" => Self::Parquet,
            _ => return None,
        })
    }

    /// Whether it shows samples, with their transcripts. Where it does not, none need be handed over.
    pub const fn needs_samples(self) -> bool {
        !matches!(self, Self::Json)
    }

    /// Whether it shows rows on both sides of a comparison, and so asks its [`Pairs`].
    pub const fn needs_pairs(self) -> bool {
        matches!(self, Self::Markdown | Self::Html)
    }

    /// Begins to write. `out` need not be buffered.
    ///
    /// # Errors
    /// Nothing can be written, or rows cannot be read.
    pub fn open<'a>(
        self,
        out: Box<dyn Write + Send + 'a>,
        subject: Subject<'a>,
        pairs: &mut dyn Pairs,
    ) -> io::Result<Box<dyn Writer + 'a>> {
        let out = io::BufWriter::with_capacity(1 << 16, out);
        Ok(match self {
            Self::Json => Box::new(Whole::new(out, subject)),
            Self::JsonLines => Box::new(Lines::new(out, subject)),
            Self::Junit => Box::new(Junit::new(out, subject)?),
            Self::Markdown => Box::new(Comment::new(out, subject)),
            Self::Html => Box::new(Page::open(out, subject, pairs)?),
            Self::Csv => Box::new(Csv::open(out, subject)?),
            Self::Parquet => Box::new(Parquet::open(out, subject)?),
        })
    }
}

/// What every format writes to.
pub(crate) type Out<'a> = io::BufWriter<Box<dyn Write + Send + 'a>>;

/// A report that is being written.
pub trait Writer: Send {
    /// Takes the next sample, in any order. Those of variants that are no longer in the plan are left out.
    ///
    /// # Errors
    /// It cannot be written. The report is of no use then.
    fn sample(&mut self, sample: &Sample) -> io::Result<()>;

    /// Writes what is left. `pairs` are those with which it was opened.
    ///
    /// # Errors
    /// It cannot be written, or rows that it wants to show cannot be read.
    fn finish(self: Box<Self>, pairs: &mut dyn Pairs) -> io::Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_ending_asks_for_a_format() {
        for (file, format) in [
            ("a.json", Some(Format::Json)),
            ("a.ndjson", Some(Format::JsonLines)),
            ("b/junit.XML", Some(Format::Junit)),
            ("comment.md", Some(Format::Markdown)),
            ("a.b.html", Some(Format::Html)),
            ("a.csv", Some(Format::Csv)),
            ("a.parquet", Some(Format::Parquet)),
            ("a.pdf", None),
            ("html", None),
        ] {
            assert_eq!(Format::of_file(Path::new(file)), format, "{file}");
        }
    }
}
