//! `regex`: the answer matches a regular expression.
//!
//! * **Source** the whole answer, or the part that `on` names; the expression may match anywhere in it, and the first match
//!   counts. **Range** a verdict. **Normalisation** of the captured text and the expectation as [`text`](super::text) has it;
//!   the expression itself sees the answer as it is (`(?i)` ignores case).
//! * Without `capture` a match is enough and the row is not looked at. With it the group's text must equal what is expected,
//!   or any member of it where that is a list. No match, or a group that takes no part in it, is wrong.
//! * **Unscored** (with `capture` only) as [`exact`](super::exact) is.

use std::borrow::Cow;

use carat_core::nearest::did_you_mean;
use carat_core::spec::{RegexSpec, Text};
use carat_core::{Grade, Score, Unscored};
use regex::Regex;
use serde_json::Value;

use super::assembly::Measure;
use super::error::BadSetting;
use super::excerpt::excerpt;
use super::text::normalise;
use super::{expected, pattern};

/// A match, or a captured text that is as expected.
pub(super) struct Matches {
    pattern: Regex,
    group: Option<usize>,
    settings: Text,
}

impl Matches {
    pub(super) fn new(spec: &RegexSpec) -> Result<Self, BadSetting> {
        let pattern = pattern::compile("regex.pattern", &spec.pattern)?;
        if spec.capture.is_none() && spec.text != Text::default() {
            return Err(BadSetting::new(
                "regex.text",
                "only a captured text is normalised; name the group in `capture`",
            ));
        }
        let group = spec.capture.as_deref().map(|name| group_of(&pattern, name)).transpose()?;
        Ok(Self { pattern, group, settings: spec.text })
    }

    fn verdict(&self, captured: &str, expected: &[Cow<'_, str>]) -> Score {
        let captured = normalise(captured, &self.settings);
        let pass = expected.contains(&captured);
        let score = Score::from(Grade::Pass(pass));
        if pass { score } else { score.because(format!("captured `{}`", excerpt(&captured))) }
    }
}

/// The number of a group that a person named by number or name.
fn group_of(pattern: &Regex, name: &str) -> Result<usize, BadSetting> {
    let named = pattern.capture_names().position(|known| known == Some(name));
    let numbered = name.parse().ok().filter(|number| *number < pattern.captures_len());
    named.or(numbered).ok_or_else(|| {
        let groups = pattern.captures_len() - 1;
        let hint = did_you_mean(name, pattern.capture_names().flatten());
        let message = format!("`{pattern}` has no group `{name}`{hint} (its groups are numbered up to {groups})");
        BadSetting::new("regex.capture", message)
    })
}

impl Measure for Matches {
    type Expected<'r> = Vec<Cow<'r, str>>;

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        match self.group {
            Some(_) => expected::normalised(row, &self.settings),
            None => Ok(Vec::new()),
        }
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let Some(group) = self.group else {
            return Ok(if self.pattern.is_match(answer) {
                Grade::Pass(true).into()
            } else {
                self.nothing(expected, "no match".to_owned())
            });
        };
        let Some(found) = self.pattern.captures(answer) else {
            return Ok(self.nothing(expected, "no match".to_owned()));
        };
        Ok(match found.get(group) {
            Some(captured) => self.verdict(captured.as_str(), expected),
            None => self.nothing(expected, "no text in the group".to_owned()),
        })
    }
}
