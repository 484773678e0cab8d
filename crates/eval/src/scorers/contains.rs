//! `contains`: the answer contains what is expected, or what the spec names.
//!
//! * **Source** the whole answer, or the part that `on` names. **Range** a verdict, with what is lacking as its reason.
//!   **Normalisation** case and NFC, where they are named.
//! * Where the spec names `all`, `any` or `none`, what the row expects is not looked at; every list that is named must hold.
//!   Otherwise the answer must contain what the row expects: every member, where that is a list.
//! * A text is found anywhere, inside words too: `cat` is in `concatenate`.
//! * **Unscored** (only where the row is looked at) without an expectation, and with one that is an object, an empty list or
//!   an empty text, which would be in every answer.

use std::borrow::Cow;

use carat_core::spec::{ContainsSpec, Text};
use carat_core::{Grade, Score, Unscored};
use serde_json::Value;

use super::assembly::Measure;
use super::error::BadSetting;
use super::excerpt::excerpt;
use super::expected;
use super::text::normalise;

/// Texts that must, may and must not be in the answer.
pub(super) struct Contains {
    settings: Text,
    named: Option<Named>,
}

/// What the spec names, normalised.
struct Named {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl Contains {
    pub(super) fn new(spec: &ContainsSpec) -> Result<Self, BadSetting> {
        let settings = Text { case: spec.case, nfc: spec.nfc, ..Text::default() };
        let read = |key: &str, words: &[String]| named_words(key, words, &settings);
        let named = Named {
            all: read("contains.all", &spec.all)?,
            any: read("contains.any", &spec.any)?,
            none: read("contains.none", &spec.none)?,
        };
        named.can_hold()?;
        let nothing = spec.all.is_empty() && spec.any.is_empty() && spec.none.is_empty();
        Ok(Self { settings, named: (!nothing).then_some(named) })
    }
}

fn named_words(key: &str, words: &[String], settings: &Text) -> Result<Vec<String>, BadSetting> {
    if words.iter().any(String::is_empty) {
        return Err(BadSetting::new(key, "an empty text is in every answer; leave it out"));
    }
    Ok(words.iter().map(|word| normalise(word.as_str(), settings).into_owned()).collect())
}

impl Named {
    /// Refuses lists that no answer can satisfy.
    fn can_hold(&self) -> Result<(), BadSetting> {
        let clash = |wanted: &String| self.none.iter().find(|forbidden| wanted.contains(forbidden.as_str()));
        let hopeless = self.all.iter().find_map(|wanted| clash(wanted).map(|forbidden| (wanted, forbidden)));
        hopeless.map_or(Ok(()), |(wanted, forbidden)| {
            let message = format!("`{forbidden}` is in `{wanted}`, which `all` asks for: no answer can pass");
            Err(BadSetting::new("contains.none", message))
        })
    }

    fn complaint(&self, answer: &str) -> Option<String> {
        let is_in = |word: &&String| answer.contains(word.as_str());
        if let Some(word) = self.all.iter().find(|word| !is_in(word)) {
            return Some(lacks(word));
        }
        if !self.any.is_empty() && !self.any.iter().any(|word| is_in(&word)) {
            return Some("contains none of `any`".to_owned());
        }
        self.none.iter().find(is_in).map(|word| format!("contains `{}`", excerpt(word)))
    }
}

fn lacks(word: &str) -> String {
    format!("lacks `{}`", excerpt(word))
}

impl Measure for Contains {
    /// What the row wants to be in the answer: nothing where the spec names it.
    type Expected<'r> = Vec<Cow<'r, str>>;

    fn expected<'r>(&self, row: Option<&'r Value>) -> Result<Self::Expected<'r>, Unscored> {
        if self.named.is_some() {
            return Ok(Vec::new());
        }
        let words = expected::normalised(row, &self.settings)?;
        if words.iter().any(|word| word.is_empty()) {
            return Err(expected::bad("an empty text is in every answer"));
        }
        Ok(words)
    }

    fn measure(&self, answer: &str, expected: &Self::Expected<'_>) -> Result<Score, Unscored> {
        let answer = normalise(answer, &self.settings);
        let complaint = match &self.named {
            Some(named) => named.complaint(&answer),
            None => expected.iter().find(|word| !answer.contains(word.as_ref())).map(|word| lacks(word)),
        };
        Ok(match complaint {
            None => Grade::Pass(true).into(),
            Some(complaint) => Score::from(Grade::Pass(false)).because(complaint),
        })
    }
}
