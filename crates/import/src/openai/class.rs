//! The classes of OpenAI's evals: what each asks of an answer.

use std::collections::BTreeSet;

use carat_core::spec::{
    BleuSpec, Case, ContainsSpec, JsonDiffSpec, JsonSpec, RegexSpec, ScorerSpec, SquadMeasure, SquadSpec, Text,
};
use serde_json::{Map, Value, json};

use super::modelgraded;
use super::registry::Registry;
use super::samples::{self, Sample};
use crate::account::{Loss, Note, plain, shown};
use crate::fields::Fields;
use crate::made::Making;
use crate::scoring::{self, Added, Asked, Expected};

/// The most answers, and characters of them, that are asked for by one expression.
const MOST_CLASSES: usize = 64;
const LONGEST_CLASSES: usize = 2000;

/// An eval of a registry that is being read.
pub(super) struct Eval {
    pub(super) samples: Vec<Sample>,
    /// What every call is asked with.
    pub(super) parameters: Map<String, Value>,
}

/// The scorers of an eval, and what each row gets.
#[derive(Debug, Default)]
pub(super) struct Scored {
    pub(super) scorers: Vec<ScorerSpec>,
    pub(super) added: Vec<Added>,
}

/// What one sample is asked: its scorer's name, settings, and what is expected.
type Question = (String, ScorerSpec, Option<Value>);

/// The classes that have a counterpart.
const KNOWN: &[&str] =
    &["Match", "Includes", "FuzzyMatch", "JsonMatch", "JsonValidator", "Translate", "ModelBasedClassify"];

/// What a class is called without the module that it is in.
fn word(class: &str) -> &str {
    class.rsplit(':').next().unwrap_or(class)
}

/// What to say of a class that has no counterpart; nothing of one that has.
pub(super) fn unknown(class: &str) -> Option<Note> {
    let (last, others) = KNOWN.split_last()?;
    let why = format!("it is unknown here, as programs of one's own are; carat knows {} and {last}", others.join(", "));
    let note =
        || Note::lost(format!("the class {}", shown(&json!(class))), why, "write what it checks as a scorer `program`");
    (!KNOWN.contains(&word(class))).then(note)
}

/// The scorers of a class.
///
/// # Errors
/// The class is not known here, or cannot be carried over.
pub(super) fn scorers(
    making: &mut Making<'_>,
    registry: &Registry<'_>,
    class: &str,
    args: &Fields<'_>,
    eval: &mut Eval,
) -> Result<Scored, Note> {
    let questions: Vec<Vec<Question>> = match word(class) {
        "Match" => {
            few_shot(registry, args, eval)?;
            set(eval, args, Some(0.0), None);
            matching(making, eval)
        }
        "Includes" => {
            let case = if args.get("ignore_case") == Some(&Value::Bool(true)) { Case::Ignore } else { Case::Exact };
            set(eval, args, None, None);
            eval.samples.iter().map(|sample| including(sample, case)).collect()
        }
        "FuzzyMatch" => {
            set(eval, args, Some(0.0), Some(16));
            fuzzy(making, eval)
        }
        "JsonMatch" => {
            set(eval, args, Some(0.0), Some(512));
            eval.samples.iter().map(|sample| json_match(making, sample)).collect()
        }
        "JsonValidator" => {
            set(eval, args, Some(0.0), Some(500));
            let spec = ScorerSpec { json: Some(JsonSpec::default()), ..ScorerSpec::default() };
            vec![vec![("valid".to_owned(), spec, None)]; eval.samples.len()]
        }
        "Translate" => {
            set(eval, args, Some(0.0), Some(500));
            let spec = ScorerSpec { bleu: Some(BleuSpec::default()), ..ScorerSpec::default() };
            eval.samples.iter().map(|sample| vec![("bleu".to_owned(), spec.clone(), any_of(&sample.ideal))]).collect()
        }
        "ModelBasedClassify" => {
            set(eval, args, Some(0.0), Some(1024));
            modelgraded::questions(making, registry, args, eval)?
        }
        _ => return Err(unknown(class).unwrap_or_else(|| Note::lost("an eval", "its class is not carried over", ""))),
    };
    Ok(scored(making, eval, questions))
}

/// The parameters that a class sends along, unless its arguments say something else.
fn set(eval: &mut Eval, args: &Fields<'_>, temperature: Option<f64>, tokens: Option<u64>) {
    let temperature = args.number("temperature").or(temperature);
    let tokens = args.number("max_tokens").map(|tokens| tokens as u64).or(tokens);
    let number = |number: f64| if number.fract() == 0.0 { json!(number as i64) } else { json!(number) };
    eval.parameters.extend(temperature.map(|temperature| ("temperature".to_owned(), number(temperature))));
    eval.parameters.extend(tokens.map(|tokens| ("max_output_tokens".to_owned(), json!(tokens))));
    args.leave("seed", Loss::Incidental, "it shuffles the samples, whose order decides nothing here", "");
}

fn scored(making: &Making<'_>, eval: &Eval, questions: Vec<Vec<Question>>) -> Scored {
    let asked: Vec<Vec<Asked>> = eval
        .samples
        .iter()
        .zip(questions)
        .map(|(sample, questions)| {
            let asked = |(name, spec, expected): Question| Asked {
                place: sample.place.clone(),
                name,
                spec,
                expected: expected.map(Expected::Literal),
            };
            questions.into_iter().map(asked).collect()
        })
        .collect();
    let inputs: Vec<&Map<String, Value>> = eval.samples.iter().map(|sample| &sample.row.input).collect();
    let (scorers, added) = scoring::scorers(making.account, &inputs, &asked, "assert");
    Scored { scorers, added }
}

