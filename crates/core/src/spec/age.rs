//! How old things may be, as people write it, and the clocks of places.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use clock::{Offset, TimeOfDay};

/// Text in files, by its `FromStr` and `Display`.
macro_rules! written_as_text {
    ($type:ty, $name:literal, $schema:tt) => {
        impl TryFrom<String> for $type {
            type Error = BadTime;

            fn try_from(text: String) -> Result<Self, BadTime> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

mod clock;

/// What is no age, time of day or offset, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}: {why}")]
pub struct BadTime {
    /// What was written.
    pub text: String,
    /// What it should have been.
    pub what: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}

/// How old something may be: a whole number and a unit, `90m`, `12h`, `7d`, `2w`. A day has 24 hours. It is more than nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Age {
    count: u32,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
    Weeks,
}

impl Unit {
    const ALL: [Self; 5] = [Self::Seconds, Self::Minutes, Self::Hours, Self::Days, Self::Weeks];

    const fn letter(self) -> char {
        match self {
            Self::Seconds => 's',
            Self::Minutes => 'm',
            Self::Hours => 'h',
            Self::Days => 'd',
            Self::Weeks => 'w',
        }
    }

    const fn seconds(self) -> u64 {
        match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 3600,
            Self::Days => 86_400,
            Self::Weeks => 604_800,
        }
    }
}

impl Age {
    /// The length of time.
    pub const fn duration(self) -> Duration {
        // At most 999,999,999 weeks, which is far from the end of 64 bits.
        Duration::from_secs(self.count as u64 * self.unit.seconds())
    }
}

impl FromStr for Age {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let bad = |why| BadTime { text: text.to_owned(), what: "age", why };
        let unit = Unit::ALL.into_iter().find(|unit| text.ends_with(unit.letter()));
        let Some((unit, digits)) = unit.and_then(|unit| Some((unit, text.strip_suffix(unit.letter())?))) else {
            return Err(bad("write a whole number and one of `s`, `m`, `h`, `d`, `w`, as in `7d` or `12h`"));
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad("before the unit stands one whole number, as in `7d` or `12h`"));
        }
        if digits.len() > 9 {
            return Err(bad("it has more than nine digits"));
        }
        match digits.parse() {
            Ok(count) if count > 0 => Ok(Self { count, unit }),
            _ => Err(bad("nothing is younger than that; leave it out, or give more")),
        }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letter())
    }
}

written_as_text!(Age, "Age", {
    "type": "string",
    "description": "How old something may be: 90m, 12h, 7d, 2w.",
    "pattern": "^0*[1-9][0-9]*[smhdw]$",
    "examples": ["7d", "12h"]
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(text: &str) -> u64 {
        text.parse::<Age>().unwrap().duration().as_secs()
    }

    #[test]
    fn ages_are_read_as_people_write_them() {
        assert_eq!(seconds("45s"), 45);
        assert_eq!(seconds("90m"), 5400);
        assert_eq!(seconds("12h"), 43_200);
        assert_eq!(seconds("7d"), 604_800);
        assert_eq!(seconds("2w"), 1_209_600);
        assert_eq!(seconds("999999999w"), 604_799_999_395_200);
    }

    #[test]
    fn what_is_no_age_is_told_what_one_is() {
        let why = |text: &str| text.parse::<Age>().unwrap_err().to_string();
        let form = "write a whole number and one of `s`, `m`, `h`, `d`, `w`, as in `7d` or `12h`";
        assert_eq!(why("7"), format!("`7` is no age: {form}"));
        assert_eq!(why(""), format!("`` is no age: {form}"));
        assert_eq!(
            why("3 months"),
            "`3 months` is no age: before the unit stands one whole number, as in `7d` or `12h`"
        );
        for bad in ["-1d", "+1d", "1.5d", "d", "1d 2h", "７d", "7D", "0d", "1000000000s"] {
            assert!(bad.parse::<Age>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn an_age_that_is_shown_is_read_back(count in 1_u32..1_000_000_000, unit in 0_usize..5) {
            let age = Age { count, unit: Unit::ALL[unit] };
            prop_assert_eq!(age.to_string().parse(), Ok(age));
        }

        #[test]
        fn whatever_is_read_is_what_was_written(text in "[0-9]{0,10}[smhdw]|.*") {
            if let Ok(age) = text.parse::<Age>() {
                prop_assert_eq!(age.to_string(), text.trim_start_matches('0'));
            }
        }
    }
}
