//! What is being made of a source: files, models and the account.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use carat_core::spec::ScorerSpec;
use carat_core::untrusted::one_line;
use carat_core::{Message, Row, RowId};
use serde_json::{Map, Value, json};

use crate::account::{Account, Note};
use crate::prompt_file::{self, PromptFile};
use crate::{Imported, ImportedModel, Options, names, scoring, yaml};

/// The model that is written where a source names none and the person has named none either.
const SOME_MODEL: &str = "gpt-5-mini";

/// What the model that judges is called where a source leaves the choice to its tool.
const JUDGE: &str = "judge";

/// How many rows a prompt is tried with.
const TRIED: usize = 20;

/// What is being made.
pub(crate) struct Making<'a> {
    pub(crate) account: &'a Account,
    pub(crate) options: &'a Options,
    files: BTreeMap<PathBuf, String>,
    models: Vec<ImportedModel>,
    evals: Vec<String>,
}

/// A row that is being put together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Draft {
    /// What it would like to be called; taken where no other row would.
    pub(crate) wished: String,
    pub(crate) input: Map<String, Value>,
    pub(crate) messages: Vec<Message>,
    pub(crate) expected: Option<Value>,
    pub(crate) tags: Vec<String>,
    pub(crate) metadata: Map<String, Value>,
}

/// An eval that is being put together. Its prompts and its dataset have been written.
#[derive(Debug, Default)]
pub(crate) struct EvalDraft {
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) description: Option<String>,
    pub(crate) prompts: Vec<String>,
    pub(crate) models: Vec<String>,
    pub(crate) dataset: String,
    pub(crate) trials: Option<u64>,
    pub(crate) parameters: Map<String, Value>,
    pub(crate) scorers: Vec<ScorerSpec>,
    /// Whether something that it needs is missing, so that it cannot be run yet.
    pub(crate) incomplete: bool,
}

impl<'a> Making<'a> {
    pub(crate) fn new(account: &'a Account, options: &'a Options) -> Self {
        Self { account, options, files: BTreeMap::new(), models: Vec::new(), evals: Vec::new() }
    }

    /// Adds a model; the name that it has from now on. The same model is added once, and another one of the same name gets a
    /// number.
    pub(crate) fn model(&mut self, wished: &str, settings: Map<String, Value>) -> String {
        let settings: Map<String, Value> =
            settings.into_iter().map(|(key, value)| (key, scoring::plain_numbers(value))).collect();
        let wished = names::word(wished, &['-', '.']);
        let wished = if wished.is_empty() { "model".to_owned() } else { wished };
        let names = std::iter::once(wished.clone()).chain((2..).map(|number: u64| format!("{wished}-{number}")));
        for name in names {
            match self.models.iter().find(|model| model.name == name) {
                Some(model) if model.settings != settings => {}
                Some(model) => return model.name.clone(),
                None => {
                    self.models.push(ImportedModel { name: name.clone(), settings });
                    return name;
                }
            }
        }
        wished
    }

    /// The models to ask where the source names none: those that the person named, or one to begin with.
    pub(crate) fn some_models(&mut self, place: &str, what: &str) -> Vec<String> {
        if !self.options.models.is_empty() {
            return self.options.models.clone();
        }
        let note = Note::differs(
            what,
            format!("the evals are written for `{SOME_MODEL}`"),
            "name the models to ask with --model, or change `models` in the eval",
        );
        self.account.note(place, note);
        vec![self.model(SOME_MODEL, openai(SOME_MODEL))]
    }

    /// The model that judges where the source names none.
    pub(crate) fn some_judge(&mut self, place: &str, what: &str) -> String {
        if let Some(judge) = &self.options.judge {
            return judge.clone();
        }
        let note = Note::differs(
            what,
            format!("the model `{JUDGE}` judges, which is `{SOME_MODEL}` to begin with"),
            "say in carat.yaml which model it is, or name another one with --judge",
        );
        self.account.note(place, note);
        self.model(JUDGE, openai(SOME_MODEL))
    }

    /// Writes a prompt, if it can be read back; whether it was. Tries it with the first rows and says what fails.
    pub(crate) fn prompt(&mut self, place: &str, prompt: &PromptFile, rows: &[Draft]) -> bool {
        let text = prompt.text(rows.iter().map(|row| &row.input));
        let read = match prompt_file::check(&prompt.name, &text) {
            Ok(read) => read,
            Err(why) => {
                let advice = "write it as a .prompty file by hand";
                self.account.note(place, Note::lost("a prompt", format!("it cannot be carried over: {why}"), advice));
                return false;
            }
        };
        let failed = rows
            .iter()
            .filter(|row| row.messages.is_empty())
            .take(TRIED)
            .find_map(|row| prompt_file::try_out(&read, &row.input).err());
        if let Some(why) = failed {
            let advice = format!("look at {}", prompt_file::path(&prompt.name));
            self.account.note(place, Note::lost("a prompt that does not render for each row", why, advice));
        }
        if let Some(name) = rows.iter().find_map(|row| prompt.ambiguous(&row.input).next()) {
            let why =
                format!("rows without `{name}` have an empty text for it, which the prompt does not take for missing");
            let advice = format!("look at {}", prompt_file::path(&prompt.name));
            self.account.note(place, Note::differs("a variable that may be missing", why, advice));
        }
        self.files.insert(PathBuf::from(prompt_file::path(&prompt.name)), text);
        true
    }

