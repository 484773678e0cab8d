//! From assertions that stand on rows to scorers that stand in an eval.
//!
//! Elsewhere each row carries its own assertions. Here an eval lists its scorers, and a row says what it expects. So the
//! same assertion on many rows becomes one scorer; values that differ by row go into the rows' metadata, where the scorer's
//! `expected` finds them; and a scorer of some rows only gets a tag that those rows have.

use std::collections::HashMap;

use carat_core::spec::{ClosedQaSpec, ContainsSpec, JudgeSpec, ScorerSpec};
use serde_json::{Map, Value, json};

use crate::account::{Account, Note};
use crate::names::Unique;
use crate::template;

/// The most scorers of an eval. A source whose rows all ask something else would otherwise become a table that nobody reads.
const MOST: usize = 64;

/// The rubric of a judge to whom each row brings a rubric of its own, as what it expects. Where all rows bring the same it is
/// written in place of this.
pub(crate) const RUBRIC_OF_ROW: &str = "What is expected is a rubric. Does the answer meet all of it?";

/// The same for a single criterion.
pub(crate) const CRITERION_OF_ROW: &str = "What is expected is a criterion. Does the answer meet it?";

/// One assertion on one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// Where it stands.
    pub(crate) place: String,
    /// What its scorer would like to be called.
    pub(crate) name: String,
    /// Its settings: a scorer without name, `expected` and tags.
    pub(crate) spec: ScorerSpec,
    /// What the answer is held against; none where the settings say it all.
    pub(crate) expected: Option<Expected>,
}

/// What an answer is held against.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expected {
    /// A template over the row's variables, as the source writes it.
    Template(String),
    /// A value, with templates in its texts.
    Value(Value),
    /// A value as it is, which belongs to its row.
    Literal(Value),
}

/// What a row gets besides what it has: tags, and values in its metadata.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Added {
    pub(crate) tags: Vec<String>,
    pub(crate) values: Map<String, Value>,
    /// The row's own expectation, where one scorer alone takes its value from each row.
    pub(crate) expected: Option<Value>,
}

/// An assertion with all the rows that it stands on.
struct Group<'a> {
    asked: &'a Asked,
    rows: Vec<(usize, &'a Asked)>,
}

/// How a scorer comes by what it expects.
enum Source {
    /// Its settings say it all.
    Settings,
    /// A template that holds for all its rows.
    Shared(String),
    /// Settings that hold what is expected of all its rows.
    Fixed(Box<ScorerSpec>),
    /// A value of each row; rows without one are not asked.
    Rows(Vec<(usize, Value)>),
}

/// A scorer that takes its value from each row.
struct ByRow {
    scorer: usize,
    on_all: bool,
    values: Vec<(usize, Value)>,
}

/// The scorers of all assertions, and what each row gets. `rows` are the variables of the rows, `asked` the assertions on each;
/// `key` is where in a row's metadata values are kept.
pub(crate) fn scorers(
    account: &Account,
    rows: &[&Map<String, Value>],
    asked: &[Vec<Asked>],
    key: &str,
) -> (Vec<ScorerSpec>, Vec<Added>) {
    let mut added = vec![Added::default(); rows.len()];
    let mut names = Unique::default();
    let (mut scorers, mut by_row) = (Vec::new(), Vec::new());
    for group in at_most(groups(asked, account), account) {
        let mut spec = group.asked.spec.clone();
        let mut on: Vec<usize> = group.rows.iter().map(|(row, _)| *row).collect();
        let source = source(&group, rows, account);
        if let Source::Rows(values) = &source {
            on = values.iter().map(|(row, _)| *row).collect();
        }
        if on.is_empty() {
            continue;
        }
        spec.name = names.name(&group.asked.name, "_");
        match source {
            Source::Settings => {}
            Source::Shared(template) => spec.expected = Some(template),
            Source::Fixed(fixed) => spec = ScorerSpec { name: spec.name, ..*fixed },
            Source::Rows(values) => {
                spec.expected = Some(format!("{{{{ {} }}}}", template::way("metadata", &[key, &spec.name])));
                by_row.push(ByRow { scorer: scorers.len(), on_all: on.len() == rows.len(), values });
            }
        }
        if on.len() < rows.len() {
            spec.tags = vec![spec.name.clone()];
            on.iter().for_each(|row| added[*row].tags.push(spec.name.clone()));
        }
        scorers.push(spec);
    }
    give_to_rows(by_row, &mut scorers, &mut added);
    (scorers, added)
}

