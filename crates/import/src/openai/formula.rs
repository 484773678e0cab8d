//! Formulas over the scores of graders: `(0.7 * helpful + 0.3 * polite) / 2`.
//!
//! Only weighted sums are understood, for that is what an overall score is here: each name has a factor, and there is nothing
//! besides.

use std::collections::BTreeMap;

/// How deep brackets may be nested.
const DEEPEST: usize = 32;

/// A sum of names with factors, and a number.
#[derive(Debug, Clone, Default, PartialEq)]
struct Sum {
    factors: BTreeMap<String, f64>,
    number: f64,
}

impl Sum {
    fn plus(mut self, other: Self, sign: f64) -> Self {
        self.number += sign * other.number;
        for (name, factor) in other.factors {
            *self.factors.entry(name).or_default() += sign * factor;
        }
        self
    }

    fn times(mut self, by: f64) -> Self {
        self.number *= by;
        self.factors.values_mut().for_each(|factor| *factor *= by);
        self
    }
}

/// The factor of each name in a formula.
///
/// # Errors
/// The formula is no weighted sum: what stands in the way, in words.
pub(super) fn weights(formula: &str) -> Result<BTreeMap<String, f64>, String> {
    let mut reader = Reader { rest: formula.trim(), depth: 0 };
    let sum = reader.sum()?;
    if !reader.rest.is_empty() {
        return Err(format!("`{}` is more than a weighted sum", carat_core::untrusted::one_line(reader.rest, 30)));
    }
    if sum.number != 0.0 {
        return Err(format!("the number {} is added", sum.number));
    }
    match sum.factors.iter().find(|(_, factor)| **factor < 0.0 || !factor.is_finite()) {
        Some((name, _)) => Err(format!("`{name}` is taken away")),
        None => Ok(sum.factors),
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl Reader<'_> {
    fn sum(&mut self) -> Result<Sum, String> {
        let mut sum = self.product()?;
        loop {
            if self.take("+") {
                sum = sum.plus(self.product()?, 1.0);
            } else if self.take("-") {
                sum = sum.plus(self.product()?, -1.0);
            } else {
                return Ok(sum);
            }
        }
    }

    fn product(&mut self) -> Result<Sum, String> {
        let mut product = self.atom()?;
        loop {
            if self.take("**") {
                return Err("a power".to_owned());
            } else if self.take("*") {
                let other = self.atom()?;
                product = match (product.factors.is_empty(), other.factors.is_empty()) {
                    (_, true) => product.times(other.number),
                    (true, false) => other.times(product.number),
                    (false, false) => return Err("two scores are multiplied".to_owned()),
                };
            } else if self.take("/") {
                let other = self.atom()?;
                if !other.factors.is_empty() || other.number == 0.0 {
                    return Err("it is divided by a score, or by nothing".to_owned());
                }
                product = product.times(1.0 / other.number);
            } else {
                return Ok(product);
            }
        }
    }

    fn atom(&mut self) -> Result<Sum, String> {
        if self.take("(") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err("too many brackets".to_owned());
            }
            let sum = self.sum()?;
            self.depth -= 1;
            return if self.take(")") { Ok(sum) } else { Err("a bracket is not closed".to_owned()) };
        }
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        match word.parse::<f64>() {
            Ok(number) if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
                Ok(Sum { number, ..Sum::default() })
            }
            _ if word.is_empty() => Err("something is missing".to_owned()),
            _ if self.rest.starts_with('(') => Err(format!("the function `{word}`")),
            _ => Ok(Sum { factors: BTreeMap::from([(word.to_owned(), 1.0)]), number: 0.0 }),
        }
    }

    fn take(&mut self, sign: &str) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(formula: &str) -> String {
        match weights(formula) {
            Ok(weights) => {
                weights.iter().map(|(name, factor)| format!("{name} {factor}")).collect::<Vec<_>>().join(", ")
            }
            Err(why) => format!("no: {why}"),
        }
    }

    #[test]
    fn weighted_sums_are_understood_and_nothing_else() {
        for (formula, expected) in [
            ("0.8 * a + b*0.2", "a 0.8, b 0.2"),
            ("(a + b + c) / 4", "a 0.25, b 0.25, c 0.25"),
            ("a", "a 1"),
            ("2 * (a + 0.5 * (b - 0)) ", "a 2, b 1"),
            ("a * b", "no: two scores are multiplied"),
            ("min(a, b)", "no: the function `min`"),
            ("a - b", "no: `b` is taken away"),
            ("a + 1", "no: the number 1 is added"),
            ("a ** 2", "no: a power"),
            ("1 / a", "no: it is divided by a score, or by nothing"),
            ("(a", "no: a bracket is not closed"),
            ("", "no: something is missing"),
        ] {
            assert_eq!(read(formula), expected, "{formula}");
        }
    }

    proptest! {
        #[test]
        fn no_formula_breaks_it(formula in "([a-c0-9.+*/() -]|\\*\\*){0,60}") {
            let _ = weights(&formula);
        }
    }
}
