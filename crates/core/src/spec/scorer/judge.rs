//! The settings of scorers that ask somebody: a model, a panel of models, an embeddings endpoint, a program.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::Span;

/// `judge`: a model reads the case and says what the answer is worth. Exactly one of `rubric`, `closed_qa`, `factuality`,
/// `classify` and `pairwise`. An answer of the judge without a verdict that is on the menu leaves the case unscored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgeSpec {
    /// The judge, by its name in `carat.yaml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// A panel instead of one judge. More than half of those that were asked must agree on a verdict; on a scale the median
    /// counts, and more than half must have given a number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub panel: Vec<String>,
    /// What a good answer is, in words. Passes or fails, or a number where there is a `scale`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubric: Option<String>,
    /// The whole numbers that a rubric is answered with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// Whether the answer meets a criterion, given the question; the criterion is that it says what the row expects where
    /// none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_qa: Option<ClosedQaSpec>,
    /// How the facts of the answer stand to those of the expected one, as one of five categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factuality: Option<FactualitySpec>,
    /// Which of several labels fits the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classify: Option<ClassifySpec>,
    /// Whether the answer is better than another one, asked in both orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairwise: Option<PairwiseSpec>,
    /// What a person says of the answer, as a template over the row: the verdict that the judge ought to give (`PASS`, `B`, a
    /// label, a number of the scale; `true` and `false` for the first and the second of two). The judge never sees it. The
    /// report then has their confusion and Cohen's kappa as `NAME.kappa` (weighted by squares on a scale). Rows without one
    /// are judged all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub human: Option<String>,
    /// Whether the judge is shown what the model was asked.
    #[serde(default = "yes")]
    pub show_question: bool,
    /// Whether the judge of a rubric or a classification is shown what the row expects.
    #[serde(default)]
    pub show_expected: bool,
    /// Temperature and the like of the judge's calls, over those of the model.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
}

impl Default for JudgeSpec {
    /// What a spec that says nothing means; it asks nobody anything yet.
    fn default() -> Self {
        Self {
            model: None,
            panel: Vec::new(),
            rubric: None,
            scale: None,
            closed_qa: None,
            factuality: None,
            classify: None,
            pairwise: None,
            human: None,
            show_question: yes(),
            show_expected: false,
            parameters: BTreeMap::new(),
        }
    }
}

const fn yes() -> bool {
    true
}

/// What a judge is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum JudgeKind<'a> {
    /// Whether the answer meets a rubric: pass or fail, or a number of a scale.
    Rubric(&'a str, Option<Scale>),
    /// Whether it meets a criterion: yes or no.
    ClosedQa(&'a ClosedQaSpec),
    /// How its facts stand to the expected ones: A to E.
    Factuality(&'a FactualitySpec),
    /// Which label fits.
    Classify(&'a ClassifySpec),
    /// Which of two answers is better.
    Pairwise(&'a PairwiseSpec),
}

impl JudgeSpec {
    /// What the judge is asked.
    ///
    /// # Errors
    /// None or several questions are given; or a scale without a rubric.
    pub fn kind(&self) -> Result<JudgeKind<'_>, String> {
        let rubric = self.rubric.as_deref().map(|rubric| JudgeKind::Rubric(rubric, self.scale));
        let given: Vec<JudgeKind<'_>> = [
            rubric,
            self.closed_qa.as_ref().map(JudgeKind::ClosedQa),
            self.factuality.as_ref().map(JudgeKind::Factuality),
            self.classify.as_ref().map(JudgeKind::Classify),
            self.pairwise.as_ref().map(JudgeKind::Pairwise),
        ]
        .into_iter()
        .flatten()
        .collect();
        match given.as_slice() {
            [_] if self.scale.is_some() && self.rubric.is_none() => Err("`scale` goes with `rubric` alone".to_owned()),
            [kind] => Ok(*kind),
            [] => Err("a judge needs one of `rubric`, `closed_qa`, `factuality`, `classify` and `pairwise`".to_owned()),
            _ => Err("a judge is asked one thing; make a scorer of each".to_owned()),
        }
    }

    /// The verdicts that it may give; none for `pairwise`, whose verdicts are not of one answer.
    pub fn menu(&self) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self.kind() {
            Ok(JudgeKind::Rubric(_, None)) => words(&["PASS", "FAIL"]),
            Ok(JudgeKind::Rubric(_, Some(scale))) => (scale.worst..=scale.best).map(|n| n.to_string()).collect(),
            Ok(JudgeKind::ClosedQa(_)) => words(&["Y", "N"]),
            Ok(JudgeKind::Factuality(_)) => words(&["A", "B", "C", "D", "E"]),
            Ok(JudgeKind::Classify(classify)) => classify.labels.clone(),
            Ok(JudgeKind::Pairwise(_)) | Err(_) => Vec::new(),
        }
    }

    /// The judges, by their names in `carat.yaml`.
    pub fn judges(&self) -> Vec<&str> {
        self.model.as_deref().into_iter().chain(self.panel.iter().map(String::as_str)).collect()
    }
}

/// The ends of a scale of whole numbers. The score is (number - worst) / (best - worst).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The number of the worst answer. There are at most 101 numbers.
    pub worst: i32,
    /// The number of the best answer; greater than that of the worst.
    pub best: i32,
}

