//! `number`: the answer is the right number.
//!
//! * **Source** the whole answer, or the part that `on` names; of it the only, first or last number. **Range** a verdict.
//!   **Normalisation** thousands, currency and percent, each where it is named; see [`reading`] for what a number is.
//! * Numbers are 64-bit floating point. Without a tolerance they must be equal as such: `0.30` is `0.3`, and the sum
//!   `0.30000000000000004` is not. With one or both tolerances it is enough to be within one of them. A tolerance is met at
//!   its edge: the rounding of the subtraction does not count against the answer. Unlike in a peer that compares five
//!   significant digits, 123457 is not 123456.
//! * A relative tolerance is a part of what is expected, so that of 0 it is 0.
//! * A list is met by any of its members. An expectation that is a text is read as an answer is, with the same settings.
//! * An answer without a number is wrong.
//! * **Unscored** without an expectation, and with one that is no number.

mod currency;
mod reading;

use carat_core::spec::{NumberSpec, Which};
use carat_core::{Grade, Score, Unscored};
use serde_json::Value;

use super::assembly::Measure;
use super::error::BadSetting;
use super::excerpt::excerpt;
use super::expected;
use reading::Reader;

/// A number within a tolerance.
pub(super) struct Number {
    reader: Reader,
    which: Which,
    tolerance: Tolerance,
}

/// How far off a number may be.
#[derive(Debug, Clone, Copy)]
struct Tolerance {
    absolute: Option<f64>,
    relative: Option<f64>,
}

impl Number {
    pub(super) fn new(spec: &NumberSpec) -> Result<Self, BadSetting> {
        let tolerance = Tolerance {
            absolute: checked("number.absolute", spec.absolute)?,
            relative: checked("number.relative", spec.relative)?,
        };
        Ok(Self { reader: Reader::new(spec)?, which: spec.which, tolerance })
    }

    fn read(&self, answer: &str) -> Option<f64> {
        match self.which {
            Which::Only => self.reader.whole(answer),
            Which::First => self.reader.all(answer).next(),
            Which::Last => self.reader.all(answer).last(),
        }
    }

    fn expected_number(&self, value: &Value) -> Result<f64, Unscored> {
        let number = match value {
            Value::Number(number) => number.as_f64().filter(|number| number.is_finite()),
            Value::String(text) => self.reader.whole(text),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        number.ok_or_else(|| expected::bad(format!("{} is not a number", excerpt(&value.to_string()))))
    }
}

fn checked(key: &str, tolerance: Option<f64>) -> Result<Option<f64>, BadSetting> {
    match tolerance {
        Some(bad) if !bad.is_finite() || bad < 0.0 => {
            Err(BadSetting::new(key, format!("{bad} is not a tolerance; it is 0 or more")))
        }
        good => Ok(good),
    }
}

impl Tolerance {
    fn admits(self, answer: f64, expected: f64) -> bool {
        let within = |tolerance: f64| {
            // Both numbers were rounded when they were read, by half a unit of the last place each. Only a tolerance
            // forgives that; none, or one of 0, does not.
            let rounding = if tolerance > 0.0 { f64::EPSILON * answer.abs().max(expected.abs()) } else { 0.0 };
            (answer - expected).abs() - tolerance <= rounding
        };
        answer == expected
            || self.absolute.is_some_and(within)
            || self.relative.is_some_and(|part| within(part * expected.abs()))
    }
}

impl Measure for Number {
    type Expected<'r> = Vec<f64>;

    fn expected(&self, row: Option<&Value>) -> Result<Vec<f64>, Unscored> {
        expected::members(row)?.iter().map(|member| self.expected_number(member)).collect()
    }

    fn measure(&self, answer: &str, expected: &Vec<f64>) -> Result<Score, Unscored> {
        let Some(number) = self.read(answer) else {
            let reason = match self.which {
                Which::Only => format!("no number: `{}`", excerpt(answer)),
                Which::First | Which::Last => "no number in the answer".to_owned(),
            };
            return Ok(self.nothing(expected, reason));
        };
        let pass = expected.iter().any(|expected| self.tolerance.admits(number, *expected));
        let score = Score::from(Grade::Pass(pass));
        Ok(if pass { score } else { score.because(format!("read as {number}")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(absolute: Option<f64>, relative: Option<f64>) -> impl Fn(f64, f64) -> bool {
        move |answer, expected| Tolerance { absolute, relative }.admits(answer, expected)
    }

    #[test]
    fn without_a_tolerance_equal_is_equal() {
        let admits = within(None, None);
        assert!(admits(0.3, 0.30));
        assert!(!admits(0.1 + 0.2, 0.3));
        assert!(!admits(123_457.0, 123_456.0));
        assert!(!within(Some(0.0), Some(0.0))(0.1 + 0.2, 0.3));
        assert!(admits(-0.0, 0.0));
    }

    #[test]
    fn one_of_two_tolerances_is_enough() {
        let admits = within(Some(1.0), Some(0.1));
        assert!(admits(101.0, 100.0) && admits(110.0, 100.0) && admits(1.5, 1.0));
        assert!(!admits(110.1, 100.0) && !admits(2.1, 1.0));
    }

    #[test]
    fn a_tolerance_is_met_at_its_edge() {
        assert!(within(Some(0.1), None)(1.1, 1.0));
        assert!(within(None, Some(0.01))(101.0, 100.0));
        assert!(!within(Some(0.1), None)(1.100_000_1, 1.0));
    }

    #[test]
    fn a_part_of_nothing_is_nothing_and_huge_numbers_are_just_numbers() {
        assert!(!within(None, Some(0.5))(0.1, 0.0));
        assert!(!within(Some(1.0), None)(f64::MAX, -f64::MAX));
        assert!(within(None, Some(1.0))(f64::MAX, f64::MAX / 2.0));
    }
}
