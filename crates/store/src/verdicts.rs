//! What the scorers say of one answer, as the column `verdicts` has it.
//!
//! A list for each score rather than an object: its keys would be half of what a short sample takes. Members at the end of
//! a list that say nothing are left out; all of the first five are there in what an older carat wrote.
//!
//! ```json
//! {"scores": [["queue", 1.0, true, null, ["billing", "billing"]], ["close", 0.8]], "unscored": [["polite", "no-verdict", "…"]]}
//! ```

use std::fmt;
use std::sync::Arc;

use carat_core::{Labels, Score, UnitInterval, Unscored, UnscoredKind};
use serde::de::{Error, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::StoreError;
use crate::record::{Nonsense, json, parsed};

type Scores = Vec<(Arc<str>, Score)>;
type AllUnscored = Vec<(Arc<str>, Unscored)>;

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdicts {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scores: Vec<KeptScore>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unscored: Vec<KeptUnscored>,
}

/// The members of a list, in their order.
struct KeptScore {
    scorer: Arc<str>,
    value: UnitInterval,
    pass: Option<bool>,
    reason: Option<String>,
    /// The expected and the predicted class.
    labels: Option<(String, Option<String>)>,
    category: Option<String>,
    counts: Vec<u32>,
}

/// Scorer, kind of reason, reason.
#[derive(Serialize, Deserialize)]
struct KeptUnscored(Arc<str>, UnscoredKind, String);

/// The column of an answer of which no scorer speaks.
pub(crate) const NONE: &str = "{}";

/// The column; none where there is nothing to say.
pub(crate) fn written(
    scores: &[(Arc<str>, Score)],
    unscored: &[(Arc<str>, Unscored)],
) -> Result<Option<String>, StoreError> {
    if scores.is_empty() && unscored.is_empty() {
        return Ok(None);
    }
    let verdicts = Verdicts {
        scores: scores.iter().map(|(name, score)| KeptScore::of(name, score.clone())).collect(),
        unscored: unscored.iter().map(|(name, unscored)| kept_unscored(name, unscored.clone())).collect(),
    };
    json(&verdicts).map(Some)
}

/// What [`written`] was given.
pub(crate) fn read(column: Option<&str>) -> Result<(Scores, AllUnscored), Nonsense> {
    let verdicts: Verdicts = column.map(|text| parsed("verdicts", text)).transpose()?.unwrap_or_default();
    let scores = verdicts.scores.into_iter().map(KeptScore::restored);
    let unscored =
        verdicts.unscored.into_iter().map(|KeptUnscored(name, reason, detail)| (name, Unscored { reason, detail }));
    Ok((scores.collect(), unscored.collect()))
}

impl KeptScore {
    // Whole, so that a new field cannot be forgotten here.
    fn of(scorer: &Arc<str>, Score { value, pass, reason, labels, category, counts }: Score) -> Self {
        let labels = labels.map(|Labels { expected, predicted }| (expected, predicted));
        Self { scorer: Arc::clone(scorer), value, pass, reason, labels, category, counts }
    }

    fn restored(self) -> (Arc<str>, Score) {
        let Self { scorer, value, pass, reason, labels, category, counts } = self;
        let labels = labels.map(|(expected, predicted)| Labels { expected, predicted });
        (scorer, Score { value, pass, reason, labels, category, counts })
    }
}

fn kept_unscored(name: &Arc<str>, Unscored { reason, detail }: Unscored) -> KeptUnscored {
    KeptUnscored(Arc::clone(name), reason, detail)
}

impl Serialize for KeptScore {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { scorer, value, pass, reason, labels, category, counts } = self;
        let says = [pass.is_some(), reason.is_some(), labels.is_some(), category.is_some(), !counts.is_empty()];
        let more = says.iter().rposition(|says| *says).map_or(0, |last| last + 1);
        let mut list = serializer.serialize_seq(Some(2 + more))?;
        list.serialize_element(scorer)?;
        list.serialize_element(value)?;
        for member in 0..more {
            match member {
                0 => list.serialize_element(pass)?,
                1 => list.serialize_element(reason)?,
                2 => list.serialize_element(labels)?,
                3 => list.serialize_element(category)?,
                _ => list.serialize_element(counts)?,
            }
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for KeptScore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(KeptScoreVisitor)
    }
}

struct KeptScoreVisitor;

impl<'de> Visitor<'de> for KeptScoreVisitor {
    type Value = KeptScore;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of scorer, value and at most five more")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<KeptScore, A::Error> {
        let scorer = list.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let value = list.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        let pass = list.next_element()?.unwrap_or_default();
        let reason = list.next_element()?.unwrap_or_default();
        let labels = list.next_element()?.unwrap_or_default();
        let category = list.next_element()?.unwrap_or_default();
        let counts = list.next_element()?.unwrap_or_default();
        Ok(KeptScore { scorer, value, pass, reason, labels, category, counts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(value: f64) -> Score {
        Score { value: UnitInterval::new(value).unwrap(), ..Score::from(carat_core::Grade::Value(UnitInterval::ONE)) }
    }

    fn there_and_back(score: Score) -> String {
        let scores = vec![(Arc::from("s"), score)];
        let column = written(&scores, &[]).unwrap().unwrap();
        assert_eq!(read(Some(&column)).unwrap(), (scores, Vec::new()));
        column
    }

    #[test]
    fn what_says_nothing_takes_no_room() {
        assert_eq!(there_and_back(score(0.5)), r#"{"scores":[["s",0.5]]}"#);
        assert_eq!(there_and_back(Score { pass: Some(true), ..score(1.0) }), r#"{"scores":[["s",1.0,true]]}"#);
        let counted = Score { counts: vec![3, 0], ..score(1.0) };
        assert_eq!(there_and_back(counted), r#"{"scores":[["s",1.0,null,null,null,null,[3,0]]]}"#);
        let named = Score { category: Some("B".into()), ..score(0.25).because("why") };
        assert_eq!(there_and_back(named), r#"{"scores":[["s",0.25,null,"why",null,"B"]]}"#);
    }

    #[test]
    fn five_members_are_read_as_an_older_carat_wrote_them() {
        let (scores, unscored) =
            read(Some(r#"{"scores":[["s",1.0,true,null,["a",null]],["t",0.5,null,null,null]]}"#)).unwrap();
        let labels = Labels { expected: "a".into(), predicted: None };
        let first = Score { pass: Some(true), labels: Some(labels), ..score(1.0) };
        assert_eq!(scores, [(Arc::from("s"), first), (Arc::from("t"), score(0.5))]);
        assert_eq!(unscored, []);
    }

    #[test]
    fn a_list_that_is_too_short_or_too_long_is_refused() {
        for list in [r#"["s"]"#, r#"["s",0.5,null,null,null,null,[],1]"#, r#"["s",2.0]"#] {
            assert!(read(Some(&format!(r#"{{"scores":[{list}]}}"#))).is_err(), "{list}");
        }
    }
}
