//! OpenAI's graders as scorers.

use carat_core::spec::{
    BleuSpec, Case, ContainsSpec, EmbeddingSpec, Extraction, RougeSpec, RougeType, ScorerSpec, Text,
};
use serde_json::{Map, Value};

use super::formula;
use super::judge::{label_model, score_model, unknown};
use crate::account::Note;
use crate::names;
use crate::template::{Piece, literal_within, pieces, way};

/// The embeddings that OpenAI's `cosine` is computed with.
pub(super) const EMBEDDINGS: &str = "text-embedding-3-large";

/// How deep graders of several graders may be nested.
const DEEPEST: usize = 8;

/// A grader that cannot be made a scorer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("grader `{name}`: {message}")]
pub struct GraderError {
    /// The grader, by its name.
    pub name: String,
    /// What is not supported, and what to do.
    pub message: String,
}

/// What graders come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Graded {
    pub(super) scorers: Vec<ScorerSpec>,
    /// What is not the very same.
    pub(super) notes: Vec<Note>,
}

/// The scorers of a grader, as OpenAI's API writes one: a `string_check`, `text_similarity`, `score_model` or `label_model` is
/// one scorer, a `multi` the scorers of all its graders with their weights. `name` is what they are called, or begin with.
///
/// `item.…` of a template is `input.…` of a row, `sample.output_text` the answer. The judge of a model grader is called by the
/// name of its model, and the embeddings of `cosine` `text-embedding-3-large`: both have to stand in `carat.yaml`.
///
/// # Errors
/// The grader, or something about it, is not supported: a program (`python`), a formula that is no weighted sum, a measure that
/// carat has not, a key that is not known. The message names it and says what to do.
pub fn scorers_of_grader(grader: &Value, name: &str) -> Result<Vec<ScorerSpec>, GraderError> {
    read(grader, name).map(|graded| graded.scorers)
}

/// The same, with what is to be said about it.
pub(super) fn read(grader: &Value, name: &str) -> Result<Graded, GraderError> {
    let mut graded = Graded::default();
    let name = names::word(name, &['-']);
    let name = if name.is_empty() { "grader".to_owned() } else { name };
    one(grader, &name, 0, &mut graded).map_err(|message| GraderError { name, message })?;
    // What a formula does not name does not count.
    graded.scorers.iter_mut().for_each(|scorer| scorer.weight = scorer.weight.filter(|weight| *weight > 0.0));
    Ok(graded)
}

fn one(grader: &Value, name: &str, depth: usize, graded: &mut Graded) -> Result<(), String> {
    let map = grader.as_object().ok_or("it is no mapping")?;
    let kind = map.get("type").and_then(Value::as_str).ok_or("it has no `type`")?;
    let spec = match kind {
        "string_check" => string_check(map)?,
        "text_similarity" => text_similarity(map, graded)?,
        "score_model" => score_model(map, graded)?,
        "label_model" => label_model(map)?,
        "multi" if depth < DEEPEST => return multi(map, name, depth, graded),
        "multi" => return Err("graders are nested too deeply".to_owned()),
        "python" => {
            return Err("a `python` grader is a program that OpenAI runs; save its `source` as a file that reads the row and the \
                        answer as JSON from standard input and writes {\"score\": …}, and make it a scorer: \
                        `program: { command: [python3, grade.py] }`"
                .to_owned());
        }
        other => {
            let known = ["string_check", "text_similarity", "score_model", "label_model", "multi", "python"];
            return Err(format!("there is no type `{other}`{}", carat_core::nearest::did_you_mean(other, known)));
        }
    };
    graded.scorers.push(ScorerSpec { name: name.to_owned(), ..spec });
    Ok(())
}

/// Refuses keys that are not known: they may decide.
pub(super) fn only(map: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => {
            Err(format!("`{key}` is not known{}", carat_core::nearest::did_you_mean(key, known.iter().copied())))
        }
        None => Ok(()),
    }
}

pub(super) fn text<'a>(map: &'a Map<String, Value>, key: &str) -> Result<&'a str, String> {
    map.get(key).and_then(Value::as_str).ok_or_else(|| format!("`{key}` is missing, or no text"))
}

fn string_check(map: &Map<String, Value>) -> Result<ScorerSpec, String> {
    only(map, &["type", "name", "input", "reference", "operation", "pass_threshold"])?;
    let operation = text(map, "operation")?;
    let (mut input, mut reference) = (text(map, "input")?, text(map, "reference")?);
    // To be equal goes both ways.
    if matches!(operation, "eq" | "ne" | "neq") && answer(input).is_err() {
        (input, reference) = (reference, input);
    }
    let spec = ScorerSpec { on: answer(input)?, expected: Some(expected(reference)?), ..ScorerSpec::default() };
    let contains = |case| Some(ContainsSpec { case, ..ContainsSpec::default() });
    Ok(match operation {
        "eq" => ScorerSpec { exact: Some(Text::default()), ..spec },
        "ne" | "neq" => ScorerSpec { exact: Some(Text::default()), invert: true, ..spec },
        "like" => ScorerSpec { contains: contains(Case::Exact), ..spec },
        "ilike" => ScorerSpec { contains: contains(Case::Ignore), ..spec },
        other => return Err(format!("the operation `{other}` is none of eq, ne, like, ilike")),
    })
}

