//! Graders that ask a model.

use std::collections::BTreeMap;

use carat_core::Parameters;
use carat_core::spec::{ClassifySpec, JudgeSpec, Scale, ScorerSpec};
use serde_json::{Map, Value};

use super::grader::{Graded, only, text, threshold};
use super::words::Words;
use crate::account::Note;
use crate::names;
use crate::template::{Piece, pieces, way};

pub(super) fn score_model(map: &Map<String, Value>, graded: &mut Graded) -> Result<ScorerSpec, String> {
    only(map, &["type", "name", "model", "input", "range", "sampling_params", "pass_threshold"])?;
    let bounds: Vec<f64> = match map.get("range") {
        None | Some(Value::Null) => vec![0.0, 1.0],
        Some(range) => range.as_array().into_iter().flatten().filter_map(Value::as_f64).collect(),
    };
    let [low, high] = bounds[..] else { return Err("`range` is not two numbers".to_owned()) };
    if low >= high {
        return Err("`range` does not go up".to_owned());
    }
    let is_whole = |number: f64| number.fract() == 0.0 && number.abs() < 1e6;
    let scale = if is_whole(low) && is_whole(high) && high - low >= 2.0 {
        Scale { worst: low as i32, best: high as i32 }
    } else {
        let why = format!("the judge answers in whole numbers here, from 0 to 10 in place of {low} to {high}");
        graded.notes.push(Note::differs("the range of a score", why, "say in the rubric what the numbers mean"));
        Scale { worst: 0, best: 10 }
    };
    let words = words(map)?;
    let spec = judged(
        map,
        &words,
        JudgeSpec { rubric: Some(words.text.clone()), scale: Some(scale), ..JudgeSpec::default() },
    )?;
    Ok(ScorerSpec { threshold: threshold(map, low, high)?, ..spec })
}

pub(super) fn label_model(map: &Map<String, Value>) -> Result<ScorerSpec, String> {
    only(map, &["type", "name", "model", "input", "labels", "passing_labels", "sampling_params"])?;
    let texts = |key: &str| -> Result<Vec<String>, String> {
        let list = map.get(key).and_then(Value::as_array).ok_or_else(|| format!("`{key}` is missing, or no list"))?;
        list.iter()
            .map(|label| label.as_str().map(str::to_owned).ok_or_else(|| format!("a member of `{key}` is no text")))
            .collect()
    };
    let words = words(map)?;
    let classify =
        ClassifySpec { question: words.text.clone(), labels: texts("labels")?, passing: texts("passing_labels")? };
    if let Some(label) = classify.passing.iter().find(|label| !classify.labels.contains(label)) {
        return Err(format!("`{label}` passes, but is no label"));
    }
    judged(map, &words, JudgeSpec { classify: Some(classify), ..JudgeSpec::default() })
}

/// A judge with its model, its parameters and what it is shown.
fn judged(map: &Map<String, Value>, words: &Words, judge: JudgeSpec) -> Result<ScorerSpec, String> {
    let mut parameters = BTreeMap::new();
    if let Some(Value::Object(written)) = map.get("sampling_params") {
        for (key, value) in written {
            // So it is spelt in the API.
            let spelt = if key == "max_completions_tokens" { "max_completion_tokens" } else { key };
            let known = Parameters::from_written([(&spelt.to_owned(), value)]).map_err(|error| error.to_string())?;
            parameters.extend(known.0);
        }
    }
    let expected = words.expected();
    let judge = JudgeSpec {
        model: Some(names::word(text(map, "model")?, &['-', '.'])),
        show_question: true,
        show_expected: expected.is_some(),
        parameters,
        ..judge
    };
    Ok(ScorerSpec { judge: Some(judge), expected, ..ScorerSpec::default() })
}

/// What the messages to a judge come to.
fn words(map: &Map<String, Value>) -> Result<Words, String> {
    let mut words = Words::default();
    let messages = match map.get("input") {
        Some(Value::Array(messages)) => messages.iter().collect(),
        Some(message @ (Value::String(_) | Value::Object(_))) => vec![message],
        _ => return Err("`input` is missing, or no list of messages".to_owned()),
    };
    for (at, message) in messages.into_iter().enumerate() {
        if at > 0 {
            words.say("\n\n");
        }
        content(message.get("content").unwrap_or(message), &mut words)?;
    }
    Ok(words)
}

fn content(value: &Value, words: &mut Words) -> Result<(), String> {
    match value {
        Value::String(text) => template(text, words),
        Value::Array(parts) => parts.iter().try_for_each(|part| content(part, words)),
        Value::Object(part) => match part.get("text") {
            Some(Value::String(text)) => template(text, words),
            _ => Err("a message to the judge holds something else than text".to_owned()),
        },
        _ => Err("a message to the judge is no text".to_owned()),
    }
}

fn template(text: &str, words: &mut Words) -> Result<(), String> {
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => words.say(text),
            Piece::Path(path) => match path.as_slice() {
                ["sample", "output_text" | "output_json", ..] => words.say("[the answer]"),
                ["item", rest @ ..] if !rest.is_empty() => words.show(&rest.join("."), way("input", rest)),
                path => return Err(unknown(&path.join("."))),
            },
            Piece::Code(code) => return Err(unknown(code)),
        }
    }
    Ok(())
}

pub(super) fn unknown(what: &str) -> String {
    format!("`{what}` in a template is neither `item.…` nor `sample.output_text` nor `sample.output_json.…`")
}
