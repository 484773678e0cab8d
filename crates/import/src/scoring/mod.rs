//! From assertions that stand on rows to scorers that stand in an eval.
//!
//! Elsewhere each row carries its own assertions. Here an eval lists its scorers, and a row says what it expects. So the
//! same assertion on many rows becomes one scorer; values that differ by row go into the rows' metadata, where the scorer's
//! `expected` finds them; and a scorer of some rows only gets a tag that those rows have.

mod lean;
mod source;

use std::collections::HashMap;

use carat_core::spec::ScorerSpec;
use serde_json::{Map, Value, json};

use crate::account::{Account, Note};
use crate::names::Unique;
use crate::template;

pub(crate) use lean::{lean, plain_numbers};
use source::{Source, source};

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

/// What is said of a value that would have to be computed.
pub(crate) fn computes(code: &str) -> Note {
    Note::lost(
        "a value that is computed",
        format!("`{}` does more than name a variable", carat_core::untrusted::one_line(code, 60)),
        "write the values into the rows and import again",
    )
}

#[cfg(test)]
mod tests;
