//! Assertions on words.

use carat_core::spec::{Case, ContainsSpec, JsonDiffSpec, RegexSpec, ScorerSpec, Text};
use serde_json::{Value, json};

use super::assertion::{Assertion, Scorer};
use crate::account::Note;
use crate::pattern;
use crate::scoring::Expected;

/// `equals`: the very text; or the same JSON, where the value is a mapping or a list.
pub(super) fn equals(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    match &assertion.value {
        Some(value @ (Value::Object(_) | Value::Array(_))) if !assertion.inverse => {
            let spec =
                ScorerSpec { json_diff: Some(JsonDiffSpec::default()), threshold: Some(1.0), ..assertion.base() };
            Ok(Scorer { spec, expected: Some(Expected::Value(value.clone())) })
        }
        Some(Value::Object(_) | Value::Array(_)) => {
            let why = "a likeness of JSON that is turned around cannot ask for any difference at all";
            Err(Note::lost("`not-equals` with JSON", why, super::unsupported::AS_PROGRAM))
        }
        _ => {
            let spec = ScorerSpec { exact: Some(Text::default()), ..assertion.base() };
            Ok(Scorer { spec, expected: Some(Expected::Template(assertion.text()?)) })
        }
    }
}

/// `contains` and `contains-all`: this, or all of these.
pub(super) fn contains(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let expected = if assertion.kind.ends_with("-all") {
        Expected::Value(json!(assertion.texts()?))
    } else {
        let text = assertion.text()?;
        if text.is_empty() {
            return Err(Note::lost("`contains` without a text", "it is in every answer", "say what it is to contain"));
        }
        Expected::Template(text)
    };
    let spec = ScorerSpec { contains: Some(words(assertion)), ..assertion.base() };
    Ok(Scorer { spec, expected: Some(expected) })
}

/// `contains-any`: at least one of these. They stand in the settings, so that each list is a scorer of its own.
pub(super) fn contains_any(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let fill =
        |text: &String| crate::template::render(text, assertion.row).map_err(|code| crate::scoring::computes(&code));
    let any = assertion.texts()?.iter().map(fill).collect::<Result<Vec<_>, _>>()?;
    if any.iter().any(String::is_empty) {
        return Err(assertion.needs("texts that are not empty"));
    }
    let contains = ContainsSpec { any, ..words(assertion) };
    Ok(ScorerSpec { contains: Some(contains), ..assertion.base() }.into())
}

fn words(assertion: &Assertion<'_>) -> ContainsSpec {
    let case = if assertion.kind.starts_with('i') { Case::Ignore } else { Case::Exact };
    ContainsSpec { case, ..ContainsSpec::default() }
}

/// `starts-with` and `ends-with`.
pub(super) fn at_an_end(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let words = assertion.filled()?;
    let starts = assertion.kind == "starts-with";
    let pattern = if starts { pattern::beginning_with(&words) } else { pattern::ending_with(&words) };
    Ok(matching(assertion, pattern))
}

/// `regex`: a match anywhere.
pub(super) fn regex(assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let pattern = assertion.filled()?;
    let pattern = pattern::from_javascript(&pattern).map_err(|why| {
        let why = format!("{why}; the expressions here take time in proportion to the answer, and can do less");
        Note::lost(
            format!("the expression {}", crate::account::shown(&json!(pattern))),
            why,
            super::unsupported::AS_PROGRAM,
        )
    })?;
    Ok(matching(assertion, pattern))
}

fn matching(assertion: &Assertion<'_>, pattern: String) -> Scorer {
    let regex = RegexSpec { pattern, capture: None, text: Text::default() };
    ScorerSpec { regex: Some(regex), ..assertion.base() }.into()
}
