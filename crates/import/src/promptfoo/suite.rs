//! A whole configuration: its keys, and the eval that they come to.

use serde_json::{Map, Value, json};

use super::rows::Rows;
use super::tests::Test;
use super::{Desk, prompts, providers, rows, tests};
use crate::account::{Loss, Note};
use crate::fields::Fields;
use crate::files::stem;
use crate::made::{Draft, EvalDraft, answered};
use crate::prompt_file::PromptFile;
use crate::{names, scoring};

/// Reads a configuration and writes what it comes to.
pub(super) fn read(desk: &mut Desk<'_, '_>, map: &Map<String, Value>) {
    let fields = Fields::new(desk.account, format!("{}: ", desk.file), map);
    let description = fields.text("description");
    let name = name(desk, description.as_deref());
    let mut prompts = match fields.get("prompts") {
        Some(value) => prompts::all(desk, &fields.at("prompts"), value, &name),
        None => Vec::new(),
    };
    let (models, [format, tools]) = models(desk, &fields);
    let mut rows = rows(desk, &fields);
    let trials = trials(&fields);
    leave_others(&fields);
    drop(fields);

    for (_, prompt) in &mut prompts {
        prompt.options.extend(format.as_ref().map(|format| ("response_format".to_owned(), format.clone())));
        prompt.tools.clone_from(&tools);
    }
    surround(desk, &mut prompts, &rows.drafts);
    let (scorers, key) = scorers(desk, &mut rows);
    let models = recorded(desk, models, &rows);
    add(&mut rows.drafts, &scorers.1, &key);
    let prompts: Vec<String> = prompts
        .iter()
        .filter(|(place, prompt)| desk.making.prompt(place, prompt, &rows.drafts))
        .map(|(_, prompt)| prompt.name.clone())
        .collect();
    if prompts.is_empty() {
        let advice = "write a prompt and the eval by hand; the dataset is there";
        desk.account.note(desk.file, Note::lost("the eval", "no prompt could be carried over", advice));
    }
    desk.making.dataset(&name, rows.drafts);
    if !prompts.is_empty() {
        let source = desk.file.to_owned();
        desk.making.eval(&EvalDraft {
            dataset: name.clone(),
            name,
            source,
            description,
            prompts,
            models,
            trials,
            scorers: scorers.0,
            ..EvalDraft::default()
        });
    }
}

/// What everything is called: as the person wishes, or after the file, or after what it is for.
fn name(desk: &Desk<'_, '_>, description: Option<&str>) -> String {
    if let Some(name) = &desk.making.options.name {
        return name.clone();
    }
    let stem = stem(desk.file);
    let own = if stem.starts_with("promptfooconfig") { description.unwrap_or("promptfoo") } else { stem };
    let slug = names::slug(own);
    if slug.is_empty() { "promptfoo".to_owned() } else { slug }
}

/// The models, and what their providers ask of prompts.
fn models(desk: &mut Desk<'_, '_>, fields: &Fields<'_>) -> (Vec<String>, [Option<Value>; 2]) {
    let mut asked = providers::Asked::default();
    let mut place = fields.at("providers");
    for key in ["providers", "targets"] {
        if let Some(value) = fields.get(key) {
            place = fields.at(key);
            let more = providers::all(desk, &place, value);
            asked.models.extend(more.models);
            asked.formats.extend(more.formats);
        }
    }
    let agreed = providers::agreed(desk, &place, &asked.formats);
    if asked.models.is_empty() {
        asked.models = desk.making.some_models(&place, "no provider could be carried over");
    }
    (asked.models, agreed)
}

/// All rows: of the tests, and of the scenarios.
fn rows(desk: &mut Desk<'_, '_>, fields: &Fields<'_>) -> Rows {
    let default = match fields.get("defaultTest") {
        Some(value) => {
            let mut members = desk.each_with_files(&fields.at("defaultTest"), value);
            let first = if members.is_empty() { None } else { Some(members.swap_remove(0)) };
            first.and_then(|(place, value)| tests::test(desk, &place, &value)).unwrap_or_default()
        }
        None => Test::default(),
    };
    let mut all: Vec<Test> = Vec::new();
    if let Some(value) = fields.get("tests") {
        let sources = tests::sources(desk, &fields.at("tests"), value);
        all.extend(sources.iter().filter_map(|(place, value)| tests::test(desk, place, value)));
    }
    if let Some(value) = fields.get("scenarios") {
        all.extend(rows::of_scenarios(desk, &fields.at("scenarios"), value));
    }
    if fields.get("tests").is_none() && fields.get("scenarios").is_none() {
        // Without tests promptfoo asks each prompt once.
        all.push(Test { place: desk.file.to_owned(), ..Test::default() });
    }
    rows::of_tests(desk, all.into_iter().map(|test| test.within(&default)).collect())
}

