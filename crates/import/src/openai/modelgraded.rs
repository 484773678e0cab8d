//! Evals of a registry in which a model judges: `ModelBasedClassify` with a file of `modelgraded/`.

use carat_core::spec::{ClassifySpec, FactualitySpec, JudgeSpec, ScorerSpec};
use serde_json::{Map, Value, json};

use super::class::Eval;
use super::registry::Registry;
use super::samples::Sample;
use super::words::Words;
use crate::account::{Loss, Note, plain};
use crate::fields::Fields;
use crate::files::{self, Unread, join};
use crate::made::Making;
use crate::scoring::CRITERION_OF_ROW;

type Question = (String, ScorerSpec, Option<Value>);

/// What each sample is asked.
///
/// # Errors
/// The judge's file cannot be read, or says what has no counterpart here.
pub(super) fn questions(
    making: &mut Making<'_>,
    registry: &Registry<'_>,
    args: &Fields<'_>,
    eval: &mut Eval,
) -> Result<Vec<Vec<Question>>, Note> {
    leave(args);
    let name = args.text("modelgraded_spec").or_else(|| args.text("modelgraded_spec_file"));
    let name =
        name.ok_or_else(|| Note::lost("an eval", "it has no `modelgraded_spec`", "correct it and import again"))?;
    rename(args, eval);
    let lost = |(why, advice)| Note::lost(format!("the judge `{name}`"), why, advice);
    let spec = read(registry, &name).map_err(lost)?;
    let place = format!("modelgraded/{name}.yaml");
    let account = making.account;
    let fields = Fields::new(account, format!("{place}: "), &spec);
    let judge = JudgeSpec {
        model: Some(making.some_judge(&place, "the registry names no judge")),
        show_question: true,
        ..JudgeSpec::default()
    };
    leave_of_judge(&fields);
    let labels = labels(&fields)?;
    let scores = scores(&fields, &labels);
    match name.as_str() {
        "fact" => Ok(factuality(&fields, &judge, eval)),
        "closedqa" if eval.samples.iter().all(|sample| sample.row.metadata.contains_key("criteria")) => {
            let _ = fields.get("prompt");
            let judge = JudgeSpec { rubric: Some(CRITERION_OF_ROW.to_owned()), show_expected: true, ..judge };
            let of = |sample: &Sample| {
                vec![("closedqa".to_owned(), spec_of(judge.clone()), sample.row.metadata.get("criteria").cloned())]
            };
            Ok(eval.samples.iter().map(of).collect())
        }
        _ => classify(&fields, &name, judge, labels, scores, eval),
    }
}

fn spec_of(judge: JudgeSpec) -> ScorerSpec {
    ScorerSpec { judge: Some(judge), ..ScorerSpec::default() }
}

fn leave(args: &Fields<'_>) {
    let judged = "how a judge writes down its verdict is carat's own";
    for key in ["eval_type", "match_fn"] {
        args.leave(key, Loss::Incidental, judged, "");
    }
    args.leave(
        "metaeval",
        Loss::Lost,
        "it judges the judge",
        "judge recorded answers, and compare with what people said",
    );
    let several = "a judge here sees one answer";
    for key in ["multicomp_n", "multicomp_temperature"] {
        args.leave(key, Loss::Lost, several, "use `judge: { pairwise: … }` for two answers");
    }
    args.leave(
        "modelgraded_spec_args",
        Loss::Lost,
        "they fill in the judge's prompt",
        "write the criterion into the scorer",
    );
}

fn leave_of_judge(fields: &Fields<'_>) {
    let judged = "how a judge writes down its verdict is carat's own";
    for key in
        ["eval_type", "match_fn", "format_type", "append_answer_prompt", "append_type", "key", "group", "input_outputs"]
    {
        fields.leave(key, Loss::Incidental, judged, "");
    }
    fields.leave("completion_sample_templates", Loss::Lost, "a judge here sees one answer", "");
    fields.leave("args", Loss::Incidental, "they are criteria that an eval may choose from", "");
}

/// Samples may call their fields otherwise.
fn rename(args: &Fields<'_>, eval: &mut Eval) {
    let Some(names) = args.inner("samples_renamings") else { return };
    for (from, to) in names.rest() {
        let Some(to) = to.as_str() else { continue };
        for sample in &mut eval.samples {
            if let Some(value) = sample.row.metadata.shift_remove(from) {
                sample.row.metadata.insert(to.to_owned(), value);
            }
        }
    }
}

/// The judge of this name: in a file of its own, or one of several of a file; or why there is none, and what to do.
fn read(registry: &Registry<'_>, name: &str) -> Result<Map<String, Value>, (String, &'static str)> {
    let folder = join(&registry.root, "modelgraded");
    let of_own = join(&folder, &format!("{name}.yaml"));
    if registry.files.text(&of_own) == Err(Unread::Outside) {
        return Err((format!("{of_own}: {}", Unread::Outside), Unread::Outside.advice()));
    }
    let others = registry.files.below(&folder).into_iter().filter(|path| *path != of_own && path.ends_with(".yaml"));
    for path in std::iter::once(of_own.clone()).chain(others) {
        let Ok(Value::Object(mut document)) = files::document(registry.files, &path) else { continue };
        if let Some(Value::Object(spec)) = document.shift_remove(name) {
            return Ok(spec);
        }
        if path == of_own && document.contains_key("prompt") {
            return Ok(document);
        }
    }
    Err((format!("there is no {of_own}"), Unread::Missing.advice()))
}

