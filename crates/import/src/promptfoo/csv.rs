//! Tables of tests, with promptfoo's own columns: `__expected`, `__description`, `__metadata:KEY` and the like.

use serde_json::{Map, Value, json};

use super::unsupported::TYPES;

/// The default of `similar` in a table; in YAML it is another one.
const SIMILAR: f64 = 0.8;
const OTHERS: f64 = 0.75;

/// Types that have a threshold in a table even where none is written.
const WITH_THRESHOLD: &[&str] = &[
    "answer-relevance",
    "classifier",
    "context-faithfulness",
    "context-recall",
    "context-relevance",
    "cost",
    "latency",
    "levenshtein",
    "perplexity",
    "perplexity-score",
    "rouge-n",
    "similar",
];

/// The tests of a table as they would be written in YAML, each with its line.
///
/// # Errors
/// The table cannot be read: the line, and why.
pub(super) fn tests(text: &str, delimiter: u8) -> Result<Vec<(u64, Value)>, (u64, String)> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = ::csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let refuse = |error: &::csv::Error| (error.position().map_or(1, ::csv::Position::line), error.to_string());
    let header = reader.headers().map_err(|error| refuse(&error))?.clone();
    let mut tests = Vec::new();
    let mut lines = Lines { text, at: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|error| refuse(&error))?;
        let line = lines.of(record.position().map_or(0, ::csv::Position::byte));
        let cells = header.iter().map(str::trim).zip(record.iter());
        tests.push((line, test(cells)));
    }
    Ok(tests)
}

/// Counts lines. The reader does so as well, but takes the first half of a line break of Windows for a whole one.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first character from here on that is no line break. Places are asked for in order.
    fn of(&mut self, byte: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let start = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
        let end = start + bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = bytes.get(self.at..end).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = self.at.max(end);
        self.line
    }
}

/// A test, from the cells of its row.
fn test<'a>(cells: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let mut test = Map::new();
    let (mut vars, mut metadata, mut options) = (Map::new(), Map::new(), Map::new());
    let mut assertions: Vec<Value> = Vec::new();
    let (mut metric, mut thresholds) = (None, Vec::new());
    for (column, cell) in cells {
        let filled = !cell.trim().is_empty();
        match column {
            "__description" | "__providerOutput" if filled => drop(test.insert(column[2..].to_owned(), json!(cell))),
            "__threshold" if filled => drop(test.insert("threshold".to_owned(), json!(cell))),
            "__prefix" | "__suffix" if filled => drop(options.insert(column[2..].to_owned(), json!(cell))),
            "__metric" => metric = Some(cell).filter(|_| filled),
            "__description" | "__providerOutput" | "__threshold" | "__prefix" | "__suffix" => {}
            column if column.starts_with("__expected") => assertions.extend(filled.then(|| assertion(cell))),
            column => match (column.strip_prefix("__metadata:"), column.strip_prefix("__config:")) {
                (Some(key), _) => metadata_cell(key, cell, &mut metadata),
                (_, Some(setting)) if filled => thresholds.push((setting.to_owned(), cell.to_owned())),
                (_, Some(_)) => {}
                (None, None) => drop(vars.insert(column.to_owned(), json!(cell))),
            },
        }
    }
    for assertion in assertions.iter_mut().filter_map(Value::as_object_mut) {
        assertion.extend(metric.map(|metric| ("metric".to_owned(), json!(metric))));
    }
    let unknown: Map<String, Value> =
        thresholds.into_iter().filter_map(|(setting, cell)| configure(&setting, &cell, &mut assertions)).collect();
    test.insert("vars".to_owned(), Value::Object(vars));
    test.insert("assert".to_owned(), Value::Array(assertions));
    // What is not understood stands under its own name, where the reader of tests will stumble over it.
    test.extend(unknown);
    let named = [("metadata", metadata), ("options", options)].into_iter().filter(|(_, map)| !map.is_empty());
    test.extend(named.map(|(key, map)| (key.to_owned(), Value::Object(map))));
    Value::Object(test)
}

/// `__metadata:KEY` is a text, `__metadata:KEY[]` a list of texts between commas.
fn metadata_cell(key: &str, cell: &str, metadata: &mut Map<String, Value>) {
    if cell.trim().is_empty() {
        return;
    }
    match key.strip_suffix("[]") {
        Some(key) => {
            let parts = cell.replace("\\,", "\u{0}");
            let parts: Vec<String> = parts.split(',').map(|part| part.trim().replace('\u{0}', ",")).collect();
            metadata.insert(key.to_owned(), json!(parts));
        }
        None => drop(metadata.insert(key.to_owned(), json!(cell))),
    }
}

/// `__config:__expected2:threshold`, set on the second assertion; given back where it is something else.
fn configure(setting: &str, cell: &str, assertions: &mut [Value]) -> Option<(String, Value)> {
    let refused = || Some((format!("__config:{setting}"), json!(cell)));
    let Some((column, "threshold")) = setting.split_once(':') else { return refused() };
    let Some(number) = column.strip_prefix("__expected") else { return refused() };
    let at = if number.is_empty() { Some(1) } else { number.parse::<usize>().ok() };
    let assertion = at.and_then(|at| assertions.get_mut(at.checked_sub(1)?)).and_then(Value::as_object_mut);
    match assertion {
        Some(assertion) => {
            assertion.insert("threshold".to_owned(), json!(cell));
            None
        }
        None => refused(),
    }
}