/// Gives each row its values: as its own expectation where all scorers that take any take the same, on every row; else in
/// its metadata.
fn give_to_rows(by_row: Vec<ByRow>, scorers: &mut [ScorerSpec], added: &mut [Added]) {
    let alone = by_row.iter().all(|other| other.on_all && other.values == by_row[0].values);
    for ByRow { scorer, values, .. } in by_row {
        if alone {
            scorers[scorer].expected = None;
        }
        for (row, value) in values {
            if alone {
                added[row].expected = Some(value);
            } else {
                added[row].values.insert(scorers[scorer].name.clone(), value);
            }
        }
    }
}

/// The assertions, each with its rows. Two on one row that differ only in their values are two scorers: the first of each row
/// is one, the second of each row another.
fn groups<'a>(asked: &'a [Vec<Asked>], account: &Account) -> Vec<Group<'a>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (row, assertions) in asked.iter().enumerate() {
        let mut met: HashMap<String, usize> = HashMap::new();
        for asked in assertions {
            let settings = json!([asked.name, asked.spec, asked.expected.is_some()]).to_string();
            let ordinal = met.entry(settings.clone()).or_insert(0);
            *ordinal += 1;
            // The same question twice on one row has one answer.
            if *ordinal > 1 && asked.expected.is_none() {
                let why = "the same stands on the same row before";
                account.note(&asked.place, Note::incidental("an assertion that stands twice", why, ""));
                continue;
            }
            let at = *places.entry(format!("{ordinal} {settings}")).or_insert_with(|| {
                groups.push(Group { asked, rows: Vec::new() });
                groups.len() - 1
            });
            groups[at].rows.push((row, asked));
        }
    }
    groups
}

fn at_most<'a>(mut groups: Vec<Group<'a>>, account: &Account) -> Vec<Group<'a>> {
    let why = format!("an eval would have more than {MOST} scorers, because nearly every row asks something else");
    for group in groups.drain(MOST.min(groups.len())..) {
        for (_, asked) in &group.rows {
            let advice = "ask the same of many rows, with the value in the row; or import the tests in parts";
            account.note(
                &asked.place,
                Note::lost(format!("assertions beyond the first {MOST} kinds"), why.as_str(), advice),
            );
        }
    }
    groups
}

