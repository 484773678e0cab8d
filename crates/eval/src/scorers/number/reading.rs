//! What a number is in a text.
//!
//! An optional sign (`+`, `-` or the minus `−`), ASCII digits with an optional decimal point, and an optional exponent:
//! `42`, `-0.5`, `.5`, `42.`, `1e-3`. What is not finite (`1e999`, `inf`) is no number. A decimal comma is never guessed.
//!
//! * With `thousands`, groups of three digits after a first one of one to three that does not begin with 0, all with the same
//!   of `,`, `_`, `'` or a space (also a thin or no-break one). `0,500` and `1,23` are no numbers.
//! * With `currency`, one sign (`€`, `US$`) or ISO 4217 code before it and one after it, each with at most a space between. A
//!   sign of the number stands before or after a currency before it.
//! * `60%` or `60 %` is a number only where `percent` says how to read it.
//!
//! In the midst of words a number counts when it stands alone: before it the beginning, white space, an opening bracket, a
//! quote, emphasis, a colon or a relation (`x=5`, `≈5`); after it the end, white space, a relation, or closing brackets,
//! quotes, emphasis and punctuation that end a word. So nothing is read of `1,234` without `thousands`, of `60%` without
//! `percent`, of `$5` without `currency`, nor of `2026-05-01`, `12:30`, `1/2`, `5kg`, `H2O` and `1.2.3`: better no number than
//! the wrong one.

use carat_core::spec::{NumberSpec, Percent};
use regex::{Captures, Regex};

use super::currency;
use crate::scorers::error::BadSetting;

/// Spaces that may stand between groups of digits, or between a number and what belongs to it.
const SPACE: &str = r"[ \x{a0}\x{2009}\x{202f}]";
/// Signs of a number.
const SIGN: &str = r"[-+\x{2212}]";
/// What stands between two things, in the midst of words.
const RELATIONS: &str = "=≈<>≤≥~|—…";
/// What may stand directly before a number.
const OPENERS: &str = "([{\"'`*_“‘«„:（：";
/// What may stand directly after a number, before the end of its word.
const CLOSERS: &str = ".,;:!?)]}\"'`*_”’»。，、；：！？）";

/// Reads numbers as a spec says.
pub(super) struct Reader {
    /// A number in the midst of a text.
    anywhere: Regex,
    /// A text that is a number.
    alone: Regex,
    percent: Option<Percent>,
}

impl Reader {
    pub(super) fn new(spec: &NumberSpec) -> Result<Self, BadSetting> {
        let grammar = grammar(spec.thousands, spec.currency);
        let compile = |pattern: &str| {
            Regex::new(pattern).map_err(|error| BadSetting::new("number", format!("cannot be read: {error}")))
        };
        Ok(Self { anywhere: compile(&grammar)?, alone: compile(&format!("^(?:{grammar})$"))?, percent: spec.percent })
    }

    /// The number that the text is, white space around it aside.
    pub(super) fn whole(&self, text: &str) -> Option<f64> {
        self.value(&self.alone.captures(text.trim())?)
    }

    /// The numbers that stand in the text, in their order. Takes time in proportion to the text.
    pub(super) fn all<'t>(&'t self, text: &'t str) -> impl Iterator<Item = f64> + 't {
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let captures = self.anywhere.captures_at(text, from)?;
                let found = captures.get(0)?;
                match end_of(&captures, text, found.start(), found.end()) {
                    Some(end) => {
                        from = end;
                        if let Some(value) = self.value(&captures) {
                            return Some(value);
                        }
                    }
                    None => from = end_of_word(text, found.end()),
                }
            }
        })
    }

    fn value(&self, captures: &Captures<'_>) -> Option<f64> {
        let sign = match (captures.name("outer"), captures.name("inner")) {
            (Some(_), Some(_)) => return None,
            (Some(sign), None) | (None, Some(sign)) => sign.as_str(),
            (None, None) => "+",
        };
        let digits: String = captures.name("digits")?.as_str().chars().filter(|c| is_digit_or_point(*c)).collect();
        let exponent = captures.name("exponent").map_or("0", |exponent| exponent.as_str()).replace('\u{2212}', "-");
        let exponent: i64 = exponent.parse().ok()?;
        let shift = match (captures.name("percent"), self.percent) {
            (None, _) | (Some(_), Some(Percent::Number)) => 0,
            // Two places to the left before rounding: 0.07 % is the very 0.0007.
            (Some(_), Some(Percent::Fraction)) => 2,
            (Some(_), None) => return None,
        };
        let value: f64 = format!("{digits}e{}", exponent.saturating_sub(shift)).parse().ok()?;
        value.is_finite().then_some(if sign == "+" { value } else { -value })
    }
}

