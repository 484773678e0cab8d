//! Assertions that ask a model.

use carat_core::spec::{EmbeddingSpec, JudgeSpec, Scale, ScorerSpec};
use serde_json::{Map, Value, json};

use super::Desk;
use super::assertion::{Assertion, Scorer};
use super::settings::{self, FACTUALITY};
use crate::account::{Loss, Note, plain};
use crate::scoring::{CRITERION_OF_ROW, Expected, RUBRIC_OF_ROW};

/// The scale on which a judge answers where a number is wanted.
const TENTHS: Scale = Scale { worst: 0, best: 10 };

/// The embeddings that promptfoo asks OpenAI for where nothing else is said.
const EMBEDDINGS: &str = "text-embedding-3-large";

/// `llm-rubric`: what a good answer is, in words. A number only where one is asked for.
pub(super) fn rubric(desk: &mut Desk<'_, '_>, assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let scale = assertion.threshold.map(|_| TENTHS);
    if scale.is_some() {
        assertion.differs("the judge answers from 0 to 10 here, and the threshold is held against a tenth of it", "");
    }
    let judge =
        JudgeSpec { rubric: Some(RUBRIC_OF_ROW.to_owned()), scale, show_expected: true, ..judge(desk, assertion) };
    let threshold = assertion.threshold.map(|threshold| assertion.degree(threshold));
    let spec = ScorerSpec { judge: Some(judge), threshold, ..assertion.base() };
    Ok(Scorer { spec, expected: Some(Expected::Template(assertion.text()?)) })
}

/// `g-eval`: criteria, and a number from 0 to 10.
pub(super) fn criteria(desk: &mut Desk<'_, '_>, assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    assertion.differs("there the judge first writes down steps of its own; here it is asked once", "");
    let judge = JudgeSpec {
        rubric: Some(RUBRIC_OF_ROW.to_owned()),
        scale: Some(TENTHS),
        show_expected: true,
        ..judge(desk, assertion)
    };
    let criteria = match &assertion.value {
        Some(Value::Array(list)) => list.iter().filter_map(plain).collect::<Vec<_>>().join("\n"),
        _ => assertion.text()?,
    };
    let spec = ScorerSpec { judge: Some(judge), threshold: Some(assertion.degree(0.7)), ..assertion.base() };
    Ok(Scorer { spec, expected: Some(Expected::Template(criteria)) })
}

/// `model-graded-closedqa`: yes or no.
pub(super) fn closed_qa(desk: &mut Desk<'_, '_>, assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    ignored_there(assertion);
    let judge = JudgeSpec { rubric: Some(CRITERION_OF_ROW.to_owned()), show_expected: true, ..judge(desk, assertion) };
    let spec = ScorerSpec { judge: Some(judge), ..assertion.base() };
    Ok(Scorer { spec, expected: Some(Expected::Template(assertion.text()?)) })
}

/// `factuality`: how the facts stand to the expected ones. Any category that is worth something passes.
pub(super) fn factuality(desk: &mut Desk<'_, '_>, assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    ignored_there(assertion);
    let weights = assertion.settings.factuality.unwrap_or(FACTUALITY);
    let all = [weights.subset, weights.superset, weights.same, weights.disagree, weights.immaterial];
    if all.iter().any(|weight| !(0.0..=1.0).contains(weight)) {
        return Err(Note::lost(
            "weights of `factuality`",
            "here they are from 0 to 1",
            "correct them and import again",
        ));
    }
    let least = all.into_iter().filter(|weight| *weight > 0.0).fold(1.0, f64::min);
    let judge = JudgeSpec { factuality: Some(weights), ..judge(desk, assertion) };
    let threshold = Some(if assertion.inverse { 1.0 } else { least });
    let spec = ScorerSpec { judge: Some(judge), threshold, ..assertion.base() };
    Ok(Scorer { spec, expected: Some(Expected::Template(assertion.text()?)) })
}

fn ignored_there(assertion: &Assertion<'_>) {
    if assertion.inverse {
        assertion.differs(
            "promptfoo takes no notice of its `not-`; here it turns the verdict around",
            "leave `invert` out for the same",
        );
    }
}

/// `similar`: how near the meaning is, by embeddings. Of several texts the nearest counts.
pub(super) fn similar(desk: &mut Desk<'_, '_>, assertion: &Assertion<'_>) -> Result<Scorer, Note> {
    let own = own_grader(desk, assertion).1;
    let model = match own.or_else(|| assertion.settings.embedder.clone()) {
        Some(model) => model,
        None => {
            let why = format!("promptfoo chooses by the keys that are set; `{EMBEDDINGS}` is what it takes of OpenAI");
            let place = assertion.fields.place().to_owned();
            desk.account.note(&place, Note::incidental("no embeddings are named", why, ""));
            desk.making.model(EMBEDDINGS, embeddings())
        }
    };
    let spec = ScorerSpec {
        embedding: Some(EmbeddingSpec { model }),
        threshold: Some(assertion.degree(0.75)),
        ..assertion.base()
    };
    let expected = match &assertion.value {
        Some(list @ Value::Array(_)) => Expected::Value(list.clone()),
        _ => Expected::Template(assertion.text()?),
    };
    Ok(Scorer { spec, expected: Some(expected) })
}

fn embeddings() -> Map<String, Value> {
    let mut settings = crate::made::openai(EMBEDDINGS);
    settings.insert("api".to_owned(), json!("embeddings"));
    settings
}

/// A judge with its model, and without a question yet.
fn judge(desk: &mut Desk<'_, '_>, assertion: &Assertion<'_>) -> JudgeSpec {
    let fields = assertion.fields;
    let judged = "the questions that a judge is asked are carat's own";
    fields.leave("rubricPrompt", Loss::Differs, judged, "put what matters into the rubric");
    let own = own_grader(desk, assertion).0;
    let model = match own.or_else(|| assertion.settings.judge.clone()) {
        Some(model) => model,
        None => desk.making.some_judge(fields.place(), "no judge is named"),
    };
    JudgeSpec { model: Some(model), show_question: true, ..JudgeSpec::default() }
}

/// The models that an assertion itself names: to judge, and to embed.
fn own_grader(desk: &mut Desk<'_, '_>, assertion: &Assertion<'_>) -> (Option<String>, Option<String>) {
    let fields = assertion.fields;
    fields.get("provider").map_or((None, None), |value| settings::graders(desk, &fields.at("provider"), value))
}
