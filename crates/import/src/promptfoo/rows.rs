//! From tests to rows: what a test inherits, its lists of values multiplied out, its files read.

use serde_json::{Map, Value, json};

use super::settings::around;
use super::tests::Test;
use super::{Desk, assertion};
use crate::account::{Loss, Note};
use crate::fields::Fields;
use crate::files::{self, ending};
use crate::made::Draft;
use crate::scoring::Asked;
use crate::{names, template};

/// The most rows that one configuration may come to.
const MOST: usize = 200_000;

/// The rows of an eval, and what is asked of the answer to each.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) drafts: Vec<Draft>,
    pub(super) asked: Vec<Vec<Asked>>,
    /// How many of them bring an answer that exists already.
    pub(super) answered: usize,
    /// Whether the weights of assertions matter.
    pub(super) weighted: bool,
}

/// The tests of scenarios: each of their data with each of their tests.
pub(super) fn of_scenarios(desk: &mut Desk<'_, '_>, place: &str, value: &Value) -> Vec<Test> {
    let mut found = Vec::new();
    for (place, value) in desk.each_with_files(place, value) {
        let Some(fields) = Fields::of(desk.account, &place, Some(&value)) else { continue };
        fields.leave(
            "description",
            Loss::Incidental,
            "scenarios become rows, which have descriptions of their own",
            "",
        );
        let data = parts(desk, &fields, "config");
        let tests = parts(desk, &fields, "tests");
        let tests = if tests.is_empty() { vec![Test::default()] } else { tests };
        for data in &data {
            found.extend(tests.iter().map(|test| {
                let place = if test.place.is_empty() { data.place.clone() } else { test.place.clone() };
                Test { place, ..test.clone() }.within(data)
            }));
        }
    }
    found
}

fn parts(desk: &mut Desk<'_, '_>, fields: &Fields<'_>, key: &str) -> Vec<Test> {
    let Some(value) = fields.get(key) else { return Vec::new() };
    let sources = super::tests::sources(desk, &fields.at(key), value);
    sources.iter().filter_map(|(place, value)| super::tests::test(desk, place, value)).collect()
}

/// The rows of tests.
pub(super) fn of_tests(desk: &mut Desk<'_, '_>, tests: Vec<Test>) -> Rows {
    let mut rows = Rows::default();
    for test in tests {
        rows.weighted |= test.by_mean;
        let combinations = combinations(desk, &test, MOST - rows.drafts.len());
        for vars in combinations {
            let input = filled(desk, &test, vars);
            let read: Vec<assertion::Read> = test
                .assertions
                .iter()
                .flat_map(|(place, value)| assertion::read(desk, place, value, &input, &test.settings))
                .collect();
            rows.weighted |= read.iter().any(|read| read.weight.is_some_and(|weight| weight != 1.0));
            rows.asked.push(read.into_iter().map(assertion::Read::into_asked).collect());
            rows.answered += usize::from(test.output.is_some());
            rows.drafts.push(draft(desk, &test, input));
        }
    }
    if !rows.weighted {
        rows.asked.iter_mut().flatten().for_each(|asked| asked.spec.weight = None);
    }
    rows
}

fn draft(desk: &Desk<'_, '_>, test: &Test, mut input: Map<String, Value>) -> Draft {
    for (name, text) in around(&test.settings) {
        if let Some(text) = text {
            let text = template::render(text, &input).unwrap_or_else(|_| text.clone());
            input.insert(name.to_owned(), json!(text));
        }
    }
    let mut metadata = test.metadata.clone();
    let own = [("description", test.description.is_some()), ("output", test.output.is_some())];
    for (key, _) in own.into_iter().filter(|(key, is_set)| *is_set && metadata.contains_key(*key)) {
        let why = format!("what promptfoo knows by that name is kept under `{key}` in the metadata of the row");
        desk.account.note(&test.place, Note::differs(format!("`metadata.{key}`"), why, "give it another name"));
    }
    metadata.extend(test.description.as_ref().map(|description| ("description".to_owned(), json!(description))));
    metadata.extend(test.output.as_ref().map(|output| ("output".to_owned(), json!(output))));
    let wished = test.description.as_deref().map(names::slug).unwrap_or_default();
    Draft { wished, input, metadata, ..Draft::default() }
}

