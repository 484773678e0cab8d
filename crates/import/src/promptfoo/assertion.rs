//! Assertions: what all of them have, and which scorer each becomes.

use carat_core::spec::{Extraction, ScorerSpec};
use serde_json::{Map, Value};

use super::settings::{self, Settings};
use super::{Desk, graded, measured, structure, texts, unsupported};
use crate::account::{Loss, Note, plain, shown, unreadable};
use crate::fields::Fields;
use crate::files::{self, ending};
use crate::scoring::{Asked, Expected, computes};
use crate::{names, template};

/// An assertion of promptfoo on one row.
pub(super) struct Assertion<'a> {
    /// Its type, without `not-`.
    pub(super) kind: &'a str,
    /// Whether `not-` stands before it.
    pub(super) inverse: bool,
    /// Its value, read from its file where it names one. Templates are not filled in.
    pub(super) value: Option<Value>,
    pub(super) threshold: Option<f64>,
    /// The row's variables.
    pub(super) row: &'a Map<String, Value>,
    pub(super) settings: &'a Settings,
    pub(super) fields: &'a Fields<'a>,
}

/// The scorer that an assertion becomes, without a name, and what the answer is held against.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Scorer {
    pub(super) spec: ScorerSpec,
    pub(super) expected: Option<Expected>,
}

impl From<ScorerSpec> for Scorer {
    fn from(spec: ScorerSpec) -> Self {
        Self { spec, expected: None }
    }
}

/// An assertion that has been read.
pub(super) struct Read {
    asked: Asked,
    /// Its weight, where one is written.
    pub(super) weight: Option<f64>,
}

impl Read {
    /// The assertion with its weight: 1 where nothing is written, as in promptfoo; none for one that does not count.
    pub(super) fn into_asked(mut self) -> Asked {
        self.asked.spec.weight = Some(self.weight.unwrap_or(1.0)).filter(|weight| *weight > 0.0);
        self.asked
    }
}

/// Reads an assertion, or the members of a set of them, for one row.
pub(super) fn read(
    desk: &mut Desk<'_, '_>,
    place: &str,
    value: &Value,
    row: &Map<String, Value>,
    settings: &Settings,
) -> Vec<Read> {
    let Value::Object(map) = value else {
        desk.account.note(place, unreadable(&shown(value), "an assertion"));
        return Vec::new();
    };
    let fields = Fields::new(desk.account, place, map);
    let Some(kind) = fields.text("type") else {
        fields.note("type", Note::lost("an assertion", "it has no `type`", "correct it and import again"));
        return Vec::new();
    };
    if kind == "assert-set" {
        return set(desk, &fields, row, settings);
    }
    one(desk, &fields, &kind, row, settings).into_iter().collect()
}

/// The members of a set; what the set itself decides is noted.
fn set(desk: &mut Desk<'_, '_>, fields: &Fields<'_>, row: &Map<String, Value>, settings: &Settings) -> Vec<Read> {
    let why = "carat has no sets of scorers; its members are scorers of their own";
    fields.leave("threshold", Loss::Differs, why, "give the members a `weight` and put a gate on `overall.mean`");
    fields.leave("weight", Loss::Differs, why, "give the members a `weight`");
    fields.leave("metric", Loss::Incidental, why, "");
    fields.leave("config", Loss::Lost, "it is handed to programs", "");
    let members =
        fields.get("assert").map(|value| desk.each_with_files(&fields.at("assert"), value)).unwrap_or_default();
    // A set within a set is none in promptfoo.
    let plain =
        members.into_iter().filter(|(_, value)| value.get("type").and_then(Value::as_str) != Some("assert-set"));
    plain.flat_map(|(place, value)| read(desk, &place, &value, row, settings)).collect()
}