fn is_digit_or_point(c: char) -> bool {
    c.is_ascii_digit() || c == '.'
}

fn grammar(thousands: bool, currency: bool) -> String {
    let whole = if thousands {
        let groups = [",", "_", "'"].map(|mark| format!("(?:{mark}[0-9]{{3}})+")).join("|");
        // A space ends a word, so a group after one counts only if it is a word, too: `1 2345` is two numbers.
        format!(r"(?:[1-9][0-9]{{0,2}}(?:{groups}|(?:{SPACE}[0-9]{{3}}(?-u:\b))+)|[0-9]+)")
    } else {
        "[0-9]+".to_owned()
    };
    let number =
        format!(r"(?<digits>{whole}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE](?<exponent>{SIGN}?[0-9]+))?(?<percent>{SPACE}?%)?");
    if !currency {
        return format!("(?<outer>{SIGN})?{number}");
    }
    let mark = r"[A-Z]{0,3}\p{Sc}";
    let code = currency::CODES.join("|");
    // A sign directly after a code would be a hyphen.
    let before = format!("(?:(?:{mark}{SPACE}?|(?:{code}){SPACE})(?<inner>{SIGN})?|(?:{code}))");
    format!(r"(?<outer>{SIGN})?{before}?{number}(?<after>{SPACE}?(?:{mark}|(?:{code})(?-u:\b)))?")
}

/// Where a number ends that stands alone. A currency after it that itself is joined to something is not its own.
fn end_of(captures: &Captures<'_>, text: &str, start: usize, end: usize) -> Option<usize> {
    if !opens(text[..start].chars().next_back()) {
        return None;
    }
    let without_currency = captures.name("after").map(|after| after.start());
    [Some(end), without_currency].into_iter().flatten().find(|end| closes(&text[*end..]))
}

fn opens(before: Option<char>) -> bool {
    before.is_none_or(|c| c.is_whitespace() || OPENERS.contains(c) || RELATIONS.contains(c))
}

fn closes(after: &str) -> bool {
    let next = after.trim_start_matches(|c| CLOSERS.contains(c)).chars().next();
    next.is_none_or(|c| c.is_whitespace() || RELATIONS.contains(c))
}

