//! Splitting traffic between versions, the same way on every machine, in every language, in every release.
//!
//! Each arm of a split draws a number from SHA-256 over the prompt's name, the arm and the key, as from an exponential
//! distribution with the arm's weight; the smallest wins. So shares are as the weights, the order in which arms are written
//! does not matter, and where one weight grows keys move to that arm and nowhere else. This is weighted rendezvous hashing
//! (Thaler and Ravishankar 1998; Schindelhauer and Schomaker 2005), in whole numbers only, so that it comes out the same
//! everywhere. `docs/library.md` has it in Python, with test vectors.

use carat_prompt::Digest;

use crate::reference::Pick;

/// How many binary digits a logarithm has behind the point.
const DIGITS: u32 = 56;

/// Versions of a prompt, each with its share: `support/triage@{production:95,candidate:5}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    name: String,
    arms: Vec<Arm>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Arm {
    /// What stands behind the `@` of its version, as written.
    pick: String,
    weight: u32,
}

/// What is no split, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{split}`, character {position}: {why}")]
pub struct SplitError {
    /// What was written.
    pub split: String,
    /// Where the trouble begins: the character, from 1.
    pub position: usize,
    /// What is wrong, and what to write.
    pub why: String,
}

impl Split {
    /// Reads `NAME@{VERSION:WEIGHT,…}`. A version is what may stand behind the `@` of a reference: a label, a number,
    /// `latest` or a digest. Weights are whole numbers from 1; they need not add up to 100.
    ///
    /// # Errors
    /// It is written in another way, or has a version twice: with the place.
    pub fn read(text: &str) -> Result<Self, SplitError> {
        let at = |byte: usize, why: String| SplitError {
            split: text.to_owned(),
            position: text[..byte].chars().count() + 1,
            why,
        };
        let form = "write NAME@{VERSION:WEIGHT,VERSION:WEIGHT}";
        let Some(open) = text.find("@{") else { return Err(at(text.len(), format!("there is no `@{{`; {form}"))) };
        if open == 0 {
            return Err(at(0, format!("nothing stands before the `@`; {form}")));
        }
        let inside = open + 2;
        let Some(close) = text[inside..].find('}').map(|close| inside + close) else {
            return Err(at(text.len(), "there is no `}` at the end".to_owned()));
        };
        if close + 1 < text.len() {
            return Err(at(close + 1, "something stands behind the `}`".to_owned()));
        }
        let mut arms: Vec<Arm> = Vec::new();
        let mut from = inside;
        for written in text[inside..close].split(',') {
            let arm = Arm::read(written).map_err(|(byte, why)| at(from + byte, why))?;
            if arms.iter().any(|other| other.pick == arm.pick) {
                return Err(at(from, format!("`{}` stands in it twice", arm.pick)));
            }
            arms.push(arm);
            from += written.len() + 1;
        }
        Ok(Self { name: text[..open].to_owned(), arms })
    }

    /// Whether a text is meant as a split.
    pub(crate) fn is_split(text: &str) -> bool {
        text.contains("@{")
    }

    /// The version for a key: a reference such as `support/triage@candidate`. A key is whatever shall stay with one version:
    /// a user, a conversation, a ticket.
    pub fn choose(&self, key: &str) -> String {
        self.reference(&self.arms[self.arm(key)])
    }

    /// Which arm a key has, counted from 0.
    pub(crate) fn arm(&self, key: &str) -> usize {
        let mut best = 0;
        let mut best_draw = None;
        for (index, arm) in self.arms.iter().enumerate() {
            let draw = Draw { cost: cost(number(&self.name, &arm.pick, key)), arm };
            if best_draw.as_ref().is_none_or(|best| draw.is_less(best)) {
                (best, best_draw) = (index, Some(draw));
            }
        }
        best
    }

    /// The versions of all arms, in order.
    pub(crate) fn references(&self) -> impl Iterator<Item = String> {
        self.arms.iter().map(|arm| self.reference(arm))
    }

    fn reference(&self, arm: &Arm) -> String {
        format!("{}@{}", self.name, arm.pick)
    }
}

impl Arm {
    /// Reads `VERSION:WEIGHT`; an error comes with the byte where it is.
    fn read(written: &str) -> Result<Self, (usize, String)> {
        let blank = written.len() - written.trim_start().len();
        if written.trim().is_empty() {
            return Err((0, "a version and its weight are missing; write VERSION:WEIGHT".to_owned()));
        }
        // The last colon, for a digest may have one of its own.
        let Some((pick, weight)) = written.rsplit_once(':') else {
            return Err((blank, format!("`{}` has no weight; write {}:WEIGHT", written.trim(), written.trim())));
        };
        let at_weight = pick.len() + 1 + (weight.len() - weight.trim_start().len());
        let (pick, weight) = (pick.trim(), weight.trim());
        Pick::read(pick).map_err(|why| (blank, why))?;
        let number = weight.parse::<u32>().ok().filter(|number| *number > 0 && !weight.starts_with('+'));
        match number {
            Some(weight) => Ok(Self { pick: pick.to_owned(), weight }),
            None => Err((at_weight, format!("`{weight}` is no weight; it is a whole number from 1 to {}", u32::MAX))),
        }
    }
}

/// What an arm has drawn.
struct Draw<'a> {
    cost: u64,
    arm: &'a Arm,
}