fn one(
    desk: &mut Desk<'_, '_>,
    fields: &Fields<'_>,
    kind: &str,
    row: &Map<String, Value>,
    settings: &Settings,
) -> Option<Read> {
    let (inverse, base) = kind.strip_prefix("not-").map_or((false, kind), |base| (true, base));
    let metric = fields.text("metric").map(|metric| template::render(&metric, row).unwrap_or(metric));
    let (weight, threshold) = (fields.number("weight"), fields.number("threshold"));
    let path = settings::path(fields, "transform", settings.path.as_deref()).or_else(|| settings.path.clone());
    let of_context = "carat has no scorer that looks at a context";
    fields.leave("contextTransform", Loss::Lost, of_context, "judge with a rubric that says what to look for");
    let value = match fields.get("value").map(|value| of_file(desk, &fields.at("value"), value)) {
        Some(None) => {
            set_aside(fields);
            return None;
        }
        value => value.flatten(),
    };
    let assertion = Assertion { kind: base, inverse, value, threshold, row, settings, fields };
    let scorer = match scorer(desk, &assertion) {
        Ok(scorer) => scorer,
        Err(note) => {
            set_aside(fields);
            desk.account.note(fields.place(), note);
            return None;
        }
    };
    leave_rest(fields);
    let Scorer { mut spec, expected } = scorer;
    spec.on = path.filter(|path| looks_at_words(&spec, path)).map(Extraction::JsonPath);
    let name = names::word(metric.as_deref().unwrap_or(kind), &['-']);
    let name = if metric.is_none() { name.replace('-', "_") } else { name };
    let name = if name.is_empty() { "scorer".to_owned() } else { name };
    Some(Read { asked: Asked { place: fields.place().to_owned(), name, spec, expected }, weight })
}

/// Whether a scorer looks at the words of an answer, so that it can look at a part of them. JSON as a whole is what a scorer
/// of JSON looks at anyway.
fn looks_at_words(spec: &ScorerSpec, path: &str) -> bool {
    let is_whole_json = spec.json.is_some() && path == "$";
    let is_about_the_call = spec.latency.is_some()
        || spec.cost.is_some()
        || spec.finish_reason.is_some()
        || spec.tool_calls.is_some()
        || spec.refusal.is_some();
    !is_whole_json && !is_about_the_call
}

/// Keys that promptfoo knows on every assertion.
const COMMON: &[&str] = &["value", "config", "provider", "rubricPrompt", "threshold", "weight", "metric", "transform"];

/// What belongs to an assertion that is left out as a whole is not noted once more.
fn set_aside(fields: &Fields<'_>) {
    for key in COMMON {
        fields.get(key);
    }
}

/// What this kind of assertion makes no use of there, either.
fn leave_rest(fields: &Fields<'_>) {
    for key in COMMON.iter().filter(|key| !fields.was_asked(key)) {
        fields.leave(key, Loss::Incidental, "an assertion of this type makes no use of it", "");
    }
}

fn scorer(desk: &mut Desk<'_, '_>, assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    match assertion.kind {
        "equals" => texts::equals(assertion),
        "contains" | "icontains" | "contains-all" | "icontains-all" => texts::contains(assertion),
        "contains-any" | "icontains-any" => texts::contains_any(assertion),
        "starts-with" | "ends-with" => texts::at_an_end(assertion),
        "regex" => texts::regex(assertion),
        "is-json" | "contains-json" => structure::json(assertion),
        "is-refusal" => Ok(structure::refusal(assertion)),
        "finish-reason" => structure::finish_reason(assertion),
        "tool-call-f1" => structure::tool_calls(assertion),
        "word-count" => measured::words(assertion),
        "latency" => measured::latency(assertion),
        "cost" => measured::cost(assertion),
        "bleu" | "rouge-n" => measured::overlap(assertion),
        "llm-rubric" => graded::rubric(desk, assertion),
        "g-eval" => graded::criteria(desk, assertion),
        "model-graded-closedqa" => graded::closed_qa(desk, assertion),
        "factuality" | "model-graded-factuality" => graded::factuality(desk, assertion),
        "similar" | "similar:cosine" => graded::similar(desk, assertion),
        other => Err(unsupported::note(other, assertion)),
    }
}

