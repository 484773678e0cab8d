//! `lifecycles.yaml`: the days on which providers shut models down, as somebody looked them up.

use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use crate::error::ProjectError;
use crate::served::list::{self, day};
use crate::served::{ModelPattern, provider};

/// The calendar's file, unless `lifecycles` in `carat.yaml` or a person names another one.
pub const LIFECYCLES_FILE: &str = "lifecycles.yaml";

/// The days on which models are shut down, as far as a project knows them. What it says is as good as whoever keeps it; it
/// says of every entry where it is from and when that was looked up.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    entries: Vec<Shutdown>,
}

/// The end of a model, or of all models whose names fit a pattern.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shutdown {
    /// Who serves the model: `openai`, `anthropic`, `azure`, or the host of another provider's address (`api.mistral.ai`), in
    /// lower case.
    #[serde(deserialize_with = "provider")]
    pub provider: String,
    /// The model as the provider calls it.
    pub model: ModelPattern,
    /// The first day on which it does not answer any more.
    #[serde(deserialize_with = "day")]
    pub shutdown: Date,
    /// What the provider advises to use instead.
    #[serde(default)]
    pub replacement: Option<String>,
    /// Where that is written.
    pub source: String,
    /// The day on which somebody read it there.
    #[serde(deserialize_with = "day")]
    pub as_of: Date,
}

impl Calendar {
    /// Reads a calendar from disk; `shown` is how its file is called in errors.
    ///
    /// # Errors
    /// It cannot be read; or as [`Calendar::read`].
    pub fn open(path: &Path, shown: &str) -> Result<Self, ProjectError> {
        Self::read(&list::open(path, shown)?, shown)
    }

    /// Reads a calendar: a list of entries. Nothing, or nothing but comments, is an empty one.
    ///
    /// # Errors
    /// The first thing that is not as it should be, with its line and column: a key that is not one of an entry's, a day that
    /// is none, a provider that nobody is. Or it has more than 16 MB, or more than 250,000 keys and values.
    pub fn read(text: &str, shown: &str) -> Result<Self, ProjectError> {
        Ok(Self { entries: list::read(text, shown)? })
    }

    /// The entry that counts for a model of this provider; for a model whose provider nobody knows, of any. One with the very
    /// name counts before those with a pattern, for exceptions are written so; of several the one with the earliest day.
    pub fn says(&self, provider: Option<&str>, model: &str) -> Option<&Shutdown> {
        let is_of = |entry: &&Shutdown| provider.is_none_or(|provider| entry.provider.eq_ignore_ascii_case(provider));
        let about = self.entries.iter().filter(is_of).filter(|entry| entry.model.fits(model));
        about.min_by_key(|entry| (!entry.model.is_exact(), entry.shutdown))
    }

