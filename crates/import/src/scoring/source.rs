//! Where a scorer finds what it expects: in its settings, in a template, or in each row.

use carat_core::spec::{ClosedQaSpec, ContainsSpec, JudgeSpec, ScorerSpec};
use serde_json::{Map, Value, json};

use super::{CRITERION_OF_ROW, Expected, Group, RUBRIC_OF_ROW, computes};
use crate::account::Account;
use crate::template;

/// How a scorer comes by what it expects.
pub(super) enum Source {
    /// Its settings say it all.
    Settings,
    /// A template that holds for all its rows.
    Shared(String),
    /// Settings that hold what is expected of all its rows.
    Fixed(Box<ScorerSpec>),
    /// A value of each row; rows without one are not asked.
    Rows(Vec<(usize, Value)>),
}

/// How the scorer of a group comes by what it expects.
pub(super) fn source(group: &Group<'_>, rows: &[&Map<String, Value>], account: &Account) -> Source {
    let Some(first) = &group.asked.expected else { return Source::Settings };
    if group.rows.iter().all(|(_, asked)| asked.expected.as_ref() == Some(first))
        && let Some(shared) = shared(first, group, rows)
    {
        return shared;
    }
    let mut values = Vec::with_capacity(group.rows.len());
    for (row, asked) in &group.rows {
        match asked.expected.as_ref().map(|expected| value(expected, rows[*row])) {
            Some(Ok(value)) => values.push((*row, value)),
            Some(Err(code)) => account.note(&asked.place, computes(&code)),
            None => {}
        }
    }
    match values.split_first() {
        Some(((_, same), rest))
            if !matches!(first, Expected::Literal(_))
                && values.len() == group.rows.len()
                && rest.iter().all(|(_, value)| value == same) =>
        {
            constant(same, group)
        }
        _ => Source::Rows(values),
    }
}

/// One template for all rows of the group, if that can be.
fn shared(expected: &Expected, group: &Group<'_>, rows: &[&Map<String, Value>]) -> Option<Source> {
    match expected {
        Expected::Value(value) if has_templates(value) => None,
        Expected::Value(value) => Some(constant(value, group)),
        Expected::Literal(_) => None,
        Expected::Template(text) if !template::is_template(text) => Some(constant(&json!(text), group)),
        Expected::Template(text) => {
            let has_all = |row: &Map<String, Value>| {
                let mut pieces = template::pieces(text).into_iter();
                pieces.all(|piece| match piece {
                    template::Piece::Path(path) => template::value_at(&path, row).is_some(),
                    template::Piece::Text(_) | template::Piece::Code(_) => true,
                })
            };
            let known = group.rows.iter().all(|(row, _)| has_all(rows[*row]));
            known.then(|| template::over_input(text).ok()).flatten().map(Source::Shared)
        }
    }
}

fn has_templates(value: &Value) -> bool {
    match value {
        Value::String(text) => template::is_template(text),
        Value::Array(list) => list.iter().any(has_templates),
        Value::Object(map) => map.values().any(has_templates),
        _ => false,
    }
}

/// What is the same for all rows: in the settings where they have a place for it.
fn constant(value: &Value, group: &Group<'_>) -> Source {
    let spec = &group.asked.spec;
    let texts = match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    match (texts, &spec.judge) {
        (Some(all), _) if spec.contains.is_some() => {
            let contains = spec.contains.clone().map(|contains| ContainsSpec { all, ..contains });
            Source::Fixed(Box::new(ScorerSpec { contains, ..spec.clone() }))
        }
        (Some(texts), Some(judge)) if judge.rubric.as_deref() == Some(RUBRIC_OF_ROW) => {
            let judge = JudgeSpec { rubric: Some(texts.join("\n")), show_expected: false, ..judge.clone() };
            Source::Fixed(Box::new(ScorerSpec { judge: Some(judge), ..spec.clone() }))
        }
        (Some(texts), Some(judge)) if judge.rubric.as_deref() == Some(CRITERION_OF_ROW) => {
            let closed_qa = Some(ClosedQaSpec { criterion: Some(texts.join("\n")) });
            let judge = JudgeSpec { rubric: None, closed_qa, show_expected: false, ..judge.clone() };
            Source::Fixed(Box::new(ScorerSpec { judge: Some(judge), ..spec.clone() }))
        }
        _ => Source::Shared(template::literal(value)),
    }
}

/// What a row expects.
fn value(expected: &Expected, row: &Map<String, Value>) -> Result<Value, String> {
    match expected {
        Expected::Template(text) => template::render(text, row).map(Value::String),
        Expected::Value(value) => in_all_texts(value, row),
        Expected::Literal(value) => Ok(value.clone()),
    }
}

/// A value with the templates in its texts filled in.
fn in_all_texts(value: &Value, row: &Map<String, Value>) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => Value::String(template::render(text, row)?),
        Value::Array(list) => list.iter().map(|value| in_all_texts(value, row)).collect::<Result<_, _>>()?,
        Value::Object(map) => {
            let members: Result<Map<String, Value>, String> =
                map.iter().map(|(key, value)| Ok((key.clone(), in_all_texts(value, row)?))).collect();
            Value::Object(members?)
        }
        other => other.clone(),
    })
}