/// An assertion that is written as one text: `contains:Berlin`, `similar(0.8):Hello`, or the answer itself.
fn assertion(cell: &str) -> Value {
    for (prefix, kind) in [
        ("javascript:", "javascript"),
        ("fn:", "javascript"),
        ("eval:", "javascript"),
        ("python:", "python"),
        ("grade:", "llm-rubric"),
    ] {
        if let Some(value) = cell.strip_prefix(prefix) {
            return json!({"type": kind, "value": value.trim()});
        }
    }
    if let Some(path) = cell.strip_prefix("file://") {
        let is_python = path.ends_with(".py") || path.contains(".py:");
        let is_javascript =
            [".js", ".ts"].iter().any(|ending| path.ends_with(ending) || path.contains(&format!("{ending}:")));
        if is_python || is_javascript {
            return json!({"type": if is_python { "python" } else { "javascript" }, "value": cell});
        }
    }
    typed(cell).unwrap_or_else(|| json!({"type": "equals", "value": cell}))
}

/// `not-TYPE(THRESHOLD):VALUE`, if the text is of that form.
fn typed(cell: &str) -> Option<Value> {
    let (not, rest) = cell.strip_prefix("not-").map_or(("", cell), |rest| ("not-", rest));
    let fits = |kind: &&&str| {
        let after = rest.strip_prefix(**kind);
        after.is_some_and(|after| after.is_empty() || after.starts_with(['(', ':']))
    };
    // `similar:cosine` is a type, too: the longest that fits.
    let kind = TYPES.iter().filter(fits).max_by_key(|kind| kind.len())?;
    let after = &rest[kind.len()..];
    let (threshold, after) = match after.strip_prefix('(').and_then(|after| after.split_once(')')) {
        Some((number, after)) => (Some(number.parse::<f64>().ok()?), after),
        None => (None, after),
    };
    let value = match after.strip_prefix(':') {
        Some(value) => Some(value),
        None if after.is_empty() => None,
        None => return None,
    };
    let mut assertion = Map::from_iter([("type".to_owned(), json!(format!("{not}{kind}")))]);
    if let Some(value) = value {
        let is_list = matches!(*kind, "contains-all" | "contains-any" | "icontains-all" | "icontains-any");
        let parts: Vec<&str> = value.split(',').map(str::trim).collect();
        assertion.insert("value".to_owned(), if is_list { json!(parts) } else { json!(value) });
    }
    let default = if *kind == "similar" { SIMILAR } else { OTHERS };
    let threshold =
        threshold.filter(|number| *number != 0.0).or_else(|| WITH_THRESHOLD.contains(kind).then_some(default));
    assertion.extend(threshold.map(|threshold| ("threshold".to_owned(), json!(threshold))));
    Some(Value::Object(assertion))
}

#[cfg(test)]
mod tests_of_tables {
    use super::*;

    #[test]
    fn an_assertion_may_be_written_as_one_text() {
        for (cell, expected) in [
            ("Hello: world", json!({"type": "equals", "value": "Hello: world"})),
            ("icontains:bonjour", json!({"type": "icontains", "value": "bonjour"})),
            ("not-contains:a, b", json!({"type": "not-contains", "value": "a, b"})),
            ("contains-any: a , b", json!({"type": "contains-any", "value": ["a", "b"]})),
            ("similar(0.9):Ahoy", json!({"type": "similar", "value": "Ahoy", "threshold": 0.9})),
            ("similar:Ahoy", json!({"type": "similar", "value": "Ahoy", "threshold": 0.8})),
            ("is-json", json!({"type": "is-json"})),
            ("latency(2000)", json!({"type": "latency", "threshold": 2000.0})),
            ("grade: is polite", json!({"type": "llm-rubric", "value": "is polite"})),
            ("fn: output.length < 5", json!({"type": "javascript", "value": "output.length < 5"})),
            ("file://check.py", json!({"type": "python", "value": "file://check.py"})),
            ("containsx:y", json!({"type": "equals", "value": "containsx:y"})),
        ] {
            assert_eq!(assertion(cell), expected, "{cell}");
        }
    }

    #[test]
    fn columns_of_promptfoo_are_not_variables() {
        let table = "city,__expected,__expected2,__description,__metadata:source,__metadata:tags[],__config:__expected2:threshold,__metric\n\
                     Rom,contains:Rome,similar:Roma,capital,atlas,\"a, b\",0.7,name\n";
        let tests = tests(table, b',').unwrap();
        assert_eq!(
            tests,
            [(
                2,
                json!({
                    "description": "capital",
                    "vars": {"city": "Rom"},
                    "assert": [
                        {"type": "contains", "value": "Rome", "metric": "name"},
                        {"type": "similar", "value": "Roma", "threshold": "0.7", "metric": "name"},
                    ],
                    "metadata": {"source": "atlas", "tags": ["a", "b"]},
                })
            )]
        );
    }

    #[test]
    fn a_test_is_named_by_its_line_whatever_the_line_breaks() {
        for text in ["a\n1\n\"2\n2\"\n\n3\n", "a\r\n1\r\n\"2\r\n2\"\r\n\r\n3\r\n"] {
            let lines: Vec<u64> = tests(text, b',').unwrap().into_iter().map(|(line, _)| line).collect();
            assert_eq!(lines, [2, 3, 6]);
        }
    }

    #[test]
    fn a_ragged_table_is_told_with_its_line() {
        let (line, _) = tests("a,b\n1,2\n3\n", b',').unwrap_err();
        assert_eq!(line, 3);
    }
}