/// One right answer as it is, several as a list.
fn any_of(ideal: &[Value]) -> Option<Value> {
    match ideal {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(json!(several)),
    }
}

/// Examples that stand before the last message of each sample.
fn few_shot(registry: &Registry<'_>, args: &Fields<'_>, eval: &mut Eval) -> Result<(), Note> {
    let number = args.number("num_few_shot").unwrap_or(0.0) as usize;
    let Some(path) = args.text("few_shot_jsonl").filter(|_| number > 0) else { return Ok(()) };
    let examples = samples::examples(registry.files, &registry.root, &path)?;
    let examples: Vec<_> = examples.into_iter().take(number).flatten().collect();
    for sample in &mut eval.samples {
        let last = sample.row.messages.pop();
        sample.row.messages.extend(examples.iter().cloned());
        sample.row.messages.extend(last);
    }
    Ok(())
}

/// `Match`: the answer begins with one of the right ones.
fn matching(making: &Making<'_>, eval: &Eval) -> Vec<Vec<Question>> {
    let all: BTreeSet<String> = eval.samples.iter().flat_map(|sample| &sample.ideal).filter_map(plain).collect();
    let spec = match beginning_with_any(&all) {
        Some(pattern) => {
            let regex = RegexSpec { pattern, capture: Some("1".to_owned()), text: Text::default() };
            ScorerSpec { regex: Some(regex), ..ScorerSpec::default() }
        }
        None => {
            let place = eval.samples.first().map(|sample| sample.place.as_str()).unwrap_or_default();
            let why = "there the answer only has to begin with the right one; here it has to be the right one, apart from white space \
                       around it";
            making.account.note(
                place,
                Note::differs("`Match`", why, "use `contains`, or look at a part of the answer with `on`"),
            );
            ScorerSpec { exact: Some(Text { trim: true, ..Text::default() }), ..ScorerSpec::default() }
        }
    };
    eval.samples.iter().map(|sample| vec![("match".to_owned(), spec.clone(), any_of(&sample.ideal))]).collect()
}

/// An expression whose first group is the answer of these that a text begins with; none where that is not clear.
fn beginning_with_any(all: &BTreeSet<String>) -> Option<String> {
    let is_small = all.len() <= MOST_CLASSES && all.iter().map(String::len).sum::<usize>() <= LONGEST_CLASSES;
    // Sorted, what begins another comes directly before one that it begins.
    let is_clear = all.iter().zip(all.iter().skip(1)).all(|(a, b)| !b.starts_with(a.as_str()));
    let filled = !all.is_empty() && all.iter().all(|answer| !answer.is_empty());
    (is_small && is_clear && filled).then(|| {
        let answers: Vec<String> = all.iter().map(|answer| regex_syntax::escape(answer)).collect();
        format!("^({})", answers.join("|"))
    })
}

/// `Includes`: one of the right answers is in it.
fn including(sample: &Sample, case: Case) -> Vec<Question> {
    let contains = ContainsSpec { case, ..ContainsSpec::default() };
    let texts: Vec<String> = sample.ideal.iter().filter_map(plain).filter(|text| !text.is_empty()).collect();
    let (contains, expected) = match texts.as_slice() {
        [] => return Vec::new(),
        [one] => (contains, Some(json!(one))),
        // A list that a row expects must be contained as a whole; one of several stands in the settings.
        several => (ContainsSpec { any: several.to_vec(), ..contains }, None),
    };
    vec![("includes".to_owned(), ScorerSpec { contains: Some(contains), ..ScorerSpec::default() }, expected)]
}

/// `FuzzyMatch`: one is in the other when both are normalised; and F1 of their words.
fn fuzzy(making: &Making<'_>, eval: &Eval) -> Vec<Vec<Question>> {
    let place = eval.samples.first().map(|sample| sample.place.as_str()).unwrap_or_default();
    let why = "there one normalised text only has to be in the other; here they have to be the same";
    making
        .account
        .note(place, Note::differs("the accuracy of `FuzzyMatch`", why, "look at `f1_score`, which is the same"));
    let squad = |measure| ScorerSpec { squad: Some(SquadSpec { measure }), ..ScorerSpec::default() };
    let of = |sample: &Sample| {
        let expected = any_of(&sample.ideal);
        vec![
            ("accuracy".to_owned(), squad(SquadMeasure::Exact), expected.clone()),
            ("f1_score".to_owned(), squad(SquadMeasure::F1), expected),
        ]
    };
    eval.samples.iter().map(of).collect()
}

/// `JsonMatch`: the same JSON, all the way down.
fn json_match(making: &Making<'_>, sample: &Sample) -> Vec<Question> {
    let spec = ScorerSpec { json_diff: Some(JsonDiffSpec::default()), threshold: Some(1.0), ..ScorerSpec::default() };
    let [ideal] = sample.ideal.as_slice() else {
        let why = "an expectation that is a list is compared as the list that it is";
        making
            .account
            .note(&sample.place, Note::lost("several right answers in JSON", why, "keep the one that fits best"));
        return Vec::new();
    };
    let expected = match ideal {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| ideal.clone()),
        other => other.clone(),
    };
    vec![("json_match".to_owned(), spec, Some(expected))]
}