/// How the scorer of a group comes by what it expects.
fn source(group: &Group<'_>, rows: &[&Map<String, Value>], account: &Account) -> Source {
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

/// What is said of a value that would have to be computed.
pub(crate) fn computes(code: &str) -> Note {
    Note::lost(
        "a value that is computed",
        format!("`{}` does more than name a variable", carat_core::untrusted::one_line(code, 60)),
        "write the values into the rows and import again",
    )
}

/// Says of each scorer what it is, and leaves out what it would be anyway: the settings that a reader of the file sees are
/// those that somebody chose.
pub(crate) fn lean(spec: &ScorerSpec) -> Value {
    let whole = json!(spec);
    let mut kept = whole.as_object().cloned().unwrap_or_default();
    let kind = spec.kind().map(|kind| kind.as_str()).unwrap_or_default();
    if let Some(settings) = kept.get(kind).and_then(Value::as_object).cloned() {
        let is_default = |lean: &Map<String, Value>| {
            let mut candidate = kept.clone();
            candidate.insert(kind.to_owned(), Value::Object(lean.clone()));
            serde_json::from_value::<ScorerSpec>(Value::Object(candidate)).is_ok_and(|read| read == *spec)
        };
        let lean = without_defaults(settings, &is_default);
        kept.insert(kind.to_owned(), Value::Object(lean));
    }
    let kept: Map<String, Value> = kept.into_iter().map(|(key, value)| (key, plain_numbers(value))).collect();
    let order = ["name", kind, "on", "expected", "threshold", "invert", "weight", "tags"];
    order
        .iter()
        .filter_map(|key| kept.get(*key).map(|value| ((*key).to_owned(), value.clone())))
        .collect::<Map<_, _>>()
        .into()
}

/// 1 for 1.0, as people write it; what somebody else wrote stays.
fn plain_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 1e9 => json!(float as i64),
            _ => Value::Number(number),
        },
        Value::Object(map) => {
            let plain = |(key, value): (String, Value)| {
                let own = WRITTEN_BY_PEOPLE.contains(&key.as_str());
                (key, if own { value } else { plain_numbers(value) })
            };
            Value::Object(map.into_iter().map(plain).collect())
        }
        other => other,
    }
}

/// Settings in which no key is a setting: all of them were written by somebody.
const WRITTEN_BY_PEOPLE: &[&str] = &["schema", "fields", "parameters"];

