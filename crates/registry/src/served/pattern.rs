//! A model's name, or a pattern for names.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::steps::{BadPattern, Steps};
use carat_core::untrusted::one_line;

/// The most bytes that a name or a pattern in a table may have. No provider's names are a third as long.
pub(super) const LONGEST: usize = 200;

/// From so many bytes on a text is no model's name, and fits no pattern.
const NO_NAME: usize = 1000;

/// What begins that part of a pattern which is no plain text.
const SPECIAL: [char; 5] = ['*', '?', '[', '{', '\\'];

/// A model's name; `*` stands for any characters, also none, `?` for one, `[ab]` and `[0-9]` for one of these, `[!ab]` for
/// any other, and `{a,b}` for either; `gpt-5{,-2025-08-07}` is a model with and without its day. After `\` a sign means
/// itself.
///
/// It has at most 200 bytes, 64 alternatives and 8 groups inside one another, so that no table that anybody sends makes its
/// reader work for long.
#[derive(Debug, Clone)]
pub struct ModelPattern {
    written: String,
    /// None where the name is no pattern.
    steps: Option<Steps>,
}

impl ModelPattern {
    pub(super) fn new(written: String) -> Result<Self, String> {
        if written.trim().is_empty() {
            return Err("a model has a name".to_owned());
        }
        if written.len() > LONGEST {
            let length = written.len();
            return Err(format!(
                "a model's name, or a pattern for names, has at most {LONGEST} bytes; this has {length}"
            ));
        }
        let refuse = |why: BadPattern| format!("`{}` is not a pattern for names: {why}", one_line(&written, LONGEST));
        let steps = written.contains(SPECIAL).then(|| Steps::read(&written).map_err(refuse)).transpose()?;
        Ok(Self { steps, written })
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether it means one model and no other.
    pub(crate) fn is_exact(&self) -> bool {
        self.steps.is_none()
    }

    /// The beginning that all its models have; all of a name that is no pattern.
    pub(crate) fn stem(&self) -> &str {
        self.written.split(SPECIAL).next().unwrap_or_default()
    }

    /// Whether it means this model. Takes no more steps than its length times the name's.
    pub(crate) fn fits(&self, model: &str) -> bool {
        match &self.steps {
            None => self.written == model,
            Some(steps) => model.len() <= NO_NAME && model.starts_with(self.stem()) && steps.lead_through(model),
        }
    }
}

impl PartialEq for ModelPattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl<'de> Deserialize<'de> for ModelPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use globset::GlobBuilder;
    use proptest::prelude::*;

    use super::*;

    fn pattern(written: &str) -> ModelPattern {
        ModelPattern::new(written.to_owned()).unwrap()
    }

    fn refused(written: &str) -> String {
        ModelPattern::new(written.to_owned()).unwrap_err()
    }

    #[test]
    fn a_pattern_begins_with_what_all_its_models_have() {
        let stem = |written: &str| pattern(written).stem().to_owned();
        assert_eq!(
            (stem("gpt-5{,-2025-08-07}"), stem("gpt-5"), stem("*")),
            ("gpt-5".into(), "gpt-5".into(), "".into())
        );
    }