/// A value, or what the file that it names holds. None, and a note, for a program.
fn of_file(desk: &Desk<'_, '_>, place: &str, value: &Value) -> Option<Value> {
    let Some(path) = value.as_str().and_then(|text| text.strip_prefix("file://")) else { return Some(value.clone()) };
    let path = desk.path(path);
    let lost = |why: &str, advice: &str| {
        desk.account.note(place, Note::lost("a value in a file", why, advice));
        None
    };
    match ending(&path) {
        "json" | "yaml" | "yml" => match files::document(desk.files, &path) {
            Ok(value) => Some(value),
            Err(error) => lost(&error.to_string(), error.advice),
        },
        "txt" | "md" | "html" | "xml" | "csv" | "" => match desk.files.text(&path) {
            Ok(text) => Some(Value::String(text.trim().to_owned())),
            Err(why) => lost(&format!("{path}: {why}"), why.advice()),
        },
        _ => lost("it is a program", unsupported::AS_PROGRAM),
    }
}

impl Assertion<'_> {
    /// A scorer of no kind yet, turned around where `not-` stands before the type.
    pub(super) fn base(&self) -> ScorerSpec {
        ScorerSpec { invert: self.inverse, ..ScorerSpec::default() }
    }

    /// The value as a text; templates are not filled in.
    pub(super) fn text(&self) -> Result<String, Note> {
        match &self.value {
            None => Err(self.needs("a value")),
            Some(value) => Ok(plain(value).unwrap_or_else(|| value.to_string())),
        }
    }

    /// The value as a text for this row.
    pub(super) fn filled(&self) -> Result<String, Note> {
        template::render(&self.text()?, self.row).map_err(|code| computes(&code))
    }

    /// The texts of a list, or between the commas of one text, in quotes where a comma belongs to it.
    pub(super) fn texts(&self) -> Result<Vec<String>, Note> {
        let texts: Vec<String> = match &self.value {
            Some(Value::Array(list)) => list.iter().filter_map(plain).collect(),
            Some(value) => between_commas(&plain(value).ok_or_else(|| self.needs("a list of texts"))?),
            None => Vec::new(),
        };
        if texts.is_empty() || texts.iter().any(String::is_empty) {
            return Err(self.needs("texts that are not empty"));
        }
        Ok(texts)
    }

    /// The threshold of a degree. Where `not-` stands before the type, a degree passes below it: here the degree is turned
    /// around, and so is the threshold.
    pub(super) fn degree(&self, default: f64) -> f64 {
        let threshold = self.threshold.unwrap_or(default).clamp(0.0, 1.0);
        let turned = if self.inverse { 1.0 - threshold } else { threshold };
        (turned * 1e9).round() / 1e9
    }

    pub(super) fn needs(&self, what: &str) -> Note {
        Note::lost(format!("the assertion `{}`", self.kind), format!("it needs {what}"), "correct it and import again")
    }

    pub(super) fn differs(&self, why: &str, advice: &str) {
        let place = self.fields.place().to_owned();
        self.fields.note_at(&place, Note::differs(format!("`{}`", self.kind), why, advice));
    }
}

/// Parts between commas; a part in quotes may have commas in it.
fn between_commas(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let quoted = rest.strip_prefix('"').and_then(|inner| inner.split_once('"'));
        let (part, after) = match quoted.filter(|(_, after)| after.is_empty() || after.trim_start().starts_with(',')) {
            Some((part, after)) => (part, after.split_once(',').map_or("", |(_, after)| after)),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        parts.extend(Some(part.trim()).filter(|part| !part.is_empty()).map(str::to_owned));
        rest = after.trim_start();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_quotes_parts_nothing() {
        assert_eq!(between_commas("Rome, \"Italy, Europe\" ,x"), ["Rome", "Italy, Europe", "x"]);
        assert_eq!(between_commas("say \"a\", b,,"), ["say \"a\"", "b"]);
        assert_eq!(between_commas("\"open, b"), ["\"open", "b"]);
    }
}