/// A mapping without each key, on whatever level, that can be missing.
fn without_defaults(map: Map<String, Value>, is_same: &dyn Fn(&Map<String, Value>) -> bool) -> Map<String, Value> {
    let mut lean = map.clone();
    for (key, value) in map {
        let mut without = lean.clone();
        without.shift_remove(&key);
        if is_same(&without) {
            lean = without;
        } else if let Value::Object(inner) = value
            && !WRITTEN_BY_PEOPLE.contains(&key.as_str())
        {
            let is_same_inside = |inner: &Map<String, Value>| {
                let mut with = lean.clone();
                with.insert(key.clone(), Value::Object(inner.clone()));
                is_same(&with)
            };
            let inner = without_defaults(inner, &is_same_inside);
            lean.insert(key, Value::Object(inner));
        }
    }
    lean
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::spec::{RegexSpec, Text};

    fn exact(expected: &str) -> Asked {
        let spec = ScorerSpec { exact: Some(Text::default()), ..ScorerSpec::default() };
        let expected = Some(Expected::Template(expected.to_owned()));
        Asked { place: "here".to_owned(), name: "equals".to_owned(), spec, expected }
    }

    fn regex(pattern: &str) -> Asked {
        let regex = RegexSpec { pattern: pattern.to_owned(), capture: None, text: Text::default() };
        let spec = ScorerSpec { regex: Some(regex), ..ScorerSpec::default() };
        Asked { place: "here".to_owned(), name: "regex".to_owned(), spec, expected: None }
    }

    /// The scorers as they would be written, what each row gets, and what was left out.
    fn outcome(rows: &[Value], asked: &[Vec<Asked>]) -> (Vec<Value>, Vec<Added>, usize) {
        let account = Account::default();
        let rows: Vec<&Map<String, Value>> = rows.iter().filter_map(Value::as_object).collect();
        let (specs, added) = scorers(&account, &rows, asked, "assert");
        (specs.iter().map(lean).collect(), added, account.close().len())
    }

    #[test]
    fn one_value_on_every_row_is_one_scorer() {
        let (specs, added, _) = outcome(&[json!({}), json!({})], &[vec![exact("Hi")], vec![exact("Hi")]]);
        assert_eq!(specs, [json!({"name": "equals", "exact": {}, "expected": "Hi"})]);
        assert_eq!(added, [Added::default(), Added::default()]);
    }

    #[test]
    fn one_value_by_row_is_what_the_row_expects() {
        let (specs, added, _) = outcome(&[json!({}), json!({})], &[vec![exact("a")], vec![exact("b")]]);
        assert_eq!(specs, [json!({"name": "equals", "exact": {}})]);
        assert_eq!(
            added.iter().map(|row| row.expected.clone()).collect::<Vec<_>>(),
            [Some(json!("a")), Some(json!("b"))]
        );
    }

    #[test]
    fn several_values_by_row_go_into_its_metadata_and_scorers_of_some_rows_have_a_tag() {
        let asked = [vec![exact("a"), exact("b")], vec![exact("x"), exact("d")], vec![exact("c")]];
        let (specs, added, _) = outcome(&[json!({}), json!({}), json!({})], &asked);
        assert_eq!(
            specs,
            [
                json!({"name": "equals", "exact": {}, "expected": "{{ metadata.assert.equals }}"}),
                json!({"name": "equals_2", "exact": {}, "expected": "{{ metadata.assert.equals_2 }}", "tags": ["equals_2"]}),
            ]
        );
        assert_eq!(added[0].tags, ["equals_2"]);
        assert_eq!(added[0].values, *json!({"equals": "a", "equals_2": "b"}).as_object().unwrap());
        assert_eq!((&added[2].tags, &added[2].values), (&vec![], json!({"equals": "c"}).as_object().unwrap()));
    }

    #[test]
    fn a_template_over_variables_that_every_row_has_stays_a_template() {
        let asked = [vec![exact("{{ city }}!")], vec![exact("{{ city }}!")]];
        let (specs, _, _) = outcome(&[json!({"city": "Rom"}), json!({"city": "Ulm"})], &asked);
        assert_eq!(specs, [json!({"name": "equals", "exact": {}, "expected": "{{ input.city }}!"})]);
        let (_, added, _) = outcome(&[json!({"city": "Rom"}), json!({})], &asked);
        assert_eq!(added[0].expected, Some(json!("Rom!")));
    }

    #[test]
    fn a_value_that_computes_is_left_out_for_its_row_alone() {
        let asked = [vec![exact("{{ city | upper }}")], vec![exact("b")]];
        let (specs, added, left_out) = outcome(&[json!({"city": "Rom"}), json!({})], &asked);
        assert_eq!((specs.len(), left_out), (1, 1));
        assert_eq!((added[0].tags.len(), added[1].tags.len()), (0, 1));
    }

    #[test]
    fn settings_that_differ_are_scorers_of_their_own() {
        let (specs, added, left_out) =
            outcome(&[json!({}), json!({})], &[vec![regex("a"), regex("a")], vec![regex("b")]]);
        assert_eq!(specs[1], json!({"name": "regex_2", "regex": {"pattern": "b"}, "tags": ["regex_2"]}));
        assert_eq!((added[0].tags.clone(), left_out), (vec!["regex".to_owned()], 1));
    }

    #[test]
    fn an_eval_has_a_bounded_number_of_scorers() {
        let rows = vec![json!({}); 100];
        let asked: Vec<Vec<Asked>> = (0..100).map(|row| vec![regex(&row.to_string())]).collect();
        let (specs, _, left_out) = outcome(&rows, &asked);
        assert_eq!((specs.len(), left_out), (MOST, 1));
    }

    #[test]
    fn settings_that_nobody_chose_are_not_written() {
        let judge = JudgeSpec {
            model: Some("m".to_owned()),
            rubric: Some("r".to_owned()),
            show_question: true,
            ..JudgeSpec::default()
        };
        let spec = ScorerSpec { name: "j".to_owned(), judge: Some(judge), ..ScorerSpec::default() };
        assert_eq!(lean(&spec), json!({"name": "j", "judge": {"model": "m", "rubric": "r"}}));
        let contains = ContainsSpec { any: vec!["a".to_owned()], ..ContainsSpec::default() };
        let spec = ScorerSpec { name: "c".to_owned(), contains: Some(contains), invert: true, ..ScorerSpec::default() };
        assert_eq!(lean(&spec), json!({"name": "c", "contains": {"any": ["a"]}, "invert": true}));
    }
}