    /// All entries, in the order of the file.
    pub fn entries(&self) -> &[Shutdown] {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENTRIES: &str = r#"
- { provider: openai, model: "gpt-4-*", shutdown: 2026-06-06, replacement: gpt-4.1, source: https://a.example, as_of: 2026-01-15 }
- provider: openai
  model: gpt-4-kept
  shutdown: "2030-01-01"
  source: https://b.example
  as_of: 2026-01-16
- { provider: OpenAI, model: "gpt-{4,5}{,-x*}", shutdown: 2026-03-01, source: https://c.example, as_of: 2026-01-17 }
- { provider: API.mistral.ai, model: small, shutdown: 2027-01-01, source: https://d.example, as_of: 2026-01-18 }
"#;

    fn told(text: &str) -> String {
        Calendar::read(text, "lifecycles.yaml").unwrap_err().to_string()
    }

    fn with(key: &str, value: &str) -> String {
        let fields = [
            ("provider", "openai"),
            ("model", "gpt-4"),
            ("shutdown", "2026-06-06"),
            ("source", "https://a.example"),
            ("as_of", "2026-01-15"),
        ];
        let line = |(name, usual): (&str, &str)| format!("  {name}: {}\n", if name == key { value } else { usual });
        format!("# Shutdowns\n-\n{}", fields.map(line).concat())
    }

    #[test]
    fn the_very_name_counts_before_a_pattern_and_the_earliest_day_before_later_ones() {
        let calendar = Calendar::read(ENTRIES, "lifecycles.yaml").unwrap();
        let day = |provider, model| calendar.says(provider, model).map(|entry| entry.shutdown.to_string());
        assert_eq!(day(Some("openai"), "gpt-4-0613").as_deref(), Some("2026-06-06"));
        assert_eq!(day(Some("openai"), "gpt-4-x1").as_deref(), Some("2026-03-01"));
        assert_eq!(day(Some("openai"), "gpt-4-kept").as_deref(), Some("2030-01-01"));
        assert_eq!(day(Some("openai"), "gpt-5").as_deref(), Some("2026-03-01"));
        assert_eq!(day(Some("openai"), "gpt-5-"), None);
        assert_eq!(day(Some("localhost"), "gpt-4-0613"), None, "a model of the same name on a server of one's own");
        assert_eq!(day(Some("api.mistral.ai"), "small").as_deref(), Some("2027-01-01"));
        assert_eq!(day(None, "small").as_deref(), Some("2027-01-01"));
    }

    #[test]
    fn a_calendar_without_entries_is_one() {
        for text in ["", "\n", "# nothing yet\n", "---\n# nothing yet\n", "[]"] {
            assert!(Calendar::read(text, "x").unwrap().entries().is_empty(), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let keys = told("- { provider: openai, model: m, shutdwon: 2026-06-06, source: s, as_of: 2026-06-06 }");
        insta::assert_snapshot!(keys, @"lifecycles.yaml:1:33: unknown field `shutdwon`, expected one of provider, model, shutdown, replacement, source, as_of; did you mean `shutdown`?");
        insta::assert_snapshot!(told(&with("shutdown", "2026-02-30")), @"lifecycles.yaml:5:13: `2026-02-30` is not a day such as `2026-06-30`");
        insta::assert_snapshot!(told(&with("as_of", "Jan 2026")), @"lifecycles.yaml:7:10: `Jan 2026` is not a day such as `2026-06-30`");
        insta::assert_snapshot!(told(&with("shutdown", "20260606")), @"lifecycles.yaml:5:13: `20260606` is not a day such as `2026-06-30`");
        insta::assert_snapshot!(told(&with("provider", "opneai")), @"lifecycles.yaml:3:13: `opneai` is neither `openai`, `anthropic` or `azure` nor a host such as `api.mistral.ai`; did you mean `openai`?");
        insta::assert_snapshot!(told(&with("model", "\"gpt-{4\"")), @"lifecycles.yaml:4:10: `gpt-{4` is not a pattern for names: a `{` without its `}`; write `[{]` for the sign itself");
        insta::assert_snapshot!(told(&with("model", "\"\"")), @"lifecycles.yaml:4:10: a model has a name");
        insta::assert_snapshot!(told(&with("model", &format!("\"{}\"", "{a,b},".repeat(300)))), @"lifecycles.yaml:4:10: a model's name, or a pattern for names, has at most 200 bytes; this has 1800");
        insta::assert_snapshot!(told(&with("provider", "127.0.0.1:80")), @"lifecycles.yaml:3:13: `127.0.0.1:80` has a port; write the host without the port: `127.0.0.1`");
        insta::assert_snapshot!(told("- { provider: openai, model: m, shutdown: 2026-06-06 }"), @"lifecycles.yaml:1:33: missing field `source`");
        insta::assert_snapshot!(told("provider: openai\n"), @"lifecycles.yaml:1:1: expected a list (`[a, b]`, or lines that begin with `- `)");
    }

    proptest! {
        #[test]
        fn nothing_that_anybody_writes_breaks_the_reader(text in "\\PC{0,80}", value in "[ -~]{0,20}") {
            let _ = Calendar::read(&text, "x");
            if let Ok(calendar) = Calendar::read(&with("model", &value), "x") {
                let _ = calendar.says(None, &text);
            }
        }

        #[test]
        fn a_day_is_read_as_it_is_written(year in 2000_i16..2100, month in 1_i8..=12, day in 1_i8..=28) {
            let written = format!("{year}-{month:02}-{day:02}");
            let calendar = Calendar::read(&with("shutdown", &written), "x").unwrap();
            prop_assert_eq!(calendar.entries()[0].shutdown.to_string(), written);
        }
    }
}
