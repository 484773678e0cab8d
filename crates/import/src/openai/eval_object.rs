//! Eval objects of OpenAI's API, and the runs that bring their rows and prompts.

use carat_core::Role;
use carat_core::spec::ScorerSpec;
use serde_json::{Map, Value, json};

use super::grader;
use super::run::{Brought, bring, bring_source};
use crate::account::{Loss, Note};
use crate::fields::Fields;
use crate::files::{ImportError, stem};
use crate::made::{EvalDraft, Making, answered, openai};
use crate::names::{self, Unique};
use crate::prompt_file::{self, PromptFile, Said};

/// Reads a document with eval objects, or with a grader alone.
///
/// # Errors
/// It holds neither.
pub(super) fn read(making: &mut Making<'_>, file: &str, document: &Value) -> Result<(), ImportError> {
    let objects: Vec<(String, &Value)> = match document {
        Value::Array(list) => list.iter().enumerate().map(|(at, object)| (format!("{file}: [{at}]"), object)).collect(),
        other => vec![(format!("{file}: "), other)],
    };
    let mut names = Unique::default();
    for (place, object) in objects {
        let wanted = "it is no eval object: it has no `testing_criteria`, and is no grader";
        let map = object.as_object().ok_or_else(|| ImportError::new(file, wanted))?;
        let grader = json!({"testing_criteria": [object]});
        let map = match (map.contains_key("testing_criteria"), map.contains_key("type"), grader.as_object()) {
            (true, _, _) => map,
            (false, true, Some(grader)) => grader,
            _ => return Err(ImportError::new(file, wanted)),
        };
        let own = map.get("name").and_then(Value::as_str).map(names::slug).filter(|name| !name.is_empty());
        let name = making.options.name.clone().or(own).unwrap_or_else(|| names::slug(stem(file)));
        let name = if name.is_empty() { "eval".to_owned() } else { name };
        one(making, &place, map, names.name(&name, "-"));
    }
    Ok(())
}

fn one(making: &mut Making<'_>, place: &str, map: &Map<String, Value>, name: String) {
    let account = making.account;
    let fields = Fields::new(account, place, map);
    let description = fields.text("name");
    let about = "it is about the object, not about what it measures";
    for key in ["id", "object", "created_at", "metadata", "shared_with_openai", "properties"] {
        fields.leave(key, Loss::Incidental, about, "");
    }
    let scorers = scorers(making, &fields);
    if let Some(config) = fields.inner("data_source_config") {
        leave_source(&config);
    }
    let mut brought = Brought::default();
    for key in ["run", "runs"] {
        for (at, run) in fields.list(key).iter().enumerate() {
            let place = if key == "run" { fields.at(key) } else { format!("{}[{at}]", fields.at(key)) };
            if let Some(run) = Fields::of(account, &place, Some(run)) {
                bring(making, &run, &mut brought);
            }
        }
    }
    if fields.get("data_source").is_some() {
        bring_source(making, &fields, &mut brought);
    }
    drop(fields);
    write(making, place.trim_end_matches([':', ' ']), name, description, scorers, brought);
}

/// The scorers of the criteria; one that cannot be carried over is noted.
fn scorers(making: &mut Making<'_>, fields: &Fields<'_>) -> Vec<ScorerSpec> {
    let mut names = Unique::default();
    let mut scorers = Vec::new();
    let mut weighted = 0;
    for (at, criterion) in fields.list("testing_criteria").iter().enumerate() {
        let place = format!("{}[{at}]", fields.at("testing_criteria"));
        let name = criterion
            .get("name")
            .and_then(Value::as_str)
            .or(criterion.get("type").and_then(Value::as_str))
            .unwrap_or("grader");
        match grader::read(criterion, name) {
            Ok(graded) => {
                weighted += usize::from(graded.scorers.iter().any(|scorer| scorer.weight.is_some()));
                for note in graded.notes {
                    making.account.note(&place, note);
                }
                scorers.extend(graded.scorers.into_iter().map(|scorer| {
                    let name = names.name(&scorer.name, "_");
                    ScorerSpec { name, ..scorer }
                }));
            }
            Err(error) => {
                let kind = criterion.get("type").and_then(Value::as_str).unwrap_or_default();
                making.account.note(&place, Note::lost(format!("the grader `{name}` ({kind})"), error.message, ""));
            }
        }
    }
    if weighted > 1 {
        let why = "their weights become those of one `overall`, which has all of their graders in it";
        fields.note("testing_criteria", Note::differs("several `multi` graders", why, "make an eval of each"));
    }
    for scorer in &scorers {
        for judge in scorer.judge.iter().flat_map(|judge| judge.judges()) {
            making.model(judge, openai(judge));
        }
        if let Some(embedding) = &scorer.embedding {
            let mut settings = openai(&embedding.model);
            settings.insert("api".to_owned(), json!("embeddings"));
            making.model(&embedding.model, settings);
        }
    }
    scorers
}

