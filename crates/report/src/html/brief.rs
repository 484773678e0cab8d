//! What the page's script is given, as JSON. Keys are short, for there are many.

use carat_core::{Sample, untrusted};
use serde::Serialize;

use super::limits::Selection;
use crate::{Subject, look};

/// A text; where it was cut, with the number of characters that are left out.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Text {
    Whole(String),
    Cut(String, usize),
}

impl Text {
    /// What would act on the direction of text is shown by its code; other control characters by their pictures.
    pub(super) fn of(text: &str, selection: &mut Selection) -> Self {
        let (some, rest) = selection.beginning(text);
        let shown = untrusted::visible(some).into_owned();
        if rest == 0 { Self::Whole(shown) } else { Self::Cut(shown, rest) }
    }
}

/// A golden row.
#[derive(Debug, Serialize)]
pub(super) struct RowBrief {
    /// Its id.
    pub(super) r: Text,
    /// What goes in, by name.
    pub(super) i: Vec<(Text, Text)>,
    /// What is expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) e: Option<Text>,
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) g: Vec<Text>,
}

impl RowBrief {
    pub(super) fn of(sample: &Sample, selection: &mut Selection) -> Self {
        let r = Text::of(sample.case.row.as_str(), selection);
        let Some(row) = look::row(sample) else { return Self { r, i: Vec::new(), e: None, g: Vec::new() } };
        let input = look::input(row);
        Self {
            r,
            i: input.iter().map(|(name, text)| (Text::of(name, selection), Text::of(text, selection))).collect(),
            e: look::expected(row).map(|expected| Text::of(&expected, selection)),
            g: row.tags.iter().map(|tag| Text::of(tag, selection)).collect(),
        }
    }
}

/// What came of a case.
#[derive(Debug, Serialize)]
pub(super) struct SampleBrief {
    /// The place of its row; none on the other side of a comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) n: Option<u32>,
    /// The place of its variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) v: Option<usize>,
    /// Which repeat, where it is not the first.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) t: u32,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    a: Option<Text>,
    /// Why there is none: the word for it, the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<(&'static str, Text)>,
    /// What each scorer says: its place, the value, right or wrong, the reason.
    s: Vec<(usize, f64, Option<bool>, Option<Text>)>,
    /// The scorers that have nothing to say: place, kind of reason, reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    u: Vec<(usize, &'static str, Text)>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(trial: &u32) -> bool {
    *trial == 0
}

impl SampleBrief {
    pub(super) fn of(subject: &Subject<'_>, sample: &Sample, selection: &mut Selection) -> Self {
        let answer = look::completion(sample).map(look::answer);
        let scores = look::scores(sample).filter_map(|(name, score)| {
            let reason = score.reason.as_deref().map(|reason| Text::of(reason, selection));
            Some((subject.scorer(name)?, (score.value.get() * 1e4).round() / 1e4, score.pass, reason))
        });
        let s = scores.collect();
        let unscored = look::unscored(sample).filter_map(|(name, why)| {
            Some((subject.scorer(name)?, why.reason.as_str(), Text::of(&why.detail, selection)))
        });
        let u = unscored.collect();
        Self {
            n: None,
            v: None,
            t: sample.case.trial,
            a: answer.map(|answer| Text::of(&answer, selection)),
            x: look::error(sample).map(|(kind, message)| (kind, Text::of(message, selection))),
            s,
            u,
        }
    }
}
