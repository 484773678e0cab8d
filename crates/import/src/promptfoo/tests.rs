//! Tests: where they come from, and what each of them says.

use serde_json::{Map, Value};

use super::settings::Settings;
use super::{Desk, csv};
use crate::account::{Loss, Note, shown, unreadable};
use crate::fields::Fields;
use crate::files::{self, ending};

/// A test as it is written, or `defaultTest`, or a part of a scenario.
#[derive(Debug, Clone, Default)]
pub(super) struct Test {
    pub(super) place: String,
    pub(super) description: Option<String>,
    pub(super) vars: Map<String, Value>,
    /// The assertions with their places.
    pub(super) assertions: Vec<(String, Value)>,
    pub(super) metadata: Map<String, Value>,
    pub(super) settings: Settings,
    /// An answer that exists already.
    pub(super) output: Option<String>,
    /// Whether the mean of its assertions decides, rather than each of them.
    pub(super) by_mean: bool,
}

impl Test {
    /// This test, with what it inherits from another: variables and metadata key by key, the assertions before its own.
    pub(super) fn within(self, other: &Self) -> Self {
        let over = |mine: Map<String, Value>, theirs: &Map<String, Value>| {
            let mut merged = theirs.clone();
            merged.extend(mine);
            merged
        };
        let inherited = if self.settings.own_only { &[] } else { other.assertions.as_slice() };
        Self {
            place: self.place,
            description: self.description.or_else(|| other.description.clone()),
            vars: over(self.vars, &other.vars),
            assertions: inherited.iter().cloned().chain(self.assertions).collect(),
            metadata: over(self.metadata, &other.metadata),
            settings: self.settings.over(&other.settings),
            output: self.output.or_else(|| other.output.clone()),
            by_mean: self.by_mean || other.by_mean,
        }
    }
}

/// Reads a test.
pub(super) fn test(desk: &mut Desk<'_, '_>, place: &str, value: &Value) -> Option<Test> {
    let Value::Object(map) = value else {
        desk.account.note(place, unreadable(&shown(value), "a test"));
        return None;
    };
    let fields = Fields::new(desk.account, place, map);
    if map.contains_key("path") && !map.contains_key("vars") {
        fields.set_aside();
        desk.account.note(place, generated(&shown(&map["path"])));
        return None;
    }
    let output =
        fields.get("providerOutput").map(|output| output.as_str().map_or_else(|| output.to_string(), str::to_owned));
    let test = Test {
        place: fields.place().to_owned(),
        description: fields.text("description"),
        vars: vars(desk, &fields),
        assertions: fields
            .get("assert")
            .map(|value| desk.each_with_files(&fields.at("assert"), value))
            .unwrap_or_default(),
        metadata: fields
            .inner("metadata")
            .map(|metadata| metadata.rest().into_iter().map(|(key, value)| (key.clone(), value.clone())).collect())
            .unwrap_or_default(),
        settings: fields.inner("options").map(|options| Settings::read(desk, &options)).unwrap_or_default(),
        output,
        by_mean: fields.number("threshold").is_some(),
    };
    if test.by_mean {
        let why = "in promptfoo such a test passes when the weighted mean of its assertions reaches the threshold; here each scorer \
                   passes or fails, and `overall` is the mean of those that have a weight";
        fields.note("threshold", Note::differs("the threshold of a test", why, "put a gate on `overall.mean`"));
    }
    leave_others(&fields);
    Some(test)
}

fn leave_others(fields: &Fields<'_>) {
    let crossed = "in carat every row is asked of every prompt and model of the eval";
    let by_hand = "make an eval of its own for such rows, by a tag";
    for key in ["provider", "providers", "prompts"] {
        fields.leave(key, Loss::Lost, crossed, by_hand);
    }
    fields.leave(
        "assertScoringFunction",
        Loss::Lost,
        "it is a program",
        "give scorers a `weight`: `overall` is their weighted mean",
    );
}

/// The variables of a test: written out, or in files.
fn vars(desk: &Desk<'_, '_>, fields: &Fields<'_>) -> Map<String, Value> {
    match fields.get("vars") {
        None => Map::new(),
        Some(Value::Object(vars)) => vars.clone(),
        Some(value) => {
            let mut vars = Map::new();
            for path in std::slice::from_ref(value)
                .iter()
                .flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice))
            {
                let Some(path) = path.as_str() else {
                    fields.note("vars", unreadable("`vars`", "a mapping or the path of a file"));
                    continue;
                };
                for path in files::matching(desk.files, &desk.path(path)) {
                    match files::document(desk.files, &path) {
                        Ok(Value::Object(more)) => vars.extend(more),
                        Ok(_) => fields.note("vars", unreadable(&format!("`{path}`"), "a mapping")),
                        Err(error) => desk.cannot_read(&fields.at("vars"), &path, &error),
                    }
                }
            }
            vars
        }
    }
}

/// The tests that a value means, each with its place: written out, or in files of any kind.
pub(super) fn sources(desk: &Desk<'_, '_>, place: &str, value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Array(list) => {
            let members = list.iter().enumerate();
            members.flat_map(|(at, value)| sources(desk, &format!("{place}[{at}]"), value)).collect()
        }
        Value::String(path) => {
            let is_elsewhere = path.contains("://") && !path.starts_with("file://");
            let paths = if is_elsewhere { vec![path.clone()] } else { files::matching(desk.files, &desk.path(path)) };
            if paths.is_empty() {
                desk.account.note(
                    place,
                    Note::lost("tests", format!("no file is called `{path}`"), "correct it and import again"),
                );
            }
            paths.iter().flat_map(|path| of_file(desk, place, path)).collect()
        }
        other => vec![(place.to_owned(), other.clone())],
    }
}

fn of_file(desk: &Desk<'_, '_>, place: &str, path: &str) -> Vec<(String, Value)> {
    let lost = |why: &str, advice: &str| {
        let note = Note::lost(format!("the tests of `{path}`"), why, advice);
        desk.account.note(place, note);
        Vec::new()
    };
    if path.contains("://") || !matches!(ending(path), "csv" | "tsv" | "json" | "jsonl" | "yaml" | "yml") {
        desk.account.note(place, generated(&format!("`{path}`")));
        return Vec::new();
    }
    let text = match desk.files.text(path) {
        Ok(text) => text,
        Err(why) => return lost(&why.to_string(), why.advice()),
    };
    let at = |line: u64, value: Value| (format!("{path}:{line}"), value);
    match ending(path) {
        "csv" | "tsv" => match csv::tests(&text, if ending(path) == "tsv" { b'\t' } else { b',' }) {
            Ok(tests) => tests.into_iter().map(|(line, test)| at(line, test)).collect(),
            Err((line, why)) => lost(&format!("line {line}: {why}"), "correct it and import again"),
        },
        "jsonl" => match files::lines(&text, path) {
            Ok(tests) => tests.into_iter().map(|(line, test)| at(line as u64, test)).collect(),
            Err(error) => lost(&error.to_string(), error.advice),
        },
        _ => match files::parse(&text, path) {
            Ok(value) => desk.each_with_files(&format!("{path}: "), &value),
            Err(error) => lost(&error.to_string(), error.advice),
        },
    }
}

fn generated(what: &str) -> Note {
    let why = "it is a program, a spreadsheet or a service, and carat reads text files";
    Note::lost(format!("the tests of {what}"), why, "write them out as JSONL or CSV and import again")
}