fn leave_source(config: &Fields<'_>) {
    let checked = "carat takes rows as they are";
    match config.text("type").as_deref() {
        Some("custom") | None => {
            for key in ["item_schema", "include_sample_schema", "schema"] {
                config.leave(key, Loss::Incidental, checked, "use `carat dataset check`");
            }
        }
        Some(kind) => {
            let why = "its rows are calls that OpenAI has kept";
            config.note(
                "type",
                Note::lost(
                    format!("the data source `{kind}`"),
                    why,
                    "export them as JSONL, and put them into datasets/",
                ),
            );
            for key in ["metadata", "schema"] {
                config.leave(key, Loss::Lost, "it selects calls that OpenAI has kept", "");
            }
        }
    }
}

/// Writes what an eval object and its runs come to.
fn write(
    making: &mut Making<'_>,
    place: &str,
    name: String,
    description: Option<String>,
    scorers: Vec<ScorerSpec>,
    mut brought: Brought,
) {
    let scorers = if scorers.is_empty() {
        let why = "an eval has at least one scorer; `answered` asks whether there is an answer";
        making.account.note(place, Note::differs("no grader is carried over", why, "add scorers to the eval"));
        vec![answered()]
    } else {
        scorers
    };
    let models = models(making, place, &brought);
    let has_prompt = write_prompt(making, place, &name, description.clone(), &mut brought);
    let has_rows = !brought.rows.is_empty();
    if has_rows {
        making.dataset(&name, brought.rows);
    } else {
        let advice = format!("put its items into datasets/{name}.jsonl, each as `input`");
        making.account.note(place, Note::lost("the rows", "an eval object has none; they come with a run", advice));
    }
    making.eval(&EvalDraft {
        source: place.split(": ").next().unwrap_or(place).to_owned(),
        prompts: vec![name.clone()],
        dataset: name.clone(),
        name,
        description,
        models,
        parameters: brought.parameters,
        scorers,
        incomplete: !has_prompt || !has_rows,
        trials: None,
    });
}

/// The models of the runs; or the answers that the rows bring.
fn models(making: &mut Making<'_>, place: &str, brought: &Brought) -> Vec<String> {
    if brought.answered {
        let settings = [("provider".to_owned(), json!("recorded")), ("column".to_owned(), json!("metadata.output"))];
        return vec![making.model("recorded", settings.into_iter().collect())];
    }
    if brought.models.is_empty() { making.some_models(place, "no run names a model") } else { brought.models.clone() }
}

/// Writes the prompt of the runs; whether there is one.
fn write_prompt(
    making: &mut Making<'_>,
    place: &str,
    name: &str,
    title: Option<String>,
    brought: &mut Brought,
) -> bool {
    let mut messages = std::mem::take(&mut brought.messages);
    if messages.is_empty() && brought.answered {
        let words = "(The answers of this dataset were recorded; what was asked is not known.)";
        messages.push(Said::words(Role::User, words));
    }
    if messages.is_empty() && !brought.talks {
        let advice = format!("write {}", prompt_file::path(name));
        making.account.note(place, Note::lost("the prompt", "an eval object has none; it comes with a run", advice));
        return false;
    }
    let prompt = PromptFile {
        name: name.to_owned(),
        title,
        messages,
        taken: brought.variables.clone(),
        variables: std::mem::take(&mut brought.variables),
        options: std::mem::take(&mut brought.options),
        tools: brought.tools.take(),
        ..PromptFile::default()
    };
    making.prompt(place, &prompt, &brought.rows)
}
