//! Lists that people keep, a calendar or a table of prices: how they are read, and how long they may be.

use std::path::Path;

use carat_core::untrusted::one_line;
use carat_core::yaml::{self, YamlError};
use jiff::civil::Date;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use crate::error::{ProjectError, read_text};

/// The most bytes that such a file may have.
const MOST_BYTES: u64 = 16 << 20;

/// Reads such a file as text; `shown` is how it is called in errors.
///
/// # Errors
/// It cannot be read, or has more than 16 MB.
pub(crate) fn open(path: &Path, shown: &str) -> Result<String, ProjectError> {
    // Looked at before, so that nothing is read of a file that is too large.
    let bytes = std::fs::metadata(path).map_err(|error| ProjectError::file(shown, error))?.len();
    refuse_large(bytes, shown)?;
    read_text(path, shown)
}

/// Reads the entries. Nothing, or nothing but comments, is an empty list.
///
/// # Errors
/// The first thing that is not as it should be, with its place; or there is too much of it.
pub(crate) fn read<T: DeserializeOwned>(text: &str, shown: &str) -> Result<Vec<T>, ProjectError> {
    refuse_large(text.len() as u64, shown)?;
    if is_empty(text) {
        return Ok(Vec::new());
    }
    Ok(yaml::read(text, shown).map_err(clear)?)
}

/// What to do about a list that is too long.
const ADVICE: &str = "keep only what is about models of this project";

fn refuse_large(bytes: u64, shown: &str) -> Result<(), ProjectError> {
    if bytes > MOST_BYTES {
        let (has, most) = (bytes.div_ceil(1 << 20), MOST_BYTES >> 20);
        let cause = format!("it has {has} MB, and at most {most} are read; {ADVICE}");
        return Err(ProjectError::file(shown, cause));
    }
    Ok(())
}

/// The reader of YAML stops at 250,000 keys and values, which are some 18,000 entries. It names measures that nobody knows.
fn clear(error: YamlError) -> YamlError {
    if !error.message.starts_with("budget breached: Nodes") {
        return error;
    }
    YamlError { message: format!("no more than 250000 keys and values are read of one file; {ADVICE}"), ..error }
}

/// Whether a file that people write as a list has no entry yet: nothing, or nothing but comments.
fn is_empty(text: &str) -> bool {
    text.lines().all(|line| matches!(line.trim(), "" | "---") || line.trim().starts_with('#'))
}

/// A day, written as `2026-06-30`.
pub(crate) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let written = String::deserialize(deserializer)?;
    let refuse = || D::Error::custom(format!("`{}` is not a day such as `2026-06-30`", one_line(&written, 40)));
    // The reader of dates would take times and other spellings as well.
    Some(&written).filter(|text| text.len() == 10).ok_or_else(refuse)?;
    Date::strptime("%Y-%m-%d", &written).map_err(|_| refuse())
}

/// A day where there is one.
pub(crate) fn day_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    #[derive(Deserialize)]
    struct Day(#[serde(deserialize_with = "day")] Date);
    Ok(Option::<Day>::deserialize(deserializer)?.map(|Day(day)| day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        read::<u8>(text, "prices.yaml").unwrap_err().to_string()
    }

    #[test]
    fn a_list_that_is_too_long_is_refused_in_words_that_people_know() {
        insta::assert_snapshot!(told(&"#".repeat(17 << 20)), @"prices.yaml: it has 17 MB, and at most 16 are read; keep only what is about models of this project");
        insta::assert_snapshot!(told(&"- 1\n".repeat(250_001)), @"prices.yaml:250000:3: no more than 250000 keys and values are read of one file; keep only what is about models of this project");
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(20 << 30).unwrap();
        let told = open(file.path(), "prices.yaml").unwrap_err().to_string();
        assert!(told.starts_with("prices.yaml: it has 20480 MB"), "{told}");
    }
}