/// `closed_qa`: yes or no.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosedQaSpec {
    /// The criterion; where there is none, that the answer says what the row expects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<String>,
}

/// `factuality`: what each category is worth. A: the answer is a subset of the expected one, and agrees with it. B: a
/// superset that agrees. C: all the same facts. D: they disagree. E: they differ, but not in facts that matter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactualitySpec {
    /// A subset.
    #[serde(default = "four_tenths", rename = "A")]
    pub subset: f64,
    /// A superset.
    #[serde(default = "six_tenths", rename = "B")]
    pub superset: f64,
    /// The same facts.
    #[serde(default = "all", rename = "C")]
    pub same: f64,
    /// A disagreement.
    #[serde(default, rename = "D")]
    pub disagree: f64,
    /// Differences that do not matter.
    #[serde(default = "all", rename = "E")]
    pub immaterial: f64,
}

const fn four_tenths() -> f64 {
    0.4
}

const fn six_tenths() -> f64 {
    0.6
}

const fn all() -> f64 {
    1.0
}

impl Default for FactualitySpec {
    fn default() -> Self {
        Self { subset: 0.4, superset: 0.6, same: 1.0, disagree: 0.0, immaterial: 1.0 }
    }
}

/// `classify`: one of several labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassifySpec {
    /// What is asked.
    pub question: String,
    /// The labels.
    #[schemars(length(min = 2))]
    pub labels: Vec<String>,
    /// The labels that pass.
    #[schemars(length(min = 1))]
    pub passing: Vec<String>,
}

/// `pairwise`: asked twice, with the two answers in both orders. The same winner twice wins (1) or loses (0); a tie, or a
/// winner that changes with the order, is a tie (0.5). `NAME.first_position` is the share of all decided questions in which
/// the answer that stood first was preferred: 0.5 is a judge without position bias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairwiseSpec {
    /// What makes an answer better, in words.
    pub criterion: String,
    /// The other answer.
    #[serde(default)]
    pub against: Rival,
}

/// Whose answer an answer is held against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rival {
    /// What the row expects.
    #[default]
    Expected,
    /// The baseline's answer to the same row and trial.
    Baseline,
}

/// `embedding`: the cosine of the embeddings of both texts, at least 0. Of several expectations the nearest counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingSpec {
    /// The model, by its name in `carat.yaml`; one with `api: embeddings`.
    pub model: String,
}

/// `program`: a command that reads one JSON document and writes one.
///
/// It reads `{"row": {…}, "output": "…", "completion": {…}, "trial": 0, "latency_ms": 12.5}` from standard input and writes
/// `{"score": 0.5, "pass": true, "reason": "…"}`, of which `score` or `pass` is enough, or `{"unscored": "why"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgramSpec {
    /// The program and its arguments. It runs in the project's folder, without a shell.
    #[schemars(length(min = 1))]
    pub command: Vec<String>,
    /// The time for one answer; 30 s where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Span>,
    /// The most bytes that it may write; 1 MiB where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_limit: Option<u64>,
    /// Files whose content decides what it says, such as the script itself: when one of them changes, recorded answers are
    /// scored again. Files of the project that stand in `command` count without being named here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// The most of them that run at once; the number of cores where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<usize>,
}