fn end_of_word(text: &str, from: usize) -> usize {
    let ends = |c: char| c.is_whitespace() || RELATIONS.contains(c);
    text[from..].find(ends).map_or(text.len(), |more| from + more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    fn reader(thousands: bool, currency: bool, percent: Option<Percent>) -> Reader {
        Reader::new(&NumberSpec { thousands, currency, percent, ..NumberSpec::default() }).unwrap()
    }

    static PLAIN: LazyLock<Reader> = LazyLock::new(|| reader(false, false, None));
    static EVERY: LazyLock<Reader> = LazyLock::new(|| reader(true, true, Some(Percent::Fraction)));

    fn all(reader: &Reader, text: &str) -> Vec<f64> {
        reader.all(text).collect()
    }

    #[test]
    fn a_number_is_read_as_programs_write_it() {
        for (text, value) in
            [("42", 42.0), (" -0.5\n", -0.5), ("+.5", 0.5), ("42.", 42.0), ("1e-3", 1e-3), ("−5", -5.0)]
        {
            assert_eq!(PLAIN.whole(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_not_named_is_not_read() {
        for text in ["", "-", ".", "1,234", "1_000", "1 000", "$5", "5 EUR", "60%", "3,5", "0x1F", "1e", "½", "٣", "５"]
        {
            assert_eq!(PLAIN.whole(text), None, "{text}");
        }
        for text in ["inf", "NaN", "infinity", "1e999", "-1e999", "1e99999999999999999999"] {
            assert_eq!(EVERY.whole(text), None, "{text}");
        }
    }

    #[test]
    fn thousands_are_groups_of_three_with_one_separator() {
        let reader = reader(true, false, None);
        for text in ["1,234.5", "1_234.5", "1'234.5", "1 234.5", "1\u{a0}234.5", "1\u{202f}234.5", "1234.5"] {
            assert_eq!(reader.whole(text), Some(1234.5), "{text}");
        }
        assert_eq!(reader.whole("-12,345,678"), Some(-12_345_678.0));
        for text in ["1,23", "1,2345", "0,500", ",234", "1,234,56", "1,234 567", "1,234_567", "1,,234"] {
            assert_eq!(reader.whole(text), None, "{text}");
        }
    }

    #[test]
    fn a_currency_is_left_out_before_and_after() {
        let reader = reader(true, true, None);
        for text in
            ["$1,234", "US$1,234", "$ 1,234", "1,234 €", "1234€", "EUR 1,234", "EUR1234", "1 234 EUR", "$1234 USD"]
        {
            assert_eq!(reader.whole(text), Some(1234.0), "{text}");
        }
        for text in ["-$5", "$-5", "-5 USD", "USD -5", "−€5"] {
            assert_eq!(reader.whole(text), Some(-5.0), "{text}");
        }
        for text in ["-$-5", "$$5", "XYZ 5", "5 eur", "$", "USD", "USD-5"] {
            assert_eq!(reader.whole(text), None, "{text}");
        }
    }

    #[test]
    fn a_per_cent_sign_is_read_as_the_spec_says() {
        let fraction = reader(false, false, Some(Percent::Fraction));
        assert_eq!(fraction.whole("60%"), Some(0.6));
        assert_eq!(fraction.whole("0.07 %"), Some(0.0007));
        assert_eq!(fraction.whole("6e1%"), Some(0.6));
        assert_eq!(fraction.whole("60"), Some(60.0));
        assert_eq!(reader(false, false, Some(Percent::Number)).whole("60%"), Some(60.0));
    }

    #[test]
    fn numbers_that_stand_alone_are_found_among_words() {
        let found = |text| all(&PLAIN, text);
        assert_eq!(found("The answer is 42."), [42.0]);
        assert_eq!(found("Between (5) and **6**, \"7\"; answer:8"), [5.0, 6.0, 7.0, 8.0]);
        assert_eq!(found("16-3-4=9 eggs — x=5, ≈6"), [9.0, 5.0, 6.0]);
        assert_eq!(found("<b>5</b> | 6 | -7"), [5.0, 6.0, -7.0]);
        assert_eq!(found("1\n2\t3"), [1.0, 2.0, 3.0]);
    }

    #[test]
    fn parts_of_something_else_are_no_numbers() {
        for text in ["2026-05-01", "12:30", "1/2", "5kg", "H2O", "1.2.3", "gpt-4", "3rd", "5–6", "10²", "#5", "1e999"]
        {
            assert_eq!(all(&PLAIN, text), [0.0; 0], "{text}");
        }
        assert_eq!(all(&PLAIN, "1,234 and 60% and $5 and 7"), [7.0]);
    }

    #[test]
    fn among_words_what_is_named_is_read() {
        assert_eq!(all(&EVERY, "from $1,200 to 1 500 €, that is 25 % (MAX 7)"), [1200.0, 1500.0, 0.25, 7.0]);
        assert_eq!(all(&EVERY, "$5 $10 and 5 USDT"), [5.0, 10.0, 5.0]);
        assert_eq!(all(&EVERY, "1 2345 6"), [1.0, 2345.0, 6.0]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(number in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO) {
            for reader in [&*PLAIN, &*EVERY] {
                for text in [format!("{number}"), format!("{number:e}"), format!("so: {number}.").replace('-', "−")] {
                    let read = reader.all(&text).next();
                    prop_assert_eq!(read, Some(number), "{}", text);
                }
                prop_assert_eq!(reader.whole(&number.to_string()), Some(number));
            }
        }

        #[test]
        fn a_number_with_its_trimmings_is_read_back(cents in -1_000_000_000_000i64..1_000_000_000_000) {
            let digits = format!("{:03}", cents.unsigned_abs() / 100);
            let mut grouped = String::new();
            for (i, digit) in digits.trim_start_matches('0').chars().enumerate() {
                if i > 0 && (digits.trim_start_matches('0').len() - i) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            let grouped = if grouped.is_empty() { "0" } else { &grouped };
            let sign = if cents < 0 { "-" } else { "" };
            let text = format!("{sign}${grouped}.{:02}", cents.unsigned_abs() % 100);
            let value: f64 = format!("{sign}{digits}.{:02}", cents.unsigned_abs() % 100).parse().unwrap();
            prop_assert_eq!(EVERY.whole(&text), Some(value), "{}", text);
            prop_assert_eq!(all(&EVERY, &format!("It costs {text}, or less.")), vec![value]);
        }

        #[test]
        fn what_is_read_is_finite_and_nothing_is_too_strange_to_look_at(
            text in any::<String>(),
            odd in "[-+0-9eE.,_' %$€A-Z−]{0,40}",
        ) {
            for reader in [&*PLAIN, &*EVERY] {
                for text in [&text, &odd] {
                    prop_assert!(reader.whole(text).is_none_or(f64::is_finite));
                    prop_assert!(reader.all(text).all(f64::is_finite));
                }
            }
        }

        #[test]
        fn what_is_a_number_as_a_whole_is_one_among_words(odd in "[-+]?[$€]? ?[0-9]{1,4}[,' ]?[0-9]{0,3}[.]?[0-9]{0,2}%?") {
            let reader = &*EVERY;
            if let Some(value) = reader.whole(&odd) {
                prop_assert_eq!(all(reader, &format!("so {} it is", odd.trim())), vec![value]);
            }
        }
    }
}