fn trials(fields: &Fields<'_>) -> Option<u64> {
    let mut trials = None;
    for section in ["evaluateOptions", "commandLineOptions"] {
        let Some(options) = fields.inner(section) else { continue };
        trials = options.number("repeat").map(|repeat| repeat.clamp(1.0, 1000.0) as u64).or(trials);
        let selects = "it selects a part of the tests or replaces something";
        for key in [
            "filterFirstN",
            "filterPattern",
            "filterRange",
            "filterSample",
            "filterMetadata",
            "filterPrompts",
            "filterProviders",
            "filterTargets",
            "vars",
            "var",
            "tests",
            "prompts",
            "providers",
            "assertions",
            "modelOutputs",
            "grader",
            "promptPrefix",
            "promptSuffix",
            "config",
            "extension",
        ] {
            options.leave(
                key,
                Loss::Differs,
                selects,
                "use --limit, --only, --tag, --prompt or --model of `carat eval`",
            );
        }
        for (key, value) in options.rest() {
            let advice = match key.as_str() {
                "maxConcurrency" => "use --concurrency, or `limits: { concurrency: … }` of a model",
                "timeoutMs" => "set `timeout` of a model",
                "cache" => "carat goes on with recorded runs instead (`carat run resume`)",
                _ => "",
            };
            let why = "it decides how a run goes, not what it measures";
            options.note(key, Note::incidental(format!("`{key}` ({})", crate::account::shown(value)), why, advice));
        }
    }
    trials
}

fn leave_others(fields: &Fields<'_>) {
    let run = "it decides what happens around a run, not what it measures";
    for key in ["outputPath", "sharing", "writeLatestResults", "tags", "metadata", "env", "tracing", "$schema"] {
        fields.leave(key, Loss::Incidental, run, if key == "outputPath" { "use --json of `carat eval`" } else { "" });
    }
    let metrics =
        "carat has no formulas over scores; scorers have aggregates of their own, such as `accuracy` and `f1_macro`";
    fields.leave(
        "derivedMetrics",
        Loss::Lost,
        metrics,
        "use `choice` for precision, recall and F1 of classes, `weight` for means",
    );
    fields.leave("extensions", Loss::Lost, "they are programs that run inside of promptfoo", "");
    fields.leave("nunjucksFilters", Loss::Lost, "they are programs; prompts that use them are left out", "");
    for key in ["redteam", "plugins", "strategies"] {
        fields.leave(key, Loss::Lost, "carat generates no attacks", "write those that matter into a dataset");
    }
}

/// Texts that tests put before and behind the prompt become variables of it.
fn surround(desk: &Desk<'_, '_>, prompts: &mut [(String, PromptFile)], rows: &[Draft]) {
    for name in ["prompt_prefix", "prompt_suffix"] {
        if !rows.iter().any(|row| row.input.contains_key(name)) {
            continue;
        }
        for (place, prompt) in prompts.iter_mut() {
            if !prompt.surround(name) {
                let advice = "write it into the prompt's messages";
                desk.account.note(place, Note::lost("a text around the prompt", "the prompt is a chat", advice));
            }
        }
    }
}

/// The scorers with what each row gets, and the key in its metadata under which values stand.
type Scorers = (Vec<carat_core::spec::ScorerSpec>, Vec<scoring::Added>);

fn scorers(desk: &Desk<'_, '_>, rows: &mut Rows) -> (Scorers, String) {
    let taken = |key: &str| rows.drafts.iter().any(|row| row.metadata.contains_key(key));
    let key = ["assert", "assertions", "expectations"].into_iter().find(|key| !taken(key)).unwrap_or("assert");
    let inputs: Vec<&Map<String, Value>> = rows.drafts.iter().map(|row| &row.input).collect();
    let (mut scorers, added) = scoring::scorers(desk.account, &inputs, &rows.asked, key);
    if scorers.is_empty() {
        let why = "an eval has at least one scorer; `answered` asks whether there is an answer";
        desk.account.note(desk.file, Note::differs("no assertion is carried over", why, "add scorers to the eval"));
        scorers.push(answered());
    }
    ((scorers, added), key.to_owned())
}

fn add(rows: &mut [Draft], added: &[scoring::Added], key: &str) {
    for (row, added) in rows.iter_mut().zip(added) {
        row.tags.extend(added.tags.iter().cloned());
        row.expected.clone_from(&added.expected);
        if !added.values.is_empty() {
            row.metadata.insert(key.to_owned(), Value::Object(added.values.clone()));
        }
    }
}

/// Answers that exist already are a model of their own, if each row has one.
fn recorded(desk: &mut Desk<'_, '_>, models: Vec<String>, rows: &Rows) -> Vec<String> {
    match rows.answered {
        0 => models,
        answered if answered == rows.drafts.len() => {
            let settings =
                [("provider".to_owned(), json!("recorded")), ("column".to_owned(), json!("metadata.output"))];
            vec![desk.making.model("recorded", settings.into_iter().collect())]
        }
        _ => {
            let why = "only some tests bring an answer; the others would have none";
            desk.account.note(desk.file, Note::lost("`providerOutput`", why, "split the tests and import again"));
            models
        }
    }
}