    /// Writes a dataset.
    pub(crate) fn dataset(&mut self, name: &str, rows: Vec<Draft>) {
        let mut text = String::new();
        for row in identified(rows) {
            text.push_str(&json!(row).to_string());
            text.push('\n');
        }
        self.files.insert(PathBuf::from(format!("datasets/{name}.jsonl")), text);
    }

    /// Writes an eval.
    pub(crate) fn eval(&mut self, eval: &EvalDraft) {
        let mut map = Map::new();
        map.extend(eval.description.as_ref().map(|description| ("description".to_owned(), json!(description))));
        map.insert("prompts".to_owned(), json!(eval.prompts));
        map.insert("models".to_owned(), json!(eval.models));
        map.insert("dataset".to_owned(), json!(eval.dataset));
        map.extend(eval.trials.filter(|trials| *trials > 1).map(|trials| ("trials".to_owned(), json!(trials))));
        if !eval.parameters.is_empty() {
            map.insert("parameters".to_owned(), Value::Object(eval.parameters.clone()));
        }
        let scorers: Vec<Value> = eval.scorers.iter().map(scoring::lean).collect();
        map.insert("scorers".to_owned(), Value::Array(scorers));
        let head = format!("# Imported from {}.\n", one_line(&eval.source, 100));
        self.files.insert(PathBuf::from(format!("evals/{}.yaml", eval.name)), head + &yaml::document(&map));
        if !eval.incomplete {
            self.evals.push(eval.name.clone());
        }
    }

    /// Everything, with the account of what is not in it.
    pub(crate) fn finish(self) -> Imported {
        Imported {
            files: self.files.into_iter().collect(),
            models: self.models,
            evals: self.evals,
            left_out: Vec::new(),
        }
    }
}

/// A model of OpenAI's own.
pub(crate) fn openai(model: &str) -> Map<String, Value> {
    Map::from_iter([("provider".to_owned(), json!("openai")), ("model".to_owned(), json!(model))])
}

/// A scorer that only asks whether there is an answer, for sources that ask nothing of it.
pub(crate) fn answered() -> ScorerSpec {
    let length = carat_core::spec::LengthSpec {
        unit: carat_core::spec::LengthUnit::Characters,
        at_least: Some(1),
        at_most: None,
    };
    ScorerSpec { name: "answered".to_owned(), length: Some(length), ..ScorerSpec::default() }
}

/// The rows with their names: what they would like to be called where that is theirs alone, else the digest of what they
/// ask, which is the name that a row has here without being given one. Rows that ask the same get a number.
fn identified(rows: Vec<Draft>) -> Vec<Row> {
    let mut wishes: HashMap<String, usize> = HashMap::new();
    for row in &rows {
        *wishes.entry(row.wished.clone()).or_default() += 1;
    }
    let mut given: HashMap<String, usize> = HashMap::new();
    let name = |row: &Draft| {
        let is_own = !row.wished.is_empty() && wishes.get(&row.wished) == Some(&1);
        let digest = || format!("#{:016x}", Row::input_digest(&row.input, &row.messages).prefix64());
        if is_own { row.wished.clone() } else { digest() }
    };
    rows.into_iter()
        .map(|row| {
            let id = name(&row);
            let times = given.entry(id.clone()).or_default();
            *times += 1;
            let id = if *times == 1 { id } else { format!("{id}-{times}") };
            let Draft { input, messages, expected, tags, metadata, .. } = row;
            Row { id: RowId::from(id), input, expected, tags, split: None, metadata, messages }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(wished: &str, body: &str) -> Draft {
        let input = Map::from_iter([("body".to_owned(), json!(body))]);
        Draft { wished: wished.to_owned(), input, ..Draft::default() }
    }

    #[test]
    fn a_row_is_named_by_its_description_where_that_is_its_own() {
        let rows = identified(vec![draft("greeting", "a"), draft("other", "b"), draft("other", "c"), draft("", "c")]);
        let digest = |row: &Row| format!("#{}", &Row::input_digest(&row.input, &[]).hex()[..16]);
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids, ["greeting", &digest(&rows[1]), &digest(&rows[2]), &format!("{}-2", digest(&rows[3]))]);
    }

    #[test]
    fn the_same_model_is_added_once() {
        let (account, options) = (Account::default(), Options::default());
        let mut making = Making::new(&account, &options);
        assert_eq!(making.model("gpt-4o", openai("gpt-4o")), "gpt-4o");
        assert_eq!(making.model("gpt-4o", openai("gpt-4o")), "gpt-4o");
        assert_eq!(making.model("gpt-4o", openai("gpt-4o-2024")), "gpt-4o-2");
        assert_eq!(making.finish().models.len(), 2);
    }
}