    #[test]
    fn every_sign_means_what_it_means_in_the_names_of_files() {
        let fitting = |written: &str, names: &[&str]| -> Vec<bool> {
            names.iter().map(|name| pattern(written).fits(name)).collect()
        };
        assert_eq!(
            fitting("gpt-*-mini", &["gpt-5-mini", "gpt--mini", "gpt-mini", "gpt-5-mini-x"]),
            [true, true, false, false]
        );
        assert_eq!(fitting("m?", &["m1", "mé", "m", "m12"]), [true, true, false, false]);
        assert_eq!(fitting("m{,-{a,b*}}", &["m", "m-a", "m-bc", "m-c", "m-"]), [true, true, true, false, false]);
        assert_eq!(fitting("m[0-9x]", &["m0", "m9", "mx", "my", "m"]), [true, true, true, false, false]);
        assert_eq!(fitting("m[!0-9]", &["mx", "m0", "m"]), [true, false, false]);
        assert_eq!(fitting("m[]-]", &["m]", "m-", "m["]), [true, true, false]);
        assert_eq!(fitting(r"m\*,", &["m*,", "mx,"]), [true, false]);
        assert_eq!(fitting("org/*", &["org/a/b", "org"]), [true, false]);
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        insta::assert_snapshot!(refused(" "), @"a model has a name");
        insta::assert_snapshot!(refused("gpt-{4"), @"`gpt-{4` is not a pattern for names: a `{` without its `}`; write `[{]` for the sign itself");
        insta::assert_snapshot!(refused("gpt-*}"), @"`gpt-*}` is not a pattern for names: a `}` without its `{`; write `[}]` for the sign itself");
        insta::assert_snapshot!(refused("gpt-[4"), @"`gpt-[4` is not a pattern for names: a `[` without its `]`; write `[[]` for the sign itself");
        insta::assert_snapshot!(refused("gpt-[9-0]"), @"`gpt-[9-0]` is not a pattern for names: nothing is from `9` to `0`");
        insta::assert_snapshot!(refused("gpt\\"), @r"`gpt\` is not a pattern for names: nothing follows the last `\`");
    }

    #[test]
    fn a_pattern_is_bounded_in_every_way_that_it_can_grow() {
        insta::assert_snapshot!(refused(&"m".repeat(201)), @"a model's name, or a pattern for names, has at most 200 bytes; this has 201");
        insta::assert_snapshot!(refused(&("{".repeat(2000) + &"}".repeat(2000))), @"a model's name, or a pattern for names, has at most 200 bytes; this has 4000");
        insta::assert_snapshot!(refused(&("{".repeat(9) + &"}".repeat(9))), @"`{{{{{{{{{}}}}}}}}}` is not a pattern for names: more than 8 groups inside one another");
        let wide = |count: usize| format!("{{{}}}", vec!["a"; count].join(","));
        assert!(refused(&wide(65)).ends_with("more than 64 alternatives"));
        assert!(refused(&"{a,b}".repeat(33)).ends_with("more than 64 alternatives"));
        assert!(pattern(&wide(64)).fits("a") && pattern(&"{a,b}".repeat(32)).fits(&"ab".repeat(16)));
        assert!(pattern(&("{".repeat(8) + "a" + &"}".repeat(8))).fits("a"));
        assert!(pattern(&"m".repeat(200)).fits(&"m".repeat(200)));
    }

    /// Readers that try one way after another take years for this.
    #[test]
    fn a_hostile_pattern_takes_no_longer_than_its_length() {
        let stars = "*a".repeat(90) + "*b";
        assert!(!pattern(&stars).fits(&"a".repeat(NO_NAME)));
        assert!(!pattern(&("{a,a*}".repeat(32) + "b")).fits(&"a".repeat(NO_NAME)));
        assert!(!pattern("*").fits(&"a".repeat(NO_NAME + 1)), "no model has such a name");
    }

    proptest! {
        /// The reader of patterns for files, which is well known, is what this one is held against.
        #[test]
        fn a_pattern_fits_what_it_fits_as_a_name_of_files(
            written in r"[ab*?{},!\[\]\\]{1,12}", names in prop::collection::vec("[ab,!]{0,6}", 1..20),
        ) {
            let glob = GlobBuilder::new(&written).empty_alternates(true).backslash_escape(true).build();
            let pattern = ModelPattern::new(written.clone());
            if !written.contains(SPECIAL) {
                return Ok(());
            }
            prop_assert_eq!(glob.is_ok(), pattern.is_ok(), "{:?} {:?}", glob.err(), pattern.err());
            if let (Ok(glob), Ok(pattern)) = (glob, pattern) {
                let glob = glob.compile_matcher();
                for name in names {
                    prop_assert_eq!(glob.is_match(&name), pattern.fits(&name), "{} {}", &written, name);
                }
            }
        }

        #[test]
        fn no_pattern_and_no_name_breaks_it(written in "\\PC{0,40}", name in "\\PC{0,40}") {
            if let Ok(pattern) = ModelPattern::new(written) {
                let _ = pattern.fits(&name);
            }
        }
    }
}
