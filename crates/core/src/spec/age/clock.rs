//! What time it is somewhere.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::BadTime;

/// A time of day to the minute, `00:00` to `23:59`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    /// Minutes since midnight.
    minutes: u16,
}

impl TimeOfDay {
    /// `00:00`.
    pub const MIDNIGHT: Self = Self { minutes: 0 };

    /// Minutes since midnight, below 1440.
    pub const fn minutes(self) -> u16 {
        self.minutes
    }
}

impl FromStr for TimeOfDay {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let bad = |why| BadTime { text: text.to_owned(), what: "time of day", why };
        match hours_and_minutes(text) {
            None => Err(bad("write hours and minutes with two digits each, as in `08:30`")),
            Some((24, 0)) => {
                Err(bad("the day ends where the next begins; write `00:00`, or leave it out, which is midnight too"))
            }
            Some((hours, minutes)) if hours < 24 && minutes < 60 => Ok(Self { minutes: hours * 60 + minutes }),
            Some(_) => Err(bad("a day goes from `00:00` to `23:59`")),
        }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

/// How far a place is ahead of UTC, `+02:00` or `-03:30`; `Z` is UTC itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Offset {
    minutes: i16,
}

impl Offset {
    /// Minutes ahead of UTC: below zero in the west, at most 14 hours either way.
    pub const fn minutes(self) -> i16 {
        self.minutes
    }
}

impl FromStr for Offset {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let bad = |why| BadTime { text: text.to_owned(), what: "offset from UTC", why };
        if text == "Z" {
            return Ok(Self::default());
        }
        let (sign, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
            (Some(rest), _) => (1, rest),
            (None, Some(rest)) => (-1, rest),
            (None, None) => {
                return Err(bad(
                    "write a sign, hours and minutes, as in `+02:00`, or `Z`; names of places are not read",
                ));
            }
        };
        match hours_and_minutes(rest) {
            None => Err(bad("write a sign, and hours and minutes with two digits each, as in `+02:00`")),
            Some((hours, minutes)) if minutes < 60 && hours * 60 + minutes <= 14 * 60 => {
                i16::try_from(hours * 60 + minutes)
                    .map(|minutes| Self { minutes: sign * minutes })
                    .map_err(|_| bad(FAR))
            }
            Some(_) => Err(bad(FAR)),
        }
    }
}

const FAR: &str = "no place is further from UTC than 14 hours";

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.minutes.unsigned_abs();
        match self.minutes {
            0 => f.write_str("Z"),
            ahead => write!(f, "{}{:02}:{:02}", if ahead < 0 { '-' } else { '+' }, minutes / 60, minutes % 60),
        }
    }
}

/// `HH:MM`, whatever the digits say.
fn hours_and_minutes(text: &str) -> Option<(u16, u16)> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |digits: &str| {
        let fits = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if fits { digits.parse().ok() } else { None }
    };
    Some((two(hours)?, two(minutes)?))
}

written_as_text!(TimeOfDay, "TimeOfDay", {
    "type": "string",
    "description": "A time of day, 00:00 to 23:59.",
    "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "examples": ["16:00"]
});
written_as_text!(Offset, "Offset", {
    "type": "string",
    "description": "How far a place is ahead of UTC: +02:00, -03:30; Z is UTC itself.",
    "pattern": "^(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)$",
    "examples": ["+02:00", "Z"]
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spec::Age;

    #[test]
    fn twenty_four_oclock_is_told_to_be_midnight() {
        let error = "24:00".parse::<TimeOfDay>().unwrap_err().to_string();
        let advice = "the day ends where the next begins; write `00:00`, or leave it out, which is midnight too";
        assert_eq!(error, format!("`24:00` is no time of day: {advice}"));
        for bad in ["24:01", "12:60", "8:00", "08:0", "08", "", "08:00:00", "a8:00", "+8:00"] {
            assert!(bad.parse::<TimeOfDay>().is_err(), "{bad}");
        }
    }

    #[test]
    fn offsets_are_ahead_of_utc_or_behind_it() {
        let minutes = |text: &str| text.parse::<Offset>().map(Offset::minutes);
        assert_eq!(minutes("Z"), Ok(0));
        assert_eq!(minutes("-00:00"), Ok(0));
        assert_eq!(minutes("+02:00"), Ok(120));
        assert_eq!(minutes("-03:30"), Ok(-210));
        assert_eq!(minutes("+14:00"), Ok(840));
        for bad in ["+14:01", "+02:60", "02:00", "+2:00", "+0200", "z", "Europe/Berlin", "", "+-2:00", "+99:99"] {
            assert!(bad.parse::<Offset>().is_err(), "{bad}");
        }
    }

    #[test]
    fn yaml_needs_no_quotes_around_a_time() {
        #[derive(Deserialize)]
        struct Times {
            age: Age,
            from: TimeOfDay,
            offset: Offset,
        }
        let text = "age: 7d\nfrom: 16:00\noffset: +02:00\n";
        let times: Times = crate::yaml::read(text, "carat.yaml").unwrap();
        assert_eq!((times.age.to_string(), times.from.minutes(), times.offset.minutes()), ("7d".into(), 960, 120));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(minutes in 0_u16..1440, ahead in -840_i16..=840) {
            let time = TimeOfDay { minutes };
            prop_assert_eq!(time.to_string().parse(), Ok(time));
            let offset = Offset { minutes: ahead };
            prop_assert_eq!(offset.to_string().parse(), Ok(offset));
        }

        #[test]
        fn whatever_is_read_is_what_was_written(text in "[+-]?[0-2][0-9]:[0-6][0-9]|.*") {
            if let Ok(time) = text.parse::<TimeOfDay>() {
                prop_assert_eq!(time.to_string(), text.clone());
            }
            if let Ok(offset) = text.parse::<Offset>() {
                prop_assert!(offset.to_string() == text || offset.minutes() == 0);
            }
        }
    }
}
