//! A table of samples as Parquet.

use std::io::{self, Write as _};
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::{Type, TypePtr};
use carat_core::Sample;

use super::columns::{self, Cell, Column, Kind};
use crate::format::Out;
use crate::{Pairs, Subject, Writer};

/// A row group has at most so many rows, and is closed when its texts have come to so many bytes: that much is held.
const ROWS: usize = 10_000;
const BYTES: usize = 16 << 20;

/// Samples as Parquet: texts as UTF-8 (JSON as `JSON`), whole numbers as 64 bits, zstd.
pub(crate) struct Parquet<'a> {
    file: SerializedFileWriter<Out<'a>>,
    subject: Subject<'a>,
    columns: Vec<Held>,
    rows: usize,
    bytes: usize,
}

/// The values of one column that are not written yet.
struct Held {
    values: Values,
    /// For each row whether it has a value; none for a column that always has one.
    there: Option<Vec<i16>>,
}

enum Values {
    Texts(Vec<ByteArray>),
    Wholes(Vec<i64>),
    Numbers(Vec<f64>),
    Flags(Vec<bool>),
}

impl<'a> Parquet<'a> {
    pub(crate) fn open(out: Out<'a>, subject: Subject<'a>) -> io::Result<Self> {
        let columns = columns::of(&subject);
        let about = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
        let run = &subject.report.run;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by("carat".to_owned())
            .set_key_value_metadata(Some(vec![about("carat.run", &run.id), about("carat.eval", &run.eval)]))
            .build();
        let file = SerializedFileWriter::new(out, schema(&columns).map_err(failed)?, Arc::new(properties));
        let columns = columns.iter().map(Held::new).collect();
        Ok(Self { file: file.map_err(failed)?, subject, columns, rows: 0, bytes: 0 })
    }

    /// Writes what is held as a row group.
    fn close_group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        for held in &mut self.columns {
            if let Some(mut column) = group.next_column()? {
                held.write(&mut column)?;
                column.close()?;
            }
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Writer for Parquet<'_> {
    fn sample(&mut self, sample: &Sample) -> io::Result<()> {
        let Some((_, variant)) = self.subject.variant(sample) else { return Ok(()) };
        let cells = columns::cells(&self.subject, variant, sample);
        for (held, cell) in self.columns.iter_mut().zip(cells) {
            self.bytes += held.take(cell);
        }
        self.rows += 1;
        if self.rows >= ROWS || self.bytes >= BYTES {
            self.close_group().map_err(failed)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, _: &mut dyn Pairs) -> io::Result<()> {
        self.close_group().map_err(failed)?;
        self.file.finish().map_err(failed)?;
        self.file.inner_mut().flush()
    }
}

impl Held {
    fn new(column: &Column) -> Self {
        let values = match column.kind {
            Kind::Text | Kind::Json => Values::Texts(Vec::new()),
            Kind::Whole => Values::Wholes(Vec::new()),
            Kind::Number => Values::Numbers(Vec::new()),
            Kind::Flag => Values::Flags(Vec::new()),
        };
        Self { values, there: (!column.full).then(Vec::new) }
    }

    /// Keeps a value; how many bytes of text it has.
    fn take(&mut self, cell: Cell<'_>) -> usize {
        if let Some(there) = &mut self.there {
            there.push((cell != Cell::Nothing).into());
        }
        match (&mut self.values, cell) {
            (Values::Texts(texts), Cell::Text(text)) => {
                let bytes = text.len();
                texts.push(text.into_owned().into_bytes().into());
                return bytes;
            }
            (Values::Wholes(wholes), Cell::Whole(whole)) => wholes.push(whole),
            (Values::Numbers(numbers), Cell::Number(number)) => numbers.push(number),
            (Values::Flags(flags), Cell::Flag(flag)) => flags.push(flag),
            // A column has values of its kind or none; `columns` says both.
            (_, _) => {}
        }
        0
    }

    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let there = self.there.as_deref();
        match &mut self.values {
            Values::Texts(values) => batch::<ByteArrayType>(column, values, there),
            Values::Wholes(values) => batch::<Int64Type>(column, values, there),
            Values::Numbers(values) => batch::<DoubleType>(column, values, there),
            Values::Flags(values) => batch::<BoolType>(column, values, there),
        }?;
        if let Some(there) = &mut self.there {
            there.clear();
        }
        Ok(())
    }
}

fn batch<T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    values: &mut Vec<T::T>,
    there: Option<&[i16]>,
) -> Result<(), ParquetError> {
    column.typed::<T>().write_batch(values, there, None)?;
    values.clear();
    Ok(())
}

fn schema(columns: &[Column]) -> Result<TypePtr, ParquetError> {
    let fields = columns.iter().map(|column| {
        let (physical, logical) = match column.kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Json => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
            Kind::Whole => (Physical::INT64, None),
            Kind::Number => (Physical::DOUBLE, None),
            Kind::Flag => (Physical::BOOLEAN, None),
        };
        let repetition = if column.full { Repetition::REQUIRED } else { Repetition::OPTIONAL };
        let field = Type::primitive_type_builder(&column.name, physical).with_repetition(repetition);
        Ok(Arc::new(field.with_logical_type(logical).build()?))
    });
    let fields = fields.collect::<Result<Vec<_>, ParquetError>>()?;
    Ok(Arc::new(Type::group_type_builder("samples").with_fields(fields).build()?))
}

/// What went wrong below comes out as it was; what the library itself refuses says so.
fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(cause) => io::Error::other(cause),
        },
        error => io::Error::other(error),
    }
}