fn text_similarity(map: &Map<String, Value>, graded: &mut Graded) -> Result<ScorerSpec, String> {
    only(map, &["type", "name", "input", "reference", "evaluation_metric", "pass_threshold"])?;
    let (mut input, mut reference) = (text(map, "input")?, text(map, "reference")?);
    let metric = text(map, "evaluation_metric")?;
    if matches!(metric, "fuzzy_match" | "cosine") && answer(input).is_err() {
        (input, reference) = (reference, input);
    }
    let spec = ScorerSpec {
        on: answer(input)?,
        expected: Some(expected(reference)?),
        threshold: threshold(map, 0.0, 1.0)?,
        ..ScorerSpec::default()
    };
    let rouge = |rouge| Some(RougeSpec { rouge, ..RougeSpec::default() });
    Ok(match metric {
        "fuzzy_match" => ScorerSpec { indel: Some(Text::default()), ..spec },
        "cosine" => ScorerSpec { embedding: Some(EmbeddingSpec { model: EMBEDDINGS.to_owned() }), ..spec },
        "bleu" => {
            let why = "it is computed as sacrebleu does; OpenAI does not say how it computes its own";
            graded.notes.push(Note::differs("`bleu`", why, "look at the threshold again"));
            ScorerSpec { bleu: Some(BleuSpec::default()), ..spec }
        }
        "rouge_1" => ScorerSpec { rouge: rouge(RougeType::One), ..spec },
        "rouge_2" => ScorerSpec { rouge: rouge(RougeType::Two), ..spec },
        "rouge_l" => ScorerSpec { rouge: rouge(RougeType::L), ..spec },
        other => {
            let advice = "use `bleu`, `chrf`, `rouge_1`, `rouge_2` or `rouge_l`, with a threshold of its own";
            return Err(format!("carat has no measure `{other}`; {advice}"));
        }
    })
}

/// The threshold of a grader whose scores go from `low` to `high`, as a part of that range.
pub(super) fn threshold(map: &Map<String, Value>, low: f64, high: f64) -> Result<Option<f64>, String> {
    let Some(written) = map.get("pass_threshold").filter(|value| !value.is_null()) else { return Ok(None) };
    let number = written.as_f64().ok_or("`pass_threshold` is no number")?;
    let part = ((number - low) / (high - low) * 1e9).round() / 1e9;
    if (0.0..=1.0).contains(&part) {
        Ok(Some(part))
    } else {
        Err(format!("`pass_threshold` {number} is not from {low} to {high}"))
    }
}

/// The part of the answer that a template means.
fn answer(template: &str) -> Result<Option<Extraction>, String> {
    match pieces(template).as_slice() {
        [Piece::Path(path)] => match path.as_slice() {
            ["sample", "output_text"] => Ok(None),
            ["sample", "output_json", rest @ ..] => Ok(Some(Extraction::JsonPath(way("$", rest)))),
            path => Err(unknown(&path.join("."))),
        },
        _ => Err(format!(
            "`{}` is not the answer alone; write `{{{{ sample.output_text }}}}`",
            carat_core::untrusted::one_line(template, 60)
        )),
    }
}

/// The template of what the answer is held against.
fn expected(reference: &str) -> Result<String, String> {
    let mut template = String::new();
    for piece in pieces(reference) {
        match piece {
            Piece::Text(text) => template.push_str(&literal_within(text)),
            Piece::Path(path) => match path.as_slice() {
                ["item", rest @ ..] if !rest.is_empty() => {
                    template.push_str(&format!("{{{{ {} }}}}", way("input", rest)))
                }
                path => return Err(unknown(&path.join("."))),
            },
            Piece::Code(code) => return Err(unknown(code)),
        }
    }
    Ok(template)
}

/// The graders of one grader, weighted as its formula says.
fn multi(map: &Map<String, Value>, name: &str, depth: usize, graded: &mut Graded) -> Result<(), String> {
    only(map, &["type", "name", "graders", "calculate_output", "pass_threshold"])?;
    if map.get("pass_threshold").is_some_and(|value| !value.is_null()) {
        return Err("`pass_threshold` of a `multi` grader: put a gate on `overall.mean` in its place".to_owned());
    }
    let graders = map.get("graders").and_then(Value::as_object).ok_or("`graders` is missing, or no mapping")?;
    let formula = text(map, "calculate_output")?;
    let weights = formula::weights(formula).map_err(|why| {
        let formula = carat_core::untrusted::one_line(formula, 60);
        format!("`calculate_output` is `{formula}`, and here an overall score is a weighted mean: {why}; make it a scorer `program`")
    })?;
    if let Some(unknown) = weights.keys().find(|key| !graders.contains_key(*key)) {
        return Err(format!("`calculate_output` names `{unknown}`, which is no grader"));
    }
    let total: f64 = weights.values().sum();
    if (total - 1.0).abs() > 1e-9 {
        let why = format!("the weights add up to {total}, and `overall` is the mean: the sum divided by that");
        graded.notes.push(Note::differs("`calculate_output`", why, ""));
    }
    for (key, grader) in graders {
        let before = graded.scorers.len();
        one(grader, &format!("{name}_{}", names::word(key, &['-'])), depth + 1, graded)
            .map_err(|why| format!("`{key}`: {why}"))?;
        let weight = weights.get(key).copied().unwrap_or(0.0);
        for scorer in graded.scorers.iter_mut().skip(before) {
            scorer.weight = Some(scorer.weight.unwrap_or(1.0) * weight);
        }
    }
    Ok(())
}
