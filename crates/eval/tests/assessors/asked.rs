//! What all tests have in common: a scripted way to models, a row, an answer.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use carat_core::spec::ScorerSpec;
use carat_core::{
    Answer, Ask, Assessor, Completion, Digest, FinishReason, Message, ModelError, ModelErrorKind, ModelId, Parameters,
    Request, Role, Row, Score, Unscored, UnscoredKind, yaml,
};
use carat_eval::assessors::{Rivals, Surroundings, build};
use serde_json::{Map, Value};

type Script = dyn Fn(&str, &Request, u32) -> Result<Completion, ModelError> + Send + Sync;

/// Models that answer by a script, and remember what they were asked.
pub(crate) struct Scripted {
    script: Box<Script>,
    pub(crate) asked: Mutex<Vec<(String, Request, u32)>>,
}

impl Scripted {
    pub(crate) fn new(
        script: impl Fn(&str, &Request, u32) -> Result<Completion, ModelError> + Send + Sync + 'static,
    ) -> Self {
        Self { script: Box::new(script), asked: Mutex::default() }
    }

    /// Every model always says this.
    pub(crate) fn saying(text: &str) -> Self {
        let text = text.to_owned();
        Self::new(move |_, _, _| Ok(said(&text)))
    }

    /// Each model says what stands beside its name; `-` is a failed call.
    pub(crate) fn by_name(answers: &[(&'static str, &'static str)]) -> Self {
        let answers = answers.to_vec();
        Self::new(move |model, _, _| match answers.iter().find(|(name, _)| *name == model) {
            Some((_, "-")) | None => Err(ModelError::new(ModelErrorKind::Server, "overloaded")),
            Some((_, text)) => Ok(said(text)),
        })
    }

    /// Nobody may be asked.
    pub(crate) fn silent() -> Self {
        Self::new(|model, _, _| panic!("`{model}` was asked"))
    }

    pub(crate) fn calls(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// The system's and the user's message of a request.
    pub(crate) fn messages(&self, call: usize) -> (String, String) {
        let asked = self.asked.lock().unwrap();
        let messages = &asked[call].1.messages;
        assert_eq!([messages[0].role, messages[1].role], [Role::System, Role::User]);
        (messages[0].joined_text().into_owned(), messages[1].joined_text().into_owned())
    }
}

#[async_trait]
impl Ask for Scripted {
    async fn ask(&self, model: &str, request: Request, vote: u32) -> Result<Completion, ModelError> {
        self.asked.lock().unwrap().push((model.to_owned(), request.clone(), vote));
        tokio::task::yield_now().await;
        (self.script)(model, &request, vote)
    }
}

pub(crate) fn said(text: &str) -> Completion {
    Completion { text: text.to_owned(), finish_reason: FinishReason::Stop, ..Completion::default() }
}

/// A baseline that answered every row, but not those whose id begins with `new`.
pub(crate) struct Before(pub(crate) &'static str);

impl Rivals for Before {
    fn answer(&self, row: &Row, _trial: u32) -> Option<String> {
        (!row.id.as_str().starts_with("new")).then(|| self.0.to_owned())
    }
}

pub(crate) fn spec(text: &str) -> ScorerSpec {
    yaml::read(&format!("name: s\n{text}\n"), "eval.yaml").unwrap()
}

/// The project has the models `judge`, `a`, `b`, `c`, `d` and `e`.
pub(crate) fn model(name: &str) -> Result<ModelId, String> {
    if ["judge", "a", "b", "c", "d", "e"].contains(&name) {
        Ok(ModelId { name: name.into(), digest: Digest::of_bytes(name.as_bytes()) })
    } else {
        Err(format!("`carat.yaml` has no model `{name}`"))
    }
}

pub(crate) fn surroundings(folder: &Path, rivals: Option<Arc<dyn Rivals>>) -> Surroundings<'_> {
    Surroundings { folder, rivals, judge: &model }
}

pub(crate) fn assessor(text: &str) -> Box<dyn Assessor> {
    build(&spec(text), &surroundings(Path::new("."), Some(Arc::new(Before("the old answer"))))).unwrap().unwrap()
}

/// Everything about an answer.
pub(crate) struct Given {
    pub(crate) row: Row,
    pub(crate) request: Option<Request>,
    pub(crate) completion: Completion,
    pub(crate) trial: u32,
}

/// An answer to the question “How long?”, of which this is expected.
pub(crate) fn given(expected: impl Into<Option<Value>>, answer: &str) -> Given {
    let row = Row {
        id: "r".into(),
        input: Map::new(),
        expected: expected.into(),
        tags: Vec::new(),
        split: None,
        metadata: Map::new(),
        messages: Vec::new(),
    };
    let messages = vec![Message::text(Role::System, "Be brief."), Message::text(Role::User, "How long?")];
    let request = Request { messages, tools: Vec::new(), response_format: None, parameters: Parameters::default() };
    Given { row, request: Some(request), completion: said(answer), trial: 0 }
}

impl Given {
    pub(crate) fn answer(&self) -> Answer<'_> {
        Answer {
            row: &self.row,
            request: self.request.as_ref(),
            completion: &self.completion,
            trial: self.trial,
            latency: Some(Duration::from_micros(12_500)),
            cost: None,
        }
    }
}

/// What a scorer says of a given answer.
pub(crate) async fn assess(text: &str, given: &Given, ask: &Scripted) -> Result<Score, Unscored> {
    assessor(text).assess(&given.answer(), ask).await
}

/// Value, pass and category.
pub(crate) fn worth(score: Result<Score, Unscored>) -> (f64, Option<bool>, Option<String>) {
    let score = score.unwrap();
    (score.value.get(), score.pass, score.category)
}

pub(crate) fn why(score: Result<Score, Unscored>) -> (UnscoredKind, String) {
    match score {
        Ok(score) => panic!("scored: {score:?}"),
        Err(why) => (why.reason, why.detail),
    }
}