impl Draw<'_> {
    /// Whether its cost by weight is less; of two that are equal the version that comes first in the order of its bytes.
    fn is_less(&self, other: &Self) -> bool {
        let (a, b) = (
            u128::from(self.cost) * u128::from(other.arm.weight),
            u128::from(other.cost) * u128::from(self.arm.weight),
        );
        (a, &self.arm.pick) < (b, &other.arm.pick)
    }
}

/// The first eight bytes, as a number, of SHA-256 over name, version and key in UTF-8, with a zero byte between them.
fn number(name: &str, pick: &str, key: &str) -> u64 {
    let text = [name.as_bytes(), pick.as_bytes(), key.as_bytes()].join(&0);
    Digest::of_bytes(&text).prefix64()
}

/// Minus the binary logarithm of `(2x + 1) / 2^65`, times 2^56, rounded up: what an exponential distribution gives for a
/// uniform `x`. By repeated squaring, in whole numbers.
fn cost(x: u64) -> u64 {
    let n = 2 * u128::from(x) + 1;
    let whole = n.ilog2();
    // The leading 64 binary digits of n, as a number from 1 to 2 with 63 of them behind the point.
    let mut m = if whole > 63 { n >> (whole - 63) } else { n << (63 - whole) };
    let mut log = u64::from(whole);
    for _ in 0..DIGITS {
        m *= m;
        let is_two = m >> 127;
        m >>= 63 + is_two;
        log = log << 1 | u64::try_from(is_two).unwrap_or(0);
    }
    (65 << DIGITS) - log
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(text: &str) -> String {
        Split::read(text).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_split_is_told_with_its_place() {
        insta::assert_snapshot!(error("support/triage"), @"`support/triage`, character 15: there is no `@{`; write NAME@{VERSION:WEIGHT,VERSION:WEIGHT}");
        insta::assert_snapshot!(error("@{a:1}"), @"`@{a:1}`, character 1: nothing stands before the `@`; write NAME@{VERSION:WEIGHT,VERSION:WEIGHT}");
        insta::assert_snapshot!(error("é@{a:1"), @"`é@{a:1`, character 7: there is no `}` at the end");
        insta::assert_snapshot!(error("x@{a:1} "), @"`x@{a:1} `, character 8: something stands behind the `}`");
        insta::assert_snapshot!(error("x@{a:95,b:five}"), @"`x@{a:95,b:five}`, character 11: `five` is no weight; it is a whole number from 1 to 4294967295");
        insta::assert_snapshot!(error("x@{a:95, b: 0}"), @"`x@{a:95, b: 0}`, character 13: `0` is no weight; it is a whole number from 1 to 4294967295");
        insta::assert_snapshot!(error("x@{a:-1}"), @"`x@{a:-1}`, character 6: `-1` is no weight; it is a whole number from 1 to 4294967295");
        insta::assert_snapshot!(error("x@{a:1.5}"), @"`x@{a:1.5}`, character 6: `1.5` is no weight; it is a whole number from 1 to 4294967295");
        insta::assert_snapshot!(error("x@{a}"), @"`x@{a}`, character 4: `a` has no weight; write a:WEIGHT");
        insta::assert_snapshot!(error("x@{a:1,}"), @"`x@{a:1,}`, character 8: a version and its weight are missing; write VERSION:WEIGHT");
        insta::assert_snapshot!(error("x@{a:1,A:2}"), @"`x@{a:1,A:2}`, character 8: `A` is no label: a label is a word of lower-case letters, digits, `.`, `_` and `-` that begins with a letter");
        insta::assert_snapshot!(error("x@{a:1,a:2}"), @"`x@{a:1,a:2}`, character 8: `a` stands in it twice");
    }

    #[test]
    fn arms_are_labels_numbers_or_digests() {
        let split = Split::read("a@b/c@{ production : 95, 7:3, latest:1,sha256:0123456789ab:1 }").unwrap();
        let references: Vec<String> = split.references().collect();
        assert_eq!(references, ["a@b/c@production", "a@b/c@7", "a@b/c@latest", "a@b/c@sha256:0123456789ab"]);
    }

    #[test]
    fn the_cost_is_a_logarithm() {
        assert_eq!(cost(0), 65 << 56);
        assert_eq!(cost(u64::MAX), 1);
        assert_eq!(cost(1 << 63), 1 << 56);
        for x in [1_u64, 3, 1 << 20, 0xDEAD_BEEF, u64::MAX / 3, u64::MAX - 1] {
            let expected = 65.0 - (x as f64 + 0.5).log2() - 1.0;
            let found = cost(x) as f64 / (1_u64 << 56) as f64;
            assert!((found - expected).abs() < 1e-14 * expected.max(1.0), "{x}: {found} is not {expected}");
        }
    }

    proptest! {
        #[test]
        fn the_cost_never_grows_with_the_number(a in any::<u64>(), b in any::<u64>()) {
            prop_assert!(cost(a.min(b)) >= cost(a.max(b)));
        }

        #[test]
        fn any_text_is_read_or_refused_without_panic(text in "\\PC*", key in any::<String>()) {
            for text in [format!("x@{{{text}}}"), text] {
                match Split::read(&text) {
                    Ok(split) => prop_assert!(split.choose(&key).starts_with(&split.name)),
                    Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.position)),
                }
            }
        }
    }
}