/// What the judge may answer: a list, or each letter of a text.
fn labels(fields: &Fields<'_>) -> Result<Vec<String>, Note> {
    let labels: Vec<String> = match fields.get("choice_strings") {
        Some(Value::Array(list)) => list.iter().filter_map(plain).collect(),
        Some(Value::String(text)) if !text.starts_with("from_n") => text.chars().map(String::from).collect(),
        _ => Vec::new(),
    };
    if labels.len() < 2 {
        return Err(Note::lost(
            "a judge",
            "its `choice_strings` are not at least two labels",
            "write it as `judge: { classify: … }`",
        ));
    }
    Ok(labels)
}

/// What each label is worth; nothing where the file does not say.
fn scores(fields: &Fields<'_>, labels: &[String]) -> Vec<(String, f64)> {
    match fields.get("choice_scores") {
        Some(Value::Object(scores)) => {
            scores.iter().filter_map(|(label, score)| Some((label.clone(), score.as_f64()?))).collect()
        }
        Some(Value::String(word)) if word == "from_strings" => {
            labels.iter().filter_map(|label| Some((label.clone(), label.parse().ok()?))).collect()
        }
        _ => Vec::new(),
    }
}

/// `fact`: the five categories that carat knows, too.
fn factuality(fields: &Fields<'_>, judge: &JudgeSpec, eval: &Eval) -> Vec<Vec<Question>> {
    let _ = fields.get("prompt");
    if fields.get("choice_scores").is_none() {
        let why = "there the categories are counted; here each is worth something: A 0.4, B 0.6, C 1, D 0, E 1";
        fields.note("choice_scores", Note::differs("`fact` without scores", why, "change the weights in `factuality`"));
    }
    let judge = JudgeSpec { factuality: Some(FactualitySpec::default()), ..judge.clone() };
    let of = |sample: &Sample| {
        let expected = sample.ideal.first().cloned();
        vec![("fact".to_owned(), spec_of(judge.clone()), expected)]
    };
    eval.samples.iter().map(of).collect()
}

/// Any other judge: a question with labels, the best of which passes.
fn classify(
    fields: &Fields<'_>,
    name: &str,
    judge: JudgeSpec,
    labels: Vec<String>,
    scores: Vec<(String, f64)>,
    eval: &Eval,
) -> Result<Vec<Vec<Question>>, Note> {
    let best = scores.iter().map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max);
    let passing: Vec<String> = scores
        .iter()
        .filter(|(label, score)| *score == best && labels.contains(label))
        .map(|(label, _)| label.clone())
        .collect();
    if passing.is_empty() || passing.len() == labels.len() {
        let why = "it has no `choice_scores` that say which labels are good";
        return Err(Note::lost(
            format!("the judge `{name}`"),
            why,
            "write it as `judge: { classify: { question, labels, passing } }`",
        ));
    }
    let levels = scores.iter().map(|(_, score)| *score).filter(|score| *score != best).collect::<Vec<_>>();
    if levels.iter().any(|score| Some(score) != levels.first()) {
        let why =
            "labels between the best and the worst are worth something there; here the best pass and the others fail";
        fields.note(
            "choice_scores",
            Note::differs(format!("the scores of `{name}`"), why, "use `rubric` with a `scale`"),
        );
    }
    let words = prompt(fields);
    let classify = ClassifySpec { question: words.text.clone(), labels, passing };
    let judge = JudgeSpec { classify: Some(classify), show_expected: !words.shown.is_empty(), ..judge };
    let of = |sample: &Sample| vec![(crate::names::word(name, &['-']), spec_of(judge.clone()), shown(&words, sample))];
    Ok(eval.samples.iter().map(of).collect())
}

/// The values of a sample that the judge is shown.
fn shown(words: &Words, sample: &Sample) -> Option<Value> {
    let value = |way: &String| match way.strip_prefix("metadata.") {
        Some(key) => sample.row.metadata.get(key).cloned(),
        None => sample.ideal.first().cloned(),
    };
    match words.shown.as_slice() {
        [] => None,
        [way] => value(way),
        ways => {
            let named = ways.iter().map(|way| {
                format!(
                    "{}: {}",
                    way.trim_start_matches("metadata."),
                    value(way).as_ref().and_then(plain).unwrap_or_default()
                )
            });
            Some(json!(named.collect::<Vec<_>>().join("\n\n")))
        }
    }
}

/// The words of the judge's prompt, in which `{input}`, `{completion}` and `{ideal}` are places for what it is shown.
fn prompt(fields: &Fields<'_>) -> Words {
    let mut words = Words::default();
    let texts: Vec<String> = match fields.get("prompt") {
        Some(Value::Array(messages)) => {
            messages.iter().filter_map(|message| message.get("content")?.as_str().map(str::to_owned)).collect()
        }
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            words.say("\n\n");
        }
        words.fill(text);
    }
    words
}