/// Each way to take one value of each variable. A list whose first member is a text is a list of values; so are the files
/// that a path with wildcards means.
fn combinations(desk: &Desk<'_, '_>, test: &Test, most: usize) -> Vec<Map<String, Value>> {
    let values_of = |value: &Value| match value {
        Value::Array(list) if !test.settings.keeps_lists && list.first().is_some_and(Value::is_string) => list.clone(),
        Value::String(path) if path.starts_with("file://") && path.contains('*') => {
            let paths = files::matching(desk.files, &desk.path(path));
            paths.into_iter().filter_map(|path| of_file(desk, test, &path)).collect()
        }
        other => vec![other.clone()],
    };
    let choices: Vec<(&String, Vec<Value>)> = test.vars.iter().map(|(name, value)| (name, values_of(value))).collect();
    let wanted = choices.iter().try_fold(1_usize, |product, (_, values)| product.checked_mul(values.len()));
    if wanted.is_none_or(|wanted| wanted > most) {
        let why = format!("with it there would be more rows than the {MOST} that are carried over");
        desk.account.note(&test.place, Note::lost("a test", why, "write fewer values and import again"));
        return Vec::new();
    }
    let mut combinations = vec![Map::new()];
    for (name, values) in choices {
        let with = |combination: &Map<String, Value>, value: &Value| {
            let mut combination = combination.clone();
            combination.insert(name.clone(), value.clone());
            combination
        };
        combinations = combinations
            .iter()
            .flat_map(|combination| values.iter().map(|value| with(combination, value)).collect::<Vec<_>>())
            .collect();
    }
    combinations
}

/// The variables with their files read and the variables within them filled in.
fn filled(desk: &Desk<'_, '_>, test: &Test, vars: Map<String, Value>) -> Map<String, Value> {
    let mut input = Map::new();
    for (name, value) in vars {
        let value = match value.as_str().and_then(|text| text.strip_prefix("file://")) {
            Some(path) => of_file(desk, test, &desk.path(path)),
            None => Some(value),
        };
        // One line break at the end of a text is taken off there, too.
        let value = value.map(|value| match value {
            Value::String(text) => json!(text.strip_suffix('\n').unwrap_or(&text)),
            other => other,
        });
        input.extend(value.filter(|value| !value.is_null()).map(|value| (name, value)));
    }
    // As often as promptfoo does it.
    for _ in 0..5 {
        if !fill(desk, test, &mut input) {
            break;
        }
    }
    input
}

/// Fills variables into variables once; whether any changed.
fn fill(desk: &Desk<'_, '_>, test: &Test, input: &mut Map<String, Value>) -> bool {
    let names_another = |text: &str| {
        let mut pieces = template::pieces(text).into_iter();
        pieces.any(|piece| matches!(piece, template::Piece::Path(path) if input.contains_key(path[0])))
    };
    let open: Vec<String> = input
        .iter()
        .filter(|(_, value)| value.as_str().is_some_and(names_another))
        .map(|(name, _)| name.clone())
        .collect();
    let mut changed = false;
    for name in open {
        let Some(text) = input.get(&name).and_then(Value::as_str) else { continue };
        match template::render(text, input) {
            Ok(filled) if filled != text => {
                changed = true;
                input.insert(name, json!(filled));
            }
            Ok(_) => {}
            Err(code) => desk.account.note(&format!("{}: vars.{name}", test.place), crate::scoring::computes(&code)),
        }
    }
    changed
}

/// What a file of a variable holds.
fn of_file(desk: &Desk<'_, '_>, test: &Test, path: &str) -> Option<Value> {
    let lost = |why: &str, advice: &str| {
        desk.account.note(&test.place, Note::lost(format!("the variable in `{path}`"), why, advice));
        None
    };
    match ending(path) {
        "js" | "cjs" | "mjs" | "ts" | "py" => lost("it is a program", "write the value into the row"),
        "jpg" | "jpeg" | "png" | "gif" | "bmp" | "webp" | "svg" | "mp4" | "webm" | "mov" | "pdf" => {
            lost("it is no text", "name it in the prompt: `![what it shows](path)`")
        }
        kind => match desk.files.text(path) {
            Ok(text) if matches!(kind, "yaml" | "yml") => match files::parse(&text, path) {
                Ok(value) => Some(json!(value.to_string())),
                Err(error) => lost(&error.to_string(), "correct it and import again"),
            },
            Ok(text) => Some(json!(text.trim())),
            Err(why) => lost(&why.to_string(), why.advice()),
        },
    }
}
