//! From Parquet's types to JSON.

use ::parquet::basic::{LogicalType, TimeUnit};
use ::parquet::data_type::Decimal;
use ::parquet::record::Field;
use ::parquet::schema::types::{Type, TypePtr};
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Number, Value};

/// The JSON of a value.
///
/// Integers, floats, booleans, strings, lists and structs are what they are; a map is an object. NaN is null (pandas writes
/// missing numbers so). Decimals are text, because a float would not be exact. Timestamps, dates and times are text as in
/// RFC 3339, without a zone taken as UTC. Bytes are text if they are UTF-8.
///
/// # Errors
/// There is no JSON for it: an infinite number, bytes that are not text, a time out of any calendar.
pub(super) fn of(field: Field, schema: Option<&TypePtr>) -> Result<Value, String> {
    Ok(match field {
        Field::Null => Value::Null,
        Field::Bool(value) => Value::from(value),
        Field::Byte(value) => Value::from(value),
        Field::Short(value) => Value::from(value),
        Field::Int(value) => Value::from(value),
        Field::Long(value) => long(value, schema.map(AsRef::as_ref))?,
        Field::UByte(value) => Value::from(value),
        Field::UShort(value) => Value::from(value),
        Field::UInt(value) => Value::from(value),
        Field::ULong(value) => Value::from(value),
        Field::Float16(value) => shortest(&value.to_string(), value.to_f64())?,
        Field::Float(value) => shortest(&value.to_string(), f64::from(value))?,
        Field::Double(value) => number(value)?,
        Field::Decimal(value) => Value::from(decimal(&value)?),
        Field::Str(text) => Value::from(text),
        Field::Bytes(bytes) => Value::from(text(bytes.data())?),
        Field::Date(days) => Value::from(date(days)?),
        Field::TimeMillis(millis) => Value::from(time(SignedDuration::from_millis(i64::from(millis)))?),
        Field::TimeMicros(micros) => Value::from(time(SignedDuration::from_micros(micros))?),
        Field::TimestampMillis(millis) => stamp(Timestamp::from_millisecond(millis))?,
        Field::TimestampMicros(micros) => stamp(Timestamp::from_microsecond(micros))?,
        Field::Group(row) => group(row, schema)?,
        Field::ListInternal(list) => {
            let inner = schema.and_then(item);
            list.elements().iter().map(|field| of(field.clone(), inner)).collect::<Result<Vec<_>, _>>()?.into()
        }
        Field::MapInternal(map) => mapping(map.entries(), schema)?,
    })
}

fn group(row: ::parquet::record::Row, schema: Option<&TypePtr>) -> Result<Value, String> {
    let fields = schema.map(|schema| children(schema)).unwrap_or_default();
    let named = row.into_columns().into_iter().enumerate();
    let object = named.map(|(index, (name, field))| Ok((name, of(field, fields.get(index))?)));
    object.collect::<Result<Map<_, _>, String>>().map(Value::Object)
}

fn mapping(entries: &[(Field, Field)], schema: Option<&TypePtr>) -> Result<Value, String> {
    let pair = schema.and_then(|schema| children(schema).first()).map(|pair| children(pair)).unwrap_or_default();
    let mut object = Map::new();
    for (key, value) in entries {
        let key = match of(key.clone(), pair.first())? {
            Value::String(key) => key,
            other => other.to_string(),
        };
        object.insert(key, of(value.clone(), pair.get(1))?);
    }
    Ok(Value::Object(object))
}

fn children(schema: &Type) -> &[TypePtr] {
    if schema.is_group() { schema.get_fields() } else { &[] }
}

/// What a list's items are: the inner of its two wrappings, or its only one where an old writer left one out.
fn item(list: &TypePtr) -> Option<&TypePtr> {
    let repeated = children(list).first()?;
    match children(repeated) {
        [only] => Some(only),
        _ => Some(repeated),
    }
}

/// A long number is a time where the schema says so in a way that the library does not look at.
fn long(value: i64, schema: Option<&Type>) -> Result<Value, String> {
    match schema.and_then(|schema| schema.get_basic_info().logical_type_ref()) {
        Some(LogicalType::Timestamp(kind)) => stamp(match kind.unit {
            TimeUnit::MILLIS => Timestamp::from_millisecond(value),
            TimeUnit::MICROS => Timestamp::from_microsecond(value),
            TimeUnit::NANOS => Timestamp::from_nanosecond(i128::from(value)),
        }),
        Some(LogicalType::Time(kind)) => Ok(Value::from(time(match kind.unit {
            TimeUnit::MILLIS => SignedDuration::from_millis(value),
            TimeUnit::MICROS => SignedDuration::from_micros(value),
            TimeUnit::NANOS => SignedDuration::from_nanos(value),
        })?)),
        _ => Ok(Value::from(value)),
    }
}

/// A float of fewer bits by its shortest text, so that 0.1 stays 0.1.
fn shortest(text: &str, exact: f64) -> Result<Value, String> {
    number(text.parse().unwrap_or(exact))
}

fn number(value: f64) -> Result<Value, String> {
    match Number::from_f64(value) {
        Some(number) => Ok(Value::Number(number)),
        None if value.is_nan() => Ok(Value::Null),
        None => Err("holds an infinite number, which JSON does not have".to_owned()),
    }
}

fn text(bytes: &[u8]) -> Result<String, String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err("holds bytes that are not text; drop the column, or write it as text (base64)".to_owned()),
    }
}

fn stamp(stamp: Result<Timestamp, jiff::Error>) -> Result<Value, String> {
    stamp.map(|stamp| Value::from(stamp.to_string())).map_err(|error| format!("holds a time out of range: {error}"))
}

fn date(days: i32) -> Result<String, String> {
    let epoch = Date::constant(1970, 1, 1);
    let date = epoch.checked_add(SignedDuration::from_hours(24 * i64::from(days)));
    date.map(|date| date.to_string()).map_err(|error| format!("holds a date out of range: {error}"))
}

fn time(since_midnight: SignedDuration) -> Result<String, String> {
    let time = Time::midnight().checked_add(since_midnight);
    time.map(|time| time.to_string()).map_err(|error| format!("holds a time out of range: {error}"))
}

/// A decimal's digits, with its point.
fn decimal(decimal: &Decimal) -> Result<String, String> {
    let bytes = decimal.data();
    let scale = usize::try_from(decimal.scale()).unwrap_or_default();
    if bytes.len() > 16 || scale > 38 {
        return Err("holds a decimal of more than 38 digits; write it as text".to_owned());
    }
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let fill = if negative { -1_i128 } else { 0 };
    let unscaled = bytes.iter().fold(fill, |number, byte| number << 8 | i128::from(*byte));
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    Ok(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}
